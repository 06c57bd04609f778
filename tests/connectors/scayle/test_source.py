"""Orders out: the walk to its proven end, and one by its id."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from crossdock.connectors.scayle import paging
from crossdock.connectors.scayle.source import belongs
from crossdock.connectors.scayle.wire_orders import OrderShopCountry
from crossdock.model.faults import ReadIncomplete
from tests.connectors.scayle.orders import item, order
from tests.connectors.scayle.stub import ORDERS, cursored, error, page, shop


async def read_all(connector: Any, since: datetime | None = None) -> list[Any]:
    return [one async for rows in connector.read_orders(since) for one in rows]


async def test_every_page_is_read_to_the_end() -> None:
    async with shop(page_size=2) as (connector, stub):
        stub.on("GET", ORDERS, cursored([order(1), order(2)], [order(3), order(4)], []))
        assert [one.ref for one in await read_all(connector)] == ["1", "2", "3", "4"]
        assert [call.query.get("cursor") for call in stub.asked] == [None, "c1", "c2"]


@pytest.mark.parametrize(
    "answer",
    [
        {"entities": [order()]},
        {"entities": [order()], "cursor": None},
        {"entities": [order()], "cursor": {}},
        {"entities": [order()], "cursor": []},
        {"entities": [order()], "cursor": {"next": 2}},
        {"entities": [order()], "cursor": {"next": ""}},
        {"entities": None, "cursor": {"next": None}},
        {"entities": {}, "cursor": {"next": None}},
        {"cursor": {"next": None}},
        [order()],
        None,
    ],
)
async def test_an_end_that_is_not_proven_is_no_read(answer: Any) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, lambda asked: web.json_response(answer))
        with pytest.raises(ReadIncomplete):
            await read_all(connector)


async def test_a_short_page_before_the_last_is_asked_for_again_and_then_no_read() -> None:
    async with shop(page_size=2) as (connector, stub):
        whole, short = page(order(1), order(2), following="x"), page(order(1), following="x")
        stub.on("GET", ORDERS, short, whole, page(order(3)))
        assert [one.ref for one in await read_all(connector)] == ["1", "2", "3"]
        stub.on("GET", ORDERS, short)
        with pytest.raises(ReadIncomplete, match="holds 1 rows where 2 were asked for"):
            await read_all(connector)
    async with shop(page_size=2, short_pages="accept") as (connector, stub):
        stub.on("GET", ORDERS, short, page(order(3)))
        assert [one.ref for one in await read_all(connector)] == ["1", "3"]


async def test_a_cursor_that_comes_back_is_no_read() -> None:
    async with shop(page_size=1) as (connector, stub):
        stub.on("GET", ORDERS, page(order(1), following="a"), page(order(2), following="b"),
                page(order(3), following="a"))  # fmt: skip
        with pytest.raises(ReadIncomplete, match="came back"):
            await read_all(connector)


async def test_a_list_without_end_is_no_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGES_MAX", 5)
    async with shop(page_size=1) as (connector, stub):
        stub.on("GET", ORDERS, *(page(order(n), following=f"c{n}") for n in range(9)))
        with pytest.raises(ReadIncomplete, match="no end"):
            await read_all(connector)


async def test_a_page_that_fails_ends_the_read_after_what_came() -> None:
    async with shop(page_size=1) as (connector, stub):
        stub.on("GET", ORDERS, page(order(1), following="x"), error(400, "CURSOR_EXPIRED"))
        found = []
        with pytest.raises(Exception, match="CURSOR_EXPIRED"):
            async for rows in connector.read_orders(None):
                found += rows
        assert [one.ref for one in found] == ["1"]


async def test_what_changed_since_with_an_overlap_and_each_once() -> None:
    old, fresh = "2026-07-01T08:00:00+00:00", "2026-07-01T09:30:00+00:00"
    edge = "2026-07-01T08:56:00+00:00"  # four minutes before; the overlap is five
    rows = [order(1, updatedAt=old), order(2, updatedAt=fresh), order(3, updatedAt=edge), order(4, updatedAt=None)]
    async with shop(page_size=4) as (connector, stub):
        stub.on("GET", ORDERS, cursored(rows, [order(2, updatedAt=fresh), order(2, updatedAt="2026-07-01T09:31:00Z")]))
        found = await read_all(connector, datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
        assert [one.ref for one in found] == ["2", "3", "4", "2"]
        assert found[0].updated_at == datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


async def test_a_tenants_own_filter_is_sent() -> None:
    query = {"filters[updatedAt]": "{since}", "sort": "updatedAt"}
    async with shop(order_list_query=query, overlap_seconds=0, with_nested="") as (connector, stub):
        stub.on("GET", ORDERS, page())
        await read_all(connector, datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
        await read_all(connector)
        assert [dict(call.query) for call in stub.asked] == [
            {"filters[updatedAt]": "2026-07-01T09:00:00+00:00", "sort": "updatedAt", "limit": "100"},
            {"sort": "updatedAt", "limit": "100"},
        ]


async def test_one_unreadable_order_does_not_stop_its_page() -> None:
    broken = order(2, items=[item(price={"withTax": "24.90"})])
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, page(order(1), broken, None, {"id": {}}, order(5)))
        found = await read_all(connector)
        assert [(one.ref, one.fault is None) for one in found] == [
            ("1", True), ("2", False), ("", False), ("", False), ("5", True),
        ]  # fmt: skip
        assert found[1].fault.place == "items[0].price.withTax"
        assert found[1].updated_at == datetime(2026, 7, 1, 9, 30, 11, tzinfo=UTC)
        assert b"24.90" in found[1].raw


async def test_orders_of_other_shops_and_of_nobody_yet_are_left_out() -> None:
    elsewhere = {"id": 7, "shopKey": "nb", "countryCode": "AT"}
    rows = [
        order(1, shopCountry=elsewhere),
        order(2, status="order_open", confirmedAt=None),
        order(3, status="payment_pending", confirmedAt=None),
        order(4, status="payment_pending"),
        order(5, shopCountry=None),
    ]
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, page(*rows))
        assert [one.ref for one in await read_all(connector)] == ["4", "5"]
    async with shop(take_unconfirmed=True) as (connector, stub):
        stub.on("GET", ORDERS, page(*rows))
        assert [one.ref for one in await read_all(connector)] == ["2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("there", "country", "mine"),
    [
        ({"shopKey": "ms", "countryCode": "de"}, "DE", True),
        ({"shopKey": "msde", "countryCode": "DE", "id": 5502}, "de", True),
        ({"shopKey": "ms", "countryCode": "AT"}, "DE", False),
        ({"shopKey": "xy", "countryCode": "DE"}, "DE", False),
        ({"shopKey": "ms", "countryCode": "CH", "id": 12}, "12", True),
        ({"shopKey": "ms", "countryCode": "CH", "id": 13}, "12", False),
        ({}, "DE", True),
    ],
)
def test_whose_shop_country_it_is(there: dict[str, Any], country: str, mine: bool) -> None:
    assert belongs(OrderShopCountry.model_validate(there), "ms", country) is mine


async def test_every_country_that_is_ours_is_walked_and_no_order_comes_twice() -> None:
    austrian = {"shopKey": "nb", "countryCode": "AT"}
    async with shop(more_countries=["AT"]) as (connector, stub):
        stub.on("GET", ORDERS, page(order(1), order(2, shopCountry=austrian)))
        stub.on("GET", ORDERS.replace("/DE/", "/AT/"), page(order(2, shopCountry=austrian), order(3)))
        assert [one.ref for one in await read_all(connector)] == ["1", "2", "3"]
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, page(order(1), order(2, shopCountry=austrian)))
        assert [one.ref for one in await read_all(connector)] == ["1"]


async def test_one_order_by_its_id() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", f"{ORDERS}/880001", order())
        found = await connector.find_storefront_order("880001")
        assert found is not None
        assert found.value is not None
        assert (found.ref, found.value.ref, found.label) == ("880001", "100-880001", "100-880001")
        assert found.raw.startswith(b"{")
        assert await connector.find_storefront_order("1") is None
        assert await connector.find_storefront_order("../companies") is None
        assert stub.asked[-1].path == f"{ORDERS}/..%2Fcompanies"


async def test_another_order_than_the_one_asked_for_is_no_answer() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", f"{ORDERS}/880001", order(880002))
        with pytest.raises(ReadIncomplete):
            await connector.find_storefront_order("880001")
        stub.on("GET", f"{ORDERS}/880001", [order()])
        with pytest.raises(ReadIncomplete):
            await connector.find_storefront_order("880001")


@pytest.mark.parametrize("change", [{"status": "order_open", "confirmedAt": None}, {"shopCountry": {"shopKey": "xy"}}])
async def test_by_its_id_too_an_order_that_is_not_ours_is_none(change: dict[str, Any]) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", f"{ORDERS}/880001", order(**change))
        assert await connector.find_storefront_order("880001") is None
