"""OroCommerce with Prima behind a bridge, by settings alone: the ERP's total counts, stock is free stock."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
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
