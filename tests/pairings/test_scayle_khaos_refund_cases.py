"""SCAYLE with Khaos Control: returns that do not fit what was posted, and those that do in another way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crossdock.cases.kind import Remedy
from tests.pairings.counter import CHANNEL, Shop, open_shop
from tests.pairings.test_scayle_companies import SETTINGS, TAX_CODES

THEIRS = {"settle_seconds": 1, "channel": CHANNEL}
DAY = timedelta(days=1)
VOUCHER = {"code": "FIVER", "type": "absolute", "value": 500}


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database, tmp_path, theirs=THEIRS, ways={}) as opened:
        yield opened


@pytest.fixture
async def abroad(database: str, tmp_path: Path) -> AsyncIterator[Shop]:
    knobs = {"tax_codes": TAX_CODES, "brands": ["Harbour & Pine", "Hafen & Kiefer"]}
    more = {"more_countries": ["DE"]}
    async with open_shop(database, tmp_path, theirs=THEIRS, ways=SETTINGS, knobs=knobs, ours=more) as opened:
        new = {"code": "WEB-EU", "name": "Web sales EU", "class_name": "Retail", "currency": "EUR"}
        await opened.market.erp.act("create_company", new)
        await opened.market.erp.act("goods_in", {"sku": "HP-1001", "quantity": 50, "site": "Trade Counter"})
        await opened.market.learn()
        yield opened


async def test_a_return_that_cannot_be_read_is_a_case_and_is_read_again_until_it_can(shop: Shop) -> None:
    good, bad = await shop.sell(), await shop.sell()
    (unit, *_) = shop.sold(bad).units
    sku, unit.sku = unit.sku, ""
    await shop.comes_back(bad, items=[unit.id])
    await shop.comes_back(good)
    await shop.settled()
    assert [note["lines"][0]["source_order"] for note in shop.credited()] == [shop.there(good)["code"]]
    problem = "items[0].variant.referenceKey: is empty; a unit must name its SKU."
    assert await shop.market.causes() == [f"schema-surprise: A return from scayle cannot be read at {problem}"]
    assert {refund["state"] for refund in await shop.refunds()} == {"credited", "unreadable"}
    for _ in range(3):  # the shop has nothing new to tell, and it comes again all the same
        shop.market.shop.skew += DAY
        await shop.settled()
    unit.sku = sku
    await shop.settled()
    assert {note["lines"][0]["source_order"] for note in shop.credited()} == {
        shop.there(one)["code"] for one in (good, bad)
    }
    assert await shop.market.causes() == []


async def test_more_than_left_the_warehouse_is_a_case_until_the_rest_has_left_too(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 3), leaves=False)
    await shop.market.erp.act("despatch", {"ref": order["public_key"], "lines": [{"sku": "HP-1001", "quantity": 2}]})
    await shop.ships(order)
    await shop.comes_back(order, quantity=3)
    await shop.settled()
    assert shop.credited() == []
    refunds = [cause for cause in await shop.market.causes() if cause.startswith("refund-unmatched")]
    assert "3 of HP-1001 came back in all, and the ERP has sent 2" in refunds[0]
    await shop.market.erp.act("despatch", {"ref": order["public_key"]})
    await shop.market.pass_time(400)
    await shop.market.run("recheck")
    await shop.market.work()
    await shop.poll()
    (note,) = shop.credited()
    assert Decimal(note["credit_gross"]) == Decimal(shop.there(order)["items_total_gross"])


async def test_a_return_of_an_order_that_was_never_sent_is_a_persons_to_settle(shop: Shop) -> None:
    await shop.market.erp.act("rename_item", {"sku": "HP-1001", "new_code": "TEA-1"})
    await shop.market.run("items")
    order = await shop.sell(leaves=False)
    assert (await shop.market.orders())[order["public_key"]]["state"] == "waiting"
    await shop.ships(order)  # so the shop is through with it, and it is not sent any more
    await shop.comes_back(order)
    await shop.settled()
    assert "its order was never sent to the ERP: it is withdrawn" in (await shop.case()).cause
    await shop.settle(Remedy.ADOPT, erp_ref="CN1")
    (refund,) = await shop.refunds()
    assert (refund["state"], refund["erp_ref"], shop.credited()) == ("credited", "CN1", [])
    assert await shop.market.causes() == []


async def test_a_return_of_an_order_that_still_waits_is_a_case_when_that_lasts(shop: Shop) -> None:
    await shop.market.erp.act("rename_item", {"sku": "HP-1001", "new_code": "TEA-1"})
    await shop.market.run("items")
    order = await shop.sell(("HP-1001", 2), leaves=False)
    first, _ = shop.sold(order).units
    await shop.ships(order, items=[first.id])
    await shop.comes_back(order, items=[first.id])
    await shop.settled()
    (refund,) = await shop.refunds()
    assert (refund["state"], shop.credited()) == ("found", [])
    await shop.market.pass_time(3700)
    refunds = [cause for cause in await shop.market.causes() if cause.startswith("refund-unmatched")]
    assert refunds[0].endswith("cannot become a credit note: its order is not in the ERP yet.")


async def test_what_the_shop_was_through_with_before_the_erp_sent_it_is_settled_once_it_has(shop: Shop) -> None:
    order = await shop.sell(leaves=False)
    await shop.ships(order)
    await shop.comes_back(order)
    await shop.settled()
    kinds = {cause.partition(":")[0] for cause in await shop.market.causes()}
    assert kinds == {"order-changed-after-posting", "refund-unmatched"}
    await shop.market.erp.act("despatch", {"ref": order["public_key"]})
    await shop.market.run("despatches")
    await shop.market.pass_time(400)
    await shop.market.run("recheck")
    await shop.market.work()
    await shop.poll()
    (cause,) = await shop.market.causes()  # no change came too late: what is missing came back
    assert cause.startswith("despatch-incomplete")
    assert "3 of HP-1001 left" in cause
    assert len(shop.credited()) == 1


async def test_money_that_went_back_without_goods_is_a_case_when_no_goods_are_told(shop: Shop) -> None:
    order, other = await shop.sell(), await shop.sell()
    for one in (order, other):
        refunded = {"order": one["id"], "code": "billing_partially_refunded", "reason": "goodwill"}
        await shop.market.shop.act("set_billing_status", refunded)
    await shop.settled()
    assert await shop.market.causes() == []
    await shop.comes_back(other)  # there they are
    await shop.settled()
    await shop.market.pass_time(3700)
    problem = "money was given back, and nothing says how much or for which goods"
    assert (await shop.case()).cause.endswith(f"of order {order['public_key']} cannot become a credit note: {problem}.")
    await shop.settle(Remedy.ADOPT, erp_ref="CN600009")
    states = {
        refund["key"].partition("/")[0]: refund["state"] for refund in await shop.refunds() if "money" in refund["key"]
    }
    assert states == {order["public_key"]: "credited", other["public_key"]: "dropped"}
    assert (len(shop.credited()), await shop.market.causes()) == (1, [])


async def test_a_return_from_abroad_is_credited_in_its_currency_under_the_tax_it_was_sold_at(abroad: Shop) -> None:
    order = await abroad.sell(("HP-1001", 2), country="DE", customer=None)
    await abroad.comes_back(order)
    await abroad.settled()
    (note,) = abroad.credited()
    (line,), there = note["lines"], abroad.there(order)
    assert (note["company_code"], there["currency"]) == ("WEB-EU", "EUR")
    gross = Decimal(note["credit_gross"])
    assert gross * 100 == abroad.sold(order).units[0].final.gross
    assert Decimal(line["tax"]) == (gross - gross / Decimal("1.19")).quantize(Decimal("0.01"))
    (refund,) = await abroad.refunds()
    assert '"tax_code": "5"' in refund["credit"]
    assert await abroad.market.causes() == []


async def test_a_voucher_off_the_whole_order_comes_back_with_the_goods_and_closes_to_the_penny(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 2), ("HP-1005", 1), voucher=VOUCHER)
    for sku, count in (("HP-1005", 1), ("HP-1001", 1), ("HP-1001", 1)):
        await shop.comes_back(order, sku, count)
        await shop.settled()
    back = sum(Decimal(note["credit_gross"]) for note in shop.credited())
    (sale,) = [one for one in shop.market.shop.state()["orders"] if one["id"] == order["id"]]
    assert back * 100 == sum(unit["final"] for unit in sale["units"])
    assert await shop.market.causes() == []
    assert await shop.keeps_l5()
