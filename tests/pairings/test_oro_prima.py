"""OroCommerce with Prima behind a bridge, by settings alone: the ERP's total counts, stock is free stock."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows import remedies
from crossdock.flows.wish import Wish
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from crossdock.store.cases import list_cases
from tests.pairings.market import Market, open_market

ESTATE = build_estate(items=24, companies=30)
PAIRING: dict[str, Any] = {
    "orders": {"currencies": ["GBP"], "unit_source": "storefront", "authority": "erp"},
    "stock": {"figure": "free"},
    "maps": {
        "tax": {
            "STD": {"code": "STD", "percent": 20}, "RED": {"code": "RED", "percent": 5},
            "ZER": {"code": "ZER", "percent": 0},
        },
        "unit": {"each": 1},
        "shipping": {"flat_rate_1": "DPD", "flat_rate_2": "PFW"},
        "payment_term": {"net 30": "", "net 60": ""},
    },
}  # fmt: skip


@pytest.fixture
async def market(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    shop = OroCommerceSimulator(ESTATE, seed=5)
    erp = PrimaSimulator(ESTATE, seed=5, settings={"semantics_confirmed": True})
    ours = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR"}
    async with open_market(
        database, tmp_path, shop=("shop", shop, {}), erp=("prima-bridge", erp, ours), pairing=PAIRING
    ) as opened:
        await opened.learn()
        yield opened


def theirs(market: Market) -> dict[str, dict[str, Any]]:
    return {one["associated_ref"]: one for one in market.erp.state()["orders"]}


async def test_orders_are_there_once(market: Market) -> None:
    await market.run("stock")
    placed = [
        await market.shop.act(
            "place_order", {"customer": "102", "lines": [{"sku": "HP-1001", "quantity": n, "unit": "each"}]}
        )
        for n in (1, 2, 3)
    ]
    await market.deliver()
    await market.deliver()
    assert set(theirs(market)) == {one["identifier"] for one in placed}, await market.causes()
    assert {row["state"] for row in (await market.orders()).values()} == {"posted"}


async def test_the_shop_shows_free_stock_and_never_more(market: Market) -> None:
    await market.run("stock")
    free: dict[str, Decimal] = {}
    for row in market.erp.state()["stock"]:
        free[row["sku"]] = free.get(row["sku"], Decimal(0)) + Decimal(str(row["available"]))
    shown = {
        row["sku"]: Decimal(str(row["quantity"])) for row in market.shop.state()["inventory"] if row["unit"] == "each"
    }
    assert shown["HP-1001"] > 0
    assert all(level <= max(free[sku], Decimal(0)) for sku, level in shown.items() if sku in free)


async def test_two_shipments_are_two_trackings(market: Market) -> None:
    await market.run("stock")
    placed = await market.shop.act(
        "place_order", {"customer": "102", "lines": [{"sku": "HP-1001", "quantity": 3, "unit": "each"}]}
    )
    await market.deliver()
    ref = placed["identifier"]
    first = theirs(market)[ref]["lines"][0]["line_ref"]
    await market.erp.act("despatch_order", {"order": ref, "lines": {first: 1}})
    await market.run("despatches")
    await market.work()
    await market.pass_time(60)
    await market.erp.act("despatch_order", {"order": ref})
    for _ in range(3):
        await market.run("despatches")
        await market.work()
        await market.pass_time(60)
    assert await market.causes() == []
    (order,) = [one for one in market.shop.state()["orders"] if one["identifier"] == ref]
    assert len(order["trackings"]) == 2
    assert (await market.orders())[ref]["state"] == "despatched"


async def test_every_order_is_accounted_for_in_another_erp_too(market: Market) -> None:
    for _ in range(2):
        lines = [{"sku": "HP-1001", "quantity": 1, "unit": "each"}]
        await market.shop.act("place_order", {"customer": "102", "lines": lines, "force": True})
    await market.deliver()
    await market.deliver()
    await market.pass_time(3600)
    assert (await market.run("completeness"))["green"]
    report = await market.pairing.completeness.last()
    assert report is not None
    assert (report["erp"]["posted"], report["erp"]["seen"], report["erp"]["missing"]) == (2, 2, 0)


async def sold(market: Market, quantity: int) -> str:
    placed = await market.shop.act(
        "place_order", {"customer": "102", "lines": [{"sku": "HP-1001", "quantity": quantity, "unit": "each"}]}
    )
    await market.deliver()
    return str(placed["identifier"])


async def test_a_cancellation_before_picking_is_made_in_prima_and_once_it_began_prima_says_so(market: Market) -> None:
    await market.run("stock")
    early, late = await sold(market, 2), await sold(market, 2)
    await market.erp.act("pick_order", {"order": late})
    for ref in (early, late):
        await market.shop.act("cancel_order", {"order": ref})
    await market.deliver()
    assert {ref: theirs(market)[ref]["cancelled"] for ref in (early, late)} == {early: True, late: False}
    book = await market.orders()
    assert {ref: book[ref]["state"] for ref in (early, late)} == {early: "cancelled", late: "posted"}
    (cause,) = await market.causes()
    assert cause.startswith(f"change-refused-picking: Order {late} was cancelled too late: ")
    assert "being picked" in cause


async def test_what_prima_takes_no_change_of_is_made_by_hand(market: Market) -> None:
    """Its own total counts, so no total tells whether it was made: a person's word does."""
    await market.run("stock")
    ref = await sold(market, 2)
    await market.shop.act("change_order", {"order": ref, "quantity": 5})
    await market.deliver()
    (cause,) = await market.causes()
    assert cause.startswith(f"order-changed-after-posting: Order {ref} was changed (lines, total)")
    assert "by hand" in cause
    (case,) = await list_cases(market.here.pool, market.here.tenant, state="open")
    told = await remedies.apply(market.pairing, case, Wish(remedy=Remedy.APPLY, reason="typed in", actor="ida"))
    assert ("1 would be taken as made in the ERP" in str(told), await market.causes()) == (True, [])
