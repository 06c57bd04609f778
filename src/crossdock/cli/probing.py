"""`crossdock probe`: connect for real and read one page of everything that may be read."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.told import PROBLEMS, REMOTE
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.ports.systems import ProbeLine


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
    from crossdock.wiring.single import connected

    project, kinds = load_project(config)
    found: dict[str, Sequence[ProbeLine]] = {}
    for name in [one_of(one, project.systems, what="system") for one in names or project.systems]:
        async with connected(project, kinds, name) as connector:
            found[name] = await connector.probe()
    verdicts = {name: _verdict(lines) for name, lines in found.items()}
    if as_json:
        shown: dict[str, Any] = {
            name: {
                "verdict": verdicts[name],
                "base_url": project.systems[name].base_url,
                "lines": [asdict(one) for one in lines],
            }
            for name, lines in found.items()
        }
        show_json({"systems": shown})
    else:
        for name, lines in found.items():
            rows = [(one.what, one.read, one.unreadable, _result(one)) for one in lines]
            title = f"{name}: {project.systems[name].kind} at {project.systems[name].base_url}"
            show(heading(title), table("what", "#read", "#unreadable", "result", rows=rows))
            say(f"{name}: {WORDS[verdicts[name]]}")
    return max((CODES[verdict] for verdict in verdicts.values()), default=0)


CODES = {"well": 0, "problems": PROBLEMS, "unreachable": REMOTE}
WORDS = {
    "well": "well; everything that may be read could be read",
    "problems": "reachable, and something is amiss: see the result column",
    "unreachable": "nothing could be read: see whether it is up, and its base_url and credentials in the settings",
}


def _result(line: "ProbeLine") -> str:
    denied = f"may not: {line.denied}" if line.denied else ""
    return "; ".join(filter(None, (line.problem, denied))) or "well"


def _verdict(lines: "Sequence[ProbeLine]") -> str:
    """A system of which not one thing could be read is as good as away, whatever it answered."""
    if all((one.problem or one.denied) and not one.read for one in lines):
        return "unreachable"
    return "problems" if any(one.problem or one.unreadable or one.denied for one in lines) else "well"
