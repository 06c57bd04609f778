"""Dispatches and recommendations out, with every way in which the papers can be wrong."""

from datetime import datetime, timedelta
from typing import Any

from tests.sandbox.retail_stock_caller import PLACE, Caller, fresh_key, sale, shops

LINES = [{"sku": "OSLO-S-BLK", "quantity": "1", "order_line_ref": "1"}]


async def dispatched(caller: Caller, order_ref: str = "SO12345", **params: Any) -> Any:
    return await caller.act("dispatch_order", **{"order_ref": order_ref, "lines": LINES, **params})


async def test_a_dispatch_as_the_contract_has_it() -> None:
    async with shops() as caller:
        told = await dispatched(caller)
        assert told["dispatch_id"] == "D-1001"
        read = (await caller.get("dispatches/D-1001")).json
        assert read == told
        assert set(read) == {
            "dispatch_id", "revision", "order_ref", "location_code", "dispatched_at", "status", "carrier_code",
            "service_code", "parcels", "untracked", "lines", "is_final", "occurred_at", "published_at",
        }  # fmt: skip
        assert (read["revision"], read["status"], read["is_final"], read["untracked"]) == (1, "dispatched", True, False)
        (parcel,) = read["parcels"]
        assert set(parcel) == {"tracking_number", "tracking_url", "weight_kg"}
        assert read["lines"] == [{"order_line_ref": "1", "sku": "OSLO-S-BLK", "quantity": "1"}]
        missing = await caller.get("dispatches/D-9")
        assert (missing.status, missing.json["code"]) == (404, "not-found")


async def test_the_feed_the_order_and_the_query() -> None:
    async with shops() as caller:
        for number in range(5):
            await dispatched(caller, f"SO{number % 2}", location="Main Warehouse")
        feed = await caller.everything("dispatches", limit=2)
        assert [row["dispatch_id"] for row in feed] == [f"D-{1001 + number}" for number in range(5)]
        since = (await caller.get(f"dispatches?updated_since={feed[3]['published_at']}")).data
        assert [row["dispatch_id"] for row in since] == ["D-1004", "D-1005"]
        one = await caller.everything("dispatches?order_ref=SO1", limit=1)
        assert [row["dispatch_id"] for row in one] == ["D-1002", "D-1004"]
        asked = await caller.post("dispatches/query", {"order_refs": ["SO0", "SO7"]})
        assert ([row["order_ref"] for row in asked.data], asked.json["missing"]) == (["SO0"] * 3, ["SO7"])
        too_many = await caller.post("dispatches/query", {"order_refs": [f"SO{number}" for number in range(201)]})
        assert too_many.status == 400
        cursor = (await caller.get("dispatches?limit=1")).json["page"]["next_cursor"]
        assert (await caller.get(f"dispatches?order_ref=SO1&cursor={cursor}")).status == 400


async def test_part_untracked_forgotten_and_unmapped() -> None:
    async with shops() as caller:
        part = await dispatched(caller, part=True)
        assert (part["status"], part["is_final"]) == ("part_dispatched", False)
        rest = await dispatched(caller)
        assert (rest["dispatch_id"], rest["is_final"]) == ("D-1002", True)
        untracked = await dispatched(caller, "SO2", tracked="untracked")
        assert (untracked["parcels"], untracked["untracked"]) == ([], True)
        forgotten = await dispatched(caller, "SO3", tracked="missing")
        assert (forgotten["parcels"], forgotten["untracked"]) == ([], False)
        unmapped = await dispatched(caller, "SO4", carrier="swift-bikes", service="same-day")
        assert (unmapped["carrier_code"], unmapped["service_code"]) == ("swift-bikes", "same-day")
        parcels = (await dispatched(caller, "SO5", tracking_numbers=["A1", "A2"]))["parcels"]
        assert [one["tracking_number"] for one in parcels] == ["A1", "A2"]


async def test_an_amendment_is_the_next_revision_at_the_end_of_the_feed() -> None:
    async with shops() as caller:
        await dispatched(caller, tracked="missing")
        await dispatched(caller, "SO2")
        amended = await caller.act(
            "amend_dispatch", dispatch_id="D-1001", carrier="parcelforce", service="24", tracking_numbers=["PB1"]
        )
        assert (amended["revision"], amended["carrier_code"], amended["service_code"]) == (2, "parcelforce", "24")
        feed = await caller.everything("dispatches")
        assert [(row["dispatch_id"], row["revision"]) for row in feed] == [("D-1002", 1), ("D-1001", 2)]
        await caller.act("amend_dispatch", dispatch_id="D-1002", final=False, untracked=True)
        row = (await caller.get("dispatches/D-1002")).json
        assert (row["status"], row["is_final"], row["untracked"]) == ("part_dispatched", False, True)


async def test_goods_leave_our_shelf_and_come_back_when_it_is_called_off() -> None:
    async with shops() as caller:
        await caller.act("receive_goods", location=PLACE[0], sku=PLACE[1], quantity=5)
        before = int((await caller.level())["physical"])
        await dispatched(caller)
        level = await caller.level()
        assert (int(level["physical"]), level["reason"]) == (before - 1, "sale")
        assert (await caller.everything("stock-movements"))[-1]["source_ref"] == "D-1001"
        await caller.act("amend_dispatch", dispatch_id="D-1001", lines=[{**LINES[0], "quantity": "3"}])
        assert int((await caller.level())["physical"]) == before - 3
        called_off = await caller.act("cancel_dispatch", dispatch_id="D-1001")
        assert (called_off["status"], called_off["revision"], called_off["is_final"]) == ("cancelled", 3, False)
        assert int((await caller.level())["physical"]) == before
        assert "was cancelled" in await caller.refused_act("amend_dispatch", dispatch_id="D-1001")


async def test_a_dispatch_from_the_erps_warehouse_moves_no_shelf_of_ours() -> None:
    async with shops() as caller:
        movements = len(await caller.everything("stock-movements"))
        await dispatched(caller, location="Main Warehouse")
        assert len(await caller.everything("stock-movements")) == movements


async def test_dispatches_that_cannot_be_made() -> None:
    async with shops() as caller:
        wrong: tuple[tuple[dict[str, Any], str], ...] = (
            ({"lines": []}, "lines must hold"),
            ({"lines": [{"sku": "X"}]}, "KeyError"),
            ({"lines": [{"sku": "X", "quantity": 0}]}, "at least 1"),
            ({"location": "NOWHERE"}, "'NOWHERE' is none of"),
            ({"tracked": "perhaps"}, "'perhaps' is none of"),
            ({"weight": 1}, "TypeError"),
        )
        for changes, text in wrong:
            params = {"order_ref": "SO1", "lines": LINES, **changes}
            assert text in await caller.refused_act("dispatch_order", **params)
        assert "there are none" in await caller.refused_act("cancel_dispatch", dispatch_id="D-1001")


async def test_recommended_transfers_are_listed_until_they_are_worked_off() -> None:
    async with shops() as caller:
        told = await caller.act("recommend_transfers", count=5)
        rows = await caller.everything("recommendations/transfers", limit=2)
        assert [row["reference_id"] for row in rows] == told["reference_ids"]
        assert set(rows[0]) == {
            "reference_id", "batch_id", "batch_description", "kind", "from_location", "to_location", "sku", "quantity",
            "planned_dispatch_on",
        }  # fmt: skip
        assert all(row["from_location"] != row["to_location"] for row in rows)
        assert await caller.everything("recommendations/transfers") == rows
        await caller.act("process_transfers", count=2)
        await caller.act("withdraw_transfers", references=told["reference_ids"][4:])
        left = await caller.everything("recommendations/transfers")
        assert [row["reference_id"] for row in left] == told["reference_ids"][2:4]


async def test_a_recommendation_is_a_proposal_until_confirmed() -> None:
    async with shops() as caller:
        first = await caller.act("recommend_transfers", kind="replenishment", confirm=False, sku="OSLO-S-BLK")
        assert await caller.everything("recommendations/transfers") == []
        (second,) = (await caller.act("recommend_transfers", kind="initial_distribution"))["reference_ids"]
        confirmed_at = next(
            row["confirmed_at"] for row in (await caller.state())["recommendations"] if row["reference_id"] == second
        )
        await caller.act("confirm_transfers")
        (row,) = (await caller.get(f"recommendations/transfers?confirmed_since={_after(confirmed_at)}")).data
        assert (row["reference_id"], row["kind"]) == (first["reference_ids"][0], "replenishment")
        assert (await caller.get("recommendations/transfers?confirmed_since=yesterday")).status == 400


def _after(moment: str) -> str:
    """A microsecond later."""
    later = datetime.fromisoformat(moment) + timedelta(microseconds=1)
    return later.isoformat().replace("+00:00", "Z")


async def test_a_move_may_be_given_whole() -> None:
    async with shops() as caller:
        move = {"from_location": "Main Warehouse", "to_location": "STORE-HULL", "sku": "OSLO-S-BLK", "quantity": "9"}
        (reference,) = (await caller.act("recommend_transfers", **move))["reference_ids"]
        (row,) = await caller.everything("recommendations/transfers")
        assert {name: row[name] for name in move} == move
        await caller.act("process_transfers")
        refused = await caller.refused_act("process_transfers", references=[reference])
        assert "is processed; it must be open" in refused


async def test_stock_targets() -> None:
    async with shops() as caller:
        await caller.post("sales:batch", {"data": [sale(quantity="7")]}, **{"Idempotency-Key": fresh_key()})
        await caller.act("set_target", location="STORE-HULL", sku="OSLO-S-BLK", quantity="6")
        (row,) = await caller.everything("recommendations/stock-targets")
        assert set(row) == {"location_code", "sku", "target_quantity", "forecast_on"}
        assert (row["target_quantity"], len(row["forecast_on"])) == ("6", 10)
        await caller.act("forecast")
        rows = await caller.everything("recommendations/stock-targets")
        assert len(rows) == len(await caller.everything("stock-levels")) + 1
        assert [row["target_quantity"] for row in rows if row["location_code"] == "WEB-SHOP"] == ["7"]
