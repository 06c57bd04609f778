"""Stock targets out, levels in, each way of writing, and what becomes of every level."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.faults import ConfigFault, Outcome, ReadIncomplete, Transient, Unknown
from crossdock.model.stock import StockLevel, StockTarget
from tests.connectors.orocommerce.orders import ref
from tests.connectors.orocommerce.stub import Stub, errors, json_api, page, shop
from tests.connectors.stub import Asked


def row(identity: str = "301", product: str = "55", precision: str = "77", quantity: str = "10") -> dict[str, Any]:
    return {
        "type": "inventorylevels",
        "id": identity,
        "attributes": {"quantity": quantity},
        "relationships": {
            "product": ref("products", product),
            "productUnitPrecision": ref("productunitprecisions", precision),
        },
    }


def product(
    identity: str = "55", sku: str | None = "DRILL-18V", status: str = "in_stock", **rels: Any
) -> dict[str, Any]:
    related = {"inventory_status": ref("prodinventorystatuses", status), **rels}
    return {"type": "products", "id": identity, "attributes": {"sku": sku}, "relationships": related}


def precision(identity: str = "77", unit: str = "item", rate: Any = 1) -> dict[str, Any]:
    return {
        "type": "productunitprecisions",
        "id": identity,
        "attributes": {"conversionRate": rate},
        "relationships": {"unit": ref("productunits", unit)},
    }


def level(identity: str = "301", quantity: str = "42") -> StockLevel:
    return StockLevel(ref=identity, sku=f"SKU-{identity}", unit="item", quantity=Decimal(quantity))


def keeps(asked: Asked) -> web.StreamResponse:
    return json_api({"data": asked.body["data"]})


def operation(status: str = "success", **summary: int) -> dict[str, Any]:
    attributes = {"status": status, "summary": summary or None}
    return {"data": {"type": "asyncoperations", "id": "31", "attributes": attributes}}


def queue(stub: Stub, *, ends: dict[str, Any], problems: Sequence[dict[str, Any]] = ()) -> None:
    stub.on("PATCH", "inventorylevels", lambda *_: json_api(operation("new"), status=202))
    stub.on("GET", "asyncoperations/31", operation("running"), ends)
    listed = [
        {"type": "asyncoperationerrors", "id": f"31-1-{at}", "attributes": problem}
        for at, problem in enumerate(problems)
    ]
    stub.on("GET", "asyncoperations/31/errors", page(listed))


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    return [type(outcome).__name__ for outcome in outcomes]


async def test_targets_are_read_to_the_end() -> None:
    async with shop(page_size=2, warehouse_id="4") as (connector, stub):
        included = [product(), precision(), precision("78", "box", "12.5")]
        stub.on(
            "GET",
            "inventorylevels",
            page([row(), row("302", precision="78")], included, total=3, more=True),
            page([row("303", quantity="1.5000000000")], included, total=3),
        )
        found = [target async for targets in connector.read_stock_targets() for target in targets]
        assert found == [
            StockTarget(ref="301", sku="DRILL-18V", unit="item", stock_units=Fraction(1), shown=Decimal(10)),
            StockTarget(ref="302", sku="DRILL-18V", unit="box", stock_units=Fraction(25, 2), shown=Decimal(10)),
            StockTarget(ref="303", sku="DRILL-18V", unit="item", stock_units=Fraction(1), shown=Decimal("1.5")),
        ]
        asked = stub.calls("GET", "inventorylevels")[0].query
        assert (asked["include"], asked["filter[warehouse]"]) == ("product,productUnitPrecision", "4")


async def test_a_row_that_can_show_nothing_does_not_stop_the_others() -> None:
    async with shop() as (connector, stub):
        rows = [row("1", product="gone"), row("2", precision="78"), row("3"), row("4", quantity="much"), row("5", "56")]
        stub.on(
            "GET",
            "inventorylevels",
            page(rows, [product(), product("56", None), precision(), precision("78", rate=None)]),
        )
        found = [target.ref async for targets in connector.read_stock_targets() for target in targets]
        assert found == ["3"]
        assert [line.unreadable for line in await connector.probe() if line.what == "stock"] == [4]


async def test_the_primary_unit_is_one_by_its_nature() -> None:
    async with shop() as (connector, stub):
        primary = product(primaryUnitPrecision=ref("productunitprecisions", "77"))
        stub.on("GET", "inventorylevels", page([row()], [primary, precision(rate=None)]))
        assert [t.stock_units async for targets in connector.read_stock_targets() for t in targets] == [Fraction(1)]


async def test_untracked_products_can_be_skipped() -> None:
    choices = [
        {"type": "entityfieldfallbackvalues", "id": "1", "attributes": {"fallback": None, "scalarValue": "0"}},
        {
            "type": "entityfieldfallbackvalues",
            "id": "2",
            "attributes": {"fallback": "systemConfig", "scalarValue": None},
        },
    ]
    products = [
        product("55", manageInventory=ref("entityfieldfallbackvalues", "1")),
        product("56", manageInventory=ref("entityfieldfallbackvalues", "2")),
    ]
    for policy, expected in (("skip", ["2"]), ("write", ["1", "2"])):
        async with shop(untracked=policy) as (connector, stub):
            stub.on("GET", "inventorylevels", page([row("1"), row("2", "56")], [*choices, *products, precision()]))
            assert [t.ref async for targets in connector.read_stock_targets() for t in targets] == expected


async def test_targets_cut_short_are_no_read() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "inventorylevels", page([row()], [product(), precision()], total=2))
        with pytest.raises(ReadIncomplete):
            [targets async for targets in connector.read_stock_targets()]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, 100),
        ({"stock_batch": 500}, 100),
        ({"stock_write": "async", "stock_batch": 500}, 500),
        ({"stock_batch": 7}, 7),
    ],
)
async def test_how_many_at_once(settings: dict[str, Any], expected: int) -> None:
    async with shop(**settings) as (connector, _):
        assert connector.stock_batch_max == expected


async def test_a_sync_list_is_one_call_and_compared() -> None:
    def nudges(asked: Asked) -> web.StreamResponse:
        rows = [
            record | {"attributes": {"quantity": f"{record['attributes']['quantity']}.0000000000"}}
            for record in asked.body["data"]
        ]
        rows[1]["attributes"]["quantity"] = "9"
        return json_api({"data": [rows[1], rows[0]]})  # the third is not in the answer

    async with shop() as (connector, stub):
        stub.on("PATCH", "inventorylevels", nudges)
        outcomes = await connector.write_stock([level("1"), level("2"), level("3")])
        assert kinds(outcomes) == ["Accepted", "Refused", "Unknown"]
        (sent,) = stub.calls("PATCH", "inventorylevels")
        assert sent.headers["X-Mode"] == "sync"
        assert sent.body["data"][0] == {
            "type": "inventorylevels", "id": "1", "attributes": {"quantity": 42}, "meta": {"update": True}
        }  # fmt: skip
        assert await connector.write_stock([]) == []


async def test_a_sync_list_leaves_out_what_is_wrong_and_goes_again() -> None:
    def picky(asked: Asked) -> web.StreamResponse:
        for at, record in enumerate(asked.body["data"]):
            if record["id"] in ("2", "4"):
                return errors(400, "form constraint", "Not valid.", pointer=f"/data/{at}/attributes/quantity")
        return keeps(asked)

    async with shop() as (connector, stub):
        stub.on("PATCH", "inventorylevels", picky)
        outcomes = await connector.write_stock([level(str(at)) for at in range(1, 6)])
        assert kinds(outcomes) == ["Accepted", "Refused", "Accepted", "Refused", "Accepted"]
        assert [len(call.body["data"]) for call in stub.calls("PATCH", "inventorylevels")] == [5, 4, 3]


@pytest.mark.parametrize(
    "answer",
    [
        lambda *_: errors(405, "action not allowed exception", 'The "update_list" action is not allowed.'),
        lambda *_: errors(403, "access denied exception", "No access to this type of entities."),
        lambda *_: errors(400, "request data constraint", "The data limit for the synchronous operation exceeded."),
        lambda *_: errors(400, "form constraint", "Odd.", pointer="/data/999"),
    ],
)
@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_where_lists_are_not_taken_each_level_goes_alone(answer: object, mode: str) -> None:
    async with shop(stock_write=mode) as (connector, stub):
        stub.on("PATCH", "inventorylevels", answer)
        stub.on("PATCH", "inventorylevels/1", keeps)
        stub.on("PATCH", "inventorylevels/2", lambda *_: errors(404, "not found http exception"))
        assert kinds(await connector.write_stock([level("1"), level("2")])) == ["Accepted", "Refused"]


async def test_single_calls() -> None:
    async with shop(stock_write="single") as (connector, stub):
        stub.on("PATCH", "inventorylevels/1", keeps)
        stub.on("PATCH", "inventorylevels/2", lambda *_: web.Response(status=502))
        stub.on("PATCH", "inventorylevels/3", lambda *_: web.Response(status=429, headers={"Retry-After": "1"}))
        outcomes = await connector.write_stock([level("1", "0.125"), level("2"), level("3")])
        assert kinds(outcomes) == ["Accepted", "Unknown", "Unknown"]
        assert stub.calls("PATCH", "inventorylevels/1")[0].body["data"]["attributes"] == {"quantity": "0.125"}
        with pytest.raises(Transient):
            await connector.write_stock([level("3")])


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_a_lost_reply_to_a_list_is_unknown_for_all(mode: str) -> None:
    async with shop(stock_write=mode) as (connector, stub):
        stub.on("PATCH", "inventorylevels", lambda *_: web.Response(status=504))
        assert kinds(await connector.write_stock([level("1"), level("2")])) == ["Unknown", "Unknown"]
        stub.on("PATCH", "inventorylevels", lambda *_: web.Response(status=429))
        with pytest.raises(Transient):
            await connector.write_stock([level("1"), level("2")])


async def test_a_queued_list_is_asked_how_it_went() -> None:
    problem = {
        "status": 400,
        "title": "form constraint",
        "detail": "Bad.",
        "source": {"pointer": "/data/1/attributes/quantity"},
    }
    async with shop(stock_write="async") as (connector, stub):
        queue(stub, ends=operation(readCount=3, writeCount=2, errorCount=1), problems=[problem])
        outcomes = await connector.write_stock([level("1"), level("2"), level("3")])
        assert kinds(outcomes) == ["Accepted", "Refused", "Accepted"]
        assert "X-Mode" not in stub.calls("PATCH", "inventorylevels")[0].headers


@pytest.mark.parametrize(
    ("ends", "problems", "expected"),
    [
        (operation(writeCount=2), [], ["Accepted", "Accepted"]),
        (operation(writeCount=1), [], ["Unknown", "Unknown"]),
        (operation("failed"), [], ["Unknown", "Unknown"]),
        (operation("cancelled"), [], ["Unknown", "Unknown"]),
        (operation("success"), [], ["Accepted", "Accepted"]),
        (
            operation(writeCount=0),
            [{"status": 500, "title": "runtime exception", "detail": "Chunk.", "source": None}],
            ["Unknown", "Unknown"],
        ),
        (
            operation("failed", writeCount=0),
            [{"status": 404, "title": "not found http exception", "source": {"pointer": "/data/0"}}],
            ["Refused", "Unknown"],
        ),
        (operation("new"), [], ["Unknown", "Unknown"]),
    ],
)
async def test_every_end_of_a_queued_list(ends: Any, problems: Any, expected: list[str]) -> None:
    async with shop(stock_write="async") as (connector, stub):
        queue(stub, ends=ends, problems=problems)
        assert kinds(await connector.write_stock([level("1"), level("2")])) == expected


async def test_a_sync_list_may_be_queued_after_all_and_trouble_while_waiting_is_borne() -> None:
    async with shop() as (connector, stub):
        queue(stub, ends=operation(writeCount=1))
        stub.on("GET", "asyncoperations/31", lambda *_: web.Response(status=404), operation(writeCount=1))
        assert kinds(await connector.write_stock([level("1")])) == ["Accepted"]
        stub.on("GET", "asyncoperations/31/errors", lambda *_: web.Response(status=404))
        assert kinds(await connector.write_stock([level("1")])) == ["Unknown"]
        stub.on("PATCH", "inventorylevels", lambda *_: json_api({"data": None}, status=202))
        assert kinds(await connector.write_stock([level("1")])) == ["Unknown"]


async def test_auto_leaves_lists_alone_once_nobody_works_them_off() -> None:
    async with shop() as (connector, stub):
        queue(stub, ends=operation("new"))
        stub.on("PATCH", "inventorylevels/1", keeps)
        assert kinds(await connector.write_stock([level("1")])) == ["Unknown"]
        assert kinds(await connector.write_stock([level("1")])) == ["Accepted"]
        assert len(stub.calls("PATCH", "inventorylevels")) == 1


async def test_a_permission_that_lacks_is_the_operators() -> None:
    async with shop(stock_write="single") as (connector, stub):
        denied = "No access to this type of entities."
        stub.on("PATCH", "inventorylevels/1", lambda *_: errors(403, "access denied exception", denied))
        with pytest.raises(ConfigFault) as caught:
            await connector.write_stock([level("1")])
        assert caught.value.setting == "client_id"


async def test_auto_asks_older_shops_for_queued_lists() -> None:
    async with shop(version="5.1") as (connector, stub):
        queue(stub, ends=operation(writeCount=1))
        assert kinds(await connector.write_stock([level("1")])) == ["Accepted"]
        assert "X-Mode" not in stub.calls("PATCH", "inventorylevels")[0].headers


async def test_the_inventory_status_follows_where_it_changes() -> None:
    async with shop(write_inventory_status=True, stock_write="single") as (connector, stub):
        rows = [row("1"), row("2", precision="78"), row("3", "56"), row("4", "57", quantity="0")]
        products = [product(), product("56", status="discontinued"), product("57", status="out_of_stock")]
        stub.on("GET", "inventorylevels", page(rows, [*products, precision(), precision("78", "box", 12)]))
        for identity in "1234":
            stub.on("PATCH", f"inventorylevels/{identity}", keeps)
        for identity in ("55", "57"):
            stub.on("PATCH", f"products/{identity}", keeps)
        assert kinds(await connector.write_stock([level("1", "0")])) == ["Accepted"]  # its box still shows some
        assert not stub.calls("PATCH", "products/55")
        await connector.write_stock([level("2", "0"), level("3", "0"), level("4", "5")])
        (out,), (back,) = stub.calls("PATCH", "products/55"), stub.calls("PATCH", "products/57")
        assert out.body["data"]["relationships"]["inventory_status"]["data"]["id"] == "out_of_stock"
        assert back.body["data"]["relationships"]["inventory_status"]["data"]["id"] == "in_stock"
        await connector.write_stock([level("2", "0")])
        assert len(stub.calls("PATCH", "products/55")) == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda *_: web.Response(status=429),
        lambda *_: web.Response(status=502),
        lambda *_: errors(403, "access denied exception", "No access to the entity."),
        lambda *_: json_api({"data": product()}),
    ],
)
async def test_a_status_that_does_not_follow_is_not_called_done(answer: object) -> None:
    async with shop(write_inventory_status=True, stock_write="single") as (connector, stub):
        stub.on("GET", "inventorylevels", page([row("1")], [product(), precision()]))
        stub.on("PATCH", "inventorylevels/1", keeps)
        stub.on("PATCH", "products/55", answer)
        targets = [target async for part in connector.read_stock_targets() for target in part]
        (outcome,) = await connector.write_stock([level("1", "0")])
        assert (len(targets), isinstance(outcome, Unknown)) == (1, True)


async def test_a_status_whose_product_cannot_be_read_is_not_called_done() -> None:
    async with shop(write_inventory_status=True, stock_write="single") as (connector, stub):
        stub.on("PATCH", "inventorylevels/1", keeps)
        assert kinds(await connector.write_stock([level("1", "0")])) == ["Unknown"]


async def test_a_wrong_password_is_no_outcome() -> None:
    async with shop(stock_write="single") as (connector, stub):
        stub.token_answers.append(web.json_response({"error": "invalid_client"}, status=401))
        with pytest.raises(ConfigFault):
            await connector.write_stock([level("1")])
