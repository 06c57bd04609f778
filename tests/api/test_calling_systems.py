"""The systems that call us, calling a real installation: what they hear as yes is in the database, and works."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossdock.api.server import HttpDoor, listen
from crossdock.connectors.khaos_control import SYSTEM as KHAOS
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.scayle import ScayleSimulator
from crossdock.settings.load import load
from crossdock.settings.scaffold import SYSTEMS, samples
from crossdock.store.channels import PgChannelDesk
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from tests.api.calling import serving
from tests.connectors.khaos_control.support import JOINERS
from tests.connectors.khaos_control.test_channel_contract import an_order

NAME, SECRET = "scayle-khaos", "both-know-it"
ESTATE = build_estate(items=20, companies=30)


@dataclass
class Market:
    shop: ScayleSimulator
    erp: KhaosControlSimulator
    here: Installation
    url: str

    async def rows(self, query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.here.pool.fetch(query)]

    @property
    def desk(self) -> PgChannelDesk:
        return PgChannelDesk(
            pool=self.here.pool, vault=self.here.vault, tenant=self.here.tenant, pairing=NAME, system="khaos"
        )


def settings_of(shop_url: str, erp_url: str, database: str) -> dict[str, Any]:
    shop = samples(known_systems())["scayle"][1].settings
    channel = {
        "username": "khaos", "password": "${SECRET}", "company_class": "Name=Trade", "site": "Name=Main Warehouse",
        "sales_source": "Name=Web", "return_reason": "Name=Unwanted",
    }  # fmt: skip
    return {
        "database_url": database,
        "systems": {
            "scayle": {
                **shop, "kind": "scayle", "base_url": shop_url, "access_token": "${TOKEN}",
                "webhook_username": "scayle", "webhook_password": "${SECRET}",
            },
            "khaos": {**SYSTEMS["khaos"], "kind": "khaos_control", "base_url": erp_url, "channel": channel},
        },
        "pairings": {
            NAME: {
                "storefront": "scayle", "erp": "khaos", "orders": {"currencies": ["GBP"]},
                "maps": {"tax": {"20": {"code": "1", "percent": 20}}, "unit": {"each": 1}},
            }
        },
    }  # fmt: skip


@pytest.fixture
async def market(database: str, tmp_path: Path) -> AsyncIterator[Market]:
    async with AsyncExitStack() as stack:
        shop = ScayleSimulator(ESTATE, settings={"delegation_delay_seconds": 0, "processing_seconds": 0})
        erp = KhaosControlSimulator(ESTATE)
        urls = [await stack.enter_async_context(running(one)) for one in (shop, erp)]
        path = tmp_path / "crossdock.yaml"
        path.write_text(yaml.safe_dump(settings_of(urls[0], urls[1], "${DATABASE}")), "utf-8")
        environ = {"SECRET": SECRET, "TOKEN": "sandbox-token", "DATABASE": database}
        project = load(path, systems=known_systems(), environ=environ)
        here = await stack.enter_async_context(open_installation(project))
        url = await stack.enter_async_context(serving(HttpDoor(here, listen("127.0.0.1", 0))))
        yield Market(shop, erp, here, url)


def at(url: str, user: str, tail: str, password: str = SECRET) -> str:
    return url.replace("http://", f"http://{user}:{password}@") + tail


async def test_an_order_is_delegated_once_however_often_it_is_told(market: Market) -> None:
    place = at(market.url, "scayle", f"/channels/scayle/{NAME}/orders")
    await market.shop.act("set_delegation_url", {"url": place})
    placed = await market.shop.act("place_order", {"country": "GB", "lines": [{"sku": "HP-1001", "quantity": 2}]})
    await market.shop.act("pass_time", {"seconds": 120})
    await market.shop.act("redeliver", {"order": placed["id"]})
    told = [one for one in market.shop.state()["delegations"] if one["order"] == placed["id"]]
    assert len(told) >= 2
    assert {one["outcome"] for one in told} == {201}
    jobs = await market.rows("select convert_from(payload, 'utf8') as of from pgqueuer where entrypoint = 'fetch'")
    assert [job["of"] for job in jobs] == [f"{NAME}/{placed['id']}"]


async def test_a_delegation_with_a_wrong_password_is_not_taken(market: Market) -> None:
    place = at(market.url, "scayle", f"/channels/scayle/{NAME}/orders", password="guess")
    await market.shop.act("set_delegation_url", {"url": place})
    await market.shop.act("place_order", {"country": "GB", "lines": [{"sku": "HP-1001", "quantity": 1}]})
    await market.shop.act("pass_time", {"seconds": 120})
    assert {one["outcome"] for one in market.shop.state()["delegations"]}.isdisjoint({201})
    assert await market.rows("select 1 from webhook_seen") == []


async def test_a_wish_to_cancel_waits_for_a_decision_and_hears_it(market: Market) -> None:
    place = at(market.url, "scayle", f"/channels/scayle/{NAME}")
    await market.shop.act(
        "set_delegation_url", {"url": f"{place}/orders", "cancellation_url": f"{place}/cancellations"}
    )
    placed = await market.shop.act("place_order", {"country": "GB", "lines": [{"sku": "HP-1001", "quantity": 1}]})
    await market.shop.act("pass_time", {"seconds": 120})
    await market.shop.act("request_cancellation", {"order": placed["id"]})
    await market.shop.act("pass_time", {"seconds": 1})
    (wish,) = await market.rows("select key, accepted from channel_wish")
    assert wish["accepted"] is None
    assert [one["phase"] for one in market.shop.state()["orders"]] == ["delegated"]
    assert await market.desk.decide(wish["key"], accepted=True, reason="nobody began", actor="ida")
    await market.shop.act("pass_time", {"seconds": 7200})
    (order,) = market.shop.state()["orders"]
    assert {unit["status"] for unit in order["units"]} == {"cancelled"}


async def test_khaos_control_fetches_and_brings(market: Market) -> None:
    url = f"{market.url}/channels/khaos/{NAME}/config.json"
    market.erp.settings["channel"] = {"url": url, "user": "khaos", "password": SECRET}
    market.erp.load()
    await market.desk.put_out("sales-order", {f"SO-{n}": an_order(f"SO-{n}") for n in range(3)})
    for _ in range(2):
        await market.erp.act("poll", {})
    assert {one["associated_ref"] for one in market.erp.state()["orders"]} == {"SO-0", "SO-1", "SO-2"}
    await market.erp.act("despatch", {"ref": "SO-0"})
    line = ReturnLine(sku="HP-1001", quantity=Decimal(1), reason="too small")
    back = SalesReturn(ref="RMA-1", order_ref="SO-0", lines=(line,), account_code="HPT1001", address=JOINERS)
    await market.desk.put_out("return", {"RMA-1": back})
    await market.erp.act("poll", {"rounds": 2})
    assert len(market.erp.state()["channel"]["returns"]) == 1
    kept = await market.desk.kept("order-status")
    whole = {json.loads(one)["ref"]: json.loads(one)["complete"] for one in kept.values()}
    assert whole == {"SO-0": True, "SO-1": False, "SO-2": False}
    counts = {
        row["kind"]: row["n"] for row in await market.rows("select kind, count(*) as n from channel_in group by 1")
    }
    assert counts["stock-item"] == len(await market.rows("select 1 from channel_in where kind = 'stock-item'")) > 20
    assert counts["stock-level"] > 40
    assert {one["status"] for one in market.erp.state()["channel_log"]} == {200}


async def test_what_khaos_control_may_do_hangs_on_its_settings(market: Market) -> None:
    assert "Channel" in market.here.kind_of("khaos").capabilities
    assert "OrderCanceller" not in market.here.kind_of("khaos").capabilities
    assert "OrderCanceller" in KHAOS.capabilities
