"""Acts that cannot be played say why, and values that cannot be read are faults; plus the small sums behind both."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from crossdock.sandbox.khaos_control.markup import attr, cdata, london, number, typed_moment
from crossdock.sandbox.khaos_control.money import list_pence, pence
from tests.sandbox.khaos_wire import Fault, Order, action, document, envelope, khaos, line

MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"act": "despatch", "ref": "none"}, "no order has"),
    ({"act": "goods_in", "sku": "none", "quantity": 1}, "no stock item"),
    ({"act": "goods_in", "sku": "HP-1001", "quantity": -1}, "above zero"),
    ({"act": "goods_in", "sku": "HP-1001", "quantity": 1, "site": "Moon"}, "no site is called"),
    ({"act": "adjust", "sku": "HP-1001", "on_hand": "many"}, "'many' is not a number"),
    ({"act": "adjust", "sku": "HP-1001", "on_hand": "NaN"}, "'NaN' is not a number"),
    ({"act": "create_item", "sku": "hp-1001", "name": "x", "net_price": 1}, "in use"),
    ({"act": "set_price", "sku": "HP-1001", "price_list": "Retail", "price": 1}, "none of"),
    ({"act": "lock_company", "code": "none"}, "no company"),
    ({"act": "recode_company", "code": "HPT1001", "new_code": "HPT1002"}, "in use"),
    ({"act": "merge_company", "code": "HPT1001", "into": "hpt1001"}, "into itself"),
    ({"act": "despatch", "ref": "none", "box": 1}, "TypeError"),
]


@pytest.mark.parametrize(("act", "reason"), MISTAKES)
async def test_a_mistaken_act_is_explained(act: dict[str, Any], reason: str) -> None:
    async with khaos() as kc:
        assert reason in await kc.refused_act(**act)


async def test_an_issued_order_cannot_be_cancelled() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"))
        await kc.act("despatch", ref="W1")
        assert "issued already" in await kc.refused_act("cancel", ref="W1")


async def test_a_fraction_goes_into_the_first_box() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1", [line("HP-1001", "1.5"), line("HP-1002", 2)]))
        done = await kc.act("despatch", ref="W1", boxes=2)
        boxes = [{one["sku"]: one["quantity"] for one in box["items"]} for box in done["invoices"][0]["boxes"]]
        assert boxes == [{"HP-1001": 1.5, "HP-1002": 1}, {"HP-1002": 1}]


async def test_a_new_family_takes_over_a_known_item_as_its_parent() -> None:
    async with khaos() as kc:
        await kc.act("create_item", sku="HP-1002-RED", name="Red", net_price=1, parent="HP-1002", option="Red")
        parent = (await kc.document("ExportStock", StockCode="HP-1002"))[0]
        assert (parent.findtext("STOCK_CONTROLLED"), parent.findtext(".//SCS_ITEM/STOCK_CODE")) == ("0", "HP-1002-RED")


@pytest.mark.parametrize(
    ("method", "parameters", "reason"),
    [
        ("GetStockList", {"DateType": "two"}, "not a valid integer"),
        ("GetStockList", {"DateValue": "2025-02-30T00:00:00"}, "not a valid date"),
        ("ExportOrderStatusEx", {"IDs": "W1", "WebOnly": "maybe"}, "not a valid boolean"),
    ],
)
async def test_parameters_that_cannot_be_read(method: str, parameters: dict[str, Any], reason: str) -> None:
    async with khaos() as kc:
        with pytest.raises(Fault, match=reason):
            await kc.call(method, **parameters)


async def test_a_document_must_be_text_not_elements() -> None:
    async with khaos() as kc:
        body = envelope("ImportOrders", {"Orders": "HERE"}).replace("HERE", document(Order("W1")))
        status, text = await kc.post(body, action("ImportOrders"))
        assert (status, "holds elements" in text) == (500, True)
        body = envelope("ImportOrders", {"Orders": "HERE"}).replace("HERE", f"<![CDATA[{document(Order('W1'))}]]>")
        assert (await kc.post(body, action("ImportOrders")))[0] == 200
        assert len((await kc.state())["orders"]) == 1


async def test_an_order_without_a_customer_or_a_header() -> None:
    async with khaos() as kc:
        whole = document(Order("W1"))
        for gone in ("CUSTOMER_DETAIL", "ORDER_HEADER"):
            start, end = whole.index(f"<{gone}>"), whole.index(f"</{gone}>") + len(gone) + 3
            result = await kc.call("ImportOrders", Orders=whole[:start] + whole[end:])
            assert result["OrderSkipped"][0]["SkipReason"].startswith("Invalid order: ")


def test_the_office_wall_clock_follows_summer_time() -> None:
    assert london(datetime(2025, 7, 1, 12, tzinfo=UTC)) == datetime(2025, 7, 1, 13)
    assert london(datetime(2025, 12, 1, 12, tzinfo=UTC)) == datetime(2025, 12, 1, 12)
    assert london(datetime(2025, 10, 26, 0, 30, tzinfo=UTC)) == london(datetime(2025, 10, 26, 1, 30, tzinfo=UTC))


def test_typed_dates() -> None:
    assert typed_moment(datetime(2011, 2, 23, 11, 6, 25, 57000, tzinfo=UTC)) == "2011-02-23T11:06:25.057Z"
    assert typed_moment(None) == "1899-12-30T00:00:00.000Z"


@pytest.mark.parametrize(
    ("value", "written"), [("10", "10"), ("2.20", "2.2"), ("0.00", "0"), ("1E+2", "100"), ("-1.50", "-1.5")]
)
def test_numbers_have_no_trailing_zeros(value: str, written: str) -> None:
    assert number(Decimal(value)) == written


def test_escapes() -> None:
    assert attr('a "b" & <c>\n') == "a &quot;b&quot; &amp; &lt;c&gt;&#10;"
    assert cdata("T", "a]]>b") == "<T><![CDATA[a]]]]><![CDATA[>b]]></T>"


@pytest.mark.parametrize(
    ("value", "order_sum", "list_price"),
    [("2.205", "2.21", "2.20"), ("2.425", "2.43", "2.42"), ("2.055", "2.06", "2.05")],
)
def test_half_a_penny_goes_up_in_orders_and_down_in_lists(value: str, order_sum: str, list_price: str) -> None:
    assert (pence(Decimal(value)), list_pence(Decimal(value))) == (Decimal(order_sum), Decimal(list_price))
