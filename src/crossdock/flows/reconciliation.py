"""Full compares: each run reads both sides, keeps what differs for ever, and opens cases for what must be settled.

A run is taken up where it stopped; what it found is stored whole or not at all; only then its cases are opened, and
those of an earlier run of the same name that it did not find again are closed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import KINDS
from crossdock.decide.period import read_period
from crossdock.decide.reconciling import night_began, periods_due
from crossdock.flows.differences import RECORD
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.reconcile_accounts import reconcile_accounts
from crossdock.flows.reconcile_despatches import reconcile_despatches
from crossdock.flows.reconcile_items import reconcile_items
from crossdock.flows.reconcile_money import reconcile_money, reconcile_orders
from crossdock.flows.reconcile_prices import reconcile_prices
from crossdock.flows.reconcile_stock import reconcile_stock
from crossdock.model.faults import RemoteFault
from crossdock.model.reconciliation import PERIODIC, Difference, Period, Run, Subject
from crossdock.ports.reconciliation import ReconciliationRun, Tell

NIGHT = "reconciliation"
ACTOR = "crossdock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """How one subject is compared. storefront, erp: what it needs of each side, by the names of the Protocols."""

    run: Callable[[Pairing, ReconciliationRun, Tell], Awaitable[None]]
    storefront: tuple[str, ...] = ()
    erp: tuple[str, ...] = ()

    def lacking(self, pairing: Pairing) -> list[str]:
        """Each thing it needs and the pairing's systems cannot do, in words."""
        sides = (
            (pairing.storefront_name, self.storefront, pairing.storefront_can),
            (pairing.erp_name, self.erp, pairing.erp_can),
        )
        return [f"{system} has no {name}" for system, needs, can in sides for name in needs if name not in can]


RECONCILERS: Mapping[Subject, Reconciler] = {
    Subject.STOCK: Reconciler(run=reconcile_stock, storefront=("StockSink", "OrderSource"), erp=("StockSource",)),
    Subject.ITEMS: Reconciler(run=reconcile_items, storefront=("StockSink",), erp=("ItemSource",)),
    Subject.ACCOUNTS: Reconciler(run=reconcile_accounts, erp=("AccountSource",)),
    Subject.DESPATCHES: Reconciler(run=reconcile_despatches, storefront=("DespatchSink",), erp=("FulfilmentSource",)),
    Subject.PRICES: Reconciler(run=reconcile_prices, storefront=("PriceSink", "StockSink"), erp=("PriceSource",)),
    Subject.ORDERS: Reconciler(
        run=reconcile_orders, storefront=("OrderSource",), erp=("FulfilmentSource", "OrderSink")
    ),
    Subject.MONEY: Reconciler(run=reconcile_money, storefront=("OrderSource",), erp=("FulfilmentSource", "OrderSink")),
}


def _silent(step: str, done: int, whole: int | None = None) -> None:
    """Nobody watches."""


async def reconcile(
    pairing: Pairing, subject: Subject, period: Period | None, *, actor: str, tell: Tell = _silent
) -> Run:
    """One run, begun or taken up. Raises Busy when somebody else is at it, RemoteFault when a side does not answer."""
    async with pairing.reconciliations.open(subject, period, actor=actor) as run:
        if not run.is_found:
            await RECONCILERS[subject].run(pairing, run, tell)
        await _settle_cases(pairing, run.run)
        return await run.end()


async def _settle_cases(pairing: Pairing, run: Run) -> None:
    """Every difference that somebody must settle stands in its case; one that is gone lets its case go."""
    book, told = pairing.reconciliations, set()
    for one in await book.differences(run.id):
        if one.raises and (one.case_kind, one.case_subject) not in told:
            told.add((one.case_kind, one.case_subject))
            held = await book.hold(run, one)
            await pairing.cases.raise_case(
                _finding(one), record=RECORD, record_id=held, ref=one.ref, evidence=_evidence(run, one),
                currency=one.currency,
            )  # fmt: skip
    if gone := await book.let_go(run):
        await pairing.cases.let_go(RECORD, gone, reason=f"run {run.id} no longer finds it", actor=ACTOR)


def _finding(one: Difference) -> Finding:
    facts = {"what": one.what, "ours": one.ours, "theirs": one.theirs, "likely": one.likely, "cause": one.cause}
    return Finding(
        kind=KINDS[one.case_kind], subject=one.case_subject, value=one.value, facts={**facts, **dict(one.facts)}
    )


def _evidence(run: Run, one: Difference) -> str:
    lines = [f"run {run.id}: {run.subject} {run.period_name}".rstrip(), f"document {one.document}", f"order {one.ref}"]
    if run.ours_at and run.theirs_at:
        lines.append(f"here as of {run.ours_at.isoformat()}, there as of {run.theirs_at.isoformat()}")
    if one.gap is not None:
        known = {"net": one.gap.net, "tax": one.gap.tax, "gross": one.gap.gross}
        lines.append(", ".join(f"{name} {'not told' if value is None else value}" for name, value in known.items()))
    return "\n".join([*lines, one.note] if one.note else lines)


# by the clock


async def reconcile_nightly(pairing: Pairing) -> Result:
    """Everything this pairing reconciles, once a night. Called often; what the night has done already is not done
    again, and one side's trouble stops no other subject."""
    policy, now = pairing.reconciliation_policy, pairing.clock.now()
    last = await pairing.reference.watermark(NIGHT)
    if last is None:
        await pairing.reference.move_watermark(NIGHT, now)
        return {"skipped": f"the first night begins at {policy.at:%H:%M}, {policy.zone}"}
    began = night_began(policy, now=now)
    if last >= began:
        return {"skipped": "the night's run is done"}
    done = {(run.subject, run.period_name): run for run in await pairing.reconciliations.newest()}
    counts, trouble = {"runs": 0, "differences": 0, "to_settle": 0}, None
    for subject, period in await _wanted(pairing):
        newest = done.get((subject, period.name if period else ""))
        if newest is not None and newest.began_at >= began:
            continue
        try:
            run = await reconcile(pairing, subject, period, actor=ACTOR)
        except RemoteFault as fault:
            trouble = fault
            continue
        counts["runs"] += 1
        for name in ("differences", "to_settle"):
            counts[name] += run.counts.get(name, 0)
    if trouble is not None:
        raise trouble
    await pairing.reference.move_watermark(NIGHT, now)
    return counts


async def _wanted(pairing: Pairing) -> Sequence[tuple[Subject, Period | None]]:
    policy, now = pairing.reconciliation_policy, pairing.clock.now()
    found: list[tuple[Subject, Period | None]] = []
    for subject in policy.subjects:
        if RECONCILERS[subject].lacking(pairing):
            continue
        if subject is Subject.ORDERS and Subject.MONEY in policy.subjects:
            continue  # money looks at every order too
        if subject not in PERIODIC:
            found.append((subject, None))
            continue
        names = await pairing.reconciliations.open_periods(subject)
        found += [(subject, period) for period in periods_due(policy, now=now, open_periods=names)]
    return found


async def reconcile_again(pairing: Pairing, key: str, *, tell: Tell = _silent) -> None:
    """A person asked for this run: the very one that found something, or one of his own. key: subject/period."""
    name, _, period = key.partition("/")
    wanted = read_period(period, pairing.reconciliation_policy.zone) if period else None
    await reconcile(pairing, Subject(name), wanted, actor=ACTOR, tell=tell)
