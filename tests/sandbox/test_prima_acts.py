"""What people do: goods, prices, accounts, items; mistakes told; what the state says to a judge."""

from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.prima import PrimaSimulator
from tests.sandbox.prima_caller import line, order, prima


async def test_goods_come_go_are_counted_and_put_aside() -> None:
    async with prima() as caller:
        start = await caller.free("HP-1001")
        await caller.act("local_sale", sku="HP-1001", quantity=3)
        assert await caller.free("HP-1001") == start - 3
        await caller.act("expect_goods", sku="HP-1001", quantity=20, on="2026-02-01")
        expected = (await caller.post("/v1/stock/query", {"skus": ["HP-1001"]})).json["data"][0]
        assert (expected["on_order"], expected["next_available_on"]) == ("20", "2026-02-01")
        assert await caller.free("HP-1001") == start - 3  # what is on its way is not free
        told = await caller.act("receive_goods", sku="HP-1001", quantity=20)
        assert await caller.free("HP-1001") == start + 17
        arrived = (await caller.post("/v1/stock/query", {"skus": ["HP-1001"]})).json["data"][0]
        assert (arrived["on_order"], arrived["next_available_on"], arrived["sequence"]) == ("0", None, told["sequence"])
        await caller.act("quarantine", sku="HP-1001", quantity=5)
        assert await caller.free("HP-1001") == start + 12
        row = (await caller.act("count_stock", sku="HP-1001", counted=6))["free"]
        assert row == "1"
        assert caller.simulator.state()["local_sales"] == [{"sku": "HP-1001", "quantity": "3", "warehouse": "MAIN"}]


async def test_a_buyer_changes_prices() -> None:
    async with prima(pricing_mode="erp_prices") as caller:
        since = (await caller.get("/v1/price-lists")).json["data"][0]["updated_at"]
        await caller.act("set_price", sku="HP-1001", price="12.34")
        await caller.act("set_price", sku="HP-1001", price="9.00", min_quantity=100)
        await caller.act("set_price", sku="HP-1001", price="1.00", valid_from="2001-01-01", valid_to="2001-02-01")
        changed = await caller.walk("/v1/price-lists/TRADE/prices")
        told = [(row["min_quantity"], row["unit_price"]) for row in changed if row["updated_at"] > since]
        assert told == [("1", "12.34"), ("100", "9.00"), ("1", "1.00")]
        for quantity, price in (("99", "12.34"), ("100", "9")):
            sent = order(line(quantity=quantity), external_ref=f"Q{quantity}")
            assert (await caller.post("/v1/orders", sent)).json["lines"][0]["unit_price"] == price


async def test_credit_control_stops_and_frees_an_account() -> None:
    async with prima() as caller:
        await caller.act("hold_account", account="HPT1001")
        shown = (await caller.get("/v1/customers/HPT1001")).json
        assert (shown["status"], shown["credit_hold"]) == ("on_hold", True)
        assert (await caller.post("/v1/orders", order())).refusal == (422, "account-on-hold")
        await caller.act("release_account", account="HPT1001")
        assert (await caller.post("/v1/orders", order())).status == 201
        await caller.act("set_account", account="HPT1001", price_list="KEY", payment_terms="NET7", po_required=True)
        shown = (await caller.get("/v1/customers/HPT1001")).json
        assert (shown["price_list_code"], shown["payment_terms_code"]) == ("KEY", "NET7")
        assert (await caller.post("/v1/orders", order(external_ref="W2"))).refusal == (422, "vendor-rejected")
        await caller.act("set_account", account="HPT1001", status="closed")
        assert (await caller.post("/v1/orders", order(external_ref="W3"))).refusal == (422, "account-unknown")


async def test_a_unit_that_holds_more_than_it_did() -> None:
    async with prima() as caller:
        await caller.act("set_unit_quantity", sku="HP-1000", unit_code="case", base_quantity=18)
        unit = (await caller.get("/v1/items/HP-1000-CASE")).json["units"][0]
        assert (unit["base_quantity"], unit["confirmed"]) == ("18", False)
        with pytest.raises(ActError, match="has no unit 'box'"):
            await caller.act("confirm_unit", sku="HP-1000", unit_code="box")


@pytest.mark.parametrize(
    ("act", "params", "told"),
    [
        ("pick_order", {"order": "NONE"}, "order 'NONE' is not there"),
        ("local_sale", {"sku": "HP-1001", "quantity": 99999}, "are asked"),
        ("receive_goods", {"sku": "HP-1001", "quantity": 0}, "must be 1 at least"),
        ("receive_goods", {"sku": "HP-1001", "quantity": "many"}, "is not a number"),
        ("receive_goods", {"sku": "HP-1000-CASE", "quantity": 1}, "base SKU"),
        ("receive_goods", {"sku": "KIT-DOOR", "quantity": 1}, "is a kit"),
        ("count_stock", {"sku": "HP-1001", "counted": 1, "warehouse": "MOON"}, "none of MAIN, TRADE"),
        ("expect_goods", {"sku": "HP-1001", "quantity": 1, "on": "tomorrow"}, "is not YYYY-MM-DD"),
        ("quarantine", {"sku": "HP-1001", "quantity": -1}, "put aside"),
        ("set_price", {"sku": "GHOST-01", "price": "1"}, "not on file"),
        ("drop_price", {"sku": "HP-1001", "price_list": "MOON"}, "none of TRADE, KEY, RETAIL"),
        ("hold_account", {"account": "HPT9"}, "not on file"),
        ("set_account", {"account": "HPT1001", "status": "happy"}, "none of active"),
        ("set_item_status", {"sku": "HP-1001", "status": "lost"}, "none of active"),
        ("amend_shipment", {"shipment": "SH9"}, "not there"),
        ("credit_invoice", {"invoice": "INV9"}, "not there"),
        ("back_pressure", {"status": 200}, "neither 429 nor 503"),
        ("rotate_webhook_secret", {"endpoint": "we_9"}, "not there"),
        ("send_event", {"type": "moon.landed"}, "none of stock.changed"),
        ("fly", {}, "prima has no act 'fly'"),
        ("pick_order", {"ordre": "X"}, "TypeError"),
    ],
)
async def test_mistakes_are_told(act: str, params: dict[str, Any], told: str) -> None:
    async with prima() as caller:
        with pytest.raises(ActError, match=told):
            await caller.act(act, **params)


async def test_every_act_says_what_it_does() -> None:
    async with prima() as caller, caller.session.get(f"{caller.url}/_sandbox/act") as answer:
        told = await answer.json()
        assert len(told) == 36
        assert all(text.endswith((".", ")")) for text in told.values())


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"uom_mod": "x"}, r"unknown \['uom_mod'\]"),
        ({"uom_mode": "crate"}, "none of unit_sku, unit_code"),
        ({"doors": []}, "setting doors"),
        ({"doors": ["window"]}, "setting doors"),
        ({"warehouses": []}, "at least"),
        ({"companies": {"1": ["MOON"]}}, "unknown warehouses"),
        ({"default_limit": 501}, "default_limit"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ActError, match=told):
        PrimaSimulator(build_estate(items=4, companies=2), settings=settings)


async def test_the_state_is_plain_and_in_words_a_judge_knows() -> None:
    async with prima() as caller:
        await caller.post("/v1/orders", order(carrier_code="DPD"))
        await caller.act("despatch_order", order="WEB-1", tracking=["T1"])
        async with caller.session.get(f"{caller.url}/_sandbox/state") as answer:
            state = await answer.json()
        (held,) = state["orders"]
        assert (held["associated_ref"], held["company_code"], held["gross_total"]) == ("WEB-1", "HPT1001", "24.00")
        assert held["courier"] in state["couriers"]
        assert held["lines"][0]["tax_code"] == "STD"
        assert held["invoices"][0]["boxes"][0]["consignment"] == "T1"
        assert {"sku", "site", "on_hand", "assigned", "available"} <= set(state["stock"][0])
        assert state["imports_by_ref"] == {"WEB-1": 1}
        assert state["companies"][0]["code"] == "HPT1001"
        assert state["calls"]["POST /v1/orders"] == 1
        assert state["oversold"] == []
