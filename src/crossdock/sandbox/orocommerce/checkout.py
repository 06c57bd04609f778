"""A shopper at the till: who buys, what is on the shelf, and the order that comes of it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from crossdock.sandbox.estate import Estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.orocommerce.errors import ApiError, Json
from crossdock.sandbox.orocommerce.order_totals import recalculate
from crossdock.sandbox.orocommerce.product_rules import put_level
from crossdock.sandbox.orocommerce.sales_resources import DISCOUNT_AMOUNT
from crossdock.sandbox.orocommerce.saver import Saver
from crossdock.sandbox.orocommerce.shop import Shop
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.values import json_number
from crossdock.sandbox.orocommerce.work import Included

SURPLUS = Decimal("0.37")
TRIES = 40
DEFAULT_LIST = "1"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a basket. level: the stock row of exactly that unit."""

    level: Row
    quantity: Decimal


class Checkout:
    """Sells what the shop shows. ghosts: SKUs the ERP never had; random shoppers leave them on the shelf."""

    def __init__(self, shop: Shop, saver: Saver, estate: Estate) -> None:
        self.shop = shop
        self.store = shop.store
        self.saver = saver
        self.estate = estate
        self.random = random.Random(shop.random.getrandbits(32))
        self.ghosts = {item.sku for item in estate.items if not item.in_erp}
        self.companies = {company.storefront_id: company for company in estate.companies}
        self.levels = {
            (level.hidden["sku"], level.hidden["unit"]): level for level in self.store["inventorylevels"].rows.values()
        }
        self.shelf = [level for (sku, _), level in self.levels.items() if sku not in self.ghosts]

    def customer(self, id_: str | None) -> Row:
        if id_ is None:
            return self.one_of(self.random, "")
        row = self.store["customers"].rows.get(str(id_))
        if row is None:
            raise ActError(f"there is no customer {id_!r}")
        return row

    def one_of(self, rng: random.Random, group: str) -> Row:
        """Any company of a group; "" is linked and not on stop."""
        rules: Mapping[str, Callable[[Any], bool]] = {
            "": lambda one: one.linked and not one.on_stop,
            "unlinked": lambda one: not one.linked,
            "on_stop": lambda one: one.on_stop,
            "po_missing": lambda one: one.po_required and one.linked and not one.on_stop,
        }
        fitting = [one.storefront_id for one in self.estate.companies if rules[group](one)]
        if not fitting:
            raise ActError(f"this estate has no company that is {group or 'linked and not on stop'}")
        return self.store["customers"].rows[rng.choice(fitting)]

    def basket(
        self, lines: Sequence[Mapping[str, Any]] | None, rng: random.Random, *, force: bool
    ) -> list[Wanted] | str:
        """What is bought, or why nothing is."""
        if lines is None:
            return self._random_basket(rng, force=force) or "nothing is available"
        basket: list[Wanted] = []
        for line in lines:
            sku, unit = str(line["sku"]), str(line.get("unit") or "each")
            level = self.level(sku, unit)
            if not self.on_sale(level):
                return f"{sku} is not on sale"
            wanted = Wanted(level, Decimal(str(line.get("quantity", 1))))
            asked = sum((one.quantity for one in basket if one.level is level), wanted.quantity)
            if not force and asked > Decimal(level.attributes["quantity"]):
                return f"{sku}: {asked} {unit} wanted, {level.attributes['quantity']} available"
            basket.append(wanted)
        return basket or "the basket is empty"

    def _random_basket(self, rng: random.Random, *, force: bool) -> list[Wanted]:
        basket: dict[str, Wanted] = {}
        for _ in range(rng.randint(1, 4)):
            level = self._available(rng, force=force)
            if level is None or level.id in basket:
                continue
            most = 12 if force else min(12, int(Decimal(level.attributes["quantity"])))
            basket[level.id] = Wanted(level, Decimal(rng.randint(1, most)))
        return list(basket.values())

    def _available(self, rng: random.Random, *, force: bool) -> Row | None:
        if not self.shelf:
            return None
        for _ in range(TRIES):
            level = rng.choice(self.shelf)
            if self.on_sale(level) and (force or Decimal(level.attributes["quantity"]) >= 1):
                return level
        left = [one for one in self.shelf if self.on_sale(one) and Decimal(one.attributes["quantity"]) >= 1]
        return rng.choice(left) if left else None

    def price(self, level: Row, quantity: Decimal) -> str:
        """Of the default price list, at the highest tier that the quantity reaches; the lowest one's for less."""
        tiers = {
            Decimal(str(price.attributes["quantity"])): str(price.attributes["value"])
            for price in self.store["productprices"].find("product", level.target("product"))
            if price.target("unit") == level.hidden["unit"] and price.target("priceList") == DEFAULT_LIST
            and price.attributes["currency"] == self.estate.currency
        }  # fmt: skip
        if not tiers:
            raise ActError(f"{level.hidden['sku']} has no price by {level.hidden['unit']}")
        return tiers[max((tier for tier in tiers if tier <= quantity), default=min(tiers))]

    def subtotal(self, basket: Sequence[Wanted]) -> Decimal:
        return sum((Decimal(self.price(one.level, one.quantity)) * one.quantity for one in basket), Decimal(0))

    def check_out(
        self,
        customer: Row,
        basket: Sequence[Wanted],
        shipping_method: str,
        *,
        discount: str | None = None,
        po_number: str | None = None,
        identifier: str | None = None,
        address: Mapping[str, str | None] | None = None,
        notes: str | None = None,
        price_conflict: bool = False,
        currency: str = "",
    ) -> Json:
        """currency: of an order at the numbers of the default price list; the merchant's own when left out."""
        if shipping_method not in self.estate.shipping:
            raise ActError(f"shipping_method is one of {sorted(self.estate.shipping)}, was {shipping_method!r}")
        charge = self.estate.shipping[shipping_method][1]
        attributes: Json = {
            "identifier": identifier, "poNumber": po_number, "customerNotes": notes,
            "currency": currency or self.estate.currency,
            "shippingMethod": shipping_method, "shippingMethodType": "primary",
            "estimatedShippingCostAmount": str(charge),
        }  # fmt: skip
        users = customer.many("users")
        relations: Json = {
            "customer": {"data": customer.ref},
            "customerUser": {"data": users[0] if users else None},
            "paymentTerm": {"data": customer.relations["paymentTerm"]},
            "billingAddress": {"data": {"type": "orderaddresses", "id": "bill"}},
            "shippingAddress": {"data": {"type": "orderaddresses", "id": "ship"}},
            "lineItems": {"data": [{"type": "orderlineitems", "id": f"l{n}"} for n in range(len(basket))]},
        }
        included = [
            self._address(customer, "bill", {}),
            self._address(customer, "ship", address or {}),
            *(self.line(number, one, currency) for number, one in enumerate(basket)),
        ]
        if discount is not None:
            relations["discounts"] = {"data": [{"type": "orderdiscounts", "id": "d"}]}
            values = {"description": "Discount", "orderDiscountType": DISCOUNT_AMOUNT, "amount": discount}
            included.append({"type": "orderdiscounts", "id": "d", "attributes": values})
        data: Json = {"type": "orders", "attributes": attributes, "relationships": relations}
        with self.store.transaction():
            order = self.save("orders", data, included)
            self.store.change(order)
            order.hidden["placed_by"] = "shopper"
            if "createdBy" in order.relations:
                order.relations["createdBy"] = None
            if price_conflict:
                order.hidden["surplus"] = SURPLUS
                recalculate(self.shop, order)
            self.store.touch(order)
            for one in basket:
                self._take(one)
        return {"id": order.id, "identifier": order.attributes["identifier"], "total": order.attributes["totalValue"]}

    def save(self, type_: str, data: Json, included: Sequence[Json] = (), id_: str | None = None) -> Row:
        """Through the same door as the API, so that the same rules hold."""
        resource = self.shop.resources[type_]
        try:
            with self.store.transaction():
                saved = self.saver.item(
                    resource, data, Included.read(list(included)), {}, pointer="/data", id_=id_, flags={}
                )
        except ApiError as error:
            raise ActError(str(error)) from error
        return saved.row

    def _address(self, customer: Row, id_: str, overrides: Mapping[str, str | None]) -> Json:
        company = self.companies.get(customer.id)
        attributes: Json = {"label": "Main", "organization": customer.attributes["name"]}
        if company is not None:
            attributes |= {
                "firstName": company.forename, "lastName": company.surname, "street": company.street,
                "city": company.town, "postalCode": company.postcode, "phone": company.phone,
            }  # fmt: skip
        else:
            attributes |= {"street": "1 Main Street", "city": "York", "postalCode": "YO1 1AA"}
        attributes |= overrides
        country = {"data": {"type": "countries", "id": attributes.pop("country", "GB")}}
        return {"type": "orderaddresses", "id": id_, "attributes": attributes, "relationships": {"country": country}}

    def line(self, number: int, one: Wanted, currency: str = "") -> Json:
        attributes = {
            "quantity": json_number(one.quantity),
            "value": self.price(one.level, one.quantity),
            "currency": currency or self.estate.currency,
        }
        relations = {
            "product": {"data": one.level.relations["product"]},
            "productUnit": {"data": {"type": "productunits", "id": one.level.hidden["unit"]}},
        }
        return {"type": "orderlineitems", "id": f"l{number}", "attributes": attributes, "relationships": relations}

    def _take(self, one: Wanted) -> None:
        """Checkout takes from the row of that unit alone, and flips the product to out of stock at the threshold."""
        self.store.change(one.level)
        left = Decimal(one.level.attributes["quantity"]) - one.quantity
        put_level(self.shop, one.level, left)
        self.shop.unheard.buy(one.level.hidden["sku"], ceil(one.quantity * Decimal(one.level.hidden["units_per"])))
        self.store.touch(one.level)
        product = self.store.row(one.level.relations["product"])
        if left <= 0 and product is not None and product.target("inventory_status") == "in_stock":
            self.store.change(product)
            product.relations["inventory_status"] = {"type": "prodinventorystatuses", "id": "out_of_stock"}
            self.store.touch(product)
            self.store.stamp()

    def on_sale(self, level: Row) -> bool:
        product = self.store.row(level.relations["product"])
        return product is not None and product.attributes["status"] == "enabled"

    def level(self, sku: str, unit: str) -> Row:
        level = self.levels.get((sku, unit)) or self._new_level(sku, unit)
        if level is None:
            raise ActError(f"the shop sells no {sku!r} by {unit!r}")
        return level

    def _new_level(self, sku: str, unit: str) -> Row | None:
        """The stock row of a product made through the API since the shop was loaded."""
        product = self.shop.product_by_sku(sku)
        levels = self.store["inventorylevels"].find("product", product.id) if product is not None else []
        return next((level for level in levels if level.hidden["unit"] == unit), None)
