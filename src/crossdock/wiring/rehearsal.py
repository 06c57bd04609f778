"""A rehearsal: the real systems are read and decided on, and what would be written is told instead of written."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from crossdock.cases.kind import Finding
from crossdock.decide.despatch import new_despatches
from crossdock.decide.order_entry import Hold, Post
from crossdock.flows.missing import ask_for_missing
from crossdock.flows.order_entry import decide_file
from crossdock.flows.price_lists import refresh_prices
from crossdock.flows.reference import refresh_accounts, refresh_items, refresh_targets
from crossdock.model.despatch import Despatch, Fulfilment
from crossdock.model.faults import DataFault
from crossdock.model.lifecycle import Move, OrderState
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure, StockLevel
from crossdock.ports.order_book import OrderFile, OrderMove
from crossdock.store.lookups import order_ids
from crossdock.wiring.throw_away import Stage

CHUNK = 100
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """What would become of one order. outcome: post, wait, in_erp, withdraw or unreadable.

    reasons: (case kind, cause) of each that holds it.
    """

    ref: str
    storefront_id: str
    outcome: str
    total: Decimal | None = None
    currency: str = ""
    erp_ref: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    resolved: ResolvedOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyLine:
    """What would become of one company. outcome: tell (the storefront would hear `account`'s code), wait, or linked.

    reasons: of a company that waits, what it may be, likeliest first.
    """

    ref: str
    name: str
    outcome: str
    account: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """What would become of the sale of one product. outcome: take_off, put_on, make, or withheld: one of too many to
    be taken off at once. missing: what it lacks."""

    sku: str
    outcome: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """A level that would change. shown: what the storefront shows now, None when it does not say."""

    sku: str
    unit: str
    shown: Decimal | None
    level: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DespatchLine:
    """A despatch that would be told, or `reason` why it could not be."""

    order_ref: str
    key: str = ""
    tracking_number: str = ""
    carrier: str = ""
    final: bool = False
    reason: str = ""


@dataclass(kw_only=True)
class Rehearsal:
    """more: the storefront has more orders than were looked at."""

    read: int = 0
    more: bool = False
    orders: list[OrderLine] = field(default_factory=list)
    companies: list[CompanyLine] | None = None
    items: list[ItemLine] | None = None
    stock: list[StockLine] | None = None
    despatches: list[DespatchLine] | None = None


async def rehearse_orders(stage: Stage, *, since: datetime | None, limit: int, tell: Tell) -> Rehearsal:
    """Read, look each order up in the ERP, decide what is not there. The other rehearsals build on it."""
    pairing, result = stage.pairing, Rehearsal()
    for what, refresh in (
        ("stock items", refresh_items), ("accounts", refresh_accounts), ("what the storefront sells", refresh_targets),
    ):  # fmt: skip
        tell(f"reading {what}")
        await refresh(pairing)
    if pairing.price_lists:
        tell("reading price lists")
        await refresh_prices(pairing)
    tell("reading orders")
    await _capture(stage, result, since=since, limit=limit)
    ids = await order_ids(stage.pool, stage.tenant, pairing.name)
    for start in range(0, len(ids), CHUNK):
        tell(f"deciding on order {start + 1} to {min(start + CHUNK, len(ids))} of {len(ids)}")
        files = await pairing.orders.load_many(ids[start : start + CHUNK])
        known = await pairing.erp.read_fulfilments([file.ref for file in files])
        result.orders += [await _order(stage, file, known.get(file.ref)) for file in files]
    return result


async def _capture(stage: Stage, result: Rehearsal, *, since: datetime | None, limit: int) -> None:
    pairing = stage.pairing
    pages = cast("AsyncGenerator[Sequence[Any]]", pairing.storefront.read_orders(since))
    async with contextlib.aclosing(pages) as opened:
        async for page in opened:
            taken = page[: limit - result.read]
            await pairing.orders.capture(taken, start_from=pairing.start_from)
            result.read += len(taken)
            if len(taken) < len(page) or result.read >= limit:
                result.more = True
                return


async def _order(stage: Stage, file: OrderFile, known: Fulfilment | DataFault | None) -> OrderLine:
    if file.order is None:
        return OrderLine(ref=file.ref, storefront_id=file.storefront_id, outcome="unreadable")
    about: dict[str, Any] = {
        "ref": file.ref, "storefront_id": file.storefront_id, "total": file.order.total,
        "currency": file.order.currency,
    }  # fmt: skip
    if known is not None:
        erp_ref = known.erp_code if isinstance(known, Fulfilment) else "?"
        await _mark(stage, file, Move.SEND, Move.ACCEPT)
        return OrderLine(**about, outcome="in_erp", erp_ref=erp_ref)
    decision = decide_file(stage.pairing, file)
    if isinstance(decision, Hold) and await ask_for_missing(stage.pairing, file, decision.findings):
        again = await stage.pairing.orders.load(file.id)
        decision = decide_file(stage.pairing, again or file)
    match decision:
        case Post(order=resolved):
            return OrderLine(**about, outcome="post", resolved=resolved)
        case Hold(findings=findings):
            reasons = tuple((one.kind.code, one.cause) for one in findings)
            return OrderLine(**about, outcome="wait", reasons=reasons)
        case _:
            await _mark(stage, file, Move.WITHDRAW)
            return OrderLine(**about, outcome="withdraw", reasons=(("", f"the storefront calls it {decision.reason}"),))


async def _mark(stage: Stage, file: OrderFile, *moves: Move) -> None:
    """In the throw-away book, so that the stock rehearsal knows what is still in flight."""
    state, version = file.state, file.version
    for move in moves:
        await stage.pairing.orders.move(OrderMove(order_id=file.id, version=version, from_state=state, move=move))
        state, version = OrderState.POSTING, version + 1


async def rehearse_stock(stage: Stage, result: Rehearsal, *, tell: Tell) -> None:
    """Which levels would change, from what the storefront shows now. Orders were rehearsed before: those count."""
    pairing, policy = stage.pairing, stage.pairing.stock_policy
    shown: dict[str, Decimal] = {}
    tell("reading what the storefront shows")
    levels: list[StockLevel] = []
    async for page in pairing.storefront.read_stock_targets():
        for target in page:
            if target.shown is not None:
                shown[target.ref] = target.shown
                levels.append(StockLevel(ref=target.ref, sku=target.sku, unit=target.unit, quantity=target.shown))
    tell("reading stock figures")
    began = await pairing.reference.now()
    result.stock = []
    async with pairing.stock.run() as run:
        await run.published(levels, at=began)
        async for figures in pairing.erp.read_stock(None):
            await run.stage([one for one in figures if isinstance(one, StockFigure)])
        await run.merge()
        changes = run.changes(
            basis=str(pairing.stock_basis), buffer=policy.buffer, buffers=policy.buffers,
            unlimited_shown=policy.unlimited_shown, only_lower=False, figures_from=began,
            site=pairing.stock_site, shared=policy.shared,
        )  # fmt: skip
        async for batch in changes:
            result.stock += [
                StockLine(sku=one.sku, unit=one.unit, shown=shown.get(one.ref), level=one.quantity) for one in batch
            ]


async def rehearse_despatches(stage: Stage, result: Rehearsal, *, tell: Tell) -> None:
    """Which despatches of the orders looked at would be told: those that left and the storefront does not show yet."""
    pairing, maps = stage.pairing, await stage.pairing.reference.maps()
    posted = [one for one in result.orders if one.outcome == "in_erp"]
    result.despatches = []
    for start in range(0, len(posted), CHUNK):
        chunk = posted[start : start + CHUNK]
        tell(f"asking where order {start + 1} to {start + len(chunk)} of {len(posted)} stand")
        stands = await pairing.erp.read_fulfilments([one.ref for one in chunk])
        for order in chunk:
            result.despatches += await _told(stage, order, stands.get(order.ref), maps.courier or pairing.carriers)


async def _told(stage: Stage, order: OrderLine, stand: Any, carriers: Any) -> list[DespatchLine]:
    if isinstance(stand, DataFault):
        return [DespatchLine(order_ref=order.ref, reason=str(stand))]
    if stand is None:
        return []
    found = new_despatches(stand, (), carriers=carriers)
    if not found:
        return []
    shown = {number for _, number in await stage.pairing.storefront.find_despatches(order.storefront_id)}
    return [
        _refused(order, one) if isinstance(one, Finding) else _would_tell(order, one)
        for one in found
        if isinstance(one, Finding) or one.tracking_number not in shown
    ]


def _refused(order: OrderLine, finding: Finding) -> DespatchLine:
    return DespatchLine(order_ref=order.ref, reason=finding.cause)


def _would_tell(order: OrderLine, one: Despatch) -> DespatchLine:
    return DespatchLine(
        order_ref=order.ref, key=one.key, tracking_number=one.tracking_number, carrier=one.carrier, final=one.final
    )
