"""The sums of the stock publication in SQL are those of `decide/stock.py`, whatever the figures, orders and units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossdock.decide.policy import StockPolicy
from crossdock.decide.stock import priority, sellable, to_publish
from crossdock.decide.units import units_in
from crossdock.model.lifecycle import IN_FLIGHT, OrderState
from crossdock.model.stock import ItemUnit, StockItem
from crossdock.store.scope import UnitRules
from tests.store.books import ERP, NOON, PAIRING, SHOP, TENANT, Books

SKUS, CODES, UNITS = ("Drill", "HINGE", "gone"), ("drill", "HINGE", "Lantern", "drill-case"), ("each", "case")
CODED = {"each": "{sku}", "case": "{sku}-case"}
STALE_SECONDS = 3600.0
BEFORE, AFTER = NOON - timedelta(minutes=1), NOON  # an order posted at the very moment the read began may not be in it


@dataclass(frozen=True, kw_only=True)
class Line:
    sku: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, kw_only=True)
class Order:
    state: OrderState
    posted_at: datetime | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """figures: code → (quantity, unlimited). targets: (sku, unit) → stock units in one. units: as people mapped.

    listed: code → the units that the ERP lists. coded: each unit has a stock code of its own.
    """

    figures: Mapping[str, tuple[Decimal, bool]]
    targets: Mapping[tuple[str, str], Fraction]
    codes: Mapping[str, str]
    units: Mapping[str, Fraction]
    declared: bool
    buffer: Decimal
    buffers: Mapping[str, Decimal]
    orders: tuple[Order, ...]
    shown: Mapping[tuple[str, str], Decimal]
    stale: bool
    shared: bool
    listed: Mapping[str, tuple[ItemUnit, ...]] = field(default_factory=dict)
    coded: bool = False

    def shares(self, code: str) -> int:
        """How many places sell from one stock, where it is shared out among them."""
        return sum(1 for place in self.targets if self.code(*place) == code) if self.shared else 1

    def code(self, sku: str, unit: str) -> str:
        """ "" for a unit that has none."""
        if not self.coded:
            return self.codes.get(sku, sku).lower()
        return self.codes.get(f"{sku}/{unit}", CODED.get(unit, "").replace("{sku}", sku)).lower()

    def is_sold(self, sku: str, unit: str) -> bool:
        """Whether the ERP's list of units, if there is one, bears the unit out."""
        units = self.listed.get(self.code(sku, unit), ())
        item = StockItem(code=self.code(sku, unit), item_id="", units=units)
        found = units_in(
            sku, unit, item, own=self.units.get(f"{sku}/{unit}"), every=self.units.get(unit),
            declared=self.targets[sku, unit], trusted=self.declared, coded=self.coded,
        )  # fmt: skip
        return not units or isinstance(found, Fraction)

    def units_of(self, sku: str, unit: str, unknown: Fraction | None = None) -> Fraction | None:
        """A person's word on this very SKU, then the storefront's or a person's for all, whichever counts here."""
        if self.coded:
            return Fraction(1)
        own, every = self.units.get(f"{sku}/{unit}"), self.units.get(unit)
        stated = next(
            (held for (name, at), held in self.targets.items() if (name.lower(), at) == (sku.lower(), unit)), None
        )
        ranked = (own, stated, every) if self.declared else (own, every, stated)
        return next((one for one in ranked if one is not None), unknown)

    def in_flight(self, code: str) -> Decimal | Fraction:
        return sum(
            (
                Fraction(line.quantity) * (self.units_of(line.sku, line.unit) or 1)
                for order in self.orders
                if order.state in IN_FLIGHT or (order.posted_at is not None and order.posted_at >= NOON)
                for line in order.lines
                if self.code(line.sku, line.unit) == code
            ),
            Fraction(0),
        )

    def expected(self, policy: StockPolicy) -> list[tuple[str, Decimal]]:
        """What to write, in the order to write it."""
        found = []
        for sku, unit in self.targets:
            code = self.code(sku, unit)
            figure, unlimited = self.figures.get(code, (None, False))
            units, old = self.units_of(sku, unit), self.shown.get((sku, unit))
            listed = self.listed.get(code, ())
            if (
                listed
                and not self.coded
                and f"{sku}/{unit}" not in self.units
                and unit not in {one.unit for one in listed}
            ):
                units = self.units.get(unit, units)
            assert units is not None
            level = sellable(
                figure, unlimited=unlimited, stock_units=units, buffer=policy.buffer_for(sku),
                in_flight=self.in_flight(code), shares=self.shares(code), unlimited_shown=policy.unlimited_shown,
            )  # fmt: skip
            if level is not None and not self.is_sold(sku, unit):
                level = Decimal(0)
            new = to_publish(level, old, 2 * STALE_SECONDS if self.stale else 0.0, STALE_SECONDS)
            if new is not None:
                found.append((priority(old, new), f"{sku}/{unit}", new))
        return [(ref, level) for _, ref, level in sorted(found)]


def decimals(least: int, most: int, places: int = 0) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=places)


fractions = st.builds(Fraction, st.integers(1, 24), st.integers(1, 7))
lines = st.builds(
    Line, sku=st.sampled_from((*SKUS, "DRILL")), unit=st.sampled_from((*UNITS, "pallet")), quantity=decimals(1, 30, 2)
)
orders = st.builds(
    Order, state=st.sampled_from(OrderState), posted_at=st.sampled_from((None, BEFORE, AFTER)),
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
)  # fmt: skip


def listings(code: str) -> st.SearchStrategy[tuple[ItemUnit, ...]]:
    one = st.builds(
        ItemUnit, unit=st.sampled_from((*UNITS, "crate")), base_sku=st.just(code), sku=st.sampled_from(("", code)),
        base_quantity=st.sampled_from([Decimal(1), Decimal(6), Decimal(12)]), confirmed=st.booleans(),
    )  # fmt: skip
    return st.lists(one, min_size=1, max_size=2).map(tuple)


places = st.sampled_from([(sku, unit) for sku in SKUS for unit in UNITS])
scenes = st.builds(
    Scene,
    figures=st.dictionaries(
        st.sampled_from([code.lower() for code in (*CODES, "gone")]), st.tuples(decimals(-5, 200, 2), st.booleans())
    ),
    targets=st.dictionaries(places, fractions, min_size=1),
    codes=st.dictionaries(st.sampled_from((*SKUS, "Drill/each", "HINGE/case")), st.sampled_from(CODES)),
    units=st.dictionaries(st.sampled_from(("Drill/each", "HINGE/case", "case", "pallet")), fractions),
    declared=st.booleans(),
    buffer=decimals(0, 9, 1),
    buffers=st.dictionaries(st.sampled_from(("DRILL", "drill", "hinge")), decimals(0, 50)),
    orders=st.lists(orders, max_size=6).map(tuple),
    shown=st.dictionaries(places, decimals(0, 200)),
    stale=st.booleans(),
    shared=st.booleans(),
    listed=st.one_of(
        st.just({}), st.dictionaries(st.sampled_from([code.lower() for code in CODES]), st.just(()))
    ).flatmap(lambda codes: st.fixed_dictionaries({code: listings(code) for code in codes})),
    coded=st.booleans(),
)


async def play(books: Books, scene: Scene) -> None:
    """Put the scene into the tables."""
    pool = books.pool
    await pool.execute(
        "truncate sales_order, sales_order_line, stock_position, stock_target, stock_published, code_map, case_hold, "
        "item_unit, stock_item, stock_part "
        "cascade"
    )
    for code, (quantity, unlimited) in scene.figures.items():
        await pool.execute(
            "insert into stock_position values ($1, $2, $3, '', 'available', $4, $5, now())",
            TENANT, ERP, code, quantity, unlimited,
        )  # fmt: skip
    await books.reference.store_items(
        [StockItem(code=code, item_id=code, units=units) for code, units in scene.listed.items()]
    )
    for (sku, unit), units in scene.targets.items():
        await pool.execute(
            "insert into stock_target values ($1, $2, $3, $4, lower($4), $5, $6, $7)",
            TENANT, SHOP, f"{sku}/{unit}", sku, unit, units.numerator, units.denominator,
        )  # fmt: skip
    for (sku, unit), quantity in scene.shown.items():
        await pool.execute(
            "insert into stock_published values ($1, $2, $3, $4, now())", TENANT, PAIRING, f"{sku}/{unit}", quantity
        )
    maps = [("sku", sku, f'{{"code": "{code}"}}') for sku, code in scene.codes.items()]
    maps += [("unit", key, f'{{"units": "{units}"}}') for key, units in scene.units.items()]
    for kind, key, value in maps:
        await pool.execute(
            "insert into code_map (tenant, pairing, kind, key, value, actor) values ($1, $2, $3, $4, $5, 'mary')",
            TENANT, PAIRING, kind, key, value,
        )  # fmt: skip
    for number, order in enumerate(scene.orders):
        order_id = await pool.fetchval(
            "insert into sales_order (tenant, pairing, storefront_id, ref, state, posted_at) "
            "values ($1, $2, $3, $3, $4, $5) returning id",
            TENANT, PAIRING, str(number), str(order.state), order.posted_at,
        )  # fmt: skip
        for at, line in enumerate(order.lines):
            await pool.execute(
                "insert into sales_order_line values ($1, $2, $3, $4, $5, $6)",
                order_id,
                at,
                line.sku,
                line.unit,
                line.quantity,
                PAIRING,
            )


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(scene=scenes)
async def test_the_database_and_the_decision_reckon_alike(books: Books, scene: Scene) -> None:
    await play(books, scene)
    book = Books(books.pool, units=UnitRules(declared=scene.declared, coded=scene.coded, codes=CODED))
    policy = StockPolicy(buffer=scene.buffer, buffers=scene.buffers, stale_seconds=STALE_SECONDS)
    found = []
    await book.reference.share_out()
    async with book.stock.run() as run:
        changes = run.changes(
            basis="available", buffer=policy.buffer, buffers=policy.buffers, unlimited_shown=policy.unlimited_shown,
            only_lower=scene.stale, figures_from=NOON, shared=scene.shared, batch=2,
        )  # fmt: skip
        async for levels in changes:
            found += [(level.ref, level.quantity) for level in levels]
    assert found == scene.expected(policy)
