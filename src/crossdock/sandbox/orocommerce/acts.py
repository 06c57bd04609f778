"""What people do to the shop: shoppers order, merchants change their minds, administrators correct."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crossdock.sandbox.estate import EstateItem
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.orocommerce.checkout import Checkout, Wanted
from crossdock.sandbox.orocommerce.errors import ApiError, Json
from crossdock.sandbox.orocommerce.loading import add_price
from crossdock.sandbox.orocommerce.loading import add_product as stock_product
from crossdock.sandbox.orocommerce.product_rules import put_level
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.values import instant, money
from crossdock.sandbox.orocommerce.webhooks import Dispatcher

YIELD_EVERY = 20


class Acts:
    """Each public method named in `by_name` is one act; its parameters are JSON values."""

    def __init__(self, till: Checkout, dispatcher: Dispatcher) -> None:
        self.till = till
        self.shop = till.shop
        self.store = till.store
        self.dispatcher = dispatcher

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (
            self.place_order, self.place_orders, self.change_order, self.cancel_order, self.close_order, self.set_price,
            self.add_product, self.link_customer, self.touch_order, self.emit_webhook, self.set_stock,
            self.add_price_list, self.add_unit, self.switch_product, self.remove_product,
            self.delete_order, self.age_order, self.drop_tracking,
            self.register_company,
        )  # fmt: skip
        return {act.__name__: act for act in acts}

    def place_order(
        self,
        customer: str | None = None,
        lines: Sequence[Mapping[str, Any]] | None = None,
        shipping_method: str = "flat_rate_1",
        discount: str | None = None,
        po_number: str | None = None,
        identifier: str | None = None,
        address: Mapping[str, str | None] | None = None,
        notes: str | None = None,
        price_conflict: bool = False,
        currency: str = "",
        force: bool = False,
    ) -> Json:
        """A shopper checks out. customer: id, null for any linked one. lines: [{sku, quantity, unit}], null for 1-4
        random ones. Only what the shop shows as available is bought, unless force. address: shipping address fields to
        override. price_conflict: the total is 0.37 more than its parts. currency: other than the shop's own."""
        who = self.till.customer(customer)
        basket = self.till.basket(lines, self.till.random, force=force)
        if isinstance(basket, str):
            return {"refused": basket}
        return self.till.check_out(
            who, basket, shipping_method, discount=discount, po_number=po_number, identifier=identifier,
            address=address, notes=notes, price_conflict=price_conflict, currency=currency,
        )  # fmt: skip

    async def place_orders(
        self,
        count: int,
        seed: int | None = None,
        unknown_sku_share: float = 0.0,
        unlinked_share: float = 0.0,
        on_stop_share: float = 0.0,
        po_missing_share: float = 0.0,
        discount_share: float = 0.0,
        price_conflict_share: float = 0.0,
        force: bool = False,
    ) -> Json:
        """Many shoppers check out. Each share makes that part of the orders troublesome: a line the ERP never had, a
        company without an account, one on stop, one that must give a purchase order number and does not, a discount,
        a total that does not add up."""
        rng = self.till.random if seed is None else random.Random(seed)
        placed: list[Json] = []
        refused = 0
        for number in range(int(count)):
            if number % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
            group = _drawn(rng, {"unlinked": unlinked_share, "on_stop": on_stop_share, "po_missing": po_missing_share})
            who = self.till.one_of(rng, group)
            trouble = [group] if group else []
            basket = self.till.basket(None, rng, force=force)
            if rng.random() < unknown_sku_share and self.till.ghosts:
                ghost = rng.choice(sorted(self.till.ghosts))
                extra = [Wanted(level, Decimal(1)) for (sku, _), level in self.till.levels.items() if sku == ghost][:1]
                basket = [*(basket if isinstance(basket, list) else []), *extra]
                trouble.append("unknown_sku")
            if isinstance(basket, str):
                refused += 1
                continue
            discount = _small_discount(self.till.subtotal(basket)) if rng.random() < discount_share else None
            conflict = rng.random() < price_conflict_share
            trouble.extend(["price_conflict"] if conflict else [])
            company = self.till.companies.get(who.id)
            needs_po = company is not None and company.po_required and group != "po_missing"
            order = self.till.check_out(
                who, basket, rng.choice(sorted(self.till.estate.shipping)), discount=discount,
                po_number=f"PO-{rng.randrange(10_000, 99_999)}" if needs_po else None, price_conflict=conflict,
            )  # fmt: skip
            placed.append({**order, "trouble": trouble})
        return {"placed": len(placed), "refused": refused, "orders": placed}

    def _order(self, order: str) -> Row:
        table = self.store["orders"]
        row = table.rows.get(str(order))
        found = [row] if row is not None else table.find("identifier", str(order).lower())
        if not found:
            raise ActError(f"there is no order {order!r}")
        return found[0]

    def change_order(
        self,
        order: str,
        line: int = 0,
        quantity: float | None = None,
        value: str | None = None,
        add: Mapping[str, Any] | None = None,
        remove: bool = False,
        po_number: str | None = None,
        notes: str | None = None,
    ) -> Json:
        """The merchant amends an order. line: position of the line to change or remove. add: {sku, quantity, unit}.
        Stock is not adjusted."""
        row = self._order(order)
        with self.store.transaction():
            changes = {"poNumber": po_number, "customerNotes": notes}
            if given := {name: text for name, text in changes.items() if text is not None}:
                self.till.save("orders", {"type": "orders", "id": row.id, "attributes": given}, id_=row.id)
            new = {name: one for name, one in (("quantity", quantity), ("value", value)) if one is not None}
            target = row.many("lineItems")[line]
            if new:
                self.till.save("orderlineitems", {**target, "attributes": new}, id_=target["id"])
            if add is not None:
                basket = self.till.basket([add], self.till.random, force=True)
                if isinstance(basket, str):
                    raise ActError(basket)
                data = self.till.line(0, basket[0])
                owner = [row.ref] if self.shop.profile.orders_many else row.ref
                data["relationships"][self.shop.line_owner] = {"data": owner}
                self.till.save("orderlineitems", data)
            if remove:
                self._remove_line(target["id"])
        return self._told(row)

    def _remove_line(self, id_: str) -> None:
        try:
            self.till.saver.delete(self.store["orderlineitems"].rows[id_])
        except ApiError as error:
            raise ActError(str(error)) from error

    def _told(self, row: Row) -> Json:
        return {
            "id": row.id,
            "identifier": row.attributes["identifier"],
            "total": row.attributes["totalValue"],
            "internal_status": row.target("internalStatus"),
            "updated_at": row.attributes["updatedAt"],
        }

    def cancel_order(self, order: str) -> Json:
        """Someone in the back office cancels an order: its internal status becomes cancelled."""
        return self._move(order, "cancelled")

    def close_order(self, order: str) -> Json:
        """Someone in the back office closes an order: its internal status becomes closed."""
        return self._move(order, "closed")

    def _move(self, order: str, status: str) -> Json:
        row = self._order(order)
        with self.store.transaction():
            self.store.change(row)
            row.relations["internalStatus"] = {"type": "orderinternalstatuses", "id": status}
            self.store.touch(row)
            self.store.stamp()
        return self._told(row)

    def delete_order(self, order: str) -> Json:
        """Someone in the back office deletes an order for good. No event tells of it; its number is not used again."""
        row = self._order(order)
        told = self._told(row)
        try:
            self.till.saver.delete(row)
        except ApiError as error:
            raise ActError(str(error)) from error
        self.shop.deleted_orders.append({name: told[name] for name in ("id", "identifier")})
        return told

    def drop_tracking(self, order: str, number: str) -> Json:
        """Someone in the back office deletes a tracking number of an order."""
        row = self._order(order)
        found = [one for one in self.store.rows(row.many("shippingTrackings")) if one.attributes["number"] == number]
        if not found:
            raise ActError(f"drop_tracking: order {order} has no tracking number {number!r}")
        for one in found:
            self.till.saver.delete(one)
        return self._told(row)

    def age_order(self, order: str, days: float) -> Json:
        """An order becomes so many days older: it was placed, and last changed, that much earlier."""
        row = self._order(order)
        for name in ("createdAt", "updatedAt"):
            row.attributes[name] = instant(datetime.fromisoformat(row.attributes[name]) - timedelta(days=float(days)))
        self.store.touch(row)
        return self._told(row)

    def touch_order(self, order: str) -> Json:
        """Something nobody can see changes: only updatedAt moves."""
        row = self._order(order)
        row.attributes["updatedAt"] = self.shop.now()
        self.store.touch(row)
        return self._told(row)

    def set_price(self, sku: str, value: str, unit: str = "each") -> Json:
        """The merchant changes the price of one in the default list, per unit."""
        level = self.till.level(sku, unit)
        for price in self.store["productprices"].find("product", level.target("product")):
            if price.target("unit") == unit and (price.target("priceList"), price.attributes["quantity"]) == ("1", 1):
                with self.store.transaction():
                    self.store.change(price)
                    price.attributes["value"] = money(Decimal(value))
                    self.store.touch(price)
                return {"id": price.id, "value": price.attributes["value"]}
        product = self.store["products"].rows[str(level.target("product"))]
        price = add_price(self.shop, product, unit, Decimal(value), self.till.estate.currency)
        return {"id": price.id, "value": price.attributes["value"]}

    def add_product(
        self,
        sku: str,
        name: str = "",
        net_price: str = "10.00",
        tax: str = "STD",
        units: Mapping[str, int] | None = None,
        on_hand: int = 0,
        in_erp: bool = True,
    ) -> Json:
        """The merchant lists a product. units: unit code → eaches. in_erp false: one the ERP does not have, which then
        starts with on_hand in stock."""
        if self.shop.product_by_sku(sku) is not None:
            raise ActError(f"there is a product {sku!r} already")
        item = EstateItem(
            sku=sku, name=name or sku, net_price=Decimal(net_price), tax=tax, units=dict(units or {"each": 1}),
            on_hand=on_hand, in_erp=in_erp,
        )  # fmt: skip
        codes = self.store["producttaxcodes"].rows.values()
        code = next((row for row in codes if row.attributes["code"] == tax), None)
        with self.store.transaction():
            product = stock_product(self.shop, item, code, self.till.estate.currency)
        for level in self.store["inventorylevels"].find("product", product.id):
            self.till.levels[(sku, level.hidden["unit"])] = level
            if in_erp:
                self.till.shelf.append(level)
        if not in_erp:
            self.till.ghosts.add(sku)
        return {"id": product.id, "sku": sku}

    def switch_product(self, sku: str, on: bool = True) -> Json:
        """The merchant puts a product on sale, or takes it off."""
        product = self._product(sku)
        status = "enabled" if on else "disabled"
        self.till.save("products", {"type": "products", "id": product.id, "attributes": {"status": status}},
                       id_=product.id)  # fmt: skip
        return {"sku": sku, "status": status}

    def remove_product(self, sku: str) -> Json:
        """The merchant deletes a product, with its levels and prices."""
        product = self._product(sku)
        gone = {level.id for level in self.store["inventorylevels"].find("product", product.id)}
        self.till.levels = {key: one for key, one in self.till.levels.items() if one.id not in gone}
        self.till.shelf = [one for one in self.till.shelf if one.id not in gone]
        self.till.saver.delete(product)
        self.shop.sku_ids.pop(sku.lower(), None)
        return {"sku": sku}

    def _product(self, sku: str) -> Row:
        product = self.shop.product_by_sku(sku)
        if product is None:
            raise ActError(f"there is no product {sku!r}")
        return product

    def add_unit(self, sku: str, unit: str, holds: float) -> Json:
        """The merchant sells a product by one more unit. holds: of the product's primary unit."""
        product = self._product(sku)
        relations = {"product": {"data": product.ref}, "unit": {"data": {"type": "productunits", "id": unit}}}
        data = {"attributes": {"precision": 0, "conversionRate": holds, "sell": True}, "relationships": relations}
        row = self.till.save("productunitprecisions", {"type": "productunitprecisions", **data})
        level = self.store["inventorylevels"].find("productUnitPrecision", row.id)[0]
        self.till.levels[(sku, unit)] = level
        return {"id": row.id, "level": level.id}

    def add_price_list(self, name: str, currencies: Sequence[str] = ("GBP",)) -> Json:
        """The merchant makes a price list, with nothing in it."""
        attributes = {"name": name, "active": True, "priceListCurrencies": list(currencies)}
        row = self.till.save("pricelists", {"type": "pricelists", "attributes": attributes})
        return {"id": row.id, "name": name}

    def link_customer(self, customer: str, external_id: str | None) -> Json:
        """Someone writes the ERP's account code on a company, or takes it off."""
        row = self.till.save(
            "customers",
            {"type": "customers", "id": str(customer), "attributes": {"externalId": external_id}},
            id_=str(customer),
        )
        return {"id": row.id, "external_id": row.attributes["externalId"]}

    def register_company(
        self,
        name: str,
        email: str,
        street: str = "1 Main Street",
        town: str = "York",
        postcode: str = "YO1 1AA",
        country: str = "GB",
        fields: Mapping[str, Any] | None = None,
        external_id: str | None = None,
    ) -> Json:
        """Somebody registers a company. fields: the site's own, such as its VAT number, where the shop has them."""
        given = {"name": name, **(fields or {}), **({"externalId": external_id} if external_id else {})}
        with self.store.transaction():
            company = self.till.save("customers", {"type": "customers", "attributes": given})
            owned = {"customer": {"data": company.ref}}
            forename, _, surname = email.partition("@")[0].title().partition(".")
            person = {"email": email, "firstName": forename, "lastName": surname or "Buyer"}
            user = {"type": "customerusers", "attributes": person, "relationships": owned}
            self.till.save("customerusers", user)
            place = {"organization": name, "street": street, "city": town, "postalCode": postcode, "primary": True,
                     "types": [{"addressType": "billing", "default": True}]}  # fmt: skip
            at = {**owned, "country": {"data": {"type": "countries", "id": country}}}
            self.till.save("customeraddresses", {"type": "customeraddresses", "attributes": place, "relationships": at})
        return {"id": company.id, "name": name}

    def emit_webhook(self, order: str, topic: str = "order.updated") -> Json:
        """The shop sends an event about an order, for whatever reason of its own."""
        return {"message_id": self.dispatcher.emit(topic, self._order(order))}

    def set_stock(self, sku: str, quantity: float, unit: str = "each") -> Json:
        """An administrator types a stock figure. It does not count as a write of the API."""
        level = self.till.level(sku, unit)
        with self.store.transaction():
            self.store.change(level)
            put_level(self.shop, level, Decimal(str(quantity)))
            self.store.touch(level)
        return {"id": level.id, "quantity": level.attributes["quantity"]}


def _drawn(rng: random.Random, shares: Mapping[str, float]) -> str:
    """At most one of several troubles, each with its share."""
    at = rng.random()
    for name, share in shares.items():
        if at < share:
            return name
        at -= share
    return ""


def _small_discount(subtotal: Decimal) -> str:
    return str((subtotal / 20).quantize(Decimal("0.01")))
