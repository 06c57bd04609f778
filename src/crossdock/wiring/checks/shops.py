"""What is asked every day and every week of a pairing with shops."""

from crossdock.decide import checks as judge
from crossdock.decide.checks import LATE, Answer
from crossdock.settings.pairing import Flow, RetailPairing
from crossdock.store.retail_lookups import read_lag
from crossdock.wiring.checks.table import DAILY, WEEKLY, CheckDesk, check

SECONDS = LATE.total_seconds()
TELLING = frozenset({"retail-places", "retail-items", "retail-levels", "retail-sales"})
"""Flows that tell: what got no answer is told again at their next turn."""


@check(
    "shop-figures", DAILY, "Do the figures of the shops reach the ERP in time?",
    how="Of the figures booked lately as many as `intake.target_share` asks took at most `intake.target_seconds`, and "
    "none waits longer.",
    flows=[Flow.RETAIL_STOCK_INTAKE],
)  # fmt: skip
async def shop_figures(desk: CheckDesk) -> Answer:
    assert isinstance(desk.settings, RetailPairing), "its flow is of such a pairing alone"
    here = desk.here
    lag = await read_lag(here.pool, here.tenant, desk.name, desk.settings.policy(), now=desk.now)
    return judge.judge_lag(lag, desk.name)


@check(
    "shop-despatches", DAILY, "Is every despatch of the shops booked in the ERP?",
    how="No despatch that was found is unbooked for longer than 15 minutes and in no case.",
    flows=[Flow.RETAIL_DESPATCH],
)  # fmt: skip
async def shop_despatches(desk: CheckDesk) -> Answer:
    count, oldest = await desk.book.shop_despatches_unbooked(SECONDS)
    return judge.judge_stuck("despatches of shops that are not booked", count, oldest, desk.now, _go(desk))


@check(
    "told-to-shops", DAILY, "Did the shops take what they were told?",
    how="Nothing that was told is without an answer, or refused and in no case, for longer than twice its turn and 15 "
    "minutes.",
    flows=[Flow.RETAIL_FEED],
)  # fmt: skip
async def told_to_shops(desk: CheckDesk) -> Answer:
    turns = [seconds for flow, seconds in desk.every.items() if flow in TELLING]
    count, oldest = await desk.book.untold_to_shops(max(SECONDS, *(2 * one for one in turns)))
    return judge.judge_stuck("records that nobody knows the shops to have", count, oldest, desk.now, _go(desk))


@check(
    "no-trade", WEEKLY, "Which orders are no trade, by their company's class?",
    how="Orders of the ERP first left out within the week, counted by the setting that does it.",
    flows=[Flow.RETAIL_DESPATCH, Flow.RETAIL_FEED],
)  # fmt: skip
async def no_trade(desk: CheckDesk) -> Answer:
    return judge.judge_filters(await desk.book.left_out_lately(), _go(desk))


def _go(desk: CheckDesk) -> str:
    return f"crossdock retail {desk.name}"
