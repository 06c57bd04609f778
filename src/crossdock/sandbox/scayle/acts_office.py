"""Acts of the shop's own people: customer service, bookkeeping, delegation."""

from collections.abc import Mapping, Sequence
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.scayle.desk import Desk
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.orders_api import record_billing
from crossdock.sandbox.scayle.sales import CONFIRMED, CREATED, PENDED, SHIPPED


class OfficeActs(Desk):
    def cancel_units(
        self, order: int | str, items: Sequence[int] | None = None, sku: str | None = None, quantity: int | None = None
    ) -> Json:
        """The shop's own people cancel units, asking nobody. items: ids; or sku and quantity; or neither for all."""
        found = self.order(order)
        units = self.pick(found, items, sku, quantity, lambda unit: unit.open)
        self.fulfilment.cancelled(found, units, by="shop")
        return self.told(found)

    def request_cancellation(self, order: int | str) -> Json:
        """A shopper wants out. Before delegation that is done at once; later each merchant is asked."""
        found = self.order(order)
        if found.phase in (CREATED, PENDED, CONFIRMED):
            self.fulfilment.cancelled(found, [unit for unit in found.units if unit.live], by="shop")
            return {**self.told(found), "asked": False}
        return {**self.told(found), "asked": self.delegator.ask_to_cancel(found)}

    def ship_units(
        self,
        order: int | str,
        items: Sequence[int] | None = None,
        sku: str | None = None,
        quantity: int | None = None,
        carrier: str = "DHL_STD_NATIONAL",
        shipment_key: str = "BY-HAND",
    ) -> Json:
        """The shop's own people enter a parcel of open units, whoever sent it. items: ids; or sku and quantity; neither
        for all."""
        found = self.order(order)
        units = self.pick(found, items, sku, quantity, lambda unit: unit.open)
        self.fulfilment.sent(found, units, carrier=carrier, shipment_key=shipment_key)
        return self.told(found)

    def return_units(
        self,
        order: int | str,
        items: Sequence[int] | None = None,
        sku: str | None = None,
        quantity: int | None = None,
        reason: str = "customer-service",
    ) -> Json:
        """The shop's own people book a return of shipped units. items: ids; or sku and quantity; neither for all."""
        found = self.order(order)
        units = self.pick(found, items, sku, quantity, lambda unit: bool(unit.shipped_at) and not unit.returned_at)
        self.fulfilment.returned(found, [(unit, reason) for unit in units])
        return self.told(found)

    def set_billing_status(
        self, order: int | str, code: str, reason: str = "", items: Sequence[Mapping[str, Any]] = ()
    ) -> Json:
        """Someone records a billing outcome reached elsewhere. items: [{id, code}]."""
        found = self.order(order)
        self.attempt(record_billing, found, {"code": code, "reason": reason, "items": list(items)})
        self.lifecycle.touch(found)
        return self.told(found)

    def manual_capture(self, order: int | str) -> Json:
        """Someone takes the rest of the money by hand."""
        found = self.order(order)
        self.lifecycle.capture_rest(found)
        self.lifecycle.touch(found)
        return self.told(found)

    def invoice_order(self, order: int | str) -> Json:
        """The shop closes the invoicing of a shipped order."""
        found = self.order(order)
        if found.phase != SHIPPED:
            raise ActError(f"invoice_order: order {found.id} is {found.phase}; it must be shipped")
        self.lifecycle.invoiced(found)
        return self.told(found)

    def set_address(self, order: int | str, **fields: str | None) -> Json:
        """Customer service mends the shipping address: first_name, last_name, street, house_number, additional,
        zip_code, city, country (alpha-3), phone."""
        found = self.order(order)
        allowed = {"first_name", "last_name", "street", "house_number", "additional", "zip_code", "city", "country",
                   "phone"}  # fmt: skip
        if unknown := set(fields) - allowed:
            raise ActError(f"set_address: unknown {sorted(unknown)}; it takes {sorted(allowed)}")
        for name, value in fields.items():
            setattr(found.shipping, name, value)
        self.lifecycle.touch(found)
        return self.told(found)

    def delete_order(self, order: int | str) -> Json:
        """Someone deletes an order for good: the list no longer has it, and its number is not used again."""
        found = self.order(order)
        del self.world.orders[found.id]
        self.world.deleted_orders.append({"id": found.id, "public_key": found.public_key})
        return self.told(found)

    async def delegate_now(self, order: int | str) -> Json:
        """The minute after confirmation is over: each merchant's system is called."""
        found = self.order(order)
        if found.phase != CONFIRMED:
            raise ActError(f"delegate_now: order {found.id} is {found.phase}; it must be confirmed")
        self.delegator.begin(found)
        await self.world.agenda.pass_time(0)
        return {**self.told(found), "delegations": {one.merchant: one.state for one in found.delegations}}

    async def redeliver(self, order: int | str) -> Json:
        """An order is delegated once more, although it was taken before."""
        called = self.delegator.again(self.order(order))
        await self.world.agenda.pass_time(0)
        return {"called": called}

    def set_delegation_url(
        self, url: str | None, cancellation_url: str | None = None, merchant: str = "default"
    ) -> Json:
        """Someone types a merchant's delegation and cancellation URLs; null takes them off."""
        found = self.attempt(self.world.merchant, merchant)
        found.delegation_url, found.cancellation_url = url, cancellation_url
        return {"merchant": found.reference_key}
