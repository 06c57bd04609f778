"""Lists read to their proven end, over a table that changes under the reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.orocommerce import paging
from crossdock.connectors.orocommerce.client import Answer
from crossdock.connectors.orocommerce.jsonapi import WireError, parse
from crossdock.connectors.orocommerce.paging import BY_CHANGE, Listing, read_all, sweep
from crossdock.model.faults import ConfigFault, ReadIncomplete

Rows = list[tuple[str, int]]  # id, second of its last change
Spoil = Callable[[dict[str, Any], dict[str, str]], None]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr(paging.asyncio, "sleep", at_once)


def stamp(second: int) -> str:
    return datetime.fromtimestamp(1_772_438_400 + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Table:
    """Answers as Api.read does. after: what happens to the table after the nth call. spoil: what happens to answers."""

    rows: dict[str, int]
    after: dict[int, Callable[[dict[str, int]], None]] = field(default_factory=dict)
    spoil: dict[int, Spoil] = field(default_factory=dict)
    queries: list[Mapping[str, str]] = field(default_factory=list)
    cap: int = 1000
    unknown_include: str = ""

    async def read(self, path: str, query: Mapping[str, str], **_: Any) -> Answer:
        self.queries.append(query)
        if int(query["page[size]"]) > self.cap:
            text = f"The value should be less than or equals to {self.cap}."
            return Answer(400, None, {}, b"", (WireError(status=400, title="filter constraint", detail=text),))
        if self.unknown_include and self.unknown_include in query.get("include", ""):
            return Answer(400, None, {}, b"", (WireError(status=400, title="filter constraint", place="include"),))
        size, number = int(query["page[size]"]), int(query["page[number]"])
        since = query.get("filter[updatedAt][gte]", "")
        by_time = query.get("sort") == "updatedAt,id"
        listed = sorted(
            ((identity, second) for identity, second in self.rows.items() if stamp(second) >= since),
            key=lambda row: (row[1], int(row[0])) if by_time else (0, int(row[0])),
        )
        chosen = listed[(number - 1) * size : number * size]
        body: dict[str, Any] = {
            "data": [
                {"type": "orders", "id": identity, "attributes": {"updatedAt": stamp(second)}}
                for identity, second in chosen
            ]
        }
        if len(listed) > number * size:
            body["links"] = {"next": "there is more"}
        headers = {"X-Include-Total-Count": str(len(listed))}
        if spoil := self.spoil.get(len(self.queries)):
            spoil(body, headers)
        if after := self.after.get(len(self.queries)):
            after(self.rows)
        raw = orjson.dumps(body)
        return Answer(200, parse(raw), headers, raw)


async def swept(table: Table, *, size: int = 2, since: datetime | None = None) -> list[str]:
    listing = Listing(table, "orders", {"sort": BY_CHANGE}, size=size)  # type: ignore[arg-type]
    return [row["id"] async for rows, _ in sweep(listing, since) for row in rows]


async def listed(table: Table, *, size: int = 2, **listing: Any) -> list[str]:
    return [row["id"] async for rows, _ in read_all(Listing(table, "orders", {}, size=size, **listing)) for row in rows]  # type: ignore[arg-type]


def spread(count: int) -> dict[str, int]:
    return {str(identity): identity for identity in range(1, count + 1)}


async def test_a_sweep_reads_every_row_once_oldest_change_first() -> None:
    assert await swept(Table(spread(7)), size=2) == list("1234567")
    assert await swept(Table({})) == []


async def test_a_sweep_begins_where_it_is_told() -> None:
    since = datetime.fromtimestamp(1_772_438_400 + 5, UTC).replace(microsecond=999)
    assert await swept(Table(spread(7)), since=since) == ["5", "6", "7"]


async def test_many_rows_of_one_second() -> None:
    table = Table({str(identity): 3 for identity in range(1, 12)} | {"12": 9})
    assert sorted(await swept(table, size=3), key=int) == [str(n) for n in range(1, 13)]


async def test_rows_that_move_to_the_end_take_nobody_with_them() -> None:
    table = Table(spread(8), after={1: lambda rows: rows.update({"1": 90}), 2: lambda rows: rows.update({"3": 91})})
    found = await swept(table, size=2)
    assert set(found) == set("12345678")
    assert found[-2:] == ["1", "3"]  # they changed, so they come again


async def test_a_row_that_slides_past_inside_one_second_is_fetched_after_all() -> None:
    crowd = {str(identity): 5 for identity in range(1, 8)}
    table = Table(crowd, after={2: lambda rows: rows.update({"1": 90})})
    assert set(await swept(table, size=2)) == set("1234567")


async def test_a_row_deleted_inside_one_second() -> None:
    table = Table({str(identity): 5 for identity in range(1, 8)}, after={2: lambda rows: rows.pop("1")})
    assert set("234567") <= set(await swept(table, size=2))


@given(
    rows=st.dictionaries(st.integers(1, 40).map(str), st.integers(0, 6), max_size=25),
    moves=st.dictionaries(st.integers(1, 12), st.lists(st.integers(1, 40).map(str), max_size=3), max_size=2),
    size=st.integers(2, 6),
)
async def test_whatever_moves_meanwhile_nothing_is_lost(
    rows: dict[str, int], moves: dict[int, list[str]], size: int
) -> None:
    def move(identities: list[str], second: int) -> Callable[[dict[str, int]], None]:
        return lambda table: table.update(dict.fromkeys(identities, second))

    table = Table(dict(rows), after={call: move(ids, 100 + call) for call, ids in moves.items()})
    found = await swept(table, size=size)
    assert set(rows) <= set(found)


def drop_last(body: dict[str, Any], _: dict[str, str]) -> None:
    body["data"].pop()


def double_first(body: dict[str, Any], _: dict[str, str]) -> None:
    body["data"].append(body["data"][0])


def hide_next(body: dict[str, Any], _: dict[str, str]) -> None:
    body.pop("links", None)


def offer_next(body: dict[str, Any], _: dict[str, str]) -> None:
    body["links"] = {"next": "nothing there"}


def hide_total(_: dict[str, Any], headers: dict[str, str]) -> None:
    headers.clear()


@pytest.mark.parametrize("spoil", [drop_last, offer_next, hide_total])
@pytest.mark.parametrize("read", [swept, listed])
async def test_a_page_that_is_short_once_is_asked_for_again(spoil: Spoil, read: Callable[[Table], Any]) -> None:
    calls = {3: spoil} if spoil is not offer_next else {4: spoil}
    assert sorted(set(await read(Table(spread(5), spoil=calls)))) == list("12345")


@pytest.mark.parametrize("spoil", [drop_last, offer_next, hide_total])
@pytest.mark.parametrize("read", [swept, listed])
async def test_a_list_that_stays_short_is_no_read(spoil: Spoil, read: Callable[[Table], Any]) -> None:
    with pytest.raises(ReadIncomplete):
        await read(Table(spread(5), spoil=dict.fromkeys(range(2, 40), spoil)))


@pytest.mark.parametrize("spoil", [double_first, hide_next])
@pytest.mark.parametrize("read", [swept, listed])
async def test_doubled_rows_and_lost_links_do_no_harm(spoil: Spoil, read: Callable[[Table], Any]) -> None:
    assert await read(Table(spread(5), spoil=dict.fromkeys(range(1, 40), spoil))) == list("12345")


async def test_a_list_whose_rows_are_deleted_meanwhile_is_read_again() -> None:
    assert sorted(await listed(Table(spread(6), after={1: lambda rows: rows.pop("1")}))) == list("123456")


async def test_a_list_that_never_stands_still_is_no_read() -> None:
    def shrink(rows: dict[str, int]) -> None:
        rows.pop(min(rows, key=int))

    with pytest.raises(ReadIncomplete, match="rows moved"):
        await listed(Table(spread(60), after=dict.fromkeys(range(1, 60), shrink)), size=10)


async def test_a_site_may_cap_its_pages() -> None:
    table = Table(spread(7), cap=3)
    assert await listed(table, size=100) == list("1234567")
    assert table.queries[-1]["page[size]"] == "3"


async def test_a_site_may_know_fewer_includes() -> None:
    table = Table(spread(3), unknown_include="orderSubtotals")
    assert await listed(table, includes=(("lineItems", "orderSubtotals"), ("lineItems",))) == list("123")
    assert [query["include"] for query in table.queries][1:] == ["lineItems"] * 2


async def test_what_no_smaller_request_mends_is_the_operators() -> None:
    with pytest.raises(ConfigFault):
        await listed(Table(spread(3), unknown_include="lineItems"), includes=(("lineItems",),))


async def test_a_list_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGES_MAX", 50)
    table = Table(spread(2))
    table.after = {call: (lambda rows, call=call: rows.update({str(100 + call): 100 + call})) for call in range(1, 99)}
    with pytest.raises(ReadIncomplete, match="no end"):
        await swept(table, size=1)
