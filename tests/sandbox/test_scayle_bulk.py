"""Bulk requests: chunks, statuses, operations that fail alone, cancelling."""

import json
from typing import Any

import pytest

from tests.sandbox.scayle_caller import Answer, Caller, listening, shop

STOCKS = "/variants/stocks/bulk-requests"


def operation(key: str, sku: str = "HP-1001", quantity: Any = 7, **changes: Any) -> dict[str, Any]:
    body = {"quantity": quantity, "warehouseReferenceKey": "MAIN-WAREHOUSE", "changedAt": "2026-07-01T09:30:00+00:00"}
    return {
        "key": key,
        "url": f"/variants/key%3D{sku}/stocks",
        "method": "POST",
        "headers": {},
        "body": body,
        **changes,
    }


async def send(caller: Caller, *operations: dict[str, Any], path: str = STOCKS, **callbacks: Any) -> Answer:
    callbacks = {"requestStatus": "complete", **callbacks}
    return await caller.post(path, {"callbacks": callbacks, "operations": list(operations)})


async def status(caller: Caller, key: int) -> Any:
    return (await caller.get(f"/bulk-requests/{key}/status")).json


async def test_operations_succeed_and_fail_each_alone() -> None:
    async with shop() as caller:
        rows = (operation("good"), operation("bad", sku="NONE"), operation("odd", quantity="x"))
        made = await send(caller, *rows)
        assert (made.status, list(made.json)) == (201, ["key"])
        key = made.json["key"]
        progress = {"totalOperations": 3, "processedOperations": 3, "failedOperations": 2}
        assert await status(caller, key) == {"key": key, "status": "processed", "progress": progress}
        found = {
            name: (await caller.get(f"/bulk-requests/{key}/operations/{name}/status")).json
            for name in ("good", "bad", "odd")
        }
        assert [one["status"] for one in found.values()] == ["processed"] * 3
        assert [one["response"]["statusCode"] for one in found.values()] == [201, 404, 400]
        assert found["good"]["response"]["body"]["quantity"] == 7
        assert found["bad"]["response"]["body"]["errors"][0]["errorKey"] == "VARIANT_NOT_FOUND"
        assert found["good"]["bulkRequest"]["key"] == key
        assert (await caller.stock())["quantity"] == 7
        assert [one["via"] for one in (await caller.state())["stock_writes"]] == ["bulk"]
        assert (await caller.get("/bulk-requests")).entities == [await status(caller, key)]


async def test_an_old_figure_in_bulk_is_a_success_too() -> None:
    async with shop() as caller:
        old = operation("old")
        old["body"]["changedAt"] = "2019-01-01T00:00:00+00:00"
        key = (await send(caller, old)).json["key"]
        answer = (await caller.get(f"/bulk-requests/{key}/operations/old/status")).json["response"]
        assert (answer["statusCode"], answer["body"]["changedAt"]) == (201, "2020-01-01T00:00:00+00:00")


async def test_a_failed_operation_may_be_called_failed() -> None:
    async with shop(bulk_error_status="failed") as caller:
        key = (await send(caller, operation("bad", sku="NONE"))).json["key"]
        assert (await caller.get(f"/bulk-requests/{key}/operations/bad/status")).json["status"] == "failed"


async def test_chunks_run_when_the_last_one_is_there() -> None:
    async with shop(bulk_seconds=5) as caller:
        key = (await send(caller, operation("a"), requestStatus="incomplete")).json["key"]
        assert (await status(caller, key))["status"] == "new"
        # Keys are compared within a chunk only.
        again = await send(caller, operation("a", sku="HP-1002"), bulkRequestKey=key)
        assert (again.status, again.json) == (201, {"key": key})
        assert (await status(caller, key))["status"] == "pending"
        assert (await caller.get(f"/bulk-requests/{key}/operations/a/status")).json["status"] == "new"
        await caller.act("pass_time", seconds=5)
        assert (await status(caller, key))["status"] == "processed"
        assert {(await caller.stock(sku))["quantity"] for sku in ("HP-1001", "HP-1002")} == {7}
        late = await send(caller, operation("b"), bulkRequestKey=key)
        assert (late.status, late.error["errorKey"]) == (409, "BULK_REQUEST_COMPLETE")


async def test_cancelling_stops_what_has_not_run() -> None:
    async with shop(bulk_seconds=5) as caller:
        key = (await send(caller, operation("a"))).json["key"]
        before = await caller.stock()
        answer = await caller.put(f"/bulk-requests/{key}/cancel")
        assert (answer.status, answer.json) == (200, {"key": key, "status": "cancelled"})
        await caller.act("pass_time", seconds=10)
        assert await caller.stock() == before
        assert (await status(caller, key))["status"] == "cancelled"


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ([], 400),
        ([operation("a"), operation("a")], 400),
        ([operation("")], 400),
        ([operation("a"), operation("b"), operation("c")], 413),
    ],
)
async def test_refused_requests(operations: list[Any], code: int) -> None:
    async with shop(bulk_operations_max=2) as caller:
        assert (await send(caller, *operations)).status == code
        assert (await caller.get("/bulk-requests")).entities == []


async def test_operations_still_running_are_limited() -> None:
    async with shop(bulk_running_max=2, bulk_seconds=5) as caller:
        key = (await send(caller, operation("a"), operation("b"))).json["key"]
        assert (await send(caller, operation("c"))).status == 413
        await caller.act("pass_time", seconds=5)
        assert (await status(caller, key))["status"] == "processed"
        assert (await send(caller, operation("c"))).status == 201


async def test_each_kind_takes_its_own_operations() -> None:
    async with shop() as caller:
        price = {"price": 999, "tax": 20, "countryCode": "GB", "currencyCode": "GBP"}
        row = operation("p", url="/variants/key%3DHP-1001/prices", body=price)
        key = (await send(caller, row, path="/variants/prices/bulk-requests")).json["key"]
        assert (await status(caller, key))["progress"]["failedOperations"] == 0
        assert (await caller.order())["items"][0]["price"]["withTax"] == 999
        key = (await send(caller, row)).json["key"]
        answer = (await caller.get(f"/bulk-requests/{key}/operations/p/status")).json["response"]
        assert answer["statusCode"] == 400
        assert (await caller.get("/bulk-requests/999/status")).status == 404
        assert (await caller.get(f"/bulk-requests/{key}/operations/none/status")).status == 404
        assert (await caller.put(f"/bulk-requests/{key}/cancel")).status == 409


async def test_callbacks_are_a_nudge() -> None:
    async with listening() as listener, shop() as caller:
        urls = {"requestUrl": f"{listener.url}/request", "operationUrl": f"{listener.url}/operation"}
        key = (await send(caller, operation("a"), **urls)).json["key"]
        await caller.act("pass_time", seconds=0)
        heard = {path: json.dumps(body) for path, _, body in listener.received}
        assert sorted(heard) == ["/operation", "/request"]
        assert json.loads(heard["/request"])["key"] == key
