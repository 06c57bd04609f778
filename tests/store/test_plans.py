"""Lists read little more than they show, however much there is: counted in rows, over the scans of each plan."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from benchmarks.console_rows import fill

from crossdock.cases.kind import Desk
from crossdock.model.lifecycle import OrderState
from crossdock.store.case_lists import EPOCH, KEY_MAX
from crossdock.store.database import Pool
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
    "cases_closed": ((*EVERYTHING, KEY_MAX, PAGE), OF_CASES),
    "orders_newest": (("main", KEY_MAX, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_oldest": (("main", 0, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_found": (("main", KEY_MAX, PAIRINGS, "SKU-BEST", PAGE, []), 7 * PAGE),
    "companies": (("main", "a", 100), 400),
    "trail": (("main", None, PAGE), PAGE),
    "trail_of_people": (("main", None, None, PAGE), PAGE),
}
"""Statement → what it is asked for a first page, and how many rows it may look at for that."""
DEEP: Mapping[str, tuple[tuple[Any, ...], int]] = {
    "cases_due": ((*EVERYTHING, False, datetime.now(UTC), 0, PAGE), OF_CASES),
    "cases_newest": ((*EVERYTHING, False, CASES // 2, PAGE), OF_CASES),
    "cases_oldest": ((*EVERYTHING, False, CASES // 2, PAGE), OF_CASES),
    "cases_closed": ((*EVERYTHING, CASES // 2, PAGE), OF_CASES),
    "orders_newest": (("main", MIDDLE, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_oldest": (("main", MIDDLE, PAIRINGS, STATES, PAGE), OF_ORDERS),
    "orders_found": (("main", MIDDLE, PAIRINGS, "SKU-BEST", PAGE, []), 7 * PAGE),
    "companies": (("main", "nothing like it", 100), 4),
    "trail": (("main", MIDDLE, PAGE), PAGE),
    "trail_of_people": (("main", "mary", MIDDLE, PAGE), PAGE),
}
"""The same of a page in the middle."""
COUNTS: Mapping[str, tuple[tuple[Any, ...], int]] = {
    "queues": (("main", [""], [""]), CASES // 4),
    "flowing": (("main", PAIRINGS), OPEN),
    "day": (("main", PAIRINGS), ORDERS // 365 + 10),
}
"""What is counted: every open case, every order that is not settled, every order of a day, and nothing else."""


async def test_lists_and_counts_read_little_more_than_they_show(pool: Pool) -> None:
    await fill(pool, orders=ORDERS, cases=CASES)
    sql = statements("desk")
    assert LISTS.keys() | COUNTS.keys() == sql.keys()  # a list of this room that is not here fails
    read = {}
    for pages in (LISTS, DEEP, COUNTS):
        for name, (given, most) in pages.items():
            rows = await _rows_read(pool, sql[name], given)
            read[f"{name} {given}"] = (rows, most)
    assert {one: (rows, most) for one, (rows, most) in read.items() if rows > most} == {}


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
