"""`crossdock reconcile`: both sides read again and compared, as if nobody believed us."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.progress import Bar
from crossdock.cli.settling import whoever_types
from crossdock.cli.told import PROBLEMS, REMOTE, Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.flows.pairing import Pairing
    from crossdock.model.reconciliation import Difference, Period, Subject
    from crossdock.reports.pack import Compared

SHOWN = 50  # differences on the screen; the pack has all of them


async def reconcile(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    subjects: Annotated[
        list[str] | None,
        typer.Option(
            "--object",
            metavar="OBJECT",
            help="orders, stock, prices, items, accounts, despatches or money; may be repeated. All by default.",
        ),
    ] = None,
    period: Annotated[
        str, typer.Option(help="A month, 2026-10, or days, 2026-10-01..2026-11-01; the month under way by default.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pack there: XLSX, HTML, CSV and JSON.")
    ] = None,
    run: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Read nothing: show, and pack, what this run found.")
    ] = None,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Compare both sides whole: stock, prices, items, accounts, despatches, and the money of a period to the penny.

    Each difference that somebody must settle stands in a case, and leaves it when a later run no longer finds it. A run
    that was broken off goes on where it was. Exits 1 when there is something to settle.
    """
    from crossdock.ports.busy import Busy
    from crossdock.wiring.installation import open_installation

    project, _ = load_project(config)
    name = one_of(pairing, project.sales, what="pairing of a storefront")
    async with open_installation(project) as here:
        live = here.pairings[name]
        with Bar(quiet=as_json) as bar:
            try:
                if run is not None:
                    compared = [await _stored(live, run)]
                else:
                    compared = await _compare(live, subjects, period, bar)
            except Busy as error:
                text = "another process is at this very run; what it finds will be there when it ends."
                raise Stop(text, code=REMOTE, kind="busy") from error
    files = _write(name, compared, out)
    if as_json:
        from crossdock.reports.pack import data_of

        show_json({"pairing": name, "runs": [data_of(one) for one in compared], "files": [str(one) for one in files]})
    else:
        _show(compared, files)
    return PROBLEMS if any(one.run.counts.get("to_settle") for one in compared) else 0


async def _compare(live: "Pairing", subjects: list[str] | None, period: str, bar: Bar) -> "list[Compared]":
    from crossdock.wiring.comparing import compare, possible

    wanted = _subjects(live, subjects) if subjects else possible(live)
    return await compare(live, wanted, _period(live, period), actor=whoever_types(), tell=bar.at)


def _subjects(live: "Pairing", written: list[str]) -> "list[Subject]":
    from crossdock.model.reconciliation import Subject
    from crossdock.wiring.comparing import lacking

    found = [Subject(one_of(one, list(Subject), what="object")) for one in written]
    for one in found:
        if cannot := lacking(live, one):
            raise Stop(f"{one} cannot be compared: {'; '.join(cannot)}.")
    return list(dict.fromkeys(found))


def _period(live: "Pairing", written: str) -> "Period":
    from crossdock.decide.period import month_of, read_period
    from crossdock.model.reconciliation import zone_of

    zone = live.reconciliation_policy.zone
    if written:
        return read_period(written, zone)
    return month_of(live.clock.now().astimezone(zone_of(zone)).date(), zone)


async def _stored(live: "Pairing", number: int) -> "Compared":
    from crossdock.wiring.comparing import found_by

    run = await live.reconciliations.find(number)
    if run is None or not run.ended:
        raise Stop(f"there is no ended run {number} of this pairing.")
    return await found_by(live, run)


def _write(name: str, compared: "list[Compared]", out: Path | None) -> list[Path]:
    if out is None:
        return []
    from crossdock.reports.files import slug, write_files
    from crossdock.reports.pack import make_pack

    periods = dict.fromkeys(one.run.period_name for one in compared if one.run.period)
    return write_files(make_pack(name, compared), out, slug(" ".join([name, *periods])))


def _show(compared: "list[Compared]", files: list[Path]) -> None:
    rows = [
        (
            one.run.id, str(one.run.subject), one.run.period_name, one.run.counts.get("differences", 0),
            one.run.counts.get("to_settle", 0), one.run.counts.get("accepted", 0), len(one.run.unknowns),
        )
        for one in compared
    ]  # fmt: skip
    columns = ("#run", "object", "period", "#differences", "#to settle", "#accepted", "#unknown")
    show(heading("Compared"), table(*columns, rows=rows))
    found = [difference for one in compared for difference in one.differences]
    if settle := [one for one in found if one.case_kind]:
        shown = ("#case", "what", "here", "there", "cause", "most likely")
        show(heading("To settle"), table(*shown, rows=[_row(one) for one in settle[:SHOWN]]))
        if len(settle) > SHOWN:
            say(f"and {len(settle) - SHOWN} more; --out writes all of them")
    for text in dict.fromkeys(text for one in compared for text in one.run.unknowns):
        say(f"not known: {text}")
    for path in files:
        say(f"wrote {path}")
    if not settle:
        say("Nothing to settle.")


def _row(one: "Difference") -> tuple[object, ...]:
    return one.case_id, one.what, one.ours, one.theirs, one.cause, one.likely
