"""Products, variants and prices. Prices are created and deleted, never changed; products are only read here."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import ApiError, Json, bad, not_found
from crossdock.sandbox.scayle.loading import COUNTRY_PRICE_KEYS
from crossdock.sandbox.scayle.records import Price, Product, Variant
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.times import instant
from crossdock.sandbox.scayle.views import price_row, product_row, variant_row
from crossdock.sandbox.scayle.wire import Call, Reply, identified, page, whole_list
from crossdock.sandbox.scayle.world import World

PASSED_THROUGH = ("recommendedRetailPrice", "buyingPrice", "unitPrice", "customData")


def variant_of(world: World, identifier: str) -> Variant:
    """The variant of a path slot. Raises the documented `VARIANT_NOT_FOUND`."""
    if identifier.startswith("key="):
        key = identifier.removeprefix("key=")
        variant = world.by_sku.get(key)
        if variant is None:
            raise ApiError(404, "VARIANT_NOT_FOUND", "No such variant.", variantReferenceKey=key)
        return variant
    return identified(world.variants, identifier, "variant", lambda one: one.reference_key)


class CatalogueApi:
    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world = world
        self.faults = faults

    def routes(self) -> list[Route]:
        one = "/products/{product}"
        return [
            Route("GET", "/products", "productRead", self.products),
            Route("GET", one, "productRead", self.product),
            Route("GET", one + "/variants", "productRead", self.variants),
            Route("GET", one + "/variants/{variant}", "productRead", self.variant),
            Route("GET", "/variants/{variant}/prices", "pricesRead", self.prices),
            Route("POST", "/variants/{variant}/prices", "pricesWrite", self.add_price),
            Route("DELETE", "/variants/{variant}/prices/{price}", "pricesWrite", self.drop_price),
        ]

    def products(self, call: Call) -> Reply:
        world = self.world
        limit = world.knobs.limit_max
        return page(world.products, call, self.faults, lambda one: product_row(world, one), limit_max=limit)

    def _product(self, call: Call) -> Product:
        return identified(self.world.products, call.args["product"], "product", lambda one: one.reference_key)

    def product(self, call: Call) -> Reply:
        return Reply(200, product_row(self.world, self._product(call)))

    def variants(self, call: Call) -> Reply:
        mine = self._product(call).variants
        rows = {id_: self.world.variants[id_] for id_ in mine}
        limit = self.world.knobs.limit_max
        return page(rows, call, self.faults, lambda one: variant_row(self.world, one, stocks=True), limit_max=limit)

    def variant(self, call: Call) -> Reply:
        product, variant = self._product(call), variant_of(self.world, call.args["variant"])
        if variant.id not in product.variants:
            raise not_found("variant", variantId=variant.id, productId=product.id)
        return Reply(200, variant_row(self.world, variant, stocks=True))

    def prices(self, call: Call) -> Reply:
        variant = variant_of(self.world, call.args["variant"])
        return whole_list([price_row(one) for one in variant.prices], call, self.faults)

    def add_price(self, call: Call) -> Reply:
        variant, body = variant_of(self.world, call.args["variant"]), call.object()
        price = self._read(body)
        same = (price.country, price.group, price.promotion, price.valid_from)
        variant.prices = [
            one for one in variant.prices if (one.country, one.group, one.promotion, one.valid_from) != same
        ]
        variant.prices.append(price)
        self.world.emit_other(
            "product-variant-prices-updated",
            {"productVariant": {"id": variant.id, "referenceKey": variant.reference_key}, "prices": [price_row(price)]},
        )
        return Reply(201, price_row(price))

    def _read(self, body: Json) -> Price:
        """Mandatory: price, currencyCode, countryCode, tax."""
        for name in ("price", "currencyCode", "countryCode", "tax"):
            if body.get(name) is None:
                raise bad(f"{name} is missing.", parameter=name)
        code = str(body["countryCode"]).upper()
        try:
            percent = Decimal(str(body["tax"]))
        except InvalidOperation:
            raise bad("tax must be a number.", parameter="tax") from None
        more = {name: body[name] for name in PASSED_THROUGH if name in body}
        return Price(
            f"{COUNTRY_PRICE_KEYS.get(code, 9)}-{self.world.new_id('price')}", _minor(body, "price"), percent, code,
            str(body["currencyCode"]), old_price=_minor(body, "oldPrice") if body.get("oldPrice") is not None else None,
            group=body.get("groupKey"), promotion=body.get("promotionKey"), merchant=body.get("merchantReferenceKey"),
            valid_from=self._time(body, "validFrom") or self.world.now(), valid_to=self._time(body, "validTo"),
            more=more,
        )  # fmt: skip

    def _time(self, body: Json, name: str) -> datetime | None:
        return None if body.get(name) is None else instant(body[name], name)

    def drop_price(self, call: Call) -> Reply:
        variant, key = variant_of(self.world, call.args["variant"]), call.args["price"]
        left = [one for one in variant.prices if one.key != key]
        if len(left) == len(variant.prices):
            raise not_found("price", priceKey=key)
        variant.prices = left
        return Reply(204)


def _minor(body: Json, name: str) -> int:
    value: Any = body[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad(f"{name} must be an integer in the lowest denomination.", parameter=name)
    return value
