"""Lists read little more than they show, however much there is: counted in rows, over the scans of each plan."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from benchmarks.console_rows import fill

from crossdock.cases.kind import Desk
from crossdock.model.lifecycle import OrderState
from crossdock.store.case_lists import EPOCH, KEY_MAX
from crossdock.store.database import Pool
from crossdock.store.scope import UnitRules
from crossdock.store.sorting import LAST_TEXT
from crossdock.store.sql import statements

ORDERS, CASES, PAGE = 40_000, 8_000, 50
PAIRINGS = ["oro-khaos", "oro-prima", "scayle-khaos"]
STATES = [str(one) for one in OrderState]
EVERYTHING = ("main", [""], [""], [str(one) for one in Desk], "", "", "", "")
OPEN = ORDERS // 50
MIDDLE = ORDERS // 2
# A page is put together from the beginnings of lists: of 6 desks, or of 3 pairings in 10 states. What a case holds is
# counted for each shown: one of them holds every order that waits.
OF_CASES, OF_ORDERS = 6 * PAGE + PAGE + 8 * PAGE + OPEN, 30 * PAGE + PAGE
LISTS: Mapping[str, tuple[tuple[Any, ...], int]] = {
    "cases_due": ((*EVERYTHING, False, EPOCH, 0, PAGE), OF_CASES),
    "cases_newest": ((*EVERYTHING, False, KEY_MAX, PAGE), OF_CASES),
    "cases_oldest": ((*EVERYTHING, False, 0, PAGE), OF_CASES),
    "cases_closed_newest": ((*EVERYTHING, KEY_MAX, PAGE), OF_CASES),
    "cases_closed_oldest": ((*EVERYTHING, 0, PAGE), OF_CASES),
    "orders_newest": (("main", KEY_MAX, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_oldest": (("main", 0, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_found_newest": (("main", KEY_MAX, PAIRINGS, "SKU-BEST", PAGE, []), 7 * PAGE),
    "orders_found_oldest": (("main", 0, PAIRINGS, "SKU-BEST", PAGE, []), 7 * PAGE),
    "companies": (("main", "a", 100), 400),
    "trail_newest": (("main", KEY_MAX, PAGE), PAGE),
    "trail_oldest": (("main", 0, PAGE), PAGE),
    "trail_of_people_newest": (("main", KEY_MAX, PAGE), PAGE),
    "trail_of_people_oldest": (("main", 0, PAGE), PAGE),
    "trail_of_one_newest": (("main", KEY_MAX, PAGE, "rare"), PAGE),
    "trail_of_one_oldest": (("main", 0, PAGE, "rare"), PAGE),
}
"""Statement → what it is asked for a first page, and how many rows it may look at for that."""
DEEP: Mapping[str, tuple[tuple[Any, ...], int]] = {
    "cases_due": ((*EVERYTHING, False, datetime.now(UTC), 0, PAGE), OF_CASES),
    "cases_newest": ((*EVERYTHING, False, CASES // 2, PAGE), OF_CASES),
    "cases_oldest": ((*EVERYTHING, False, CASES // 2, PAGE), OF_CASES),
    "cases_closed_newest": ((*EVERYTHING, CASES // 2, PAGE), OF_CASES),
    "cases_closed_oldest": ((*EVERYTHING, CASES // 2, PAGE), OF_CASES),
    "orders_newest": (("main", MIDDLE, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_oldest": (("main", MIDDLE, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_found_newest": (("main", MIDDLE, PAIRINGS, "SKU-BEST", PAGE, []), 7 * PAGE),
    "orders_found_oldest": (("main", MIDDLE, PAIRINGS, "SKU-BEST", PAGE, []), 7 * PAGE),
    "companies": (("main", "nothing like it", 100), 4),
    "trail_newest": (("main", MIDDLE, PAGE), PAGE),
    "trail_oldest": (("main", MIDDLE, PAGE), PAGE),
    "trail_of_people_newest": (("main", MIDDLE, PAGE), PAGE),
    "trail_of_people_oldest": (("main", MIDDLE, PAGE), PAGE),
    "trail_of_one_newest": (("main", MIDDLE, PAGE, "mary"), PAGE),
    "trail_of_one_oldest": (("main", MIDDLE, PAGE, "mary"), PAGE),
}
"""The same of a page in the middle."""
ELSEWHERE: Mapping[str, tuple[tuple[Any, ...], int]] = {
    "orders_found_newest": (("main", KEY_MAX, ["scayle-khaos"], "SKU-BEST", PAGE, []), 0),
    "orders_found_oldest": (("main", 0, ["scayle-khaos"], "SKU-BEST", PAGE, []), 0),
}
"""The same of what another pairing alone has, and a lot of it."""
COUNTS: Mapping[str, tuple[tuple[Any, ...], int]] = {
    "queues": (("main", [""], [""]), CASES // 4 + len(Desk) * len(PAIRINGS)),
    "flowing": (("main", PAIRINGS), OPEN),
    "day": (("main", PAIRINGS), ORDERS // 365 + 10),
}
"""What is counted: every open case, and the first of each desk and pairing; every order that is not settled; every
order of a day; and nothing else."""


FILL = f"""
insert into code_map (tenant, pairing, kind, key, value, actor, until, ended_by)
select 'main', 'oro-khaos', (array['tax', 'sku'])[least(n % 100, 1) + 1], 'K' || n, '{{"code": "x"}}', 'x',
       case when n % 4 = 0 then now() - n * interval '1 s' end, case when n % 4 = 0 then 'x' else '' end
from generate_series(1, {ORDERS}) n;

insert into company (tenant, pairing, ref, document, state)
select 'main', (array['oro-khaos', 'oro-prima', 'scayle-khaos'])[least(n % 100, 2) + 1], 'C' || n,
       jsonb_build_object('name', 'Company ' || n * 7919 % 10007), (array['review', 'linked'])[least(n % 50, 1) + 1]
from generate_series(1, {ORDERS}) n;

insert into person (tenant, name, password_hash) select 'main', 'p' || n, '' from generate_series(1, {CASES}) n;

insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under)
select 'main', 'shop', 'r' || n, 'SKU-' || n / 2, 'sku-' || n / 2, (array['each', 'case'])[n % 2 + 1], 1, 1
from generate_series(1, {ORDERS}) n;

insert into stock_published (tenant, pairing, ref, quantity, published_at)
select 'main', 'oro-khaos', 'r' || n, 1, now() - n % 1000 * interval '1 minute' from generate_series(1, {ORDERS}) n
where n % 3 > 0
"""
ENTRIES = ("main", "oro-khaos", "sku", "")
FEW = ("main", "oro-khaos", "tax", "")
ERPS = (PAIRINGS, ["khaos", "prima", "khaos"])
# A retired entry is looked up once more, for whether it came back; a page of companies is put together from those of
# three pairings, none of them with an account here; a person is shown with the sessions and the rights there are.
OF_MAPS, OF_RETIRED, OF_COMPANIES, OF_PEOPLE = PAGE, 2 * PAGE, 4 * PAGE, 3 * PAGE
OF_TOLD = PAGE + PAGE + 5 * PAGE  # the places, their SKUs, and every other place of these with when it was told
BEGIN, END = {"a_z": "", "oldest": 0}, {"z_a": LAST_TEXT, "newest": KEY_MAX}
MIDDLES = {"a_z": "K2", "z_a": "K2", "oldest": MIDDLE, "newest": MIDDLE}
BEGINS = {**BEGIN, **END}
OTHERS: Mapping[str, tuple[str, str, tuple[Any, ...], int]] = {
    **{
        f"{state} entries, {sort}, {where}, {given[2]}": (
            "mappings", f"{state}_{sort}", (*given, place, PAGE), OF_MAPS if state == "current" else OF_RETIRED + 1,
        )
        for given in (ENTRIES, FEW)
        for state in ("current", "retired")
        for where, places in (("first page", BEGINS), ("in the middle", MIDDLES))
        for sort, place in places.items()
    },
    **{
        f"companies {state}, {sort}, {where}": (
            "accounts", f"list_{sort}",
            ("main", *ERPS, [state], number, PAGE, *([name] if sort in ("a_z", "z_a") else [])), OF_COMPANIES,
        )
        for state in ("review", "linked")
        for sort, places in {
            "oldest": [(0, ""), (MIDDLE, "")], "newest": [(KEY_MAX, ""), (MIDDLE, "")],
            "a_z": [(0, ""), (0, "company 4")], "z_a": [(KEY_MAX, LAST_TEXT), (0, "company 4")],
        }.items()
        for where, (number, name) in zip(("first page", "in the middle"), places, strict=True)
    },
    **{
        f"people, {sort}, {after}": ("people", f"list_{sort}", ("main", after, PAGE), OF_PEOPLE)
        for sort in ("a_z", "z_a")
        for after in (None, "p4")
    },
    **{
        f"SKUs, {name}, {at}": ("figures", name, ("main", "oro-khaos", "shop", at, "r1", PAGE), OF_TOLD)
        for name in ("told_first", "told_last")
        for at in (None, datetime.now(UTC) - timedelta(minutes=500))
    },
    "SKUs, never told": ("figures", "untold", ("main", "shop", "sku-15", "oro-khaos", "%", PAGE), 8 * PAGE),
    "SKUs, from the last": (
        "figures", "every_sku_down", ("main", "shop", LAST_TEXT, "", LAST_TEXT, PAGE), 3 * PAGE,
    ),
}  # fmt: skip
"""Room, statement, what it is asked for, and how many rows it may look at for that."""


async def test_mappings_companies_people_and_stock_read_little_more_than_they_show(pool: Pool) -> None:
    for statement in FILL.split(";\n\n"):
        await pool.execute(statement)
    await pool.execute("analyze")
    read = {
        one: (await _rows_read(pool, statements(room)[name], given), most)
        for one, (room, name, given, most) in OTHERS.items()
    }
    assert {one: (rows, most) for one, (rows, most) in read.items() if rows > most} == {}


async def test_lists_and_counts_read_little_more_than_they_show(pool: Pool) -> None:
    await fill(pool, orders=ORDERS, cases=CASES)
    sql = statements("desk")
    assert LISTS.keys() | COUNTS.keys() == sql.keys()  # a list of this room that is not here fails
    read = {}
    for pages in (LISTS, DEEP, ELSEWHERE, COUNTS):
        for name, (given, most) in pages.items():
            rows = await _rows_read(pool, sql[name], given)
            read[f"{name} {given}"] = (rows, most)
    assert {one: (rows, most) for one, (rows, most) in read.items() if rows > most} == {}


async def test_what_a_page_of_stock_is_made_of_reads_the_orders_in_flight_and_no_others(pool: Pool) -> None:
    await fill(pool, orders=ORDERS, cases=100)
    skus = [f"sku-{n}" for n in range(1_000, 1_000 + PAGE)]
    sellers = (["oro-khaos"], ["shop"], [UnitRules().as_text()])
    given = ("main", *sellers, "khaos", datetime.now(UTC), "oro-khaos", "shop", "available", "", skus)
    lines, short_tables = 2 * OPEN, 5 * ORDERS // 20  # maps and SKUs are so few here that they may be read whole
    assert await _rows_read(pool, statements("stock")["terms"], given) < OPEN + lines + short_tables < ORDERS


async def test_what_waits_for_a_page_of_companies_is_counted_in_one_walk_over_what_waits(pool: Pool) -> None:
    await fill(pool, orders=ORDERS, cases=CASES)
    rows = await pool.fetch("select id from company where pairing = 'oro-khaos' order by id limit $1", PAGE)
    ids = [row["id"] for row in rows]
    assert len(ids) == PAGE
    assert await _rows_read(pool, statements("accounts")["waits"], (ids,)) <= OPEN + 6 * PAGE


async def test_a_sequential_read_would_be_noticed(pool: Pool) -> None:
    await fill(pool, orders=ORDERS // 10, cases=100)
    slow = "select id from sales_order where lower(company_name) like '%' || $1 || '%' limit 5"
    assert await _rows_read(pool, slow, ("nobody",)) == ORDERS // 10


async def _rows_read(pool: Pool, statement: str, given: tuple[Any, ...]) -> int:
    """Rows that the scans of tables and their indexes gave or threw away."""
    async with pool.acquire() as connection, connection.transaction():
        found = await connection.fetchval(f"explain (analyze, format json) {statement}", *given)
    return _counted(orjson.loads(found)[0]["Plan"])


def _counted(node: Mapping[str, Any]) -> int:
    own = 0
    if "Relation Name" in node:
        each = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        own = round(each * node["Actual Loops"])
    return own + sum(_counted(one) for one in node.get("Plans", ()))
