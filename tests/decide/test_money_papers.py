"""Documents of all kinds as papers about money: nothing told becomes nothing, and nothing untold becomes a nought."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crossdock.decide.money_papers import erp_paper, ledger_paper, order_paper, refund_paper
from crossdock.decide.period import month_of
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.despatch import Fulfilment, Invoice, Stage
from crossdock.model.ledger import LedgerDocument, LedgerKind, LedgerLine
from crossdock.model.reconciliation import PaperKind
from crossdock.model.sales_order import StorefrontStatus
from tests.decide.made import ORDER

DAY = date(2026, 10, 9)
MONTH = month_of(DAY, "Europe/London")
THERE = Fulfilment(
    ref="B2B-812", erp_code="SO9", gross_total=Decimal("120.00"), currency="", complete=True, cancelled=False,
    invoices=(), account_code="MEYER01",
)  # fmt: skip
LINE = LedgerLine(sku="GLOVES", quantity=Decimal(2), net=Decimal(100), tax=Decimal(20), line_ref="1")
BILL = LedgerDocument(
    number="INV-1", kind=LedgerKind.INVOICE, account_code="MEYER01", currency="GBP", net=Decimal(100),
    tax=Decimal(20), gross=Decimal(120), issued_on=DAY, order_refs=("B2B-812", "B2B-812"), lines=(LINE,),
)  # fmt: skip
BACK = SalesReturn(
    ref="R-1", order_ref="B2B-812", currency="GBP", received_at=datetime(2026, 10, 9, 23, 30, tzinfo=UTC),
    lines=(ReturnLine(sku="GLOVES", quantity=Decimal(2), unit_price=Decimal("60.00")),),
)  # fmt: skip


def test_an_order_is_worth_what_the_storefront_says() -> None:
    paper = order_paper(ORDER, MONTH)
    assert (paper.kind, paper.ref, paper.paper.amounts.gross, paper.state) == (
        PaperKind.ORDER, ORDER.ref, ORDER.total, "",
    )  # fmt: skip
    net, tax = paper.paper.amounts.net, paper.paper.amounts.tax
    assert net is not None
    assert tax is not None
    assert net + tax == ORDER.total
    assert order_paper(replace(ORDER, status=StorefrontStatus.CANCELLED), MONTH).state == "cancelled"


def test_an_order_that_says_no_tax_has_none_told() -> None:
    silent = replace(ORDER, tax_total=None, lines=tuple(replace(line, tax=None) for line in ORDER.lines))
    amounts = order_paper(silent, MONTH).paper.amounts
    assert (amounts.gross, amounts.net, amounts.tax) == (ORDER.total, None, None)


def test_an_erp_order_is_worth_what_the_erp_says() -> None:
    sent = Invoice(code="I1", stage=Stage.ISSUED, stage_text="issued", lines=(), shipped_on=DAY)
    paper = erp_paper("B2B-812", replace(THERE, invoices=(sent,)), currency="GBP", day=DAY)
    assert (paper.paper.number, paper.paper.currency, paper.paper.amounts.net, paper.sent_on) == (
        "SO9", "GBP", None, DAY,
    )  # fmt: skip
    with_net = erp_paper("B2B-812", replace(THERE, net_total=Decimal(100)), currency="GBP", day=DAY)
    assert (with_net.paper.amounts.tax, with_net.sent_on) == (Decimal(20), None)
    gone = erp_paper("B2B-812", replace(THERE, cancelled=True, cancel_reason="rang"), currency="GBP", day=DAY)
    assert (gone.state, gone.note) == ("cancelled", "rang")


def test_an_erp_that_tells_no_total_is_unreadable_and_not_nought() -> None:
    paper = erp_paper("B2B-812", replace(THERE, gross_total=None), currency="GBP", day=DAY)
    assert (paper.state, "does not tell" in paper.note) == ("unreadable", True)


def test_an_invoice_names_each_order_once_and_says_what_it_is_alike_to() -> None:
    paper = ledger_paper(BILL)
    assert (paper.kind, paper.ref, paper.refs) == (PaperKind.INVOICE, "B2B-812", ("B2B-812",))
    assert ledger_paper(replace(BILL, number="INV-2")).paper.alike == paper.paper.alike
    assert ledger_paper(replace(BILL, tax=Decimal("19.99"))).paper.alike != paper.paper.alike


def test_a_credit_note_that_names_no_order_of_ours_keeps_the_erps_number() -> None:
    paper = ledger_paper(replace(BILL, kind=LedgerKind.CREDIT_NOTE, order_refs=(), erp_refs=("SO9",)))
    assert (paper.kind, paper.ref, paper.refs, paper.note) == (PaperKind.CREDIT_NOTE, "", (), "SO9")
    assert ledger_paper(replace(BILL, order_refs=())).note == ""


def test_a_refund_is_worth_what_was_paid_for_what_came_back() -> None:
    paper = refund_paper(BACK, MONTH)
    assert paper is not None
    assert (paper.paper.amounts.gross, paper.paper.day) == (Decimal("120.00"), date(2026, 10, 10))
    with_carriage = refund_paper(BACK, MONTH, carriage=Decimal("4.80"))
    assert with_carriage is not None
    assert with_carriage.paper.amounts.gross == Decimal("124.80")


@pytest.mark.parametrize(
    "untold",
    [
        replace(BACK, received_at=None),
        replace(BACK, currency=""),
        replace(BACK, lines=()),
        replace(BACK, lines=(replace(BACK.lines[0], unit_price=None),)),
    ],
)
def test_a_refund_that_leaves_something_untold_is_no_paper(untold: SalesReturn) -> None:
    assert refund_paper(untold, MONTH) is None
