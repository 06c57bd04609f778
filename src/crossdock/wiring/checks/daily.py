"""What is asked every day."""

from datetime import timedelta

from crossdock.decide import checks as judge
from crossdock.decide.checks import LATE, Answer, act, ok
from crossdock.settings.pairing import Flow
from crossdock.settings.pairing import Pairing as SalesSettings
from crossdock.store.audit import verify
from crossdock.wiring.checks.table import DAILY, CheckDesk, check

SECONDS = LATE.total_seconds()
LISTS = frozenset({"orders", "items", "accounts", "targets", "prices", "stock"})
"""Flows that read a list to its end and note up to when, under their own name."""


@check(
    "flows", DAILY, "Does every flow of the pairing run?",
    how="Each flow the settings ask for began within five of its turns, and its last run did not fail.",
)  # fmt: skip
async def flows(desk: CheckDesk) -> Answer:
    return judge.judge_flows(desk.every, await desk.book.flows(), desk.now)


@check(
    "lists", DAILY, "Is every list read up to the present?",
    how="The watermark of each list moved within five of its turns: it moves when the list was read to its end.",
    applies=lambda settings: isinstance(settings, SalesSettings),
)  # fmt: skip
async def lists(desk: CheckDesk) -> Answer:
    ran = await desk.book.flows()
    empty = {flow for flow, row in ran.items() if not row["failures"] and row["result"].get("read") == 0}
    read = {flow: seconds for flow, seconds in desk.every.items() if flow in LISTS - empty}
    return judge.judge_lists(read, await desk.book.watermarks(), desk.now)


@check(
    "cases", DAILY, "What waits for whom, and what is overdue?",
    how="Open cases by desk, with the oldest and those past their due time.",
)  # fmt: skip
async def cases(desk: CheckDesk) -> Answer:
    return judge.judge_desks(await desk.book.cases(), desk.name, desk.now)


@check(
    "completeness", DAILY, "Is every order id accounted for, on both sides?",
    how="The last count is recent and green, and no feed went silent.", flows=[Flow.COMPLETENESS],
)  # fmt: skip
async def completeness(desk: CheckDesk) -> Answer:
    report = await desk.here.pairings[desk.name].completeness.last()
    every = timedelta(seconds=desk.every["completeness"])
    return judge.judge_count(report, await desk.book.silent_feeds(), every, desk.name, desk.now)


@check(
    "orders-under-way", DAILY, "Is any order stuck between the systems?",
    how="No order is older than 15 minutes and neither settled nor in a case.", flows=[Flow.ORDER_ENTRY],
)  # fmt: skip
async def orders_under_way(desk: CheckDesk) -> Answer:
    count, oldest = await desk.book.orders_stuck(SECONDS)
    return judge.judge_stuck("orders that are stuck", count, oldest, desk.now, "crossdock status")


@check(
    "acknowledgements", DAILY, "Does the storefront know which orders the ERP has?",
    how="No posted order waits longer than 15 minutes for the storefront to be told its number.",
    flows=[Flow.ORDER_ENTRY], applies=lambda settings: isinstance(settings, SalesSettings) and settings.acknowledge,
)  # fmt: skip
async def acknowledgements(desk: CheckDesk) -> Answer:
    count, oldest = await desk.book.unacknowledged(SECONDS)
    return judge.judge_stuck("orders whose number was not told", count, oldest, desk.now, "crossdock status")


@check(
    "despatches", DAILY, "Was every despatch told to the storefront?",
    how="No despatch that was found is untold for longer than 15 minutes and in no case.", flows=[Flow.DESPATCH],
)  # fmt: skip
async def despatches(desk: CheckDesk) -> Answer:
    count, oldest = await desk.book.despatches_untold(SECONDS)
    return judge.judge_stuck("despatches that nobody was told of", count, oldest, desk.now, "crossdock status")


@check(
    "stock", DAILY, "Are the stock figures fresh, and shown?",
    how="Figures were read to their end within `stock.stale_after_seconds`, and no write of a level is in doubt.",
    flows=[Flow.STOCK_PUBLICATION],
)  # fmt: skip
async def stock(desk: CheckDesk) -> Answer:
    read_at = (await desk.book.watermarks()).get("stock")
    stale = timedelta(seconds=desk.sales.stock.stale_after_seconds)
    return judge.judge_figures(read_at, stale, await desk.book.levels_unsure(), desk.now)


@check(
    "compared", DAILY, "Do both sides agree, by last night's compare?",
    how="The newest compare is a night old at most, and left nothing to settle.",
    flows=[Flow.RECONCILIATION],
)  # fmt: skip
async def compared(desk: CheckDesk) -> Answer:
    rows = [
        {
            "name": f"{run.subject} {run.period_name}".strip(), "began_at": run.began_at,
            "to_settle": run.counts.get("to_settle", 0),
        }
        for run in await desk.here.pairings[desk.name].reconciliations.newest()
    ]  # fmt: skip
    return judge.judge_compares(rows, desk.name, desk.now)


@check(
    "systems", DAILY, "Does every system answer?",
    how="The budget of no system has its circuit open, was told to wait, or counts failures.",
)  # fmt: skip
async def systems(desk: CheckDesk) -> Answer:
    return judge.judge_budgets(await desk.book.budgets(desk.settings.systems()), desk.now)


@check(
    "backlog", DAILY, "Does the work keep up?",
    how="No job of the pairing waits longer than 15 minutes to be taken.",
)  # fmt: skip
async def backlog(desk: CheckDesk) -> Answer:
    count, oldest = await desk.book.jobs_late(SECONDS)
    return judge.judge_stuck("jobs that nobody took", count, oldest, desk.now, "crossdock status")


@check(
    "audit-trail", DAILY, "Is the audit trail whole?",
    how="The chain of seals is walked from its beginning, and every hash is reckoned again.",
)  # fmt: skip
async def audit_trail(desk: CheckDesk) -> Answer:
    verdict = await verify(desk.here.pool, desk.here.tenant)
    if verdict.problem:
        return act(f"It is not: {verdict.problem}.", "crossdock status")
    return ok(f"{verdict.entries} entries in {verdict.seals} seals, all whole.")
