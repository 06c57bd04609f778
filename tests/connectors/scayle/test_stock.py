"""Stock: absolute, with a true time, and compared with what is answered."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.faults import Accepted, ConfigFault, Refused, Transient, Unknown
from crossdock.model.stock import StockLevel, StockTarget
from tests.connectors.scayle.stub import cursored, error, page, said, shop
from tests.connectors.stub import Asked

BULK = "/variants/stocks/bulk-requests"
WAREHOUSES = [
    {"id": 7, "referenceKey": "LEEDS", "merchants": [{"id": 1, "referenceKey": "north"}],
     "shopCountries": [{"shopKey": "nb", "countryCode": "de", "priority": 100}]},
    {"id": 8, "referenceKey": "LYON", "merchants": [{"id": 1, "referenceKey": "north"}],
     "shopCountries": [{"shopKey": "nb", "countryCode": "FR", "priority": 100}]},
]  # fmt: skip


def level(quantity: Any = 12, variant: int = 40210, **changes: Any) -> StockLevel:
    given: dict[str, Any] = {
        "ref": f"{variant}@LEEDS",
        "sku": f"S{variant}",
        "unit": "each",
        "quantity": Decimal(quantity),
    }
    return StockLevel(**given | changes)


def kept(asked: Asked) -> web.StreamResponse:
    return said(asked.body, status=201)


def row(quantity: int, warehouse: str = "LEEDS", **more: Any) -> dict[str, Any]:
    return {"quantity": quantity, "warehouseReferenceKey": warehouse, "changedAt": "2026-07-01T09:30:00+00:00", **more}


def product(identity: int, *variants: Any, **changes: Any) -> dict[str, Any]:
    return {"id": identity, "referenceKey": f"P{identity}", "state": "live", "variants": list(variants), **changes}


def variant(identity: int, sku: str, *stocks: Any) -> dict[str, Any]:
    return {"id": identity, "referenceKey": sku, "stocks": list(stocks), "merchantReferenceKeys": ["north", "south"]}


async def targets(connector: Any) -> list[StockTarget]:
    return [one async for rows in connector.read_stock_targets() for one in rows]


async def test_a_target_is_a_variant_in_a_warehouse() -> None:
    async with shop(merchant="north", short_pages="accept") as (connector, stub):
        stub.on("GET", "/warehouses", page(*WAREHOUSES))
        first = variant(
            1, "A", row(3, merchantReferenceKey="south"), row(5, merchantReferenceKey="north"), row(9, "LYON")
        )
        bare = {"id": 4, "referenceKey": "P4", "state": "draft"}
        stub.on("GET", "/products", cursored([product(1, first, variant(2, "B"))], [bare, product(5, state="odd")]))
        stub.on("GET", "/products/4/variants", page({"id": 44, "referenceKey": "D"}, {"id": 45}))
        stub.on("GET", "/products/6/variants", page(variant(66, "F", row(2))))
        stub.on("GET", "/products", cursored([product(1, first, variant(2, "B"))], [bare, product(5, state="odd")],
                                             [product(6, {"id": 66, "referenceKey": "F"})]))  # fmt: skip
        one = Fraction(1)
        assert await targets(connector) == [
            StockTarget(ref="1@LEEDS", sku="A", unit="each", stock_units=one, shown=5),  # type: ignore[arg-type]
            StockTarget(ref="2@LEEDS", sku="B", unit="each", stock_units=one),
            StockTarget(ref="44@LEEDS", sku="D", unit="each", stock_units=one),
            StockTarget(ref="66@LEEDS", sku="F", unit="each", stock_units=one, shown=2),  # type: ignore[arg-type]
        ]
    async with shop(warehouses=("LEEDS",), read_shown=False) as (connector, stub):
        stub.on("GET", "/products", page(product(6, {"id": 66, "referenceKey": "F"})))
        assert [target.shown for target in await targets(connector)] == [None]
        assert len(stub.asked) == 1


async def test_products_that_cannot_be_read_are_left_out() -> None:
    async with shop(warehouses=("LEEDS", "LYON")) as (connector, stub):
        bad = product(2, variant(2, "B", row(3) | {"quantity": "3"}))
        stub.on("GET", "/products", page(product(1, variant(1, "A")), bad, None))
        assert [one.ref for one in await targets(connector)] == ["1@LEEDS", "1@LYON"]
        assert not stub.calls("GET", "/warehouses")


@pytest.mark.parametrize("rows", [[], [*WAREHOUSES, {**WAREHOUSES[0], "referenceKey": "HULL"}]])
async def test_which_warehouse_must_be_clear(rows: list[Any]) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "/warehouses", page(*rows))
        with pytest.raises(ConfigFault) as caught:
            await targets(connector)
        assert caught.value.setting == "warehouses"


async def test_a_level_is_written_with_its_second_and_never_two_with_one() -> None:
    async with shop(merchant="north", changed_at_lag_seconds=5) as (connector, stub):
        stub.on("POST", "/variants/40210/stocks", kept)
        for quantity in (12, 11, 10):
            assert list(await connector.write_stock([level(quantity)])) == [Accepted("40210@LEEDS", "40210@LEEDS")]
        bodies = [call.body for call in stub.asked]
        assert bodies[0] == {
            "quantity": 12, "warehouseReferenceKey": "LEEDS", "merchantReferenceKey": "north",
            "changedAt": "2026-07-02T14:59:55+00:00",
        }  # fmt: skip
        times = [datetime.fromisoformat(body["changedAt"]) for body in bodies]
        assert times == sorted(set(times))
        stub.clock.at = stub.clock.at.replace(hour=1)  # a clock that went back
        await connector.write_stock([level(9)])
        assert datetime.fromisoformat(stub.asked[-1].body["changedAt"]) > times[-1]


@pytest.mark.parametrize(
    ("answer", "end", "code"),
    [
        (said(row(40)), Refused, "ignored"),
        (said(row(12, changedAt="2026-08-01T00:00:00+00:00")), Accepted, ""),
        (said(row(12, "LYON")), Unknown, ""),
        (said({"quantity": "12"}), Unknown, ""),
        (said([]), Unknown, ""),
        (web.Response(status=201), Unknown, ""),
        (web.Response(status=503), Unknown, ""),
        (error(404, "VARIANT_NOT_FOUND"), Refused, "no-such-variant"),
        (error(400, "WAREHOUSE_NOT_ATTACHED"), Refused, "invalid"),
    ],
)
async def test_the_answer_says_whether_it_was_taken(answer: Any, end: type[Any], code: str) -> None:
    async with shop() as (connector, stub):
        stub.on("POST", "/variants/40210/stocks", answer)
        (found,) = await connector.write_stock([level()])
        assert isinstance(found, end)
        assert getattr(found, "code", "") == code


@pytest.mark.parametrize("bad", [level("1.5"), level(-1), level(ref="40210"), level(ref="x@LEEDS"), level(ref="7@")])
async def test_what_cannot_be_said_is_refused_beside_neighbours_that_go(bad: StockLevel) -> None:
    async with shop() as (connector, stub):
        stub.on("POST", "/variants/1/stocks", kept)
        ends = await connector.write_stock([bad, level(3, 1)])
        assert [type(end) for end in ends] == [Refused, Accepted]
        assert await connector.write_stock([]) == []


async def test_nothing_done_at_all_is_raised_and_beside_others_unknown() -> None:
    async with shop() as (connector, stub):
        stub.on("POST", "/variants/1/stocks", error(429, "RATE_LIMIT_EXCEED"))
        with pytest.raises(Transient):
            await connector.write_stock([level(3, 1)])
        stub.on("POST", "/variants/2/stocks", kept)
        ends = await connector.write_stock([level(3, 1), level(3, 2)])
        assert [type(end) for end in ends] == [Unknown, Accepted]


# in bulk


def done(quantity: int, status: int = 201) -> dict[str, Any]:
    return {"key": "x", "status": "processed", "response": {"statusCode": status, "body": row(quantity)}}


def progress(status: str, *, failed: int = 0) -> dict[str, Any]:
    counts = {"totalOperations": 2, "processedOperations": 2, "failedOperations": failed}
    return {"key": 123, "status": status, "progress": counts}


def operation(n: int) -> str:
    return f"/bulk-requests/123/operations/stk-{n}-{n + 1}/status"


LEVELS = [level(12, 1), level(4, 2)]


async def test_a_bulk_request_is_polled_and_read_operation_by_operation() -> None:
    async with shop(stock_write="bulk", bulk_callback_url="https://hub.example/bulk") as (connector, stub):
        stub.on("POST", BULK, said({"key": 123}, status=201))
        stub.on("GET", "/bulk-requests/123/status", progress("pending"), progress("processing"), progress("processed"))
        stub.on("GET", operation(0), done(12))
        stub.on("GET", operation(1), done(9))
        ends = await connector.write_stock(LEVELS)
        assert ends[0] == Accepted("1@LEEDS", "1@LEEDS")
        assert isinstance(ends[1], Refused)
        assert ends[1].code == "ignored"
        (call,) = stub.calls("POST", BULK)
        assert call.body["callbacks"] == {"requestStatus": "complete", "requestUrl": "https://hub.example/bulk"}
        assert call.body["operations"][0] == {
            "key": "stk-0-1", "url": "/variants/1/stocks", "method": "POST",
            "body": {"quantity": 12, "warehouseReferenceKey": "LEEDS", "changedAt": "2026-07-02T15:00:00+00:00"},
        }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "end", "code"),
    [
        ({"status": "processed", "key": "x", "response": {"statusCode": 404, "body": {"errors": [
            {"errorKey": "VARIANT_NOT_FOUND", "message": "No such variant.", "context": []}]}}},
         Refused, "no-such-variant"),
        ({"status": "processed", "key": "x", "response": {"statusCode": 429, "body": {"errors": [
            {"errorKey": "RATE_LIMIT_EXCEED", "message": "", "context": []}]}}}, Unknown, ""),
        ({"status": "processed", "key": "x", "response": {"statusCode": 500, "body": []}}, Unknown, ""),
        ({"status": "new", "key": "x"}, Unknown, ""),
        ({"status": 7}, Unknown, ""),
        (error(404, "OPERATION_NOT_FOUND"), Unknown, ""),
        (error(403, "FORBIDDEN"), Unknown, ""),
    ],
)  # fmt: skip
async def test_processed_is_answered_and_not_done(answer: Any, end: type[Any], code: str) -> None:
    async with shop(stock_write="bulk", bulk_verify="failed") as (connector, stub):
        stub.on("POST", BULK, {"key": 123})
        stub.on("GET", "/bulk-requests/123/status", progress("processed", failed=1))
        stub.on("GET", operation(0), done(12))
        stub.on("GET", operation(1), answer)
        ends = await connector.write_stock(LEVELS)
        assert isinstance(ends[0], Accepted)
        assert isinstance(ends[1], end)
        assert getattr(ends[1], "code", "") == code


async def test_when_none_failed_the_operations_may_go_unread() -> None:
    async with shop(stock_write="bulk", bulk_verify="failed") as (connector, stub):
        stub.on("POST", BULK, {"key": 123})
        stub.on("GET", "/bulk-requests/123/status", progress("processed"))
        assert [type(end) for end in await connector.write_stock(LEVELS)] == [Accepted, Accepted]
        assert len(stub.asked) == 2


@pytest.mark.parametrize("status", [progress("processing"), progress("asleep"), error(403, "FORBIDDEN"), said({})])
async def test_a_bulk_request_that_does_not_end_is_unknown(status: Any) -> None:
    async with shop(stock_write="bulk") as (connector, stub):
        stub.on("POST", BULK, {"key": 123})
        stub.on("GET", "/bulk-requests/123/status", status)
        assert {type(end) for end in await connector.write_stock(LEVELS)} == {Unknown}


@pytest.mark.parametrize("answer", [said({}), said({"key": True}), web.Response(status=500), web.Response(text="?")])
async def test_a_bulk_request_without_a_key_is_unknown(answer: Any) -> None:
    async with shop(stock_write="bulk") as (connector, stub):
        stub.on("POST", BULK, answer)
        assert {type(end) for end in await connector.write_stock(LEVELS)} == {Unknown}


@pytest.mark.parametrize("answer", [error(404, "NOT_FOUND"), error(405, "METHOD_NOT_ALLOWED")])
async def test_where_stock_cannot_go_in_bulk_it_goes_one_by_one(answer: Any) -> None:
    async with shop(bulk_from=2) as (connector, stub):
        stub.on("POST", BULK, answer)
        stub.on("POST", "/variants/1/stocks", kept)
        stub.on("POST", "/variants/2/stocks", kept)
        for _ in range(2):
            assert {type(end) for end in await connector.write_stock(LEVELS)} == {Accepted}
        assert len(stub.calls("POST", BULK)) == 1


async def test_few_levels_go_one_by_one() -> None:
    async with shop(bulk_from=3) as (connector, stub):
        stub.on("POST", "/variants/1/stocks", kept)
        stub.on("POST", "/variants/2/stocks", kept)
        await connector.write_stock(LEVELS)
        assert not stub.calls("POST", BULK)
        assert connector.stock_batch_max == 500
