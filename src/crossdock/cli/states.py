"""`crossdock status`: is money flowing, and what needs whom?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, heading, say, show, show_json, span, table
from crossdock.cli.told import PROBLEMS

Row = Mapping[str, Any]
Cells = Sequence[object]


async def status(
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not walk the audit trail, which takes time as it grows.")
    ] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Show orders, despatches, flows, lags, budgets, open cases and the audit trail.

    Exits 1 when something needs attention: a flow that failed three times in a row, an urgent or overdue case, a system
    that does not answer, an audit trail that is not whole, or no worker.
    """
    from crossdock.decide.attention import needs_attention
    from crossdock.store.audit import verify
    from crossdock.store.lookups import open_cases
    from crossdock.store.runs import read_status

    project, _ = load_project(config)
    async with pool_of(project) as pool:
        found = await read_status(pool, project.tenant)
        cases = await open_cases(pool, project.tenant)
        audit = None if quick else await verify(pool, project.tenant)
    now = datetime.now(UTC)
    budgets = [
        {**one, **{name: _moment(one[name]) for name in ("blocked_until", "open_until")}} for one in found["budgets"]
    ]
    watermarks = [{**one, "lag_seconds": round((now - one["at"]).total_seconds(), 1)} for one in found["watermarks"]]
    problem = audit.problem if audit else ""
    attention = needs_attention(now, flows=found["flows"], cases=cases, budgets=budgets, audit_problem=problem)
    document = {
        "at": now, "attention": attention, **found, "watermarks": watermarks, "budgets": budgets, "cases": cases,
        "audit": asdict(audit) if audit else None,
    }  # fmt: skip
    if as_json:
        show_json(document)
    else:
        _show(document, now)
        if not attention:
            say("All is well.")
    return PROBLEMS if attention else 0


def _show(document: dict[str, Any], now: datetime) -> None:
    for part, title, columns, otherwise, row in SECTIONS:
        rows = [row(one, now) for one in document[part]]
        show(heading(title), table(*columns, rows=rows) if rows else f"  {otherwise}\n")
    if audit := document["audit"]:
        count = f"{audit['entries']} entries in {audit['seals']} seals, {audit['unsealed']} not yet sealed"
        show(heading("Audit trail"), f"  {count}; {audit['problem'] or 'whole'}\n")
    for sentence in document["attention"]:
        say(f"! {sentence}", style="bold yellow")


def _order(one: Row, now: datetime) -> Cells:
    return one["pairing"], one["state"], one["orders"], _money(one), ago(one["oldest"], now)


def _despatch(one: Row, _: datetime) -> Cells:
    return one["pairing"], one["state"], one["despatches"]


def _case(one: Row, now: datetime) -> Cells:
    counts = one["cases"], ago(one["oldest"], now), one["overdue"] or ""
    return one["pairing"], one["desk"], one["kind"], one["severity"], *counts


def _flow(one: Row, now: datetime) -> Cells:
    result = ", ".join(f"{name} {value}" for name, value in one["result"].items())
    last, following = ago(one["ended_at"] or one["began_at"], now), ago(one["next_at"], now)
    return one["pairing"], one["flow"], last, following, one["failures"] or "", result


def _watermark(one: Row, _: datetime) -> Cells:
    return one["pairing"], one["feed"], one["at"], span(one["lag_seconds"])


def _budget(one: Row, now: datetime) -> Cells:
    waits = _until(one["blocked_until"], now), _until(one["open_until"], now)
    return one["system"], f"{one['tokens']:.0f}", one["failures"] or "", *waits


SECTIONS: Sequence[tuple[str, str, tuple[str, ...], str, Callable[[Row, datetime], Cells]]] = (
    ("orders", "Orders", ("pairing", "state", "#orders", "#value", "oldest captured"), "No order yet.", _order),
    ("despatches", "Despatches", ("pairing", "state", "#despatches"), "No despatch yet.", _despatch),
    ("cases", "Open cases", ("pairing", "desk", "kind", "severity", "#cases", "oldest", "#overdue"), "None.", _case),
    ("flows", "Flows", ("pairing", "flow", "last run", "next", "#failures", "last result"),
     "No flow has run: start `crossdock run`.", _flow),
    ("watermarks", "Read up to", ("pairing", "feed", "moment", "lag"), "Nothing was read to its end yet.", _watermark),
    ("budgets", "Budgets", ("system", "#calls left", "#failures", "told to wait", "circuit open"),
     "No system was called yet.", _budget),
)  # fmt: skip


def _moment(moment: datetime | None) -> datetime | None:
    """The database's "never" is None here."""
    return None if moment is None or moment.year < 2000 else moment


def _until(moment: datetime | None, now: datetime) -> str:
    return "" if moment is None or moment <= now else f"for {span(moment - now)}"


def _money(row: Row) -> str:
    return "" if row["value"] is None else f"{row['value']:,.2f} {row['currency']}"
