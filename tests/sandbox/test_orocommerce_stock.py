"""Stock figures, one at a time and by the batch; asynchronous operations and the synchronous mode."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.orocommerce_caller import Answer, Caller, line, order, ref, shop

SYNC = {"X_Mode": "sync"}


def stock(id_: str, quantity: Any, **meta: Any) -> dict[str, Any]:
    flags = meta or {"update": True}
    return {"meta": flags, "type": "inventorylevels", "id": id_, "attributes": {"quantity": quantity}}


async def finished(caller: Caller, accepted: Answer) -> Any:
    """Wait for an asynchronous operation the way a client does."""
    assert accepted.status == 202, accepted.text
    path = accepted.headers["Content-Location"].removeprefix(f"{caller.url}/admin/api")
    for _ in range(200):
        data = (await caller.get(path)).data
        if data["attributes"]["status"] not in ("new", "running"):
            return data
        await asyncio.sleep(0.01)
    raise AssertionError("the operation never ended")


async def test_every_unit_has_its_own_row() -> None:
    async with shop(initial_stock=7) as caller:
        rows = (await caller.get("/inventorylevels?filter[product.sku]=HP-1000&include=productUnitPrecision")).json
        assert [row["attributes"]["quantity"] for row in rows["data"]] == ["7", "7"]
        rates = sorted(row["attributes"]["conversionRate"] for row in rows["included"])
        assert rates[0] == 1
        assert rates[1] in (6, 12, 24)
        ghost = await caller.level("GHOST-01")
        assert ghost["attributes"]["quantity"] == "500"  # the shop stocks itself what the ERP never had


@pytest.mark.parametrize(
    ("sent", "shown"), [(42, "42"), ("42.50", "42.5"), (0, "0"), (12.345, "12.345"), (-3, "-3"), ("1000000", "1000000")]
)
async def test_a_figure_is_absolute_and_shown_without_padding(sent: Any, shown: str) -> None:
    async with shop() as caller:
        level = await caller.level("HP-1001")
        answer = await caller.patch(f"/inventorylevels/{level['id']}", {"data": stock(level["id"], sent)})
        assert (answer.status, answer.data["attributes"]["quantity"]) == (200, shown)
        write = (await caller.state())["inventory_writes"][-1]
        assert (write["sku"], write["unit"], write["quantity"]) == ("HP-1001", "each", shown)


async def test_what_was_bought_and_not_yet_listed_is_told_where_a_write_puts_it_back_on_show() -> None:
    async with shop() as caller:
        level = await caller.level("HP-1001")
        for listed in (True, False):
            line = {"sku": "HP-1001", "quantity": 2, "unit": "each"}
            assert "refused" not in await caller.act("place_order", lines=[line])
            if listed:
                await caller.get("/orders")
            for _ in range(2):
                await caller.patch(f"/inventorylevels/{level['id']}", {"data": stock(level["id"], 50)})
            assert (await caller.state())["put_back"] == ({} if listed else {"HP-1001": 2})


async def test_stock_writes_are_counted_and_the_product_status_is_left_alone() -> None:
    async with shop() as caller:
        level = await caller.level("HP-1001")
        for quantity in (5, 0, 0):
            await caller.patch(f"/inventorylevels/{level['id']}", {"data": stock(level["id"], quantity)})
        state = await caller.state()
        row = next(one for one in state["inventory"] if one["id"] == level["id"])
        assert (row["writes"], row["quantity"], row["units_per"], row["updated_at"] > "2020") == (3, "0", 1, True)
        assert len(state["inventory_writes"]) == 3
        product = (await caller.first("/products?filter[sku]=HP-1001"))["relationships"]
        assert product["inventory_status"]["data"]["id"] == "in_stock"


async def test_relations_of_a_stock_row_are_read_only_and_it_cannot_be_made() -> None:
    async with shop() as caller:
        level, other = await caller.level("HP-1001"), await caller.level("HP-1002")
        body = {"data": {"type": "inventorylevels", "id": level["id"], "relationships": {
            "product": other["relationships"]["product"]}}}  # fmt: skip
        answer = await caller.patch(f"/inventorylevels/{level['id']}", body)
        assert (answer.status, answer.data) == (200, level)
        wrong = await caller.patch(f"/inventorylevels/{level['id']}/relationships/product", ref("products", "1"))
        assert wrong.status == 405
        bad = await caller.patch(f"/inventorylevels/{level['id']}", {"data": stock(level["id"], "many")})
        assert bad.errors == [("form constraint", "This value is not valid.", "/data/attributes/quantity")]


async def _levels(caller: Caller, count: int) -> list[str]:
    return (await caller.get(f"/inventorylevels?page[size]={count}")).ids


async def test_a_synchronous_batch_answers_every_record_in_order() -> None:
    async with shop() as caller:
        ids = await _levels(caller, 5)
        answer = await caller.patch("/inventorylevels", {"data": [stock(id_, 9) for id_ in reversed(ids)]}, **SYNC)
        assert (answer.status, answer.ids) == (200, ids[::-1])
        assert "Content-Location" not in answer.headers
        assert [row["meta"] for row in answer.data] == [{"dataId": id_} for id_ in reversed(ids)]
        assert {row["attributes"]["quantity"] for row in answer.data} == {"9"}


async def test_a_synchronous_batch_is_all_or_nothing() -> None:
    async with shop() as caller:
        ids = await _levels(caller, 3)
        body = {"data": [stock(ids[0], 1), stock(ids[1], "many"), stock("1", 1), stock(ids[2], 1, upsert=True)]}
        answer = await caller.patch("/inventorylevels", body, **SYNC)
        assert answer.status == 400
        assert answer.errors == [
            ("form constraint", "This value is not valid.", "/data/1/attributes/quantity"),
            ("not found http exception", "An entity with the requested identifier does not exist.", "/data/2"),
            ("value constraint", "The upsert operation is not allowed.", "/data/3/meta/upsert"),
        ]
        state = await caller.state()
        assert state["inventory_writes"] == []
        assert {row["quantity"] for row in state["inventory"]} <= {"100", "500"}


async def test_the_limits_of_a_synchronous_batch() -> None:
    async with shop() as caller:
        ids = await _levels(caller, 1)
        many = await caller.patch("/inventorylevels", {"data": [stock(ids[0], n) for n in range(101)]}, **SYNC)
        detail = (
            "The data limit for the synchronous operation exceeded. "
            "The maximum number of records that can be processed by the synchronous operation is 100."
        )
        assert (many.status, many.errors[0][:2]) == (400, ("request data constraint", detail))
        lines = [line(f"l{n}") for n in range(51)]
        body = order(*lines)
        wide = await caller.patch("/orders", {"data": [body["data"]], "included": body["included"]}, **SYNC)
        assert (wide.status, wide.errors[0][0]) == (400, "request data constraint")
        assert (await caller.patch("/inventorylevels", {"data": [stock(ids[0], 1)]}, X_Mode="fast")).status == 400
        broken_bodies: list[dict[str, Any]] = [{}, {"data": {}}, {"data": []}]
        for broken in broken_bodies:
            assert (await caller.patch("/inventorylevels", broken, **SYNC)).errors[0][0] == "request data constraint"


async def test_an_asynchronous_batch_reports_the_bad_and_keeps_the_good() -> None:
    async with shop(items=150) as caller:
        ids = await _levels(caller, 150)
        items: list[Any] = [stock(id_, 5) for id_ in ids]
        items[37]["attributes"]["quantity"] = "many"
        items[120] = {"type": "inventorylevels", "attributes": {"quantity": 22}}
        items[121]["type"] = "products"
        items[122].pop("type")
        items[123]["id"] = "1"
        accepted = await caller.patch("/inventorylevels", {"data": items})
        assert accepted.data["attributes"]["status"] == "new"
        assert accepted.data["attributes"]["summary"] is None
        done = await finished(caller, accepted)
        assert (done["attributes"]["status"], done["attributes"]["progress"]) == ("success", 1)
        assert done["attributes"]["entityType"] == "inventorylevels"
        summary = done["attributes"]["summary"]
        assert summary.pop("aggregateTime") >= 0
        assert summary == {"readCount": 150, "writeCount": 145, "errorCount": 5, "createCount": 0, "updateCount": 145}
        path = f"/asyncoperations/{done['id']}/errors"
        errors = (await caller.get(path)).data
        assert [error["id"].split("-", 1)[1] for error in errors] == ["1-1", "2-1", "2-2", "2-3", "2-4"]
        shown = [(error["attributes"]["status"], error["attributes"]["title"], error["attributes"]["detail"],
                  error["attributes"]["source"]["pointer"]) for error in errors]  # fmt: skip
        assert shown == [
            (400, "form constraint", "This value is not valid.", "/data/37/attributes/quantity"),
            (405, "action not allowed exception", 'The "create" action is not allowed.', "/data/120"),
            (400, "entity type constraint", 'The entity type "products" is not supported by this batch operation.',
             "/data/121"),
            (400, "entity type constraint", "The entity class must be set in the context.", "/data/122"),
            (404, "not found http exception", "An entity with the requested identifier does not exist.", "/data/123"),
        ]  # fmt: skip
        second = (await caller.get(f"{path}?page[size]=2&page[number]=2", X_Include="")).json
        assert len(second["data"]) == 2
        assert second["links"]["next"].endswith("/errors?page%5Bnumber%5D=3&page%5Bsize%5D=2")
        assert len((await caller.state())["inventory_writes"]) == 145


async def test_without_a_consumer_a_batch_stays_new() -> None:
    async with shop(mq_running=False) as caller:
        ids = await _levels(caller, 1)
        accepted = await caller.patch("/inventorylevels", {"data": [stock(ids[0], 5)]}, **SYNC)
        assert accepted.status == 202
        await asyncio.sleep(0.05)
        operation = (await caller.get(f"/asyncoperations/{accepted.data['id']}")).data
        assert operation["attributes"]["status"] == "new"
        assert (await caller.state())["inventory_writes"] == []


async def test_a_synchronous_batch_may_fall_back() -> None:
    async with shop(sync_batch_fallback=True) as caller:
        ids = await _levels(caller, 1)
        done = await finished(caller, await caller.patch("/inventorylevels", {"data": [stock(ids[0], 5)]}, **SYNC))
        assert done["attributes"]["summary"]["updateCount"] == 1


async def test_before_6_0_there_is_no_synchronous_mode() -> None:
    async with shop(version="5.1") as caller:
        ids = await _levels(caller, 1)
        assert (await caller.patch("/inventorylevels", {"data": [stock(ids[0], 5)]}, **SYNC)).status == 202


def _orders(*bodies: dict[str, Any]) -> dict[str, Any]:
    """Several order bodies as one batch; their included ids are made unique."""
    data, included = [], []
    for number, body in enumerate(bodies):
        for one in body["included"]:
            one["id"] += f"-{number}"
            included.append(one)
        for relation in body["data"]["relationships"].values():
            for one in relation["data"] if isinstance(relation["data"], list) else []:
                one["id"] += f"-{number}"
        data.append(body["data"])
    return {"data": data, "included": included}


async def test_orders_are_created_by_the_batch_with_their_lines() -> None:
    async with shop() as caller:
        body = _orders(order(line(), line("m", quantity=1)), order(line(value=None)), order(line(productSku="HP-1002")))
        body["included"].append({**line("adrift")})
        done = await finished(caller, await caller.patch("/orders", body))
        assert done["attributes"]["summary"]["createCount"] == 2
        errors = (await caller.get(f"/asyncoperations/{done['id']}/errors")).data
        pointers = [(error["id"].split("-")[1], error["attributes"]["source"]["pointer"]) for error in errors]
        assert pointers == [("0", "/included/4"), ("1", "/included/2"), ("1", "/included/2/attributes/value")]
        orders = (await caller.state())["orders"]
        assert [one["subtotal"] for one in orders] == ["30.0000", "20.0000"]
        again = [{"meta": {"update": True}, "type": "orders", "id": one["id"], "attributes": {"poNumber": "P"}}
                 for one in orders]  # fmt: skip
        assert (await caller.patch("/orders", {"data": again}, **SYNC)).status == 200
        assert {one["po_number"] for one in (await caller.state())["orders"]} == {"P"}


async def test_a_synchronous_batch_echoes_the_callers_ids() -> None:
    async with shop() as caller:
        body = _orders(order(line()), order(line()))
        body["data"][0]["id"] = "mine"
        answer = await caller.patch("/orders?include=customer", body, **SYNC)
        assert answer.status == 200, answer.text
        assert answer.data[0]["meta"] == {"dataId": "mine"}
        assert "meta" not in answer.data[1]
        ids = [row["meta"]["includeId"] for row in answer.json["included"] if row["type"] == "orderlineitems"]
        assert ids == ["line-0", "line-1"]
        assert [row["id"] for row in answer.json["included"] if row["type"] == "customers"] == ["101"]
        twice = _orders(order(line(), externalId="same"), order(line(), externalId="same"))
        refused = await caller.patch("/orders", twice, **SYNC)
        assert refused.errors == [(
            "unique entity constraint", 'Value for field "External ID" must be unique', "/data/1/attributes/externalId",
        )]  # fmt: skip
        assert len((await caller.state())["orders"]) == 2


async def test_a_frozen_order_is_refused_in_a_batch_too() -> None:
    async with shop() as caller:
        placed = await caller.act("place_order", customer="101")
        await caller.act("cancel_order", order=placed["id"])
        tracking = {"type": "ordershippingtrackings", "id": "t", "attributes": {"method": "DPD", "number": "1"}}
        item = {"meta": {"update": True}, "type": "orders", "id": placed["id"], "relationships": {
            "shippingTrackings": {"data": [{"type": "ordershippingtrackings", "id": "t"}]}}}  # fmt: skip
        answer = await caller.patch("/orders", {"data": [item], "included": [tracking]}, **SYNC)
        assert (answer.status, answer.errors[0][2]) == (400, "/data/0")
        assert answer.json["errors"][0]["status"] == "403"
