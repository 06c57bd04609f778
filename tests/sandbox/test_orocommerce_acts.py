"""What people do to the shop, and what the judges see of it."""

from decimal import Decimal
from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from tests.sandbox.orocommerce_caller import Caller, order, shop


async def quantity(caller: Caller, sku: str, unit: str = "each") -> str:
    return str((await caller.level(sku, unit))["attributes"]["quantity"])


async def test_a_shopper_takes_from_the_unit_bought() -> None:
    async with shop(initial_stock=10) as caller:
        lines = [{"sku": "HP-1000", "quantity": 3, "unit": "case"}, {"sku": "HP-1001", "quantity": 2}]
        placed = await caller.act(
            "place_order", customer="103", lines=lines, discount="5.00", po_number="PO-1", identifier="B2B-9",
            shipping_method="flat_rate_2", address={"lastName": "Brontë", "street": "Haworth"}, notes="Ring twice",
        )  # fmt: skip
        assert placed["identifier"] == "B2B-9"
        answer = await caller.get(
            f"/orders/{placed['id']}?include=shippingAddress,billingAddress,paymentTerm,lineItems"
        )
        shown = answer.data["attributes"]
        assert (shown["poNumber"], shown["customerNotes"], shown["shippingMethod"]) == (
            "PO-1",
            "Ring twice",
            "flat_rate_2",
        )
        assert (shown["estimatedShippingCostAmount"], shown["totalDiscountsAmount"]) == ("12.5000", "5.0000")
        assert shown["totalValue"] == placed["total"]
        assert answer.data["relationships"]["createdBy"]["data"] is None
        ship = next(
            row
            for row in answer.json["included"]
            if row["id"] == answer.data["relationships"]["shippingAddress"]["data"]["id"]
        )
        assert (ship["attributes"]["lastName"], ship["attributes"]["street"]) == ("Brontë", "Haworth")
        assert [await quantity(caller, "HP-1000", "case"), await quantity(caller, "HP-1000")] == ["7", "10"]
        assert await quantity(caller, "HP-1001") == "8"
        state = (await caller.state())["orders"][0]
        assert (state["placed_by"], state["customer"], state["internal_status"], state["status"]) == (
            "shopper", "103", "open", "open",
        )  # fmt: skip
        assert [(one["sku"], one["unit"], one["quantity"]) for one in state["lines"]] == [
            ("HP-1000", "case", 3), ("HP-1001", "each", 2),
        ]  # fmt: skip


async def test_an_order_by_the_api_does_not_touch_stock() -> None:
    async with shop() as caller:
        assert (await caller.post("/orders", order())).status == 201
        assert await quantity(caller, "HP-1001") == "100"


async def test_nobody_buys_what_is_not_there_unless_forced() -> None:
    async with shop(initial_stock=0) as caller:
        assert "refused" in await caller.act("place_order")
        lines = [{"sku": "HP-1001", "quantity": 1}]
        assert await caller.act("place_order", lines=lines) == {"refused": "HP-1001: 1 each wanted, 0 available"}
        twice = [{"sku": "HP-1002", "quantity": 3}, {"sku": "HP-1002", "quantity": 3}]
        await caller.act("set_stock", sku="HP-1002", quantity=5)
        assert "refused" in await caller.act("place_order", lines=twice)
        assert "id" in await caller.act("place_order", lines=lines, force=True)
        state = await caller.state()
        assert state["oversold"] == [{"sku": "HP-1001", "unit": "each", "lowest": "-1"}]
        assert state["inventory_writes"] == []
        sold = await caller.first("/products?filter[sku]=HP-1001")
        assert sold["relationships"]["inventory_status"]["data"]["id"] == "out_of_stock"


async def test_a_price_conflict_makes_the_total_more_than_its_parts() -> None:
    async with shop() as caller:
        lines = [{"sku": "HP-1001", "quantity": 1}]
        honest = await caller.act("place_order", customer="101", lines=lines)
        odd = await caller.act("place_order", customer="101", lines=lines, price_conflict=True)
        assert Decimal(odd["total"]) - Decimal(honest["total"]) == Decimal("0.37")
        rows = (await caller.get(f"/ordersubtotals?filter[order]={odd['id']}")).data
        tax = next(row for row in rows if row["attributes"]["label"] == "Tax")
        parts = sum(Decimal(rows[n]["attributes"]["signedAmount"]) for n in range(4))
        assert Decimal(odd["total"]) - parts - Decimal(tax["attributes"]["amount"]) == Decimal("0.37")


async def test_a_mixed_batch_of_orders() -> None:
    async with shop(companies=60, items=60) as caller:
        shares = {"unknown_sku_share": 0.2, "unlinked_share": 0.1, "on_stop_share": 0.1, "po_missing_share": 0.1,
                  "discount_share": 0.3, "price_conflict_share": 0.2}  # fmt: skip
        told = await caller.act("place_orders", count=100, seed=5, **shares)
        assert told["placed"] == 100
        met = {trouble for one in told["orders"] for trouble in one["trouble"]}
        assert met == {"unknown_sku", "unlinked", "on_stop", "po_missing", "price_conflict"}
        clean = [one for one in told["orders"] if not one["trouble"]]
        state = {one["id"]: one for one in (await caller.state())["orders"]}
        linked = {one["id"] for one in (await caller.state())["customers"] if one["external_id"]}
        for one in clean:
            assert state[one["id"]]["customer"] in linked
            assert all(row["sku"] != "GHOST-01" for row in state[one["id"]]["lines"])


async def _pictures(seed: int) -> list[Any]:
    simulator = OroCommerceSimulator(build_estate(), seed=seed, settings={"initial_stock": 50})
    await simulator.act("place_orders", {"count": 30})
    return [(one["total"], one["customer"], one["lines"]) for one in simulator.state()["orders"]]


async def test_the_same_seed_sells_the_same_things() -> None:
    assert await _pictures(3) == await _pictures(3)
    assert await _pictures(3) != await _pictures(4)


async def test_merchants_change_their_minds() -> None:
    async with shop() as caller:
        placed = await caller.act("place_order", customer="101", lines=[{"sku": "HP-1001", "quantity": 2}])
        changed = await caller.act("change_order", order=placed["id"], quantity=3, value="10.00", po_number="PO-2",
                                   add={"sku": "HP-1002", "quantity": 1})  # fmt: skip
        assert changed["id"] == placed["id"]
        state = (await caller.state())["orders"][0]
        assert [(one["sku"], one["quantity"]) for one in state["lines"]] == [("HP-1001", 3), ("HP-1002", 1)]
        assert (state["lines"][0]["value"], state["po_number"]) == ("10.0000", "PO-2")
        assert await quantity(caller, "HP-1001") == "98"  # stock is not adjusted by an amendment
        await caller.act("change_order", order=placed["identifier"], line=1, remove=True)
        assert len((await caller.state())["orders"][0]["lines"]) == 1
        assert (await caller.act("cancel_order", order=placed["id"]))["internal_status"] == "cancelled"


async def test_administrators_correct_things() -> None:
    async with shop() as caller:
        await caller.act("set_price", sku="HP-1000", unit="case", value="99.5")
        prices = (await caller.state())["prices"]
        assert [one["value"] for one in prices if (one["sku"], one["unit"]) == ("HP-1000", "case")] == ["99.5000"]
        assert (await caller.act("link_customer", customer="129", external_id="HPT9"))["external_id"] == "HPT9"
        assert (await caller.get("/customers?filter[externalId]=HPT9")).ids == ["129"]
        made = await caller.act("add_product", sku="NEW-1", name="New", net_price="3.20", tax="RED",
                                units={"each": 1, "case": 6})  # fmt: skip
        product = (await caller.get(f"/products/{made['id']}?include=names,taxCode")).json
        assert {row["attributes"].get("code", row["attributes"].get("string")) for row in product["included"]} == {
            "RED",
            "New",
        }
        assert await quantity(caller, "NEW-1", "case") == "100"
        before = await caller.act("place_order", customer="101")
        assert (await caller.act("touch_order", order=before["id"]))["id"] == before["id"]


@pytest.mark.parametrize(
    ("act", "params"),
    [
        ("place_order", {"customer": "999"}),
        ("place_order", {"lines": [{"sku": "NOPE"}]}),
        ("place_order", {"lines": [{"sku": "HP-1001", "unit": "pallet"}]}),
        ("place_order", {"shipping_method": "pigeon"}),
        ("place_order", {"discount": "100000"}),
        ("change_order", {"order": "999"}),
        ("change_order", {"order": "999", "nonsense": 1}),
        ("link_customer", {"customer": "102", "external_id": "HPT1001"}),
        ("add_product", {"sku": "HP-1001"}),
        ("set_stock", {"sku": "NOPE", "quantity": 1}),
    ],
)
async def test_acts_that_cannot_be_played(act: str, params: dict[str, Any]) -> None:
    simulator = OroCommerceSimulator(build_estate(), settings={"initial_stock": 50})
    with pytest.raises(ActError):
        await simulator.act(act, params)
    assert simulator.state()["orders"] == []


def test_settings_nobody_knows_are_refused() -> None:
    for settings in ({"nonsense": 1}, {"version": "4.2"}):
        with pytest.raises(ActError):
            OroCommerceSimulator(build_estate(), settings=settings)


async def test_a_reset_forgets_everything() -> None:
    async with shop() as caller:
        await caller.act("place_order")
        async with caller.session.post(
            f"{caller.url}/_sandbox/reset", json={"settings": {"initial_stock": 3}}
        ) as response:
            assert response.status == 200
        assert (await caller.get("/orders")).status == 401
        await caller.sign_in()
        assert (await caller.get("/orders")).data == []
        assert await quantity(caller, "HP-1001") == "3"
