"""`crossdock handbook`: the operating manual of a pairing, made from its settings."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import say, show_json, write
from crossdock.cli.told import Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.reports.manual.parts import Manual


class Format(StrEnum):
    HTML = "html"
    MD = "md"
    JSON = "json"


async def handbook(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    form: Annotated[Format | None, typer.Option("--format", help="By the end of --out's name, else md.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; without it, to stdout.")] = None,
    console: Annotated[
        str, typer.Option("--console", metavar="URL", help="The console's address, for links; else where it listens.")
    ] = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Make the operating manual of a pairing from its settings: owners, flows, rules, checks, cases, contacts, events.

    Nothing is changed. Make it anew when the settings change; the console shows it as of now.
    """
    from crossdock.wiring.handbook import handbook as make
    from crossdock.wiring.installation import open_installation

    project, _ = load_project(config)
    name = one_of(pairing, project.pairings, what="pairing")
    wanted = _format(form, out, as_json=as_json)
    if console and not console.startswith(("http://", "https://")):
        raise Stop(f"--console {console} must begin with http:// or https://.")
    async with open_installation(project) as here:
        manual = await make(here, name, console=console)
    raw = _written(manual, wanted)
    if out is None:
        write(raw)
        return 0
    out.write_bytes(raw)
    say(f"wrote {out}")
    if as_json:
        show_json({"pairing": name, "out": str(out), "format": str(wanted), "made_at": manual.made_at})
    return 0


def _format(form: Format | None, out: Path | None, *, as_json: bool) -> Format:
    if form is None:
        ends = {f".{one}": one for one in Format} | {".htm": Format.HTML, ".markdown": Format.MD}
        if out is not None and out.suffix not in ends:
            raise Stop(f"--out {out.name} ends in none of {', '.join(ends)}: name the --format.")
        return ends[out.suffix] if out is not None else Format.JSON if as_json else Format.MD
    if as_json and out is None and form is not Format.JSON:
        raise Stop(f"--json and --format {form}: stdout can hold only one of them; name a file with --out.")
    return form


def _written(manual: "Manual", form: Format) -> bytes:
    from crossdock.reports.manual.data import write_json
    from crossdock.reports.manual.html import write_page
    from crossdock.reports.manual.markdown import write_markdown

    match form:
        case Format.HTML:
            return write_page(manual).encode()
        case Format.MD:
            return write_markdown(manual).encode()
        case Format.JSON:
            return write_json(manual)
