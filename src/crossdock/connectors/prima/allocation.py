"""The allocation probe: does `free` fall by n when n are ordered and held, and rise again when the order is cancelled?

It places an order, so it runs only when a SKU and an account are set for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

import structlog

from crossdock.connectors.prima.config import PrimaSettings
from crossdock.model.after_sale import Cancellation
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, RemoteFault
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address
from crossdock.model.stock import StockFigure
from crossdock.ports.runtime import Clock
from crossdock.ports.systems import ProbeLine, UnreadableFigure

log = structlog.get_logger(__name__)
WHAT = "allocation probe"
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Desk:
    """What the probe needs of a connector. look: figures of one SKU at every site."""

    look: Callable[[str], Awaitable[list[StockFigure | UnreadableFigure]]]
    place: Callable[[ResolvedOrder], Awaitable[Outcome]]
    cancel: Callable[[Cancellation], Awaitable[Outcome]]
    can_cancel: Callable[[], Awaitable[bool]]


async def confirm_free_stock(settings: PrimaSettings, clock: Clock, desk: Desk) -> ProbeLine:
    """One line: no problem when `free` fell and rose as it must. The order is cancelled whatever comes of it."""
    order = probe_order(settings, clock)
    try:
        if not await desk.can_cancel():
            problem = "orders cannot be cancelled here, so the probe would leave one behind; do it by hand"
            return ProbeLine(what=WHAT, problem=problem)
        before = await _free(desk, settings)
        placed = await desk.place(order)
    except RemoteFault as fault:
        return ProbeLine(what=WHAT, problem=f"could not begin: {fault}")
    if isinstance(placed, Refused):
        return ProbeLine(what=WHAT, problem=f"its order {order.ref} was not taken: {placed.text} ({placed.code})")
    problem = ""
    try:
        if isinstance(placed, Accepted):
            problem = await _reached(desk, settings, before - settings.allocation_probe_quantity, "fall")
        else:
            problem = f"nobody knows whether its order {order.ref} was taken: {placed.reason}"
    except RemoteFault as fault:
        problem = str(fault)
    return ProbeLine(what=WHAT, read=1, problem=await _undone(desk, settings, order, before, problem))


def probe_order(settings: PrimaSettings, clock: Clock) -> ResolvedOrder:
    """n of one SKU, for nobody to send: the connector posts it held."""
    now, count, price = clock.now(), settings.allocation_probe_quantity, settings.allocation_probe_price
    ref = f"CROSSDOCK-PROBE-{now:%Y%m%d%H%M%S}"
    line = ResolvedLine(
        line_ref="1",
        stock_code=settings.allocation_probe_sku,
        quantity=count,
        unit_price=price,
        net=count * price,
        tax_code="",
        tax=Decimal(0),
    )
    return ResolvedOrder(
        ref=ref,
        placed_at=now,
        currency=settings.allocation_probe_currency,
        account_code=settings.allocation_probe_account,
        account_id=settings.allocation_probe_account,
        lines=(line,),
        delivery_net=Decimal(0),
        delivery_tax=Decimal(0),
        total=count * price,
        delivery_address=Address(
            organisation="Allocation probe",
            line1="Do not send: held for a test of stock figures",
            postcode="-",
            country=settings.allocation_probe_country,
        ),
    )


async def _undone(desk: Desk, settings: PrimaSettings, order: ResolvedOrder, before: Decimal, problem: str) -> str:
    """The order cancelled and `free` back where it was; otherwise what a person must mend, said first."""
    wish = Cancellation(key=f"{order.ref}/cancel", order_ref=order.ref, reason="allocation probe")
    try:
        outcome = await desk.cancel(wish)
        if not isinstance(outcome, Accepted):
            return f"CANCEL {order.ref} BY HAND: {outcome}. {problem}".rstrip(". ")
        return problem or await _reached(desk, settings, before, "rise")
    except RemoteFault as fault:
        log.error("the allocation probe's order is left behind", order=order.ref)
        return f"see whether {order.ref} is cancelled: {fault}. {problem}".rstrip(". ")


async def _reached(desk: Desk, settings: PrimaSettings, wanted: Decimal, verb: str) -> str:
    """ "" when `free` comes to that in the time there is; else what it did."""
    free = await _free(desk, settings)
    for _ in range(int(settings.allocation_probe_seconds / PAUSE_SECONDS)):
        if free == wanted:
            break
        await asyncio.sleep(PAUSE_SECONDS)
        free = await _free(desk, settings)
    if free == wanted:
        return ""
    count, sku = settings.allocation_probe_quantity, settings.allocation_probe_sku
    return f"`free` of {sku} did not {verb} by {count} to {wanted}: it is {free}; it is not what may be promised"


async def _free(desk: Desk, settings: PrimaSettings) -> Decimal:
    """Over all sites. Raises DataFault when it is not known."""
    figures = await desk.look(settings.allocation_probe_sku)
    for figure in figures:
        if isinstance(figure, UnreadableFigure):
            raise figure.fault
    if not figures:
        raise DataFault("free", f"nothing is answered for {settings.allocation_probe_sku}")
    return sum((figure.quantity for figure in figures if isinstance(figure, StockFigure)), Decimal(0))
