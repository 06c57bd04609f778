"""What the retail system tells of itself: capabilities, places, items, levels, movements."""

import re
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.retail_stock import RetailStockSimulator
from tests.sandbox.retail_stock_caller import PLACE, shops

DEC = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
OWNED = ["STORE-YORK", "STORE-LEEDS", "STORE-HULL"]


async def test_capabilities() -> None:
    async with shops(unsupported=["recommendations.stock_targets"], webhooks=False) as caller:
        told = (await caller.get("capabilities")).json
        assert (told["contract_version"], told["locations_owned"]) == ("1.0.0", OWNED)
        assert (told["stock_basis_accepted"], told["stock_basis_emitted"], told["emits_sequence"]) == (
            "physical",
            "physical",
            True,
        )
        assert told["max_batch"] == {"items": 1000, "stock": 1000, "sales": 1000, "transfers": 500}
        assert (told["webhooks"], told["sizing"]) == (False, True)
        unsupported = {name for name, offered in told["operations"].items() if offered == "unsupported"}
        assert unsupported == {"recommendations.stock_targets", "webhooks"}
        refused = await caller.get("recommendations/stock-targets")
        assert (refused.status, refused.json["code"]) == (501, "operation-unsupported")
        assert (await caller.get("webhook-endpoints")).status == 501


async def test_a_system_that_emits_no_stock_has_no_stock_feed() -> None:
    async with shops(stock_basis_emitted=None) as caller:
        for path in ("stock-levels", "stock-movements"):
            assert (await caller.get(path)).status == 501
        assert (await caller.get("capabilities")).json["stock_basis_emitted"] is None


async def test_without_the_token_nothing_is_told() -> None:
    async with shops() as caller:
        for credentials in ("Bearer wrong", "Basic c2FuZGJveDp0b2tlbg=="):
            answer = await caller.call("GET", "/v1/stock-levels", Authorization=credentials)
            assert (answer.status, answer.json["code"]) == (401, "unauthorised")
        echoed = await caller.call("GET", "/v1/capabilities", **{"X-Correlation-Id": "run-7"})
        assert echoed.headers["X-Correlation-Id"] == "run-7"


async def test_locations_and_who_owns_their_stock() -> None:
    async with shops() as caller:
        rows = {row["location_code"]: row for row in await caller.everything("locations")}
        assert {code for code, row in rows.items() if row["stock_owner"] == "retail"} == set(OWNED)
        assert {row["kind"] for row in rows.values()} == {"store", "warehouse", "webshop"}
        assert all(row["address"] for row in rows.values() if row["kind"] == "store")
        assert rows["Main Warehouse"]["stock_owner"] == "erp"


async def test_items_carry_three_layers_and_readiness() -> None:
    async with shops() as caller:
        rows = {row["sku"]: row for row in await caller.everything("items")}
        child = rows["OSLO-S-BLK"]
        assert [child[name] for name in ("item_id", "style_id", "size_id", "colour_id", "stock_role")] == [
            "OSLO", "OSLO-BLK", "S", "BLK", "leaf",
        ]  # fmt: skip
        assert child["readiness"] == {"body_map_id": "BM-HANDLE", "state": "complete", "missing_attributes": []}
        assert rows["OSLO-L-WHT"]["readiness"]["missing_attributes"] == ["grip_length"]
        assert rows["OSLO-L-WHT"]["readiness"]["state"] == "missing"
        assert rows["HP-1000"]["readiness"]["state"] == "not_applicable"
        assert (rows["OSLO"]["stock_role"], rows["OSLO"]["size_id"]) == ("parent", None)
        assert "GHOST-01" not in rows
    async with shops(sizing=False) as caller:
        assert all("readiness" not in row for row in await caller.everything("items"))


async def test_a_level_row() -> None:
    async with shops() as caller:
        row = await caller.level()
        assert set(row) == {
            "location_code", "sku", "physical", "allocated", "available", "basis", "stock_role", "sequence",
            "occurred_at", "published_at", "reason",
        }  # fmt: skip
        assert all(DEC.fullmatch(row[name]) for name in ("physical", "allocated", "available"))
        assert Decimal(row["available"]) == Decimal(row["physical"]) - Decimal(row["allocated"])
        assert (row["basis"], row["stock_role"], row["sequence"]) == ("physical", "leaf", 1)


async def test_the_feed_is_whole_over_pages_and_says_zero() -> None:
    async with shops() as caller:
        rows = await caller.everything("stock-levels", limit=7)
        total = (await caller.get("stock-levels?limit=1")).json["page"]["total"]
        assert len({(row["location_code"], row["sku"]) for row in rows}) == len(rows) == total
        assert {row["location_code"] for row in rows} == set(OWNED)  # the ERP's places are not ours to tell
        assert {row["stock_role"] for row in rows} == {"leaf"}
        assert any(row["physical"] == "0" for row in rows)
    async with shops(omit_zeros=True) as caller:
        left = await caller.everything("stock-levels")
        assert len(left) == len([row for row in rows if row["physical"] != "0"]) < len(rows)


async def test_only_what_was_published_since_is_told() -> None:
    async with shops() as caller:
        await caller.act("receive_goods", location=PLACE[0], sku=PLACE[1], quantity=5)
        row = await caller.level()
        feed = (await caller.get(f"stock-levels?updated_since={row['published_at']}")).data
        assert feed == [row]


async def test_a_row_that_changes_between_pages_is_read_again_with_its_newest_figure() -> None:
    async with shops() as caller:
        page = (await caller.get("stock-levels?limit=5")).json
        moved = page["data"][0]
        await caller.act("receive_goods", location=moved["location_code"], sku=moved["sku"], quantity=5)
        cursor = page["page"]["next_cursor"]
        rest = (await caller.get(f"stock-levels?limit=500&cursor={cursor}")).data
        last = rest[-1]
        assert (last["location_code"], last["sku"], last["sequence"]) == (moved["location_code"], moved["sku"], 2)


async def test_query_by_sku() -> None:
    async with shops() as caller:
        answer = await caller.post("stock-levels/query", {"skus": ["OSLO-S-BLK", "NOT-HERE"]})
        assert {row["location_code"] for row in answer.data} == set(OWNED)
        assert answer.json["missing"] == ["NOT-HERE"]
        unknown = await caller.post("stock-levels/query", {"skus": ["OSLO-S-BLK"], "location_code": "NOWHERE"})
        assert (unknown.status, unknown.json["code"]) == (422, "location-unknown")
        too_many = await caller.post("stock-levels/query", {"skus": [str(number) for number in range(201)]})
        assert (too_many.status, too_many.json["errors"][0]["pointer"]) == (400, "/skus")


async def test_movements_sum_to_the_level() -> None:
    async with shops() as caller:
        await caller.act("trade", count=60, return_share=0.3)
        await caller.act("count_stock", location=PLACE[0], sku=PLACE[1], counted=11)
        sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        movements = await caller.everything("stock-movements", limit=50)
        for row in movements:
            sums[row["location_code"], row["sku"]] += Decimal(row["quantity"])
        levels = {(row["location_code"], row["sku"]): row for row in await caller.everything("stock-levels")}
        assert {place: Decimal(row["physical"]) for place, row in levels.items()} == dict(sums)
        assert len({row["movement_id"] for row in movements}) == len(movements)
        assert {row["reason"] for row in movements} == {"count", "sale", "return"}
        newest = {place: row["sequence"] for place, row in levels.items()}
        assert all(row["sequence"] <= newest[row["location_code"], row["sku"]] for row in movements)


async def test_parents_may_be_told_as_if_they_had_stock() -> None:
    async with shops(emit_parents=True) as caller:
        rows = [row for row in await caller.everything("stock-levels") if row["location_code"] == PLACE[0]]
        (parent,) = [row for row in rows if row["stock_role"] == "parent"]
        children = [row for row in rows if row["sku"].startswith("OSLO-")]
        assert parent["sku"] == "OSLO"
        assert Decimal(parent["physical"]) == sum(Decimal(row["physical"]) for row in children)


async def test_figures_may_be_available_and_without_sequence() -> None:
    async with shops(stock_basis_emitted="available", emits_sequence=False) as caller:
        row = await caller.level()
        assert (row["basis"], "sequence" in row) == ("available", False)
        assert "sequence" not in (await caller.everything("stock-movements"))[0]


async def test_a_late_till_shows_between_occurred_and_published() -> None:
    async with shops(till_lag_seconds=600) as caller:
        await caller.act("receive_goods", location=PLACE[0], sku=PLACE[1], quantity=1)
        row = await caller.level()
        lag = datetime.fromisoformat(row["published_at"]) - datetime.fromisoformat(row["occurred_at"])
        assert lag >= timedelta(seconds=599)


async def test_a_short_page_a_cut_feed_and_an_expired_cursor() -> None:
    async with shops() as caller:
        await caller.fault(kind="short_list", match="/v1/stock-levels", count=1)
        page = (await caller.get("stock-levels?limit=500")).json
        assert len(page["data"]) < page["page"]["total"]
        assert page["page"]["has_more"] is False
        await caller.act("cut_feed_short", feed="stock-levels")
        page = (await caller.get("stock-levels?limit=10")).json
        assert (len(page["data"]), page["page"]["has_more"], page["page"]["total"] > 10) == (10, False, True)
        page = (await caller.get("stock-levels?limit=10")).json["page"]
        await caller.act("expire_cursors")
        gone = await caller.get(f"stock-levels?cursor={page['next_cursor']}")
        assert (gone.status, gone.json["code"]) == (410, "cursor-expired")


def test_the_same_estate_gives_the_same_shelves() -> None:
    def shelves(seed: int) -> list[Any]:
        simulator = RetailStockSimulator(build_estate(items=20, companies=2), seed=seed)
        return [(row["location_code"], row["sku"], row["physical"]) for row in simulator.state()["levels"]]

    assert shelves(1) == shelves(1)
    assert len({physical for _, _, physical in shelves(1)}) > 10


@pytest.mark.parametrize(
    "settings",
    [
        {"stock_basis": "physical"}, {"stock_basis_accepted": "free"}, {"unsupported": ["dispatches"]},
        {"initial_items": "some"}, {"max_batch": {"levels": 1}}, {"auth": "password"},
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be(settings: dict[str, Any]) -> None:
    with pytest.raises(ActError):
        RetailStockSimulator(build_estate(items=4, companies=1), settings=settings)
