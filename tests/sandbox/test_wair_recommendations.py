"""Recommendations out: every open transfer to every reader, by position in a list that moves."""

from datetime import timedelta
from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.wair import WairSimulator
from tests.sandbox.wair_caller import Caller, planner


async def recommended(caller: Caller, count: int, **params: Any) -> list[str]:
    told = await caller.act("recommend_transfers", count=count, **params)
    return list(told["reference_ids"])


async def test_a_row_is_as_published() -> None:
    async with planner(initial="estate") as caller:
        (reference,) = await recommended(
            caller, 1, from_location="STORE-YORK", to_location="STORE-HULL", sku="OSLO-S-BLK", quantity=1,
            description="Redistribution handles",
        )  # fmt: skip
        answer = await caller.get("Recommendations/transfers?Offset=0&Limit=10")
        assert '"quantity":1.00000,' in answer.text
        (row,) = answer.json["transfers"]
        assert list(row) == [
            "fromLocationId", "toLocationId", "skuId", "quantity", "referenceId", "approvalBatchId", "fromLocationGLN",
            "toLocationGLN", "transferType", "approvalBatchDescription", "plannedDispatchDate",
        ]  # fmt: skip
        assert reference.startswith("RD_")
        assert (row["transferType"], row["approvalBatchDescription"]) == ("Redistribution", "Redistribution handles")
        assert (len(row["fromLocationGLN"]), len(row["plannedDispatchDate"])) == (13, 10)
        echoed = {name: value for name, value in answer.json.items() if name != "transfers"}
        assert echoed == {"offset": 0, "limit": 0, "moreRecordsAvailable": False}


async def test_the_echo_of_the_limit_is_a_setting() -> None:
    async with planner(initial="estate", limit_echo="asked") as caller:
        assert (await caller.transfers(Offset=3, Limit=10))["limit"] == 10


async def test_a_still_list_is_read_to_the_end() -> None:
    async with planner(initial="estate") as caller:
        references = await recommended(caller, 25)
        assert sorted(await caller.read_all(limit=10)) == sorted(references)
        last = await caller.transfers(Offset=20, Limit=5)
        assert (len(last["transfers"]), last["moreRecordsAvailable"]) == (5, False)
        assert (await caller.transfers(Offset=25, Limit=5))["transfers"] == []


async def test_more_than_the_maximum_is_cut_without_a_word() -> None:
    async with planner(initial="estate", limit_max=4) as caller:
        await recommended(caller, 6)
        page = await caller.transfers(Limit=100)
        assert (len(page["transfers"]), page["moreRecordsAvailable"], page["limit"]) == (4, True, 0)
        assert len((await caller.transfers())["transfers"]) == 4
    async with planner(initial="estate", limit_max=4, limit_over="refuse") as caller:
        assert (await caller.get("Recommendations/transfers?Limit=5")).status == 400


@pytest.mark.parametrize("query", ["Offset=-1", "Limit=ten", "FromConfirmedDateTime=yesterday"])
async def test_a_query_that_cannot_be_read(query: str) -> None:
    async with planner() as caller:
        answer = await caller.get(f"Recommendations/transfers?{query}")
        assert (answer.status, list(answer.errors)) == (400, [query.partition("=")[0]])


async def test_wair_does_not_remember_what_was_fetched() -> None:
    async with planner(initial="estate") as caller:
        references = await recommended(caller, 3)
        assert await caller.read_all(limit=2) == await caller.read_all(limit=3) == references


async def test_processing_while_paging_skips_rows() -> None:
    async with planner(initial="estate") as caller:
        references = await recommended(caller, 1205)

        async def process(read: list[str]) -> None:
            await caller.act("process_transfers", references=read)

        assert len(await caller.read_all(limit=500, before_next=process)) == 705
        left = await caller.read_all(limit=500)
        assert len(left) == 500
        assert set(left) < set(references)


async def test_others_process_while_we_page() -> None:
    async with planner(initial="estate", processed_per_read=2) as caller:
        references = await recommended(caller, 10)
        read = await caller.read_all(limit=4)
        assert len(read) < len(set(references))
        assert set(read) < set(references)


async def test_a_row_that_comes_back_makes_the_next_page_repeat() -> None:
    async with planner(initial="estate") as caller:
        await caller.act("recommend_transfers", count=2, confirm=False)
        await recommended(caller, 2)
        caller.simulator.skew = timedelta(seconds=-60)  # approved earlier, told later: it goes in at the front
        first = await caller.transfers(Limit=2)
        await caller.act("confirm_transfers")
        second = await caller.transfers(Offset=2, Limit=2)
        assert first["transfers"] == second["transfers"]


async def test_an_uploaded_transfer_takes_its_recommendation_off_the_list() -> None:
    async with planner(initial="estate") as caller:
        one, two = await recommended(caller, 2, sku="OSLO-S-BLK", quantity=2)
        line = {"skuId": "OSLO-S-BLK", "quantity": 2}
        places = {"fromLocationId": "STORE-YORK", "toLocationId": "STORE-HULL"}
        await caller.upload("Transfers", [{"id": "ST-1", "open": True, "referenceId": one, **places, "lines": [line]}])
        assert await caller.read_all(limit=10) == [two]
        flat = {"id": "ST-2", "open": True, "referenceId": two, **places, **line}
        await caller.upload("Transfers", [flat])
        assert await caller.read_all(limit=10) == []
        assert {row["closed_by"] for row in (await caller.state())["recommendations"]} == {"upload"}


@pytest.mark.parametrize(("setting", "moved"), [("shipped", "quantityShipped"), ("received", "quantityReceived")])
async def test_when_a_transfer_is_no_longer_open_is_a_setting(setting: str, moved: str) -> None:
    async with planner(initial="estate", leaves_list=setting) as caller:
        (reference,) = await recommended(caller, 1, quantity=2)
        sent = {
            "id": "ST-1", "open": True, "fromLocationId": "A", "toLocationId": "B",
            "lines": [{"skuId": "1", "quantity": 2, "referenceId": reference}],
        }  # fmt: skip
        await caller.upload("Transfers", [sent])
        assert await caller.read_all(limit=10) == [reference]
        sent["lines"][0][moved] = 2  # type: ignore[index]
        await caller.upload("Transfers", [sent])
        assert await caller.read_all(limit=10) == []


async def test_the_filter_goes_by_when_it_was_confirmed() -> None:
    async with planner(initial="estate") as caller:
        caller.simulator.skew = timedelta(days=-3)
        (old,) = await recommended(caller, 1)
        caller.simulator.skew = timedelta()
        (new,) = await recommended(caller, 1)
        since = (caller.simulator.now() - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S.00")
        page = await caller.transfers(FromConfirmedDateTime=since)
        assert [row["referenceId"] for row in page["transfers"]] == [new]
        assert await caller.read_all(limit=10) == [old, new]


async def test_the_zone_of_the_filter_is_a_setting() -> None:
    async with planner(initial="estate", confirmed_time_zone="Pacific/Auckland") as caller:
        (reference,) = await recommended(caller, 1)
        ahead = (caller.simulator.now() + timedelta(hours=6)).strftime("%Y-%m-%d %H:%M:%S.00")
        page = await caller.transfers(FromConfirmedDateTime=ahead)  # six hours ahead here is half a day ago there
        assert [row["referenceId"] for row in page["transfers"]] == [reference]


async def test_approval_withdrawal_and_a_changed_mind() -> None:
    async with planner(initial="estate") as caller:
        one, two = await recommended(caller, 2, confirm=False, kind="replenishment")
        assert await caller.read_all(limit=10) == []
        await caller.act("confirm_transfers", references=[two])
        await caller.act("confirm_transfers")
        assert await caller.read_all(limit=10) == [two, one]
        assert one.startswith("RP_")
        await caller.act("withdraw_transfers", references=[two])
        await caller.act("change_transfer", reference=one, quantity="9")
        (row,) = (await caller.transfers())["transfers"]
        assert (row["referenceId"], row["quantity"], row["transferType"]) == (one, 9.0, "Replenishment")


async def test_moves_are_chosen_from_where_stock_is() -> None:
    async with planner() as caller:
        places = [("YORK", 5), ("HULL", 0), ("LEEDS", 0)]
        await caller.upload("Stock", [{"locationId": one, "skuId": "1", "quantity": held} for one, held in places])
        await recommended(caller, 6)
        assert {row["fromLocationId"] for row in (await caller.transfers())["transfers"]} == {"YORK"}


async def test_acts_that_cannot_be_played() -> None:
    async with planner() as caller:
        assert "nothing was uploaded" in await caller.refused_act("recommend_transfers")
        assert "kind 'sale'" in await caller.refused_act("recommend_transfers", kind="sale")
        assert "no transfer" in await caller.refused_act("process_transfers", references=["RD_1"])
        assert "quantity 'two'" in await caller.refused_act("set_target", location="A", sku="1", quantity="two")
    async with planner(initial="estate") as caller:
        (reference,) = await recommended(caller, 1)
        await caller.act("process_transfers")
        assert "is processed; it must be open" in await caller.refused_act("process_transfers", references=[reference])


async def test_stock_targets() -> None:
    async with planner() as caller:
        await caller.upload("Sales", [{"id": "s1", "locationId": "YORK", "skuId": "1", "quantity": 5}])
        await caller.upload("Stock", [{"locationId": "HULL", "skuId": "1", "quantity": 5}])
        assert await caller.act("forecast") == {"targets": 2}
        await caller.act("set_target", location="HULL", sku="1", quantity=8)
        page = (await caller.get("Recommendations/stockTargets?Offset=0&Limit=10")).json
        assert [(row["locationId"], row["targetQuantity"]) for row in page["stockTargets"]] == [
            ("HULL", 8),
            ("YORK", 5),
        ]
        assert list(page["stockTargets"][0]) == ["locationId", "skuId", "targetQuantity", "forecastDate"]
        assert (page["offset"], page["limit"], page["moreRecordsAvailable"]) == (0, 10, False)


@pytest.mark.parametrize(("output", "counts"), [("transfers", (1, 0)), ("stock_targets", (0, 1)), ("both", (1, 1))])
async def test_an_erp_is_given_transfers_or_targets(output: str, counts: tuple[int, int]) -> None:
    async with planner(initial="estate", output=output) as caller:
        await recommended(caller, 1)
        await caller.act("set_target", location="A", sku="1", quantity=1)
        targets = (await caller.get("Recommendations/stockTargets")).json["stockTargets"]
        assert (len((await caller.transfers())["transfers"]), len(targets)) == counts


async def test_product_texts_are_filtered() -> None:
    async with planner() as caller:
        await caller.act("write_text", item="OSLO", style="OSLO-BLK", title="Black handle")
        await caller.act("write_text", item="OSLO", style="OSLO-WHT", title="White handle")
        await caller.act("write_text", item="HP-1", style="HP-1", title="Drill", confirm=False)
        path = "Recommendations/productDescriptions"
        assert [row["styleId"] for row in (await caller.get(path)).json["styles"]] == ["OSLO-BLK", "OSLO-WHT"]
        (row,) = (await caller.get(f"{path}?StyleId=OSLO-WHT&ItemId=OSLO")).json["styles"]
        assert row["descriptions"][0]["productTitle"] == "White handle"
        assert (await caller.get(f"{path}?ConfirmedDateTime=2099-01-31T13:50:31.331Z")).json["styles"] == []


async def test_short_and_repeating_pages() -> None:
    async with planner(initial="estate") as caller:
        references = await recommended(caller, 10)
        await caller.fault(kind="short_list", count=1)
        page = await caller.transfers()
        assert (len(page["transfers"]), page["moreRecordsAvailable"]) == (7, False)
        await caller.fault(kind="duplicate_row", match="transfers", count=1)
        page = await caller.transfers()
        assert [row["referenceId"] for row in page["transfers"]] == [*references, references[0]]


async def test_the_same_seed_and_calls_give_the_same_recommendations() -> None:
    async with planner(initial="estate") as one, planner(initial="estate") as other:
        assert await recommended(one, 7) == await recommended(other, 7)
    simulator = WairSimulator(build_estate(items=30, companies=5), seed=2, settings={"initial": "estate"})
    async with running(simulator):
        made = await simulator.act("recommend_transfers", {"count": 7})
        assert made["reference_ids"] != [row["reference_id"] for row in (one.simulator.state())["recommendations"]]
