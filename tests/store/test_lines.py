"""A line says whose it is: the pairing of its order, whoever wrote it, so that orders are found by SKU."""

from decimal import Decimal

import asyncpg
from benchmarks.console_rows import fill as fill_year

from crossdock.model.despatch import Fulfilment
from crossdock.store.change_asks import put_lines
from crossdock.store.database import Pool
from crossdock.store.desk import find_orders
from crossdock.store.loading import PgLoadBook
from crossdock.store.migrate import migrate
from crossdock.store.sorting import ByAge
from tests.store.books import NOON, Books, document, line, sale
from tests.store.test_upgrade import at_revision, fill

OTHER = "scayle-khaos"


async def lines_of(pool: Pool) -> set[tuple[str, str]]:
    """(pairing of a line, pairing of its order), of all lines."""
    rows = await pool.fetch(
        "select l.pairing, o.pairing from sales_order_line l join sales_order o on o.id = l.order_id"
    )
    return {(row[0], row[1]) for row in rows}


async def test_a_line_is_in_its_order_s_pairing_whoever_wrote_it(pool: Pool) -> None:
    books, others = Books(pool), Books(pool, pairing=OTHER)
    for at in (books, others):
        await at.capture(sale("1001"), sale("1002", line("HINGE", "3"), line("DRILL-18V")))
        await at.capture(sale("1001", line("HINGE", "9"), updated_at=NOON.replace(hour=13)))  # read again
        taken = Fulfilment(
            ref="1003", erp_code="K3", gross_total=Decimal("119.76"), currency="GBP", complete=True, cancelled=False,
            invoices=(), account_code="A",
        )  # fmt: skip
        assert await PgLoadBook(scope=at.scope, vault=at.vault).take([(document(sale("1003")), taken)]) == 1
    order_id = await pool.fetchval("select max(id) from sales_order where pairing = $1 and ref = '1002'", OTHER)
    async with pool.acquire() as connection, connection.transaction():
        before = await connection.fetch("delete from sales_order_line where order_id = $1 returning *", order_id)
        await put_lines(connection, order_id, before)
    assert await pool.fetchval("select count(*) from sales_order_line") == 8
    assert await lines_of(pool) == {(books.scope.pairing, books.scope.pairing), (OTHER, OTHER)}


async def test_lines_of_an_older_release_learn_their_pairing(bare_database: str) -> None:
    await at_revision(bare_database, "0032")
    connection = await asyncpg.connect(bare_database)
    try:
        await fill(connection)
        await migrate(bare_database)
        assert len(await lines_of(connection)) == await connection.fetchval("select count(*) from sales_order_line")
        assert all(one == other for one, other in await lines_of(connection))
    finally:
        await connection.close()


async def test_orders_are_found_by_sku_page_by_page_each_once_and_only_those_of_the_pairing(pool: Pool) -> None:
    await fill_year(pool, orders=1_000, cases=8)
    await pool.execute(
        "insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing) "
        "select id, 3, 'SKU-BEST', 'case', 1, pairing from sales_order where id % 20 = 0 or id % 50 = 48"
    )  # twice in many orders, and now and then in another pairing
    for pairings in (["oro-khaos"], [OTHER], ["oro-khaos", OTHER], ["oro-prima"]):
        wanted = await pool.fetch(
            "select distinct order_id from sales_order_line l join sales_order o on o.id = l.order_id "
            "where sku = 'SKU-BEST' and o.pairing = any($1::text[]) order by order_id",
            pairings,
        )
        upwards = [row["order_id"] for row in wanted]
        assert await found(pool, pairings, "SKU-BEST", ByAge.OLDEST) == upwards
        assert await found(pool, pairings, "SKU-BEST", ByAge.NEWEST) == upwards[::-1]


async def test_orders_are_found_by_company_both_ways_each_once(pool: Pool) -> None:
    await fill_year(pool, orders=1_000, cases=8)
    await pool.execute("update sales_order set company_name = 'Acme ' || id % 3 where id % 7 = 0")
    upwards = [row["id"] for row in await pool.fetch("select id from sales_order where id % 7 = 0 order by id")]
    pairings = ["oro-khaos", OTHER, "oro-prima"]
    assert await found(pool, pairings, "acme", ByAge.OLDEST) == upwards
    assert await found(pool, pairings, "acme", ByAge.NEWEST) == upwards[::-1]


async def found(pool: Pool, pairings: list[str], words: str, sort: ByAge) -> list[int]:
    """Page by page."""
    seen: list[int] = []
    while True:
        key = seen[-1] if seen else None
        page, _ = await find_orders(pool, "main", pairings, words, sort=sort, from_key=key, limit=7)
        seen += [row["id"] for row in page]
        if len(page) < 7:
            return seen
