"""A demo month of OroCommerce and Prima: sold, posted, sent and invoiced ten days ago."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina

from crossdock.cases.kind import Remedy
from crossdock.decide.period import read_period
from crossdock.flows.reconciliation import reconcile
from crossdock.flows.remedies import apply
from crossdock.flows.wish import Rehearsal, Wish
from crossdock.model.reconciliation import PERIODIC, Difference, Period, Run, Subject
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from crossdock.store.cases import list_cases
from tests.pairings.market import Market, open_market
from tests.pairings.test_oro_prima import PAIRING

ESTATE = build_estate(items=24, companies=30)
ZONE = "Europe/London"
MARY = "mary@harbour.example"
AGO = timedelta(days=-10)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
async def market(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    shop = OroCommerceSimulator(ESTATE, seed=5)
    erp = PrimaSimulator(ESTATE, seed=5, settings={"semantics_confirmed": True})
    ours = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR"}
    pairing = {**PAIRING, "reconciliation": {"settle_seconds": 0, "grace_days": 2}}
    async with open_market(
        database, tmp_path, shop=("shop", shop, {}), erp=("prima-bridge", erp, ours), pairing=pairing
    ) as opened:
        await opened.learn()
        yield opened


def lately(market: Market) -> Period:
    """The last thirty days and today."""
    today = market.pairing.clock.now().date()
    return read_period(f"{today - timedelta(days=30)}..{today + timedelta(days=1)}", ZONE)


async def sell(market: Market, *lines: tuple[str, int], **more: Any) -> str:
    wanted = [{"sku": sku, "quantity": count, "unit": "each"} for sku, count in lines or (("HP-1001", 2),)]
    placed = await market.shop.act("place_order", {"customer": "102", "lines": wanted, **more})
    return str(placed["identifier"])


async def month(market: Market, *, orders: int, sent: bool = True) -> Sequence[str]:
    """So many orders of ten days ago, each of its own sum; posted, and sent and invoiced."""
    market.shop.skew = market.erp.skew = AGO
    refs = [await sell(market, ("HP-1001", n), ("HP-1003", 2 * n), ("HP-1005", 1)) for n in range(1, orders + 1)]
    await market.deliver()
    if sent:
        await send(market, *refs)
    return refs


async def send(market: Market, *refs: str) -> None:
    for ref in refs:
        await market.erp.act("despatch_order", {"order": ref})


def bills(market: Market) -> dict[str, str]:
    """Our reference → the number of its first invoice."""
    found: dict[str, str] = {}
    for one in market.erp.state()["bills"]:
        if one["kind"] == "invoice":
            found.setdefault(one["external_refs"][0], one["number"])
    return found


async def look(market: Market, subject: Subject = Subject.MONEY, **policy: Any) -> tuple[Run, list[Difference]]:
    """One run; of what has a date, over the last month."""
    pairing = replace(market.pairing, reconciliation_policy=replace(market.pairing.reconciliation_policy, **policy))
    run = await reconcile(pairing, subject, lately(market) if subject in PERIODIC else None, actor=MARY)
    return run, list(await pairing.reconciliations.differences(run.id))


def causes(found: Sequence[Difference]) -> set[tuple[str, str]]:
    """Those that somebody must settle: cause and subject of the case."""
    return {(one.cause, one.case_subject) for one in found if one.case_kind}


async def settle(market: Market, remedy: Remedy, reason: str = "") -> Rehearsal:
    """A person applies a remedy to the one case there is."""
    (case,) = await list_cases(market.here.pool, market.here.tenant, state="open")
    return await apply(market.pairing, case, Wish(remedy=remedy, reason=reason, actor=MARY))
