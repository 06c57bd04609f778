"""The SALES_ORDERS document: what goes in, what is refused by name, and what never is sent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree

from crossdock.connectors.khaos_control.mapping_order import OrderTerms, write_sales_order
from crossdock.connectors.khaos_control.mapping_order_read import read_sales_orders
from crossdock.model.faults import DataFault, Unsupported
from crossdock.model.resolved_order import ResolvedOrder
from tests.connectors.khaos_control.support import JOINERS, PAID_ORDER

TERMS = OrderTerms()
LINE = PAID_ORDER.lines[0]


def written(order: ResolvedOrder, terms: OrderTerms = TERMS) -> etree._Element:
    return etree.fromstring(write_sales_order(order, terms).encode())[0]


def with_line(**changes: object) -> ResolvedOrder:
    return replace(PAID_ORDER, lines=(replace(LINE, **changes),))  # type: ignore[arg-type]


def to(**changes: str) -> ResolvedOrder:
    return replace(PAID_ORDER, delivery_address=replace(JOINERS, **changes))


def test_an_existing_account_is_matched_by_its_code_alone() -> None:
    customer = written(replace(PAID_ORDER, buyer_email="ida@example.org")).find("CUSTOMER_DETAIL")
    assert customer is not None
    assert customer.findtext("IS_NEW_CUSTOMER") == "0"
    assert customer.findtext("COMPANY_CODE") == "HPT1001"
    assert customer.find("WEB_USER") is None
    assert customer.find("COMPANY_NAME") is None
    assert customer.find("OTHER_REF") is None


def test_without_an_account_the_buyers_email_is_the_web_user() -> None:
    customer = written(replace(PAID_ORDER, account_code="", buyer_email="ida@example.org")).find("CUSTOMER_DETAIL")
    assert customer is not None
    assert customer.findtext("WEB_USER") == "ida@example.org"
    assert customer.findtext("COMPANY_NAME") == "Brontë Joinery & Sons"


def test_free_delivery_is_said_and_not_left_out() -> None:
    header = written(replace(PAID_ORDER, delivery_net=Decimal(0), delivery_tax=Decimal(0))).find("ORDER_HEADER")
    assert header is not None
    assert (header.findtext("DELIVERY_NET"), header.findtext("DELIVERY_TAX")) == ("0", "0")


def test_dates_are_on_the_wall_clock_in_london() -> None:
    winter = replace(PAID_ORDER, placed_at=datetime(2025, 12, 1, 9, 30, tzinfo=UTC), wanted_by=date(2025, 12, 9))
    header = written(winter).find("ORDER_HEADER")
    assert header is not None
    assert header.findtext("ORDER_DATE") == "2025-12-01 09:30:00"
    assert header.findtext("REQUIRED_BY_DATE") == "2025-12-09"
    assert written(PAID_ORDER).findtext("ORDER_HEADER/ORDER_DATE") == "2025-07-01 10:30:15"


def test_a_payment_is_sent_only_when_the_order_was_paid_some_way() -> None:
    assert written(PAID_ORDER).find("PAYMENTS") is None
    payment = written(replace(PAID_ORDER, payment_code="0")).find("PAYMENTS/PAYMENT_DETAIL")
    assert payment is not None
    assert (payment.findtext("PAYMENT_AMOUNT"), payment.findtext("PAYMENT_TYPE")) == ("63.93", "0")


def test_a_number_is_exact_and_has_no_exponent() -> None:
    item = written(with_line(quantity=Decimal("1E+3"), unit_price=Decimal("0.0001"))).find("ORDER_ITEMS/ORDER_ITEM")
    assert item is not None
    assert (item.findtext("ORDER_QTY"), item.findtext("PRICE_NET")) == ("1000", "0.0001")


def test_blank_postcode_and_surname_are_full_stops() -> None:
    address = written(to(postcode="", surname="")).find("CUSTOMER_DETAIL/ADDRESSES/DELADDR")
    assert address is not None
    assert (address.findtext("DPOSTCODE"), address.findtext("DSURNAME")) == (".", ".")


def test_a_long_address_line_runs_on_into_the_next() -> None:
    address = written(to(line1="The Old Granary Building, Unit 17b, Riverside Business Park", line2="Quay Lane"))
    block = address.find("CUSTOMER_DETAIL/ADDRESSES/DELADDR")
    assert block is not None
    assert [block.findtext(f"DADDRESS{number}") for number in (1, 2, 3)] == [
        "The Old Granary Building, Unit 17b,",
        "Riverside Business Park",
        "Quay Lane",
    ]


@pytest.mark.parametrize("name", ['Bröntë & <Sons> "Ltd"', "𠮷野家 🛒 Trading", "a > b && c", "]]>"])
def test_odd_characters_in_names_survive(name: str) -> None:
    order = replace(to(organisation=name, surname=name), company_name=name, account_code="", buyer_email="a@b.example")
    [read] = read_sales_orders(write_sales_order(order, TERMS).encode())
    assert read.delivery_address is not None
    assert (read.company_name, read.delivery_address.organisation, read.delivery_address.surname) == (name,) * 3


@pytest.mark.parametrize(
    ("order", "place"),
    [
        (replace(PAID_ORDER, ref="R" * 60), "ORDER_HEADER/ASSOCIATED_REF"),
        (replace(PAID_ORDER, ref="SO,1"), "ORDER_HEADER/ASSOCIATED_REF"),
        (replace(PAID_ORDER, ref=" SO1"), "ORDER_HEADER/ASSOCIATED_REF"),
        (replace(PAID_ORDER, account_code="ELEVENCHARS"), "CUSTOMER_DETAIL/COMPANY_CODE"),
        (replace(PAID_ORDER, account_code=""), "CUSTOMER_DETAIL/COMPANY_CODE"),
        (replace(PAID_ORDER, po_number="P" * 31), "ORDER_HEADER/PO_NUMBER"),
        (replace(PAID_ORDER, notes="n" * 2001), "ORDER_HEADER/ORDER_NOTE"),
        (to(line1="x" * 36), "CUSTOMER_DETAIL/ADDRESSES/DELADDR/DADDRESS1"),
        (to(line1="word " * 30), "CUSTOMER_DETAIL/ADDRESSES/DELADDR/DADDRESS1"),
        (to(town="t" * 36), "CUSTOMER_DETAIL/ADDRESSES/DELADDR/DTOWN"),
        (to(postcode="YO1 9AA YO1"), "CUSTOMER_DETAIL/ADDRESSES/DELADDR/DPOSTCODE"),
        (with_line(stock_code="A#1"), "ORDER_ITEMS/ORDER_ITEM[9001]/STOCK_CODE"),
        (with_line(stock_code="A,1"), "ORDER_ITEMS/ORDER_ITEM[9001]/STOCK_CODE"),
        (with_line(stock_code="S" * 51), "ORDER_ITEMS/ORDER_ITEM[9001]/STOCK_CODE"),
        (with_line(unit_price=Decimal("1.23456")), "ORDER_ITEMS/ORDER_ITEM[9001]/PRICE_NET"),
        (to(forename="I\x00da"), "DFORENAME"),
        (to(forename="I\ud800da"), "DFORENAME"),
    ],
)
def test_what_khaos_cannot_hold_is_refused_by_name(order: ResolvedOrder, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        write_sales_order(order, TERMS)
    assert caught.value.place == place


def test_over_long_text_goes_as_it_is_when_khaos_shall_judge_but_never_the_reference() -> None:
    lenient = replace(TERMS, refuse_over_length=False)
    address = written(to(line1="word " * 30, town="t" * 40), lenient).find("CUSTOMER_DETAIL/ADDRESSES/DELADDR")
    assert address is not None
    assert address.findtext("DTOWN") == "t" * 40
    assert " ".join(address.findtext(f"DADDRESS{n}") or "" for n in (1, 2, 3)).split() == ["word"] * 30
    with pytest.raises(Unsupported):
        write_sales_order(replace(PAID_ORDER, ref="R" * 51), lenient)


def test_trailing_noughts_are_no_finer_price() -> None:
    item = written(with_line(unit_price=Decimal("1.200000"))).find("ORDER_ITEMS/ORDER_ITEM")
    assert item is not None
    assert item.findtext("PRICE_NET") == "1.200000"


def test_the_tax_of_lines_adds_up_to_what_the_amount_leaves() -> None:
    [read] = read_sales_orders(write_sales_order(PAID_ORDER, TERMS).encode())
    assert [line.tax for line in read.lines] == [Decimal("7.41"), Decimal("0.00")]  # code 2 is zero-rated


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("<ORDER_QTY>3</ORDER_QTY>", "<ORDER_QTY>three</ORDER_QTY>", "ORDER_ITEMS/ORDER_ITEM[1]/ORDER_QTY"),
        ("<PRICE_NET>4.00</PRICE_NET>", "<PRICE_GRS>4</PRICE_GRS>", "ORDER_ITEMS/ORDER_ITEM[2]/PRICE_NET"),
        ("2025-07-01 10:30:15", "01/07/2025", "ORDER_HEADER/ORDER_DATE"),
        ("2025-07-01 10:30:15", "9999-12-31 23:59:59", "ORDER_HEADER/ORDER_DATE"),
        ("<ORDER_QTY>3<", f"<ORDER_QTY>{'9' * 40}<", "ORDER_ITEMS/ORDER_ITEM[1]/ORDER_QTY"),
        ("<ORDER_CURRENCY_CODE>GBP", "<ORDER_CURRENCY_CODE>ZZZ", "ORDER_HEADER/ORDER_CURRENCY_CODE"),
        ("<STOCK_CODE>HP-1000</STOCK_CODE>", "", "ORDER_ITEMS/ORDER_ITEM[1]/STOCK_CODE"),
        ("<ORDER_AMOUNT>63.93", "<ORDER_AMOUNT>", "ORDER_HEADER/ORDER_AMOUNT"),
        ("<DELIVERY_NET>7.90</DELIVERY_NET>", "<DELIVERY_GRS>9</DELIVERY_GRS>", "ORDER_HEADER/DELIVERY_GRS"),
    ],
)
def test_an_order_document_that_makes_no_sense_is_refused_by_place(before: str, after: str, place: str) -> None:
    document = write_sales_order(PAID_ORDER, TERMS)
    assert before in document
    with pytest.raises(DataFault) as caught:
        read_sales_orders(document.replace(before, after).encode())
    assert caught.value.place == f"/SALES_ORDERS/SALES_ORDER/{place}"
