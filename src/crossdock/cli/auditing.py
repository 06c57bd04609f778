"""`crossdock audit`: what would stop the orders of a pairing, before it goes live and whenever somebody asks."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import heading, say, show, show_json, table
from crossdock.cli.progress import Bar
from crossdock.cli.told import PROBLEMS, Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.decide.gaps import Gap
    from crossdock.wiring.auditing import Audit

SHOWN_MAX = 40


async def audit(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    days: Annotated[int, typer.Option(min=1, max=3660, help="Orders changed within so many days are decided.")] = 30,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many orders.")] = 5_000,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write the report there: .html or .csv.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, even where a stopped audit could go on.")] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Read both sides, and report every gap with the recent orders it would stop and their value, worst first.

    Nothing is written, there or here, but the report. An audit that was stopped goes on where it was, for a day. Exits
    1 when there is a gap.
    """
    from crossdock.cli.audit_pages import PAGES, page_of

    project, kinds = load_project(config)
    name = one_of(pairing, project.sales, what="pairing with a storefront")
    if out is not None and out.suffix not in PAGES:
        raise Stop(f"--out writes {' or '.join(PAGES)}, by the end of the file's name; {out.name} is neither.")
    home = project.data_dir / "audit" / name
    since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    with Bar(quiet=as_json) as bar:
        bar.at("opening a database for the audit alone")
        result = await _run(project, kinds, name, home, bar, since=since, limit=limit, fresh=fresh)
    document = _public(result, name, since)
    if out is not None:
        out.write_text(page_of(document, out.suffix), "utf-8")
    if as_json:
        show_json(document)
    else:
        _show(result, out)
    return PROBLEMS if result.gaps else 0


async def _run(
    project: Any, kinds: Any, name: str, home: Path, bar: Bar, *, since: datetime, limit: int, fresh: bool
) -> "Audit":
    from crossdock.ports.busy import Busy
    from crossdock.wiring.auditing import run_audit
    from crossdock.wiring.throw_away import kept

    try:
        async with kept(project, kinds, name, home, fresh=fresh) as stage:
            return await run_audit(stage, since=since, limit=limit, tell=bar.at)
    except Busy:
        raise Stop(f"Another audit of {name} is running.", kind="busy", code=PROBLEMS) from None


def _public(result: "Audit", pairing: str, since: datetime) -> dict[str, Any]:
    return {
        "pairing": pairing, "since": since, "at": datetime.now(UTC),
        "read": {"items": result.items, "accounts": result.accounts, "skus": result.skus, "orders": result.orders},
        "orders": {"cancelled": result.cancelled, "stopped": result.stopped, "value": result.value,
                   "more": result.more},
        "resumed": result.resumed, "gaps": [asdict(gap) for gap in result.gaps],
    }  # fmt: skip


def _show(result: "Audit", out: Path | None) -> None:
    looked = result.orders - result.cancelled
    show(
        heading("Audit"),
        f"{result.items} stock items, {result.accounts} accounts, {result.skus} SKUs and {looked} orders were looked "
        f"at. {result.stopped} of the orders would be stopped{_worth(result.value)}.\n",
    )
    if result.resumed:
        say(f"Read by an earlier run, which was stopped: {', '.join(result.resumed)}.")
    if result.gaps:
        rows = list(_rows(result.gaps[:SHOWN_MAX]))
        show(heading("Gaps, worst first"), table("gap", "#orders", "#value", "what", "how it is closed", rows=rows))
    if (more := len(result.gaps) - SHOWN_MAX) > 0:
        say(f"{more} more gaps: --out gaps.csv or --json lists them all.")
    if result.more:
        say("There are more orders: --limit looks at more of them, --days at fewer.")
    if out is not None:
        say(f"wrote {out}")
    if not result.gaps:
        say("No gap was found.", style="green")


def _rows(gaps: "Sequence[Gap]") -> Iterator[tuple[object, ...]]:
    for gap in gaps:
        yield gap.kind, gap.orders or "", _money(gap.value), gap.cause, gap.setting or gap.remedy


def _money(value: Any) -> str:
    return ", ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(value.items()) if currency)


def _worth(value: dict[str, Decimal]) -> str:
    return f", worth {_money(value)}" if value else ""
