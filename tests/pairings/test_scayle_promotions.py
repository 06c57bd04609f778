"""Baskets with sales, vouchers, promotions and fees: each becomes what the merchant says, and no penny goes astray."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.remedies import apply, rehearse
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.scayle import ScayleSimulator
from crossdock.store.cases import list_cases
from tests.pairings.market import Market, open_market
from tests.pairings.test_scayle_khaos import AT_ONCE, ESTATE, PAIRING, theirs

MARY = "mary@harbour.example"
GIVEN = {"code": "BOGO", "percent": 100}
SPRING = {"code": "SPRING", "percent": 25}
RULES = {"promo-BOGO": {"becomes": "free-item", "reason": "promotion"}}


@pytest.fixture
async def market(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    shop = ScayleSimulator(ESTATE, seed=5, settings={**AT_ONCE, "sale_every": 5})
    erp = KhaosControlSimulator(ESTATE, seed=5)
    ours = {"access_token": "${TOKEN}", "fulfilment_wait_seconds": 2, "fulfilment_poll_seconds": 0.01}
    pairing = {**PAIRING, "promotions": {"map": RULES}}
    async with open_market(
        database, tmp_path, shop=("scayle", shop, ours), erp=("khaos", erp, {"settle_seconds": 1}), pairing=pairing
    ) as opened:
        await opened.learn()
        yield opened


async def sell(market: Market, *lines: dict[str, Any], **terms: Any) -> str:
    placed = await market.shop.act("place_order", {"country": "GB", "customer": 102, "lines": list(lines), **terms})
    await market.deliver()
    return str(placed["public_key"])


def paid(market: Market, ref: str) -> Decimal:
    (sold,) = [one for one in market.shop.state()["orders"] if one["public_key"] == ref]
    return Decimal(sold["total"]) / 100


async def the_case(market: Market, kind: str) -> CaseRow:
    (case,) = await list_cases(market.here.pool, market.here.tenant, kind=kind, state="open")
    return case


async def test_a_sale_a_voucher_and_a_giveaway_in_one_basket(market: Market) -> None:
    on_sale = {"sku": "HP-1004", "quantity": 2}
    ref = await sell(
        market, on_sale, {"sku": "HP-1001", "quantity": 2}, {"sku": "HP-1001", "quantity": 1, "promotions": [GIVEN]},
        voucher="FIVE",
    )  # fmt: skip
    assert await market.causes() == []
    order = theirs(market)[ref]
    assert Decimal(order["gross_total"]) == paid(market, ref)
    assert order["hold_reason"] == ""
    (free,) = [line for line in order["lines"] if line["free_reason"]]
    assert (free["sku"], free["quantity"], free["free_reason"]) == ("HP-1001", 1, "Promotion")
    assert (free["price_gross"], free["net"], free["tax"]) == ("0.0000", "0.00", "0.00")
    reductions = {
        one["category"]
        for sold in market.shop.state()["orders"] if sold["public_key"] == ref
        for unit in sold["units"] for one in unit["reductions"]
    }  # fmt: skip
    assert reductions == {"sale", "promotion"}


async def test_mapping_a_promotion_frees_every_order_that_waits_for_it_after_a_rehearsal(market: Market) -> None:
    lines = [{"sku": "HP-1001", "quantity": 2, "promotions": [SPRING]}, {"sku": "HP-1002", "quantity": 1}]
    refs = [await sell(market, *lines) for _ in range(3)]
    assert not set(refs) & set(theirs(market))
    case = await the_case(market, "promotion-unmapped")
    assert (case.subject, case.records, case.desk) == ("promo-SPRING", 3, "ecommerce")
    wish = Wish(remedy=Remedy.MAP_CODE, params={"becomes": "rebate"}, actor=MARY)
    with pytest.raises(RemedyRefused, match="none of: line-discount, free-item, order-adjustment, stage"):
        await rehearse(market.pairing, case, wish)
    staged = Wish(remedy=Remedy.MAP_CODE, params={"becomes": "free-item"}, actor=MARY)
    assert str(await rehearse(market.pairing, case, staged)) == (
        "Of 3 held: 0 would post, 3 would wait for promotion-staged."
    )
    shared = Wish(remedy=Remedy.MAP_CODE, params={"becomes": "order-adjustment"}, actor=MARY)
    assert str(await rehearse(market.pairing, case, shared)) == "Of 3 held: 3 would post."
    assert not set(refs) & set(theirs(market)), "a rehearsal changes nothing"
    await apply(market.pairing, case, shared)
    await market.work()
    for ref in refs:
        order = theirs(market)[ref]
        assert Decimal(order["gross_total"]) == paid(market, ref)
        full = {one.sku: one.net_price for one in ESTATE.items}
        for line in order["lines"]:
            assert Decimal(line["net"]) < full[line["sku"]] * line["quantity"], "both lines bear their part"
    assert await market.causes() == []
    assert await sell(market, *lines) in theirs(market), "and the next one waits for nobody"


async def test_promotions_that_come_together_wait_until_a_person_accepts_them(market: Market) -> None:
    await market.pairing.reference.map_code("promotion", "promotion", {"becomes": "line-discount"}, actor=MARY)
    both = {"sku": "HP-1001", "quantity": 1, "promotions": [SPRING, {"code": "CLUB", "percent": 5}]}
    ref = await sell(market, both, {"sku": "HP-1002", "quantity": 1})
    case = await the_case(market, "promotion-staged")
    assert case.cause == (
        "Promotion promo-CLUB + promo-SPRING is reviewed before its orders are posted: they come together on HP-1001."
    )
    accept = Wish(remedy=Remedy.ACCEPT, reason="both were announced", actor=MARY)
    assert (await apply(market.pairing, case, accept)).would_post == 1
    await market.work()
    assert Decimal(theirs(market)[ref]["gross_total"]) == paid(market, ref)
    assert await market.causes() == []


async def test_a_fee_without_an_item_is_one_case_and_billed_once_it_has_one(market: Market) -> None:
    ref = await sell(market, {"sku": "HP-1001", "quantity": 1}, payment_fee=199)
    case = await the_case(market, "stock-code-unknown")
    assert case.subject == "fee:payment/base_payment_service_cost"
    await market.erp.act(
        "create_item", {"sku": "PAYFEE", "name": "Payment fee", "net_price": "1.66", "controlled": False}
    )
    await apply(market.pairing, case, Wish(remedy=Remedy.MAP_CODE, params={"code": "PAYFEE"}, actor=MARY))
    await market.work()
    order = theirs(market)[ref]
    assert Decimal(order["gross_total"]) == paid(market, ref)
    (fee,) = [line for line in order["lines"] if line["sku"] == "PAYFEE"]
    assert Decimal(fee["net"]) + Decimal(fee["tax"]) == Decimal("1.99")
    assert Decimal(order["delivery_gross"]) > 0, "carriage is carriage"
    await market.erp.act("despatch", {"ref": ref})
    for _ in range(3):
        await market.run("despatches")
        await market.work()
        await market.pass_time(60)
    assert await market.causes() == []
    assert (await market.orders())[ref]["state"] == "despatched"


async def test_a_tax_the_erp_reckons_otherwise_holds_the_order_before_it_is_posted(market: Market) -> None:
    await market.pairing.reference.map_code("tax", "20", {"code": "4", "percent": "5"}, actor=MARY)
    ref = await sell(market, {"sku": "HP-1001", "quantity": 1})
    assert ref not in theirs(market)
    causes = [one.partition(":")[0] for one in await market.causes()]
    assert causes == ["tax-conflict"]
