"""`crossdock status`: is money flowing, and what needs whom?"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import ago, heading, say, show, show_json, span, table
from crossdock.cli.told import PROBLEMS


async def status(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> int:
    """Show orders, despatches, flows, lags, budgets, open cases and the audit trail.

    Exits 1 when something needs attention: a flow that failed three times in a row, an urgent or overdue case, a system
    that does not answer, an audit trail that is not whole, or no worker.
    """
    from crossdock.decide.attention import needs_attention
    from crossdock.store.audit import verify
    from crossdock.store.database import open_database
    from crossdock.store.lookups import open_cases
    from crossdock.store.runs import read_status
    from crossdock.wiring.installation import database_url

    project, _ = load_project(config)
    async with open_database(database_url(project), project.data_dir, pool_max=4) as pool:
        found = await read_status(pool, project.tenant)
        cases = await open_cases(pool, project.tenant)
        audit = await verify(pool, project.tenant)
    now = datetime.now(UTC)
    budgets = [{**one, **{name: _moment(one[name]) for name in ("blocked_until", "open_until")}} for one in found["budgets"]]
    watermarks = [{**one, "lag_seconds": round((now - one["at"]).total_seconds(), 1)} for one in found["watermarks"]]
    attention = needs_attention(now, flows=found["flows"], cases=cases, budgets=budgets, audit_problem=audit.problem)
    document = {
        "at": now, "attention": attention, **found, "watermarks": watermarks, "budgets": budgets, "cases": cases,
        "audit": asdict(audit),
    }  # fmt: skip
    if as_json:
        show_json(document)
    else:
        _show(document, now)
        if not attention:
            say("All is well.")
    return PROBLEMS if attention else 0


def _show(document: dict[str, Any], now: datetime) -> None:
    orders = [
        (one["pairing"], one["state"], one["orders"], _money(one), ago(one["oldest"], now)) for one in document["orders"]
    ]
    despatches = [(one["pairing"], one["state"], one["despatches"]) for one in document["despatches"]]
    flows = [
        (one["pairing"], one["flow"], ago(one["ended_at"] or one["began_at"], now), ago(one["next_at"], now), one["failures"] or "", _result(one["result"]))
        for one in document["flows"]
    ]
    watermarks = [(one["pairing"], one["feed"], one["at"], span(one["lag_seconds"])) for one in document["watermarks"]]
    cases = [
        (one["pairing"], one["desk"], one["kind"], one["severity"], one["cases"], ago(one["oldest"], now), one["overdue"] or "")
        for one in document["cases"]
    ]
    budgets = [
        (one["system"], f"{one['tokens']:.0f}", one["failures"] or "", _until(one["blocked_until"], now), _until(one["open_until"], now))
        for one in document["budgets"]
    ]
    audit = document["audit"]
    sections = (
        ("Orders", ("pairing", "state", "#orders", "#value", "oldest captured"), orders, "No order yet."),
        ("Despatches", ("pairing", "state", "#despatches"), despatches, "No despatch yet."),
        ("Open cases", ("pairing", "desk", "kind", "severity", "#cases", "oldest", "#overdue"), cases, "No open case."),
        ("Flows", ("pairing", "flow", "last run", "next", "#failures", "last result"), flows, "No flow has run: start `crossdock run`."),
        ("Read up to", ("pairing", "feed", "moment", "lag"), watermarks, "Nothing has been read to its end yet."),
        ("Budgets", ("system", "#calls left", "#failures", "told to wait", "circuit open"), budgets, "No system has been called yet."),
    )
    for title, columns, rows, otherwise in sections:
        show(heading(title), table(*columns, rows=rows) if rows else f"  {otherwise}\n")
    whole = audit["problem"] or "whole"
    show(heading("Audit trail"), f"  {audit['entries']} entries in {audit['seals']} seals, {audit['unsealed']} not yet sealed; {whole}\n")
    for sentence in document["attention"]:
        say(f"! {sentence}", style="bold yellow")


def _moment(moment: datetime | None) -> datetime | None:
    """The database's "never" is None here."""
    return None if moment is None or moment.year < 2000 else moment


def _until(moment: datetime | None, now: datetime) -> str:
    return "" if moment is None or moment <= now else f"for {span(moment - now)}"


def _money(row: dict[str, Any]) -> str:
    return "" if row["value"] is None else f"{row['value']:,.2f} {row['currency']}"


def _result(result: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in result.items())
