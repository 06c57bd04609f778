"""OroCommerce with Prima behind a bridge: nothing is on sale of which a unit is not confirmed, whichever way Prima
tells its units; and a confirmed one needs nobody else."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from crossdock.flows.pairing import Result
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.prima import PrimaSimulator
from crossdock.store.cases import list_cases
from crossdock.store.item_offers import list_offers
from tests.pairings.market import Market, open_market
from tests.pairings.test_oro_prima import ESTATE, PAIRING, theirs
from tests.pairings.test_oro_prima_prices import BY_CASE, CODES, LISTS, PLAIN, sell

HIDE = {"unknown": "hide", "blocked": "hide"}
DOUBTED = "nobody has confirmed what its case holds"
NOT_HELD = "the ERP does not hold it"
Opened = Callable[..., AbstractAsyncContextManager[Market]]
MODES = pytest.mark.parametrize("mode", ["unit_sku", "unit_code"])


@pytest.fixture
def opened(database: str, tmp_path: Path) -> Opened:
    """mode: how Prima's units go. items: settings of product introduction. shop: of the storefront's system."""

    @asynccontextmanager
    async def open_one(mode: str, items: dict[str, Any] | None = None, **shop: Any) -> AsyncIterator[Market]:
        store = OroCommerceSimulator(ESTATE, seed=5, settings={"initial_stock": 0})
        prima = PrimaSimulator(
            ESTATE, seed=5, settings={"semantics_confirmed": True, "uom_mode": mode, "unit_stock": "derived"}
        )
        ours = {"bearer_token": "${TOKEN}", "settle_seconds": 1, "delivery_charge_code": "CARR"}
        coded = {"unit_mode": mode, **({"unit_skus": CODES} if mode == "unit_sku" else {})}
        pairing = {
            **PAIRING,
            "orders": {**PAIRING["orders"], **coded, "default_tax_code": "STD"},
            "maps": {**PAIRING["maps"], **LISTS},
            "items": HIDE if items is None else items,
        }
        async with open_market(
            database, tmp_path, shop=("shop", store, shop), erp=("prima-bridge", prima, ours), pairing=pairing
        ) as market:
            await store.act("add_price_list", {"name": "Key accounts"})
            await market.learn()
            await market.run("price-publication")
            yield market

    return open_one


async def look(market: Market) -> Result:
    await market.run("items")
    return await market.run("product-introduction")


def products(market: Market) -> dict[str, dict[str, Any]]:
    return {one["sku"]: one for one in market.shop.state()["products"]}


async def offer(market: Market, sku: str) -> dict[str, Any]:
    (row,) = await list_offers(market.here.pool, market.here.tenant, market.name, sku=sku)
    return row


async def case_of(market: Market, cause: str, state: str = "open") -> CaseRow:
    rows = await list_cases(market.here.pool, market.here.tenant, state=state, kind="item-not-on-sale")
    (case,) = [one for one in rows if one.subject == cause]
    return case


async def doubt(market: Market, sku: str, confirmed: bool = False) -> None:
    await market.erp.act("confirm_unit", {"sku": sku, "unit_code": "case", "confirmed": confirmed})


@MODES
async def test_an_unconfirmed_unit_keeps_its_product_off_sale_until_it_is_confirmed(opened: Opened, mode: str) -> None:
    async with opened(mode) as market:
        await look(market)
        before = products(market)
        assert (before[BY_CASE]["status"], (await offer(market, BY_CASE))["state"]) == ("enabled", "on-sale")

        await doubt(market, BY_CASE)
        assert (await look(market))["taken_off_sale"] == 1
        assert products(market) == {**before, BY_CASE: {**before[BY_CASE], "status": "disabled"}}
        case = await case_of(market, DOUBTED)
        assert [one.ref for one in await market.pairing.cases.held(case.id)] == [BY_CASE]
        row = await offer(market, BY_CASE)
        assert (row["state"], row["missing"], row["cases"]) == ("hidden", [DOUBTED], [case.id])
        basket = {"customer": "102", "lines": [{"sku": BY_CASE, "quantity": 1, "unit": "each"}], "force": True}
        assert (await market.shop.act("place_order", basket))["refused"] == f"{BY_CASE} is not on sale"

        await doubt(market, BY_CASE, confirmed=True)
        assert (await look(market))["put_on_sale"] == 1
        assert (products(market), (await offer(market, BY_CASE))["state"]) == (before, "on-sale")
        assert (await case_of(market, DOUBTED, state="closed")).id == case.id
        ref = await sell(market, BY_CASE, 1, "case")
        await market.run("stock")
        await market.deliver()
        assert ref in theirs(market), await market.causes()


@MODES
async def test_all_products_of_one_cause_are_one_case_and_each_leaves_it_alone(opened: Opened, mode: str) -> None:
    async with opened(mode) as market:
        by_case = [one.sku for one in ESTATE.items if "case" in one.units and one.sku in products(market)][:3]
        for sku in by_case:
            await doubt(market, sku)
        await look(market)
        case = await case_of(market, DOUBTED)
        assert {one.ref for one in await market.pairing.cases.held(case.id)} == set(by_case)
        await doubt(market, by_case[0], confirmed=True)
        await look(market)
        assert {one.ref for one in await market.pairing.cases.held(case.id)} == set(by_case[1:])
        on_sale = {sku: products(market)[sku]["status"] == "enabled" for sku in by_case}
        assert on_sale == {by_case[0]: True, by_case[1]: False, by_case[2]: False}


@MODES
async def test_what_prima_blocks_or_does_not_hold_is_not_on_sale(opened: Opened, mode: str) -> None:
    async with opened(mode) as market:
        await market.shop.act("add_product", {"sku": "NOWHERE-1", "in_erp": False})
        await market.erp.act("set_item_status", {"sku": PLAIN, "status": "blocked"})
        await market.run("targets")
        await look(market)
        found = {sku: (await offer(market, sku))["missing"] for sku in ("NOWHERE-1", PLAIN)}
        assert found == {"NOWHERE-1": [NOT_HELD], PLAIN: ["the ERP has discontinued it"]}
        assert {products(market)[sku]["status"] for sku in found} == {"disabled"}


@MODES
async def test_an_item_of_prima_is_made_once_its_units_are_confirmed(opened: Opened, mode: str) -> None:
    """The shop lost the product; it is made anew, and only when nothing of it is in doubt."""
    items = {**HIDE, "create": True, "ready": "offer"}
    async with opened(mode, items, product_family="1") as market:
        await market.shop.act("remove_product", {"sku": BY_CASE})
        await doubt(market, BY_CASE)
        await market.run("targets")
        await look(market)
        row = await offer(market, BY_CASE)
        assert (row["state"], row["missing"], BY_CASE in products(market)) == ("unlisted", [DOUBTED], False)
        assert [one.ref for one in await market.pairing.cases.held((await case_of(market, DOUBTED)).id)] == [BY_CASE]

        await doubt(market, BY_CASE, confirmed=True)
        assert (await look(market))["made"] == 1
        made = products(market)[BY_CASE]
        assert (made["status"], made["units"]) == ("disabled", {"each": 1, "case": ESTATE.item(BY_CASE).units["case"]})
        for flow in ("targets", "stock", "price-publication"):
            await market.run(flow)
        await look(market)
        assert (products(market)[BY_CASE]["status"], (await offer(market, BY_CASE))["state"]) == ("enabled", "on-sale")
        assert (await case_of(market, DOUBTED, state="closed")).records == 0
        ref = await sell(market, BY_CASE, 2, "each")
        await market.deliver()
        assert ref in theirs(market), await market.causes()
