"""`crossdock evidence`: what an auditor asks for, with hashes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import say, show, show_json, table
from crossdock.cli.settling import whoever_types
from crossdock.cli.told import PROBLEMS, Stop

if TYPE_CHECKING:
    from crossdock.wiring.evidence import Export


async def evidence(
    out: Annotated[Path, typer.Option("--out", metavar="DIR|FILE.zip", help="A new folder, or a new zip file.")],
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="A day, at midnight UTC, or a moment with its zone. A year.")
    ] = "",
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="The first day or moment after it. Now.")] = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Write what an auditor asks for: people, sign-ins, the audit trail, settings, cases, compares, controls, hashes.

    The period is half-open. Nothing is changed but one entry of the audit trail that says who took it. Exits 1 when the
    audit trail is not whole, or a secret stood where none may stand; the files say so too.
    """
    from crossdock.decide.span import read_span
    from crossdock.reports.bundle import BundleRefused
    from crossdock.wiring.evidence import export

    project, _ = load_project(config)
    span = read_span(since, until, now=datetime.now(UTC))
    async with pool_of(project) as pool:
        try:
            made = await export(pool, project, span, out, actor=whoever_types())
        except BundleRefused as error:
            raise Stop(f"{error}.") from error
    if as_json:
        show_json(_public(made))
    else:
        _show(made)
    return PROBLEMS if made.problems else 0


def _public(made: "Export") -> dict[str, object]:
    return {
        "out": str(made.out), "since": made.span.since, "until": made.span.until, "made_at": made.made_at,
        "files": made.files, "manifest_sha256": made.digest, "audit": made.verdict, "problems": made.problems,
    }  # fmt: skip


def _show(made: "Export") -> None:
    rows = [(name, one["rows"] or "", one["bytes"], one["about"]) for name, one in made.files.items()]
    show(table("file", "#rows", "#bytes", "what it holds", rows=rows))
    say(f"wrote {made.out}, from {made.span.since.isoformat()} until {made.span.until.isoformat()}, which is not in it")
    say(f"SHA-256 of manifest.json: {made.digest}")
    for one in made.problems:
        say(f"{one[0].upper()}{one[1:]}.", style="bold yellow")
