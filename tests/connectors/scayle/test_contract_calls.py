"""What the simulated shop tells us: delegated orders, cancellation requests and webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from crossdock.connectors.scayle.connector import Scayle
from crossdock.model.faults import Transient
from crossdock.ports.channel import ChannelRequest, Decision
from tests.connectors.scayle.desk import Desk
from tests.connectors.scayle.market import market, one_order, there
from tests.serving import served

# the addresses it calls


@asynccontextmanager
async def listening(connector: Scayle, desk: Desk) -> AsyncIterator[str]:
    """Our door, as the platform would put it up."""

    async def handle(request: web.Request) -> web.Response:
        tail = request.path.removeprefix("/c/")
        asked = ChannelRequest(method=request.method, tail=tail, headers=request.headers, body=await request.read())
        reply = await connector.answer_channel(asked, desk)
        return web.Response(status=reply.status, body=reply.body, headers={"Content-Type": reply.media_type})

    async with served(handle) as base:
        yield base.replace("://", "://hook:pa55@") + "/c"


async def test_a_delegated_order_is_acknowledged_and_told_of() -> None:
    desk = Desk(decision=Decision(accepted=True))
    guard = {"webhook_username": "hook", "webhook_password": "pa55", "webhook_path_secret": "s3gment"}
    async with market(**guard) as (connector, shop), listening(connector, desk) as url:
        urls = {"url": f"{url}/orders/s3gment", "cancellation_url": f"{url}/cancellations/s3gment"}
        await shop.act("set_delegation_url", urls)
        key = await one_order(shop)
        assert [one.order_refs for one in desk.events] == [(key,)]
        assert {one["state"] for one in there(shop)[key]["delegations"]} == {"acknowledged"}
        await shop.act("redeliver", {"order": int(key)})
        assert len(desk.events) == 2
        assert len({one.key for one in desk.events}) == 1
        await shop.act("request_cancellation", {"order": int(key)})
        await shop.act("pass_time", {"seconds": 10})
        (wish,) = {one.key: one for one in desk.cancellations}.values()
        assert (wish.storefront_id, wish.order_ref) == (key, there(shop)[key]["public_key"])
        assert all(unit["cancelled_at"] for unit in there(shop)[key]["units"])


async def test_a_delegation_that_is_not_stored_is_sent_again() -> None:
    desk = Desk(trouble=Transient("the database does not answer"))
    guard = {"webhook_username": "hook", "webhook_password": "pa55"}
    async with market(**guard) as (connector, shop), listening(connector, desk) as url:
        await shop.act("set_delegation_url", {"url": f"{url}/orders"})
        key = await one_order(shop)
        assert {one["state"] for one in there(shop)[key]["delegations"]} == {"failed"}
        desk.trouble = None
        await shop.act("pass_time", {"seconds": 600})
        assert {one["state"] for one in there(shop)[key]["delegations"]} == {"acknowledged"}
        assert [one.order_refs for one in desk.events] == [(key,)]


@pytest.mark.parametrize("envelope", ["usual", "typed", "locale", "nested", "mixed"])
async def test_webhooks_in_every_envelope_name_their_order(envelope: str) -> None:
    desk = Desk()
    async with (
        market(simulator={"webhook_envelope": envelope}, webhook_username="hook", webhook_password="pa55") as (
            connector,
            shop,
        ),
        listening(connector, desk) as url,
    ):
        for event in ("order-confirmed", "order-item-cancelled"):
            body = {"event": event, "version": 2, "url": f"{url}/events/{event}"}
            answer = await connector._session.api.write("POST", "/webhooks/subscriptions", body)
            assert answer.ok, answer
        key = await one_order(shop)
        await shop.act("cancel_units", {"order": int(key)})
        await shop.act("pass_time", {"seconds": 10})
        assert {one.topic for one in desk.events} == {"order-confirmed", "order-item-cancelled"}
        assert {one.order_refs for one in desk.events} == {(key,)}
        (first, *_) = desk.events
        await shop.act("repeat_webhook", {"key": first.key})
        await shop.act("pass_time", {"seconds": 10})
        assert [one.key for one in desk.events].count(first.key) == 2
