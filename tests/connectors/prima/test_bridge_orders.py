"""Orders into a bridge, and where they stand."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.prima.bridge_orders import _why_rejected
from crossdock.model.after_sale import Cancellation, CancelledLine
from crossdock.model.despatch import Stage
from crossdock.model.faults import (
    Accepted,
    ConfigFault,
    DataFault,
    ReadIncomplete,
    Refused,
    Transient,
    Unknown,
    Unsupported,
)
from tests.connectors.bridge.stub import json_answer, page, problem
from tests.connectors.prima.support import (
    ORDER,
    gathered,
    item,
    line,
    order,
    over_bridge,
    shipment,
)

SHIPMENTS = "/v1/orders/SO-B2B-1/shipments"


async def test_an_order_goes_in_with_its_keys_and_units() -> None:
    async with over_bridge(hold_orders=True, hold_reason="first week") as (prima, stub):
        stub.on("POST", "/v1/orders", json_answer(order(), status=201))
        assert await prima.create_order(ORDER) == Accepted("SO-B2B-1")
        assert stub.calls("POST", "/v1/orders")[0].body == {
            "source": "crossdock",
            "external_ref": "B2B-1",
            "account_code": "FOOT01",
            "currency": "GBP",
            "prices_include_tax": False,
            "ordered_at": "2026-03-02T08:30:00Z",
            "hold": True,
            "hold_reason": "first week",
            "lines": [
                {
                    "line_ref": "1",
                    "sku": "ST100-080",
                    "native_key": {"product": "ST100", "m1": "F", "m2": "080"},
                    "quantity": "3",
                    "unit_code": "PAIR",
                    "base_quantity": "1",
                    "unit_price": "20.00",
                }
            ],
            "expected": {"net": "65.00", "tax": "13.00", "gross": "78.00"},
            "delivery_address": {
                "name": "Łukasz Ångström",
                "organisation": 'Smith & "Sons" <Ltd>',
                "lines": ["1 High St", "Leicester"],
                "postcode": "LE1 1AA",
                "country": "GB",
                "phone": "0116 496 0000",
            },
            "customer_po": "PO 7",
            "carrier_code": "DPD",
            "charges": [{"code": "CARR", "amount": "5.00"}],
            "notes": "Ring the bell",
        }


async def test_where_the_erp_prices_no_price_is_sent() -> None:
    async with over_bridge({"pricing_mode": "erp_prices"}) as (prima, stub):
        stub.on("POST", "/v1/orders", order())
        await prima.create_order(replace(ORDER, lines=(line(unit_price=Decimal(0)),)))
        assert "unit_price" not in stub.calls("POST", "/v1/orders")[0].body["lines"][0]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (json_answer(order(), status=201), Accepted),
        (order(), Accepted),  # a replay
        (order(variance={"gross": "0.50", "within_tolerance": False}), Accepted),  # the order stands
        (order(totals=None, status="received"), Accepted),
        (order(status="rejected"), Refused),
        (json_answer({"external_ref": "B2B-1"}, status=202), Unknown),
        (order("B2B-2"), Unknown),
        (order(status="lost"), Unknown),
        ({}, Unknown),
        (problem(422, "account-on-hold", "on stop"), Refused),
        (problem(409, "order-ref-conflict"), Refused),
        (problem(504, "order-outcome-unknown"), Unknown),
        (0.6, Unknown),
    ],
)
async def test_every_send_ends_as_something(answer: Any, outcome: type) -> None:
    async with over_bridge(timeout_seconds=0.3) as (prima, stub):
        stub.on("POST", "/v1/orders", answer)
        assert isinstance(await prima.create_order(ORDER), outcome)
        assert len(stub.calls("POST", "/v1/orders")) == 1


BAD_ORDERS: list[tuple[dict[str, Any], dict[str, Any], type, str]] = [
    ({"lines": (line(stock_code="NONE"),)}, {}, DataFault, "lines[0].sku"),
    ({"lines": (line(unit_price=Decimal(0)),)}, {}, DataFault, "lines[0].unit_price"),
    ({"lines": (line(unit_price=Decimal("0.1234567")),)}, {}, DataFault, "lines[0].unit_price"),
    ({"account_code": ""}, {}, DataFault, "account_code"),
    ({"ref": "x" * 65}, {}, DataFault, "external_ref"),
    ({"delivery_address": None}, {}, DataFault, "delivery_address"),
    ({}, {"delivery_charge_code": ""}, ConfigFault, "delivery_charge_code"),
]


@pytest.mark.parametrize(("changes", "settings", "kind", "named"), BAD_ORDERS)
async def test_what_cannot_be_said_is_not_sent(
    changes: dict[str, Any], settings: dict[str, Any], kind: type, named: str
) -> None:
    async with over_bridge(**settings) as (prima, stub):
        with pytest.raises(kind) as caught:
            await prima.create_order(replace(ORDER, **changes))
        assert named in (getattr(caught.value, "place", ""), getattr(caught.value, "setting", ""))
        assert stub.calls("POST", "/v1/orders") == []


UNITS = [
    ([{"unit_code": "PALLET", "sku": "ST100-080", "base_sku": "E", "base_quantity": "48", "confirmed": True}],
     "unit_sku", ("PALLET", "48")),
    ([{"unit_code": "PALLET", "sku": "ST100-080", "base_sku": "E", "base_quantity": "48", "confirmed": False}],
     "unit_sku", "not confirmed"),
    ([{"unit_code": "PAIR", "sku": "OTHER", "base_sku": "OTHER", "base_quantity": "1", "confirmed": True}],
     "unit_sku", "carries that SKU"),
    ([{"unit_code": "PAIR", "base_sku": "ST100-080", "base_quantity": "1", "confirmed": True},
      {"unit_code": "BOX", "base_sku": "ST100-080", "base_quantity": "12", "confirmed": True}],
     "unit_code", ("PAIR", "1")),
    ([{"unit_code": "BOX", "base_sku": "ST100-080", "base_quantity": "12", "confirmed": True}],
     "unit_code", "no unit of one"),
    ([{"unit_code": "A", "base_sku": "ST100-080", "base_quantity": "1", "confirmed": True},
      {"unit_code": "B", "base_sku": "ST100-080", "base_quantity": "1", "confirmed": True}],
     "unit_code", "more than one"),
]  # fmt: skip


@pytest.mark.parametrize(("units", "mode", "expected"), UNITS)
async def test_a_pallet_never_posts_as_one_each(units: list[Any], mode: str, expected: Any) -> None:
    async with over_bridge({"uom_mode": mode}) as (prima, stub):
        stub.on("GET", "/v1/items/ST100-080", item(units=units))
        stub.on("POST", "/v1/orders", order())
        if isinstance(expected, str):
            with pytest.raises(DataFault, match=expected):
                await prima.create_order(ORDER)
            return
        await prima.create_order(ORDER)
        sent = stub.calls("POST", "/v1/orders")[0].body["lines"][0]
        assert (sent["unit_code"], sent["base_quantity"]) == expected


async def test_a_blocked_item_is_not_ordered() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/items/ST100-080", item(status="blocked"))
        with pytest.raises(DataFault, match="blocked or discontinued"):
            await prima.create_order(ORDER)


async def test_items_are_asked_for_once_in_a_while() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("POST", "/v1/orders", order())
        await prima.create_order(ORDER)
        await prima.create_order(ORDER)
        assert len(stub.calls("GET", "/v1/items/ST100-080")) == 1


# where they stand


async def test_an_order_that_is_not_there_is_none() -> None:
    async with over_bridge() as (prima, stub):
        assert await prima.find_order("B2B-1") is None
        assert stub.calls("GET", "/v1/orders")[0].query == {"external_ref": "B2B-1", "limit": "200"}


async def test_totals_are_read_back() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/orders", page([order()]))
        stub.on("GET", SHIPMENTS, page([]))
        found = await prima.find_order("B2B-1")
        assert found is not None
        assert (found.erp_code, found.gross_total, found.currency) == ("SO-B2B-1", Decimal("78.00"), "GBP")
        assert [part.stage for part in found.invoices] == [Stage.RELEASED]
        assert not found.complete


async def test_split_shipments_are_parts_of_one_order_and_an_amendment_takes_its_place() -> None:
    two = [{"number": "T-2", "url": None}, {"number": "T-3", "url": None}]
    rows = [
        shipment("SH1", quantity="9", is_final=False),
        shipment("SH1", quantity="1", is_final=False, revision=2),
        shipment("SH2", quantity="1", tracking=two, despatched_at="2026-03-03T08:00:00Z"),
    ]
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/orders", page([order(status="part_despatched")]))
        stub.on("GET", SHIPMENTS, page(rows))
        found = (await prima.read_fulfilments(["B2B-1"]))["B2B-1"]
        assert not isinstance(found, DataFault)
        first, second, rest = found.invoices
        assert [line.quantity for line in (*first.lines, *second.lines, *rest.lines)] == [1, 1, 1]
        assert [parcel.consignment_ref for parcel in second.parcels] == ["T-2", "T-3"]
        assert [len(parcel.lines) for parcel in second.parcels] == [1, 0]
        assert (first.parcels[0].tracking_url, first.courier) == ("https://track.example/SH1", "DPD")
        assert rest.stage is Stage.RELEASED


@pytest.mark.parametrize(
    ("word", "stage", "complete", "cancelled"),
    [
        ("received", Stage.RELEASED, False, False),
        ("held", Stage.HELD, False, False),
        ("accepted", Stage.RELEASED, False, False),
        ("rejected", Stage.CANCELLED, False, True),
        ("part_despatched", Stage.SHIPPING, False, False),
        ("despatched", Stage.ISSUED, True, False),
        ("cancelled", Stage.CANCELLED, False, True),
    ],
)
async def test_without_shipments_the_status_tells_all_there_is(
    word: str, stage: Stage, complete: bool, cancelled: bool
) -> None:
    async with over_bridge({"operations": {"shipments.list": "unsupported"}}) as (prima, stub):
        stub.on("GET", "/v1/orders", page([order(status=word)]))
        found = await prima.find_order("B2B-1")
        assert found is not None
        assert (found.complete, found.cancelled) == (complete, cancelled)
        assert [part.stage for part in found.invoices] == [stage]


async def test_a_bridge_that_says_so_only_when_asked_has_no_shipments_either() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/orders", page([order(status="despatched")]))
        stub.on("GET", SHIPMENTS, problem(501, "operation-unsupported"))
        found = await prima.find_order("B2B-1")
        assert found is not None
        assert [line.quantity for line in found.invoices[0].lines] == [3]


async def test_one_bad_order_does_not_stop_its_neighbours() -> None:
    def answer(asked: Any) -> Any:
        ref = asked.query["external_ref"]
        return json_answer(page([order(ref, **({"status": "lost"} if ref == "B2B-2" else {}))]))

    async with over_bridge({"operations": {"shipments.list": "unsupported"}}) as (prima, stub):
        stub.on("GET", "/v1/orders", answer)
        found = await prima.read_fulfilments(["B2B-1", "B2B-2", "y" * 65])
        assert not isinstance(found["B2B-1"], DataFault)
        assert "order B2B-2.status: is 'lost', which is none of" in str(found["B2B-2"])
        assert isinstance(found["y" * 65], DataFault)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([order(), order(erp_order_number="SO-9")], "more than one order: SO-B2B-1, SO-9"),
        ([order("B2B-7")], "another order was answered"),
    ],
)
async def test_an_answer_about_another_order_is_not_taken(rows: list[Any], says: str) -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/orders", page(rows))
        with pytest.raises(DataFault, match=says):
            await prima.find_order("B2B-1")


async def test_a_list_cut_short_does_not_say_there_is_none() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/orders", page([], total=1))
        with pytest.raises(ReadIncomplete):
            await prima.find_order("B2B-1")


async def test_references_of_what_was_despatched() -> None:
    async with over_bridge() as (prima, stub):
        rows = [shipment("A"), shipment("B"), shipment("C", "B2B-2"), {"shipment_id": "D"}, "x"]
        stub.on("GET", "/v1/shipments", page(rows))
        assert await gathered(prima.read_despatched_refs(None)) == ["B2B-1", "B2B-2"]


# cancelling


WISH = Cancellation(key="c-1", order_ref="B2B-1", reason="changed their mind")
CANCEL = "/v1/orders/SO-B2B-1/cancel"


@pytest.mark.parametrize(
    ("there", "answer", "outcome"),
    [
        ([order()], order(status="cancelled"), Accepted),
        ([order(status="cancelled")], None, Accepted),
        ([order(status="rejected")], None, Accepted),
        ([], None, Refused),
        ([order(status="despatched")], problem(409, "order-not-cancellable"), Refused),
        ([order()], order(status="accepted"), Unknown),
        ([order()], json_answer(order(), status=202), Unknown),
        ([order()], order("B2B-3", status="cancelled"), Unknown),
        ([order()], {"status": "cancelled"}, Unknown),
        ([order()], 0.6, Unknown),
    ],
)
async def test_a_cancellation_is_looked_at_first(there: list[Any], answer: Any, outcome: type) -> None:
    async with over_bridge(timeout_seconds=0.3) as (prima, stub):
        stub.on("GET", "/v1/orders", page(there))
        if answer is not None:
            stub.on("POST", CANCEL, answer)
        assert isinstance(await prima.cancel_order(WISH), outcome)
        assert len(stub.calls("POST", CANCEL)) == (answer is not None)


@pytest.mark.parametrize(
    ("wish", "capabilities", "kind"),
    [
        (replace(WISH, lines=(CancelledLine(sku="A", quantity=Decimal(1)),)), {}, Unsupported),
        (replace(WISH, order_ref="", storefront_id="77"), {}, DataFault),
        (WISH, {"cancel": False}, Unsupported),
        (WISH, {"operations": {"orders.cancel": "manual"}}, Unsupported),
    ],
)
async def test_what_cannot_be_cancelled_is_not_asked(
    wish: Cancellation, capabilities: dict[str, Any], kind: type
) -> None:
    async with over_bridge(capabilities) as (prima, stub):
        with pytest.raises(kind):
            await prima.cancel_order(wish)
        assert stub.calls("POST", CANCEL) == []


async def test_another_major_version_is_not_spoken_to() -> None:
    async with over_bridge({"contract_version": "2.0"}) as (prima, stub):
        with pytest.raises(ConfigFault, match="contract 2.0"):
            await prima.create_order(ORDER)
        assert [call.path for call in stub.asked] == ["/v1/capabilities"]


async def test_throttled_is_certainly_not_in() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("POST", "/v1/orders", problem(429, "rate-limited", headers={"Retry-After": "7"}))
        with pytest.raises(Transient) as caught:
            await prima.create_order(ORDER)
        assert caught.value.retry_after_seconds == 7


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"rejection": {"code": "sku-blocked", "message": "No such article"}}, "No such article"),
        ({"rejection": "No such article"}, "No such article"),
        ({"reason": "Closed account"}, "Closed account"),
        ({}, "the ERP took the order as rejected"),
    ],
)
def test_a_rejected_order_says_why_in_the_erps_words(more: dict[str, Any], words: str) -> None:
    assert _why_rejected({"status": "rejected", **more}) == words
