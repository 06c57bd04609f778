"""What people do in the shops, and what of it head office gets to see."""

from typing import Any

import pytest

from tests.sandbox.retail_stock_caller import PLACE, Caller, commitment, outcomes, shops, told_level

YORK = {"location": PLACE[0], "sku": PLACE[1]}


async def filled(caller: Caller, quantity: int = 10) -> None:
    await caller.act("count_stock", **YORK, counted=quantity)


async def test_selling_and_taking_back() -> None:
    async with shops() as caller:
        await filled(caller)
        told = await caller.act("sell", **YORK, quantity=3)
        assert told["physical"] == "7"
        row = await caller.level()
        assert (row["physical"], row["sequence"], row["reason"]) == ("7", told["sequence"], "sale")
        await caller.act("take_back", **YORK)
        assert ((await caller.level())["physical"], (await caller.level())["reason"]) == ("8", "return")
        refused = await caller.act("sell", **YORK, quantity=9)
        assert "8 on the shelf, 9 wanted" in refused["refused"]
        assert (await caller.level())["physical"] == "8"


async def test_a_count_that_finds_no_difference_moves_nothing() -> None:
    async with shops() as caller:
        await filled(caller)
        before = await caller.level()
        assert (await caller.act("count_stock", **YORK, counted="10"))["difference"] == "0"
        assert await caller.level() == before
        assert (await caller.act("count_stock", **YORK, counted="8.5"))["difference"] == "-1.5"


async def test_head_office_corrects_a_shelf() -> None:
    async with shops() as caller:
        await filled(caller)
        await caller.act("correct_stock", **YORK, quantity="-2", reason="correction")
        row = await caller.level()
        assert (row["physical"], row["reason"]) == ("8", "correction")


async def test_setting_aside_changes_allocated_and_the_sequence() -> None:
    async with shops() as caller:
        await filled(caller)
        allocated = int((await caller.level())["allocated"])
        sequence = (await caller.level())["sequence"]
        await caller.act("set_aside", **YORK, quantity=4)
        row = await caller.level()
        assert (int(row["allocated"]), row["sequence"]) == (allocated + 4, sequence + 1)
        assert "allocated of 10" in await caller.refused_act("set_aside", **YORK, quantity=20)
        await caller.act("set_aside", **YORK, quantity=-4)
        assert int((await caller.level())["allocated"]) == allocated


async def test_goods_are_booked_in_for_a_sku_nobody_sent() -> None:
    async with shops() as caller:
        await caller.act("receive_goods", location=PLACE[0], sku="GHOST-01", quantity=6, source_ref="DN-1")
        row = await caller.level(sku="GHOST-01")
        assert (row["physical"], row["sequence"], row["reason"]) == ("6", 1, "receipt")
        assert outcomes(await caller.put("commitments:replace", commitment("c", sku="GHOST-01"))) == [
            ("rejected", "sku-not-found")
        ]


async def test_stock_moves_between_stores_and_from_the_warehouse() -> None:
    async with shops() as caller:
        await filled(caller)
        both = await caller.act(
            "move_stock", from_location=PLACE[0], to_location="STORE-HULL", sku=PLACE[1], quantity=2, transfer_id="ST-1"
        )
        assert set(both) == {"from", "to"}
        arrived = await caller.act(
            "move_stock", from_location="Main Warehouse", to_location=PLACE[0], sku=PLACE[1], quantity=5
        )
        assert (list(arrived), arrived["to"]["physical"]) == (["to"], "13")
        refs = {row.get("source_ref") for row in await caller.everything("stock-movements")}
        assert refs == {None, "ST-1"}


async def test_a_trading_day_is_the_same_for_the_same_seed() -> None:
    async with shops() as one, shops() as other:
        told = [await caller.act("trade", count=80, return_share=0.2) for caller in (one, other)]
        assert told[0] == told[1]
        assert sum(told[0].values()) == 80
        assert min(told[0].values()) > 0
        levels = [
            [(row["sku"], row["physical"]) for row in (await caller.state())["levels"]] for caller in (one, other)
        ]
        assert levels[0] == levels[1]
        await one.act("trade", count=5, location="STORE-HULL")
        assert {row["location_code"] for row in (await one.everything("stock-movements"))[-2:]} == {"STORE-HULL"}


async def test_what_happens_while_the_link_is_down_is_published_late() -> None:
    async with shops() as caller:
        await filled(caller)
        seen = await caller.level()
        await caller.act("link_down")
        for _ in range(3):
            await caller.act("sell", **YORK)
        assert await caller.level() == seen
        state = await caller.state()
        assert state["link_up"] is False
        assert [row["published_at"] for row in state["movements"][-3:]] == [None] * 3
        assert (await caller.act("link_up"))["published"] == 1
        row = await caller.level()
        assert (row["physical"], row["sequence"]) == ("7", seen["sequence"] + 3)
        assert len(await caller.everything("stock-movements")) == len(state["movements"])


async def test_an_older_level_arrives_last() -> None:
    async with shops() as caller:
        await filled(caller, 10)
        newest = await caller.act("sell", **YORK, quantity=4)
        told = await caller.act("publish_stale", **YORK)
        row = await caller.level()
        assert (row["physical"], row["sequence"]) == ("10", newest["sequence"] - 1)
        assert (told["sequence"], told["published_sequence"]) == (newest["sequence"], newest["sequence"] - 1)
        assert (await caller.everything("stock-levels"))[-1] == row
        await caller.act("publish_again", **YORK)
        again = await caller.level()
        assert (again["physical"], again["sequence"]) == ("6", newest["sequence"])
        assert "published once only" in await caller.refused_act("publish_stale", location="STORE-HULL", sku=PLACE[1])


async def test_a_figure_that_does_not_add_up() -> None:
    async with shops() as caller:
        await filled(caller)
        await caller.act("publish_wrong", **YORK, available="99")
        row = await caller.level()
        assert (row["physical"], row["available"]) == ("10", "99")


async def test_body_maps() -> None:
    async with shops() as caller:
        told = await caller.act("set_body_map", sku="OSLO-S-BLK")
        assert told["readiness"] == {"body_map_id": None, "state": "missing", "missing_attributes": []}
        last = (await caller.everything("items"))[-1]
        assert (last["sku"], last["readiness"]["state"]) == ("OSLO-S-BLK", "missing")
        await caller.act("set_body_map", sku="OSLO-L-BLK", body_map_id="BM-2", missing_attributes=[])
        assert (await caller.everything("items"))[-1]["readiness"]["state"] == "complete"
        assert "was ever sent" in await caller.refused_act("set_body_map", sku="NOT-HERE")


async def test_a_forgotten_item_refuses_what_is_sent_for_it() -> None:
    async with shops() as caller:
        await caller.act("forget_item", sku="OSLO-S-BLK")
        assert outcomes(await caller.put("stock-levels:batch", told_level())) == [("rejected", "sku-not-found")]
        assert "was ever sent" in await caller.refused_act("forget_item", sku="OSLO-S-BLK")


@pytest.mark.parametrize(
    ("act", "params", "text"),
    [
        ("sell", {"location": "Main Warehouse", "sku": "X"}, "is the ERP's; ours is STORE-YORK"),
        ("sell", {"location": "NOWHERE", "sku": "X"}, "'NOWHERE' is none of"),
        ("sell", {**YORK, "quantity": "two"}, "quantity 'two'"),
        ("sell", {**YORK, "quantity": 0}, "at least 1"),
        ("trade", {"count": 1, "location": "NOWHERE"}, "no shelf"),
        ("correct_stock", {**YORK, "quantity": 1, "reason": "theft"}, "reason 'theft'"),
        ("publish_again", {"location": PLACE[0], "sku": "NOT-HERE"}, "there is no 'NOT-HERE'"),
        ("recommend_transfers", {"kind": "gift"}, "kind 'gift'"),
        ("recommend_transfers", {"sku": "NOT-HERE"}, "no shelf has such stock"),
        ("process_transfers", {"references": ["RD_1"]}, "'RD_1'"),
        ("release_events", {"order": "sideways"}, "order 'sideways'"),
        ("send_event", {"type": "stock.lost"}, "'stock.lost'"),
        ("juggle", {}, "no act 'juggle'"),
    ],
)
async def test_acts_that_cannot_be_played(act: str, params: dict[str, Any], text: str) -> None:
    async with shops() as caller:
        assert text in await caller.refused_act(act, **params)


async def test_every_act_says_what_it_does() -> None:
    async with shops() as caller, caller.session.get(f"{caller.url}/_sandbox/act") as response:
        told = await response.json()
        assert len(told) == 32
        assert all(len(text) > 20 for text in told.values())


async def test_a_reset_starts_over() -> None:
    async with shops() as caller:
        before = await caller.state()
        await caller.act("trade", count=20)
        await caller.act("link_down")
        async with caller.session.post(f"{caller.url}/_sandbox/reset", json={}) as response:
            assert response.status == 200
        after = await caller.state()
        assert [row["physical"] for row in after["levels"]] == [row["physical"] for row in before["levels"]]
        assert after["link_up"] is True
