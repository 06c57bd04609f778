"""Orders: creation from a graph, totals, statuses, the freeze, and the records that hang on an order."""

from decimal import Decimal
from typing import TYPE_CHECKING

from crossdock.sandbox.orocommerce.errors import denied, may_not_edit
from crossdock.sandbox.orocommerce.rules import Rules
from crossdock.sandbox.orocommerce.sales_resources import DISCOUNT_AMOUNT, DISCOUNT_PERCENT
from crossdock.sandbox.orocommerce.shop import API_USER
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.values import FOUR_PLACES, LARGEST, ZERO, json_number, money

if TYPE_CHECKING:
    from crossdock.sandbox.orocommerce.shop import Shop
    from crossdock.sandbox.orocommerce.work import Work

NO_LINES = "Please add at least one Line Item."
NO_PRICE = "Price value should not be blank."
TOO_MUCH_DISCOUNT = (
    "The sum of all discounts cannot exceed the order grand total amount. Please review some discounts above and make "
    "necessary adjustments."
)
FROZEN = frozenset({"closed", "cancelled"})


def refuse_frozen(shop: "Shop", order: Row | None) -> None:
    """From 6.1 on, a closed or cancelled order rejects every edit (EditOrderVoter)."""
    if order is not None and shop.profile.freeze and order.target("internalStatus") in FROZEN:
        raise may_not_edit()


class OrderRules(Rules):
    def refuse(self, row: Row) -> None:
        refuse_frozen(self.shop, row)

    def prepare(self, work: "Work", row: Row, *, created: bool) -> None:
        super().prepare(work, row, created=created)
        if row.attributes["identifier"] is None:
            row.attributes["identifier"] = row.id
        if row.attributes["createdAt"] is None:
            row.attributes["createdAt"] = row.attributes["updatedAt"]
        if not created:
            return
        relations = row.relations
        relations["internalStatus"] = {"type": "orderinternalstatuses", "id": self.shop.knobs.new_order_status}
        if self.shop.profile.subtotals:
            relations["orderSubtotals"] = self.shop.subtotal_refs(row.id)
        if self.shop.profile.external_status and self.shop.knobs.external_status_management:
            relations["status"] = relations["status"] or {"type": "orderstatuses", "id": "open"}
        if self.shop.profile.shipping_status:
            not_shipped = {"type": "ordershippingstatuses", "id": "not_shipped"}
            relations["shippingStatus"] = relations["shippingStatus"] or not_shipped
        if "createdBy" in relations and row.hidden.get("placed_by") != "shopper":
            relations["createdBy"] = API_USER
        row.hidden.setdefault("placed_by", "api")

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        detail = "This value is already used."
        self.unique(work, row, "identifier", "unique entity constraint", detail, pointer)
        self.unique_external_id(work, row, pointer)
        if not row.relations["lineItems"]:
            work.fault("count constraint", NO_LINES, f"{pointer}/relationships/lineItems/data")
        buyer = work.find(row.relations["customerUser"])
        if buyer is not None and row.relations["customer"] and buyer.relations["customer"] != row.relations["customer"]:
            work.fault("customer owner constraint", "The customer user does not belong to the customer.")

    def settle(self, work: "Work", row: Row, *, created: bool) -> None:
        work.stale_orders[row.id] = row

    def remove(self, work: "Work", row: Row) -> None:
        for name in ("lineItems", "discounts", "shippingTrackings"):
            for other in self.store.rows(row.many(name)):
                self.store.remove(other)
        for name in ("billingAddress", "shippingAddress"):
            address = self.store.row(row.relations[name])
            if address is not None:
                self.store.remove(address)


class LineRules(Rules):
    def refuse(self, row: Row) -> None:
        for order in self._orders(row):
            refuse_frozen(self.shop, order)

    def _orders(self, row: Row) -> list[Row]:
        value = row.relations[self.shop.line_owner]
        return self.store.rows(value if isinstance(value, list) else [value] if value else [])

    def prepare(self, work: "Work", row: Row, *, created: bool) -> None:
        """A product wins over a SKU; a SKU alone finds its product without regard to case."""
        given, attributes = work.given[id(row)], row.attributes
        product = work.find(row.relations["product"])
        if "product" not in given and "productSku" in given and attributes["productSku"]:
            product = self.shop.product_by_sku(attributes["productSku"])
            row.relations["product"] = product.ref if product is not None else None
        if product is not None:
            attributes["productSku"] = product.attributes["sku"]
            if attributes["productName"] is None or "product" in given or "productSku" in given:
                attributes["productName"] = self._name(work, product)
        elif attributes["freeFormProduct"] and attributes["productName"] is None:
            attributes["productName"] = attributes["freeFormProduct"]
        attributes["productUnitCode"] = row.target("productUnit")

    def _name(self, work: "Work", product: Row) -> str | None:
        names = work.related(product, "names")
        return names[0].attributes["string"] if names else None

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        attributes = row.attributes
        if created and pointer == "/data":
            for order in work.related(row, self.shop.line_owner):
                refuse_frozen(self.shop, order)
        value_at = f"{pointer}/attributes/value"
        if attributes["value"] is None and not _reported(work, value_at):
            if pointer != "/data":
                work.fault("not blank constraint", f"{NO_PRICE} Source: price.", pointer)
            work.fault("not blank constraint", NO_PRICE, value_at)
        if not (attributes["currency"] or "").strip():
            work.fault("not blank constraint", "Currency should not be blank.", f"{pointer}/attributes/currency")
        if attributes["quantity"] is not None and attributes["quantity"] <= 0:
            detail = "This value should be greater than 0."
            work.fault("greater than constraint", detail, f"{pointer}/attributes/quantity")
        product = work.find(row.relations["product"])
        if product is None:
            if not attributes["freeFormProduct"]:
                at = f"{pointer}/relationships/product/data"
                work.fault("line item product constraint", "Please choose Product.", at)
        elif row.target("productUnit") and not self._sells(work, product, row.target("productUnit")):
            detail = "The product unit does not exist for the product."
            work.fault("line item product unit constraint", detail, f"{pointer}/relationships/productUnit/data")

    def _sells(self, work: "Work", product: Row, unit: str | None) -> bool:
        return any(precision.target("unit") == unit for precision in work.related(product, "unitPrecisions"))

    def settle(self, work: "Work", row: Row, *, created: bool) -> None:
        for order in self._orders(row):
            work.stale_orders[order.id] = order

    def remove(self, work: "Work", row: Row) -> None:
        for order in self._orders(row):
            refuse_frozen(self.shop, order)
            if order.relations["lineItems"] == [row.ref]:
                raise denied(f"The delete operation is forbidden. Reason: {NO_LINES}")
            work.stale_orders[order.id] = order


def _reported(work: "Work", pointer: str) -> bool:
    return any(error.get("source", {}).get("pointer") == pointer for error in work.errors)


class DiscountRules(Rules):
    """An amount keeps its money and shows a percentage; a percentage keeps its fraction and shows an amount."""

    def refuse(self, row: Row) -> None:
        refuse_frozen(self.shop, self.store.row(row.relations["order"]))

    def prepare(self, work: "Work", row: Row, *, created: bool) -> None:
        order = work.find(row.relations["order"])
        if order is None:
            return
        values = [line.attributes for line in work.related(order, "lineItems")]
        subtotal = sum((Decimal(one["value"] or 0) * Decimal(str(one["quantity"] or 0)) for one in values), ZERO)
        attributes = row.attributes
        if attributes["orderDiscountType"] == DISCOUNT_AMOUNT and attributes["amount"] is not None:
            share = Decimal(attributes["amount"]) / subtotal if subtotal else ZERO
            attributes["percent"] = json_number(share.quantize(FOUR_PLACES).normalize())
        elif attributes["orderDiscountType"] == DISCOUNT_PERCENT and attributes["percent"] is not None:
            attributes["amount"] = money(subtotal * Decimal(str(attributes["percent"])))
        row.hidden["subtotal"] = subtotal

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        attributes, order = row.attributes, work.find(row.relations["order"])
        if created and pointer == "/data":
            refuse_frozen(self.shop, order)
        if attributes["orderDiscountType"] not in (DISCOUNT_AMOUNT, DISCOUNT_PERCENT):
            detail = f"The discount type is invalid. Valid types are: {DISCOUNT_AMOUNT}, {DISCOUNT_PERCENT}."
            work.fault("discount type constraint", detail, f"{pointer}/attributes/orderDiscountType")
            return
        if attributes["amount"] is None:
            name = "amount" if attributes["orderDiscountType"] == DISCOUNT_AMOUNT else "percent"
            if not _reported(work, f"{pointer}/attributes/{name}"):
                work.fault("not blank constraint", "This value should not be blank.", f"{pointer}/attributes/{name}")
            return
        if Decimal(attributes["amount"]) < 0 and attributes["orderDiscountType"] == DISCOUNT_AMOUNT:
            detail = f"The discount amount should be between 0 and {LARGEST}"
            work.fault("range constraint", detail, f"{pointer}/attributes/amount")
            return
        if not -1 <= (attributes["percent"] or 0) <= 1:
            detail = "This value should be between -100% and 100%."
            work.fault("range constraint", detail, f"{pointer}/attributes/percent")
        if order is None:
            return
        amounts = [Decimal(one.attributes["amount"] or 0) for one in work.related(order, "discounts")]
        if sum(amounts, ZERO) > row.hidden["subtotal"]:
            at = f"{pointer}/relationships/order/data" if pointer == "/data" else "/data/attributes"
            work.fault("discounts constraint", TOO_MUCH_DISCOUNT, f"{at}/totalDiscountsAmount")

    def settle(self, work: "Work", row: Row, *, created: bool) -> None:
        order = self.store.row(row.relations["order"])
        if order is not None:
            work.stale_orders[order.id] = order

    def remove(self, work: "Work", row: Row) -> None:
        order = self.store.row(row.relations["order"])
        refuse_frozen(self.shop, order)
        if order is not None:
            work.stale_orders[order.id] = order


class AddressRules(Rules):
    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        attributes = row.attributes
        named = attributes["firstName"] and attributes["lastName"]
        if not attributes["organization"] and not named:
            detail = "Organization or First Name and Last Name should not be blank."
            work.fault("name or organization constraint", detail, pointer)
        country, region = work.find(row.relations["country"]), work.find(row.relations["region"])
        if country is None:
            return
        regions = self.store["regions"].rows.values()
        has_regions = any(one.target("country") == country.id for one in regions)
        if region is not None and region.target("country") != country.id:
            names = (region.attributes["name"], country.attributes["name"])
            work.fault("valid region constraint", "Region {} does not belong to country {}".format(*names))
        if has_regions and attributes["customRegion"]:
            detail = "Custom region can be used only for countries without predefined regions."
            work.fault("region text constraint", detail)
        if has_regions and region is None:
            detail = f"State is required for country {country.attributes['name']}"
            work.fault("required region constraint", detail, f"{pointer}/relationships/region/data")


class TrackingRules(Rules):
    """A tracking may be linked to a closed order: only the right to see the order is asked for."""
