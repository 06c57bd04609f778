"""Every list in each of its orders: the pages put together are the whole of it, each row once."""

import html
import re

import pytest

from tests.console.conftest import Browser, Desk
from tests.sorted_lists import LISTS, fill
from tests.world import PLENTY

NEXT = re.compile(r'<a class="button" href="([^"]+)">Next page</a>')


async def rows(someone: Browser, path: str, cell: str) -> list[str]:
    """All rows, by following the link to the next page."""
    seen: list[str] = []
    while path:
        status, text = await someone.get(path.partition("#")[0])
        assert status == 200, text
        seen += [html.unescape(one) for one in re.findall(cell, text)]
        path = html.unescape(found[1]) if (found := NEXT.search(text)) else ""
    return seen


def sorted_by(path: str, sort: str) -> str:
    return path + (f"{'&' if '?' in path else '?'}sort={sort}" if sort else "")


async def test_the_pages_of_each_order_are_the_whole_list_each_row_once(desk: Desk) -> None:
    await desk.world.run("companies")
    run, ada, pool = await fill(desk.world.here.pool), await desk.sign_in("ada"), desk.world.here.pool
    for name, one in LISTS.items():
        for sort in ("", *one.orders):
            wanted = await one.wanted(pool, sort)
            assert len(wanted) == len(set(wanted)) > 25, name
            found = await rows(ada, sorted_by(one.page.format(run=run), sort), one.cell)
            assert (name, sort, found) == (name, sort, wanted)


async def test_the_heads_of_columns_say_how_the_list_stands_and_lead_to_the_other_way(desk: Desk) -> None:
    await desk.world.run("companies")
    run, ada = await fill(desk.world.here.pool), await desk.sign_in("ada")
    for name, one in LISTS.items():
        for sort in one.orders:
            _, text = await ada.get(sorted_by(one.page.format(run=run), sort))
            if name.startswith("companies") and sort in (
                "newest",
                "oldest",
            ):  # no column tells it, the choice above does
                assert f'<option value="{sort}" selected>' in text
                continue
            heads = re.findall(r'<th scope="col"[^>]* aria-sort="(\w+)"><a href="([^"]+)">', text)
            assert (name, sort, len(heads)) == (name, sort, 1)
            upwards = sort in ("a-z", "oldest", "found", "smallest")
            assert (name, sort, heads[0][0]) == (name, sort, "ascending" if upwards else "descending")
            _, other = await ada.get(html.unescape(heads[0][1]).partition("#")[0])
            assert (name, sort, f'aria-sort="{heads[0][0]}"' in other, "aria-sort=" in other) == (
                name,
                sort,
                False,
                True,
            )


@pytest.mark.parametrize(
    "path",
    [
        "/orders",
        "/cases",
        "/accounts",
        "/mappings",
        "/audit",
        "/reconciliation",
        "/reconciliation/1",
        "/settings/people",
    ],
)
async def test_an_order_that_no_list_has_is_told_so(desk: Desk, path: str) -> None:
    status, text = await (await desk.sign_in("ada")).get(f"{path}?sort=magic")
    assert (status, 'role="alert"' in text) == (422, True)


async def test_orders_stand_both_ways_and_a_filter_keeps_the_way(desk: Desk) -> None:
    for _ in range(3):
        await desk.world.sell((PLENTY, 1))
    await desk.world.deliver()
    vera = await desk.sign_in("vera")
    newest = await rows(vera, "/orders", r'href="/orders/(\d+)">')
    assert (await rows(vera, "/orders?sort=oldest", r'href="/orders/(\d+)">'), len(newest)) == (newest[::-1], 3)
    for path in ("/orders?sort=oldest", "/audit?sort=oldest", "/mappings?sort=z-a", "/reconciliation?sort=oldest"):
        _, text = await (await desk.sign_in("ada")).get(path)
        assert (path, f'<input type="hidden" name="sort" value="{path.partition("=")[2]}">' in text) == (path, True)
