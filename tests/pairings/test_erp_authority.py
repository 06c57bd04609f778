"""Where the ERP's total counts: the order is posted as it was meant, read back at once, compared, and flagged."""

import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.read_back import TOLD_BY_THEN_SECONDS
from crossdock.flows.remedies import apply
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from crossdock.store.cases import list_cases
from tests.pairings.market import Market, open_market
from tests.pairings.test_oro_prima import ESTATE, PAIRING, theirs

MARY = "mary@harbour.example"
READS = "GET /v1/orders"


@contextlib.asynccontextmanager
async def opened(
    database: str, folder: Path, *, ours: dict[str, Any] | None = None, orders: dict[str, Any] | None = None,
    maps: dict[str, Any] | None = None, **knobs: Any,
) -> AsyncIterator[Market]:  # fmt: skip
    """Prima reckons prices by its own list. orders, maps: settings over the pairing's."""
    shop = OroCommerceSimulator(ESTATE, seed=5)
    there = {"semantics_confirmed": True, "pricing_mode": "erp_prices", **knobs}
    erp = PrimaSimulator(ESTATE, seed=5, settings=there)
    settings = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR", **(ours or {})}
    pairing = {
        **PAIRING, "orders": {**PAIRING["orders"], **(orders or {})},
        "maps": {**PAIRING["maps"], **(maps or {})},
    }  # fmt: skip
    async with open_market(
        database, folder, shop=("shop", shop, {}), erp=("prima-bridge", erp, settings), pairing=pairing
    ) as market:
        await market.learn()
        yield market


@pytest.fixture
async def market(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    async with opened(database, tmp_path) as found:
        yield found


async def dearer(market: Market, sku: str = "HP-1001", by: str = "0.50") -> None:
    price = ESTATE.item(sku).net_price + Decimal(by)
    await market.erp.act("set_price", {"sku": sku, "price": str(price), "price_list": "TRADE"})


async def sell(market: Market, quantity: int = 2, **terms: Any) -> str:
    lines = [{"sku": "HP-1001", "quantity": quantity, "unit": "each"}]
    placed = await market.shop.act("place_order", {"customer": "102", "lines": lines, **terms})
    await market.deliver()
    return str(placed["identifier"])


async def conflicts(market: Market, state: str | None = "open") -> list[CaseRow]:
    return list(await list_cases(market.here.pool, market.here.tenant, kind="total-conflict", state=state))


async def settle(market: Market, case: CaseRow, remedy: Remedy, reason: str = "") -> None:
    await apply(market.pairing, case, Wish(remedy=remedy, reason=reason, actor=MARY))
    await market.work()


async def test_a_total_that_differs_is_flagged_as_soon_as_the_order_is_in(market: Market) -> None:
    await dearer(market)
    ref = await sell(market)
    assert (await market.orders())[ref]["state"] == "posted", "it stands in the ERP, whatever it comes to"
    (case,) = await conflicts(market)
    assert (case.subject, case.desk) == (ref, "finance")
    assert case.cause.endswith("they differ by 1.20 GBP.")
    await settle(market, case, Remedy.ACCEPT, "the list price rose on Monday")
    assert await conflicts(market) == []
    await market.run("despatches")
    assert await conflicts(market) == [], "what a person took is not asked again"


async def test_a_total_within_the_tolerance_is_nobodys_case(market: Market) -> None:
    refs = [await sell(market), await sell(market, quantity=7)]
    assert set(refs) == set(theirs(market))
    assert await market.causes() == []


async def test_a_penny_for_each_line_is_rounding_and_two_are_not(market: Market) -> None:
    await dearer(market, by="0.004")
    await sell(market)
    assert await market.causes() == [], "0.8 of a penny on two, with its tax: rounding"
    await dearer(market, by="0.01")
    ref = await sell(market)
    assert [one.subject for one in await conflicts(market)] == [ref]


async def test_a_held_order_is_flagged_before_the_warehouse_gets_it(database: str, tmp_path: Path) -> None:
    async with opened(database, tmp_path, ours={"hold_orders": True, "hold_reason": "totals"}) as market:
        await dearer(market)
        ref = await sell(market)
        assert theirs(market)[ref]["status"] == "held"
        (case,) = await conflicts(market)
        await settle(market, case, Remedy.ACCEPT, "agreed by telephone")
        await market.erp.act("release_order", {"order": ref})
        await market.erp.act("despatch_order", {"order": ref})
        for _ in range(2):
            await market.run("despatches")
            await market.work()
            await market.pass_time(60)
        assert (await market.orders())[ref]["state"] == "despatched"
        assert await market.causes() == []


async def test_a_total_corrected_over_there_closes_its_case_when_somebody_looks(market: Market) -> None:
    await dearer(market)
    ref = await sell(market)
    (case,) = await conflicts(market)
    (line,) = theirs(market)[ref]["lines"]
    net = ESTATE.item("HP-1001").net_price
    await market.erp.act("reprice_line", {"order": ref, "line_ref": line["line_ref"], "price": str(net)})
    await settle(market, case, Remedy.RETRY)
    assert await conflicts(market) == []
    assert [one.state for one in await conflicts(market, state=None)] == ["closed"]


async def test_a_total_that_cannot_be_read_now_is_read_as_soon_as_it_can(market: Market) -> None:
    await dearer(market)
    market.erp.faults.set([{"match": READS, "kind": "status", "status": 503, "count": 20}])
    ref = await sell(market)
    assert (await market.orders())[ref]["state"] == "posted"
    assert await conflicts(market) == []
    market.erp.faults.set([])
    await market.pass_time(60)
    assert [one.subject for one in await conflicts(market)] == [ref]


async def test_lights_out_between_posting_and_reading_loses_no_comparison(market: Market, monkeypatch: Any) -> None:
    async def lights_out(*_: Any) -> None:
        raise ConnectionError("the worker is gone")

    await dearer(market)
    with monkeypatch.context() as dark:
        dark.setattr("crossdock.flows.order_entry.read_back", lights_out)
        with pytest.raises(ConnectionError):
            await sell(market)
    (row,) = (await market.orders()).values()
    assert row["state"] == "posted"
    await market.pass_time(10)
    assert [one.subject for one in await conflicts(market)] == [row["ref"]]


async def test_an_order_that_is_only_queued_is_compared_once_it_is_reckoned(database: str, tmp_path: Path) -> None:
    async with opened(database, tmp_path, queue=True, queue_seconds=None) as market:
        await dearer(market)
        ref = await sell(market)
        await market.pass_time(10)
        assert (await market.orders())[ref]["state"] == "posted"
        assert await conflicts(market) == []
        await market.erp.act("run_queue", {})
        await market.pass_time(10)
        assert [one.subject for one in await conflicts(market)] == [ref]
        row = (await market.orders())[ref]
        assert row["look_at"] is None, "and nobody looks for ever"


async def test_a_total_that_is_never_told_is_left_to_the_invoice(database: str, tmp_path: Path) -> None:
    async with opened(database, tmp_path, queue=True, queue_seconds=None) as market:
        ref = await sell(market)
        await market.pass_time(10)
        await market.pass_time(TOLD_BY_THEN_SECONDS + 60)
        row = (await market.orders())[ref]
        assert (row["state"], row["look_at"]) == ("posted", None)


async def test_payment_terms_go_as_they_are_mapped_or_hold_the_order(database: str, tmp_path: Path) -> None:
    async with opened(database, tmp_path, maps={"payment_term": {"net 30": "ACC30"}}) as market:
        ref = await sell(market)
        assert theirs(market)[ref]["payment"]["method"] == "ACC30"
        other = await market.shop.act(
            "place_order", {"customer": "101", "lines": [{"sku": "HP-1001", "quantity": 1, "unit": "each"}]}
        )
        await market.deliver()
        assert other["identifier"] not in theirs(market)
        (case,) = await list_cases(market.here.pool, market.here.tenant, kind="payment-term-unmapped", state="open")
        assert (case.subject, case.desk) == ("net 60", "finance")
        wish = Wish(remedy=Remedy.MAP_CODE, params={"code": "ACC60"}, actor=MARY)
        assert (await apply(market.pairing, case, wish)).would_post == 1
        await market.work()
        assert theirs(market)[other["identifier"]]["payment"]["method"] == "ACC60"
        assert await market.causes() == []


async def test_a_back_order_goes_out_in_parts_and_is_told_in_parts(market: Market) -> None:
    await market.erp.act("count_stock", {"sku": "HP-1001", "counted": "3"})
    await market.erp.act("count_stock", {"sku": "HP-1001", "counted": "0", "warehouse": "TRADE"})
    ref = await sell(market, quantity=5)
    assert await market.causes() == [], "a short stock holds no order"
    await market.erp.act("despatch_order", {"order": ref, "tracking": ["P1"]})
    await tell(market)
    assert (await market.orders())[ref]["state"] == "part_despatched"
    assert trackings(market, ref) == ["P1"]
    await market.erp.act("receive_goods", {"sku": "HP-1001", "quantity": "10"})
    await market.erp.act("despatch_order", {"order": ref, "tracking": ["P2"]})
    await tell(market)
    await tell(market)
    assert (await market.orders())[ref]["state"] == "despatched"
    assert trackings(market, ref) == ["P1", "P2"]
    assert await market.causes() == []


async def test_what_an_erp_will_never_send_is_not_waited_for(market: Market) -> None:
    await market.erp.act("count_stock", {"sku": "HP-1001", "counted": "3"})
    await market.erp.act("count_stock", {"sku": "HP-1001", "counted": "0", "warehouse": "TRADE"})
    ref = await sell(market, quantity=5)
    await market.erp.act("despatch_order", {"order": ref, "tracking": ["P1"]})
    await tell(market)
    await market.erp.act("close_short", {"order": ref})
    await tell(market)
    assert (await market.orders())[ref]["state"] == "despatched"
    assert trackings(market, ref) == ["P1"]


async def tell(market: Market) -> None:
    await market.run("despatches")
    await market.work()
    await market.pass_time(60)


def trackings(market: Market, ref: str) -> list[str]:
    (order,) = [one for one in market.shop.state()["orders"] if one["identifier"] == ref]
    return [one["number"] for one in order["trackings"]]
