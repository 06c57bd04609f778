"""Cancellations, returns and settled money: looked at first, told once, and read back."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.after_sale import BillingNote, Cancellation, CancelledLine, ReturnLine, SalesReturn
from crossdock.model.faults import Accepted, DataFault, Refused, Unknown, Unsupported
from tests.connectors.scayle.orders import item, order, price, shipped
from tests.connectors.scayle.stub import ORDERS, error, page, said, shop, taken

ORDER = f"{ORDERS}/880001"
CANCEL, RETURN, BILLING = "/fulfillment/cancellations", "/fulfillment/return-items", f"{ORDER}/billing-status"
AT = datetime(2026, 7, 10, 8, 15, tzinfo=UTC)


def wish(*lines: CancelledLine, **changes: Any) -> Cancellation:
    given: dict[str, Any] = {"key": "w1", "order_ref": "100-880001", "storefront_id": "880001", "lines": lines}
    return Cancellation(**given | changes)


def off(ref: str = "", count: int = 1, sku: str = "TEE-RED-M") -> CancelledLine:
    return CancelledLine(sku=sku, quantity=Decimal(count), line_ref=ref)


def cancelled(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "status": "cancelled", "cancelledAt": "2026-07-02T15:00:00+00:00"}


def returned(row: dict[str, Any], at: str = "2026-07-10T08:15:00+00:00") -> dict[str, Any]:
    return {**shipped(row), "status": "returned", "returnedAt": at}


@pytest.mark.parametrize(
    ("lines", "there", "sent"),
    [
        ((), [item(3), item(4)], [3, 4]),
        ((), [item(3), cancelled(item(4))], [3]),
        ((off("3,4"),), [item(3), item(4)], [3]),
        ((off("3,4", 2),), [item(3), item(4), item(5)], [3, 4]),
        ((off("", 1),), [item(4), item(3)], [3]),
        ((off("3"), off("5", sku="X")), [item(3), item(4), item(5, "X")], [3, 5]),
    ],
)
async def test_open_units_are_cancelled(lines: Any, there: list[Any], sent: list[int]) -> None:
    async with shop(merchant="north") as (connector, stub):
        after = [cancelled(one) if one["id"] in sent else one for one in there]
        stub.on("GET", ORDER, order(880001, *there), order(880001, *after))
        stub.on("POST", CANCEL, taken)
        for _ in range(2):  # told twice, cancelled once
            assert await connector.cancel_order(wish(*lines)) == Accepted("880001", "880001")
        (call,) = stub.calls("POST", CANCEL)
        assert call.body == {
            "shopKey": "nb", "countryCode": "DE", "orderId": 880001, "merchantReferenceKey": "north",
            "items": [{"orderItemId": one} for one in sent],
        }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "there", "code"),
    [
        ((), [item(3), shipped(item(4))], "shipped"),
        ((off("4"),), [item(3), shipped(item(4))], "shipped"),
        ((off("9"),), [item(3)], "no-such-unit"),
        ((off("3", 2),), [item(3)], "no-open-unit"),
        ((off("", 2),), [item(3)], "no-open-unit"),
        ((off("", 1),), [item(3), cancelled(item(4))], "ambiguous"),
    ],
)
async def test_what_cannot_be_cancelled_is_not_sent(lines: Any, there: list[Any], code: str) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, order(880001, *there))
        end = await connector.cancel_order(wish(*lines))
        assert isinstance(end, Refused)
        assert end.code == code
        assert stub.calls("POST", CANCEL) == []


async def test_an_order_named_by_its_reference_key_alone() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", f"{ORDERS}/key%3DSO-1", order())
        stub.on("GET", ORDER, order(), order(880001, cancelled(item())))
        stub.on("POST", CANCEL, taken)
        assert isinstance(await connector.cancel_order(wish(storefront_id="", order_ref="SO-1")), Accepted)
        end = await connector.cancel_order(wish(storefront_id="", order_ref="SO-2", key="w2"))
        assert isinstance(end, Refused)
        assert end.code == "not-found"


async def test_a_cancellation_that_is_taken_and_does_not_show_is_unknown() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, order())
        stub.on("POST", CANCEL, taken)
        assert isinstance(await connector.cancel_order(wish()), Unknown)
        stub.on("POST", CANCEL, error(409, "CANCELLED"))
        assert isinstance(await connector.cancel_order(wish()), Refused)


# returns


def back(*lines: ReturnLine, **changes: Any) -> SalesReturn:
    given: dict[str, Any] = {
        "ref": "R-1", "order_ref": "100-880001", "storefront_id": "880001", "received_at": AT,
        "lines": lines or (ReturnLine(sku="TEE-RED-M", quantity=Decimal(1), line_ref="3,4", reason="too-small"),),
    }  # fmt: skip
    return SalesReturn(**given | changes)


def goods(count: int = 1, ref: str = "") -> ReturnLine:
    return ReturnLine(sku="TEE-RED-M", quantity=Decimal(count), line_ref=ref)


async def test_a_return_is_a_bare_array_and_told_once() -> None:
    async with shop(merchant="north", return_zone="Europe/Berlin") as (connector, stub):
        before, after = order(880001, shipped(item(3)), item(4)), order(880001, returned(item(3)), item(4))
        stub.on("GET", ORDER, before, before, after)
        stub.on("POST", RETURN, taken)
        for _ in range(2):
            assert await connector.create_return(back()) == Accepted("R-1", "3")
        (call,) = stub.calls("POST", RETURN)
        assert call.body == [
            {"returnKey": "3", "received": "2026-07-10 10:15:00", "returnReason": "too-small",
             "merchantReferenceKey": "north"}
        ]  # fmt: skip


async def test_a_return_without_an_answer_is_looked_for_and_not_told_again_at_once() -> None:
    async with shop(timeout_seconds=0.2) as (connector, stub):
        stub.on("GET", ORDER, order(880001, shipped(item(3))))
        stub.on("POST", RETURN, 5.0, taken)
        assert isinstance(await connector.create_return(back(goods())), Unknown)
        assert isinstance(await connector.create_return(back(goods())), Unknown)
        stub.clock.forward(31)
        assert isinstance(await connector.create_return(back(goods())), Unknown)
        assert len(stub.calls("POST", RETURN)) == 2
        stub.on("GET", ORDER, order(880001, returned(item(3))))
        assert isinstance(await connector.create_return(back(goods())), Accepted)
        assert len(stub.calls("POST", RETURN)) == 2


@pytest.mark.parametrize(
    ("lines", "there", "code"),
    [
        ((goods(2),), [shipped(item(3))], "no-open-unit"),
        ((goods(),), [item(3)], "no-open-unit"),
        ((goods(ref="9"),), [shipped(item(3))], "no-such-unit"),
        ((goods(ref="3"),), [cancelled(item(3))], "no-open-unit"),
        ((goods(),), [shipped(item(3)), returned(item(4), "2026-07-09T08:00:00+00:00")], "ambiguous"),
    ],
)
async def test_what_cannot_have_come_back_is_not_told(lines: Any, there: list[Any], code: str) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, order(880001, *there))
        end = await connector.create_return(back(*lines))
        assert isinstance(end, Refused)
        assert end.code == code
        assert stub.calls("POST", RETURN) == []


async def test_a_return_must_name_the_shops_order() -> None:
    async with shop() as (connector, _):
        with pytest.raises(Unsupported):
            await connector.create_return(back(storefront_id=""))
        end = await connector.create_return(back())
        assert isinstance(end, Refused)
        assert end.code == "not-found"


async def test_returns_are_read_out_of_the_orders() -> None:
    cheap = item(5, price=price(1990, 1672))
    rows = [
        order(1, item(9)),
        order(2, returned(item(4)), returned(item(3)), returned(cheap), returned(item(8), "2026-06-01T00:00:00+00:00")),
        order(3, returned(item(1, ""))),
    ]
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, page(*rows))
        found = [one async for page_ in connector.read_returns(datetime(2026, 7, 1, tzinfo=UTC)) for one in page_]
        assert [one.ref for one in found] == ["100-2/20260710T081500Z", "100-2/20260601T000000Z", "3"]
        told = found[0].value
        assert told is not None
        assert (told.storefront_id, told.received_at, told.currency) == ("2", AT, "EUR")
        assert [(line.line_ref, line.quantity, line.unit_price) for line in told.lines] == [
            ("3,4", Decimal(2), Decimal("24.90")), ("5", Decimal(1), Decimal("19.90")),
        ]  # fmt: skip
        assert found[2].fault is not None
        assert found[2].fault.place == "items[0].variant.referenceKey"


@pytest.mark.parametrize("code", ["billing_partially_refunded", "billing_refunded"])
async def test_money_that_went_back_without_goods_is_told_without_goods(code: str) -> None:
    billing = {"detailedStatus": {"billing": {"code": code}}}
    rows = [
        order(2, shipped(item(4)), **billing),
        order(3, shipped(item(5)), cancelled(item(6)), **billing),
        order(4, shipped(item(7)), returned(item(8)), **billing),
        order(5, shipped(item(9))),
    ]
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, page(*rows))
        found = [one.value async for page_ in connector.read_returns(None) for one in page_]
        told = [(one.ref, len(one.lines)) for one in found if one is not None]
        assert told == [("100-2/money", 0), ("100-4/20260710T081500Z", 1)]


async def test_money_alone_is_nothing_to_tell_the_shop_of() -> None:
    async with shop() as (connector, stub):
        with pytest.raises(Unsupported):
            await connector.create_return(back(lines=()))
        assert stub.calls("POST", RETURN) == []


async def test_what_came_back_to_another_merchant_is_none_of_ours() -> None:
    row = order(2, returned(item(4)), returned(item(3, merchant={"referenceKey": "south"})))
    async with shop(merchant="north", other_merchants="leave_out") as (connector, stub):
        stub.on("GET", ORDERS, page(row))
        (found,) = [one async for page_ in connector.read_returns(None) for one in page_]
        assert found.value is not None
        assert [line.line_ref for line in found.value.lines] == ["4"]


# billing


def billed(code: str) -> dict[str, Any]:
    return order(detailedStatus={"billing": {"code": code}})


@pytest.mark.parametrize(
    ("state", "refs", "body"),
    [
        ("completed", (), {"code": "billing_completed", "reason": "paid by bank"}),
        ("cancelled", (), {"code": "billing_payment_cancelled", "reason": "paid by bank"}),
        (
            "partially-refunded",
            ("3,4",),
            {"code": "billing_partially_refunded", "reason": "paid by bank",
             "items": [{"id": 3, "code": "billing_refunded"}, {"id": 4, "code": "billing_refunded"}]},
        ),
    ],
)  # fmt: skip
async def test_settled_money_is_recorded(state: str, refs: tuple[str, ...], body: dict[str, Any]) -> None:
    note = BillingNote(storefront_id="880001", state=state, reason="paid by bank", line_refs=refs)
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, order())
        stub.on("PATCH", BILLING, billed(body["code"]))
        assert isinstance(await connector.write_billing(note), Accepted)
        assert stub.calls("PATCH", BILLING)[0].body == body


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (billed("billing_open"), Refused),
        (said([]), Unknown),
        (web.Response(status=500), Unknown),
        (error(400, "INVALID_CODE"), Refused),
    ],
)
async def test_money_that_is_not_recorded_is_not_believed(answer: Any, end: type[Any]) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, order())
        stub.on("PATCH", BILLING, answer)
        note = BillingNote(storefront_id="880001", state="refunded", reason="cash")
        assert isinstance(await connector.write_billing(note), end)


async def test_what_stands_already_is_not_recorded_again() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, billed("billing_refunded"))
        note = BillingNote(storefront_id="880001", state="refunded", reason="cash")
        assert isinstance(await connector.write_billing(note), Accepted)
        assert stub.calls("PATCH", BILLING) == []
        stub.on("GET", ORDER, error(404, "ORDER_NOT_FOUND"))
        assert isinstance(await connector.write_billing(note), Refused)


@pytest.mark.parametrize(
    "change", [{"state": "written-off"}, {"reason": ""}, {"state": "refunded", "line_refs": ("shirt",)}]
)
async def test_what_cannot_be_said_is_not_sent(change: dict[str, Any]) -> None:
    given: dict[str, Any] = {"storefront_id": "880001", "state": "refunded", "reason": "cash"}
    async with shop() as (connector, stub):
        with pytest.raises(DataFault):
            await connector.write_billing(BillingNote(**given | change))
        assert stub.asked == []
