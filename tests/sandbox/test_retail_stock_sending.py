"""Batches in: every row answered for itself, whole objects, nothing that belongs to somebody else."""

from typing import Any

import aiohttp
import pytest

from tests.sandbox.retail_stock_caller import (
    commitment,
    fresh_key,
    item,
    outcomes,
    sale,
    shops,
    told_level,
    transfer,
)


async def test_items_are_answered_row_by_row() -> None:
    async with shops() as caller:
        rows = [item(), item(), item(id="new", sku="NEW-1", parent_sku=None), item(sku="BAD", size_id=None), "no row"]
        answer = await caller.put("items:batch", *rows)
        assert outcomes(answer) == [
            ("updated", None), ("unchanged", None), ("created", None), ("rejected", "request-invalid"),
            ("rejected", "request-invalid"),
        ]  # fmt: skip
        assert [row["sku"] for row in answer.data] == ["OSLO-S-BLK", "OSLO-S-BLK", "NEW-1", "BAD", None]
        problem = answer.data[3]["problem"]
        assert (problem["status"], problem["instance"]) == (400, "/data/3")
        assert problem["errors"][0]["pointer"] == "/data/3/size_id"
        held = {row["sku"]: row["id"] for row in await caller.everything("items")}
        assert (held["OSLO-S-BLK"], held["NEW-1"]) == ("700001", "new")  # the SKU it was known by gave way to the id
        rejected = [one["data"] for one in (await caller.state())["events"] if one["type"] == "item.rejected"]
        assert rejected == [{"sku": "BAD", "code": "request-invalid"}, {"sku": None, "code": "request-invalid"}]


async def test_an_item_is_replaced_whole_and_may_change_its_sku() -> None:
    async with shops() as caller:
        await caller.put("items:batch", item(description="Handle", barcode="50"))
        answer = await caller.put("items:batch", item(sku="OSLO-S-BLACK"))
        assert outcomes(answer) == [("updated", None)]
        held = {row["sku"]: row for row in await caller.everything("items")}
        assert held["OSLO-S-BLACK"]["barcode"] is None
        assert "OSLO-S-BLK" not in held
        taken = await caller.put("items:batch", item(sku="OSLO-S-WHT"))
        assert outcomes(taken) == [("rejected", "request-invalid")]


@pytest.mark.parametrize(
    "changes",
    [{"id": "x" * 81}, {"id": None}, {"sku": "x" * 65}, {"stock_role": "child"}, {"status": None}, {"style_id": ""}],
)
async def test_an_item_that_is_none(changes: dict[str, Any]) -> None:
    async with shops() as caller:
        assert outcomes(await caller.put("items:batch", item(**changes))) == [("rejected", "request-invalid")]


async def test_a_body_map_other_than_ours_is_a_notice() -> None:
    async with shops() as caller:
        same = item(readiness={"body_map_id": "BM-HANDLE", "state": "complete", "missing_attributes": []})
        other = item(readiness={"body_map_id": "BM-SHOE", "state": "complete", "missing_attributes": []})
        answer = await caller.put("items:batch", same, other)
        assert outcomes(answer) == [("updated", None), ("updated", "readiness-mismatch")]
        assert answer.data[1]["problem"]["status"] == 200
        held = {row["sku"]: row for row in await caller.everything("items")}
        assert held["OSLO-S-BLK"]["readiness"]["state"] == "mismatch"
        child = item(id="9", sku="OSLO-M-BLK", size_id="M")  # a size of the family that nobody measured
        await caller.put("items:batch", child)
        held = {row["sku"]: row for row in await caller.everything("items")}
        assert held["OSLO-M-BLK"]["readiness"]["missing_attributes"] == ["body_map"]
        changed = [one["data"]["sku"] for one in (await caller.state())["events"]]
        assert changed == ["OSLO-S-BLK"]


async def test_more_rows_than_one_call_takes() -> None:
    async with shops(max_batch={"items": 1}) as caller:
        answer = await caller.put("items:batch", item(), item(id="2", sku="NEW"))
        assert (answer.status, answer.json["code"]) == (400, "request-invalid")
        assert (await caller.get("capabilities")).json["max_batch"]["items"] == 1


@pytest.mark.parametrize(("key", "statuses"), [("any", (200, 200, 200)), ("rows", (400, 200, 400))])
async def test_the_name_of_the_array_is_a_setting(key: str, statuses: tuple[int, ...]) -> None:
    async with shops(batch_key=key) as caller:
        names = ("data", "rows", "items")
        answers = [await caller.call("PUT", "/v1/items:batch", {name: [item()]}) for name in names]
        assert tuple(answer.status for answer in answers) == statuses
        assert (await caller.call("PUT", "/v1/items:batch", [item()])).status == 400


async def test_locations() -> None:
    async with shops() as caller:
        rows: list[dict[str, Any]] = [
            {"location_code": "POP-UP", "kind": "store", "stock_owner": "retail", "address": {"postcode": "YO1 1AA"}},
            {"location_code": "POP-UP-2", "kind": "store", "stock_owner": "retail"},
            {"location_code": "STORE-YORK", "kind": "store", "stock_owner": "erp", "address": {"town": "York"}},
            {"location_code": "DEPOT", "kind": "lorry", "stock_owner": "erp"},
        ]
        assert outcomes(await caller.put("locations:batch", *rows)) == [
            ("created", None), ("rejected", "request-invalid"), ("rejected", "location-not-owner"),
            ("rejected", "request-invalid"),
        ]  # fmt: skip
        assert "POP-UP" in (await caller.get("capabilities")).json["locations_owned"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"basis": "available"}, 422, "basis-not-accepted"),
        ({"available": "10"}, 422, "figure-inconsistent"),
        ({"stock_role": "parent"}, 422, "parent-stock-refused"),
        ({"sku": "OSLO"}, 422, "parent-stock-refused"),
        ({"location_code": "STORE-YORK"}, 409, "location-not-owner"),
        ({"location_code": "NOWHERE"}, 422, "location-unknown"),
        ({"sku": "GHOST-01"}, 422, "sku-not-found"),
        ({"physical": 10}, 400, "request-invalid"),
        ({"basis": "free"}, 400, "request-invalid"),
        ({"occurred_at": "2026-01-01 08:00"}, 400, "request-invalid"),
    ],
)
async def test_a_level_that_is_refused_leaves_its_siblings(changes: dict[str, Any], status: int, code: str) -> None:
    async with shops() as caller:
        answer = await caller.put("stock-levels:batch", told_level(**changes), told_level(sku="OSLO-S-WHT"))
        assert outcomes(answer) == [("rejected", code), ("created", None)]
        problem = answer.data[0]["problem"]
        assert (problem["status"], problem["retryable"]) == (status, False)
        assert problem["type"].endswith(f"/{code}")
        state = await caller.state()
        assert [row["sku"] for row in state["told_levels"]] == ["OSLO-S-WHT"]
        assert [row["code"] for row in state["rejected"]] == [code]


async def test_an_older_sequence_is_ignored() -> None:
    async with shops() as caller:
        steps = [(2, "10"), (1, "99"), (2, "10"), (3, "8")]
        rows = [told_level(sequence=sequence, physical=figure, available=None) for sequence, figure in steps]
        assert outcomes(await caller.put("stock-levels:batch", *rows)) == [
            ("created", None), ("ignored", "stale-sequence"), ("unchanged", None), ("updated", None),
        ]  # fmt: skip
        assert (await caller.state())["told_levels"][0]["physical"] == "8"


async def test_physical_and_commitment_leave_seven_available_and_commitment_four() -> None:
    async with shops() as caller:
        await caller.put("stock-levels:batch", told_level())
        await caller.put("commitments:replace", commitment("c1"))
        assert (await caller.state())["told_levels"][0]["usable"] == "7"
    async with shops(stock_basis_accepted="available") as caller:
        await caller.put("stock-levels:batch", told_level(basis="available"))
        await caller.put("commitments:replace", commitment("c1"))
        assert (await caller.state())["told_levels"][0]["usable"] == "4"


async def test_commitments_replace_the_set_of_the_named_locations() -> None:
    async with shops() as caller:
        counter = {"location_code": "Trade Counter"}
        await caller.put("commitments:replace", commitment("a"), commitment("b"), commitment("t", **counter))
        answer = await caller.put(
            "commitments:replace", commitment("b"), commitment("c"), commitment("x", sku="GHOST-01")
        )
        assert outcomes(answer) == [("unchanged", None), ("created", None), ("rejected", "sku-not-found")]
        assert answer.json["removed"] == 1
        assert {row["id"] for row in (await caller.state())["commitments"]} == {"b", "c", "t"}
        emptied = await caller.put("commitments:replace", locations=["Trade Counter"])
        assert emptied.json == {"data": [], "removed": 1}
        elsewhere = await caller.put("commitments:replace", commitment("d", **counter), locations=["Main Warehouse"])
        assert outcomes(elsewhere) == [("rejected", "request-invalid")]


async def test_sales_need_a_key_and_are_kept_by_line() -> None:
    async with shops() as caller:
        body = {"data": [sale(), sale(line_no=2, quantity="-1"), sale("INV2", sku="GHOST-01")]}
        assert (await caller.post("sales:batch", body)).json["code"] == "idempotency-key-missing"
        key = {"Idempotency-Key": fresh_key()}
        first = await caller.post("sales:batch", body, **key)
        assert outcomes(first) == [("created", None), ("created", None), ("rejected", "sku-not-found")]
        assert (await caller.post("sales:batch", body, **key)).json == first.json
        reused = await caller.post("sales:batch", {"data": [sale("INV3")]}, **key)
        assert (reused.status, reused.json["code"]) == (422, "idempotency-key-reused")
        again = await caller.post("sales:batch", body, **{"Idempotency-Key": fresh_key()})
        assert outcomes(again)[:2] == [("unchanged", None), ("unchanged", None)]
        assert len((await caller.state())["sales"]) == 2


async def test_a_lost_reply_is_asked_for_again_under_its_key() -> None:
    async with shops() as caller:
        key = {"Idempotency-Key": fresh_key()}
        await caller.fault(kind="lost_reply", match="sales:batch", count=1)
        with pytest.raises(aiohttp.ClientError):
            await caller.post("sales:batch", {"data": [sale()]}, **key)
        assert outcomes(await caller.post("sales:batch", {"data": [sale()]}, **key)) == [("created", None)]
        assert len((await caller.state())["sales"]) == 1


async def test_a_transfer_is_told_whole_each_time_and_closes_its_recommendation() -> None:
    async with shops() as caller:
        (reference,) = (await caller.act("recommend_transfers"))["reference_ids"]
        told = transfer(reference_id=reference)
        shipped = {**told["lines"][0], "quantity_shipped": "4"}
        answer = await caller.put("transfers:batch", told, told, {**told, "lines": [shipped]}, transfer("2", lines=[]))
        assert outcomes(answer) == [
            ("created", None), ("unchanged", None), ("updated", None), ("rejected", "request-invalid"),
        ]  # fmt: skip
        assert await caller.everything("recommendations/transfers") == []
        assert (await caller.state())["transfers"][0]["lines"] == [shipped]
        unknown = await caller.put("transfers:batch", transfer("3", to_location="NOWHERE"))
        assert outcomes(unknown) == [("rejected", "location-unknown")]


async def test_once_the_item_exists_the_refused_row_is_taken() -> None:
    async with shops(initial_items="empty") as caller:
        assert outcomes(await caller.put("stock-levels:batch", told_level())) == [("rejected", "sku-not-found")]
        await caller.put("items:batch", item())
        assert outcomes(await caller.put("stock-levels:batch", told_level())) == [("created", None)]
