"""OroCommerce with Prima behind a bridge: its price lists, breaks and days; pallets that are never eaches."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.remedies import apply
from crossdock.flows.wish import Wish
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from crossdock.store.cases import list_cases
from crossdock.store.prices import PgPriceRun
from tests.pairings.market import Market, open_market
from tests.pairings.test_oro_prima import ESTATE, PAIRING, theirs

BY_CASE, PALLETS, PLAIN = "HP-1003", "HP-1000", "HP-1001"
LISTS = {"price_list": {"TRADE": "Trade", "KEY": "Key accounts"}}
CODES = {"each": "{sku}", "case": "{sku}-CASE", "pallet": "{sku}-PALLET"}
Opened = Callable[..., AbstractAsyncContextManager[Market]]


@pytest.fixture
def opened(database: str, tmp_path: Path) -> Opened:
    """orders: settings of order entry. uom: how Prima's units go. erp: further settings of the simulator."""

    @asynccontextmanager
    async def open_one(
        orders: Mapping[str, Any] | None = None, uom: str = "unit_sku", **erp: Any
    ) -> AsyncIterator[Market]:
        shop = OroCommerceSimulator(ESTATE, seed=5, settings={"initial_stock": 0})
        prima = PrimaSimulator(ESTATE, seed=5, settings={"semantics_confirmed": True, "uom_mode": uom, **erp})
        ours = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR"}
        pairing = {
            **PAIRING,
            "orders": {**PAIRING["orders"], "price_check": "hold", "price_lists": ["TRADE"], **(orders or {})},
            "maps": {**PAIRING["maps"], **LISTS},
        }
        async with open_market(
            database, tmp_path, shop=("shop", shop, {}), erp=("prima-bridge", prima, ours), pairing=pairing
        ) as market:
            await shop.act("add_price_list", {"name": "Key accounts"})
            await market.learn()
            yield market

    return open_one


@pytest.fixture
async def market(opened: Opened) -> AsyncIterator[Market]:
    async with opened() as one:
        yield one


def shown(market: Market, sku: str, unit: str = "each", price_list: str = "1") -> dict[Decimal, Decimal]:
    return {
        Decimal(str(one["quantity"])): Decimal(one["value"])
        for one in market.shop.state()["prices"]
        if (one["sku"], one["unit"], one["price_list"]) == (sku, unit, price_list)
    }


def level(market: Market, sku: str, unit: str) -> Decimal:
    rows = {(one["sku"], one["unit"]): one["quantity"] for one in market.shop.state()["inventory"]}
    return Decimal(str(rows[sku, unit]))


def holds(sku: str, unit: str = "case") -> int:
    return ESTATE.item(sku).units[unit]


async def sell(market: Market, sku: str, count: int, unit: str = "each") -> str:
    placed = await market.shop.act(
        "place_order", {"customer": "102", "lines": [{"sku": sku, "quantity": count, "unit": unit}], "force": True}
    )
    return str(placed["identifier"])


async def test_lists_breaks_and_units_are_the_erps_own(market: Market) -> None:
    """TRADE has no break; KEY has one at ten, of whatever unit."""
    await market.run("price-publication")
    each = ESTATE.item(BY_CASE).net_price
    pence = Decimal("0.01")
    assert shown(market, BY_CASE) == {Decimal(1): each}
    assert shown(market, BY_CASE, price_list="2") == {
        Decimal(1): (each * Decimal("0.92")).quantize(pence), Decimal(10): (each * Decimal("0.88")).quantize(pence)
    }  # fmt: skip
    assert (await market.run("price-publication"))["written"] == 0


async def test_a_changed_price_an_offer_and_its_end(market: Market) -> None:
    await market.run("price-publication")
    usual = shown(market, PLAIN)
    today = datetime.now(UTC).date()
    await market.erp.act("set_price", {"sku": PLAIN, "price": "1.23", "valid_from": str(today + timedelta(days=1))})
    await market.run("price-publication")
    assert shown(market, PLAIN) == usual
    offer = {"sku": PLAIN, "price": "1.11", "valid_from": str(today - timedelta(days=1)), "valid_to": str(today)}
    await market.erp.act("set_price", offer)
    await market.run("price-publication")
    assert shown(market, PLAIN) == {Decimal(1): Decimal("1.11")}
    await market.erp.act("set_price", {**offer, "valid_to": str(today - timedelta(days=1))})
    await market.run("price-publication")
    assert shown(market, PLAIN) == usual
    await market.erp.act("drop_price", {"sku": PLAIN})
    await market.run("price-publication")
    assert shown(market, PLAIN) == {}


async def test_a_price_of_nothing_stays_out(market: Market) -> None:
    await market.run("price-publication")
    usual = shown(market, PLAIN)
    await market.erp.act("set_price", {"sku": PLAIN, "price": "0"})
    await market.run("price-publication")
    assert (shown(market, PLAIN), await market.causes()) == (
        usual, [f"price-zero: {PLAIN}, by the ERP's price list TRADE, is sold at nothing."],
    )  # fmt: skip
    await market.erp.act("set_price", {"sku": PLAIN, "price": "2.00"})
    await market.run("price-publication")
    assert (shown(market, PLAIN), await market.causes()) == ({Decimal(1): Decimal(2)}, [])


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request"])
async def test_lost_answers_leave_each_price_once(market: Market, kind: str) -> None:
    market.shop.faults.set([{"kind": kind, "match": "productprices$", "count": 3}])
    await market.here.runs.ensure(market.name, "price-publication")
    await market.run("price-publication")
    market.shop.faults.reset()
    await market.run("price-publication")
    prices = market.shop.state()["prices"]
    keys = [(one["price_list"], one["sku"], one["unit"], one["quantity"]) for one in prices]
    assert len(keys) == len(set(keys))
    assert (await market.run("price-publication"))["written"] == 0


async def test_a_restart_in_the_middle_goes_on_where_it_was(market: Market, monkeypatch: Any) -> None:
    pages: list[set[tuple[str, ...]]] = []
    written = PgPriceRun.written

    async def lights_out(self: PgPriceRun, prices: Any) -> None:
        pages.append({(one.price_list, one.sku, one.unit, str(one.quantity)) for one in prices})
        if len(pages) == 2:
            raise asyncio.CancelledError
        await written(self, prices)

    with monkeypatch.context() as dark:
        dark.setattr(PgPriceRun, "written", lights_out)
        dark.setattr(type(market.pairing.storefront), "price_batch_max", 7)
        with pytest.raises(asyncio.CancelledError):
            await market.run("price-publication")
        done, doubtful = pages
        await market.run("price-publication")
    rest = set().union(*pages[2:])
    assert (len(done), done & rest, doubtful <= rest) == (7, set(), True)
    assert (await market.run("price-publication"))["written"] == 0


async def test_an_order_by_the_case_at_the_published_price_is_as_many_eaches(opened: Opened) -> None:
    async with opened(uom="unit_code", pricing_mode="send_price") as market:
        await market.erp.act("set_price", {"sku": BY_CASE, "price": "31.00", "unit_code": "case"})
        await market.run("price-publication")
        assert shown(market, BY_CASE, "case") == {Decimal(1): Decimal(31)}
        ref = await sell(market, BY_CASE, 3, "case")
        await market.deliver()
        (order,) = [one for key, one in theirs(market).items() if key == ref]
        assert sum(Decimal(str(line["quantity"])) for line in order["lines"]) == 3 * holds(BY_CASE)
        assert await market.causes() == []


async def test_where_every_unit_has_its_own_code_a_pallet_is_a_pallet(opened: Opened) -> None:
    async with opened({"unit_mode": "unit_sku", "unit_skus": CODES}, unit_stock="derived") as market:
        count = holds(PALLETS) * 40
        await market.shop.act("add_unit", {"sku": PALLETS, "unit": "pallet", "holds": count})
        await market.erp.act("count_stock", {"sku": PALLETS, "counted": str(3 * count + 5)})
        for flow in ("targets", "stock", "price-publication"):
            await market.run(flow)
        assert shown(market, PALLETS, "pallet") == {
            Decimal(1): (ESTATE.item(PALLETS).net_price * count).quantize(Decimal("0.01"))
        }
        # Three places sell from one shelf, and each shows its share of it.
        assert 1 <= level(market, PALLETS, "pallet") <= 3
        ref = await sell(market, PALLETS, 1, "pallet")
        await market.deliver()
        assert [(line["sku"], Decimal(str(line["quantity"]))) for line in theirs(market)[ref]["lines"]] == [
            (f"{PALLETS}-PALLET", Decimal(1))
        ]
        await market.run("stock")
        free = sum(Decimal(str(one["available"])) for one in market.erp.state()["stock"] if one["sku"] == PALLETS)
        assert free < 2 * count + 6
        sold = [(unit, level(market, PALLETS, unit) * held) for unit, held in (("each", 1), ("pallet", count))]
        assert sum(held for _, held in sold) <= free


@pytest.mark.parametrize("mode", ["unit_sku", "unit_code"])
async def test_a_unit_nobody_vouches_for_is_not_priced_not_stocked_and_not_posted(opened: Opened, mode: str) -> None:
    orders = {"unit_mode": mode, **({"unit_skus": CODES} if mode == "unit_sku" else {})}
    async with opened(orders, unit_stock="derived") as market:
        for flow in ("stock", "price-publication"):
            await market.run(flow)
        assert level(market, BY_CASE, "case") > 0
        await market.erp.act("confirm_unit", {"sku": BY_CASE, "unit_code": "case", "confirmed": False})
        for flow in ("items", "stock", "price-publication"):
            await market.run(flow)
        assert (level(market, BY_CASE, "case"), shown(market, BY_CASE, "case")) == (0, {})
        assert level(market, BY_CASE, "each") > 0
        await market.shop.act("set_price", {"sku": BY_CASE, "value": "9.99", "unit": "case"})
        ref = await sell(market, BY_CASE, 2, "case")
        await market.deliver()
        assert ref not in theirs(market)
        words = f"unit-unmapped: Nobody has confirmed how many stock units of {BY_CASE} one case holds."
        assert words in await market.causes()
        await market.erp.act("confirm_unit", {"sku": BY_CASE, "unit_code": "case"})
        for flow in ("items", "stock", "price-publication"):
            await market.run(flow)
        assert level(market, BY_CASE, "case") > 0
        assert shown(market, BY_CASE, "case")


@pytest.mark.parametrize("mode", ["unit_sku", "unit_code"])
async def test_two_sides_that_count_a_case_differently_sell_none(opened: Opened, mode: str) -> None:
    orders = {"unit_mode": mode, **({"unit_skus": CODES} if mode == "unit_sku" else {})}
    async with opened(orders, unit_stock="derived") as market:
        await market.run("price-publication")
        changed = {"sku": BY_CASE, "unit_code": "case", "base_quantity": str(holds(BY_CASE) - 2), "confirmed": True}
        await market.erp.act("set_unit_quantity", changed)
        ref = await sell(market, BY_CASE, 1, "case")
        for flow in ("items", "stock", "price-publication"):
            await market.run(flow)
        await market.deliver()
        assert (level(market, BY_CASE, "case"), shown(market, BY_CASE, "case"), ref in theirs(market)) == (0, {}, False)
        (case,) = await list_cases(market.here.pool, market.here.tenant, state="open", kind="unit-quantity-conflict")
        told = f"the storefront counts {holds(BY_CASE)} stock units in one, the ERP {holds(BY_CASE) - 2}"
        assert told in case.cause
        assert {one.record for one in await market.pairing.cases.held(case.id)} == {"order", "price"}
        wish = Wish(remedy=Remedy.MAP_CODE, params={"units": str(holds(BY_CASE) - 2)}, actor="mary@harbour.example")
        await apply(market.pairing, case, wish)
        await market.work()
        await market.work()
        assert shown(market, BY_CASE, "case")
        assert await list_cases(market.here.pool, market.here.tenant, state="open", kind="unit-quantity-conflict") == []
