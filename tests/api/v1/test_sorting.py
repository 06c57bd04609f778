"""The lists of the API in each of their orders: the same rows in the same order as at the console."""

import pytest

from tests.api.v1.conftest import Api
from tests.sorted_lists import LISTS, fill
from tests.world import PLENTY

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_pages_of_each_order_are_the_whole_list_each_row_once(api: Api) -> None:
    await api.world.run("companies")
    run, pool = await fill(api.world.here.pool), api.world.here.pool
    for name, one in LISTS.items():
        for sort in ("", *one.orders):
            path = one.api.format(run=run)
            path += f"{'&' if '?' in path else '?'}limit=17" + (f"&sort={sort}" if sort else "")
            items = await api.all("root", path)
            found = [str(item[one.item]) for item in items if "audit" not in name or item["subject"] == "test"]
            assert (name, sort, found) == (name, sort, await one.wanted(pool, sort))


@pytest.mark.parametrize(
    "path", ["/orders", "/cases", "/audit", "/reconciliations", "/reconciliations/1/differences", "/people"]
)
async def test_an_order_that_no_list_has_is_refused(api: Api, path: str) -> None:
    assert (await api.get("root", f"{path}?sort=magic")).status == 422


async def test_orders_stand_both_ways(api: Api) -> None:
    for _ in range(3):
        await api.world.sell((PLENTY, 1))
    await api.world.deliver()
    newest = [one["id"] for one in await api.all("viewer", "/orders?limit=2")]
    assert [one["id"] for one in await api.all("viewer", "/orders?limit=2&sort=oldest")] == newest[::-1]
    assert len(newest) >= 3
