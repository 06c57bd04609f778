"""Who ordered, without the orders: what completeness counts by."""

from datetime import UTC, datetime

import pytest

from crossdock.connectors.scayle.connector import Scayle
from crossdock.model.faults import ReadIncomplete
from crossdock.ports.completeness import OrderEntry
from tests.connectors.scayle.market import ESTATE, ORDERS, market, strike, there
from tests.connectors.scayle.orders import order
from tests.connectors.scayle.stub import ORDERS as LIST
from tests.connectors.scayle.stub import page, said, shop

LINES = [{"sku": ESTATE.items[0].sku, "quantity": 1}]


async def listed(connector: Scayle, since: datetime | None = None) -> list[OrderEntry]:
    return [entry async for one in connector.read_order_index(since) for entry in one.entries]


async def test_every_order_of_the_shop_country_is_in_the_list_with_its_number() -> None:
    async with market(page_size=4, country_code="DE") as (connector, shop):
        await shop.act("place_orders", {"count": 20, "seed": 1, "countries": ["DE", "GB"]})
        found = {entry.storefront_id: entry.number for entry in await listed(connector)}
        assert found == {key: one["public_key"] for key, one in there(shop).items()}


async def test_what_is_not_confirmed_yet_is_there_and_names_the_setting() -> None:
    async with market(country_code="DE") as (connector, shop):
        for until in ("created", "pended", "confirmed"):
            await shop.act("place_order", {"country": "DE", "lines": LINES, "until": until})
        assert [one.left_out for one in await listed(connector)] == ["take_unconfirmed", "take_unconfirmed", ""]
    async with market(country_code="DE", take_unconfirmed=True) as (connector, shop):
        await shop.act("place_order", {"country": "DE", "lines": LINES, "until": "created"})
        assert [one.left_out for one in await listed(connector)] == [""]


async def test_nothing_is_proven_before_the_end_of_a_list_without_an_order() -> None:
    async with market(page_size=2, country_code="DE") as (connector, shop):
        for _ in range(5):
            await shop.act("place_order", {"country": "DE", "lines": LINES})
        assert {one.proven_until async for one in connector.read_order_index(None)} == {None}


async def test_a_list_that_is_cut_short_is_no_read() -> None:
    async with market(page_size=2, country_code="DE") as (connector, shop):
        for _ in range(5):
            await shop.act("place_order", {"country": "DE", "lines": LINES})
        strike(shop, {"kind": "truncated_body", "match": ORDERS, "after": 1})
        with pytest.raises(ReadIncomplete):
            await listed(connector)


async def test_an_order_is_found_by_its_id_in_whatever_country_and_not_once_it_is_deleted() -> None:
    async with market(country_code="DE") as (connector, shop):
        ours = await shop.act("place_order", {"country": "DE", "lines": LINES})
        other = await shop.act("place_order", {"country": "GB", "lines": LINES})
        found = await connector.find_order_entry(str(ours["id"]))
        assert found is not None
        assert (found.number, found.left_out) == (ours["public_key"], "")
        abroad = await connector.find_order_entry(str(other["id"]))
        assert abroad is not None
        assert abroad.left_out == "country_code"
        await shop.act("delete_order", {"order": ours["id"]})
        assert await connector.find_order_entry(str(ours["id"])) is None
        assert shop.state()["deleted_orders"] == [{"id": ours["id"], "public_key": ours["public_key"]}]


async def test_what_cannot_be_an_id_is_not_asked_for() -> None:
    async with shop() as (connector, stub):
        assert await connector.find_order_entry("key=7") is None
        assert stub.asked == []


async def test_an_order_that_cannot_be_read_is_in_the_list_all_the_same() -> None:
    row = {**order(7), "currencyCode": None, "updatedAt": "2026-07-01T09:30:11+00:00"}
    async with shop() as (connector, stub):
        stub.on("GET", LIST, page(row))
        (entry,) = await listed(connector)
        assert entry == OrderEntry(
            storefront_id="7", number="7", changed_at=datetime(2026, 7, 1, 9, 30, 11, tzinfo=UTC)
        )


async def test_an_answer_that_is_another_order_is_no_answer() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", f"{LIST}/7", lambda asked: said(order(8)))
        with pytest.raises(ReadIncomplete, match="another order"):
            await connector.find_order_entry("7")
