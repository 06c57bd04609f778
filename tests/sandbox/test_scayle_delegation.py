"""Delegation: the shop calls each merchant's system until it says 201 with a body."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.scayle_caller import GB, Caller, Listener, listening, shop

TAKEN = (201, {"orderReferenceKey": "x", "orderDelegationResult": "acknowledged"})
LET_GO = (201, {"orderReferenceKey": "x", "cancellationResult": "successful"})


@contextlib.asynccontextmanager
async def oms(**settings: Any) -> AsyncIterator[tuple[Caller, Listener]]:
    async with listening() as listener:
        listener.answers = [TAKEN]
        urls = {"delegation_url": f"{listener.url}/delegate", "cancellation_url": f"{listener.url}/cancel"}
        async with shop(**{**urls, **settings}) as caller:
            yield caller, listener


async def phase(caller: Caller, order: Any) -> str:
    return next(str(one["phase"]) for one in (await caller.state())["orders"] if one["id"] == order["id"])


async def test_an_order_is_delegated_a_minute_after_confirmation() -> None:
    async with oms() as (caller, listener):
        order = await caller.order()
        await caller.act("pass_time", seconds=59)
        assert (listener.received, await phase(caller, order)) == ([], "confirmed")
        await caller.act("pass_time", seconds=2)
        assert await phase(caller, order) == "delegated"
        assert len(listener.received) == 1
        assert all("delegatedAt" in item for item in (await caller.read(order))["items"])


async def test_what_the_oms_is_sent() -> None:
    async with oms() as (caller, listener):
        order = await caller.order(country="DE", voucher="FIVE", lines=[{"sku": "HP-1001", "quantity": 2}])
        told = await caller.act("delegate_now", order=order["id"])
        assert told["delegations"] == {"default": "acknowledged"}
        (body,) = listener.bodies
        assert body["orderId"] == order["id"] != body["id"]
        assert body["orderReferenceKey"] == f"hpde-1002-{order['id']}"
        assert (body["shopId"], body["shopKey"], body["countryCode"]) == (1002, "hp", "DE")
        assert (body["fulfillingMerchantKey"], body["customData"]) == ("default", [])
        address = body["addresses"]["shipping"]
        assert (address["countryCode"], address["collectionPoint"]) == ("DE", None)
        assert address["streetHouseNumber"] == f"{address['street']} {address['houseNumber']}"
        assert [row["orderItemId"] for row in body["items"]] == [str(item["id"]) for item in order["items"]]
        row, item = body["items"][0], order["items"][0]["price"]
        assert (row["quantity"], row["tax"], row["currencyCode"]) == (1, 19, "EUR")
        assert (row["price"], row["priceWithoutTax"], row["taxAmount"]) == (
            item["withTax"], item["withoutTax"], item["tax"]["vat"]["amount"]
        )  # fmt: skip
        assert (row["merchantProductVariantReferenceKey"], row["warehouseReferenceKey"]) == (
            "HP-1001",
            "MAIN-WAREHOUSE",
        )


async def test_basic_auth_goes_in_the_url_and_is_masked_on_read() -> None:
    async with oms(delegation_auth="hub:s/3cret") as (caller, listener):
        order = await caller.order()
        await caller.act("delegate_now", order=order["id"])
        sent = listener.received[0][1]["Authorization"].removeprefix("Basic ")
        assert base64.b64decode(sent) == b"hub:s/3cret"
        merchant = (await caller.get("/merchants/key%3Ddefault")).json
        assert merchant["orderDelegationUrl"] == listener.url.replace("://", "://***:***@") + "/delegate"
        assert "s/3cret" not in str(await caller.state())
        # Writing back what was read breaks it: the mask is now the password.
        await caller.put("/merchants/1", merchant)
        await caller.act("redeliver", order=order["id"])
        sent = listener.received[1][1]["Authorization"].removeprefix("Basic ")
        assert base64.b64decode(sent) == b"***:***"
        await caller.put("/merchants/1", {"orderDelegationUrl": None})
        assert (await caller.get("/merchants/1")).json["orderDelegationUrl"] is None


@pytest.mark.parametrize("answer", [(200, TAKEN[1]), (201, ""), (201, "ok"), (201, "[]"), (500, {}), (202, {})])
async def test_only_201_with_a_body_counts(answer: tuple[int, Any]) -> None:
    async with oms() as (caller, listener):
        listener.answers = [answer, TAKEN]
        order = await caller.order()
        told = await caller.act("delegate_now", order=order["id"])
        assert (told["delegations"], told["phase"]) == ({"default": "failed"}, "confirmed")
        await caller.act("pass_time", seconds=179)
        assert len(listener.received) == 1
        await caller.act("pass_time", seconds=2)
        assert listener.bodies[0] == listener.bodies[1]
        assert await phase(caller, order) == "delegated"


async def test_a_new_round_ends_the_tries_of_the_last() -> None:
    async with oms() as (caller, listener):
        listener.answers = [(500, "")]
        order = await caller.order()
        for _ in range(2):
            await caller.act("delegate_now", order=order["id"])
        await caller.act("pass_time", seconds=600)
        assert len(listener.received) == 3  # two by hand, then the second wait: five minutes


async def test_received_but_not_acknowledged() -> None:
    async with oms() as (caller, listener):
        listener.answers = [(201, {})]
        order = await caller.order()
        assert (await caller.act("delegate_now", order=order["id"]))["delegations"] == {"default": "delegated"}
        await caller.act("pass_time", seconds=3600)
        (row,) = (await caller.state())["orders"][0]["delegations"]
        assert row["state"] == "acknowledged"


async def test_after_46_hours_the_order_is_cancelled() -> None:
    async with oms() as (caller, listener):
        listener.answers = [(503, "busy")]
        full = (await caller.stock())["sellable"]
        order = await caller.order()
        await caller.act("pass_time", seconds=46 * 3600)
        assert await phase(caller, order) == "confirmed"
        await caller.act("pass_time", seconds=3600)
        assert len(listener.received) == 26
        after = await caller.read(order)
        assert (after["status"], await phase(caller, order)) == ("cancellation_completed", "cancelled")
        assert (await caller.stock())["sellable"] == full


async def test_a_slow_oms_is_called_again() -> None:
    async with oms(delegation_timeout_seconds=0.3) as (caller, listener):
        listener.hold = asyncio.Event()
        order = await caller.order()
        assert (await caller.act("delegate_now", order=order["id"]))["delegations"] == {"default": "failed"}
        assert [one["outcome"] for one in (await caller.state())["delegations"]] == ["TimeoutError"]
        listener.hold.set()
        await caller.act("pass_time", seconds=180)
        assert (await phase(caller, order), len(listener.received)) == ("delegated", 2)


async def test_lost_doubled_and_repeated_delegations() -> None:
    async with oms() as (caller, listener):
        await caller.fault(kind="lose_webhook", match="DELEGATION", count=1)
        order = await caller.order()
        await caller.act("delegate_now", order=order["id"])
        assert (listener.received, await phase(caller, order)) == ([], "confirmed")
        await caller.fault(kind="duplicate_webhook", match="DELEGATION default", count=1)
        await caller.act("pass_time", seconds=180)
        assert listener.bodies[0] == listener.bodies[1]
        assert (await caller.act("redeliver", order=order["id"]))["called"] == ["default"]
        assert len(listener.received) == 3


async def test_each_merchant_is_called_with_its_own_items() -> None:
    async with oms(partner_skus=["HP-1002"]) as (caller, listener):
        await caller.act("set_delegation_url", merchant="partner", url=f"{listener.url}/partner")
        order = await caller.order(lines=[{"sku": "HP-1001"}, {"sku": "HP-1002"}])
        assert [one["id"] for one in order["packages"]] == [1, 2]
        await caller.act("delegate_now", order=order["id"])
        found = {
            path: [row["merchantProductVariantReferenceKey"] for row in b["items"]] for path, _, b in listener.received
        }
        assert found == {"/delegate": ["HP-1001"], "/partner": ["HP-1002"]}
        assert await phase(caller, order) == "delegated"


async def test_cancelled_items_are_not_delegated() -> None:
    async with oms() as (caller, listener):
        order = await caller.order()
        await caller.act("cancel_units", order=order["id"], sku="HP-1001", quantity=1)
        await caller.act("delegate_now", order=order["id"])
        assert [row["orderItemId"] for row in listener.bodies[0]["items"]] == [str(order["items"][1]["id"])]


@pytest.mark.parametrize(("setting", "left"), [("delegated", "delegated"), ("confirmed", "confirmed")])
async def test_without_a_url(setting: str, left: str) -> None:
    async with shop(delegation_without_url=setting) as caller:
        order = await caller.order()
        await caller.act("pass_time", seconds=61)
        assert await phase(caller, order) == left


async def test_an_order_nobody_ships_counts_as_shipped_after_14_days() -> None:
    async with oms() as (caller, _):
        order = await caller.order()
        await caller.act("pass_time", seconds=61 + 14 * 86_400)
        after = await caller.read(order)
        assert after["detailedStatus"]["order"]["code"] == "order_shipped"
        assert all("shippedAt" not in item for item in after["items"])


async def test_the_oms_is_asked_to_let_go() -> None:
    async with oms() as (caller, listener):
        order = await caller.order()
        await caller.act("delegate_now", order=order["id"])
        listener.answers = [(500, "busy"), LET_GO]
        assert (await caller.act("request_cancellation", order=order["id"]))["asked"] is True
        await caller.act("pass_time", seconds=59)
        assert await phase(caller, order) == "delegated"
        await caller.act("pass_time", seconds=2)
        bodies = [body for path, _, body in listener.received if path == "/cancel"]
        wanted = {
            "orderReferenceKey": f"hpgb-1001-{order['id']}", "fulfillingMerchantKey": "default",
            "merchantKey": "default", "companyId": 1, "warehouseIds": [],
        }  # fmt: skip
        assert bodies == [wanted, wanted]
        assert (await caller.read(order))["status"] == "cancellation_completed"


async def test_the_oms_may_say_no_or_nothing() -> None:
    async with oms(cancellation_retry_seconds=[1]) as (caller, listener):
        order = await caller.order()
        await caller.act("delegate_now", order=order["id"])
        listener.answers = [(201, {"cancellationResult": "failed"})]
        await caller.act("request_cancellation", order=order["id"])
        await caller.act("pass_time", seconds=5)
        assert ((await caller.state())["orders"][0]["cancellation"], await phase(caller, order)) == (
            "failed",
            "delegated",
        )
        listener.answers = [(200, LET_GO[1])]
        await caller.act("request_cancellation", order=order["id"])
        await caller.act("pass_time", seconds=5)
        assert ((await caller.state())["orders"][0]["cancellation"], await phase(caller, order)) == (
            "lapsed",
            "delegated",
        )


async def test_before_delegation_a_shopper_just_cancels() -> None:
    async with oms() as (caller, listener):
        order = await caller.order()
        assert (await caller.act("request_cancellation", order=order["id"]))["asked"] is False
        await caller.act("pass_time", seconds=600)
        assert listener.received == []
        assert (await caller.get(f"{GB}/orders/{order['id']}/status")).json["status"] == "cancellation_completed"


async def test_time_can_pass_by_itself() -> None:
    async with oms(speed=600) as (caller, _):
        order = await caller.order()
        for _ in range(300):
            if await phase(caller, order) == "delegated":
                break
            await asyncio.sleep(0.01)
        assert await phase(caller, order) == "delegated"
