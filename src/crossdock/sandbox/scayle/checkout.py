"""A shopper at the till: units are taken from shelves, priced, reduced and turned into an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from crossdock.sandbox.estate import STANDARD, Estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.scayle.countries import COUNTRIES
from crossdock.sandbox.scayle.loading import add_customer
from crossdock.sandbox.scayle.order_view import customer_row
from crossdock.sandbox.scayle.pricing import apply_voucher, minor, reduce, shipping_rate, start_price, taxed
from crossdock.sandbox.scayle.records import Address, Customer, Hold, Price, ShopCountry, Stock, Variant, Voucher
from crossdock.sandbox.scayle.sales import Fee, Order, Package, Payment, Unit
from crossdock.sandbox.scayle.stocking import pick_shelf, shelf_of, shelves
from crossdock.sandbox.scayle.world import World

SHIPPING, EXPRESS = "flat_rate_1", "flat_rate_2"
UNITS_MAX = 500
ORDER_PROMOTION = ("id", "code", "displayName", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How an order is bought. Percentages are of what a unit costs by then; amounts are gross minor units.

    campaign, promotion: key or code → per cent. external: a marketplace set the prices. collection_point: a parcel
    shop the order goes to.
    """

    voucher: Voucher | None = None
    campaign: tuple[str, Decimal] | None = None
    promotion: tuple[str, Decimal] | None = None
    express: bool = False
    free_shipping: bool = False
    payment_fee: int = 0
    gift_card: int = 0
    channel: str | None = None
    external: bool = False
    custom: Mapping[str, Any] | None = None
    collection_point: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many units of one thing. promotions: (code, per cent) that each of them takes part in, in that order."""

    variant: Variant
    quantity: int
    promotions: tuple[tuple[str, Decimal], ...] = ()


class SoldOut(Exception):
    """A shelf is empty; the text names the SKU."""


class Till:
    def __init__(self, world: World, estate: Estate) -> None:
        self.world = world
        self.shipping = {name: net for name, (_, net) in estate.shipping.items()}

    def shopper(self, country: ShopCountry, customer: int | str | None, *, guest: bool) -> Customer:
        """customer: id, reference key, or None for any of that country. guest: somebody new without an account."""
        rng = self.world.random
        land = COUNTRIES[country.code]
        if guest:
            names, where = rng.choice(land.people), rng.choice(land.streets)
            email = f"guest{len(self.world.orders)}@{country.code.lower()}.example"
            made = add_customer(self.world, country.code, names=names, where=where, email=email, guest=True)
            self.world.emit_other("customer-created", customer_row(made, self.world.knobs, custom=False))
            return made
        known = [one for one in self.world.customers.values() if one.country == country.code and not one.guest]
        if customer is None:
            return rng.choice(known)
        for one in known:
            if str(customer) in (str(one.id), one.reference_key):
                return one
        raise ActError(f"no customer {customer!r} in {country.code}; there are {[one.id for one in known][:10]}")

    def basket(self, wanted: Sequence[Mapping[str, Any]] | None, country: ShopCountry) -> list[Wanted]:
        """wanted: [{sku, quantity, promotions: [{code, percent}]}], None for one to three things that can be had."""
        if wanted is None:
            can = [one for one in self.world.variants.values() if pick_shelf(self.world, one, country)]
            chosen = self.world.random.sample(can, min(len(can), self.world.random.randint(1, 3)))
            return [Wanted(variant, self.world.random.randint(1, 2)) for variant in chosen]
        found = []
        for row in wanted:
            variant = self.world.by_sku.get(str(row.get("sku")))
            quantity = int(row.get("quantity", 1))
            if variant is None:
                raise ActError(f"place_order: no variant {row.get('sku')!r}")
            if not 0 < quantity <= UNITS_MAX:
                raise ActError(f"place_order: quantity {quantity} of {row.get('sku')}; 1 to {UNITS_MAX}")
            promotions = tuple(_promotion(one) for one in row.get("promotions") or ())
            found.append(Wanted(variant, quantity, promotions))
        return found

    def buy(
        self,
        country: ShopCountry,
        customer: Customer,
        basket: Sequence[Wanted],
        terms: Terms,
        *,
        force: bool = False,
    ) -> Order:
        """An order in the phase `created`, with nothing blocked yet. Raises SoldOut unless force."""
        world = self.world
        taken: dict[int, int] = {}
        picked = [
            (wanted, self._shelf(wanted.variant, country, taken, force=force))
            for wanted in basket
            for _ in range(wanted.quantity)
        ]
        now, id_ = world.now(), world.new_id("order")
        units = [self._unit(country, wanted, shelf, terms) for wanted, shelf in picked]
        addresses = [self._copy(one) for one in customer.addresses[:2]]
        if terms.collection_point is not None:
            addresses[-1].collection_point = dict(terms.collection_point)
        order = Order(
            id_, f"100-{id_}", world.new_key(), country, customer, addresses[0], addresses[-1], units, now, now,
            world.knobs.calculator, custom=dict(terms.custom or {}), external_prices=terms.external,
            express=terms.express, channel=self._channel(terms),
        )  # fmt: skip
        self._charge(order, terms)
        used = {one["id"]: one for unit in units for one in unit.promotions}
        order.promotions = [{name: one[name] for name in ORDER_PROMOTION} for one in used.values()]
        if terms.voucher is not None:
            apply_voucher(order, terms.voucher)
        self._pay(order, terms)
        self._plan(order)
        world.orders[id_] = order
        return order

    def _shelf(self, variant: Variant, country: ShopCountry, taken: dict[int, int], *, force: bool) -> Stock:
        """The shelf of one more unit, counting what this basket has taken already."""
        options = shelves(self.world, variant, country)
        free = (one for one in options if one.sellable_without_stock or one.sellable > taken.get(id(one), 0))
        shelf = next(free, options[0] if force and options else None)
        if shelf is None:
            raise SoldOut(variant.reference_key)
        taken[id(shelf)] = taken.get(id(shelf), 0) + 1
        return shelf

    def _unit(self, country: ShopCountry, wanted: Wanted, shelf: Stock, terms: Terms) -> Unit:
        world, variant = self.world, wanted.variant
        price = current_price(world, variant, country.code)
        undiscounted, gross, reductions = start_price(price)
        now = world.now()
        unit = Unit(
            world.new_id("unit"), world.new_key().replace("-", ""), variant.reference_key, variant.id,
            variant.product_id, world.products[variant.product_id].name, shelf.merchant, shelf.warehouse,
            world.warehouse(shelf.warehouse).id, shelf.sellable, undiscounted, gross, price.percent / 100, now, now,
            reductions,
        )  # fmt: skip
        if terms.campaign is not None:
            unit.campaign = terms.campaign[0]
            reduce(unit, "campaign", terms.campaign[1])
        everywhere = () if terms.promotion is None else (terms.promotion,)
        for code, percent in (*everywhere, *wanted.promotions):
            unit.promotions.append(
                {"id": f"promo-{code}", "name": code, "version": "1", "displayName": code, "code": code}
            )
            reduce(unit, "promotion", percent, code=code, name=code)
        return unit

    def _charge(self, order: Order, terms: Terms) -> None:
        """Delivery and payment costs, with tax."""
        country = order.country
        standard = country.percent[STANDARD]
        net = self.shipping[EXPRESS if terms.express else SHIPPING]
        money = net if country.currency == "GBP" else net * self.world.knobs.eur_per_gbp
        gross = minor(money * (1 + standard / 100))
        order.fee_before_discount = gross
        rate = shipping_rate(order.units, standard / 100, self.world.knobs.shipping_tax)
        key, option = ("express_shipping_service_cost", "expressDeliveryCosts") if terms.express else (
            "base_shipping_service_cost", "deliveryCosts")  # fmt: skip
        if not terms.free_shipping:
            order.fees.append(Fee("delivery", key, option, taxed(gross, rate * 100)))
        if terms.payment_fee:
            order.fees.append(Fee("payment", "base_payment_service_cost", None, taxed(terms.payment_fee, standard)))

    def _pay(self, order: Order, terms: Terms) -> None:
        total = order.gross
        card = min(total, max(0, terms.gift_card))
        if card:
            order.payments.append(Payment("giftcard", card, f"gc-{order.id}", gift_card=True))
        if total > card or not card:
            order.payments.append(Payment("computop_creditcard", total - card, f"tx-{order.id}"))

    def _plan(self, order: Order) -> None:
        """One package a merchant, as foreseen at checkout."""
        first, last = order.created_at + timedelta(days=2), order.created_at + timedelta(days=4)
        for number, merchant in enumerate(sorted({unit.merchant for unit in order.units}), 1):
            days = (first.date().isoformat(), last.date().isoformat())
            order.packages.append(Package(number, next(iter(self.world.carriers.values())).key, *days, merchant))
            for unit in order.units:
                if unit.merchant == merchant:
                    unit.package_id = number

    def _copy(self, address: Address) -> Address:
        """An order keeps its own address: the customer's may change later."""
        return replace(address, id=self.world.new_id("address"))

    def _channel(self, terms: Terms) -> dict[str, Any] | None:
        if terms.channel is None:
            return None
        for one in self.world.channels:
            if one["key"] == terms.channel:
                return {name: one[name] for name in ("id", "key", "name", "type")}
        raise ActError(f"no channel {terms.channel!r}; there are {[one['key'] for one in self.world.channels]}")


def _promotion(given: Mapping[str, Any]) -> tuple[str, Decimal]:
    percent = Decimal(str(given["percent"]))
    if not 0 < percent <= 100:
        raise ActError(f"place_order: a promotion takes above 0 and at most 100 per cent off, not {percent}")
    return str(given["code"]), percent


def current_price(world: World, variant: Variant, code: str) -> Price:
    """The price valid now without group or promotion. Raises ActError when the variant has none in that country."""
    now = world.now()
    valid = [
        price
        for price in variant.prices
        if price.country == code and not price.group and not price.promotion
        and (price.valid_from is None or price.valid_from <= now) and (price.valid_to is None or now < price.valid_to)
    ]  # fmt: skip
    if not valid:
        raise ActError(f"{variant.reference_key} has no price in {code}")
    return valid[-1]


def block(world: World, order: Order) -> None:
    """The payment provider confirmed: the quantities are taken off what can be sold."""
    for unit in order.units:
        stock = shelf_of(world, unit)
        stock.holds.append(Hold(world.now(), 1, f"order {order.id}"))
        if stock.sellable < 0 and not stock.sellable_without_stock:
            world.oversold.append({"sku": unit.sku, "warehouse": unit.warehouse, "order": order.id, "unit": unit.id})
