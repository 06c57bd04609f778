"""What the ERP will not send any more, in the storefront's own units."""

from dataclasses import replace
from decimal import Decimal

from crossdock.decide.left_behind import left_behind, units_in_words
from crossdock.decide.sold import SoldLine
from crossdock.model.after_sale import CancelledLine
from crossdock.model.despatch import DespatchLine, Fulfilment, Invoice, Stage

CASES = SoldLine(
    line_ref="7", sku="GLOVES", quantity=Decimal(2), stock_code="GLV-01", stock_units=Decimal(20),
    net=Decimal(100), tax=Decimal(20), tax_code="1",
)  # fmt: skip
MANUAL = replace(CASES, line_ref="8", sku="MANUAL", stock_code="MAN/2", quantity=Decimal(1), stock_units=Decimal(1))


def there(*gone: tuple[str, int], cancelled: bool = False, complete: bool = False, told: bool = True) -> Fulfilment:
    lines = tuple(DespatchLine(stock_code=code, quantity=Decimal(count)) for code, count in gone)
    invoice = Invoice(code="1", stage=Stage.ISSUED, stage_text="Issued", lines=lines if told else ())
    return Fulfilment(
        ref="B2B-1", erp_code="SO1", gross_total=None, currency="GBP", complete=complete, cancelled=cancelled,
        invoices=(invoice,) if gone else (),
    )  # fmt: skip


def cancelled(sku: str, quantity: int, line_ref: str) -> CancelledLine:
    return CancelledLine(sku=sku, quantity=Decimal(quantity), line_ref=line_ref)


def test_an_order_cancelled_before_anything_left_is_left_behind_whole():
    assert left_behind((CASES, MANUAL), there(cancelled=True)) == (
        cancelled("GLOVES", 2, "7"), cancelled("MANUAL", 1, "8"),
    )  # fmt: skip


def test_what_left_is_taken_off_and_the_rest_is_told_in_the_storefronts_unit():
    rest = left_behind((CASES, MANUAL), there(("GLV-01", 10), cancelled=True))
    assert rest == (cancelled("GLOVES", 1, "7"), cancelled("MANUAL", 1, "8"))
    assert units_in_words(rest) == "1 of GLOVES, 1 of MANUAL"


def test_two_lines_of_one_item_share_what_left_of_it():
    twin = replace(CASES, line_ref="9")
    assert left_behind((CASES, twin), there(("GLV-01", 20), cancelled=True)) == (cancelled("GLOVES", 2, "9"),)


def test_nothing_is_left_behind_of_an_order_that_went_whole():
    assert left_behind((CASES, MANUAL), there(("GLV-01", 20), ("MAN/2", 1), complete=True)) == ()


def test_where_the_erp_does_not_tell_what_left_nobody_guesses_what_did_not():
    assert left_behind((CASES,), there(("GLV-01", 1), told=False, cancelled=True)) is None
    assert left_behind((CASES,), there(complete=True)) is None
