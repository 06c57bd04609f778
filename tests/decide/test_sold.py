"""Lines as they were posted, and what a part of one is worth: to the coin, however it is cut."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.lessened import lessened
from crossdock.decide.sold import SoldLine, find_parts, sold_lines, units_of
from crossdock.model.after_sale import CancelledLine
from crossdock.model.sales_order import OrderDiscount, SalesOrder
from tests.decide.made import GLOVES, MANUAL, ORDER, POLICY, posted

LINE = SoldLine(
    line_ref="7,8,9", sku="TEA", quantity=Decimal(3), stock_code="T-1", stock_units=Decimal(3), net=Decimal("10.00"),
    tax=Decimal("2.00"), tax_code="1",
)  # fmt: skip
DEARER = replace(LINE, line_ref="11,12", quantity=Decimal(2), net=Decimal("20.00"))
NONE = (Decimal(0), Decimal(0))


def part(quantity: int, sku: str = "", line_ref: str = "") -> CancelledLine:
    return CancelledLine(sku=sku, quantity=Decimal(quantity), line_ref=line_ref)


def test_a_line_is_what_was_posted_for_it_in_as_many_pieces():
    gloves, manual = sold_lines(ORDER, posted().order)
    assert (gloves.stock_code, gloves.stock_units, gloves.quantity) == ("GLV-01", Decimal(20), Decimal(2))
    assert (gloves.net, gloves.tax, gloves.gross) == (Decimal("119.00"), Decimal("23.80"), Decimal("142.80"))
    assert (manual.sku, manual.tax) == ("MANUAL", Decimal(0))
    in_pieces = posted().order
    first = replace(in_pieces.lines[0], quantity=Decimal(5), net=Decimal("29.75"), tax=Decimal("5.95"))
    rest = replace(in_pieces.lines[0], quantity=Decimal(15), net=Decimal("89.25"), tax=Decimal("17.85"))
    again = sold_lines(ORDER, replace(in_pieces, lines=(first, rest, *in_pieces.lines[1:])))
    assert again[0] == gloves
    assert sold_lines(ORDER, replace(in_pieces, lines=in_pieces.lines[1:])) == (manual,)


def test_units_stand_in_a_line_ref_with_commas_between():
    assert (units_of(""), units_of("7"), LINE.units) == (frozenset(), {"7"}, {"7", "8", "9"})


@given(
    net=st.decimals("0", "5000", places=2), tax=st.decimals("0", "1000", places=2), quantity=st.integers(1, 40),
    cuts=st.lists(st.integers(1, 9), max_size=40),
)  # fmt: skip
def test_however_a_line_is_cut_its_parts_add_up_to_it_and_none_is_below_nothing(net, tax, quantity, cuts):
    line = replace(LINE, quantity=Decimal(quantity), net=net, tax=tax if net else Decimal(0))
    taken, parts = Decimal(0), []
    for cut in (*cuts, quantity):
        share = min(Decimal(cut), line.quantity - taken)
        parts.append(line.cut(share, before=taken, minor=2))
        taken += share
    assert all(0 <= tax <= gross for gross, tax in parts)
    assert tuple(map(sum, zip(*parts, strict=True))) == (line.gross, line.tax)


@pytest.mark.parametrize(
    ("asked", "taken", "found"),
    [
        (part(1, line_ref="8"), NONE, {0: Decimal(1)}),
        (part(2, line_ref="8,12"), NONE, {0: Decimal(1), 1: Decimal(1)}),
        (part(1, line_ref="99"), NONE, "the order has no line 99"),
        (part(2, line_ref="8"), NONE, "2 of 8 are meant, and no more than 1 are left of it"),
        (part(1, sku="GIN"), NONE, "the order has no GIN"),
        (part(1, sku="TEA"), NONE, "TEA was sold at several prices, and it is not told of which line the 1 are"),
        (part(5, sku="TEA"), NONE, {0: Decimal(3), 1: Decimal(2)}),
        (part(3, sku="TEA"), (Decimal(2), Decimal(0)), {0: Decimal(1), 1: Decimal(2)}),
        (part(2, sku="TEA"), (Decimal(3), Decimal(0)), {1: Decimal(2)}),
    ],
)
def test_a_part_is_found_by_its_units_else_by_its_sku(asked, taken, found):
    assert find_parts((LINE, DEARER), asked, taken) == found


def test_a_line_that_is_one_unit_may_be_named_for_all_its_quantity():
    whole = replace(LINE, line_ref="7")
    assert find_parts((whole,), part(2, line_ref="7"), NONE) == {0: Decimal(2)}
    assert find_parts((whole,), part(4, sku="TEA"), NONE) == "4 of TEA are meant, and no more than 3 are left of it"


# a sale without some of its units

THREE = replace(
    GLOVES, line_ref="7,8,9", quantity=Decimal(3), unit_price=Decimal("10.00"), discount=Decimal("1.00"),
    tax=Decimal("5.80"),
)  # fmt: skip
SALE = replace(ORDER, lines=(THREE, MANUAL), total=Decimal("52.80"), tax_total=Decimal("6.80"))


def less(sale: SalesOrder, *cancelled: CancelledLine) -> SalesOrder:
    rest = lessened(sale, cancelled, POLICY)
    assert isinstance(rest, SalesOrder)
    return rest


def test_what_remains_keeps_its_price_its_share_of_the_discount_and_its_units():
    rest = less(SALE, part(1, line_ref="8"))
    line = rest.lines[0]
    assert (line.line_ref, line.quantity, line.discount, line.tax) == (
        "7,9", Decimal(2), Decimal("0.67"), Decimal("3.87"),
    )  # fmt: skip
    # 29.00 + 5.80 were the three; 19.33 + 3.87 are the two that remain.
    assert (rest.total, rest.tax_total) == (Decimal("41.20"), Decimal("4.87"))


def test_a_line_may_go_whole_and_a_tax_that_is_not_told_stays_so():
    rest = less(replace(SALE, tax_total=None), part(3, line_ref="7,8,9"))
    assert (rest.lines, rest.total, rest.tax_total) == ((MANUAL,), Decimal("18.00"), None)
    assert less(SALE, part(1, sku="MANUAL")).lines == (THREE,)
    assert less(replace(SALE, lines=(replace(THREE, line_ref="7"), MANUAL)), part(1, line_ref="7")).lines[
        0
    ].line_ref == ("7")


@pytest.mark.parametrize(
    ("sale", "cancelled", "why"),
    [
        (replace(SALE, discounts=(OrderDiscount(mechanic="coupon", description="", amount=Decimal(1)),)),
         part(1, line_ref="7"), "a discount is off the whole order"),
        (SALE, part(1, line_ref="99"), "the order has no 99"),
        (SALE, part(1, sku="GIN"), "the order has no GIN"),
        (SALE, part(4, line_ref="7,8,9"), "4 of GLOVES are to be cancelled, and only 3 were sold"),
        (replace(SALE, lines=(replace(THREE, tax=None),)), part(1, line_ref="7"), "only told for the whole order"),
        (replace(SALE, lines=(THREE,)), part(3, line_ref="7"), "nothing would be left of it"),
    ],
)  # fmt: skip
def test_what_only_the_storefront_can_say_is_not_guessed(sale, cancelled, why):
    rest = lessened(sale, (cancelled,), POLICY)
    assert isinstance(rest, str)
    assert why in rest
