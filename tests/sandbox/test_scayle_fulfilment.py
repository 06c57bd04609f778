"""Parcels, cancellations and returns: 204 first and the effect later, no idempotency, papers and money that follow."""

from typing import Any

import pytest

from tests.sandbox.scayle_caller import GB, Caller, parcel, shop

THREE = [{"sku": "HP-1001", "quantity": 2}, {"sku": "HP-1002"}]


async def give_back(caller: Caller, *keys: str, **changes: Any) -> Any:
    row = {"received": "2026-07-10 08:15:00", "returnReason": "too-small", **changes}
    return await caller.post("/fulfillment/return-items", [{"returnKey": key, **row} for key in keys])


async def money(caller: Caller) -> list[tuple[str, int]]:
    return [(one["kind"], one["amount"]) for one in (await caller.state())["transactions"]]


async def test_a_parcel_ships_invoices_and_captures() -> None:
    async with shop() as caller:
        order = await caller.order()
        answer = await caller.ship(order, returnIdentCode="R1")
        assert (answer.status, answer.text) == (204, "")
        after = await caller.read(order)
        (package,) = after["packages"]
        assert package["id"] == order["packages"][0]["id"]  # the one that was planned
        assert (package["carrierKey"], package["deliveryStatus"]) == ("DPD", "shipment_completed")
        assert (package["shippedAt"], package["returnIdentCode"]) == ("2026-07-02T14:05:00+00:00", "R1")
        assert package["tracking"]["id"] == package["shipmentKey"]
        assert {(item["status"], item["shippedAt"]) for item in after["items"]} == {
            ("delivered", "2026-07-02T14:05:00+00:00")
        }
        assert after["status"] == "invoice_completed"
        codes = {part: row["code"] for part, row in after["detailedStatus"].items()}
        assert codes == {"order": "order_invoiced", "billing": "billing_completed", "shipping": "shipping_delivered"}
        assert "invoicedAt" in after
        assert await money(caller) == [("capture", order["cost"]["withTax"])]


async def test_the_effect_comes_after_the_answer() -> None:
    async with shop(processing_seconds=30) as caller:
        order = await caller.order()
        assert (await caller.ship(order)).status == 204
        assert all("shippedAt" not in item for item in (await caller.read(order))["items"])
        await caller.act("pass_time", seconds=30)
        assert all("shippedAt" in item for item in (await caller.read(order))["items"])


async def test_packages_are_cut_anew() -> None:
    async with shop() as caller:
        order = await caller.order(lines=THREE)
        first, second, third = (item["id"] for item in order["items"])
        await caller.ship(order, first, third)
        half = await caller.read(order)
        assert [(one["id"], one["deliveryStatus"]) for one in half["packages"]] == [
            (1, "open"), (2, "shipment_completed")
        ]  # fmt: skip
        assert [item["packageId"] for item in half["items"]] == [2, 1, 2]
        assert half["status"] == "invoice_partially_completed"
        assert half["detailedStatus"]["shipping"]["code"] == "shipping_ordered"
        await caller.ship(order, second)
        whole = await caller.read(order)
        assert [one["deliveryStatus"] for one in whole["packages"]] == ["shipment_completed"] * 2
        assert sum(amount for _, amount in await money(caller)) == order["cost"]["withTax"]
        # Delivery costs go with the first parcel.
        assert (await money(caller))[1][1] == order["items"][1]["price"]["withTax"]


async def test_a_parcel_sent_twice_is_done_twice() -> None:
    async with shop() as caller:
        order = await caller.order()
        assert [(await caller.ship(order)).status for _ in range(2)] == [204, 204]
        after = await caller.read(order)
        assert [one["shipmentKey"] for one in after["packages"]] == [f"PARCEL-{order['items'][0]['id']}"] * 2
        papers = (await caller.get(f"{GB}/orders/{order['id']}/invoices")).entities
        assert [one["type"] for one in papers] == ["partial_invoice"] * 2
        assert len(await money(caller)) == 2
        assert {unit["times_shipped"] for unit in (await caller.state())["orders"][0]["units"]} == {2}


async def test_a_tenant_may_refuse_repeats() -> None:
    async with shop(repeats="refused") as caller:
        order = await caller.order()
        key = f"RK-{order['items'][0]['id']}"
        assert [(await caller.ship(order)).status for _ in range(2)] == [204, 409]
        assert [(await give_back(caller, key)).status for _ in range(2)] == [204, 409]
        assert [kind for kind, _ in await money(caller)] == ["capture", "refund"]


@pytest.mark.parametrize(
    ("changes", "status", "key"),
    [
        ({"carrier": ""}, 400, "INVALID_PARAMETER"),
        ({"shipmentKey": " "}, 400, "INVALID_PARAMETER"),
        ({"shopKey": "absent"}, 400, "INVALID_PARAMETER"),
        ({"deliveryDate": "2026-07-02"}, 400, "INVALID_PARAMETER"),
        ({"returnIdentCode": ""}, 400, "INVALID_PARAMETER"),
        ({"items": []}, 400, "INVALID_PARAMETER"),
        ({"items": [{"orderItemId": "990001"}]}, 400, "INVALID_PARAMETER"),
        ({"items": [{"orderItemId": 990001}, {"orderItemId": 990001}]}, 400, "INVALID_PARAMETER"),
        ({"items": [{"orderItemId": 990001, "returnKey": ""}]}, 400, "INVALID_PARAMETER"),
        ({"items": [{"orderItemId": 1}]}, 404, "ORDER_ITEM_NOT_FOUND"),
        ({"orderId": 1}, 404, "ORDER_NOT_FOUND"),
        ({"orderId": "880001"}, 404, "ORDER_NOT_FOUND"),
        ({"carrier": "PIGEON"}, 404, "CARRIER_NOT_FOUND"),
        ({"merchantReferenceKey": "partner"}, 400, "INVALID_PARAMETER"),
    ],
)
async def test_refused_parcels_do_nothing(changes: dict[str, Any], status: int, key: str) -> None:
    async with shop() as caller:
        order = await caller.order()
        answer = await caller.post("/fulfillment/shipments", parcel(order["id"], 990001, **changes))
        assert (answer.status, answer.error["errorKey"]) == (status, key)
        assert await caller.read(order) == order


async def test_any_carrier_may_do() -> None:
    async with shop(known_carriers_only=False) as caller:
        assert (await caller.ship(await caller.order(), carrier="PIGEON")).status == 204


async def cancel(caller: Caller, order: Any, *items: int) -> Any:
    rows = [{"orderItemId": item} for item in items]
    return await caller.post(
        "/fulfillment/cancellations", {"shopKey": "hp", "countryCode": "GB", "orderId": order["id"], "items": rows}
    )


async def test_the_merchant_cancels_units() -> None:
    async with shop() as caller:
        order = await caller.order(lines=THREE)
        first, second, third = (item["id"] for item in order["items"])
        assert (await cancel(caller, order, first)).status == 204
        part = await caller.read(order)
        assert [("cancelledAt" in item, item["status"]) for item in part["items"]] == [
            (True, "cancelled"), (False, "available"), (False, "available")
        ]  # fmt: skip
        assert (await caller.ship(order, first)).error["errorKey"] == "ORDER_ITEM_CANCELLED"
        await caller.ship(order, second, third)
        done = await caller.read(order)
        assert done["detailedStatus"]["shipping"]["code"] == "shipping_partially_undeliverable"
        assert done["status"] == "invoice_completed"


@pytest.mark.parametrize(("by", "code"), [("merchant", "shipping_undeliverable"), ("shop", "shipping_cancelled")])
async def test_all_cancelled_is_an_order_cancelled(by: str, code: str) -> None:
    async with shop() as caller:
        order = await caller.order()
        if by == "merchant":
            await cancel(caller, order, *(item["id"] for item in order["items"]))
        else:
            await caller.act("cancel_units", order=order["id"])
        after = await caller.read(order)
        assert (after["status"], after["detailedStatus"]["shipping"]["code"]) == ("cancellation_completed", code)
        assert after["detailedStatus"]["billing"]["code"] == "billing_payment_cancelled"
        assert await money(caller) == []


async def test_a_unit_cancelled_after_it_went_is_refunded() -> None:
    async with shop() as caller:
        order = await caller.order()
        await caller.ship(order)
        assert (await cancel(caller, order, order["items"][0]["id"])).status == 204
        assert (await money(caller))[1] == ("refund", order["items"][0]["price"]["withTax"])


async def test_returns_refund_what_the_unit_cost_with_its_voucher() -> None:
    async with shop() as caller:
        order = await caller.order(lines=[{"sku": "HP-1001"}], voucher="FIVE")
        item = order["items"][0]
        await caller.ship(order)
        answer = await give_back(caller, f"RK-{item['id']}")
        assert (answer.status, answer.text) == (204, "")
        after = await caller.read(order)
        assert after["items"][0]["status"] == "returned"
        assert "returnedAt" in after["items"][0]
        assert (await money(caller))[1] == ("refund", item["price"]["absoluteVoucherReducedPrice"]["withTax"])
        assert after["detailedStatus"]["billing"]["code"] == "billing_partially_refunded"
        assert after["detailedStatus"]["shipping"]["code"] == "shipping_returned"


async def test_the_item_id_does_as_a_return_key() -> None:
    async with shop() as caller:
        order = await caller.order()
        first, second = (str(item["id"]) for item in order["items"])
        await caller.ship(order)
        assert (await give_back(caller, first)).status == 204
        # Without idempotency the second time pays again.
        assert (await give_back(caller, first)).status == 204
        assert [kind for kind, _ in await money(caller)] == ["capture", "refund", "refund"]
        assert (await give_back(caller, second, "no-such-key")).status == 404
        assert "returnedAt" not in (await caller.read(order))["items"][1]


@pytest.mark.parametrize(
    "changes",
    [{"received": "2026-07-10T08:15:00+00:00"}, {"received": None}, {"merchantReferenceKey": "partner"}],
)
async def test_refused_returns(changes: dict[str, Any]) -> None:
    async with shop() as caller:
        order = await caller.order()
        await caller.ship(order)
        answer = await give_back(caller, str(order["items"][0]["id"]), **changes)
        assert (answer.status, answer.error["errorKey"]) == (400, "INVALID_PARAMETER")


async def test_returns_are_a_bare_array_of_shipped_units() -> None:
    async with shop() as caller:
        order = await caller.order()
        assert (await give_back(caller, str(order["items"][0]["id"]))).status == 409
        bodies: list[Any] = [[], {}, {"items": []}, [1]]
        for body in bodies:
            assert (await caller.post("/fulfillment/return-items", body)).status == 400


async def test_papers_carry_numbers_and_no_amounts() -> None:
    async with shop() as caller:
        order = await caller.order()
        path = f"{GB}/orders/{order['id']}"
        assert (await caller.get(f"{path}/invoices")).json == {"entities": [], "cursor": {"next": None}}
        await caller.ship(order)
        await give_back(caller, str(order["items"][0]["id"]))
        rows = (await caller.get(f"{path}/invoices")).entities
        assert [(one["type"], one["available"]) for one in rows] == [
            ("partial_invoice", True), ("corrective_invoice", True)
        ]  # fmt: skip
        assert [one["invoice"]["number"] for one in rows] == [1, 2]
        assert len((await caller.get(f"{path}/documents")).entities) == 2
        pdf = await caller.get(f"{path}/invoices/{rows[1]['id']}")
        assert (pdf.headers["Content-Type"], pdf.text[:5]) == ("application/pdf", "%PDF-")
        assert (await caller.get(f"{path}/invoices/99")).status == 404


async def test_companies_are_told_apart_when_there_are_several() -> None:
    async with shop() as caller:
        order = await caller.order()
        body = parcel(order["id"], order["items"][0]["id"])
        assert (await caller.post("/fulfillment/shipments", body, X_Company_Id="null")).status == 204
        assert (await caller.post("/fulfillment/shipments", body, X_Company_Id="7")).status == 404
    async with shop(companies=2) as caller:
        order = await caller.order()
        body = parcel(order["id"], order["items"][0]["id"])
        assert (await caller.post("/fulfillment/shipments", body)).status == 400
        assert (await caller.post("/fulfillment/shipments", body, X_Company_Id="1")).status == 204


async def test_manual_capture_takes_the_rest() -> None:
    async with shop() as caller:
        order = await caller.order(gift_card=300)
        assert (await caller.post(f"{GB}/orders/{order['id']}/payment/manual-capture")).status == 200
        assert await money(caller) == [("capture", 300), ("capture", order["cost"]["withTax"] - 300)]
        await caller.post(f"{GB}/orders/{order['id']}/payment/manual-capture")
        assert (await caller.read(order))["detailedStatus"]["billing"]["code"] == "billing_completed"
        await caller.ship(order)
        assert len(await money(caller)) == 2
