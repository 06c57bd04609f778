"""Lists: whole, or no read at all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crossdock.connectors.bridge import BridgeApi, read_all
from crossdock.connectors.bridge import paging as paging_module
from crossdock.model.faults import ConfigFault, ReadIncomplete
from tests.connectors.bridge.stub import json_answer, page, paged, problem
from tests.connectors.bridge.support import bridge

ROWS = [{"sku": f"S{number}", "n": number} for number in range(7)]


async def read(api: BridgeApi, **options: Any) -> list[Any]:
    pages = read_all(api, "/v1/items", key=lambda row: row.get("sku"), **options)
    return [row async for one in pages for row in one.rows]


@pytest.mark.parametrize("total", [True, False])
async def test_a_list_is_read_to_its_end(total: bool) -> None:
    async with bridge(page_size=3) as (api, stub):
        stub.on("GET", "/v1/items", paged(ROWS, 3, total=total))
        assert await read(api, since=datetime(2026, 3, 1, 12, tzinfo=UTC)) == ROWS
        asked = [dict(call.query) for call in stub.asked]
        assert asked == [
            {"limit": "3", "updated_since": "2026-03-01T12:00:00Z"},
            {"limit": "3", "cursor": "3"},  # the cursor pins the query
            {"limit": "3", "cursor": "6"},
        ]


BROKEN = [
    ([page(ROWS[:3], cursor="a", total=7), page(ROWS[3:6], total=7)], "6 different records read of 7"),
    ([page([*ROWS[:3], ROWS[0]], total=4)], "3 different records read of 4"),
    ([page(ROWS[:3], cursor="a", total=7), page(ROWS[3:6], total=6)], "the total fell from 7 to 6"),
    ([page(ROWS[:3], cursor="a"), page(ROWS[3:], cursor="a")], "a cursor came twice"),
    ([{"data": ROWS}], "no object `page`"),
    ([{"data": ROWS, "page": {}}], "has_more is not true or false"),
    ([{"data": ROWS, "page": {"has_more": "false"}}], "has_more is not true or false"),
    ([{"data": ROWS, "page": {"has_more": True, "next_cursor": None}}], "next_cursor is missing"),
    ([{"data": ROWS, "page": {"has_more": False, "total": "7"}}], "total is no number"),
    ([{"data": {}, "page": {"has_more": False}}], "no list `data`"),
    ([ROWS], "no list `data`"),
    ([json_answer(b'{"data": [')], "the answer"),
]


@pytest.mark.parametrize(("answers", "says"), BROKEN)
async def test_a_list_that_cannot_be_proven_whole_is_no_read(answers: list[Any], says: str) -> None:
    async with bridge() as (api, stub):
        stub.on("GET", "/v1/items", *answers)
        with pytest.raises(ReadIncomplete, match=says):
            await read(api)


async def test_pages_that_bring_nothing_do_not_go_on_for_ever() -> None:
    async with bridge() as (api, stub):
        stub.on("GET", "/v1/items", lambda call: json_answer(page([], cursor=f"c{len(stub.asked)}")))
        with pytest.raises(ReadIncomplete, match="20 pages in a row brought nothing new"):
            await read(api)


async def test_a_list_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging_module, "PAGES_MAX", 5)
    async with bridge() as (api, stub):

        def endless(call: Any) -> Any:
            return json_answer(page([{"sku": str(len(stub.asked))}], cursor=f"c{len(stub.asked)}"))

        stub.on("GET", "/v1/items", endless)
        with pytest.raises(ReadIncomplete, match="no end after 5 pages"):
            await read(api)


async def test_an_expired_cursor_begins_anew_once_and_gives_nothing_twice() -> None:
    expired = problem(410, "cursor-expired")
    changed = {"sku": "S1", "n": 99}
    async with bridge() as (api, stub):
        first = page(ROWS[:3], cursor="a", total=7)
        again = page([ROWS[0], changed, ROWS[2]], cursor="b", total=7)
        stub.on("GET", "/v1/items", first, expired, again, page(ROWS[3:], total=7))
        assert await read(api) == [*ROWS[:3], changed, *ROWS[3:]]
        stub.on("GET", "/v1/items", first, expired, first, expired)
        with pytest.raises(ReadIncomplete, match="expired twice"):
            await read(api)


async def test_a_row_without_a_key_counts_as_itself() -> None:
    rows = [{"sku": "A"}, {"sku": None}, {"sku": None}, "no object"]
    async with bridge() as (api, stub):
        stub.on("GET", "/v1/items", page(rows, total=4))
        assert await read(api) == rows


async def test_a_list_that_is_not_there_is_the_operators() -> None:
    async with bridge() as (api, _):
        with pytest.raises(ConfigFault) as caught:
            await read(api)
        assert caught.value.setting == "base_url"
