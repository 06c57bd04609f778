"""Stock: old figures are passed over in silence, payment blocks a quantity, and only a younger figure lets go of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.scayle_caller import DE, Answer, Caller, shop

LINES = [{"sku": "HP-1001", "quantity": 2}]


def at(seconds: float) -> str:
    """So many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


async def write(caller: Caller, quantity: Any, changed_at: str, sku: str = "HP-1001", **more: Any) -> Answer:
    body = {"quantity": quantity, "warehouseReferenceKey": "MAIN-WAREHOUSE", "changedAt": changed_at, **more}
    return await caller.post(f"/variants/key%3D{sku}/stocks", body)


async def test_stock_comes_from_the_estate() -> None:
    async with shop() as caller:
        for item in caller.simulator.estate.items:
            assert (await caller.stock(item.sku))["quantity"] == item.on_hand
    async with shop(initial_stock=5) as caller:
        assert {row["quantity"] for row in (await caller.state())["stock"]} == {5}


async def test_an_absolute_figure_is_answered_as_stored() -> None:
    async with shop() as caller:
        when = at(-5)
        answer = await write(caller, 12, when)
        assert (answer.status, answer.json) == (
            201,
            {
                "quantity": 12,
                "warehouseReferenceKey": "MAIN-WAREHOUSE",
                "changedAt": when,
                "sellableWithoutStock": False,
                "merchantReferenceKey": "default",
                "expectedAvailabilityAt": None,
            },
        )
        assert (await caller.get("/variants/key%3DHP-1001/stocks")).entities == [answer.json]


async def test_an_older_figure_succeeds_and_changes_nothing() -> None:
    async with shop() as caller:
        kept = (await write(caller, 12, at(-5))).json
        late = await write(caller, 99, at(-60))
        assert (late.status, late.json) == (201, kept)
        assert [(one["quantity"], one["applied"]) for one in (await caller.state())["stock_writes"]] == [
            (12, True),
            (99, False),
        ]


@pytest.mark.parametrize(("setting", "left"), [("applied", 7), ("ignored", 12)])
async def test_the_same_time_again_is_a_setting(setting: str, left: int) -> None:
    async with shop(equal_changed_at=setting) as caller:
        when = at(-5)
        await write(caller, 12, when)
        assert (await write(caller, 7, when)).json["quantity"] == left


async def test_a_figure_counted_before_an_order_takes_it_off_twice() -> None:
    async with shop() as caller:
        await write(caller, 10, at(-60))
        await caller.act("place_order", lines=LINES)
        assert (await caller.stock())["sellable"] == 8
        # Eight is true, but its time is from before the block: the two are taken off again.
        assert (await write(caller, 8, at(-30))).json["quantity"] == 8
        assert (await caller.stock())["sellable"] == 6
        await write(caller, 8, at(30))
        stock = await caller.stock()
        assert (stock["sellable"], stock["holds"]) == (8, [])


async def test_only_payment_blocks_and_a_cancellation_lets_go() -> None:
    async with shop() as caller:
        full = (await caller.stock())["sellable"]
        pending = await caller.act("place_order", lines=LINES, until="pended")
        assert (await caller.stock())["sellable"] == full
        await caller.act("confirm_payment", order=pending["id"])
        assert (await caller.stock())["sellable"] == full - 2
        await caller.act("cancel_units", order=pending["id"], sku="HP-1001", quantity=1)
        assert (await caller.stock())["sellable"] == full - 1
        await caller.act("cancel_units", order=pending["id"])
        assert (await caller.stock())["sellable"] == full


async def test_shipping_does_not_lift_the_block() -> None:
    async with shop() as caller:
        full = (await caller.stock())["sellable"]
        await caller.ship(await caller.order())
        assert (await caller.stock())["sellable"] == full - 2


async def test_what_is_shown_may_be_what_can_be_sold() -> None:
    async with shop(stock_shows="sellable", initial_stock=10) as caller:
        await caller.order()
        assert (await caller.get("/variants/key%3DHP-1001/stocks")).entities[0]["quantity"] == 8


@pytest.mark.parametrize(
    ("body", "status", "key"),
    [
        ({"quantity": "3"}, 400, "INVALID_PARAMETER"),
        ({"quantity": True}, 400, "INVALID_PARAMETER"),
        ({"quantity": 3, "warehouseReferenceKey": "MOON"}, 404, "WAREHOUSE_NOT_FOUND"),
        ({"quantity": 3, "warehouseReferenceKey": "PARTNER-HUB"}, 409, "WAREHOUSE_NOT_ATTACHED"),
        ({"quantity": 3, "merchantReferenceKey": "nobody"}, 404, "MERCHANT_NOT_FOUND"),
        ({"quantity": 3, "changedAt": "yesterday"}, 400, "INVALID_PARAMETER"),
        ({"quantity": 3, "changedAt": "2026-01-01T00:00:00"}, 400, "INVALID_PARAMETER"),
        ({"quantity": 3, "expectedAvailabilityAt": "2020-07-24"}, 400, "INVALID_PARAMETER"),
    ],
)
async def test_refused_figures_change_nothing(body: dict[str, Any], status: int, key: str) -> None:
    async with shop() as caller:
        before = await caller.stock()
        full = {"warehouseReferenceKey": "MAIN-WAREHOUSE", "changedAt": at(0), **body}
        answer = await caller.post("/variants/key%3DHP-1001/stocks", full)
        assert (answer.status, answer.error["errorKey"]) == (status, key)
        assert await caller.stock() == before
        assert (await caller.state())["stock_writes"] == []


async def test_a_warehouse_away_from_the_country_sells_nothing_there() -> None:
    async with shop(initial_stock=0) as caller:
        await write(caller, 5, at(0), warehouseReferenceKey="TRADE-COUNTER")
        await caller.call("DELETE", f"{DE}/warehouses/key%3DTRADE-COUNTER")
        assert (await caller.act("place_order", country="DE", lines=LINES))["refused"] == "HP-1001 is sold out"
        sold = await caller.order(country="GB")
        assert {item["warehouseId"] for item in sold["items"]} == {2}


async def test_the_higher_priority_is_sold_from_first() -> None:
    async with shop(initial_stock=1) as caller:
        await write(caller, 5, at(0), warehouseReferenceKey="TRADE-COUNTER")
        order = await caller.order()
        assert [item["warehouseId"] for item in order["items"]] == [1, 2]
        await caller.act("cancel_units", order=order["id"], items=[order["items"][1]["id"]])
        rows = [row for row in (await caller.state())["stock"] if row["sku"] == "HP-1001"]
        assert [row["sellable"] for row in rows] == [0, 5]


async def test_what_a_younger_figure_let_go_of_is_not_let_go_of_again() -> None:
    async with shop() as caller:
        order = await caller.order()
        await write(caller, 8, at(30))
        await caller.act("cancel_units", order=order["id"])
        assert (await caller.stock())["sellable"] == 8


async def test_sold_out_unless_it_sells_without_stock_or_by_force() -> None:
    async with shop(initial_stock=1) as caller:
        assert "refused" in await caller.act("place_order", lines=LINES)
        flag = {"warehouseReferenceKey": "MAIN-WAREHOUSE", "sellableWithoutStock": True}
        answer = await caller.put("/variants/key%3DHP-1001/stocks/sellableWithoutStock", flag)
        assert (answer.status, answer.json["sellableWithoutStock"]) == (200, True)
        assert "refused" not in await caller.act("place_order", lines=LINES)
        assert (await caller.state())["oversold"] == []
        forced = await caller.act("place_order", lines=[{"sku": "HP-1002", "quantity": 3}], force=True)
        assert [one["order"] for one in (await caller.state())["oversold"]] == [forced["id"]] * 2


async def test_reservations_partly_succeed() -> None:
    async with shop(initial_stock=10) as caller:
        rows = [
            {"referenceKey": "r1", "warehouseReferenceKey": "MAIN-WAREHOUSE", "variant": {"referenceKey": "HP-1001"},
             "reservationTtl": 60},
            {"referenceKey": "r2", "warehouseReferenceKey": "MAIN-WAREHOUSE", "variant": {"referenceKey": "NONE"}},
            {"referenceKey": "r3", "warehouseReferenceKey": "MOON", "variant": {"id": 40102}},
        ]  # fmt: skip
        answer = await caller.post("/reservations", rows)
        first, *refused = answer.entities
        assert (answer.status, first) == (201, {"referenceKey": "r1", "id": first["id"], "reservationTtl": 60})
        assert [one["error"]["errorKey"] for one in refused] == ["VARIANT_NOT_FOUND"] * 2
        assert (await caller.stock())["sellable"] == 9
        await caller.act("pass_time", seconds=61)
        assert (await caller.stock())["sellable"] == 10
        await caller.act("reserve", sku="HP-1001", quantity=3, key="till")
        assert (await caller.stock())["sellable"] == 7
        assert (await caller.call("DELETE", "/reservations/key%3Dtill-1")).status == 204
        await caller.act("end_reservation", key="till-2")
        assert (await caller.stock())["sellable"] == 9
        assert (await caller.call("DELETE", "/reservations/key%3Dtill-1")).status == 404


async def test_prices_are_added_and_dropped_never_changed() -> None:
    async with shop() as caller:
        path = "/variants/key%3DHP-1001/prices"
        held = (await caller.get(path)).entities
        assert [(one["countryCode"], one["currencyCode"], one["tax"]) for one in held] == [
            ("GB", "GBP", 20), ("DE", "EUR", 19), ("FR", "EUR", 20)
        ]  # fmt: skip
        body = {"price": 6990, "oldPrice": 7990, "tax": 19, "countryCode": "DE", "currencyCode": "EUR"}
        made = await caller.post(path, body)
        assert made.status == 201
        assert {name: made.json[name] for name in body} == body
        item = (await caller.order(country="DE"))["items"][0]
        assert (item["price"]["withTax"], item["price"]["undiscountedWithTax"]) == (6990, 7990)
        assert (await caller.call("PUT", path, body)).status == 405
        assert (await caller.call("DELETE", f"{path}/{made.json['key']}")).status == 204
        assert (await caller.get(path)).entities == held
        for name, value in (("tax", None), ("price", 69.9), ("price", None), ("tax", "much")):
            assert (await caller.post(path, {**body, name: value})).status == 400
