"""Returns: told to the shop, which refunds them, and read out of its orders.

A refund follows from the call, so none is told twice: `returnedAt` of the units is looked at before. The list of one
call is one order's, because whether a list fails in part is not public.
Source: SCAYLE Admin API, Fulfillment, Send return items; Orders, items.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.amounts import unit_price
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.fulfilment import ReturnedUnit, return_row, tell
from crossdock.connectors.scayle.mapping_lines import Coins
from crossdock.connectors.scayle.mapping_order import is_ours, number_of
from crossdock.connectors.scayle.session import Session, Told
from crossdock.connectors.scayle.source import OrderReads, identity
from crossdock.connectors.scayle.source import told as told_at
from crossdock.connectors.scayle.units import UnitTable, is_cancelled, is_returned, line_ref, sku_of, unit_ids
from crossdock.connectors.scayle.wire import at, dump, read
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.faults import Accepted, DataFault, InvalidValue, Outcome, Refused, Unknown, Unsupported
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Document

PATH = "/fulfillment/return-items"
REFUNDED = frozenset({"billing_partially_refunded", "billing_refunded"})


class Returns(OrderReads):
    """Implements ReturnSink and ReturnSource."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._returns = Told(session.clock, session.settings.fulfilment_settle_seconds)

    async def create_return(self, sales_return: SalesReturn) -> Outcome:
        if not sales_return.storefront_id:
            raise Unsupported("storefront_id", "is empty; a return must name the shop's order")
        if not sales_return.lines:
            raise Unsupported("lines", "names no goods; money goes back over there with goods alone")
        key = sales_return.storefront_id
        order = await self.find_order_wire(key)
        if order is None:
            return Refused("not-found", f"the shop has no order {key}")
        known = self._returns.open(key).get(sales_return.ref)
        chosen = (known, {}) if known else _units(order, sales_return)
        if isinstance(chosen, Refused):
            return chosen
        units, reasons = chosen
        back = {item.id for item in order.items or () if is_returned(item)}
        done = Accepted(sales_return.ref, line_ref(units))
        if back.issuperset(units):
            self._returns.forget(key, sales_return.ref)
            return done
        if known:
            return Unknown(f"return {sales_return.ref} was sent, and order {key} does not show it yet")
        rows = self._rows(sales_return, [unit for unit in units if unit not in back], reasons)

        async def shown() -> bool:
            now = await self.find_order_wire(key)
            return now is not None and {one.id for one in now.items or () if is_returned(one)}.issuperset(units)

        outcome, taken = await tell(self._session, PATH, rows, shown, done, priority=Priority.ORDER)
        if isinstance(outcome, Unknown):
            self._returns.note(key, sales_return.ref, units, taken=taken)
        return outcome

    def _rows(self, told: SalesReturn, units: Sequence[int], reasons: dict[int, str]) -> list[dict[str, Any]]:
        """The item id is taken as a returnKey whatever was given at the shipment, so it is always used."""
        settings = self._session.settings
        received = told.received_at or self._session.clock.now()
        return [
            return_row(
                ReturnedUnit(
                    return_key=str(unit),
                    received_at=received,
                    reason=reasons.get(unit) or settings.return_reason,
                    merchant=settings.merchant,
                ),
                settings.return_zone,
            )
            for unit in units
        ]

    async def read_returns(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[SalesReturn]]]:
        """Units that came back together, by order and moment, of every order that changed: a return may be booked long
        after its moment. An order without any is none."""
        async for rows in self.order_rows(changed_since):
            documents = [one for row in rows if not self.left_out(row) for one in self._return_documents(row)]
            if documents:
                yield documents

    def _return_documents(self, row: Any) -> list[Document[SalesReturn]]:
        raw, ref, at = dump(row), identity(row)[0], told_at(row)
        try:
            order = read(wire.Order, row, "")
            returns = to_returns(order, self.number(order), self._session.settings)
        except DataFault as fault:
            return [Document(ref=ref, raw=raw, fault=fault, updated_at=at, label=ref)]
        return [Document(ref=one.ref, raw=raw, value=one, updated_at=at, label=one.ref) for one in returns]

    def number(self, order: wire.Order) -> str:
        return number_of(order, self._session.settings)


def to_returns(order: wire.Order, number: str, settings: ScayleSettings) -> list[SalesReturn]:
    """ref: the order's number and the moment, or the lowest unit where no moment is told; the same for ever. Units of
    other merchants came back to them. Money that went back without any is told without goods: how much it was, nobody
    says."""
    together: dict[datetime | None, list[int]] = {}
    items = order.items or ()
    for n, item in sorted(enumerate(items), key=lambda pair: pair[1].id):
        if is_returned(item) and is_ours(item, settings):
            together.setdefault(item.returned_at, []).append(n)
    found = []
    for moment, places in together.items():
        lowest = items[places[0]].id
        name = f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if moment else str(lowest)
        try:
            lines = _lines(order, places)
            one = SalesReturn(
                ref=f"{number}/{name}",
                order_ref=number,
                storefront_id=str(order.id),
                lines=lines,
                currency=order.currency_code,
                received_at=moment,
            )
        except InvalidValue as error:
            raise DataFault(at("items", places[0]), str(error)) from error
        found.append(one)
    if not found and _is_money_alone(order):
        bare = SalesReturn(
            ref=f"{number}/money", order_ref=number, storefront_id=str(order.id), lines=(), currency=order.currency_code
        )
        return [bare]
    return found


def _is_money_alone(order: wire.Order) -> bool:
    """What is cancelled is given back too, and so is what came back to other merchants."""
    billing = order.detailed_status.billing if order.detailed_status else None
    untouched = not any(is_returned(item) or is_cancelled(item) for item in order.items or ())
    return billing is not None and billing.code in REFUNDED and untouched


def _lines(order: wire.Order, places: Sequence[int]) -> tuple[ReturnLine, ...]:
    coins = Coins(order.currency_code)
    items = order.items or ()
    groups: dict[tuple[str, int], list[int]] = {}
    for n in places:
        sku = sku_of(items[n])
        if not sku:
            raise DataFault(at("items", n, "variant", "referenceKey"), "is empty; a unit must name its SKU")
        paid = unit_price(items[n].price, at("items", n, "price")).paid.gross
        groups.setdefault((sku, paid), []).append(items[n].id)
    return tuple(
        ReturnLine(sku=sku, quantity=Decimal(len(ids)), line_ref=line_ref(ids), unit_price=coins(paid))
        for (sku, paid), ids in groups.items()
    )


def _units(order: wire.Order, told: SalesReturn) -> tuple[tuple[int, ...], dict[int, str]] | Refused:
    """(units that came back, their reasons)."""
    table = UnitTable(order.items or ())
    reasons: dict[int, str] = {}
    for line in told.lines:
        found = _named(table, line) if line.line_ref else _of_sku(table, line, told.received_at)
        if isinstance(found, Refused):
            return found
        reasons.update(dict.fromkeys(found, line.reason))
    return tuple(sorted(reasons)), reasons


def _named(table: UnitTable, line: ReturnLine) -> tuple[int, ...] | Refused:
    """Of the named units those that are back already first, then the lowest ids: told twice, they are the same."""
    there = table.by_id()
    named = unit_ids(line.line_ref)
    if not named or any(one not in there for one in named):
        return Refused("no-such-unit", f"the order has no units {line.line_ref}")
    ids = sorted(
        (one for one in named if not is_cancelled(there[one])), key=lambda one: (not is_returned(there[one]), one)
    )
    return table.take(ids, line.quantity) or Refused(
        "no-open-unit", f"{line.quantity:f} of units {line.line_ref} cannot have come back"
    )


def _of_sku(table: UnitTable, line: ReturnLine, received_at: datetime | None) -> tuple[int, ...] | Refused:
    """By SKU alone: units that came back at this very moment are this return; others of it make it unclear."""
    ours = [one for one in table.items if sku_of(one) == line.sku and one.id not in table.given]
    back = sorted(one.id for one in ours if is_returned(one))
    moment = received_at.replace(microsecond=0) if received_at else None
    same = sorted(one.id for one in ours if moment is not None and one.returned_at == moment)
    if back and len(same) < line.quantity:
        text = f"units of {line.sku} came back already; the return must name its units by line_ref"
        return Refused("ambiguous", text)
    ids = same or sorted(one.id for one in ours if one.shipped_at is not None and not is_cancelled(one))
    taken = table.take(ids, line.quantity)
    if taken is None:
        text = f"{line.quantity:f} of {line.sku} came back, and {len(ids)} have left"
        return Refused("no-open-unit", text)
    return taken
