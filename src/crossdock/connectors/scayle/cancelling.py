"""Cancelling from the merchant's side, unit by unit, after a look at what the order shows.

Source: SCAYLE Admin API, Fulfillment, Send cancellation.
"""

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.fulfilment import UnitCancellation, cancellation_body, tell
from crossdock.connectors.scayle.session import Session
from crossdock.connectors.scayle.source import OrderReads, country_of
from crossdock.connectors.scayle.units import UnitTable, is_cancelled, is_open, sku_of, unit_ids
from crossdock.model.after_sale import Cancellation, CancelledLine
from crossdock.model.faults import Accepted, Outcome, Refused
from crossdock.ports.runtime import Priority

PATH = "/fulfillment/cancellations"
KEYS_MAX = 10_000


class Cancellations(OrderReads):
    """Implements OrderCanceller."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._chosen: dict[str, tuple[int, ...]] = {}  # by the wish's key, so that one told twice means the same units

    async def cancel_order(self, cancellation: Cancellation) -> Outcome:
        storefront_id = cancellation.storefront_id
        if not storefront_id:
            found = await self.find_by_reference(cancellation.order_ref)
            storefront_id = found[0] if found else ""
        order = await self.find_order_wire(storefront_id) if storefront_id else None
        if order is None:
            return Refused("not-found", f"the shop has no order {storefront_id or cancellation.order_ref}")
        units = self._chosen.get(cancellation.key) or self._units_meant(order, cancellation)
        if isinstance(units, Refused):
            return units
        open_ids = tuple(one.id for one in order.items or () if one.id in units and is_open(one))
        done = Accepted(storefront_id, storefront_id)
        if not open_ids:
            return done
        if len(self._chosen) > KEYS_MAX:
            self._chosen.clear()
        self._chosen[cancellation.key] = units

        async def shown() -> bool:
            now = await self.find_order_wire(storefront_id)
            gone = {item.id for item in (now.items or ()) if is_cancelled(item)} if now else set()
            return gone.issuperset(units)

        settings = self._session.settings
        wish = UnitCancellation(
            shop_key=settings.shop_key,
            country_code=country_of(order.shop_country, settings) or settings.country_code,
            order_id=order.id,
            units=open_ids,
            merchant=settings.merchant,
        )
        outcome, _ = await tell(self._session, PATH, cancellation_body(wish), shown, done, priority=Priority.ORDER)
        return outcome

    def _units_meant(self, order: wire.Order, cancellation: Cancellation) -> tuple[int, ...] | Refused:
        """The units meant. None of them may have left; those cancelled already are among them."""
        table = UnitTable(order.items or ())
        if cancellation.whole:
            ids = [item.id for item in table.items]
        else:
            ids = []
            for line in cancellation.lines:
                found = _named(table, line) if line.line_ref else _of_sku(table, line)
                if isinstance(found, Refused):
                    return found
                ids += found
        there = table.by_id()
        gone = sorted(one for one in ids if not is_open(there[one]) and not is_cancelled(there[one]))
        if gone:
            return Refused("shipped", f"units {', '.join(map(str, gone))} of order {order.id} have left already")
        return tuple(sorted(set(ids)))


def _named(table: UnitTable, line: CancelledLine) -> list[int] | Refused:
    """Of the named units those cancelled already first, then the lowest open ids: told twice, they are the same."""
    there = table.by_id()
    named = unit_ids(line.line_ref)
    if not named or any(one not in there for one in named):
        return Refused("no-such-unit", f"the order has no units {line.line_ref}")
    ranked = sorted(named, key=lambda one: (not is_cancelled(there[one]), not is_open(there[one]), one))
    taken = table.take(ranked, line.quantity)
    if taken is None:
        return Refused("no-open-unit", f"{line.quantity:f} of units {line.line_ref} cannot be cancelled")
    return list(taken)


def _of_sku(table: UnitTable, line: CancelledLine) -> list[int] | Refused:
    """By SKU alone nobody can tell a repeated wish from a further one, so nothing may be cancelled of it yet."""
    if any(sku_of(item) == line.sku and is_cancelled(item) for item in table.items):
        text = f"units of {line.sku} are cancelled already; the wish must name its units by line_ref"
        return Refused("ambiguous", text)
    ids = table.open_ids(line.sku)
    taken = table.take(ids, line.quantity)
    if taken is None:
        return Refused("no-open-unit", f"{line.quantity:f} of {line.sku} to be cancelled, and {len(ids)} are open")
    return list(taken)
