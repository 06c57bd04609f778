"""What is told wair.ai: stock on hand, what is promised apart, whole objects under our ids and their names."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from crossdock.model.faults import Accepted, DataFault, Refused, Unsupported
from crossdock.model.retail import LocationKind
from crossdock.model.stock import Basis
from tests.connectors.wair.support import commitment, item, level, paths, place, sale, transfer, wair_ai


def body(stub: Any, dataset: str) -> Any:
    (call,) = stub.calls("POST", f"/api/v1/{dataset}")
    return call.body


@pytest.mark.parametrize("basis", [Basis.AVAILABLE, Basis.FREE, Basis.BUILDABLE])
async def test_only_stock_on_hand_is_told_and_the_rest_refused_before_any_call(basis: Basis) -> None:
    async with wair_ai() as (connector, stub):
        with pytest.raises(Unsupported, match=basis.value):
            await connector.write_on_hand([level("A"), level("B", basis=basis)])
        assert stub.asked == []


async def test_a_parents_total_is_refused_and_its_children_are_told() -> None:
    async with wair_ai() as (connector, stub):
        with pytest.raises(Unsupported, match="parent's total"):
            await connector.write_on_hand([level("DERBY", "10", leaf=False), level("A", "4"), level("B", "6")])
        assert stub.asked == []
        await connector.write_on_hand([level("A", "4"), level("B", "6")])
        assert sum(row["quantity"] for row in body(stub, "Stock")["stock"]) == 10


async def test_ten_there_and_three_promised_are_told_as_ten_and_three() -> None:
    async with wair_ai() as (connector, stub):
        there = level(quantity="10", allocated=Decimal(3), available=Decimal(7))
        await connector.write_on_hand([there])
        await connector.replace_commitments(["SOHO"], [commitment(quantity="3")])
        (row,) = body(stub, "Stock")["stock"]
        assert row == {
            "id": "SOHO/DERBY-40", "locationId": "SOHO", "skuId": "DERBY-40", "quantity": 10,
            "dateTime": "2026-03-02T08:30:00Z",
        }  # fmt: skip
        (promised,) = body(stub, "StockNotForReplenishment")["stockNotForReplenishment"]
        assert promised == {
            "id": "SO1/1", "locationId": "SOHO", "skuId": "DERBY-40", "quantity": 3,
            "startDateTime": "2026-03-02T08:30:00Z",
        }  # fmt: skip


async def test_a_location_that_the_retail_side_owns_is_not_told_its_stock() -> None:
    async with wair_ai(locations={"SOHO": {"owner": "retail"}, "MAIN": {"owner": "erp"}}) as (connector, stub):
        with pytest.raises(Unsupported, match="owned by the retail system"):
            await connector.write_on_hand([level(location="MAIN"), level(location="SOHO")])
        assert stub.asked == []
        assert await connector.write_on_hand([level(location="MAIN")]) == [Accepted("MAIN/DERBY-40")]


async def test_a_full_load_must_name_every_location_or_it_would_free_what_others_promised() -> None:
    locations = {"SOHO": {"owner": "erp"}, "MAIN": {"owner": "erp"}, "POP": {"owner": "retail"}}
    async with wair_ai(locations=locations) as (connector, stub):
        with pytest.raises(Unsupported, match="MAIN"):
            await connector.replace_commitments(["SOHO"], [commitment()])
        with pytest.raises(Unsupported, match="none of those replaced"):
            await connector.replace_commitments(["MAIN"], [commitment()])
        assert stub.asked == []
        assert isinstance(await connector.replace_commitments(["SOHO", "MAIN"], [commitment()]), Accepted)
    async with wair_ai(locations=locations, commitment_scope="named") as (connector, _):
        assert isinstance(await connector.replace_commitments(["SOHO"], [commitment()]), Accepted)


async def test_a_commitment_that_cannot_be_said_stops_the_load() -> None:
    async with wair_ai() as (connector, stub):
        with pytest.raises(DataFault, match="SO2: quantity"):
            await connector.replace_commitments(["SOHO"], [commitment(), commitment("SO2", "0.0000001")])
        assert stub.asked == []


async def test_quantities_are_numbers_and_keep_every_digit() -> None:
    async with wair_ai() as (connector, stub):
        await connector.write_on_hand([level(quantity="123456789012.123456"), level("B", "-1.50")])
        raw = stub.calls("POST", "/api/v1/Stock")[0].raw
        assert b'"quantity":123456789012.123456' in raw
        assert b'"quantity":-1.50' in raw


async def test_a_return_has_a_negative_quantity_and_price() -> None:
    async with wair_ai() as (connector, stub):
        await connector.write_sales([sale(), sale("T-2", "-1", line_no=3, discount_reason="STAFF")])
        sold, returned = body(stub, "Sales")["sales"]
        assert (sold["saleId"], sold["quantity"], sold["price"]) == ("T-1/1", 1, 89.95)
        assert (returned["saleId"], returned["code"], returned["quantity"], returned["price"]) == (
            "T-2/3",
            "T-2",
            -1,
            -89.95,
        )
        assert returned["discountReasonId"] == "STAFF"
    async with wair_ai(return_price="positive") as (connector, stub):
        await connector.write_sales([sale("T-2", "-1")])
        assert body(stub, "Sales")["sales"][0]["price"] == 89.95


async def test_a_transfer_names_the_recommendation_it_came_of() -> None:
    async with wair_ai() as (connector, stub):
        assert await connector.write_transfers([transfer(), transfer("TO-2", proposal_ref="")]) == [
            Accepted("TO-1"),
            Accepted("TO-2"),
        ]
        first, second = body(stub, "Transfers")["transfers"]
        line = {"skuId": "DERBY-40", "quantity": 4, "quantityShipped": 4, "quantityReceived": 1}
        assert first == {
            "transferId": "TO-1", "code": "TO-1", "referenceId": "R-1", "open": True, "fromLocationId": "MAIN",
            "toLocationId": "SOHO", "lines": [line],
        }  # fmt: skip
        assert "referenceId" not in second


async def test_items_are_whole_and_a_parent_holds_no_sku() -> None:
    async with wair_ai() as (connector, stub):
        await connector.write_items([item(), item("DERBY", leaf=False, parent_sku="")])
        leaf, parent = body(stub, "Items")["items"]
        assert (leaf["itemId"], leaf["code"], leaf["parentId"], leaf["styleId"]) == (
            "DERBY-40",
            "DERBY-40",
            "DERBY",
            "DERBY-BLK",
        )
        assert [sku["skuId"] for sku in leaf["skus"]] == ["DERBY-40"]
        assert parent["skus"] == []


async def test_a_shop_needs_an_address_and_its_neighbours_do_not_wait_for_it() -> None:
    async with wair_ai() as (connector, stub):
        bare = place("POP", street="", town="", postcode="")
        web = place("WEB", kind=LocationKind.WEBSHOP, street="", town="", postcode="", country="")
        refused, taken, shop = await connector.write_locations([bare, web, place()])
        assert isinstance(refused, Refused)
        assert (refused.code, "POP" in refused.text) == ("unsayable", True)
        assert (taken, shop) == (Accepted("WEB"), Accepted("SOHO"))
        assert [row["locationId"] for row in body(stub, "Locations")["locations"]] == ["WEB", "SOHO"]


async def test_nothing_is_sent_when_nothing_can_be_said() -> None:
    async with wair_ai() as (connector, stub):
        (refused,) = await connector.write_locations([place(street="", town="", postcode="")])
        assert isinstance(refused, Refused)
        assert stub.asked == []


async def test_ids_of_theirs_take_the_place_of_codes() -> None:
    mapped: dict[str, Any] = {"ids": "mapped", "location_ids": {"SOHO": "17"}, "sku_ids": {"DERBY-40": "4711"}}
    async with wair_ai(**mapped) as (connector, stub):
        known, unknown = await connector.write_on_hand([level(), level("DERBY-41")])
        assert known == Accepted("SOHO/DERBY-40")
        assert isinstance(unknown, Refused)
        assert "'DERBY-41' does not stand in sku_ids" in unknown.text
        (row,) = body(stub, "Stock")["stock"]
        assert (row["id"], row["locationId"], row["skuId"]) == ("17/4711", "17", "4711")


async def test_fields_may_be_named_otherwise_or_left_out() -> None:
    fields = {"stock": {"rows": "", "quantity": "qty", "dateTime": "", "id": ""}, "transfers": {"lines": "rows"}}
    async with wair_ai(fields=fields) as (connector, stub):
        await connector.write_on_hand([level()])
        assert body(stub, "Stock") == [{"locationId": "SOHO", "skuId": "DERBY-40", "qty": 10}]
        await connector.write_transfers([transfer()])
        assert "rows" in body(stub, "Transfers")["transfers"][0]


async def test_times_are_told_in_utc() -> None:
    summer = datetime.fromisoformat("2026-07-01T10:00:00.25+01:00")
    async with wair_ai() as (connector, stub):
        await connector.replace_commitments(
            ["SOHO"], [commitment(since=summer, until=datetime(2027, 1, 1, tzinfo=UTC))]
        )
        (row,) = body(stub, "StockNotForReplenishment")["stockNotForReplenishment"]
        assert row["startDateTime"] == "2026-07-01T09:00:00.250000Z"
        assert row["endDateTime"] == "2027-01-01T00:00:00Z"


async def test_the_same_upload_twice_is_the_same_rows_twice() -> None:
    async with wair_ai() as (connector, stub):
        for _ in range(2):
            await connector.write_sales([sale(), sale(line_no=2)])
        first, second = (orjson.loads(call.raw) for call in stub.calls("POST", "/api/v1/Sales"))
        assert first == second
        assert len({row["saleId"] for row in first["sales"]}) == 2
        assert paths(stub) == ["/Batch/start", "/Sales", "/Batch/stop"] * 2
