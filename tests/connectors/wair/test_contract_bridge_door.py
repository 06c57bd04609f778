"""Signing in to the simulated shops, the look at them, and the events they send."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.bridge_system import RetailBridge
from crossdock.model.faults import Accepted, DataFault
from tests.connectors.gate import FreeGate
from tests.connectors.wair.support import bridge_settings, level
from tests.connectors.wair.test_contract import Wall
from tests.connectors.wair.test_contract_bridge import MAIN, SKU, despatched, kinds, shops, strike


@pytest.mark.parametrize(
    ("scheme", "settings"),
    [
        ("bearer_static", {}),
        ("basic", {"auth": "basic", "username": "crossdock", "password": "sandbox-password"}),
        ("api_key", {"auth": "api_key", "api_key": "sandbox-token"}),
        (
            "oauth2_client_credentials",
            {"auth": "oauth2_client_credentials", "client_id": "crossdock", "client_secret": "sandbox-secret"},
        ),
        (
            "password_token",
            {"auth": "password_token", "username": "crossdock", "password": "sandbox-password"},
        ),
    ],
)  # fmt: skip
async def test_every_way_of_signing_in(scheme: str, settings: dict[str, Any]) -> None:
    async with shops({"auth": scheme}, **settings) as (connector, _):
        lines = await connector.probe()
        assert [(line.problem, line.denied) for line in lines] == [("", "")] * 8
        assert all(line.read for line in lines[:5] if "movement" not in line.what)


async def test_a_token_that_runs_out_is_renewed() -> None:
    settings = {"auth": "oauth2_client_credentials", "client_id": "crossdock", "client_secret": "sandbox-secret"}
    async with shops({"auth": "oauth2_client_credentials"}, **settings) as (connector, shop):
        strike(shop, {"kind": "expired_token", "match": "PUT", "count": 1})
        assert kinds(await connector.write_on_hand([level(SKU, location=MAIN)])) == [Accepted]


async def test_events_are_genuine_and_name_what_to_look_at() -> None:
    got: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((dict(request.headers), await request.read()))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with shops() as (connector, shop), aiohttp.ClientSession() as session:
            base = connector._session.settings.base_url
            endpoint = {"url": f"http://127.0.0.1:{runner.addresses[0][1]}/hook", "event_types": ["dispatch.confirmed"]}
            headers = {"Authorization": "Bearer sandbox-token", "Idempotency-Key": '"0123456789abcdef0123456789abcdef"'}
            async with session.post(f"{base}/v1/webhook-endpoints", json=endpoint, headers=headers) as answer:
                secret = (await answer.json())["secret"]
            made = await despatched(shop, "SO12345")
            for _ in range(100):
                if got:
                    break
                await asyncio.sleep(0.02)
            receiver = await SYSTEM.connect(bridge_settings(base, webhook_secrets=[secret]), FreeGate(), Wall())
            assert isinstance(receiver, RetailBridge)
            event = receiver.read_webhook(*got[0])
            assert (event.topic, event.order_refs) == ("dispatch.confirmed", ())
            assert event.subjects == (("retail-despatch", made["dispatch_id"]), ("sales-order", "SO12345"))
            with pytest.raises(DataFault):
                receiver.read_webhook(got[0][0], got[0][1] + b" ")
    finally:
        await runner.cleanup()
