"""What a storefront's lists should hold is the same in SQL as in `decide`: its units, its tiers and its prices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossdock.cases.kind import Finding
from crossdock.decide.price_lists import PricePolicy, shown_prices
from crossdock.decide.units import units_in
from crossdock.model.code_map import MapKind
from crossdock.model.price import Price, ShownPrice
from crossdock.model.stock import ItemUnit, StockItem
from crossdock.ports.price_book import Differences, ListFed
from crossdock.store.prices import PgPriceBook, PgPriceRun
from crossdock.store.scope import UnitRules
from tests.store.books import NOON, PAIRING, TENANT, Books, target

TODAY = date(2026, 3, 2)
SKUS, UNITS, CODES = ("Drill", "HINGE"), ("each", "case"), ("drill", "HINGE", "Lantern", "drill-case")
PATTERNS = {"each": "{sku}", "case": "{sku}-case"}
KINDS = {"stock-code-unknown": "unknown", "unit-unmapped": "unmapped", "unit-quantity-conflict": "conflict"}
Place = tuple[str, str]


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """items: by code in lower case. targets: (SKU, unit) → stock units in one, by the storefront's word."""

    items: Mapping[str, StockItem]
    targets: Mapping[Place, Fraction]
    codes: Mapping[str, str]
    units: Mapping[str, Fraction]
    prices: tuple[Price, ...]
    policy: PricePolicy
    trusted: bool
    coded: bool

    def item(self, sku: str, unit: str) -> StockItem | None:
        if self.coded:
            code = self.codes.get(f"{sku}/{unit}", PATTERNS[unit].replace("{sku}", sku))
        else:
            code = self.codes.get(sku, sku)
        return self.items.get(code.lower())

    def held(self, sku: str, unit: str) -> Fraction | str:
        """Stock units in one, or the problem."""
        item = self.item(sku, unit)
        if item is None:
            return "unknown"
        found = units_in(
            sku, unit, item, own=self.units.get(f"{sku}/{unit}"), every=self.units.get(unit),
            declared=self.targets[sku, unit], trusted=self.trusted, coded=self.coded,
        )  # fmt: skip
        return KINDS[found.kind.code] if isinstance(found, Finding) else found

    def wanted(self) -> dict[tuple[str, str, str, Decimal], Decimal]:
        found: dict[tuple[str, str, str, Decimal], Decimal] = {}
        for sku, unit in self.targets:
            item, units = self.item(sku, unit), self.held(sku, unit)
            for currency in ("GBP", "JPY") if item and isinstance(units, Fraction) else ():
                assert item is not None
                mine = [
                    one
                    for one in self.prices
                    if one.stock_code.lower() == item.code.lower() and one.currency == currency and one.is_net
                ]
                assert isinstance(units, Fraction)
                tiers = shown_prices(unit, units, mine, today=TODAY, policy=self.policy)
                found |= {(sku, unit, currency, tier): price for tier, price in tiers.items()}
        return found


fractions = st.builds(Fraction, st.integers(1, 24), st.integers(1, 7))
wholes = st.sampled_from([Fraction(1), Fraction(12), Fraction(6)])
item_units = st.builds(
    ItemUnit, unit=st.sampled_from((*UNITS, "pallet")), sku=st.sampled_from(("", "DRILL", "drill-case", "HINGE")),
    base_sku=st.sampled_from(("Drill", "hinge")), base_quantity=st.sampled_from([Decimal(1), Decimal(12)]),
    confirmed=st.sampled_from([True, True, True, False]),
)  # fmt: skip
items = st.dictionaries(
    st.sampled_from([code.lower() for code in CODES]), st.lists(item_units, max_size=3).map(tuple), min_size=1
).map(lambda found: {code: StockItem(code=code, item_id=code, units=units) for code, units in found.items()})
days = st.sampled_from([None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)])
prices = st.builds(
    Price, price_list=st.just("Trade"), stock_code=st.sampled_from(CODES),
    currency=st.sampled_from(["GBP", "GBP", "JPY", "EUR"]),
    price=st.one_of(decimals("0", "300", 4), st.sampled_from([Decimal(0), Decimal("0.125"), Decimal("1.005")])),
    is_net=st.sampled_from([True, True, True, False]), unit=st.sampled_from(["", "", "each", "case"]),
    quantity_from=st.one_of(st.integers(1, 40).map(Decimal), decimals("0", "30", 2)),
    per=st.sampled_from([Decimal(1), Decimal(1), Decimal(12)]), valid_from=days, valid_to=days,
)  # fmt: skip
scenes = st.builds(
    Scene,
    items=items,
    targets=st.dictionaries(
        st.sampled_from([(sku, unit) for sku in SKUS for unit in UNITS]), st.one_of(wholes, fractions), min_size=1
    ),
    codes=st.dictionaries(st.sampled_from((*SKUS, "Drill/case", "HINGE/each")), st.sampled_from(CODES), max_size=2),
    units=st.dictionaries(st.sampled_from(("Drill/each", "HINGE/case", "case")), fractions, max_size=2),
    prices=st.lists(
        prices,
        max_size=12,
        unique_by=lambda one: (one.stock_code.lower(), one.currency, one.unit, one.quantity_from, one.valid_from),
    ).map(tuple),
    policy=st.builds(
        PricePolicy,
        rounding=st.sampled_from(["half-up", "half-even", "down"]),
        decimals=st.sampled_from([None, 0, 3, 4]),
    ),
    trusted=st.booleans(),
    coded=st.booleans(),
)
law = settings(
    max_examples=80, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


async def played(books: Books, scene: Scene) -> PgPriceBook:
    """The scene put into the tables."""
    for table in ("stock_item", "stock_target", "stock_part", "item_unit", "code_map", "price", "price_shown"):
        await books.pool.execute(f"delete from {table}")
    await books.reference.store_items(list(scene.items.values()))
    await books.reference.store_targets(
        [target(sku, unit, units) for (sku, unit), units in scene.targets.items()], seen_at=NOON
    )
    for sku, code in scene.codes.items():
        await books.reference.map_code(MapKind.SKU, sku, {"code": code}, actor="mary")
    for unit, held in scene.units.items():
        await books.reference.map_code(MapKind.UNIT, unit, {"units": str(held)}, actor="mary")
    await books.store_prices(*scene.prices)
    rules = UnitRules(declared=scene.trusted, coded=scene.coded, codes=PATTERNS)
    return PgPriceBook(replace(books.scope, units=rules))


async def compared(run: PgPriceRun, policy: PricePolicy) -> Differences:
    feed = ListFed(price_list="Trade", shown_in="7", currencies=frozenset({"GBP", "JPY"}), is_net=True)
    return await run.compare([feed], fed=["7"], doubtful=[], policy=policy, today=TODAY)


@law
@given(scene=scenes)
async def test_sql_and_decide_want_the_same_prices(books: Books, scene: Scene) -> None:
    book = await played(books, scene)
    async with book.run() as run:
        found = await compared(run, scene.policy)
        rows = await run._connection.fetch("select * from offered")
        offers = {
            (one["sku"], one["unit"]): one["problem"] or Fraction(one["units_over"]) / Fraction(one["units_under"])
            for one in rows
        }
        assert offers == {place: scene.held(*place) for place in scene.targets}
        wanted = await run._connection.fetch("select * from price_wanted")
    sums = {(one["sku"], one["unit"], one["currency"], one["quantity"]): one["value"] for one in wanted}
    assert sums == scene.wanted()
    assert found.wanted == sum(1 for price in sums.values() if price)
    assert {sku for _, sku in found.zero} == {key[0] for key, price in sums.items() if not price}


@law
@given(
    scene=scenes,
    old=st.lists(st.tuples(st.sampled_from(SKUS), st.sampled_from(UNITS), st.integers(1, 20), st.booleans())),
)
async def test_writing_every_difference_leaves_none_and_no_price_that_is_not_wanted(
    books: Books, scene: Scene, old: list[tuple[str, str, int, bool]]
) -> None:
    book = await played(books, replace(scene, policy=replace(scene.policy, unknown="remove")))
    policy = replace(scene.policy, unknown="remove")
    async with book.run() as run:
        await run.see(
            [
                ShownPrice(
                    price_list="7",
                    sku=sku,
                    unit=unit,
                    currency="GBP",
                    quantity=Decimal(tier),
                    value=Decimal(5),
                    ref="r",
                )
                for sku, unit, tier, _ in old
            ]
        )
        await run.seen("7", began=NOON)
        await compared(run, policy)
        held = {(one[0], one[1], "GBP", Decimal(one[2])): Decimal(5) for one in old}
        async for page in run.differences(removals=False, batch=2):
            await run.writing(page, at=NOON)
            await run.written([replace(one, ref="made") for one in page])
            held |= {(one.sku, one.unit, one.currency, one.quantity): one.value for one in page}
        async for page in run.differences(removals=True, batch=2):
            await run.removing(page, at=NOON)
            await run.removed(page)
            for one in page:
                del held[one.sku, one.unit, one.currency, one.quantity]
        again = await compared(run, policy)
    wanted = scene.wanted()
    assert (again.writes, again.removals) == (0, 0)
    assert {key: value for key, value in held.items() if wanted.get(key, 1)} == {
        key: value for key, value in wanted.items() if value
    }
    shown = await books.pool.fetch("select * from price_shown where tenant = $1 and pairing = $2", TENANT, PAIRING)
    assert {(one["sku"], one["unit"], one["currency"], one["quantity"]): one["value"] for one in shown} == held
