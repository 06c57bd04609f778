"""What uploads come to: full loads, half batches, levels as mutations, and the figures WAIR reckons with."""

from typing import Any

from tests.sandbox.wair_caller import Caller, planner

PLACE = ("YORK", "700001")


def level(quantity: Any = 10, place: tuple[str, str] = PLACE) -> dict[str, Any]:
    return {"locationId": place[0], "skuId": place[1], "quantity": quantity}


def kept(id_: str, quantity: int = 3, place: tuple[str, str] = PLACE) -> dict[str, Any]:
    return {"id": id_, **level(quantity, place), "startDateTime": "1970-01-01T00:00:00Z", "endDateTime": None}


def transfer(id_: str, *, shipped: int = 0, received: int = 0, open_: bool = True, **more: Any) -> dict[str, Any]:
    line = {"skuId": PLACE[1], "quantity": 4, "quantityShipped": shipped, "quantityReceived": received}
    return {
        "transferId": id_, "code": id_, "open": open_, "fromLocationId": PLACE[0], "toLocationId": "HULL",
        "lines": [line], **more,
    }  # fmt: skip


async def kept_ids(caller: Caller) -> list[str]:
    return [row["id"] for row in (await caller.state())["stock_not_for_replenishment"]]


async def test_a_level_becomes_the_mutation_that_leads_to_it() -> None:
    async with planner() as caller:
        for quantity in (10, 10, "7.5", 0):
            await caller.upload("Stock", [level(quantity)])
        state = await caller.state()
        assert [one["quantity"] for one in state["mutations"]] == ["10", "-2.5", "-7.5"]
        assert (await caller.stock())[PLACE]["on_hand"] == "0"


async def test_only_the_rows_sent_are_updated_even_by_a_full_load() -> None:
    async with planner() as caller:
        await caller.upload("Stock", [level(), level(2, ("HULL", "700001"))])
        await caller.upload("Stock?fullLoad=true", [level(9)])
        assert {place: one["on_hand"] for place, one in (await caller.stock()).items()} == {
            PLACE: "9",
            ("HULL", "700001"): "2",
        }


async def test_a_mutation_counts_once_however_often_it_is_sent() -> None:
    async with planner() as caller:
        rows = [
            {"stockMutationId": "m1", **level(5), "mutationDateTime": "2026-01-01T08:00:00Z"},
            {"stockMutationId": "m2", **level(-2), "mutationDateTime": "2026-01-01T09:00:00Z"},
        ]
        await caller.upload("StockMutations", rows)
        await caller.upload("StockMutations", [rows[1], {**rows[0], "quantity": 6}])
        assert (await caller.stock())[PLACE]["on_hand"] == "4"
        await caller.delete("StockMutations/m2")
        assert (await caller.stock())[PLACE]["on_hand"] == "6"


async def test_stock_may_come_before_its_item() -> None:
    async with planner() as caller:
        await caller.upload("Stock", [level()])
        assert (await caller.state())["orphans"] == ["700001"]
        sku = {"skuId": "700001", "code": "OSLO-S-BLK", "styleId": "OSLO-BLK", "sizeId": "S", "seasonId": "NOOS"}
        item = {"itemId": "OSLO", "code": "OSLO", "seasonId": "SUMMER", "brandId": "OWN", "skus": [sku]}
        await caller.upload("Items", [item])
        state = await caller.state()
        assert state["orphans"] == []
        assert (state["skus"][0]["seasonId"], state["skus"][0]["brandId"]) == ("NOOS", "OWN")  # the SKU overrules


async def test_physical_and_commitment_are_subtracted_once_available_and_commitment_twice() -> None:
    async with planner() as caller:
        await caller.upload("StockNotForReplenishment", [kept("so-1")], array="stockNotForReplenishment")
        await caller.upload("Stock", [level(10)])
        assert (await caller.stock())[PLACE]["available"] == "7"
        await caller.upload("Stock", [level(7)])  # the available figure sent as if it were stock on hand
        assert (await caller.stock())[PLACE]["available"] == "4"


async def test_a_full_load_replaces_what_its_series_did_not_name() -> None:
    async with planner() as caller:
        await caller.upload("StockNotForReplenishment", [kept("a"), kept("b")])
        await caller.upload("StockNotForReplenishment", [kept("c")])
        assert await kept_ids(caller) == ["a", "b", "c"]
        await caller.post("Batch/start")
        for query, id_ in (("true&moreRecordsAvailable=true", "c"), ("true&moreRecordsAvailable=false", "d")):
            body = {"stockNotForReplenishment": [kept(id_)]}
            assert (await caller.post(f"StockNotForReplenishment?fullLoad={query}", body)).status == 200
        await caller.post("Batch/stop")
        assert await kept_ids(caller) == ["c", "d"]
        await caller.upload("StockNotForReplenishment?fullLoad=true", [])
        assert await kept_ids(caller) == []


async def test_a_full_load_that_is_never_finished_removes_nothing() -> None:
    async with planner() as caller:
        await caller.upload("StockNotForReplenishment", [kept("a"), kept("b")])
        await caller.upload("StockNotForReplenishment?fullLoad=true&moreRecordsAvailable=true", [kept("c")])
        await caller.upload("StockNotForReplenishment?fullLoad=true", [kept("d")])  # another series: c is not in it
        assert await kept_ids(caller) == ["d"]


async def test_a_full_load_may_come_to_nothing_more_than_an_upsert() -> None:
    async with planner(full_load="upsert") as caller:
        await caller.upload("StockNotForReplenishment", [kept("a")])
        await caller.upload("StockNotForReplenishment?fullLoad=true", [kept("b")])
        assert await kept_ids(caller) == ["a", "b"]


async def half_batch(caller: Caller) -> None:
    """A first batch is left open after one of its rows; a second is whole."""
    await caller.post("Batch/start")
    await caller.post("Stock", {"stock": [level(1)]})


async def test_half_a_batch_is_forgotten_by_the_next_start() -> None:
    async with planner() as caller:
        await half_batch(caller)
        await caller.upload("Stock", [level(2, ("HULL", "700001"))])
        assert list(await caller.stock()) == [("HULL", "700001")]
        state = await caller.state()
        assert [one["counts"] for one in state["uploads"]] == ["dropped", "yes"]
        assert state["batches"] == {"started": 2, "dropped": 1, "stopped": 1}


async def test_half_a_batch_may_be_gone_on_with_or_stand_in_the_way() -> None:
    async with planner(unclosed_batch="keep") as caller:
        await half_batch(caller)
        await caller.upload("Stock", [level(2, ("HULL", "700001"))])
        assert len(await caller.stock()) == 2
    async with planner(unclosed_batch="refuse") as caller:
        await half_batch(caller)
        assert (await caller.post("Batch/start")).status == 400
        assert (await caller.post("Batch/stop")).status == 200
        assert (await caller.post("Batch/start")).status == 200


async def test_rows_may_count_at_once_so_that_half_a_batch_is_half_the_truth() -> None:
    async with planner(rows_visible="at_once") as caller:
        await half_batch(caller)
        assert (await caller.stock())[PLACE]["on_hand"] == "1"


async def test_the_service_forgets_an_open_batch() -> None:
    async with planner() as caller:
        await half_batch(caller)
        assert await caller.act("drop_batch") == {"rows_lost": 1}
        assert (await caller.post("Stock", {"stock": [level()]})).status == 400
        assert (await caller.post("Batch/stop")).status == 200  # nothing is open, nothing is said


async def test_uploads_and_stops_without_a_batch() -> None:
    async with planner() as caller:
        assert (await caller.post("Stock", {"stock": [level()]})).json["title"].startswith("No batch is open")
    async with planner(outside_batch="accept", stop_without_batch="refuse") as caller:
        assert (await caller.post("Stock", {"stock": [level()]})).status == 200
        assert (await caller.stock())[PLACE]["on_hand"] == "10"
        assert (await caller.post("Batch/stop")).status == 400


async def test_open_transfers_move_what_is_available() -> None:
    async with planner() as caller:
        await caller.upload("Stock", [level(10)])
        await caller.upload("Transfers", [transfer("t1")])
        stock = await caller.stock()
        assert (stock[PLACE]["to_ship"], stock[PLACE]["available"]) == ("4", "6")
        assert (stock["HULL", "700001"]["to_receive"], stock["HULL", "700001"]["available"]) == ("4", "4")
        await caller.upload("Transfers", [transfer("t1", shipped=4, received=1)])
        assert (await caller.stock())["HULL", "700001"]["to_receive"] == "3"
        await caller.upload("Transfers", [transfer("t1", shipped=4, received=4, open_=False)])
        assert (await caller.stock())[PLACE]["available"] == "10"


async def test_sales_and_returns_are_kept_by_id() -> None:
    async with planner() as caller:
        sale = {"salesId": "s1", **level(2), "price": 18.40, "saleDateTime": "2026-01-02T10:00:00Z"}
        back = {**sale, "salesId": "r1", "quantity": -1, "price": -18.40}
        await caller.upload("Sales", [sale, back])
        await caller.upload("Sales", [sale])
        assert [(one["salesId"], one["quantity"], one["price"]) for one in (await caller.state())["sales"]] == [
            ("s1", "2", "18.4"),
            ("r1", "-1", "-18.4"),
        ]


async def test_the_array_name_and_the_spellings_are_settings() -> None:
    async with planner(rows_keys={"Stock": "stockLevels"}, bodies="strict") as caller:
        await caller.post("Batch/start")
        assert (await caller.post("Stock", {"stock": [level()]})).status == 400
        assert (await caller.post("Stock", {"stockLevels": [level()]})).status == 200
        other = {"locationId": "YORK", "skuId": "700001", "stockOnHand": 3}
        assert (await caller.post("Stock", {"stockLevels": [other]})).status == 400
    async with planner() as caller:
        await caller.upload("Stock", [other])
        assert (await caller.stock())[PLACE]["on_hand"] == "3"
