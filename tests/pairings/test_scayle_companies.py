"""One shop, several countries: each order goes to the company, site, account and tax codes of where it is delivered."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.remedies import apply
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.scayle import ScayleSimulator
from crossdock.store.cases import list_cases
from tests.pairings.market import Market, open_market
from tests.pairings.test_scayle_khaos import AT_ONCE, ESTATE, PAIRING, theirs

TAX_CODES = {"1": 20, "2": 0, "4": 5, "5": 19, "6": 7}  # as this Khaos Control knows them: code → percent
COMPANIES = [
    {"name": "uk", "countries": ["GB"], "guest_account": "WEB-UK"},
    {
        "name": "europe", "countries": ["DE", "AT"], "currencies": ["EUR"], "site": "Trade Counter",
        "sales_source": "Website", "brand": "Hafen & Kiefer", "company_class": "Retail", "account": "WEB-EU",
        "guest_account": "WEB-EU",
    },
]  # fmt: skip
SETTINGS: dict[str, Any] = {
    **PAIRING,
    "orders": {
        **PAIRING["orders"], "currencies": ["GBP", "EUR"], "dispatch_country": "GB", "companies": COMPANIES,
    },
    "maps": {
        **PAIRING["maps"],
        "tax": {
            **PAIRING["maps"]["tax"], "DE/19": {"code": "5", "percent": 19}, "DE/7": {"code": "6", "percent": 7},
        },
    },
}  # fmt: skip
LINES = [{"sku": "HP-1001", "quantity": 2}]


@pytest.fixture
async def market(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    shop = ScayleSimulator(ESTATE, seed=5, settings=AT_ONCE)
    erp = KhaosControlSimulator(
        ESTATE, seed=5, settings={"tax_codes": TAX_CODES, "brands": ["Harbour & Pine", "Hafen & Kiefer"]}
    )
    ours = {
        "access_token": "${TOKEN}", "fulfilment_wait_seconds": 2, "fulfilment_poll_seconds": 0.01,
        "more_countries": ["DE", "FR"],
    }  # fmt: skip
    async with open_market(
        database, tmp_path, shop=("scayle", shop, ours), erp=("khaos", erp, {"settle_seconds": 1}), pairing=SETTINGS
    ) as opened:
        await erp.act("create_company", {"code": "WEB-UK", "name": "Web sales UK", "class_name": "Retail"})
        await erp.act(
            "create_company", {"code": "WEB-EU", "name": "Web sales EU", "class_name": "Retail", "currency": "EUR"}
        )
        await opened.learn()
        yield opened


async def sell(market: Market, **terms: Any) -> str:
    placed = await market.shop.act("place_order", {"lines": LINES, **terms})
    await market.deliver()
    return str(placed["public_key"])


async def test_a_guest_at_home_buys_on_the_account_for_guests(market: Market) -> None:
    ref = await sell(market, country="GB", guest=True)
    order = theirs(market)[ref]
    assert (order["company_code"], order["currency"], order["site"]) == ("WEB-UK", "GBP", "Main Warehouse")
    assert {line["tax_code"] for line in order["lines"]} == {1}
    assert order["hold_reason"] == ""


async def test_an_order_from_abroad_goes_to_the_company_there_under_its_own_tax_codes(market: Market) -> None:
    ref = await sell(market, country="DE")
    order = theirs(market)[ref]
    assert (order["company_code"], order["currency"], order["site"]) == ("WEB-EU", "EUR", "Trade Counter")
    assert (order["sales_source"], order["brand"]) == ("Website", "Hafen & Kiefer")
    assert {line["tax_code"] for line in order["lines"]} == {5}
    (sold,) = [one for one in market.shop.state()["orders"] if one["public_key"] == ref]
    assert Decimal(order["gross_total"]) == Decimal(sold["total"]) / 100
    assert order["hold_reason"] == ""
    assert [one["company_code"] for one in theirs(market).values()] == ["WEB-EU"]
    links = await market.here.pool.fetch("select * from account_link")
    assert links == [], "an account of the house is nobody's own"


async def test_an_order_from_abroad_is_despatched_back_to_its_shop_country(market: Market) -> None:
    await market.erp.act("goods_in", {"sku": "HP-1001", "quantity": 50, "site": "Trade Counter"})
    ref = await sell(market, country="DE", guest=True)
    await market.erp.act("despatch", {"ref": ref})
    for _ in range(3):
        await market.run("despatches")
        await market.work()
        await market.pass_time(60)
    (order,) = [one for one in market.shop.state()["orders"] if one["public_key"] == ref]
    assert {unit["status"] for unit in order["units"]} == {"delivered"}


async def test_a_country_of_no_company_is_one_case_and_goes_on_when_a_person_says_whose_it_is(market: Market) -> None:
    refs = {await sell(market, country="FR", guest=True), await sell(market, country="FR")}
    assert not refs & set(theirs(market))
    (case,) = await list_cases(market.here.pool, market.here.tenant, kind="company-unmapped", state="open")
    assert (case.subject, case.records) == ("FR/EUR", 2)
    wish = Wish(remedy=Remedy.MAP_CODE, params={"code": "europa"}, actor="ida@harbour.example")
    with pytest.raises(RemedyRefused, match="its entries are: uk, europe"):
        await apply(market.pairing, case, wish)
    rehearsed = await apply(market.pairing, case, replace(wish, params={"code": "europe"}))
    assert str(rehearsed) == "Of 2 held: 0 would post, 2 would wait for tax-code-unmapped."
    (case,) = await list_cases(market.here.pool, market.here.tenant, kind="tax-code-unmapped", state="open")
    assert case.subject == "FR/20", "the French rate is not the British one of the same height"
    rehearsed = await apply(market.pairing, case, replace(wish, params={"code": "1", "percent": "20"}))
    assert rehearsed.would_post == 2
    await market.work()
    assert {theirs(market)[ref]["company_code"] for ref in refs} == {"WEB-EU"}
    assert await market.causes() == []


async def test_an_account_of_the_house_that_is_not_there_yet_is_one_case(market: Market) -> None:
    await market.erp.act("recode_company", {"code": "WEB-EU", "new_code": "OLD-EU"})
    await market.run("accounts")
    refs = {await sell(market, country="DE", guest=True), await sell(market, country="DE")}
    (case,) = await list_cases(market.here.pool, market.here.tenant, kind="account-unmatched", state="open")
    assert (case.subject, case.records) == ("WEB-EU", 2)
    link = Wish(remedy=Remedy.LINK_ACCOUNT, params={"account": "OLD-EU"}, actor="ida@harbour.example")
    with pytest.raises(RemedyRefused, match="the company map names WEB-EU"):
        await apply(market.pairing, case, link)
    await market.erp.act("recode_company", {"code": "OLD-EU", "new_code": "WEB-EU"})
    await apply(market.pairing, case, Wish(remedy=Remedy.RETRY, actor="ida@harbour.example"))
    await market.work()
    assert refs <= set(theirs(market))
    assert await market.causes() == []
