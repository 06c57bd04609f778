"""Lists are read to their proven end, or not at all."""

from typing import Any

import pytest
from aiohttp import web

from crossdock.connectors.akeneo.paging import read_pages
from crossdock.model.faults import ReadIncomplete
from tests.connectors.akeneo.stub import API, page, pim
from tests.connectors.stub import Asked

ROWS = [{"code": code} for code in "abcdef"]


async def read(connector: Any, **more: Any) -> list[Any]:
    pages = read_pages(connector._session.api, "families", {"search": '{"a":[]}'}, size=2, **more)
    return [row async for rows in pages for row in rows]


async def test_every_page_is_followed_on_our_own_host_to_the_empty_one() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families", page(ROWS[:2], after="b"), page(ROWS[2:4], after="d/é +"), page([]))
        assert await read(connector) == ROWS[:4]
        asked = stub.calls("GET", "families")
        assert [call.query.get("search_after") for call in asked] == [None, "b", "d/é +"]
        assert {(call.query["limit"], call.query["search"]) for call in asked} == {("2", '{"a":[]}')}


async def test_a_page_that_is_not_full_is_the_last() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families", page(ROWS[:2], after="b"), page(ROWS[2:3]))
        assert await read(connector) == ROWS[:3]


async def test_a_page_that_lacks_rows_is_asked_for_again() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families", page(ROWS[:1], after="b"), page(ROWS[:2], after="b"), page([]))
        assert await read(connector) == ROWS[:2]


async def test_a_page_that_lacks_rows_is_no_read_unless_that_is_set() -> None:
    answers = (page(ROWS[:1], after="a"),) * 3
    async with pim() as (connector, stub):
        stub.on("GET", "families", *answers)
        with pytest.raises(ReadIncomplete, match="1 rows names a next one"):
            await read(connector)
    async with pim(short_pages="follow") as (connector, stub):
        stub.on("GET", "families", answers[0], page(ROWS[1:2]))
        assert await read(connector) == ROWS[:2]


async def test_a_server_that_gives_smaller_pages_says_so() -> None:
    async with pim() as (connector, stub):
        first, second = (listing(href(f"families?n={at}"), [ROWS[at]]) for at in range(2))
        for answer in (first, second):
            answer["_links"]["self"]["href"] = "http://x/families?limit=1"
        stub.on("GET", "families", first, second, page([]))
        assert await read(connector) == ROWS[:2]


async def test_a_row_that_comes_twice_is_given_once() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families", page([*ROWS[:2], ROWS[1]], after="b"), page([]))
        assert await read(connector) == ROWS[:2]


async def test_the_other_spelling_of_a_list_is_read_and_no_count_is_believed() -> None:
    async with pim() as (connector, stub):
        body = {"_links": {"self": {}}, "items_count": 900, "current_page": 1, "_embedded": {"_items": ROWS[:1]}}
        stub.on("GET", "families", body)
        assert await read(connector) == ROWS[:1]


def listing(next_link: Any, rows: Any = None, **more: Any) -> dict[str, Any]:
    links = {"self": {"href": "x"}} | ({} if next_link is None else {"next": next_link})
    return {"_links": links, "_embedded": {"items": ROWS[:2] if rows is None else rows}, **more}


def href(rest: str) -> dict[str, str]:
    return {"href": f"http://pim.example{API}{rest}"}


UNPROVEN = {
    "full without a next page": [listing(None)],
    "no links": [{"_embedded": {"items": []}}],
    "no items": [{"_links": {}, "_embedded": {}}],
    "items no list": [{"_links": {}, "_embedded": {"items": {}}}],
    "no object": [["a"]],
    "next without address": [listing({})],
    "next of another list": [listing(href("categories?page=2"))],
    "next of no list": [listing({"href": "http://pim.example/login"})],
    "the same page again": [listing(href("families?n=1")), listing(href("families?n=2"))],
    "a cursor that comes back": [
        listing(href("families?n=1")),
        listing(href("families?n=2"), ROWS[2:4]),
        listing(href("families?n=1"), ROWS[4:]),
    ],
    "another page than was asked": [listing(href("families?n=1"), current_page=1), listing(None, [], current_page=3)],
}


@pytest.mark.parametrize("answers", UNPROVEN.values(), ids=UNPROVEN)
async def test_a_list_whose_end_is_not_proven_is_no_read(answers: list[Any]) -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families", *answers)
        with pytest.raises(ReadIncomplete):
            await read(connector)


async def test_a_list_that_never_ends_is_given_up() -> None:
    async with pim() as (connector, stub):
        count = iter(range(99))

        def endless(asked: Asked) -> web.StreamResponse:
            number = next(count)
            return page([{"code": f"{number}"}, {"code": f"{number}b"}], after=str(number))(asked)

        stub.on("GET", "families", endless)
        with pytest.raises(ReadIncomplete, match="no end"):
            await read(connector, pages_max=5)
        assert len(stub.calls("GET", "families")) == 6
