"""Acts, settings, ageing, and that the same seed and calls give the same shop."""

from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.scayle import ScayleSimulator
from tests.sandbox.scayle_caller import GB, Caller, listening, shop


async def a_day(caller: Caller) -> Any:
    """A day of trade with every time taken out of what is left of it."""
    told = await caller.act("place_orders", count=20)
    for one in told["orders"][:10]:
        order = await caller.read(one)
        await caller.ship(order)
        if one["id"] % 2:
            await caller.act("return_units", order=one["id"], items=[order["items"][0]["id"]])
    await caller.act("cancel_units", order=told["orders"][11]["id"])
    await caller.act("pass_time", seconds=120)
    state = await caller.state()
    return _timeless({name: state[name] for name in ("orders", "stock", "transactions", "fulfilment", "delegations")})


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(one) for name, one in value.items() if name != "at" and not name.endswith("_at")}
    return [_timeless(one) for one in value] if isinstance(value, list) else value


async def test_the_same_seed_and_calls_give_the_same_shop() -> None:
    days = []
    for seed in (5, 5, 6):
        async with shop(seed=seed) as caller:
            days.append(await a_day(caller))
    assert days[0] == days[1] != days[2]
    assert {order["phase"] for order in days[0]["orders"]} == {"invoiced", "delegated", "cancelled"}


async def test_a_reset_starts_over() -> None:
    async with shop(seed=5) as caller:
        first = await a_day(caller)
        async with caller.session.post(f"{caller.url}/_sandbox/reset", json={"seed": 5}) as response:
            assert response.status == 200
        assert (await caller.state())["orders"] == []
        assert await a_day(caller) == first


@pytest.mark.parametrize(
    ("act", "params", "told"),
    [
        ("place_order", {"lines": [{"sku": "NONE"}]}, "NONE"),
        ("place_order", {"lines": [{"sku": "HP-1001", "quantity": 0}]}, "1 to 500"),
        ("place_order", {"lines": [{"sku": "HP-1001", "quantity": "many"}]}, "many"),
        ("place_order", {"country": "IT"}, "IT"),
        ("place_order", {"customer": 1}, "no customer 1"),
        ("place_order", {"voucher": "NOPE"}, "FIVE"),
        ("place_order", {"voucher": {"code": "X", "type": "odd", "value": 1}}, "absolute or relative"),
        ("place_order", {"channel": "moon"}, "market-de"),
        ("place_order", {"until": "shipped"}, "confirmed"),
        ("place_order", {"colour": "red"}, "colour"),
        ("confirm_payment", {"order": 880001}, "it must be created or pended"),
        ("fail_payment", {"order": 880001}, "it must be pended"),
        ("cancel_units", {"order": 880001, "items": [1]}, "990001"),
        ("cancel_units", {"order": 880001, "sku": "HP-1001", "quantity": 3}, "only"),
        ("return_units", {"order": 880001}, "[]"),
        ("return_units", {"order": 7}, "there is no order 7"),
        ("set_billing_status", {"order": 880001, "code": "paid"}, "billing_completed"),
        ("invoice_order", {"order": 880001}, "it must be shipped"),
        ("set_stock", {"sku": "NONE", "quantity": 1}, "NONE"),
        ("set_stock", {"sku": "HP-1001", "quantity": 1, "warehouse": "MOON"}, "MOON"),
        ("set_price", {"sku": "HP-1001", "country": "XX", "price": 1}, "XX"),
        ("set_address", {"order": 880001, "planet": "Mars"}, "zip_code"),
        ("end_reservation", {"key": "none"}, "none"),
        ("add_product", {"sku": "HP-1001"}, "already"),
        ("add_product", {"sku": "NEW", "tax": "X"}, "STD"),
        ("send_webhook", {"order": 880001, "event": "order-created"}, "order-confirmed"),
        ("repeat_webhook", {"key": "none"}, "none"),
        ("spend_quota", {"scope": "moon"}, "ordersRead"),
        ("set_delegation_url", {"url": None, "merchant": "nobody"}, "nobody"),
        ("dance", {}, "place_order"),
    ],
)
async def test_an_act_that_cannot_be_played_says_why(act: str, params: dict[str, Any], told: str) -> None:
    async with shop() as caller:
        await caller.order()
        before = _timeless(await caller.state())
        assert told in await caller.refused_act(act, **params)
        assert _timeless(await caller.state())["orders"] == before["orders"]


async def test_payment_can_fail_and_come_good() -> None:
    async with shop() as caller:
        order = await caller.act("place_order", until="pended")
        assert (await caller.act("fail_payment", order=order["id"]))["phase"] == "created"
        assert (await caller.act("confirm_payment", order=order["id"]))["status"] == "payment_reserved"


async def test_an_order_is_found_by_any_of_its_numbers() -> None:
    async with shop() as caller:
        order = await caller.order()
        await caller.put(f"{GB}/orders/{order['id']}/reference-key", {"referenceKey": "SO-1"})
        for name in (order["id"], str(order["id"]), "SO-1", order["publicKey"]):
            assert (await caller.act("manual_capture", order=name))["id"] == order["id"]


async def test_staff_change_stock_prices_and_addresses() -> None:
    async with shop() as caller:
        shown = await caller.act("set_stock", sku="HP-1001", quantity=9)
        assert (shown["quantity"], (await caller.stock())["sellable"]) == (9, 9)
        assert (await caller.state())["stock_writes"][0]["via"] == "panel"
        await caller.act("set_stock", sku="HP-1001", quantity=4, warehouse="TRADE-COUNTER", sellable_without_stock=True)
        assert [row["quantity"] for row in (await caller.get("/variants/key%3DHP-1001/stocks")).entities] == [9, 4]
        made = await caller.act("add_product", sku="NEW-1", name="Awl", net_price="2.50", on_hand=3)
        order = await caller.order(lines=[{"sku": "NEW-1"}])
        assert order["items"][0]["variant"] == {"id": made["id"], "referenceKey": "NEW-1", "stock": {"supplierId": 1}}
        assert order["items"][0]["price"]["withTax"] == 300
        await caller.act("set_address", order=order["id"], street="Foss Lane", country="FRA")
        address = (await caller.read(order))["address"]
        assert (address["shipping"]["street"], address["shipping"]["countryCode"]) == ("Foss Lane", "FRA")
        assert address["billing"]["countryCode"] == "GBR"


async def test_orders_and_stock_grow_old() -> None:
    async with shop() as caller:
        old, young = await caller.order(), await caller.order()
        stock = await caller.stock()
        assert (await caller.act("age", days=10, order=old["id"]))["orders"] == 1
        aged = await caller.read(old)
        assert aged["createdAt"] < old["createdAt"]
        assert aged["items"][0]["createdAt"] < old["items"][0]["createdAt"]
        assert (await caller.read(young)) == young
        assert (await caller.stock()) == stock
        await caller.act("age", days=1)
        older = await caller.stock()
        assert (older["changed_at"], older["holds"][0]["at"]) < (stock["changed_at"], stock["holds"][0]["at"])
        assert (await caller.read(young))["confirmedAt"] < young["confirmedAt"]


@pytest.mark.parametrize(
    "settings",
    [
        {"colour": "red"}, {"calculator": "v2"}, {"speed": 0}, {"speed": "fast"}, {"limit_max": 0}, {"companies": 0},
        {"extra_fields": 1}, {"initial_stock": "lots"}, {"eur_per_gbp": "dear"}, {"rate_limits": 5},
        {"delegation_retry_seconds": ["soon"]}, {"delegation_url": None}, {"limit_max": True},
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ActError, match=f"scayle settings.*{next(iter(settings))}"):
        ScayleSimulator(build_estate(items=5), settings=settings)


async def test_every_act_says_what_it_is() -> None:
    async with shop() as caller, caller.session.get(f"{caller.url}/_sandbox/act") as response:
        acts = await response.json()
        assert len(acts) >= 26
        assert all(acts.values())


async def test_events_of_people_the_shop_does_not_know_yet() -> None:
    async with listening() as listener, shop() as caller:
        body = {"event": "customer-created", "version": 1, "url": listener.url}
        assert (await caller.post("/webhooks/subscriptions", body)).status == 201
        order = await caller.order(guest=True)
        await caller.order()
        await caller.act("pass_time", seconds=0)
        assert [one["payload"]["id"] for one in listener.bodies] == [order["customer"]["id"]]
