"""OroCommerce with Prima: the account link validated before every order, credit judged with all that is open."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.remedies import apply, rehearse
from crossdock.flows.wish import Wish
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from crossdock.store.cases import list_cases
from crossdock.wiring.installation import open_installation
from crossdock.wiring.work import handlers
from tests.pairings.market import Market, open_market
from tests.pairings.test_oro_prima import ESTATE, PAIRING, theirs
from tests.world import TAKE_JOBS

ACCOUNT = "HPT1002"  # of company 102


@pytest.fixture
async def market(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    shop = OroCommerceSimulator(ESTATE, seed=5)
    erp = PrimaSimulator(ESTATE, seed=5, settings={"semantics_confirmed": True})
    ours = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR"}
    judged = {**PAIRING, "orders": {**PAIRING["orders"], "credit": "hold"}}
    async with open_market(
        database, tmp_path, shop=("shop", shop, {}), erp=("prima-bridge", erp, ours), pairing=judged
    ) as opened:
        await opened.learn()
        await opened.run("stock")
        yield opened


async def sell(market: Market, quantity: int = 1) -> str:
    lines = [{"sku": "HP-1001", "quantity": quantity, "unit": "each"}]
    placed = await market.shop.act("place_order", {"customer": "102", "lines": lines})
    return str(placed["identifier"])


async def the_case(market: Market, kind: str) -> Any:
    (case,) = await list_cases(market.here.pool, market.here.tenant, kind=kind, state="open")
    return case


async def test_companies_find_their_accounts_and_the_stray_one_waits(market: Market) -> None:
    await market.run("companies")
    case = await the_case(market, "account-unmatched")
    assert case.subject == "129"
    assert market.shop.calls["PATCH /admin/api/customers/101"] == 0  # the shop holds the codes already


async def test_a_link_is_validated_before_every_order(market: Market) -> None:
    first = await sell(market)
    await market.deliver()
    assert theirs(market)[first]["company_code"] == ACCOUNT
    await market.erp.act("hold_account", {"account": ACCOUNT})  # and no list was read since
    second = await sell(market)
    await market.deliver()
    assert second not in theirs(market)
    assert (await the_case(market, "account-on-stop")).subject == ACCOUNT
    await market.erp.act("release_account", {"account": ACCOUNT})
    await market.pass_time(3600)
    await market.run("recheck")
    await market.work()
    assert theirs(market)[second]["company_code"] == ACCOUNT


async def posted_worth(market: Market) -> Decimal:
    rows = await market.orders()
    return sum((row["total"] for row in rows.values() if row["state"] == "posted"), Decimal(0))


async def test_orders_each_within_the_limit_do_not_pass_it_together_whoever_works_them(market: Market) -> None:
    """Two workers on one account: what one lets through, the other counts."""
    refs = [await sell(market) for _ in range(12)]
    await market.run("orders")
    total = (await market.orders())[refs[0]]["total"]
    limit = total * 5 + Decimal("0.01")
    await market.erp.act("set_account", {"account": ACCOUNT, "credit_limit": str(limit)})
    async with open_installation(market.here.project) as other:
        means = [handlers(market.here), handlers(other)]
        while jobs := await market.here.pool.fetch(TAKE_JOBS):
            await asyncio.gather(
                *(means[at % 2][job["entrypoint"]](job["payload"].decode()) for at, job in enumerate(jobs))
            )
            await market.run("net")
    assert await posted_worth(market) == total * 5
    case = await the_case(market, "credit-limit-exceeded")
    assert (case.subject, case.records) == (ACCOUNT, 7)
    assert sum(len(one["lines"]) for one in theirs(market).values()) == 5

    # What left the warehouse is the ERP's to bill, so that much of the room is free again, and no more.
    for ref in list(theirs(market))[:2]:
        await market.erp.act("despatch_order", {"order": ref})
    await market.run("despatches")
    wish = Wish(remedy=Remedy.RETRY, actor="mary@harbour.example")
    rehearsal = await rehearse(market.pairing, case, wish)
    assert (rehearsal.would_post, rehearsal.waits) == (2, {"credit-limit-exceeded": 5})
    await apply(market.pairing, case, wish)
    await market.work()
    assert len(theirs(market)) == 7
    assert (await the_case(market, "credit-limit-exceeded")).records == 5

    # A named person lets the rest through.
    case = await the_case(market, "credit-limit-exceeded")
    await apply(market.pairing, case, Wish(remedy=Remedy.ACCEPT, reason="paid by card", actor="mary@harbour.example"))
    await market.work()
    assert len(theirs(market)) == 12
    assert await market.causes() == []


async def test_where_credit_is_ignored_no_limit_stops_anybody(database: str, tmp_path: Path) -> None:
    shop, erp = (
        OroCommerceSimulator(ESTATE, seed=5),
        PrimaSimulator(ESTATE, seed=5, settings={"semantics_confirmed": True}),
    )
    ours = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR"}
    async with open_market(
        database, tmp_path, shop=("shop", shop, {}), erp=("prima-bridge", erp, ours), pairing=PAIRING
    ) as opened:
        await opened.learn()
        await opened.run("stock")
        await erp.act("set_account", {"account": ACCOUNT, "credit_limit": "0.01"})
        await opened.run("accounts")
        ref = await sell(opened)
        await opened.deliver()
        assert ref in theirs(opened)
