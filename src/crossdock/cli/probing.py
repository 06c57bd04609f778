"""`crossdock probe`: connect for real and read one page of everything that may be read."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.told import PROBLEMS, REMOTE
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.ports.systems import ProbeLine
    from crossdock.wiring.probing import Probed


async def probe(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Systems by name; all by default.")
    ] = None,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Connect to a system for real, read one page of each kind of record, and report what would not parse.

    Needs no database and writes nothing. Exits 3 when a system cannot be reached or lets nobody in, 1 when something
    is amiss with a part of it.
    """
    from crossdock.wiring.probing import probe as probe_one

    project, kinds = load_project(config)
    found: dict[str, Probed] = {}
    for name in [one_of(one, project.systems, what="system") for one in names or project.systems]:
        found[name] = await probe_one(kinds[project.systems[name].kind], project.systems[name])
    if as_json:
        shown: dict[str, Any] = {
            name: {
                "verdict": one.verdict,
                "base_url": project.systems[name].base_url,
                "lines": [asdict(line) for line in one.lines],
            }
            for name, one in found.items()
        }
        show_json({"systems": shown})
    else:
        for name, one in found.items():
            rows = [(line.what, line.read, line.unreadable, _result(line)) for line in one.lines]
            title = f"{name}: {project.systems[name].kind} at {project.systems[name].base_url}"
            show(heading(title), table("what", "#read", "#unreadable", "result", rows=rows))
            say(f"{name}: {one.says}")
    return max((CODES[one.verdict] for one in found.values()), default=0)


CODES = {"well": 0, "problems": PROBLEMS, "unreachable": REMOTE}


def _result(line: "ProbeLine") -> str:
    denied = f"may not: {line.denied}" if line.denied else ""
    return "; ".join(filter(None, (line.problem, denied))) or "well"
