"""ImportOrders and what it says about each order; amendments and cancellations where they are switched on."""

from typing import Any

import pytest

from tests.sandbox.khaos_wire import Order, document, khaos, line

BARCODE_OF_HP_1001 = "5000000700002"


async def test_an_order_is_taken_and_named() -> None:
    async with khaos() as kc:
        result = await kc.place(Order("W1"), Order("W2"))
        assert result == {
            "ImportedCount": "2",
            "OrderImport": [
                {"AssociatedRef": "W1", "SalesOrderCode": "SO100001"},
                {"AssociatedRef": "W2", "SalesOrderCode": "SO100002"},
            ],
            "OrderSkipped": [],
        }


async def test_each_order_of_a_document_has_its_own_outcome() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1"))
        result = await kc.place(Order("W1"), Order("W2", lines=[line("HP-1001"), line("NONE")]), Order("W3"))
        assert result["ImportedCount"] == "1"
        assert [one["AssociatedRef"] for one in result["OrderImport"]] == ["W3"]
        assert result["OrderSkipped"] == [
            {"OrderRef": "W1", "SkipReason": "Duplicate associated ref"},
            {"OrderRef": "W2", "SkipReason": "Stock item not found: NONE"},
        ]
        state = await kc.state()
        assert [order["associated_ref"] for order in state["orders"]] == ["W1", "W3"]
        assert [one["ref"] for one in state["skipped"]] == ["W1", "W2"]
        assert state["imports_by_ref"] == {"W1": 2, "W2": 1, "W3": 1}


LONG = "x" * 60
REFUSALS: list[tuple[str, Order, str]] = [
    ("no reference", Order(None), "Invalid order: ASSOCIATED_REF"),
    ("reference too long", Order("W" * 51), "Invalid order: ASSOCIATED_REF"),
    ("PO too long", Order("W1", header={"PO_NUMBER": "9" * 31}), "Invalid order: PO_NUMBER"),
    ("address too long", Order("W1", invoice_address={"IADDRESS1": "x" * 36}), "Invalid order: IADDRESS1"),
    ("e-mail too long", Order("W1", invoice_address={"IEMAIL": LONG}), "Invalid order: IEMAIL"),
    ("company code too long", Order("W1", customer={"COMPANY_CODE": "x" * 11}), "Invalid order: COMPANY_CODE"),
    ("description too long", Order("W1", [line("HP-1001", STOCK_DESC="x" * 251)]), "Invalid order: STOCK_DESC"),
    ("newness not said", Order("W1", customer={"IS_NEW_CUSTOMER": None}), "Invalid order: IS_NEW_CUSTOMER"),
    ("newness in words", Order("W1", customer={"IS_NEW_CUSTOMER": "no"}), "Invalid order: IS_NEW_CUSTOMER"),
    ("no lines", Order("W1", []), "Invalid order: ORDER_ITEMS"),
    ("no stock code", Order("W1", [line("")]), "Invalid order: STOCK_CODE"),
    ("no mapping", Order("W1", [line("HP-1001", MAPPING_TYPE=None)]), "Invalid order: MAPPING_TYPE"),
    ("mapping unknown", Order("W1", [line("HP-1001", MAPPING_TYPE=9)]), "Invalid order: MAPPING_TYPE"),
    ("mapping not set up", Order("W1", [line("HP-1001", MAPPING_TYPE=6)]), "Stock item not found: HP-1001"),
    ("no quantity", Order("W1", [line("HP-1001", None)]), "Invalid order: ORDER_QTY"),
    ("quantity of nothing", Order("W1", [line("HP-1001", 0)]), "Invalid order: ORDER_QTY"),
    ("no price", Order("W1", [line("HP-1001", PRICE_NET=None)]), "Invalid order: PRICE_NET"),
    ("comma in a price", Order("W1", [line("HP-1001", PRICE_NET="1,50")]), "Invalid order: PRICE_NET"),
    ("tax in percent", Order("W1", [line("HP-1001", TAX_RATE=20)]), "Invalid order: TAX_RATE"),
    ("discount above all", Order("W1", [line("HP-1001", KSD_DISCOUNT=101)]), "Invalid order: KSD_DISCOUNT"),
    ("date in words", Order("W1", header={"ORDER_DATE": "1 March 2025"}), "Invalid order: ORDER_DATE"),
    ("date with a zone", Order("W1", header={"ORDER_DATE": "2025-03-01T10:00:00Z"}), "Invalid order: ORDER_DATE"),
    ("no such day", Order("W1", header={"DELIVERY_DATE": "2025-02-30"}), "Invalid order: DELIVERY_DATE"),
    ("site", Order("W1", header={"SITE": "Depot"}), "Site not found: Depot"),
    ("line site", Order("W1", [line("HP-1001", SITE="Depot")]), "Site not found: Depot"),
    ("currency unknown", Order("W1", header={"ORDER_CURRENCY_CODE": "XAU"}), "Invalid order: ORDER_CURRENCY_CODE"),
    ("not the account's", Order("W1", header={"ORDER_CURRENCY_CODE": "EUR"}), "Invalid order: ORDER_CURRENCY_CODE"),
    ("payment type", Order("W1", payments=[{"PAYMENT_TYPE": 9, "PAYMENT_AMOUNT": 1}]), "Invalid order: PAYMENT_TYPE"),
    ("payment amount", Order("W1", payments=[{"PAYMENT_TYPE": 2}]), "Invalid order: PAYMENT_AMOUNT"),
    ("customer locked", Order("W1", customer={"COMPANY_CODE": "HPT1017"}), "Invalid order: customer locked"),
    ("PO needed", Order("W1", customer={"COMPANY_CODE": "HPT1013"}), "Invalid order: PO_NUMBER"),
    (
        "nobody",
        Order("W1", customer={"COMPANY_CODE": None}, invoice_address={"ISURNAME": ""}),
        "Customer not found",
    ),
]


@pytest.mark.parametrize(("order", "reason"), [one[1:] for one in REFUSALS], ids=[one[0] for one in REFUSALS])
async def test_a_refused_order_is_skipped_with_its_reason_and_changes_nothing(order: Order, reason: str) -> None:
    async with khaos() as kc:
        before = await kc.state()
        result = await kc.place(order)
        assert result["ImportedCount"] == "0"
        assert [one["SkipReason"] for one in result["OrderSkipped"]] == [reason]
        after = await kc.state()
        assert after["stock"] == before["stock"]
        assert after["companies"] == before["companies"]
        assert after["orders"] == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"STOCK_CODE": "hp-1001"}, "HP-1001"),
        ({"STOCK_CODE": " HP-1001  "}, "HP-1001"),
        ({"STOCK_CODE": "ref-HP-1001", "MAPPING_TYPE": 2}, "HP-1001"),
        ({"STOCK_CODE": BARCODE_OF_HP_1001, "MAPPING_TYPE": 5}, "HP-1001"),
        ({"STOCK_CODE": "any", "MAPPING_TYPE": 4, "STOCK_DESC": "oslo handle s blk"}, "OSLO-S-BLK"),
        ({"STOCK_CODE": "HP-1001", "MAPPING_TYPE": -1}, "HP-1001"),
        ({"STOCK_CODE": "REF-HP-1001", "MAPPING_TYPE": -1}, "HP-1001"),
        ({"STOCK_CODE": BARCODE_OF_HP_1001, "MAPPING_TYPE": -1}, "HP-1001"),
        ({"STOCK_CODE": "any", "MAPPING_TYPE": -1, "STOCK_DESC": "Oslo handle S BLK"}, "OSLO-S-BLK"),
    ],
)
async def test_ways_to_name_an_item(fields: dict[str, Any], found: str) -> None:
    async with khaos() as kc:
        await kc.place(Order("W1", [{**line("x"), **fields}]))
        assert [one["sku"] for one in (await kc.order("W1"))["lines"]] == [found]


@pytest.mark.parametrize(
    ("customer", "company"),
    [
        ({"COMPANY_CODE": "hpt1003"}, "HPT1003"),
        ({"COMPANY_CODE": None, "WEB_USER": "BUYER2@customer2.example"}, "HPT1003"),
        ({"COMPANY_CODE": None, "OTHER_REF": "X7", "WEB_USER": "buyer2@customer2.example"}, "new"),
        ({"COMPANY_CODE": "HPT9999", "WEB_USER": "buyer2@customer2.example"}, "HPT9999"),
        ({"COMPANY_CODE": "HPT1003", "IS_NEW_CUSTOMER": -1}, "new"),
        ({"COMPANY_CODE": None, "WEB_USER": "nobody@example.com"}, "new"),
    ],
)
async def test_how_an_order_finds_its_account(customer: dict[str, Any], company: str) -> None:
    async with khaos() as kc:
        before = {one["code"] for one in (await kc.state())["companies"]}
        await kc.place(Order("W1", customer=customer))
        got = (await kc.order("W1"))["company_code"]
        assert got == company or (company == "new" and got not in before)


async def test_an_order_updates_the_account_it_finds() -> None:
    async with khaos() as kc:
        await kc.place(Order("W1", customer={"COMPANY_NAME": "Shaw & Daughters", "WEB_USER": "new@shaw.example"}))
        company = next(one for one in (await kc.state())["companies"] if one["code"] == "HPT1001")
        assert (company["name"], company["web_user"]) == ("Shaw & Daughters", "new@shaw.example")
        await kc.place(Order("W2", customer={"COMPANY_CODE": None, "WEB_USER": "buyer0@customer0.example"}))
        assert (await kc.order("W2"))["company_code"] != "HPT1001"
        await kc.place(Order("W3", customer={"COMPANY_CODE": None, "WEB_USER": "new@shaw.example"}))
        assert (await kc.order("W3"))["company_code"] == "HPT1001"


async def test_unknown_words_are_left_out_without_a_word() -> None:
    async with khaos() as kc:
        await kc.place(
            Order("W1", customer={"COMPANY_CODE": "NEW1", "COMPANY_CLASS": "trade"}, header={"SALES_SOURCE": "web"}),
            Order("W2", header={"SALES_SOURCE": "Web", "SITE": "MAIN warehouse", "COURIER_CODE": "PFW"}),
        )
        state = await kc.state()
        assert [one["class"] for one in state["companies"] if one["code"] == "NEW1"] == [""]
        assert [one["sales_source"] for one in state["orders"]] == ["", "Web"]
        assert [one["site"] for one in state["orders"]] == ["Main Warehouse"] * 2
        assert [one["courier"] for one in state["orders"]] == ["DPD", "PFW"]


SUMS: list[tuple[dict[str, Any], str, str]] = [
    (line("HP-1001", 3, PRICE_NET="1.115"), "3.35", "0.67"),
    (line("HP-1001", 3, PRICE_NET="1.115", TAX_RATE=2), "3.35", "0.00"),
    (line("HP-1001", 1, PRICE_NET="0.50", TAX_RATE=4), "0.50", "0.03"),
    (line("HP-1001", 2, PRICE_NET="9.99", KSD_DISCOUNT="12.5"), "17.48", "3.50"),
    (line("HP-1001", 1, PRICE_NET=None, PRICE_GRS="12.00"), "10.00", "2.00"),
    (line("HP-1001", 3, PRICE_NET=None, PRICE_GRS="0.99"), "2.48", "0.49"),
    (line("HP-1001", 1, PRICE_NET="5.00", PRICE_GRS="12.00"), "5.00", "1.00"),
    (line("HP-1005", 1, PRICE_NET="5.00"), "5.00", "0.00"),
    (line("HP-1007", 1, PRICE_NET="5.00"), "5.00", "0.25"),
    (line("HP-1001", "1.5", PRICE_NET="3.33"), "5.00", "1.00"),
]


@pytest.mark.parametrize(("item", "net", "tax"), SUMS)
async def test_line_sums(item: dict[str, Any], net: str, tax: str) -> None:
    async with khaos() as kc:
        await kc.place(Order("W1", [item]))
        (held,) = (await kc.order("W1"))["lines"]
        assert (held["net"], held["tax"]) == (net, tax)


@pytest.mark.parametrize(
    ("header", "net", "gross"),
    [
        ({"DELIVERY_NET": "7.90", "DELIVERY_TAX": "1.58"}, "7.90", "9.48"),
        ({"DELIVERY_NET": None, "DELIVERY_GRS": "12.00"}, "10.00", "12.00"),
        ({"DELIVERY_NET": 0}, "0.00", "0.00"),
        ({"DELIVERY_NET": -1}, "0.00", "0.00"),
        ({"DELIVERY_NET": None}, "4.95", "5.94"),
    ],
)
async def test_delivery_charges(header: dict[str, Any], net: str, gross: str) -> None:
    async with khaos() as kc:
        await kc.place(Order("W1", header=header))
        order = await kc.order("W1")
        assert (order["delivery_net"], order["delivery_gross"]) == (net, gross)


@pytest.mark.parametrize(
    ("settings", "order", "stage"),
    [
        ({}, Order("W1", header={"ORDER_AMOUNT": "12.02"}), 10),
        ({}, Order("W1", header={"ORDER_AMOUNT": "12.03"}), 19),
        ({"amount_tolerance": 1}, Order("W1", header={"ORDER_AMOUNT": "12.03"}), 10),
        ({"credit_limit": "11.99"}, Order("W1"), 21),
        ({"credit_limit": "12.00"}, Order("W1"), 10),
        ({}, Order("W1", header={"DELIVERY_DATE": "2099-01-01"}), 17),
        ({}, Order("W1", payments=[{"PAYMENT_TYPE": 2, "PAYMENT_AMOUNT": 12, "AUTH_CODE": "PAYPAL"}]), 10),
        ({}, Order("W1", payments=[{"PAYMENT_TYPE": 2, "PAYMENT_AMOUNT": 12}]), 11),
        ({}, Order("W1", payments=[{"PAYMENT_TYPE": 2, "PAYMENT_AMOUNT": 12, "AUTH_CODE": "A", "PREAUTH": -1}]), 11),
        ({}, Order("W1", payments=[{"PAYMENT_TYPE": 1, "PAYMENT_AMOUNT": 12}]), 11),
        ({}, Order("W1", payments=[{"PAYMENT_TYPE": 3, "PAYMENT_AMOUNT": 12}]), 10),
        ({"disabled_stages": [11]}, Order("W1", payments=[{"PAYMENT_TYPE": 1, "PAYMENT_AMOUNT": 12}]), 10),
        ({"locked_company": "hold"}, Order("W1", customer={"COMPANY_CODE": "HPT1017"}), 19),
        ({"locked_company": "import"}, Order("W1", customer={"COMPANY_CODE": "HPT1017"}), 10),
        ({"missing_po": "hold"}, Order("W1", customer={"COMPANY_CODE": "HPT1013"}), 19),
        ({}, Order("W1", customer={"COMPANY_CODE": "HPT1013"}, header={"PO_NUMBER": "PO 7"}), 10),
    ],
)
async def test_where_a_new_order_starts(settings: dict[str, Any], order: Order, stage: int) -> None:
    async with khaos(**settings) as kc:
        assert (await kc.place(order))["ImportedCount"] == "1"
        assert [one["stage"] for one in (await kc.order("W1"))["invoices"]] == [stage]


async def test_amount_mismatch_and_unknown_customers_can_be_refused() -> None:
    async with khaos(amount_mismatch="skip", create_customers=False) as kc:
        result = await kc.place(
            Order("W1", header={"ORDER_AMOUNT": "99"}), Order("W2", customer={"COMPANY_CODE": "NOBODY"})
        )
        assert [one["SkipReason"] for one in result["OrderSkipped"]] == [
            "Invalid order: ORDER_AMOUNT",
            "Customer not found",
        ]


async def test_discontinued_and_run_to_zero() -> None:
    async with khaos() as kc:
        await kc.act("discontinue", sku="HP-1001")
        await kc.act("run_to_zero", sku="HP-1002")
        await kc.act("adjust", sku="HP-1002", on_hand=5)
        result = await kc.place(
            Order("W1"), Order("W2", [line("HP-1002", 6)]), Order("W3", [line("HP-1002", 5)])
        )  # fmt: skip
        assert [one["SkipReason"] for one in result["OrderSkipped"]] == [
            "Item discontinued: HP-1001",
            "Item run to zero: HP-1002",
        ]
        assert (await kc.levels("HP-1002")) == {"HP-1002": 0}


async def test_a_locked_account_can_be_unlocked() -> None:
    async with khaos() as kc:
        await kc.act("lock_company", code="HPT1001")
        assert (await kc.place(Order("W1")))["ImportedCount"] == "0"
        await kc.act("unlock_company", code="HPT1001")
        assert (await kc.place(Order("W1")))["ImportedCount"] == "1"


CHANGES = ["AmendOrder", "CancelOrder", "ExportOrders"]


async def test_an_amendment_keeps_code_and_reference_only() -> None:
    async with khaos(optional_operations=CHANGES) as kc:
        level = (await kc.levels("HP-1001"))["HP-1001"]
        await kc.place(Order("W1", [line("HP-1001", 4)]))
        result = await kc.call("AmendOrder", Orders=document(Order("W1", [line("HP-1001", 1), line("HP-1002", 2)])))
        assert result["OrderImport"] == [{"AssociatedRef": "W1", "SalesOrderCode": "SO100001"}]
        order = await kc.order("SO100001")
        assert [(one["sku"], one["quantity"]) for one in order["lines"]] == [("HP-1001", 1), ("HP-1002", 2)]
        assert (await kc.levels("HP-1001"))["HP-1001"] == level - 1
        company = next(one for one in (await kc.state())["companies"] if one["code"] == "HPT1001")
        assert company["balance"] == "36.00"


async def test_a_refused_amendment_leaves_the_order_as_it_was() -> None:
    async with khaos(optional_operations=CHANGES) as kc:
        await kc.place(Order("W1", [line("HP-1001", 4)]))
        before = await kc.order("W1")
        for order, reason in (
            (Order("W1", [line("NONE")]), "Stock item not found: NONE"),
            (Order("W2"), "Order not found: W2"),
        ):
            result = await kc.call("AmendOrder", Orders=document(order))
            assert result["OrderSkipped"][0]["SkipReason"] == reason
        assert await kc.order("W1") == before


async def test_a_cancellation_is_refused_once_picking_began() -> None:
    async with khaos(optional_operations=CHANGES) as kc:
        await kc.place(Order("W1"), Order("W2"), Order("W3"), Order("W4"))
        await kc.act("pick", ref="W2")
        await kc.act("despatch", ref="W3")
        await kc.act("cancel", ref="W4")
        for ref, success, message in (
            ("W1", "true", ""),
            ("W2", "false", "Stage not editable"),
            ("W3", "false", "Being or already issued"),
            ("W4", "false", "Cannot be cancelled or edited"),
            ("W5", "false", "Order not found: W5"),
        ):
            assert await kc.call("CancelOrder", AssociatedRef=ref) == {"Success": success, "Message": message}
        assert (await kc.order("W1"))["cancelled"]["user"] == "WEB"


async def test_changes_are_for_young_unpaid_web_orders() -> None:
    async with khaos(optional_operations=CHANGES) as kc:
        paid = [{"PAYMENT_TYPE": 2, "PAYMENT_AMOUNT": 12, "AUTH_CODE": "OK"}]
        await kc.place(Order("W1"), Order("W2", payments=paid))
        answer = await kc.call("CancelOrder", AssociatedRef="W2")
        assert answer["Message"] == "Payment already processed"
        await kc.faults(clock_skew_seconds=49 * 3600)
        answer = await kc.call("CancelOrder", AssociatedRef="W1")
        assert answer["Message"] == "Placed more than 48 hours ago"


async def test_export_orders_gives_back_what_an_import_takes() -> None:
    async with khaos(optional_operations=CHANGES) as kc:
        await kc.place(Order("W1", [line("HP-1001", 2, KSD_DISCOUNT=5), line("HP-1002", PRICE_NET=None, PRICE_GRS=6)]))
        root = await kc.document("ExportOrders", anything="SO100001", more=1)
        assert root.findtext(".//ASSOCIATED_REF") == "W1"
        assert [one.text for one in root.iter("ORDER_QTY")] == ["2", "1"]
        assert root.findtext(".//PRICE_GRS") == "6"
        again = await kc.document("ExportOrders", anything="W1", more=4)
        assert again.findtext(".//KSD_DISCOUNT") == "5"
