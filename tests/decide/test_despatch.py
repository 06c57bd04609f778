"""L5: each despatch reaches the storefront once, whatever the ERP calls its invoices by then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kind import Finding
from crossdock.decide.despatch import all_gone, fulfilment_move, gone_boxes, goods, has_left, new_despatches
from crossdock.model.despatch import Despatch, DespatchLine, Fulfilment, Invoice, Parcel, Stage
from crossdock.model.lifecycle import Move
from tests.strategies import fulfilment, fulfilments, law, words

SHIPPED_ON = date(2026, 3, 3)


def lines(**quantities: int | str) -> tuple[DespatchLine, ...]:
    return tuple(DespatchLine(stock_code=code, quantity=Decimal(quantity)) for code, quantity in quantities.items())


def box(number: str = "", courier: str = "UPS", *, shipped: bool = True, **quantities: int) -> Parcel:
    return Parcel(consignment_ref=number, courier=courier, lines=lines(**quantities), shipped=shipped)


def invoice(*boxes: Parcel, stage: Stage = Stage.ISSUED, code: str = "INV1", **quantities: int) -> Invoice:
    held = lines(**quantities) or tuple(line for one in boxes for line in one.lines)
    return Invoice(code=code, stage=stage, stage_text=stage, lines=held, parcels=boxes, courier="DHL")


def told(found: Fulfilment, *known: Despatch, carriers: dict[str, str] | None = None) -> list[Despatch]:
    new = new_despatches(found, known, carriers=carriers or {})
    assert all(isinstance(one, Despatch) for one in new)
    return [one for one in new if isinstance(one, Despatch)]


def brief(despatches: Sequence[Despatch]) -> list[tuple[str, str, dict[str, int]]]:
    return [
        (one.key, one.tracking_number, {line.stock_code: int(line.quantity) for line in one.lines})
        for one in despatches
    ]


# what is told


def test_every_box_is_a_despatch_of_its_own():
    found = fulfilment(invoice(box("JD01", A=2), box("JD02", "", A=1, B=1)))
    first, second = told(found)
    assert brief([first, second]) == [("B2B-812/1", "JD01", {"A": 2}), ("B2B-812/2", "JD02", {"A": 1, "B": 1})]
    assert (first.carrier, second.carrier) == ("UPS", "DHL"), "a box without a courier went with its invoice's"
    assert first.order_ref == "B2B-812"


def test_a_box_says_when_and_where_to_follow_it():
    parcel = replace(box("JD01", A=1), tracking_url="https://track.example/JD01", shipped_on=SHIPPED_ON)
    late = replace(invoice(parcel, box("JD02", A=1)), shipped_on=date(2026, 3, 4))
    first, second = told(fulfilment(late))
    assert (first.tracking_url, first.shipped_on) == ("https://track.example/JD01", SHIPPED_ON)
    assert (second.tracking_url, second.shipped_on) == ("", date(2026, 3, 4))


def test_an_invoice_that_left_without_boxes_is_one_despatch():
    bare = replace(
        invoice(A=2, B=1), consignment_ref="JD07", tracking_url="https://track.example/JD07", shipped_on=SHIPPED_ON
    )
    (one,) = told(fulfilment(bare))
    assert brief([one]) == [("B2B-812/1", "JD07", {"A": 2, "B": 1})]
    assert (one.carrier, one.tracking_url, one.shipped_on) == ("DHL", bare.tracking_url, SHIPPED_ON)


def test_the_invoices_number_stands_for_boxes_that_give_none():
    bare = replace(invoice(box(A=2), box(B=1)), consignment_ref="JD07", tracking_url="https://track.example/JD07")
    (one,) = told(fulfilment(bare))
    assert brief([one]) == [("B2B-812/1", "JD07", {"A": 2, "B": 1})]
    assert one.tracking_url == "https://track.example/JD07"


def test_the_invoices_number_is_that_of_one_box_when_boxes_give_theirs():
    first = replace(
        invoice(box("JD07", A=2), box(B=1)), consignment_ref="JD07", tracking_url="https://track.example/JD07"
    )
    named, nameless = told(fulfilment(first))
    assert brief([named, nameless]) == [("B2B-812/1", "JD07", {"A": 2}), ("B2B-812/2", "B2B-812/2", {"B": 1})]
    assert nameless.tracking_url == ""


def test_without_a_number_the_customer_is_shown_our_key():
    assert brief(told(fulfilment(invoice(box(A=1), box(A=1))))) == [
        ("B2B-812/1", "B2B-812/1", {"A": 1}),
        ("B2B-812/2", "B2B-812/2", {"A": 1}),
    ]


def test_one_number_is_one_despatch_with_its_goods_added_up():
    half = replace(box("JD01", "", A=1), tracking_url="", shipped_on=None)
    rest = replace(box("JD01", A=2, B=1), tracking_url="https://track.example/JD01", shipped_on=SHIPPED_ON)
    (one,) = told(fulfilment(replace(invoice(half), courier=""), invoice(rest)))
    assert brief([one]) == [("B2B-812/1", "JD01", {"A": 3, "B": 1})]
    assert (one.carrier, one.tracking_url, one.shipped_on) == ("UPS", "https://track.example/JD01", SHIPPED_ON)
    (other,) = told(fulfilment(invoice(rest), invoice(half)))
    assert (other.carrier, other.tracking_url, other.shipped_on) == ("UPS", "https://track.example/JD01", SHIPPED_ON)


def test_a_single_box_that_does_not_list_its_goods_holds_the_invoices():
    assert brief(told(fulfilment(invoice(box("JD01"), A=3)))) == [("B2B-812/1", "JD01", {"A": 3})]
    assert brief(told(fulfilment(invoice(box("JD01"), box("JD02"), A=3)))) == [
        ("B2B-812/1", "JD01", {}),
        ("B2B-812/2", "JD02", {}),
    ]


def test_boxes_that_say_nothing_are_the_invoice_itself():
    assert brief(told(fulfilment(invoice(box(), box(), A=3)))) == [("B2B-812/1", "B2B-812/1", {"A": 3})]
    assert told(fulfilment(invoice(box(), box()))) == []
    assert told(fulfilment(invoice())) == []
    numbered = replace(invoice(), consignment_ref="JD01")
    assert brief(told(fulfilment(numbered))) == [("B2B-812/1", "JD01", {})]


def test_what_did_not_move_is_not_told():
    assert goods(lines(B=1, A=0), lines(A="2.50", B=1)) == lines(A="2.5", B=2)
    assert told(fulfilment(invoice(A=0))) == []


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.ISSUED}))
def test_nothing_has_left_before_it_shipped_whatever_the_stage(stage):
    waiting = invoice(box("JD01", shipped=False, A=1), stage=stage)
    assert not has_left(waiting)
    assert told(fulfilment(waiting)) == []
    left = replace(waiting, shipped_on=SHIPPED_ON)
    assert has_left(left) is (stage is not Stage.CANCELLED)
    assert len(told(fulfilment(left))) == (stage is not Stage.CANCELLED)


def test_boxes_left_behind_are_told_when_they_leave():
    packing = invoice(box("JD01", A=1), box("JD02", shipped=False, A=2), stage=Stage.SHIPPING)
    first = told(fulfilment(packing))
    assert brief(first) == [("B2B-812/1", "JD01", {"A": 1})]
    issued = replace(packing, stage=Stage.ISSUED)
    assert brief(told(fulfilment(issued), *first)) == [("B2B-812/2", "JD02", {"A": 2})]


# once


def test_the_same_news_twice_is_no_news():
    found = fulfilment(invoice(box("JD01", A=1), box(A=1), box(A=1)))
    assert told(found, *told(found)) == []


@pytest.mark.parametrize("code", ["", "???", "INV200001"])
def test_an_invoice_may_change_its_code(code):
    found = fulfilment(invoice(box("JD01", A=1), box(A=1)))
    known = told(found)
    assert told(replace(found, invoices=(replace(found.invoices[0], code=code),)), *known) == []


def test_a_number_that_comes_later_is_not_a_second_despatch():
    known = told(fulfilment(invoice(box(A=1))))
    assert told(fulfilment(invoice(box("JD01", A=1))), *known) == []
    assert brief(told(fulfilment(invoice(box("JD01", A=1)), invoice(box("JD02", A=1))), *known)) == [
        ("B2B-812/2", "JD02", {"A": 1})
    ]


def test_boxes_that_come_later_are_not_told_again():
    known = told(fulfilment(invoice(A=5, B=2)))
    assert told(fulfilment(invoice(box("JD01", A=5), box("JD02", B=2))), *known) == []
    assert told(fulfilment(invoice(box("JD01", A=3), box("JD02", A=2, B=2))), *known) == []
    assert told(fulfilment(invoice(box(A=3), box(A=2), box(B=2))), *known) == []


def test_goods_beyond_those_told_are_news_even_then():
    known = told(fulfilment(invoice(A=5)))
    more = told(fulfilment(invoice(box("JD01", A=5)), invoice(box("JD02", A=1))), *known)
    assert brief(more) == [("B2B-812/2", "JD02", {"A": 1})]
    assert brief(told(fulfilment(invoice(box("JD01", A=4), box("JD02", A=2))), *known)) == [
        ("B2B-812/2", "JD02", {"A": 2})
    ]


def test_a_box_whose_number_is_taken_back_is_not_told_again():
    known = told(fulfilment(invoice(box("JD01", A=1))))
    assert told(fulfilment(invoice(box(A=1))), *known) == []


def test_a_number_that_replaces_another_is_news():
    known = told(fulfilment(invoice(box("JD01", A=1))))
    assert brief(told(fulfilment(invoice(box("JD02", A=1))), *known)) == [("B2B-812/2", "JD02", {"A": 1})]


def test_a_box_without_a_number_answers_first_for_one_shown_without():
    """Shown so far: one under its number that is gone by now, one without. The box left over is the one without."""
    known = [*told(fulfilment(invoice(box("JD01", A=1), box(A=1))))]
    assert told(fulfilment(invoice(box(A=1))), *known) == []
    assert brief(told(fulfilment(invoice(box(A=1), box("JD02", A=1))), *known)) == [("B2B-812/3", "JD02", {"A": 1})]


def test_goods_that_turn_up_later_under_a_number_already_shown_add_nothing():
    known = told(fulfilment(invoice(box("JD01", A=1))))
    assert told(fulfilment(invoice(box("JD01", A=1)), invoice(box("JD01", B=1))), *known) == []


def test_a_key_is_never_used_twice():
    known = [replace(one, key="B2B-812/2") for one in told(fulfilment(invoice(box("JD01", A=1))))]
    assert brief(told(fulfilment(invoice(box("JD01", A=1), box("JD02", A=1))), *known)) == [
        ("B2B-812/3", "JD02", {"A": 1})
    ]


# carriers


def test_with_no_map_the_erps_word_goes_as_it_is():
    (one,) = told(fulfilment(invoice(box("JD01", "Bob's van", A=1))))
    assert one.carrier == "Bob's van"


def test_a_mapped_courier_is_told_by_the_storefronts_name():
    (one,) = told(fulfilment(invoice(box("JD01", A=1))), carriers={"UPS": "ups_standard"})
    assert one.carrier == "ups_standard"


def test_a_courier_with_no_place_in_the_map_waits_alone_and_nothing_is_final_before_it():
    found = fulfilment(invoice(box("JD01", "Bob's van", A=1), box("JD02", A=1)), sold=2)
    waits, goes = new_despatches(found, (), carriers={"UPS": "ups"})
    assert isinstance(waits, Finding)
    assert isinstance(goes, Despatch)
    assert (waits.kind.code, waits.subject) == ("carrier-unmapped", "Bob's van")
    assert (goes.key, goes.final) == ("B2B-812/1", False)
    (later,) = told(found, goes, carriers={"UPS": "ups", "Bob's van": "van"})
    assert (later.key, later.carrier, later.final) == ("B2B-812/2", "van", True)


def test_a_last_box_that_waits_makes_none_final():
    found = fulfilment(invoice(box("JD02", A=1), box("JD01", "Bob's van", A=1)), sold=2)
    goes, waits = new_despatches(found, (), carriers={"UPS": "ups"})
    assert isinstance(goes, Despatch)
    assert not goes.final
    assert isinstance(waits, Finding)


def test_no_courier_at_all_is_said_so():
    nowhere = replace(invoice(box("JD01", "", A=1)), courier="")
    (waits,) = new_despatches(fulfilment(nowhere), (), carriers={"UPS": "ups"})
    assert isinstance(waits, Finding)
    assert waits.subject == "(none)"


# the last one


@pytest.mark.parametrize(
    ("sold", "complete", "cancelled", "final"),
    [
        (3, False, False, True),
        (2, False, False, True),
        (4, False, False, False),
        (0, False, False, False),
        (0, True, False, True),
        (4, True, False, True),
        (4, True, True, False),
        (3, False, True, True),
    ],
)
def test_only_the_last_despatch_of_an_order_that_has_gone_whole_is_final(sold, complete, cancelled, final):
    found = fulfilment(invoice(box("JD01", A=2), box("JD02", A=1)), sold=sold, complete=complete, cancelled=cancelled)
    assert all_gone(found) is final
    despatches = told(found)
    assert [one.final for one in despatches] == [False, final]
    assert brief(despatches) == [("B2B-812/1", "JD01", {"A": 2}), ("B2B-812/2", "JD02", {"A": 1})]


def test_quantities_count_by_invoice_and_by_box_while_some_stay_behind():
    staying = invoice(box("JD01", A=1), box("JD02", shipped=False, A=2), stage=Stage.SHIPPING)
    assert all_gone(fulfilment(staying, sold=1))
    assert not all_gone(fulfilment(staying, sold=2))
    assert all_gone(fulfilment(replace(staying, stage=Stage.ISSUED), sold=3))
    assert all_gone(fulfilment(invoice(box("JD01"), box("JD02"), A=3), sold=3)), "boxes that list nothing"
    assert not all_gone(fulfilment(invoice(A=3, stage=Stage.CANCELLED), invoice(A=1), sold=4))


def test_when_the_erp_says_only_later_that_all_has_gone_one_closing_despatch_says_so():
    found = fulfilment(invoice(box("JD01", A=2)), sold=3)
    known = told(found)
    assert [one.final for one in known] == [False]
    done = replace(found, complete=True)
    (closing,) = told(done, *known)
    assert closing == replace(known[0], key="B2B-812/2", lines=(), final=True)
    assert told(done, *known, closing) == []


def test_nothing_is_closed_that_was_never_told_or_was_told_as_final():
    assert told(fulfilment(complete=True)) == []
    found = fulfilment(invoice(box("JD01", A=2)), sold=2)
    assert told(replace(found, complete=True), *told(found)) == []


# what becomes of the order


@pytest.mark.parametrize(
    ("found", "move"),
    [
        (fulfilment(invoice(A=1, stage=Stage.PICKING), sold=1), None),
        (fulfilment(invoice(A=1), sold=2), Move.DESPATCH_PART),
        (fulfilment(invoice(A=1), sold=1), Move.DESPATCH_ALL),
        (fulfilment(complete=True), Move.DESPATCH_ALL),
        (fulfilment(cancelled=True), Move.CANCEL),
        (fulfilment(invoice(A=1), sold=2, cancelled=True), Move.CANCEL),
        (fulfilment(invoice(A=1), sold=1, cancelled=True), Move.DESPATCH_ALL),
    ],
)
def test_where_the_news_takes_the_order(found, move):
    assert fulfilment_move(found) is move


# laws


def heard(*stories: Fulfilment) -> list[Despatch]:
    known: list[Despatch] = []
    for found in stories:
        known.extend(told(found, *known))
    return known


def growing(found: Fulfilment) -> list[Fulfilment]:
    return [replace(found, invoices=found.invoices[: at + 1]) for at in range(len(found.invoices))]


@law
@given(found=fulfilments(), codes=st.lists(words, min_size=4, max_size=4))
def test_twice_is_once_whatever_the_invoices_are_called(found, codes):
    known = told(found)
    renamed = tuple(replace(one, code=code) for one, code in zip(found.invoices, codes, strict=False))
    assert told(found, *known) == []
    assert told(replace(found, invoices=renamed), *known) == []


@law
@given(found=fulfilments(), order=st.randoms(use_true_random=False))
def test_in_whatever_order_invoices_are_listed_nothing_is_told_twice(found, order):
    known = heard(*growing(found))
    shuffled = list(found.invoices)
    order.shuffle(shuffled)
    assert told(replace(found, invoices=tuple(shuffled)), *known) == []


@law
@given(found=fulfilments())
def test_bit_by_bit_or_at_once_the_same_is_told(found):
    """As many despatches under the same numbers; without numbers, as many of the same goods."""

    def what(despatches):
        named = sorted(one.tracking_number for one in despatches if one.tracking_number != one.key)
        nameless = sorted(str(goods(one.lines)) for one in despatches if one.tracking_number == one.key)
        return named, nameless

    assert what(heard(*growing(found))) == what(told(found))


@law
@given(found=fulfilments())
def test_every_unit_that_left_is_told_once(found):
    shown = goods(*(one.lines for one in told(found)))
    assert shown == goods(*(line.lines for line in found.invoices))
    assert shown == goods(*(one.goods for one in gone_boxes(found)))


@law
@given(found=fulfilments())
def test_keys_and_numbers_name_one_despatch_each(found):
    known = heard(*growing(found))
    assert len({one.key for one in known}) == len(known) == len({one.tracking_number for one in known})


@law
@given(found=fulfilments(), numbers=st.lists(st.integers(100, 999), min_size=12, max_size=12, unique=True))
def test_numbers_that_all_come_later_bring_no_second_despatch(found, numbers):
    fresh = iter(numbers)

    def numbered(one: Invoice) -> Invoice:
        boxes = tuple(
            parcel if parcel.consignment_ref else replace(parcel, consignment_ref=f"JD{next(fresh)}")
            for parcel in one.parcels
        )
        return replace(one, parcels=boxes)

    later = replace(found, invoices=tuple(numbered(one) for one in found.invoices))
    assert told(later, *told(found)) == []
