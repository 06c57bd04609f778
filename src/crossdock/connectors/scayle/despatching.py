"""Despatches into the shop: one shipment a parcel, naming its units one by one.

SCAYLE invoices and captures on a shipment, so none is sent twice: the order's packages are looked at first. Which units
a parcel holds is ours to say: of each SKU the open units with the lowest ids.
Source: SCAYLE Admin API, Fulfillment, Create shipment; Orders, packages.
"""

from datetime import UTC, datetime, time

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.fulfilment import Shipment, shipment_body, tell
from crossdock.connectors.scayle.mapping_lines import fee_sku, is_surcharge
from crossdock.connectors.scayle.session import Session, Told
from crossdock.connectors.scayle.source import OrderReads, country_of
from crossdock.connectors.scayle.units import UnitTable, is_open, sku_of
from crossdock.model.despatch import Despatch
from crossdock.model.faults import Accepted, Outcome, Refused, Unknown, Unsupported
from crossdock.ports.runtime import Priority

PATH = "/fulfillment/shipments"


class Despatches(OrderReads):
    """Implements DespatchSink."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shipments = Told(session.clock, session.settings.fulfilment_settle_seconds)

    async def find_despatches(self, storefront_id: str) -> frozenset[tuple[str, str]]:
        """(carrier, tracking number); empty when there is no such order."""
        order = await self.find_order_wire(storefront_id)
        shown = _shipped(order) if order else []
        return frozenset((one.carrier_key or "", one.shipment_key or "") for one in shown)

    async def create_despatch(self, storefront_id: str, despatch: Despatch) -> Outcome:
        order = await self.find_order_wire(storefront_id)
        if order is None:
            return Refused("not-found", f"the shop has no order {storefront_id}")
        number = despatch.tracking_number
        under_way = self._under_way(storefront_id, order)
        if any(one.shipment_key == number for one in _shipped(order)):
            return Accepted(number, number)
        if number in under_way:
            return Unknown(f"shipment {number} was sent, and order {storefront_id} does not show it yet")
        units = self._units_left(storefront_id, order, despatch, {one for units in under_way.values() for one in units})
        if isinstance(units, Refused):
            return units
        shipment = self.shipment(order, despatch, units)

        async def shown() -> bool:
            now = await self.find_order_wire(storefront_id)
            return now is not None and _shows(now, number, units)

        outcome, taken = await tell(
            self._session, PATH, shipment_body(shipment), shown, Accepted(number, number), priority=Priority.DESPATCH
        )
        if isinstance(outcome, Unknown):
            self._shipments.note(storefront_id, number, units, taken=taken)
        return outcome

    def shipment(self, order: wire.Order, despatch: Despatch, units: tuple[int, ...]) -> Shipment:
        """A day without a time is its noon, and never later than now."""
        settings, now = self._session.settings, self._session.clock.now()
        day = despatch.shipped_on
        left = now if day is None else min(now, datetime.combine(day, time(12), UTC))
        if not despatch.carrier:
            raise Unsupported("carrier", "is empty; a shipment must name one of SCAYLE's carrier keys")
        keys = {"item_id": "{unit}", "order_and_item": "{order}-{unit}"}[settings.return_key]
        ident = settings.return_ident_code.replace("{order}", str(order.id)).replace(
            "{number}", despatch.tracking_number
        )
        return Shipment(
            shop_key=settings.shop_key,
            country_code=country_of(order.shop_country, settings) or settings.country_code,
            order_id=order.id,
            carrier=despatch.carrier,
            number=despatch.tracking_number,
            left_at=left,
            units=tuple((unit, keys.format(unit=unit, order=order.id)) for unit in units),
            return_ident_code=ident,
            merchant=settings.merchant,
        )

    def _units_left(
        self, storefront_id: str, order: wire.Order, despatch: Despatch, taken: set[int]
    ) -> tuple[int, ...] | Refused:
        """Item ids of what left. A closing despatch that names no goods takes all that is still open.

        taken: units of shipments that the order does not show yet.
        """
        table = UnitTable(order.items or (), given=taken)
        if not despatch.lines:
            open_ids = tuple(sorted(one.id for one in table.items if is_open(one) and one.id not in taken))
            if despatch.final and open_ids:
                return open_ids
            raise Unsupported("lines", f"name no goods; shipment {despatch.tracking_number} must name its units")
        found: list[int] = []
        fees, known = self._fees(order), {sku_of(one) for one in table.items}
        for line in despatch.lines:
            if line.stock_code in fees:
                continue
            if line.stock_code not in known and "" in fees:
                fees.remove("")
                continue
            ids = table.open_ids(line.stock_code)
            units = table.take(ids, line.quantity)
            if units is None:
                text = f"{line.quantity:f} of {line.stock_code} left, and order {storefront_id} has {len(ids)} open"
                return Refused("no-open-unit", text)
            found += units
        if not found:
            raise Unsupported("lines", "are fees alone; a shipment must name units")
        return tuple(sorted(found))

    def _fees(self, order: wire.Order) -> list[str]:
        """Codes that are fees and no units. "" stands for a fee whose item only the ERP knows: so many of the codes
        that are no SKU of the order are such fees."""
        settings = self._session.settings
        surcharges = [fee for fee in order.cost.applied_fees or () if is_surcharge(fee, settings)]
        unnamed = [fee for fee in surcharges if not fee_sku(fee, settings.fee_skus) and fee.amount.with_tax]
        return [*settings.fee_skus.values(), *("" for _ in unnamed)]

    def _under_way(self, storefront_id: str, order: wire.Order) -> dict[str, tuple[int, ...]]:
        """Shipments that left and that the order does not show yet: their units by number."""
        open_calls = self._shipments.open(storefront_id)
        for number, units in list(open_calls.items()):
            if _shows(order, number, units):
                self._shipments.forget(storefront_id, number)
                del open_calls[number]
        return open_calls


def _shipped(order: wire.Order) -> list[wire.Package]:
    return [package for package in order.packages or () if package.shipment_key]


def _shows(order: wire.Order, number: str, units: tuple[int, ...]) -> bool:
    """By the parcel's number, or by its units, as packages may be cut anew."""
    if any(package.shipment_key == number for package in _shipped(order)):
        return True
    gone = {item.id for item in order.items or () if item.shipped_at is not None}
    return bool(units) and gone.issuperset(units)
