"""The levels that people see explained are those that are published, whatever the figures, orders, units and packs."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossdock.decide.policy import StockPolicy
from crossdock.decide.stock import to_publish
from crossdock.decide.stock_explained import explain, level_of
from crossdock.store.figures import PgFigures
from crossdock.store.scope import UnitRules
from tests.store.books import ERP, NOON, TENANT, Books
from tests.store.test_stock_twin import CODED, CODES, SKUS, STALE_SECONDS, Scene, play, scenes

codes = st.sampled_from(sorted({code.lower() for code in CODES}))
packs = st.dictionaries(st.tuples(codes, codes).filter(lambda two: two[0] != two[1]), st.integers(1, 5), max_size=3)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(scene=scenes, packs=packs)
async def test_what_is_explained_is_what_is_published(
    books: Books, scene: Scene, packs: dict[tuple[str, str], int]
) -> None:
    await play(books, scene)
    for (pack, part), quantity in packs.items():
        await books.pool.execute(
            "insert into stock_part (tenant, system, pack_key, part_key, quantity) values ($1, $2, $3, $4, $5)",
            TENANT, ERP, pack, part, Decimal(quantity),
        )  # fmt: skip
    book = Books(books.pool, units=UnitRules(declared=scene.declared, coded=scene.coded, codes=CODED))
    policy = StockPolicy(
        buffer=scene.buffer, buffers=scene.buffers, stale_seconds=STALE_SECONDS, shared=scene.shared
    )  # fmt: skip
    await book.reference.share_out()
    published: dict[str, Decimal] = {}
    async with book.stock.run() as run:
        changes = run.changes(
            basis="available", buffer=policy.buffer, buffers=policy.buffers, unlimited_shown=policy.unlimited_shown,
            only_lower=scene.stale, figures_from=NOON, shared=scene.shared,
        )  # fmt: skip
        async for levels in changes:
            published |= {level.ref: level.quantity for level in levels}
    figures = PgFigures(book.scope, basis="available", site="", policy=policy)
    places = await figures.terms([sku.lower() for sku in SKUS], figures_from=NOON)
    assert {one.ref for one in places} == {f"{sku}/{unit}" for sku, unit in scene.targets}
    age = 2 * STALE_SECONDS if scene.stale else 0.0
    explained = {one.ref: to_publish(level_of(one.terms), one.told, age, STALE_SECONDS) for one in places}
    assert {ref: level for ref, level in explained.items() if level is not None} == published
    assert all(explain(one.terms) for one in places)
