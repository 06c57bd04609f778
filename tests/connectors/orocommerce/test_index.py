"""Who ordered, without the orders: what completeness counts by."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from crossdock.connectors.orocommerce.connector import OroCommerce
from crossdock.model.faults import ConfigFault, ReadIncomplete
from crossdock.ports.completeness import IndexPage, OrderEntry
from tests.connectors.orocommerce.orders import order, refs
from tests.connectors.orocommerce.stub import errors, json_api, page, shop
from tests.connectors.orocommerce.test_contract import VERSIONS, market, strike
from tests.connectors.stub import Asked


async def listed(connector: OroCommerce, since: datetime | None = None) -> list[OrderEntry]:
    return [entry async for one in connector.read_order_index(since) for entry in one.entries]


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_order_is_in_the_list_with_its_number_and_its_times(version: str) -> None:
    async with market(simulator={"version": version}, page_size=7) as (connector, shop):
        await shop.act("place_orders", {"count": 25, "seed": 1})
        held = {one["id"]: one for one in shop.state()["orders"]}
        found = {entry.storefront_id: entry for entry in await listed(connector)}
        assert {key: entry.number for key, entry in found.items()} == {
            key: one["identifier"] for key, one in held.items()
        }
        for key, entry in found.items():
            assert entry.placed_at == datetime.fromisoformat(held[key]["created_at"])
            assert entry.changed_at == datetime.fromisoformat(held[key]["updated_at"])


async def test_a_page_proves_everything_before_its_last_change() -> None:
    async with market(page_size=3) as (connector, shop):
        for days in range(9, 0, -1):
            placed = await shop.act("place_order", {})
            await shop.act("age_order", {"order": placed["identifier"], "days": days})
        pages: list[IndexPage] = [one async for one in connector.read_order_index(None)]
        given: set[str] = set()
        everything = await listed(connector)
        for one in pages:
            given |= {entry.storefront_id for entry in one.entries}
            assert one.proven_until is not None
            assert {e.storefront_id for e in everything if e.changed_at and e.changed_at < one.proven_until} <= given


async def test_a_list_that_is_cut_short_is_no_read() -> None:
    async with market(page_size=3) as (connector, shop):
        await shop.act("place_orders", {"count": 8, "seed": 1})
        strike(shop, {"kind": "truncated_body", "match": "^GET /admin/api/orders", "after": 1})
        with pytest.raises(ReadIncomplete):
            await listed(connector)


async def test_what_a_setting_leaves_out_is_there_and_names_the_setting() -> None:
    rows = [order("1", external=True), order("2", subOrders=refs("orders", "3")), order("3")]
    for settings, expected in (
        ({}, ["skip_external", "skip_split_parents", ""]),
        ({"skip_external": False, "skip_split_parents": False}, ["", "", ""]),
    ):
        async with shop(**settings) as (connector, stub):
            stub.on("GET", "orders", page(rows))
            assert [entry.left_out for entry in await listed(connector)] == expected


async def test_only_what_changed_since_is_asked_for_and_nothing_is_included() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders", page([order("1")]))
        await listed(connector, datetime(2026, 3, 1, 10, tzinfo=UTC))
        (asked,) = stub.calls("GET", "orders")
        assert asked.query["filter[updatedAt][gte]"] == "2026-03-01T10:00:00Z"
        assert "include" not in asked.query


async def test_one_that_was_deleted_is_certainly_not_there() -> None:
    async with market() as (connector, shop):
        placed = await shop.act("place_order", {})
        entry = await connector.find_order_entry(placed["id"])
        assert entry is not None
        assert entry.number == placed["identifier"]
        await shop.act("delete_order", {"order": placed["identifier"]})
        assert await connector.find_order_entry(placed["id"]) is None
        assert await connector.find_order_entry("no-number") is None
        assert shop.state()["deleted_orders"] == [{"id": placed["id"], "identifier": placed["identifier"]}]


async def test_orders_are_found_by_their_numbers_many_at_once() -> None:
    async with market(page_size=4) as (connector, shop):
        placed = [await shop.act("place_order", {"identifier": f"Web-{at:03}"}) for at in range(60)]
        asked = [one["identifier"].upper() for one in placed] + ["WEB-999", "WEB,1", "WEB..2", ""]
        found = await connector.find_order_numbers(asked)
        assert {number: entry and entry.storefront_id for number, entry in found.items()} == {
            **{one["identifier"].upper(): one["id"] for one in placed},
            "WEB-999": None,
        }
        assert shop.calls["GET /admin/api/orders"] > 60 / 4


async def test_an_answer_that_is_another_order_is_no_answer() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders/7", lambda asked: json_api({"data": order("8")}))
        with pytest.raises(ReadIncomplete, match="not order 7"):
            await connector.find_order_entry("7")


async def test_a_refusal_to_look_names_the_setting() -> None:
    def refused(asked: Asked) -> web.StreamResponse:
        return errors(400, "filter constraint", "The filter is not supported.", parameter="filter[x]")

    async with shop() as (connector, stub):
        stub.on("GET", "orders/7", refused)
        with pytest.raises(ConfigFault):
            await connector.find_order_entry("7")


async def test_an_order_that_was_aged_is_listed_by_its_new_time() -> None:
    async with market() as (connector, shop):
        placed = await shop.act("place_order", {})
        await shop.act("age_order", {"order": placed["identifier"], "days": 3})
        now = datetime.now(UTC)
        assert await listed(connector, now - timedelta(days=2)) == []
        assert [entry.number for entry in await listed(connector, now - timedelta(days=4))] == [placed["identifier"]]
