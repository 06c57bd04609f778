"""Two storefronts sell from one warehouse: what one of them sold, the other one may not sell again (law L4)."""

import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import Simulator, running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from crossdock.sandbox.scayle import ScayleSimulator
from crossdock.settings.load import load
from crossdock.settings.presets import presets
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import run_now
from tests.pairings.market import system

ESTATE = build_estate(items=24, companies=30)
AT_ONCE = {"processing_seconds": 0, "bulk_seconds": 0, "delegation_delay_seconds": 0, "rate_limits": {}}
SKU = "HP-1001"
TRADE, HOME = "oro-khaos", "scayle-khaos"
Shops = tuple[Installation, OroCommerceSimulator, ScayleSimulator, KhaosControlSimulator]


@contextlib.asynccontextmanager
async def shops(database: str, folder: Path, *, shared: bool) -> AsyncIterator[Shops]:
    trade, home = OroCommerceSimulator(ESTATE, seed=5), ScayleSimulator(ESTATE, seed=5, settings=AT_ONCE)
    erp = KhaosControlSimulator(ESTATE, seed=5)
    async with running(trade) as trade_url, running(home) as home_url, running(erp) as erp_url:
        ours = {"access_token": "${TOKEN}", "fulfilment_wait_seconds": 2, "fulfilment_poll_seconds": 0.01}
        pairings: dict[str, Any] = {name: presets()[name].pairing for name in (TRADE, HOME)}
        tree = {
            "database_url": "${DATABASE}",
            "systems": {
                "shop": system("shop", trade_url), "scayle": system("scayle", home_url, **ours),
                "khaos": system("khaos", erp_url, settle_seconds=1),
            },
            "pairings": {
                name: {**one, "stock": {"every_seconds": 3, "buffer": 0, "shared": shared}}
                for name, one in pairings.items()
            },
        }  # fmt: skip
        (folder / "crossdock.yaml").write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
        environ = {"SECRET": SANDBOX_CREDENTIAL, "TOKEN": "sandbox-token", "DATABASE": database}
        project = load(folder / "crossdock.yaml", systems=known_systems(), environ=environ)
        async with open_installation(project) as here:
            await erp.act("adjust", {"sku": SKU, "on_hand": 40})
            for name in (TRADE, HOME, TRADE):  # the first one shares with the second once that is known too
                for flow in ("items", "accounts", "targets", "stock"):
                    await run(here, name, flow)
            yield here, trade, home, erp


async def run(here: Installation, pairing: str, flow: str) -> None:
    await here.runs.ensure(pairing, flow)
    result = await run_now(here, pairing, flow)
    assert "problem" not in result, result


def shown(shop: Simulator) -> Decimal:
    """Pieces of it that shoppers can buy there now."""
    state = shop.state()
    levels = state.get("inventory") or [{**one, "units_per": 1} for one in state["stock"]]
    mine = [one for one in levels if one["sku"] == SKU]
    return sum((Decimal(str(one["quantity"])) * Decimal(str(one["units_per"])) for one in mine), Decimal(0))


@pytest.fixture
async def whole(database: str, tmp_path: Path) -> AsyncIterator[Shops]:
    async with shops(database, tmp_path, shared=False) as opened:
        yield opened


async def test_what_one_shop_sold_the_other_shop_no_longer_shows(whole: Shops) -> None:
    """Before the ERP has heard of it."""
    here, trade, home, erp = whole
    before = shown(home)
    line = {"sku": SKU, "quantity": 7, "unit": "each"}
    await trade.act("place_order", {"customer": "101", "lines": [line]})
    await run(here, TRADE, "orders")
    await run(here, HOME, "stock")
    assert erp.state()["orders"] == []
    assert shown(home) == before - 7


async def test_a_level_that_waits_is_not_written_over_a_sale_of_the_other_shop(whole: Shops) -> None:
    here, trade, _, _ = whole
    book = here.pairings[HOME].orders
    began = await book.between_captures()
    await trade.act("place_order", {"customer": "101", "lines": [{"sku": SKU, "quantity": 1, "unit": "each"}]})
    await run(here, TRADE, "orders")
    assert SKU in await book.sold_since(began, [SKU])


async def test_shared_out_the_two_shops_together_never_show_more_than_there_is(database: str, tmp_path: Path) -> None:
    async with shops(database, tmp_path, shared=True) as (_, trade, home, _erp):
        assert shown(trade) > 0
        assert shown(home) > 0
        assert shown(trade) + shown(home) <= 40


async def test_one_number_in_two_shops_is_a_duplicate_only_where_they_share_an_erp(whole: Shops) -> None:
    """The number is what the ERP knows an order by."""
    here, trade, _, _ = whole
    line = {"sku": SKU, "quantity": 1, "unit": "each"}
    placed = await trade.act("place_order", {"customer": "101", "lines": [line]})
    other = "insert into sales_order (tenant, pairing, storefront_id, ref, state) values ($1, $2, 'x', $3, 'waiting')"
    await here.pool.execute(other, here.tenant, "of-another-erp", placed["identifier"])
    await run(here, TRADE, "orders")
    (file,) = await here.pairings[TRADE].orders.load_many(await ids(here))
    assert file.duplicate_of is None
    await here.pool.execute("update sales_order set pairing = $1 where pairing = 'of-another-erp'", HOME)
    (file,) = await here.pairings[TRADE].orders.load_many(await ids(here))
    assert file.duplicate_of == "x"


async def ids(here: Installation) -> list[int]:
    return [row["id"] for row in await here.pool.fetch("select id from sales_order where pairing = $1", TRADE)]
