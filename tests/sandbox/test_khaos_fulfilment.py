"""Stock against orders, and what ExportOrderStatusEx tells of it."""

from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from tests.sandbox.khaos_wire import Fault, Khaos, Order, khaos, line


async def level_of(kc: Khaos, sku: str) -> dict[str, Any]:
    return next(one for one in (await kc.state())["stock"] if one["sku"] == sku)


async def stages(kc: Khaos, ref: str) -> list[int]:
    return [one["stage"] for one in (await kc.order(ref))["invoices"]]


async def test_availability_falls_at_import_and_stays_at_issue() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=10)
        await kc.place(Order("W1", [line("HP-1001", 4)]))
        assert await kc.levels("HP-1001") == {"HP-1001": 6}
        await kc.act("despatch", ref="W1")
        assert await kc.levels("HP-1001") == {"HP-1001": 6}
        held = await level_of(kc, "HP-1001")
        assert (held["on_hand"], held["assigned"]) == (6, 0)


async def test_a_shortage_waits_in_stage_18_and_goods_in_frees_it() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=10)
        await kc.place(Order("W1", [line("HP-1001", 14)]))
        assert await stages(kc, "W1") == [10, 18]
        assert (await kc.state())["oversold"] == [{"sku": "HP-1001", "short": 4}]
        status = (await kc.status("W1"))[0]
        assert (status.findtext("QTY_SOLD"), status.findtext("QTY_ASSIGNED")) == ("14", "10")
        assert [one.get("QTY_SENT") for one in status.iter("INVOICE")] == ["10", "0"]
        assert [one.get("QTY_SOLD") for one in status.iter("INVOICE")] == ["10", "4"]

        assert (await kc.act("goods_in", sku="HP-1001", quantity=3))["freed"] == ["SO100001"]
        assert await stages(kc, "W1") == [10, 18, 9]
        await kc.act("goods_in", sku="HP-1001", quantity=3)
        assert await stages(kc, "W1") == [10, 9, 9]
        assert await kc.levels("HP-1001") == {"HP-1001": 2}
        assert (await kc.state())["oversold"] == []


async def test_an_order_wholly_short_gets_its_second_invoice_from_goods_in() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=0)
        await kc.place(Order("W1", [line("HP-1001", 5)]))
        assert await stages(kc, "W1") == [18]
        assert "nothing assigned" in await kc.refused_act("despatch", ref="W1")
        assert "no stock assigned" in await kc.refused_act("stage", ref="W1", stage_id=70)
        await kc.act("goods_in", sku="HP-1001", quantity=2)
        assert await stages(kc, "W1") == [18, 9]
        await kc.act("despatch", ref="W1")
        status = (await kc.status("W1"))[0]
        assert [one.get("INVOICE_STAGE_ID") for one in status.iter("INVOICE")] == ["18", "70"]
        assert status.findtext("COMPLETE") == "0"


async def test_goods_in_serves_the_oldest_delivery_date_first() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=0)
        await kc.place(
            Order("LATE", [line("HP-1001", 2)], header={"DELIVERY_DATE": "2025-04-02"}),
            Order("EARLY", [line("HP-1001", 2)], header={"DELIVERY_DATE": "2025-04-01"}),
            Order("LATER", [line("HP-1001", 2)], header={"DELIVERY_DATE": "2025-04-02"}),
        )
        await kc.act("goods_in", sku="HP-1001", quantity=3)
        assigned = {one["associated_ref"]: one["lines"][0]["assigned"] for one in (await kc.state())["orders"]}
        assert assigned == {"EARLY": 2, "LATE": 1, "LATER": 0}


async def test_freed_stock_of_a_held_order_is_held_too() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=1)
        await kc.place(Order("W1", [line("HP-1001", 2)], header={"ORDER_AMOUNT": "1"}))
        await kc.act("goods_in", sku="HP-1001", quantity=1)
        assert await stages(kc, "W1") == [19, 19]
        await kc.act("release", ref="W1")
        assert await stages(kc, "W1") == [9, 9]


async def test_cancelling_gives_back_what_was_assigned() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=10)
        await kc.place(Order("W1", [line("HP-1001", 14)]))
        await kc.act("cancel", ref="W1", reason="Changed <mind> & gone", user="IDA")
        assert await kc.levels("HP-1001") == {"HP-1001": 10}
        status = (await kc.status("W1"))[0]
        assert status.findtext("CANCELLED/REASON") == "Changed <mind> & gone"
        assert status.findtext("CANCELLED/USER_NAME") == "IDA"
        assert {one.get("INVOICE_STAGE_ID") for one in status.iter("INVOICE")} == {"1"}
        assert status.findtext("COMPLETE") == "0"
        assert len(await kc.status("W1", IncludeCancelled="false")) == 0
        assert (await kc.state())["oversold"] == []
        assert "cancelled already" in await kc.refused_act("cancel", ref="W1")
        assert (await kc.place(Order("W1")))["OrderSkipped"][0]["SkipReason"] == "Duplicate associated ref"


async def test_cancelling_after_a_part_was_issued_cancels_the_rest() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=10)
        await kc.place(Order("W1", [line("HP-1001", 6)]))
        await kc.act("despatch", ref="W1", lines=[{"sku": "HP-1001", "quantity": 2}])
        await kc.act("cancel", ref="W1")
        assert sorted(await stages(kc, "W1")) == [1, 70]
        assert await kc.levels("HP-1001") == {"HP-1001": 8}
        assert (await level_of(kc, "HP-1001"))["on_hand"] == 8


async def test_a_despatch_walks_the_stages_that_are_switched_on() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"), Order("W2"))
        done = await kc.act("despatch", ref="W1")
        assert done["invoices"][0]["trail"] == [10, 11, 12, 13, 14, 15, 16, 70]
        await kc.act("disable_stage", stage_id=15)
        await kc.act("disable_stage", stage_id=13)
        done = await kc.act("despatch", ref="W2")
        assert done["invoices"][0]["trail"] == [10, 11, 12, 14, 16, 70]
        assert done["invoices"][0]["code"] == "INV200002"
        assert "mandatory" in await kc.refused_act("disable_stage", stage_id=16)


async def test_a_despatch_in_two_boxes_and_two_parts() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1", [line("HP-1001", 3), line("HP-1002", 2)]))
        await kc.act(
            "despatch", ref="W1", lines=[{"sku": "hp-1001", "quantity": 2}], courier="PFW", consignment="PF 1&2"
        )
        await kc.act("despatch", ref="W1", boxes=2)
        status = (await kc.status("W1"))[0]
        rest, first = status.iterfind("INVOICES/INVOICE")
        assert (first.get("QTY_SENT"), first.get("COURIER"), first.get("CONSIGNMENT_REF")) == (
            "2", "Parcelforce 24", "PF 1&2",
        )  # fmt: skip
        assert "pfw?ref=PF 1&2&lang=en" in first.get("TRACKING_URL")
        boxes = [{one.get("STOCK_CODE"): one.get("QTY_SENT") for one in box} for box in rest.iterfind("BOX")]
        assert boxes == [{"HP-1001": "1", "HP-1002": "1"}, {"HP-1002": "1"}]
        assert len({box.get("CONSIGNMENT_REF") for box in rest.iterfind("BOX")}) == 2
        assert {box.get("SHIPPED") for box in rest.iterfind("BOX")} == {"-1"}
        assert status.findtext("COMPLETE") == "-1"
        assert len(rest.findall("INVOICE_ITEMS/INVOICE_ITEM")) == 2


async def test_a_despatch_of_more_than_is_assigned_moves_nothing() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1", [line("HP-1001", 3), line("HP-1001", 2)]))
        wanted = [{"sku": "HP-1001", "quantity": 4}, {"sku": "HP-1001", "quantity": 2}]
        assert "fewer assigned" in await kc.refused_act("despatch", ref="W1", lines=wanted)
        assert await stages(kc, "W1") == [10]
        await kc.act("despatch", ref="W1", lines=[{"sku": "HP-1001", "quantity": 4}])
        assert await stages(kc, "W1") == [10, 70]
        assert "courier" in await kc.refused_act("despatch", ref="W1", courier="UPS")


async def test_dates_and_codes_before_and_after_printing() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"))
        before = (await kc.status("W1"))[0]
        invoice = before.find("INVOICES/INVOICE")
        assert before.findtext("DATE_CREATED") == "01/03/2025"
        assert {invoice.get(name) for name in ("INVOICE_DATE", "SHIP_DATE", "ISSUE_DATE")} == {"30/12/1899"}
        assert invoice.get("INVOICE_CODE") == "???"
        await kc.act("despatch", ref="W1")
        await kc.act("rename_invoice", ref="W1", code="INV-A/7")
        invoice = (await kc.status("W1"))[0].find("INVOICES/INVOICE")
        assert invoice.get("INVOICE_CODE") == "INV-A/7"
        day, month, year = invoice.get("SHIP_DATE").split("/")
        assert (len(day), len(month), len(year)) == (2, 2, 4)
        assert year >= "2025"


async def test_null_dates_and_unprinted_codes_by_setting() -> None:
    async with khaos(null_date="", unprinted_code="", quantity_sent="issued") as kc:
        await kc.place(Order("W1"))
        invoice = (await kc.status("W1"))[0].find("INVOICES/INVOICE")
        assert (invoice.get("SHIP_DATE"), invoice.get("INVOICE_CODE"), invoice.get("QTY_SENT")) == ("", "", "0")
        await kc.act("despatch", ref="W1")
        assert (await kc.status("W1"))[0].find("INVOICES/INVOICE").get("QTY_SENT") == "1"


async def test_moved_is_for_the_first_reader_only() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"))

        async def moved() -> str:
            return (await kc.status("W1"))[0].find("INVOICES/INVOICE").get("MOVED")

        assert [await moved(), await moved()] == ["-1", "0"]
        await kc.act("stage", ref="W1", stage_id=10)
        assert await moved() == "0"
        await kc.act("pick", ref="W1")
        assert [await moved(), await moved()] == ["-1", "0"]


async def test_a_stage_nobody_knows() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"))
        await kc.act("stage", ref="SO100001", stage_id=4711)
        invoice = (await kc.status("W1"))[0].find("INVOICES/INVOICE")
        assert (invoice.get("INVOICE_STAGE_ID"), invoice.get("INVOICE_STAGE_DESC")) == ("4711", "Sub-stage 4711")
        assert "with its order" in await kc.refused_act("stage", ref="W1", stage_id=1)
        await kc.act("despatch", ref="W1")
        await kc.act("stage", ref="W1", stage_id=71)
        assert "is issued" in await kc.refused_act("stage", ref="W1", stage_id=10)
        assert "none of them" in await kc.refused_act("stage", ref="W1", stage_id=10, invoice=3)


async def test_a_held_order_and_the_way_back() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"))
        await kc.act("hold", ref="W1")
        assert await stages(kc, "W1") == [19]
        assert await kc.act("despatch_some", share=1.0) == []
        await kc.act("release", ref="W1")
        assert len(await kc.act("despatch_some", share=1.0)) == 1
        assert "not yet issued" in await kc.refused_act("hold", ref="W1")


async def test_despatch_some_is_decided_by_its_seed() -> None:
    runs = []
    for _ in range(2):
        async with khaos() as kc:
            await kc.place(*(Order(f"W{n}", [line("HP-1001", 2), line("HP-1002", 3)]) for n in range(20)))
            first = await kc.act("despatch_some", seed=5, share=0.5, partial_share=0.5)
            runs.append([(one["associated_ref"], len(one["invoices"][0]["items"])) for one in first])
    assert runs[0] == runs[1]
    assert 2 < len(runs[0]) < 18
    assert {items for _, items in runs[0]} == {1, 2}


async def test_a_pack_brings_its_components_and_only_they_are_stocked() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1000", on_hand=5)
        await kc.act("adjust", sku="HP-1001", on_hand=10)
        await kc.place(Order("W1", [line("KIT-DOOR", 4)]))
        order = await kc.order("W1")
        assert [(one["sku"], one["quantity"], one["assigned"], one["pack_of"]) for one in order["lines"]] == [
            ("KIT-DOOR", 4, 3, None), ("HP-1000", 4, 3, "KIT-DOOR"), ("HP-1001", 12, 9, "KIT-DOOR"),
        ]  # fmt: skip
        assert order["items_total_net"] == "40.00"
        assert await kc.levels("HP-1000", "HP-1001") == {"HP-1000": 2, "HP-1001": 1}
        assert await stages(kc, "W1") == [10, 18]
        await kc.act("goods_in", sku="HP-1001", quantity=2)
        assert await stages(kc, "W1") == [10, 9]
        await kc.act("despatch", ref="W1")
        invoice = (await kc.status("W1"))[0].find("INVOICES/INVOICE")
        sent = {one.get("STOCK_CODE"): one.get("QTY_SENT") for one in invoice.iter("INVOICE_ITEM")}
        assert sent == {"KIT-DOOR": "3", "HP-1000": "3", "HP-1001": "9"}
        assert (await level_of(kc, "HP-1001"))["on_hand"] == 0
        assert not any(one["sku"] == "KIT-DOOR" for one in (await kc.state())["stock"])


async def test_a_phone_order_takes_stock_and_is_no_web_order() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=10)
        order = await kc.act("sell", sku="HP-1001", quantity=4, company_code="HPT1002")
        assert (order["web"], order["company_code"]) == (False, "HPT1002")
        assert await kc.levels("HP-1001") == {"HP-1001": 6}
        assert len(await kc.status(order["code"], MappingType=3)) == 1
        assert len(await kc.status(order["code"], MappingType=3, WebOnly="true")) == 0
        assert "above zero" in await kc.refused_act("sell", sku="HP-1001", quantity=0)


async def test_two_sites_are_two_stocks() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=1)
        await kc.act("goods_in", sku="HP-1001", quantity=5, site="trade counter")
        await kc.place(Order("W1", [line("HP-1001", 2, SITE="Trade Counter"), line("HP-1001", 2)]))
        order = await kc.order("W1")
        assert [one["assigned"] for one in order["lines"]] == [2, 1]
        assert await kc.levels("HP-1001", SiteID=2) == {"HP-1001": 3}


async def test_orders_by_code_by_ref_and_not_at_all() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"), Order("W2"))
        found = await kc.status("so100002", " SO100001", MappingType=3)
        assert [one.get("ASSOCIATED_REF") for one in found] == ["W2", "W1"]
        assert [one.get("SORDER_CODE") for one in await kc.status("W2", "W9")] == ["SO100002"]
        assert await kc.call("ExportOrderStatusEx", IDs="W9", MappingType=4) == "<STATUS_LIST/>"
        with pytest.raises(Fault, match="MappingType"):
            await kc.status("W1", MappingType=2)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["W1", "W2", "W3", "W4"]),
        ({"DateFrom": "2025-03-02T00:00:00"}, ["W2", "W3", "W4"]),
        ({"DateFrom": "2025-03-02T00:00:00", "DateTo": "2025-03-02T23:59:59"}, ["W2"]),
        ({"DateFrom": "1899-12-31T00:00:00"}, ["W1", "W2", "W3", "W4"]),
        ({"DateFrom": "1970-01-01T00:00:00"}, ["W1", "W2", "W3", "W4"]),
        ({"InvoiceStageIDs": "12,19"}, ["W3"]),
        ({"IncludeCancelled": "false"}, ["W1", "W2", "W3"]),
        ({"IncludeCancelled": ""}, ["W1", "W2", "W3"]),
    ],
)
async def test_filters_of_the_order_status(asked: dict[str, str], found: list[str]) -> None:
    async with khaos() as kc:
        await kc.place(
            *(Order(f"W{day}", header={"ORDER_DATE": f"2025-03-0{day} 09:00:00"}) for day in (1, 2, 3)),
            Order("W4", header={"ORDER_DATE": "2025-03-03T10:00:00"}),
        )
        await kc.act("pick", ref="W3")
        await kc.act("cancel", ref="W4")
        assert [one.get("ASSOCIATED_REF") for one in await kc.status(**asked)] == found


async def test_unconfirmed_orders_and_dates_of_change() -> None:
    async with khaos(import_unconfirmed=True, status_dates="changed") as kc:
        await kc.place(Order("W1"), Order("W2"))
        await kc.act("confirm", ref="W2")
        assert [one.get("ASSOCIATED_REF") for one in await kc.status(ConfirmedOnly="1")] == ["W2"]
        assert len(await kc.status(DateFrom="2025-06-01T00:00:00")) == 2


async def test_tracking_only_when_asked_for() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"))
        await kc.act("despatch", ref="W1")
        with_it, without = (await kc.status("W1"))[0], (await kc.status("W1", IncludeTracking="false"))[0]
        assert with_it.find(".//BOX") is not None
        assert without.find(".//BOX") is None
        assert without.find(".//INVOICE").get("TRACKING_URL") == ""
        omitted = await kc.document("ExportOrderStatusEx", IDs="W1", MappingType=4)
        assert etree.tostring(omitted) == etree.tostring(without.getparent())


async def test_totals_and_the_customer() -> None:
    async with khaos() as kc:
        header = {"DELIVERY_NET": "7.90", "DELIVERY_TAX": "1.58", "COURIER_DESC": "parcelforce 24"}
        await kc.place(Order("W1", [line("HP-1001", 2), line("HP-1005", 1)], header=header,
                             customer={"COMPANY_NAME": "Shaw & Co <York>"}))  # fmt: skip
        status = (await kc.status("W1"))[0]
        assert (status.find("ITEMS_TOTAL").get("NET_VALUE"), status.findtext("ITEMS_TOTAL")) == ("30.00", "34.00")
        assert (status.find("DELIVERY_TOTAL").get("NET_VALUE"), status.findtext("DELIVERY_TOTAL")) == ("7.90", "9.48")
        assert Decimal((await kc.order("W1"))["gross_total"]) == Decimal("43.48")
        assert status.findtext("COMPANY_NAME") == "Shaw & Co <York>"
        assert status.find("COMPANY_NAME").get("COMPANY_CODE") == "HPT1001"
        assert (status.findtext("COURIER"), status.findtext("CURRENCY_CODE")) == ("Parcelforce 24", "GBP")
        assert status.find("ORDER_TYPE").get("TYPE_ID") == "S"
