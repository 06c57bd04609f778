"""Order download: what comes down the channel stands in the same ledger as what the web service imports."""

from typing import Any

import pytest

from tests.sandbox.khaos_channel_web import MATCH_EMAIL, channel, item, order
from tests.sandbox.khaos_wire import Order, document

FORMS = pytest.mark.parametrize("form", ["JSON", "XML"])


@FORMS
async def test_an_order_comes_down_and_takes_stock(form: str) -> None:
    async with channel(form) as ch:
        before = (await ch.kc.levels("HP-1001"))["HP-1001"]
        answer = await ch.take(
            order("W1", item("HP-1001", 3), Header={"CustomData": "basket 7", "PONumber": "PO9", "GrossTotal": 36.0})
        )
        assert (answer["ok"], answer["imported"]) == (True, {"OK": 1})
        made = await ch.kc.order("W1")
        assert (made["company_code"], made["gross_total"], made["po_number"]) == ("HPT1001", "36.00", "PO9")
        assert (made["site"], made["sales_source"], made["lines"][0]["import_ref"]) == (
            "Main Warehouse", "Web", "L-HP-1001",
        )  # fmt: skip
        assert (await ch.kc.levels("HP-1001"))["HP-1001"] == before - 3
        row = await ch.row("W1")
        assert (row["status"], row["code"]) == ("OK", made["code"])
        assert (await ch.kc.status("W1"))[0].get("SORDER_CODE") == made["code"]


async def test_first_contact_is_a_date_and_the_continuation_is_echoed() -> None:
    async with channel(start="2019-12-31 12:00:00Z") as ch:
        ch.web.page = 2
        await ch.take(*(order(f"W{number}") for number in range(3)))
        await ch.act("download_orders")
        await ch.act("download_orders")
        sent = [headers["Sirion-Continuation"] for call, headers in ch.web.gets if call == "OrderDownload"]
        assert sent == ["2019-12-31 12:00:00Z", "from:2", "from:3"]
        assert [one["ref"] for one in (await ch.state())["imported_orders"]] == ["W0", "W1", "W2"]
        assert (await ch.state())["continuations"] == {"OrderDownload": "from:3"}


async def test_one_round_can_go_on_until_a_page_is_empty() -> None:
    async with channel(order_pages=10) as ch:
        ch.web.page = 2
        ch.web.rows["OrderDownload"] += [order(f"W{number}") for number in range(5)]
        (answer,) = await ch.act("poll", call="OrderDownload")
        assert answer["imported"] == {"OK": 5}
        assert sum(call == "OrderDownload" for call, _ in ch.web.gets) == 4


@pytest.mark.parametrize(("style", "written"), [("each", '"W0","W2"'), ("whole", '"W0,W2"'), ("bare", "W0,W2")])
async def test_specific_ids(style: str, written: str) -> None:
    async with channel(specific_ids=style, specific_ids_header="Specificids") as ch:
        ch.web.rows["OrderDownload"] += [order(f"W{number}") for number in range(3)]
        answer = await ch.act("download_orders", refs=["W0", "W2"])
        assert answer["imported"] == {"OK": 2}
        headers = ch.web.gets[-1][1]
        assert headers["Specificids"] == written
        assert headers["Sirion-Continuation"] == "2024-01-01 09:00:00Z"
        assert (await ch.state())["continuations"] == {}
        assert (await ch.act("download_orders"))["imported"] == {"OK": 3}
        assert [one["times"] for one in (await ch.state())["imported_orders"]] == [2, 2, 1]


async def test_what_came_down_before_is_not_made_again() -> None:
    async with channel() as ch:
        await ch.take(order("W1"))
        code = (await ch.row("W1"))["code"]
        await ch.take(order("W1", item("HP-1001", 9)))
        assert [one["code"] for one in (await ch.kc.state())["orders"]] == [code]
        assert (await ch.row("W1"))["status"] == "OK"


async def test_a_reference_of_the_web_service_is_a_duplicate() -> None:
    async with channel() as ch:
        await ch.kc.place(Order("W1"))
        await ch.take(order("W1"))
        row = await ch.row("W1")
        assert (row["status"], row["reason"]) == ("Skipped", "Duplicate associated ref")
        again = await ch.kc.place(Order("W1"))
        assert again["ImportedCount"] == "0"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"Items": [item("NONE")]}, "Stock item not found: NONE"),
    ({"Items": [item("HP-1001", 1.5)]}, "Items.Quantity: 1.5"),
    ({"Items": []}, "Items: "),
    ({"Items": [item("HP-1001", ExtendedDescription=None)]}, "Null value: Items[0].ExtendedDescription"),
    ({"Items": [item("HP-1001", UnitPrice={"Net": "10.00"})]}, "Items.0.UnitPrice.Net: "),
    ({"Items": [item("HP-1001", PercentDiscount=10)]}, "Header.CalcMethod: must be set"),
    ({"Items": [item("HP-1001", Mapping="WebCode")]}, "Stock item not found"),
    ({"Items": [item("HP-1001", Mapping="stockcode")]}, "Items.0.Mapping: "),
    ({"Customer": {"URN": ""}}, "Customer.URN: "),
    ({"Customer": {"CreateNew": "Never", "URN": "NOBODY"}}, "Customer not found"),
    ({"Customer": {"CompanyClass": {"Name": "trade"}}}, "CompanyClass not found: trade"),
    ({"Customer": {"Currency": {"Code": "EUR"}}}, "Currency of customer HPT1001 is GBP, not EUR"),
    ({"Customer": {"CompanyName": "x" * 51}}, "Customer.CompanyName: "),
    ({"InvoiceAddress": {"Line1": "x" * 36}}, "InvoiceAddress.Line1: "),
    ({"InvoiceAddress": {"Country": {"Code": "XX"}}}, "Country not found: XX"),
    ({"InvoiceContact": {"Forename": "", "Surname": ""}}, "InvoiceContact: "),
    ({"Header": {"OrderDate": "2025-03-01T10:00:00Z"}}, "Header.OrderDate: "),
    ({"Header": {"OrderDate": "2025-02-30T10:00:00"}}, "Header.OrderDate: "),
    ({"Header": {"Site": {"Name": "Moon"}}}, "Site not found: Moon"),
    ({"Header": {"SalesSource": {"Code": "Web"}}}, "SalesSource not found: Web"),
    ({"Header": {"DiscountCodes": "none"}}, "Header.DiscountCodes: "),
    ({"Payments": [{"Amount": 1.0}]}, "Payments.0: "),
    ({"Payments": [{"Amount": 1.0, "Voucher": {}}]}, "Payments.0: "),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
async def test_an_order_that_cannot_be_taken_says_why_and_the_next_goes_on(
    changes: dict[str, Any], reason: str
) -> None:
    async with channel() as ch:
        bad = order("W1")
        for name, change in changes.items():
            bad[name] = {**bad[name], **change} if isinstance(change, dict) else change
        answer = await ch.take(bad, order("W2"))
        assert answer["imported"] == {"Failed": 1, "OK": 1}
        assert (await ch.row("W1"))["reason"].startswith(reason)
        assert [one["associated_ref"] for one in (await ch.kc.state())["orders"]] == ["W2"]


@pytest.mark.parametrize("missing", ["Site", "SalesSource", "DiscountCodes", "OrderDate"])
@FORMS
async def test_what_a_header_must_have(form: str, missing: str) -> None:
    async with channel(form) as ch:
        await ch.take(order("W1", Header={missing: None}))
        assert (await ch.row("W1"))["reason"] == f"Header.{missing}: Field required"


async def test_the_config_of_a_download_must_be_whole() -> None:
    async with channel() as ch:
        ch.web.config = {"MatchCompanyOn": ["CompanyCode", "Email"], "MatchAddressOn": [], "MatchContactOn": []}
        await ch.take(order("W1"))
        assert "CompanyCode must be the only word" in (await ch.row("W1"))["reason"]
        ch.web.config = {}
        await ch.take(order("W2"))
        assert (await ch.row("W2"))["reason"] == "MatchCompanyOn: Field required"
        ch.web.config = dict(MATCH_EMAIL)
        assert (await ch.act("retry_download"))["imported"] == {"OK": 2}


async def test_retry_import_uses_what_was_stored_and_retry_download_asks_again() -> None:
    async with channel() as ch:
        await ch.take(order("W1", item("NEW-1")), order("W2", item("NEW-2")), order("W3", item("NEW-3")))
        ch.web.rows["OrderDownload"][1] = order("W2")
        await ch.act("create_item", sku="NEW-1", name="New", net_price=1)
        calls = len(ch.web.gets)
        rows = await ch.act("retry_import", refs=["W1", "W2"])
        assert [(one["ref"], one["status"]) for one in rows] == [("W1", "OK"), ("W2", "Failed")]
        assert len(ch.web.gets) == calls
        assert (await ch.act("retry_download", refs=["W2"]))["imported"] == {"OK": 1}
        assert ch.web.gets[-1][1]["SpecificIDs"] == '"W2"'
        assert (await ch.act("ignore_import", ref="W3"))["status"] == "Ignore"
        assert "no row of ['W3']" in await ch.kc.refused_act("retry_import", refs=["W3"])


async def test_an_answer_without_its_version_is_not_taken() -> None:
    async with channel() as ch:
        ch.web.api_version = None
        answer = await ch.take(order("W1"))
        assert (answer["ok"], answer["outcome"]) == (False, "unreadable: ApiVersion is missing")
        ch.web.api_version = 10000
        assert (await ch.act("download_orders"))["imported"] == {"OK": 1}


@pytest.mark.parametrize("status", [400, 500, 204, 201, 302, 404])
async def test_only_200_moves_a_download_on(status: int) -> None:
    async with channel() as ch:
        ch.web.script["OrderDownload"] = [status]
        answer = await ch.take(order("W1"))
        outcome = "refused" if status in (400, 500) else "unexpected status"
        assert (answer["ok"], answer["status"], answer["outcome"]) == (False, status, outcome)
        assert (await ch.act("download_orders"))["imported"] == {"OK": 1}
        sent = [headers["Sirion-Continuation"] for call, headers in ch.web.gets if call == "OrderDownload"]
        assert sent == ["2024-01-01 09:00:00Z"] * 2


async def test_a_download_whose_answer_is_lost_is_asked_for_again() -> None:
    async with channel() as ch:
        ch.web.rows["OrderDownload"] += [order("W1")]
        answer = await ch.act("lose_reply", call="OrderDownload")
        assert (answer["status"], answer["outcome"]) == (None, "lost")
        assert (await ch.kc.state())["orders"] == []
        assert (await ch.act("download_orders"))["imported"] == {"OK": 1}
        assert [one["trouble"] for one in (await ch.log())[1:]] == [["lose_reply"], []]


async def test_a_thousand_orders_in_one_answer() -> None:
    async with channel() as ch:
        answer = await ch.take(*(order(f"W{number}", item("HP-1001")) for number in range(1000)))
        assert answer["imported"] == {"OK": 1000}


async def test_an_order_of_the_channel_is_not_the_web_services_to_change() -> None:
    async with channel(site={"optional_operations": ["AmendOrder", "CancelOrder"]}) as ch:
        await ch.take(order("W1"))
        answer = await ch.kc.call("CancelOrder", AssociatedRef="W1")
        assert answer == {"Success": "false", "Message": "Not a web service order"}
        answer = await ch.kc.call("AmendOrder", Orders=document(Order("W1")))
        assert answer["OrderSkipped"][0]["SkipReason"] == "Not a web service order"


@FORMS
async def test_a_line_may_bring_its_own_words_under_either_name(form: str) -> None:
    async with channel(form, site={"optional_operations": ["ExportOrders"]}) as ch:
        words = {"Source": "Explicit", "Parameter": "Brass & black"}
        await ch.take(
            order("W1", item("HP-1001", StockDescription=words), item("HP-1002", OrderItemDescription=words)),
            order("W2", item("HP-1001", StockDescription={"Source": "StockDesc", "Parameter": "No"})),
        )
        found = [(await ch.kc.document("ExportOrders", a=ref, b=4)).iter("STOCK_DESC") for ref in ("W1", "W2")]
        assert [one.text for one in found[0]] == ["Brass & black"] * 2
        assert [one.text for one in found[1]] != ["No"]
