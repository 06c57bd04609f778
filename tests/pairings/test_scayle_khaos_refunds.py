"""SCAYLE with Khaos Control: goods that came back become one credit note each (laws L3, L5)."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.wish import RemedyRefused
from crossdock.store.lookups import find_stories
from tests.pairings.counter import CHANNEL, Shop, open_shop


@pytest.fixture
def theirs() -> dict[str, Any]:
    return {"settle_seconds": 1, "channel": CHANNEL}


@pytest.fixture
def ways() -> dict[str, Any]:
    return {}


@pytest.fixture
async def shop(database: str, tmp_path: Path, theirs: dict[str, Any], ways: dict[str, Any]) -> AsyncIterator[Shop]:
    async with open_shop(database, tmp_path, theirs=theirs, ways=ways) as opened:
        yield opened


async def test_goods_that_came_back_are_one_credit_note_to_the_penny_however_often_they_are_read(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 3), ("HP-1005", 1))
    await shop.comes_back(order)
    for _ in range(5):
        await shop.market.here.pool.execute("delete from watermark where feed = 'returns'")
        await shop.settled()
    (note,) = shop.credited()
    (line,) = note["lines"]
    assert (line["sku"], Decimal(line["quantity"]), line["reason"]) == ("HP-1001", 1, "Unwanted")
    (sale,) = [one for one in shop.market.shop.state()["orders"] if one["id"] == order["id"]]
    paid = next(unit["final"] for unit in sale["units"] if unit["sku"] == "HP-1001")
    assert Decimal(note["credit_gross"]) * 100 == paid
    (refund,) = await shop.refunds()
    assert refund["state"] == "credited"
    here = shop.market.here
    (story,) = await find_stories(here.pool, here.tenant, refund["order_ref"])
    (told,) = story.refunds
    assert (told.state, str(told.gross), told.erp_ref) == ("credited", note["credit_gross"], refund["erp_ref"])
    assert await shop.market.causes() == []
    assert shop.market.erp.state()["channel"]["imported_returns"][0]["times"] == 1
    assert await shop.keeps_l5()


async def test_partial_returns_of_one_order_add_up_to_what_was_posted_and_not_more(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 3), ("HP-1005", 2))
    for sku, count in (("HP-1001", 1), ("HP-1005", 2), ("HP-1001", 2)):
        await shop.comes_back(order, sku, count)
        await shop.settled()
    notes = shop.credited()
    (there,) = shop.market.erp.state()["orders"]
    assert len(notes) == 3
    assert sum(Decimal(one["credit_gross"]) for one in notes) == Decimal(there["items_total_gross"])
    assert await shop.market.causes() == []  # nor does the shorter order at the shop ask for a change of the ERP's
    assert await shop.keeps_l5()


async def test_an_answer_that_is_lost_on_its_way_to_the_erp_makes_no_second_credit_note(shop: Shop) -> None:
    order = await shop.sell()
    await shop.comes_back(order)
    await shop.market.run("returns")
    await shop.market.work()
    for kind in ("lose_reply", "cut"):
        await shop.market.erp.act("trouble", {"kind": kind, "call": "CReturnDownload"})
        await shop.market.erp.act("poll", {})
    (refund,) = await shop.refunds()
    assert refund["state"] == "laid_out"  # it may have got none of them
    await shop.poll()
    (refund,) = await shop.refunds()
    assert (refund["state"], len(shop.credited())) == ("credited", 1)


async def test_what_the_erp_has_is_credited_as_soon_as_it_says_so(shop: Shop) -> None:
    order = await shop.sell()
    await shop.comes_back(order)
    await shop.market.run("returns")
    await shop.market.work()
    for state in ("laid_out", "credited"):
        await shop.market.erp.act("poll", {})
        await shop.market.run("net")
        await shop.market.work()
        assert (await shop.refunds())[0]["state"] == state


async def test_a_return_before_the_despatch_is_known_waits_for_a_person_and_goes_on_by_itself(shop: Shop) -> None:
    order = await shop.sell(leaves=False)
    await shop.ships(order)
    await shop.comes_back(order)
    await shop.market.run("returns")
    await shop.market.work()
    (cause,) = await shop.market.causes()
    assert "1 of HP-1001 came back in all, and the ERP has sent 0" in cause
    await shop.market.erp.act("despatch", {"ref": order["public_key"]})
    await shop.market.pass_time(400)
    await shop.market.run("recheck")
    await shop.market.work()
    await shop.poll()
    assert (len(shop.credited()), await shop.market.causes()) == (1, [])


async def test_a_return_of_an_order_from_before_our_time_is_none_of_ours(shop: Shop) -> None:
    early = await shop.sell()
    await shop.market.here.pool.execute("delete from sales_order")
    object.__setattr__(shop.market.pairing, "start_from", shop.market.pairing.clock.now())
    await shop.comes_back(early)
    await shop.market.run("returns")
    await shop.market.work()
    (refund,) = await shop.refunds()
    assert (refund["state"], await shop.market.causes()) == ("dropped", [])


@pytest.mark.parametrize("theirs", [{"settle_seconds": 1}])
async def test_an_erp_that_takes_none_has_a_person_make_the_credit_note_and_give_its_number(shop: Shop) -> None:
    order = await shop.sell()
    await shop.comes_back(order)
    await shop.market.run("returns")
    await shop.market.deliver()
    case = await shop.case()
    assert case.kind == "refund-unmatched"
    assert "khaos takes none from us, so one of " in case.cause
    assert "1 of HP-1001: net " in case.evidence
    assert case.value
    with pytest.raises(RemedyRefused, match="needs erp_ref"):
        await shop.settle(Remedy.ADOPT)
    await shop.settle(Remedy.RETRY)
    assert (await shop.case()).kind == "refund-unmatched"
    await shop.settle(Remedy.ADOPT, erp_ref="CN600007")
    (refund,) = await shop.refunds()
    assert (refund["state"], refund["erp_ref"], await shop.market.causes()) == ("credited", "CN600007", [])
    trail = await shop.market.here.pool.fetch(
        "select action, actor from audit_entry where subject = 'order' and action like 'refund%' order by id"
    )
    assert [(row["action"], row["actor"]) for row in trail][-1] == ("refund_adopt", "mary@harbour.example")


async def test_what_the_erp_does_not_fetch_is_a_case_until_it_does(shop: Shop) -> None:
    order = await shop.sell()
    await shop.comes_back(order)
    await shop.market.run("returns")
    await shop.market.deliver()
    await shop.market.pass_time(25 * 3600)
    assert "khaos has not fetched it in 24 hours" in (await shop.case()).cause
    await shop.poll()
    await shop.market.run("recheck")
    (refund,) = await shop.refunds()
    assert (refund["state"], len(shop.credited()), await shop.market.causes()) == ("credited", 1, [])


async def test_a_credit_note_made_by_hand_is_not_fetched_any_more(shop: Shop) -> None:
    order = await shop.sell()
    await shop.comes_back(order)
    await shop.market.run("returns")
    await shop.market.deliver()
    await shop.market.pass_time(25 * 3600)
    await shop.settle(Remedy.ADOPT, erp_ref="CN1")
    await shop.poll()
    assert (shop.credited(), (await shop.refunds())[0]["state"]) == ([], "credited")


async def test_a_number_is_not_taken_for_what_the_erp_has_fetched_meanwhile(shop: Shop) -> None:
    order = await shop.sell()
    await shop.comes_back(order)
    await shop.market.run("returns")
    await shop.market.deliver()
    await shop.market.pass_time(25 * 3600)
    for _ in range(2):
        await shop.market.erp.act("poll", {})
    with pytest.raises(RemedyRefused, match="the ERP has fetched"):
        await shop.settle(Remedy.ADOPT, erp_ref="CN1")
    await shop.settle(Remedy.RETRY)
    assert (len(shop.credited()), await shop.market.causes()) == (1, [])


@pytest.mark.parametrize(
    "ways", [{"refunds": {"carriage": "when-all-returned", "carriage_code": "HP-1009"}}], ids=["carriage"]
)
async def test_carriage_goes_back_with_the_last_of_the_goods(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 2))
    for _ in range(2):
        await shop.comes_back(order)
        await shop.settled()
    first, last = shop.credited()
    (there,) = shop.market.erp.state()["orders"]
    whole = Decimal(first["credit_gross"]) + Decimal(last["credit_gross"])
    assert whole == Decimal(there["gross_total"])
    assert [line["sku"] for line in last["lines"]][-1] == "HP-1009"
