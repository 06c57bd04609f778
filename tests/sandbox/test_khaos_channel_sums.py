"""What a downloaded order adds up to, which account it goes to, and what stops it."""

from typing import Any

import pytest

from tests.sandbox.khaos_channel_web import MATCH_EMAIL, channel, item, order

NET, GROSS = {"Net": 10.0}, {"Gross": 12.0}

SUMS: list[tuple[str, list[dict[str, Any]], dict[str, Any], str, str]] = [
    ("net", [item("HP-1001", 3, UnitPrice=NET)], {}, "30.00", "36.00"),
    ("gross", [item("HP-1001", 3, UnitPrice=GROSS)], {}, "30.00", "36.00"),
    ("gross price, net sum", [item("HP-1001", 3, UnitPrice={"Gross": 9.99})], {"CalcMethod": 1}, "24.98", "29.98"),
    ("net price, gross sum", [item("HP-1001", 3, UnitPrice={"Net": 8.33})], {"CalcMethod": 2}, "24.99", "29.99"),
    ("net wins", [item("HP-1001", 1, UnitPrice={**NET, "Gross": 99.0})], {}, "10.00", "12.00"),
    ("percent", [item("HP-1001", 3, PercentDiscount=10)], {"CalcMethod": 1}, "27.00", "32.40"),
    ("pounds off", [item("HP-1001", 3, ValueDiscount=1.5)], {"CalcMethod": 1}, "28.50", "34.20"),
    ("pounds off gross", [item("HP-1001", 3, ValueDiscount=1.2)], {"CalcMethod": 2}, "29.00", "34.80"),
    ("off the order", [item("HP-1001", 1), item("HP-1002", 2)], {"ValueDiscount": 10.0}, "21.67", "26.00"),
    ("delivery net", [item("HP-1001")], {"DeliveryCharge": {"Net": 5.0}}, "10.00", "18.00"),
    ("delivery gross", [item("HP-1001")], {"DeliveryCharge": {"Gross": 6.0}}, "10.00", "18.00"),
    ("its tax", [item("HP-1001")], {"DeliveryCharge": {"Net": 5.0}, "DeliveryTaxAmount": 0.5}, "10.00", "17.50"),
    ("delivery left out", [item("HP-1001")], {"DeliveryCharge": None}, "10.00", "17.94"),
    ("pennies put right", [item("HP-1001")], {"GrossTotal": 12.01}, "10.00", "12.01"),
]  # fmt: skip


@pytest.mark.parametrize("form", ["JSON", "XML"])
@pytest.mark.parametrize(("name", "items", "header", "net", "gross"), SUMS, ids=[one[0] for one in SUMS])
async def test_sums(
    form: str, name: str, items: list[dict[str, Any]], header: dict[str, Any], net: str, gross: str
) -> None:
    async with channel(form) as ch:
        await ch.take(order("W1", *items, Header=header))
        made = await ch.kc.order("W1")
        assert (made["items_total_net"], made["gross_total"]) == (net, gross)


async def test_a_discount_for_each_unit_where_the_site_counts_so() -> None:
    async with channel(value_discount_per="unit") as ch:
        await ch.take(order("W1", item("HP-1001", 3, ValueDiscount=1.5), Header={"CalcMethod": 1}))
        assert (await ch.kc.order("W1"))["items_total_net"] == "25.50"


@pytest.mark.parametrize(
    ("outcome", "status", "stage"), [("hold", "OK", 19), ("import", "OK", 10), ("skip", "Failed", 0)]
)
async def test_a_total_that_is_more_than_pennies_away(outcome: str, status: str, stage: int) -> None:
    async with channel(site={"amount_mismatch": outcome}) as ch:
        await ch.take(order("W1", Header={"GrossTotal": 13.0, "RemainderOnAccount": True}, Customer={"URN": None}))
        assert (await ch.row("W1"))["status"] == status
        orders = (await ch.kc.state())["orders"]
        assert [one["invoices"][0]["stage"] for one in orders] == ([stage] if stage else [])
        assert len((await ch.kc.state())["companies"]) == (21 if stage else 20)


@pytest.mark.parametrize(
    ("customer", "delivery", "gross"),
    [
        ({"TaxExempt": True}, {}, "10.00"),
        ({}, {"Line1": "1 Quay", "Town": "Gorey", "Country": {"Name": "Jersey"}}, "10.00"),
        ({"TaxExempt": False}, {"Line1": "1 Quay", "Town": "Gorey", "Country": {"Name": "Jersey"}}, "12.00"),
        ({}, {"Line1": "1 Quay", "Town": "Dublin", "Country": {"Code": "IRL"}}, "12.00"),
    ],
)
async def test_who_pays_tax(customer: dict[str, Any], delivery: dict[str, Any], gross: str) -> None:
    async with channel() as ch:
        await ch.take(order("W1", Customer=customer, **({"DeliveryAddress": delivery} if delivery else {})))
        assert (await ch.kc.order("W1"))["gross_total"] == gross


CARD = {"CardType": "Visa", "IsPreauth": False, "AuthCode": "A1"}
PAID: list[tuple[str, list[dict[str, Any]], dict[str, Any], str, int, str]] = [
    ("no payment, account customer", [], {}, "account", 10, "0.00"),
    ("card", [{"Amount": 12.0, "Card": CARD}], {}, "paid", 10, "12.00"),
    ("card, not authorised", [{"Amount": 12.0, "Card": {**CARD, "AuthCode": ""}}], {}, "unpaid", 11, "0.00"),
    ("card, reserved", [{"Amount": 12.0, "Card": {**CARD, "IsPreauth": True}}], {}, "unpaid", 11, "0.00"),
    ("cheque", [{"Amount": 12.0, "Cheque": {"Reference": "1"}}], {}, "unpaid", 11, "0.00"),
    ("bank transfer", [{"Amount": 12.0, "BACS": {"Reference": "1"}}], {}, "paid", 10, "12.00"),
    ("part voucher", [{"Amount": 2.0, "Voucher": {"Reference": "V"}}], {}, "unpaid", 11, "2.00"),
    ("the rest on account", [{"Amount": 2.0, "Cash": {}}], {"RemainderOnAccount": True}, "account", 10, "2.00"),
]


@pytest.mark.parametrize(("name", "payments", "header", "how", "stage", "paid"), PAID, ids=[one[0] for one in PAID])
async def test_how_an_order_is_paid(
    name: str, payments: list[Any], header: dict[str, Any], how: str, stage: int, paid: str
) -> None:
    async with channel() as ch:
        whole = order("W1", Header=header) | {"Payments": payments}
        await ch.take(whole)
        made = await ch.kc.order("W1")
        assert (made["invoices"][0]["stage"], made["paid"]) == (stage, paid)
        assert (await ch.state())["orders"][0]["payment"] == how


async def test_a_new_customer_without_payment_has_not_paid() -> None:
    async with channel() as ch:
        await ch.take(
            order("W1", Customer={"URN": "NEW1", "CompanyClass": {"Name": "Retail"}}),
            order("W2", Customer={"URN": "NEW1", "CompanyClass": {"Name": "Retail"}}),
            order("W3", Customer={"URN": "NEW2"}),
            order("W4", Customer={"URN": "NEW2"}),
        )
        assert [one["payment"] for one in (await ch.state())["orders"]] == ["unpaid", "unpaid", "unpaid", "account"]


async def test_accounts_by_code_or_by_what_they_hold() -> None:
    async with channel() as ch:
        await ch.take(order("W1", Customer={"URN": "hpt1002"}), order("W2", Customer={"URN": "NEW1"}))
        ch.web.config = dict(MATCH_EMAIL)
        nobody = {"URN": None, "CompanyName": "Brook Ltd"}
        await ch.take(
            order("W3", Customer={"URN": None}),
            order("W4", Customer=nobody, InvoiceContact={"Email": "new@example.org"}),
            order("W5", Customer=nobody, InvoiceContact={"Email": "NEW@example.org"}),
            order("W6", Customer={**nobody, "CreateNew": "Always"}, InvoiceContact={"Email": "new@example.org"}),
            order("W7", Customer={**nobody, "CreateNew": "Never"}, InvoiceContact={"Email": "other@example.org"}),
        )
        codes = {one["associated_ref"]: one["company_code"] for one in (await ch.kc.state())["orders"]}
        assert (codes["W1"], codes["W2"]) == ("HPT1002", "NEW1")
        assert codes["W3"] in ("HPT1002", "NEW1")  # both were given that contact by the first two orders
        assert codes["W4"] == codes["W5"] != codes["W6"]
        assert (await ch.row("W7"))["reason"] == "Customer not found"


async def test_a_known_address_is_not_put_in_again() -> None:
    async with channel() as ch:
        there = {"Line1": "9 Mill Lane", "Town": "Hull", "Postcode": "HU1 1UU", "Country": {"Code": "GB"}}
        await ch.take(
            order("W1", DeliveryAddress=there),
            order("W2", DeliveryAddress={**there, "Line1": "9, Mill Lane"}),
            order("W3", DeliveryAddress={**there, "Postcode": "HU2 2UU"}),
        )
        company = (await ch.kc.document("ExportCompany", CompanyCode="HPT1001", MappingType=1))[0]
        codes = [one.findtext("POSTCODE") for one in company.iterfind("ADDRESSES/ADDRESS[ADDRTYPE='2']")]
        assert codes == ["HU1 1UU", "HU2 2UU"]


@pytest.mark.parametrize(("mode", "held", "lines"), [("Abort", None, 0), ("ImportAndHold", 19, 2), ("Skip", 10, 1)])
@pytest.mark.parametrize("key", ["DiscontinuedItems", "RunToZeroErrorItems"])
async def test_items_that_are_not_sold(key: str, mode: str, held: int | None, lines: int) -> None:
    async with channel() as ch:
        ch.web.config[key] = mode
        await ch.act("discontinue" if key == "DiscontinuedItems" else "run_to_zero", sku="HP-1002")
        await ch.act("adjust", sku="HP-1002", on_hand=1)
        await ch.take(order("W1", item("HP-1001"), item("HP-1002", 2)))
        orders = (await ch.kc.state())["orders"]
        assert [len(one["lines"]) for one in orders] == ([lines] if lines else [])
        assert [one["invoices"][0]["stage"] for one in orders] == ([held] if held else [])
        if not orders:
            assert "HP-1002" in (await ch.row("W1"))["reason"]


async def test_a_locked_account_a_missing_number_and_an_unconfirmed_order() -> None:
    async with channel(site={"missing_po": "hold"}) as ch:
        await ch.act("lock_company", code="HPT1002")
        await ch.act("create_company", name="Needs One", code="PO1", po_required=True)
        ch.web.config["ImportAsUnconfirmed"] = True
        await ch.take(order("W1", Customer={"URN": "HPT1002"}), order("W2", Customer={"URN": "PO1"}))
        assert (await ch.row("W1"))["reason"] == "Customer locked"
        made = await ch.kc.order("W2")
        assert (made["confirmed"], made["invoices"][0]["stage"]) == (False, 19)


async def test_ways_to_say_which_item() -> None:
    async with channel() as ch:
        await ch.act("create_item", sku="A-1", name="A", net_price=1, other_ref="OTHER", barcode="501")
        other = [{"Mapping": "WebCode", "MappingItem": ""}, {"Mapping": "OtherRef", "MappingItem": ""}]
        await ch.take(
            order(
                "W1",
                item("a-1"),
                item("other", Mapping="OtherRef"),
                item("501", Mapping="Barcode", MappingItem="EAN"),
                item("501", Mapping="Automatic"),
                item("OTHER", Mapping="StockCode", AlternateMapping=other),
            )
        )
        assert [one["sku"] for one in (await ch.kc.order("W1"))["lines"]] == ["A-1"] * 5
