"""`crossdock completeness`: is every id accounted for, on both sides?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.progress import Bar
from crossdock.cli.told import PROBLEMS, Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.flows.pairing import Pairing
    from crossdock.wiring.installation import Installation

Report = Mapping[str, Any]
LISTED_MAX = 10_000
STOREFRONT = {
    "settled": "settled: in the ERP, or taken out",
    "waiting": "being worked on",
    "in_case": "before a desk, in a case",
    "left_out": "left out by a setting, or accepted",
    "on_its_way": "too young to be missed",
    "behind": "not read yet; the next sweep does",
    "unheld": "waiting, and no case says why",
    "never_arrived": "never arrived",
    "unasked": "missing numbers that were not asked for yet",
}
ERP = {"posted": "posted", "seen": "of which the ERP said that it has them", "missing": "which the ERP has no more"}
DESPATCHES = {
    "found": "found", "told": "told to the storefront", "in_case": "in a case", "dropped": "not to be told",
    "under_way": "under way", "stuck": "told to nobody, and in no case",
}  # fmt: skip


async def completeness(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    last: Annotated[bool, typer.Option("--last", help="Show the last count, and read nothing.")] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="Also list every order that is left out, with the setting that does it.")
    ] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Count what both sides hold, id by id: settled, waiting, in a case, left out by a setting, or never arrived.

    Orders that a sweep missed are taken; holes in the order numbers and silent feeds become cases. A run that was
    stopped goes on where it was. Exits 1 when something is not accounted for, or a feed is silent.
    """
    from crossdock.settings.pairing import Flow
    from crossdock.wiring.installation import open_installation

    project, _ = load_project(config)
    name = one_of(pairing, project.sales, what="pairing with a storefront")
    if Flow.ORDER_ENTRY not in project.sales[name].flows:
        raise Stop(f"Pairing {name} takes no orders, so there is nothing to count: it does not run order-entry.")
    with Bar(quiet=as_json) as bar:
        bar.at("opening the database")
        async with open_installation(project) as here:
            report = dict(await _report(here.pairings[name], bar, last=last))
            report["silence"] = await _silences(here, name, look=not last)
            left_out = await here.pairings[name].completeness.left_out(LISTED_MAX) if list_ else []
            report["left_out_orders"] = [_entry(one) for one in left_out] if list_ else None
    if as_json:
        show_json(report)
    else:
        _show(report)
    return 0 if report["green"] and not report["silence"] else PROBLEMS


async def _report(pairing: "Pairing", bar: Bar, *, last: bool) -> Report:
    from crossdock.flows.completeness import run_completeness

    report = await pairing.completeness.last() if last else await run_completeness(pairing, tell=bar.at)
    if report is None and last:
        raise Stop(f"Nothing was counted for {pairing.name} yet. Leave --last out.", kind="no-count", code=PROBLEMS)
    if report is None:
        raise Stop("A worker is counting just now; --last shows what it finds.", kind="busy", code=PROBLEMS)
    return report


async def _silences(here: "Installation", name: str, *, look: bool) -> list[dict[str, Any]]:
    """The open cases of silent feeds. look: bring them up to date first."""
    from crossdock.cases.kinds import FEED_SILENT
    from crossdock.flows.silence import watch_feeds
    from crossdock.store.cases import list_cases

    if look:
        await watch_feeds(here.pairings[name])
    cases = await list_cases(here.pool, here.tenant, pairing=name, kind=FEED_SILENT.code, state="open")
    return [{"case": one.id, "cause": one.cause, "since": one.facts["since"]} for one in cases]


def _entry(one: Any) -> dict[str, Any]:
    number = one.number or one.storefront_id
    return {"order": number, "storefront_id": one.storefront_id, "placed_at": one.placed_at, "setting": one.left_out}


def _show(report: Report) -> None:
    since, until = (str(report[name])[:16].replace("T", " ") for name in ("since", "until"))
    show(
        heading(f"Orders of the storefront, changed from {since} to {until}"),
        table(
            "", "#orders", rows=[("listed", report["storefront"]["listed"]), *_rows(report["storefront"], STOREFRONT)]
        ),
    )
    if report["left_out"]:
        show(table("left out by", "#orders", rows=[(one["setting"], one["orders"]) for one in report["left_out"]]))
    show(
        heading("In the ERP"),
        table("", "#orders", rows=_rows(report["erp"], ERP, always="posted")),
        heading("Despatches back"),
        table("", "#despatches", rows=_rows(report["despatches"], DESPATCHES, always="found")),
    )
    if report["numbers"]:
        show(heading("Order numbers"), table("series", "#known", "#missing", "", rows=_numbers(report["numbers"])))
    if report["left_out_orders"]:
        rows = [(one["order"], str(one["placed_at"] or "")[:16], one["setting"]) for one in report["left_out_orders"]]
        show(heading("Left out"), table("order", "placed", "by", rows=rows))
    for sentence in _sentences(report):
        say(f"! {sentence}", style="bold yellow")
    if report["green"] and not report["silence"]:
        say("Every id is accounted for.", style="green")


def _rows(counts: Mapping[str, int], words: Mapping[str, str], *, always: str = "") -> list[tuple[str, int]]:
    return [(said, counts[name]) for name, said in words.items() if counts[name] or name == always]


def _numbers(series: Sequence[Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    for one in series[:20]:
        note = one["learning"] or (f"gaps of up to {one['usual_gap']} are usual here" if one["usual_gap"] else "")
        jumps = "; ".join(f"jumps from {before} to {after}" for before, after in one["jumps"][:3])
        yield one["series"], one["known"], one["missing"] or "", "; ".join(filter(None, [note, jumps]))


def _sentences(report: Report) -> Iterator[str]:
    if missing := report["missing"]:
        yield f"Never arrived: {_some(missing)}. See `crossdock cases list --kind record-never-arrived`."
    if taken := report["taken"]:
        yield f"Missed by the sweeps and taken now: {_some(taken)}."
    if gone := report["gone"]:
        yield f"Read before, and the storefront has them no more: {_some(gone)}."
    if late := report["late"]["orders"]:
        yield f"{late} orders were read late, the latest after {report['late']['worst_seconds']} seconds."
    yield from report["notes"]
    for one in report["silence"]:
        yield f"{one['cause']} (case {one['case']})"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
