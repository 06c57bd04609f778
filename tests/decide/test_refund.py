"""What a refund comes to: the coins that were posted, no more, and all of them once everything is back."""

from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.refund import PostedSale, RefundPolicy, in_words, make_credit, returned_so_far, to_return
from crossdock.decide.sold import SoldLine
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.refund import CreditNote
from crossdock.model.sales_order import Address

POLICY = RefundPolicy()
WITH_CARRIAGE = RefundPolicy(carriage="when-all-returned", carriage_code="CARRIAGE")
TEA = SoldLine(
    line_ref="1,2,3", sku="TEA", quantity=Decimal(3), stock_code="T-1", stock_units=Decimal(6), net=Decimal("10.00"),
    tax=Decimal("2.00"), tax_code="1",
)  # fmt: skip
CUP = replace(
    TEA, line_ref="4", sku="CUP", quantity=Decimal(1), stock_code="C-1", stock_units=Decimal(1), net=Decimal("5.55"),
    tax=Decimal("0.28"), tax_code="2",
)  # fmt: skip
SALE = PostedSale(
    ref="100-1", currency="GBP", account_code="WEB01", lines=(TEA, CUP), carriage_net=Decimal("4.00"),
    carriage_tax=Decimal("0.80"),
)  # fmt: skip


def back(*lines: ReturnLine, ref: str = "R-1", currency: str = "GBP") -> SalesReturn:
    return SalesReturn(ref=ref, order_ref="100-1", lines=lines, currency=currency, storefront_id="77")


def tea(quantity: int = 1, units: str = "", price: str | None = None) -> ReturnLine:
    paid = None if price is None else Decimal(price)
    return ReturnLine(sku="TEA", quantity=Decimal(quantity), line_ref=units, unit_price=paid, reason="too strong")


def cup(price: str | None = None) -> ReturnLine:
    return replace(tea(price=price), sku="CUP")


def note_of(*lines: ReturnLine, sale: PostedSale = SALE, before: tuple[CreditNote, ...] = (), **more) -> CreditNote:
    made = make_credit(back(*lines, **more), sale, before, POLICY)
    assert isinstance(made, CreditNote), made
    return made


def said(*lines: ReturnLine, sale: PostedSale = SALE, before: tuple[CreditNote, ...] = (), **more) -> str:
    made = make_credit(back(*lines, **more), sale, before, POLICY)
    assert isinstance(made, str)
    return made


def test_a_part_of_a_line_is_worth_its_share_in_the_erps_own_words():
    (line,) = note_of(tea(1, "2")).lines
    assert (line.stock_code, line.stock_units, line.tax_code) == ("T-1", Decimal(2), "1")
    assert (line.net, line.tax, line.gross) == (Decimal("3.33"), Decimal("0.67"), Decimal("4.00"))
    assert (line.line_ref, line.quantity, line.reason) == ("1,2,3", Decimal(1), "too strong")


def test_what_was_rounded_off_one_return_is_in_the_next():
    first = note_of(tea(1, "1"))
    second = note_of(tea(1, "2"), before=(first,))
    third = note_of(tea(1, "3"), before=(first, second))
    assert [one.net for one in (first, second, third)] == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert sum(one.gross for one in (first, second, third)) == TEA.gross
    assert returned_so_far(SALE, (first, second)) == (Decimal(2), Decimal(0))


def test_half_of_a_line_is_half_its_gross_however_its_net_and_tax_are_rounded():
    sale = replace(SALE, lines=(replace(TEA, quantity=Decimal(2), net=Decimal("24.45"), tax=Decimal("4.65")),))
    first = note_of(tea(), sale=sale)
    last = note_of(tea(), sale=sale, before=(first,))
    assert [(one.gross, one.tax) for one in (first, last)] == [
        (Decimal("14.55"), Decimal("2.33")), (Decimal("14.55"), Decimal("2.32")),
    ]  # fmt: skip


def test_units_that_stand_in_a_line_no_more_are_still_remembered():
    """A person cut the line down by hand: what came back of it counts all the same."""
    first = note_of(tea(1, "1"))
    less = replace(SALE, lines=(replace(TEA, line_ref="1,2", quantity=Decimal(2)), CUP))
    assert returned_so_far(less, (first,)) == (Decimal(1), Decimal(0))
    other = replace(SALE, lines=(CUP,))
    assert returned_so_far(other, (first,)) == (Decimal(0),)


def test_more_than_was_sold_is_nobodys_to_credit():
    whole = note_of(tea(3, "1,2,3"))
    assert said(tea(1, "2"), before=(whole,)) == "1 of TEA are meant, and no more than 0 are left of it"
    assert said(tea(1, "9")) == "the order has no line 9"
    assert said(replace(tea(), sku="POT")) == "the order has no POT"


def test_more_than_has_left_the_warehouse_did_not_come_back():
    none = replace(SALE, gone={})
    assert said(tea(1), sale=none) == "2 of T-1 came back in all, and the ERP has sent 0"
    some = replace(SALE, gone={"T-1": Decimal(4)})
    first = note_of(tea(1), sale=some)
    assert said(tea(2), sale=some, before=(first,)) == "6 of T-1 came back in all, and the ERP has sent 4"
    assert note_of(tea(1), sale=some, before=(first,)).lines[0].stock_units == 2


def test_another_currency_is_no_refund_of_this_order():
    assert said(tea(), currency="EUR") == "it is in EUR and the order in GBP"
    assert note_of(tea(), currency="").currency == "GBP"


def test_the_storefronts_own_figure_must_be_the_share_of_what_was_posted():
    assert note_of(tea(2, price="4.00")).gross == Decimal("8.00")
    assert note_of(tea(2, price="4.01")).gross == Decimal("8.02")  # a coin a unit is rounding: what was given back
    assert said(tea(2, price="3.50")) == "the storefront gave back 7.00 GBP for 2 of TEA, posted at 8.00 GBP"


def test_where_a_discount_was_off_the_whole_order_the_storefronts_figures_count_and_the_last_one_closes():
    sale = replace(SALE, discounted=True)
    first = note_of(tea(3, price="3.00"), sale=sale)
    assert (first.gross, first.tax) == (Decimal("9.00"), Decimal("1.50"))
    last = note_of(cup(price="8.83"), sale=sale, before=(first,))
    assert first.gross + last.gross == SALE.goods
    assert (first.net + last.net, first.tax + last.tax) == (Decimal("15.55"), Decimal("2.28"))
    assert "everything is back and 17.50 GBP credited" in said(cup(price="8.50"), sale=sale, before=(first,))
    assert said(tea(2, price="9.00"), sale=sale) == (
        "with it 18.00 GBP would be credited, and the goods were posted at 17.83 GBP"
    )


def test_what_was_given_away_comes_back_at_nothing():
    free = replace(SALE, lines=(replace(TEA, net=Decimal(0), tax=Decimal(0)), CUP), discounted=True)
    assert note_of(tea(3), sale=free).gross == 0
    assert (
        note_of(tea(1, price="0.01"), sale=free).gross == 0
    )  # a coin is rounding, and there is nothing to share it by
    assert said(tea(3, price="1.00"), sale=free).startswith("the storefront gave back 3.00 GBP")


def test_carriage_goes_back_with_the_note_that_completes_the_return_once_and_only_by_the_policy():
    whole = back(tea(3), cup())
    made = make_credit(whole, SALE, (), WITH_CARRIAGE)
    assert isinstance(made, CreditNote)
    assert (made.with_carriage, made.gross, made.goods) == (True, Decimal("22.63"), SALE.goods)
    part = make_credit(back(tea(1)), SALE, (), WITH_CARRIAGE)
    assert isinstance(part, CreditNote)
    assert not part.with_carriage
    assert not note_of(tea(3), cup()).with_carriage
    free = make_credit(whole, replace(SALE, carriage_net=Decimal(0), carriage_tax=Decimal(0)), (), WITH_CARRIAGE)
    assert isinstance(free, CreditNote)
    assert not free.with_carriage
    last = make_credit(back(cup()), SALE, (replace(note_of(tea(3)), with_carriage=True),), WITH_CARRIAGE)
    assert isinstance(last, CreditNote)
    assert not last.with_carriage


def test_the_erp_is_told_its_own_codes_and_prices_that_come_to_each_line_exactly():
    made = make_credit(back(tea(3), cup()), SALE, (), WITH_CARRIAGE)
    assert isinstance(made, CreditNote)
    address = Address(line1="1 High Street")
    told = to_return(made, back(tea(3), cup()), address=address, policy=WITH_CARRIAGE)
    assert isinstance(told, SalesReturn)
    assert [(line.sku, line.quantity, line.unit_price) for line in told.lines] == [
        ("T-1", Decimal(6), Decimal("2.00")), ("C-1", Decimal(1), Decimal("5.83")),
        ("CARRIAGE", Decimal(1), Decimal("4.80")),
    ]  # fmt: skip
    assert (told.ref, told.account_code, told.address, told.storefront_id) == ("R-1", "WEB01", address, "77")


def test_what_no_price_gives_is_said():
    odd = replace(SALE, lines=(replace(TEA, stock_units=Decimal("0.5"), net=Decimal("0.01"), tax=Decimal(0)),))
    made = note_of(tea(3), sale=odd)
    assert isinstance(to_return(made, back(tea(3)), address=None, policy=POLICY), SalesReturn)
    huge = replace(made, lines=(replace(made.lines[0], stock_units=Decimal(1000), net=Decimal("-1")),))
    assert to_return(huge, back(tea(3)), address=None, policy=POLICY) == (
        "no unit price makes 1000 of T-1 come to -1.00 GBP"
    )


def test_whoever_makes_it_by_hand_reads_every_line():
    made = make_credit(back(tea(3), cup()), SALE, (), WITH_CARRIAGE)
    assert isinstance(made, CreditNote)
    assert in_words(made).splitlines() == [
        "Credit note for order 100-1 on account WEB01:",
        "6 of T-1: net 10.00, tax 2.00 (code 1)", "1 of C-1: net 5.55, tax 0.28 (code 2)",
        "carriage: net 4.00, tax 0.80", "in all 22.63 GBP",
    ]  # fmt: skip
    assert "carriage" not in in_words(note_of(tea(1)))


amounts = st.decimals("0", "900", places=2)
sold = st.lists(st.tuples(st.integers(1, 7), amounts, amounts), min_size=1, max_size=5)


@given(lines=sold, order=st.randoms(use_true_random=False), sizes=st.lists(st.integers(1, 5), max_size=40))
def test_all_credit_notes_of_an_order_never_exceed_what_was_posted_and_equal_it_when_all_is_back(lines, order, sizes):
    """Units come back in any order, in returns of any size: net, tax and gross of the notes add up to the line's."""
    first = [0, *accumulate(count for count, _, _ in lines)]
    sale = replace(
        SALE,
        lines=tuple(
            replace(
                TEA, line_ref=",".join(str(first[at] + n) for n in range(count)), sku=f"S{at}", quantity=Decimal(count),
                stock_code=f"C{at}", stock_units=Decimal(count), net=net, tax=tax,
            )
            for at, (count, net, tax) in enumerate(lines)
        ),
    )  # fmt: skip
    units = [(str(first[at] + n), f"S{at}") for at, (count, _, _) in enumerate(lines) for n in range(count)]
    order.shuffle(units)
    notes: list[CreditNote] = []
    whole = sale.goods + sale.carriage_net + sale.carriage_tax
    while units:
        size = sizes.pop() if sizes else len(units)
        some, units = units[:size], units[size:]
        came = [ReturnLine(sku=sku, quantity=Decimal(1), line_ref=unit) for unit, sku in some]
        made = make_credit(back(*came, ref=f"R-{len(notes)}"), sale, notes, WITH_CARRIAGE)
        assert isinstance(made, CreditNote)
        assert all(one.net >= 0 and one.tax >= 0 for one in made.lines)
        notes.append(made)
        assert sum(one.gross for one in notes) <= whole
    assert sum(one.net for one in notes) == sum(one.net for one in sale.lines) + sale.carriage_net
    assert sum(one.tax for one in notes) == sum(one.tax for one in sale.lines) + sale.carriage_tax
    assert sum(one.gross for one in notes) == whole


@given(paid=st.lists(st.decimals("0", "60", places=2), min_size=4, max_size=4), first=st.integers(1, 3))
def test_whatever_the_storefront_says_it_gave_back_no_more_is_credited_than_was_posted(paid, first):
    """Where a discount was off the whole order its figures count: as far as the goods were posted, and no further."""
    sale = replace(SALE, discounted=True)
    units = [("1", "TEA"), ("2", "TEA"), ("3", "TEA"), ("4", "CUP")]
    notes: list[CreditNote] = []
    for some in (list(zip(units, paid, strict=True))[:first], list(zip(units, paid, strict=True))[first:]):
        came = [
            ReturnLine(sku=sku, quantity=Decimal(1), line_ref=unit, unit_price=price) for (unit, sku), price in some
        ]
        made = make_credit(back(*came, ref=f"R-{len(notes)}"), sale, notes, POLICY)
        if isinstance(made, CreditNote):
            notes.append(made)
    assert sum(one.goods for one in notes) <= sale.goods
    if len(notes) == 2:
        assert sum(one.goods for one in notes) == sale.goods


@pytest.mark.parametrize("field", ["net", "tax", "gross"])
def test_a_note_is_the_sum_of_its_lines_and_its_carriage(field):
    made = make_credit(back(tea(3), cup()), SALE, (), WITH_CARRIAGE)
    assert isinstance(made, CreditNote)
    carriage = {"net": SALE.carriage_net, "tax": SALE.carriage_tax, "gross": Decimal("4.80")}[field]
    assert getattr(made, field) == sum(getattr(one, field) for one in made.lines) + carriage
