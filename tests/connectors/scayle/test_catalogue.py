"""Products out, and the look that says whether all of it works."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from tests.connectors.scayle.orders import item, order
from tests.connectors.scayle.stub import ORDERS, cursored, error, page, shop
from tests.connectors.scayle.test_stock import WAREHOUSES, product, variant
from tests.connectors.stub import Asked

CARRIER = {"id": 1, "key": "DHL_STD_NATIONAL", "name": "DHL"}
EVENTS = {"entities": [{"event": "order-confirmed", "version": 2}]}


async def test_a_product_for_every_variant() -> None:
    attributes = [
        {"name": "season", "type": "simpleList", "value": ["autumn", "winter"]},
        {"name": "color", "type": "localizedString", "value": {"de_DE": "rot", "en_GB": "red"}},
        {"name": "material", "type": "localizedStringList", "value": [{"de_DE": "Wolle"}, {"de_DE": "Seide"}]},
    ]
    shirt = product(
        9, variant(7, "TEE-RED-M") | {"ean": "0000007619991"}, variant(8, "TEE-RED-L"),
        name={"de_DE": "Rotes Hemd", "en_GB": "Red shirt"}, attributes=attributes,
        master={"categories": {"paths": [["Men", "Shirts"]]}, "attributes": [attributes[0] | {"value": ["spring"]}]},
        updatedAt="2026-07-01T09:30:00+00:00",
    )  # fmt: skip
    old = product(10, variant(1, "OLD"), updatedAt="2026-06-01T09:30:00+00:00")
    async with shop(locale="en_GB", page_size=1) as (connector, stub):
        stub.on("GET", "/products", cursored([shirt], [old, product(11, state="odd")]))
        since = datetime(2026, 7, 1, tzinfo=UTC)
        found = [one async for rows in connector.read_products(since) for one in rows]
        assert [(one.ref, one.label) for one in found] == [("7", "TEE-RED-M"), ("8", "TEE-RED-L"), ("11", "11")]
        assert found[2].fault is not None
        assert found[2].fault.place == "state"
        first = found[0].value
        assert first is not None
        assert (first.sku, first.parent, first.name, first.categories) == (
            "TEE-RED-M",
            "P9",
            "Red shirt",
            ("Men / Shirts",),
        )
        values = {(one.attribute, one.locale): one.data for one in first.values}
        assert values == {
            ("season", ""): ["autumn", "winter"], ("color", "de_DE"): "rot", ("color", "en_GB"): "red",
            ("material", "de_DE"): ["Wolle", "Seide"], ("ean", ""): "0000007619991",
        }  # fmt: skip
        assert [one.sku for one in await connector.find_products(["TEE-RED-L", "NONE"])] == ["TEE-RED-L"]


async def test_a_probe_reads_a_page_of_each() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, page(order(), order(2, status="order_open", confirmedAt=None), following="more"))
        stub.on("GET", "/products", page(product(1, variant(1, "A"))))
        stub.on("GET", "/warehouses", page(*WAREHOUSES))
        stub.on("GET", "/carriers", page(CARRIER))
        stub.on("GET", "/webhooks/events", EVENTS)
        lines = await connector.probe()
        assert {line.what: (line.read, line.problem, line.denied) for line in lines} == {
            "orders": (2, "", ""), "products and stock": (1, "", ""), "warehouses": (2, "", ""),
            "carriers": (1, "", ""), "webhook events": (1, "", ""), "stock target": (1, "", ""),
        }  # fmt: skip


async def test_a_probe_says_what_is_wrong_and_what_is_denied() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, page(order(), order(2, items=[item(price={})]), 7))
        stub.on("GET", "/products", error(403, "FORBIDDEN", "productRead is missing"))
        stub.on("GET", "/warehouses", {"entities": WAREHOUSES})
        stub.on("GET", "/carriers", page({"id": 1}))
        stub.on("GET", "/webhooks/events", error(403, "FORBIDDEN"))
        lines = {line.what: line for line in await connector.probe()}
        assert (lines["orders"].read, lines["orders"].unreadable) == (3, 2)
        assert lines["orders"].problem.startswith("entities[1].items[0].price.withTax: is missing")
        assert "productRead is missing" in lines["products and stock"].denied
        assert "cursor is missing" in lines["warehouses"].problem
        assert "entities[0].key" in lines["carriers"].problem
        assert lines["webhook events"].denied
        assert "cursor is missing" in lines["stock target"].problem
        assert "t0ken" not in str(lines)


@pytest.mark.parametrize(
    "answer",
    [
        error(401, "UNAUTHORIZED"),
        web.Response(status=200, text="<html>welcome</html>"),
        web.Response(status=200, body=b'"hello"'),
        web.Response(status=302, headers={"Location": "https://login.example"}),
        web.Response(status=418),
        web.Response(status=200, body=b'{"entities": [[], {}, "x", 5, null, {"id": []}], "cursor": {"next": null}}'),
    ],
)
async def test_a_probe_of_something_else_yields_lines_and_no_traceback(answer: web.Response) -> None:
    def always(asked: Asked) -> web.StreamResponse:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    async with shop() as (connector, stub):
        for path in (ORDERS, "/products", "/warehouses", "/carriers", "/webhooks/events"):
            stub.on("GET", path, always)
        lines = await connector.probe()
        assert lines
        assert all(line.problem for line in lines)
        assert (len(lines) == 1) is (answer.status == 401)
