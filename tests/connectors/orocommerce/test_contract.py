"""Every capability against the simulated shop: in order, and under fire."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from crossdock.connectors.orocommerce import SYSTEM
from crossdock.connectors.orocommerce.connector import OroCommerce
from crossdock.model.despatch import Despatch
from crossdock.model.faults import Accepted, ConfigFault, ReadIncomplete, Refused, Transient, Unknown
from crossdock.model.sales_order import SalesOrder, StorefrontStatus
from crossdock.model.stock import StockLevel, StockTarget
from crossdock.ports.systems import Acknowledgement, Document
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from tests.connectors.gate import FreeGate
from tests.connectors.orocommerce.stub import settings_for
from tests.sandbox.calling import hearing

VERSIONS = ("5.1", "6.0", "6.1", "7.0")
ESTATE = build_estate(items=20, companies=6)


class Wall:
    """The time on the wall: the simulator runs by it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def market(
    *, simulator: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[tuple[OroCommerce, OroCommerceSimulator]]:
    shop = OroCommerceSimulator(ESTATE, seed=3, settings={"initial_stock": 500, **(simulator or {})})
    async with running(shop) as url:
        given = {"client_secret": "sandbox-secret", "version": "auto", "async_timeout_seconds": 3.0, **settings}
        connector = await SYSTEM.connect(settings_for(url, **given), FreeGate(), Wall())
        assert isinstance(connector, OroCommerce)
        try:
            yield connector, shop
        finally:
            await connector.close()


def strike(shop: OroCommerceSimulator, *knobs: Mapping[str, Any]) -> None:
    shop.faults.set(knobs)


async def swept(connector: OroCommerce, since: datetime | None = None) -> list[Document[SalesOrder]]:
    return [document async for documents in connector.read_orders(since) for document in documents]


async def targets(connector: OroCommerce) -> list[StockTarget]:
    return [target async for part in connector.read_stock_targets() for target in part]


def shown(shop: OroCommerceSimulator) -> dict[str, Decimal]:
    return {level["id"]: Decimal(str(level["quantity"])) for level in shop.state()["inventory"]}


def adds_up(order: SalesOrder) -> Decimal:
    """What the order's parts come to, less what it says."""
    goods = sum((line.net_before_discount - line.discount for line in order.lines), Decimal(0))
    off = sum((discount.amount for discount in order.discounts), Decimal(0))
    return goods - off + order.shipping.net + (order.tax_total or Decimal(0)) - order.total


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_order_comes_once_and_whole(version: str) -> None:
    async with market(simulator={"version": version}, page_size=7) as (connector, shop):
        await shop.act("place_orders", {"count": 25, "seed": 1, "discount_share": 0.3})
        found = await swept(connector)
        held = {order["id"]: order for order in shop.state()["orders"]}
        assert {document.ref for document in found} == set(held)
        for document in found:
            assert document.value is not None, document.fault
            order, theirs = document.value, held[document.ref]
            assert (order.ref, order.total) == (theirs["identifier"], Decimal(theirs["total"]))
            assert [(line.sku, line.quantity) for line in order.lines] == [
                (line["sku"], Decimal(str(line["quantity"]))) for line in theirs["lines"]
            ]
            assert order.delivery_address is not None
            assert order.delivery_address.country == "GB"
            assert order.buyer_email
            assert order.payment_term.startswith("net ")


@pytest.mark.parametrize("version", ["6.1", "7.0"])
async def test_an_orders_money_adds_up_where_the_shop_says_its_taxes(version: str) -> None:
    async with market(simulator={"version": version}) as (connector, shop):
        await shop.act("place_orders", {"count": 20, "seed": 2, "discount_share": 0.5})
        for document in await swept(connector):
            assert document.value is not None
            order = document.value
            assert adds_up(order) == 0, order.ref
            taxes = [line.tax for line in order.lines]
            assert None not in taxes
            assert all(line.tax_code for line in order.lines)
            assert sum(filter(None, taxes)) + (order.shipping.tax or 0) == order.tax_total


async def test_a_sweep_from_a_moment_and_one_by_key() -> None:
    async with market() as (connector, shop):
        first = await shop.act("place_order", {})
        later = datetime.now(UTC) + timedelta(hours=1)
        assert await swept(connector, later) == []
        assert len(await swept(connector, later - timedelta(hours=2))) == 1
        found = await connector.find_storefront_order(first["id"])
        assert found is not None
        assert found.value is not None
        assert found.value.ref == first["identifier"]
        assert await connector.find_storefront_order("99999999") is None


async def test_states_of_orders() -> None:
    async with market() as (connector, shop):
        one, two, three = [await shop.act("place_order", {}) for _ in range(3)]
        await shop.act("cancel_order", {"order": two["id"]})
        await shop.act("close_order", {"order": three["id"]})
        states = {document.ref: document.value.status for document in await swept(connector) if document.value}
        assert states == {
            one["id"]: StorefrontStatus.OPEN,
            two["id"]: StorefrontStatus.CANCELLED,
            three["id"]: StorefrontStatus.CLOSED,
        }


@pytest.mark.parametrize("kind", ["short_list", "truncated_body", "html_page", "wrong_media_type"])
async def test_a_list_that_cannot_be_proven_is_no_read_and_one_spoilt_page_is_read_again(kind: str) -> None:
    async with market(page_size=5) as (connector, shop):
        await shop.act("place_orders", {"count": 12, "seed": 1})
        strike(shop, {"kind": kind, "match": "GET /admin/api/orders", "count": 1, "after": 1})
        assert len(await swept(connector)) == 12
        strike(shop, {"kind": kind, "match": "GET /admin/api/orders", "after": 1})
        with pytest.raises(ReadIncomplete):
            await swept(connector)
        strike(shop, {"kind": kind, "match": "GET /admin/api/inventorylevels", "after": 2})
        with pytest.raises(ReadIncomplete):
            await targets(connector)


async def test_doubled_rows_expired_tokens_and_a_shop_that_stumbles_do_no_harm() -> None:
    async with market(page_size=5) as (connector, shop):
        await shop.act("place_orders", {"count": 12, "seed": 1})
        strike(
            shop,
            {"kind": "duplicate_row", "match": "GET /admin/api/"},
            {"kind": "expired_token", "match": "GET /admin/api/", "rate": 0.3},
            {"kind": "status", "match": "GET /admin/api/", "status": 503, "count": 2},
            {"kind": "status", "match": "GET /admin/api/", "status": 429, "retry_after": 0.05, "count": 2, "after": 3},
            {"kind": "lost_reply", "match": "GET /admin/api/", "count": 2, "after": 2},
        )
        refs = [document.ref for document in await swept(connector)]
        assert len(refs) == len(set(refs)) == 12
        assert len(await targets(connector)) == len(shop.state()["inventory"])


async def test_a_site_that_caps_its_pages() -> None:
    async with market(simulator={"page_size_max": 4}) as (connector, shop):
        await shop.act("place_orders", {"count": 9, "seed": 1})
        assert len(await swept(connector)) == 9


async def test_wrong_credentials_and_a_switched_off_api() -> None:
    async with market(client_secret="wrong") as (connector, _):
        with pytest.raises(ConfigFault) as caught:
            await swept(connector)
        assert caught.value.setting == "client_secret"
    async with market(simulator={"api_enabled": False}) as (connector, _):
        with pytest.raises(ConfigFault):
            await swept(connector)
    async with market(admin_prefix="/backoffice") as (connector, _):
        with pytest.raises(ConfigFault) as caught:
            await swept(connector)
        assert caught.value.setting == "admin_prefix"


def acks(orders: Sequence[Mapping[str, Any]]) -> list[Acknowledgement]:
    return [
        Acknowledgement(storefront_id=order["id"], order_ref=order["identifier"], erp_ref=f"SO-{order['id']}")
        for order in orders
    ]


@pytest.mark.parametrize("count", [1, 4])
async def test_acknowledgements_stick_and_are_safe_to_repeat(count: int) -> None:
    async with market() as (connector, shop):
        placed = [await shop.act("place_order", {}) for _ in range(count)]
        for _ in range(2):
            outcomes = await connector.write_acknowledgements(acks(placed))
            assert outcomes == [Accepted(f"SO-{order['id']}", order["id"]) for order in placed]
        assert [order["external_id"] for order in shop.state()["orders"]] == [f"SO-{order['id']}" for order in placed]


async def test_one_bad_acknowledgement_does_not_stop_the_others() -> None:
    async with market() as (connector, shop):
        placed = [await shop.act("place_order", {}) for _ in range(4)]
        await shop.act("close_order", {"order": placed[1]["id"]})
        wanted = acks(placed)
        await connector.write_acknowledgements(wanted[:1])
        taken = Acknowledgement(storefront_id=placed[2]["id"], order_ref="x", erp_ref=f"SO-{placed[0]['id']}")
        outcomes = await connector.write_acknowledgements([wanted[0], wanted[1], taken, wanted[3]])
        assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Refused, Accepted]
        assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == ["frozen", "not-unique"]


@pytest.mark.parametrize("managed", [True, False])
@pytest.mark.parametrize("version", ["6.0", "7.0"])
async def test_a_status_sticks_only_where_the_option_is_on(version: str, managed: bool) -> None:
    simulator = {
        "version": version,
        "external_status_management": managed,
        "order_statuses": {"processing": "Processing"},
    }
    async with market(simulator=simulator, acknowledge="status") as (connector, shop):
        placed = [await shop.act("place_order", {}) for _ in range(2)]
        outcomes = await connector.write_acknowledgements(acks(placed))
        if managed:
            assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
            assert {order["status"] for order in shop.state()["orders"]} == {"processing"}
        else:
            assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == ["ignored", "ignored"]


async def test_auto_tells_an_older_shop_by_status() -> None:
    simulator = {"version": "6.0", "order_statuses": {"processing": "Processing"}}
    async with market(simulator=simulator, acknowledge="auto") as (connector, shop):
        placed = [await shop.act("place_order", {}) for _ in range(2)]
        assert {type(outcome) for outcome in await connector.write_acknowledgements(acks(placed))} == {Accepted}
    async with market(simulator={"version": "6.0"}) as (connector, shop):
        with pytest.raises(ConfigFault) as caught:
            await connector.write_acknowledgements(acks([await shop.act("place_order", {})]))
        assert caught.value.setting == "acknowledge"


async def test_a_lost_acknowledgement_is_unknown_and_then_said_again() -> None:
    async with market() as (connector, shop):
        placed = [await shop.act("place_order", {})]
        strike(shop, {"kind": "lost_reply", "match": "PATCH", "count": 1})
        (outcome,) = await connector.write_acknowledgements(acks(placed))
        assert isinstance(outcome, Unknown)
        (outcome,) = await connector.write_acknowledgements(acks(placed))
        assert isinstance(outcome, Accepted)
        strike(shop, {"kind": "status", "match": "PATCH", "status": 429, "retry_after": 9})
        with pytest.raises(Transient) as caught:
            await connector.write_acknowledgements(acks(placed))
        assert caught.value.retry_after_seconds == 9


def despatch(number: str, *, final: bool = False) -> Despatch:
    return Despatch(key=number, order_ref="x", tracking_number=number, carrier="DPD Local", lines=(), final=final)


@pytest.mark.parametrize("version", VERSIONS)
async def test_despatches_show_once_however_often_they_are_sent(version: str) -> None:
    async with market(simulator={"version": version}) as (connector, shop):
        order = await shop.act("place_order", {})
        for number, final in (("A-1", False), ("A-1", False), ("A-2", True), ("A-2", True), ("A-1", False)):
            outcome = await connector.create_despatch(order["id"], despatch(number, final=final))
            assert isinstance(outcome, Accepted), outcome
        (held,) = shop.state()["orders"]
        assert [tracking["number"] for tracking in held["trackings"]] == ["A-1", "A-2"]
        assert held["shipping_status"] == ("shipped" if version >= "6.1" else None)
        assert await connector.find_despatches(order["id"]) == {("DPD Local", "A-1"), ("DPD Local", "A-2")}


@pytest.mark.parametrize("kind", ["lost_reply", "truncated_body", "wrong_media_type", "html_page"])
async def test_a_despatch_whose_reply_is_lost_is_unknown_then_found(kind: str) -> None:
    async with market() as (connector, shop):
        order = await shop.act("place_order", {})
        strike(shop, {"kind": kind, "match": "POST /admin/api/ordershippingtrackings", "count": 1})
        assert isinstance(await connector.create_despatch(order["id"], despatch("A-1")), Unknown)
        assert isinstance(await connector.create_despatch(order["id"], despatch("A-1")), Accepted)
        assert len(shop.state()["orders"][0]["trackings"]) == 1


async def test_a_despatch_of_a_closed_order_says_what_stands() -> None:
    async with market() as (connector, shop):
        order = await shop.act("place_order", {})
        await shop.act("close_order", {"order": order["id"]})
        outcome = await connector.create_despatch(order["id"], despatch("A-1", final=True))
        assert isinstance(outcome, Refused)
        assert outcome.code in ("frozen", "forbidden")
        outcome = await connector.create_despatch("999999", despatch("A-1"))
        assert isinstance(outcome, Refused)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ["auto", "sync", "async", "single"])
async def test_levels_are_shown_as_sent(version: str, mode: str) -> None:
    async with market(simulator={"version": version}, stock_write=mode, page_size=9) as (connector, shop):
        found = await targets(connector)
        held = {level["id"]: level for level in shop.state()["inventory"]}
        assert {(one.ref, one.sku, one.unit, one.stock_units) for one in found} == {
            (level["id"], level["sku"], level["unit"], level["units_per"]) for level in held.values()
        }
        assert {one.shown for one in found} == {Decimal(500)}
        levels = [
            StockLevel(ref=one.ref, sku=one.sku, unit=one.unit, quantity=Decimal(number))
            for number, one in enumerate(found[: connector.stock_batch_max])
        ]
        outcomes = await connector.write_stock(levels)
        assert outcomes == [Accepted(level.ref, level.ref) for level in levels]
        after = shown(shop)
        assert all(after[level.ref] == level.quantity for level in levels)


def level(ref: str, quantity: str = "7") -> StockLevel:
    return StockLevel(ref=ref, sku="x", unit="each", quantity=Decimal(quantity))


@pytest.mark.parametrize("mode", ["sync", "async", "single"])
async def test_a_level_that_is_refused_does_not_stop_the_others(mode: str) -> None:
    async with market(stock_write=mode) as (connector, shop):
        one, two, *_ = await targets(connector)
        outcomes = await connector.write_stock([level(one.ref), level("99999999"), level(two.ref)])
        assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted]
        assert (shown(shop)[one.ref], shown(shop)[two.ref]) == (7, 7)


async def test_a_sync_list_that_is_queued_after_all_and_a_queue_that_stands_still() -> None:
    async with market(simulator={"sync_batch_fallback": True}, stock_write="sync") as (connector, _):
        (one, *_) = await targets(connector)
        assert [type(outcome) for outcome in await connector.write_stock([level(one.ref)])] == [Accepted]
    async with market(simulator={"mq_running": False}, stock_write="async", async_timeout_seconds=0.2) as (
        connector,
        _,
    ):
        (one, *_) = await targets(connector)
        (outcome,) = await connector.write_stock([level(one.ref)])
        assert isinstance(outcome, Unknown)
        assert "message queue" in outcome.reason


@pytest.mark.parametrize("mode", ["sync", "async", "single"])
@pytest.mark.parametrize("kind", ["lost_reply", "lost_request", "truncated_body", "html_page"])
async def test_lost_replies_to_levels_are_unknown_and_then_shown(mode: str, kind: str) -> None:
    async with market(stock_write=mode) as (connector, shop):
        one, two, *_ = await targets(connector)
        strike(shop, {"kind": kind, "match": "PATCH", "count": 1})
        outcomes = await connector.write_stock([level(one.ref), level(two.ref)])
        assert Unknown in {type(outcome) for outcome in outcomes}
        assert Refused not in {type(outcome) for outcome in outcomes}
        again = await connector.write_stock([level(one.ref), level(two.ref)])
        assert {type(outcome) for outcome in again} == {Accepted}
        assert (shown(shop)[one.ref], shown(shop)[two.ref]) == (7, 7)


@pytest.mark.parametrize("mode", ["sync", "single"])
async def test_the_inventory_status_follows(mode: str) -> None:
    async with market(stock_write=mode, write_inventory_status=True) as (connector, shop):
        found = await targets(connector)
        sku = found[0].sku
        levels = [level(one.ref, "0") for one in found if one.sku == sku]
        assert {type(outcome) for outcome in await connector.write_stock(levels)} == {Accepted}
        product = shop.shop.product_by_sku(sku)
        assert product is not None
        assert product.target("inventory_status") == "out_of_stock"


async def test_events_are_genuine_and_speak_of_their_order() -> None:
    async with hearing() as receiver, market(webhook_secret="shh") as (connector, shop):
        api = connector._session.api
        hook = {
            "type": "webhooks",
            "attributes": {"notificationUrl": receiver.url, "secret": "shh"},
            "relationships": {
                "topic": {"data": {"type": "webhooktopics", "id": "order.created"}},
                "format": {"data": {"type": "webhookformats", "id": "default"}},
            },
        }
        assert (await api.write("POST", "webhooks", orjson.dumps({"data": hook}))).status == 201
        order = await shop.act("place_order", {})
        await receiver.wait(1)
        event = connector.read_webhook(*receiver.received[0])
        assert (event.topic, event.order_refs) == ("order.created", (order["id"],))


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_probe_of_a_working_shop_finds_nothing_wrong(version: str) -> None:
    async with market(simulator={"version": version}) as (connector, shop):
        await shop.act("place_orders", {"count": 3, "seed": 1})
        lines = await connector.probe()
        assert [line.problem for line in lines] == ["", "", "", ""]
        assert (lines[1].read, lines[3].read) == (3, 6)
