"""The sweep of orders and the look at one, through a stub shop."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from crossdock.connectors.orocommerce.translations import read_sales_orders
from crossdock.model.faults import ConfigFault, ReadIncomplete
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.systems import Document
from tests.connectors.orocommerce.orders import line, order, refs
from tests.connectors.orocommerce.stub import errors, json_api, page, shop
from tests.connectors.stub import Asked


async def swept(connector: object, since: datetime | None = None) -> list[Document[SalesOrder]]:
    return [document async for documents in connector.read_orders(since) for document in documents]  # type: ignore[attr-defined]


async def test_a_page_asks_for_all_it_needs_and_its_documents_can_be_read_again() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders", page([order("1"), order("2", lines=("2",))], [line(), line("2")]))
        first, second = await swept(connector, datetime(2026, 3, 1, 10, 0, 0, 900, tzinfo=UTC))
        (asked,) = stub.calls("GET", "orders")
        assert asked.query["filter[updatedAt][gte]"] == "2026-03-01T10:00:00Z"
        assert asked.query["sort"] == "updatedAt,id"
        assert asked.query["page[size]"] == "100"
        assert asked.headers["X-Include"] == "totalCount"
        assert "orderSubtotals" in asked.query["include"]
        assert read_sales_orders(second.raw) == [second.value]
        assert (first.ref, first.label, first.updated_at) == ("1", "B2B-1", datetime(2026, 3, 2, 8, 11, 4, tzinfo=UTC))


async def test_one_bad_order_does_not_stop_its_page() -> None:
    rows = [order("1"), order("2", lines=()), order("3", currency="???"), order("4", updatedAt="soon"), order("5")]
    async with shop() as (connector, stub):
        stub.on("GET", "orders", page(rows, [line()]))
        found = await swept(connector)
        assert [document.fault.place if document.fault else "" for document in found] == [
            "",
            "data.relationships.lineItems",
            "data.attributes.currency",
            "data.attributes.updatedAt",
            "",
        ]
        assert found[3].updated_at is None


async def test_what_was_born_elsewhere_or_split_is_left_out_unless_asked_for() -> None:
    rows = [
        order("1", external=True),
        order("2", subOrders=refs("orders", "3")),
        order("3", parent=refs("orders", "2")),
    ]
    for settings, expected in (({}, ["3"]), ({"skip_external": False, "skip_split_parents": False}, ["1", "2", "3"])):
        async with shop(**settings) as (connector, stub):
            stub.on("GET", "orders", page(rows, [line()]))
            assert [document.ref for document in await swept(connector)] == expected


async def test_an_older_shop_is_asked_for_less() -> None:
    def picky(asked: Asked) -> web.StreamResponse:
        if "orderSubtotals" in asked.query["include"]:
            return errors(400, "filter constraint", "The filter is not supported.", parameter="include")
        if asked.path.endswith("/1"):
            return json_of(order("1"))
        return page([order("1")], [line()])(asked)

    def json_of(record: dict) -> web.StreamResponse:
        return json_api({"data": record, "included": [line()]})

    async with shop(version="auto") as (connector, stub):
        stub.on("GET", "orders", picky)
        stub.on("GET", "orders/1", picky)
        assert len(await swept(connector)) == 1
        assert await connector.find_storefront_order("1") is not None
        assert len(stub.calls("GET", "orders")) == 2
        assert len(stub.calls("GET", "orders/1")) == 1  # learned
    async with shop(version="5.1") as (connector, stub):
        stub.on("GET", "orders/1", picky)
        assert await connector.find_storefront_order("1") is not None


async def test_a_short_list_yields_its_pages_and_then_says_so() -> None:
    async with shop(page_size=2) as (connector, stub):
        stub.on(
            "GET",
            "orders",
            page([order("1"), order("2", updatedAt="2026-03-02T09:00:00Z")], [line()], total=5, more=True),
            page([order("2", updatedAt="2026-03-02T09:00:00Z")], [line()], total=4),
        )
        found: list[str] = []

        async def take() -> None:
            async for documents in connector.read_orders(None):
                found.extend(document.ref for document in documents)

        with pytest.raises(ReadIncomplete):
            await take()
        assert found == ["1", "2"]


async def test_one_order_by_its_key() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders/812", {"data": order(external=True), "included": [line()]})
        found = await connector.find_storefront_order("812")
        assert found is not None
        assert found.value is not None
        stub.on("GET", "orders/813", lambda *_: errors(404, "not found http exception", "No such entity."))
        assert await connector.find_storefront_order("813") is None
        stub.on("GET", "orders/x", lambda *_: errors(400, "entity identifier constraint"))
        assert await connector.find_storefront_order("x") is None
        stub.on("GET", "orders/814", {"data": order("999"), "included": [line()]})
        with pytest.raises(ReadIncomplete):
            await connector.find_storefront_order("814")
        with pytest.raises(ConfigFault):
            await connector.find_storefront_order("815")


async def test_a_probe_reads_a_page_of_each_and_says_what_is_wrong() -> None:
    async with shop(acknowledge="status", version="auto") as (connector, stub):
        stub.on("GET", "ordershippingstatuses", {"data": []})
        stub.on("GET", "orders", page([order("1"), order("2", lines=())], [line()]))
        stub.on("GET", "orderstatuses", {"data": [{"type": "orderstatuses", "id": "open"}]})
        stub.on("GET", "customers", page([{"type": "customers", "id": "9", "attributes": {"name": None}}]))
        signed_in, orders, stock, companies, statuses = await connector.probe()
        assert "6.1 or later" in signed_in.what
        assert (orders.read, orders.unreadable) == (2, 1)
        assert "inventorylevels" in stock.problem
        assert (companies.read, companies.unreadable) == (1, 1)
        assert "'processing' is not among them: open" in statuses.problem
        stub.token_answers.append(web.json_response({"error": "invalid_client"}, status=401))
        connector._session.clock.forward(7200)  # type: ignore[attr-defined]
        (only,) = await connector.probe()
        assert "client id or secret" in only.problem


@pytest.mark.parametrize(
    ("known", "version"),
    [(["ordershippingstatuses", "orderstatuses"], (6, 1)), (["orderstatuses"], (6, 0)), ([], (5, 1))],
)
async def test_the_version_is_learned_from_what_answers(known: list[str], version: tuple[int, int]) -> None:
    async with shop(version="auto") as (connector, stub):
        for resource in known:
            stub.on("GET", resource, {"data": []})
        assert await connector._session.version() == version
        assert await connector._session.version() == version
