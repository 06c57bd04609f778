"""Every capability against the simulated Prima's bridge: in order, and under fire."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Stage
from crossdock.model.faults import Accepted, ConfigFault, DataFault, ReadIncomplete, Refused, Transient, Unknown
from crossdock.model.stock import StockFigure
from tests.connectors.prima.market import account, bridged, order_for, sellable, strike
from tests.connectors.prima.support import gathered
from tests.sandbox.calling import hearing


async def test_a_probe_of_a_healthy_bridge_finds_no_problem() -> None:
    async with bridged() as (connector, prima):
        assert isinstance(await connector.create_order(order_for(prima)), Accepted)
        lines = await connector.probe()
        assert [one.problem for one in lines] == [""] * 9
        assert {one.what: one.unreadable for one in lines if one.unreadable} == {}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"scheme": "none"}, {"auth": "none"}),
        ({"scheme": "basic"}, {"auth": "basic", "username": "crossdock", "password": "sandbox-password"}),
        ({"scheme": "api_key"}, {"auth": "api_key", "api_key": "sandbox-token"}),
        ({"scheme": "api_key", "key_in": "query", "key_name": "k"},
         {"auth": "api_key", "api_key": "sandbox-token", "api_key_in": "query", "api_key_name": "k"}),
        ({"scheme": "oauth2_client_credentials"},
         {"auth": "oauth2_client_credentials", "client_id": "crossdock", "client_secret": "sandbox-secret"}),
        ({"scheme": "password_token"},
         {"auth": "password_token", "username": "crossdock", "password": "sandbox-password"}),
        ({"scheme": "password_token", "token_field": "accessToken", "lifetime_field": "expiresIn",
          "static_headers": {"X-Tenant": "shoes"}},
         {"auth": "password_token", "username": "crossdock", "password": "sandbox-password",
          "token_field": "accessToken", "token_lifetime_field": "expiresIn", "static_headers": {"X-Tenant": "shoes"}}),
    ],
)  # fmt: skip
async def test_every_way_to_sign_in(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    async with bridged({"auth": theirs}, **ours) as (connector, prima):
        assert len(await gathered(connector.read_items(None))) == len(prima.store.saleable)
        strike(prima, {"kind": "expired_token", "match": "GET /v1/", "rate": 0.2})
        if "token" in theirs["scheme"] or "oauth" in theirs["scheme"]:
            assert await gathered(connector.read_items(None))


async def test_a_wrong_password_is_the_operators() -> None:
    async with bridged(bearer_token="wrong") as (connector, _):
        (line,) = await connector.probe()
        assert "401" in line.problem


# reading


async def test_lists_come_whole_and_as_they_are_held() -> None:
    async with bridged() as (connector, prima):
        state = prima.state()
        items = await gathered(connector.read_items(None))
        assert {one.ref for one in items} == set(prima.store.saleable)
        assert [one.fault for one in items if one.fault] == []
        accounts = await gathered(connector.read_accounts(None))
        assert {one.ref for one in accounts} == {one["code"] for one in state["companies"]}
        assert all(one.value.code == one.ref for one in accounts)
        figures = await gathered(connector.read_stock(None))
        held = {key: level.free for key, level in prima.store.levels.items()}
        told = {(one.stock_code, one.site): one.quantity for one in figures if isinstance(one, StockFigure)}
        assert len(told) == len(figures)
        assert {key: told[key] for key in held} == held
        prices = await gathered(connector.read_prices(["TRADE"]))
        listed = [one for one in state["prices"] if one["price_list"] == "TRADE"]
        assert sorted((one.stock_code, one.price) for one in prices) == sorted(
            (one["sku"], Decimal(one["unit_price"])) for one in listed
        )


async def test_only_what_changed_since_is_read() -> None:
    async with bridged() as (connector, prima):
        later = datetime.now(UTC) - timedelta(seconds=1)
        assert await gathered(connector.read_stock(later)) == []
        sku, _ = sellable(prima)
        await prima.act("receive_goods", {"sku": sku, "quantity": "3"})
        changed = {one.stock_code for one in await gathered(connector.read_stock(later))}
        kits = {one.sku for one in prima.store.items.values() if sku in dict(one.parts)}
        assert changed == {sku, *kits}


@pytest.mark.parametrize("feed", ["items", "stock", "customers"])
async def test_a_feed_cut_short_is_no_read(feed: str) -> None:
    async with bridged() as (connector, prima):
        reads = {"items": connector.read_items, "stock": connector.read_stock, "customers": connector.read_accounts}
        await prima.act("cut_feed_short", {"feed": feed})
        with pytest.raises(ReadIncomplete):
            await gathered(reads[feed](None))
        assert await gathered(reads[feed](None))


@pytest.mark.parametrize("kind", ["short_list", "truncated_body", "html_page"])
async def test_a_list_that_cannot_be_proven_is_no_read(kind: str) -> None:
    async with bridged() as (connector, prima):
        strike(prima, {"kind": kind, "match": "GET /v1/stock", "after": 1})
        with pytest.raises(ReadIncomplete):
            await gathered(connector.read_stock(None))


async def test_doubled_rows_and_a_bridge_that_stumbles_do_no_harm() -> None:
    async with bridged() as (connector, prima):
        strike(
            prima,
            {"kind": "duplicate_row", "match": "GET /v1/"},
            {"kind": "status", "match": "GET /v1/", "status": 503, "count": 2},
            {"kind": "status", "match": "GET /v1/", "status": 429, "retry_after": 0.05, "count": 2, "after": 3},
            {"kind": "lost_reply", "match": "GET /v1/", "count": 2, "after": 2},
        )
        refs = [one.ref for one in await gathered(connector.read_items(None))]
        assert len(refs) == len(set(refs)) == len(prima.store.saleable)


async def test_an_expired_cursor_begins_anew() -> None:
    async with bridged() as (connector, prima):
        pages = connector.read_items(None)
        seen = list(await anext(pages))
        await prima.act("expire_cursors", {})
        seen += [one async for page in pages for one in page]
        assert sorted(one.ref for one in seen) == sorted(prima.store.saleable)


# orders


async def test_an_order_goes_in_once_and_is_read_back_to_the_penny() -> None:
    async with bridged() as (connector, prima):
        order = order_for(prima)
        for _ in range(3):
            assert await connector.create_order(order) == Accepted("B2B-1")
        (held,) = prima.state()["orders"]
        assert (held["company_code"], held["status"]) == (order.account_code, "accepted")
        found = await connector.find_order("B2B-1")
        assert found is not None
        assert (found.gross_total, found.currency) == (order.total, "GBP")
        assert await connector.find_order("B2B-2") is None


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request", "truncated_body", "slow_reply"])
async def test_a_lost_answer_is_looked_up_and_there_is_one_order(kind: str) -> None:
    async with bridged(timeout_seconds=0.5) as (connector, prima):
        strike(prima, {"kind": kind, "match": "POST /v1/orders", "count": 1, "seconds": 1.0})
        order = order_for(prima)
        assert isinstance(await connector.create_order(order), Unknown)
        if kind == "slow_reply":
            await asyncio.sleep(0.7)
        if await connector.find_order("B2B-1") is None:
            assert kind == "lost_request"
        assert isinstance(await connector.create_order(order), Accepted)
        assert len(prima.state()["orders"]) == 1


async def test_two_at_once_are_one() -> None:
    async with bridged({"work_seconds": 0.2}) as (connector, prima):
        order = order_for(prima)
        outcomes = await asyncio.gather(*(connector.create_order(order) for _ in range(4)))
        assert {type(one) for one in outcomes} <= {Accepted, Unknown}
        assert Accepted("B2B-1") in outcomes
        assert len(prima.state()["orders"]) == 1


async def test_the_same_number_with_another_order_is_to_be_looked_up() -> None:
    async with bridged() as (connector, prima):
        await connector.create_order(order_for(prima))
        refused = await connector.create_order(order_for(prima, quantity=5))
        assert isinstance(refused, Refused)
        assert refused.duplicate


@pytest.mark.parametrize("keeps", [False, True])
async def test_a_refused_order_goes_in_once_its_reason_is_gone(keeps: bool) -> None:
    async with bridged({"idempotency_keeps_refusals": keeps}) as (connector, prima):
        order = order_for(prima)
        await prima.act("hold_account", {"account": order.account_code})
        refused = await connector.create_order(order)
        assert isinstance(refused, Refused)
        assert (refused.code, refused.duplicate) == ("account-on-hold", False)
        await prima.act("release_account", {"account": order.account_code})
        assert isinstance(await connector.create_order(order), Accepted)


async def test_where_prices_are_compared_another_price_is_refused() -> None:
    async with bridged({"pricing_mode": "send_and_compare"}) as (connector, prima):
        order = order_for(prima)
        line = replace(order.lines[0], unit_price=order.lines[0].unit_price + 1)
        refused = await connector.create_order(replace(order, lines=(line,)))
        assert isinstance(refused, Refused)
        assert refused.code == "price-mismatch"


async def test_where_the_erp_prices_its_total_is_read_back_and_the_order_stands() -> None:
    async with bridged({"pricing_mode": "erp_prices"}) as (connector, prima):
        order = order_for(prima)
        assert isinstance(await connector.create_order(replace(order, total=order.total + 10)), Accepted)
        found = await connector.find_order("B2B-1")
        assert found is not None
        assert found.gross_total == order.total


async def test_a_queue_is_looked_up() -> None:
    async with bridged({"queue": True, "queue_seconds": None}) as (connector, prima):
        order = order_for(prima)
        assert isinstance(await connector.create_order(order), Unknown)
        waiting = await connector.find_order("B2B-1")
        assert waiting is None or waiting.gross_total is None
        await prima.act("run_queue", {})
        found = await connector.find_order("B2B-1")
        assert found is not None
        assert found.gross_total == order.total


async def test_unconfirmed_units_and_unknown_skus_are_not_posted() -> None:
    async with bridged() as (connector, prima):
        order = order_for(prima)
        line = order.lines[0]
        with pytest.raises(DataFault):
            await connector.create_order(replace(order, lines=(replace(line, stock_code="NOWHERE"),)))
        await prima.act("confirm_unit", {"sku": line.stock_code, "unit_code": "each", "confirmed": False})
        with pytest.raises(DataFault, match="not confirmed"):
            await connector.create_order(order)
        assert prima.state()["orders"] == []


async def test_back_pressure_is_certainly_not_in_or_unknown() -> None:
    async with bridged() as (connector, prima):
        order = order_for(prima)
        await connector.find_items([order.lines[0].stock_code])
        await connector.probe()
        strike(prima, {"kind": "status", "match": "POST /v1/orders", "status": 429, "retry_after": 3, "count": 1})
        with pytest.raises(Transient) as caught:
            await connector.create_order(order)
        assert caught.value.retry_after_seconds == 3


# despatch and invoices


async def test_split_shipments_are_told_one_by_one() -> None:
    async with bridged() as (connector, prima):
        began = datetime.now(UTC) - timedelta(seconds=5)
        order = order_for(prima)
        await connector.create_order(order)
        assert await gathered(connector.read_despatched_refs(began)) == []
        await prima.act("despatch_order", {"order": "B2B-1", "lines": {"1": "1"}, "tracking": ["T-1", "T-2"]})
        part = (await connector.read_fulfilments(["B2B-1"]))["B2B-1"]
        assert not isinstance(part, DataFault)
        assert not part.complete
        assert [len(one.parcels) for one in part.invoices] == [2, 0]
        await prima.act("despatch_order", {"order": "B2B-1"})
        whole = (await connector.read_fulfilments(["B2B-1"]))["B2B-1"]
        assert not isinstance(whole, DataFault)
        assert whole.complete
        assert sum(line.quantity for one in whole.invoices for line in one.lines) == whole.quantity_sold == 4
        assert {one.stage for one in whole.invoices} == {Stage.ISSUED}
        assert set(await gathered(connector.read_despatched_refs(began))) == {"B2B-1"}
        assert await connector.read_fulfilments(["B2B-1"]) == {"B2B-1": whole}


async def test_an_amended_shipment_takes_the_place_of_the_old() -> None:
    async with bridged() as (connector, prima):
        await connector.create_order(order_for(prima))
        sent = await prima.act("despatch_order", {"order": "B2B-1", "tracking": ["WRONG"]})
        number = sent["shipments"][0]["shipment_id"]
        await prima.act("amend_shipment", {"shipment": number, "tracking": ["RIGHT"]})
        found = await connector.find_order("B2B-1")
        assert found is not None
        assert [one.consignment_ref for part in found.invoices for one in part.parcels] == ["RIGHT"]


@pytest.mark.parametrize("sign", ["positive", "negative"])
async def test_invoices_and_credit_notes(sign: str) -> None:
    async with bridged({"credit_sign": sign}, credit_note_sign=sign) as (connector, prima):
        order = order_for(prima)
        await connector.create_order(order)
        await prima.act("despatch_order", {"order": "B2B-1", "invoice": True})
        (bill,) = await gathered(connector.read_ledger(None))
        assert bill.fault is None
        assert bill.value.order_refs == ("B2B-1",)
        assert bill.value.gross == order.total
        await prima.act("credit_invoice", {"invoice": bill.ref})
        documents = await gathered(connector.read_ledger(None))
        assert [one.fault for one in documents] == [None, None]
        assert {one.value.kind for one in documents} == {"invoice", "credit_note"}
        assert all(one.value.gross > 0 for one in documents)
        assert await connector.find_ledger(bill.ref) == bill.value


# cancelling


async def test_an_order_is_cancelled_once_and_not_after_picking_began() -> None:
    async with bridged() as (connector, prima):
        for ref in ("B2B-1", "B2B-2"):
            await connector.create_order(order_for(prima, ref))
        wish = Cancellation(key="c", order_ref="B2B-1", reason="changed their mind")
        strike(prima, {"kind": "lost_reply", "match": "POST /v1/orders/.*/cancel", "count": 1})
        assert isinstance(await connector.cancel_order(wish), Unknown)
        for _ in range(2):
            assert isinstance(await connector.cancel_order(wish), Accepted)
        await prima.act("pick_order", {"order": "B2B-2"})
        refused = await connector.cancel_order(replace(wish, order_ref="B2B-2"))
        assert isinstance(refused, Refused)
        assert refused.code == "order-not-cancellable"
        assert [one["status"] == "cancelled" for one in prima.state()["orders"]] == [True, False]


# what `free` means


@pytest.mark.parametrize(("net", "says"), [(True, ""), (False, "more than the")])
async def test_the_allocation_probe_tells_free_from_available(net: bool, says: str) -> None:
    async with bridged({"free_is_net": net, "semantics_confirmed": False}) as (connector, prima):
        sku, _ = sellable(prima)
        with pytest.raises(ConfigFault):
            await gathered(connector.read_stock(None))
    async with bridged(
        {"free_is_net": net, "semantics_confirmed": False},
        stock_semantics_confirmed=False, allocation_probe_sku=sku, allocation_probe_account=account(prima),
        allocation_probe_quantity="2",
    ) as (connector, prima):  # fmt: skip
        told = next(one for one in await connector.probe() if one.what == "allocation probe")
        assert says in told.problem
        assert bool(told.problem) is bool(says)
        assert [one["status"] for one in prima.state()["orders"]] == ["cancelled"]


# events


async def test_events_come_signed_and_name_what_to_look_at() -> None:
    async with hearing() as receiver:
        async with bridged() as (connector, prima):
            body = {"url": receiver.url, "event_types": ["order.status_changed"]}
            secret = prima.bridge.endpoints.register(body, datetime.now(UTC))["secret"]
            await connector.create_order(order_for(prima))
            await receiver.wait(1)
        async with bridged(webhook_secrets=[secret]) as (listener, _):
            got = receiver.received[0]
            event = listener.read_webhook(*got)
            assert event.subjects == (("order-status", "B2B-1"),)
            with pytest.raises(DataFault):
                listener.read_webhook(got[0], got[1] + b" ")
