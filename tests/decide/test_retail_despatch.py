"""What becomes of goods that left a shop for an order of the ERP: every cell of what may be found."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crossdock.decide.retail_despatch import (
    VERDICTS,
    Ours,
    Told,
    Verdict,
    courier_of,
    is_amended,
    is_done,
    ours_of,
    to_note,
    told_of,
    verdict,
)
from crossdock.model.despatch import DespatchLine, DespatchNote, Fulfilment, Invoice, Parcel, Stage
from crossdock.model.retail import RetailDespatch, RetailDespatchLine, RetailDespatchStatus, RetailParcel

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEFT = RetailDespatch(
    key="D-1001", revision=1, order_ref="SO100001", location="STORE-YORK", status=RetailDespatchStatus.DESPATCHED,
    carrier="dpd", service="next-day", parcels=(RetailParcel(tracking_number="1Z-1", tracking_url="https://t/1"),),
    lines=(RetailDespatchLine(sku="HP-1001", quantity=Decimal(2)),), final=True, despatched_at=NOON,
)  # fmt: skip
COURIERS, CODES = {"dpd/next-day": "DPD"}, {"HP-1001": "HP-1001"}


def note(**changes) -> DespatchNote:
    found = to_note(replace(LEFT, **changes), order_code="SO100001", couriers=COURIERS, codes=CODES)
    assert isinstance(found, DespatchNote)
    return found


def test_a_despatch_is_said_with_its_courier_its_parcels_and_its_goods():
    told = note()
    assert (told.courier, told.numbers, told.final, told.shipped_on) == ("DPD", ("1Z-1",), True, NOON.date())
    assert told.lines == (DespatchLine(stock_code="HP-1001", quantity=Decimal(2)),)
    assert (told.consignments, told.tracking_url, told.order_ref) == (("1Z-1",), "https://t/1", "")
    assert note(parcels=(), untracked=True).consignments == ("D-1001",)


def test_an_order_known_by_our_reference_keeps_it():
    found = to_note(replace(LEFT, order_ref="B2B-812"), order_code="SO100001", couriers=COURIERS, codes=CODES)
    assert isinstance(found, DespatchNote)
    assert (found.order_code, found.order_ref) == ("SO100001", "B2B-812")


def test_everything_that_stands_in_the_way_is_named_at_once():
    found = to_note(replace(LEFT, carrier="pigeon"), order_code="SO1", couriers=COURIERS, codes={})
    assert isinstance(found, tuple)
    assert [(one.kind.code, one.subject) for one in found] == [
        ("carrier-unmapped", "pigeon/next-day"),
        ("stock-code-unknown", "HP-1001"),
    ]


@pytest.mark.parametrize(
    ("couriers", "service", "courier"),
    [
        ({"dpd/next-day": "DPD", "dpd": "OTHER"}, "next-day", "DPD"),
        ({"dpd": "OTHER"}, "next-day", "OTHER"),
        ({"dpd": "OTHER"}, "", "OTHER"),
        ({"ups": "UPS"}, "next-day", None),
        ({}, "next-day", "dpd"),
    ],
)
def test_the_longer_word_of_the_courier_map_wins_and_nothing_is_made_up(couriers, service, courier):
    assert courier_of(replace(LEFT, service=service), couriers) == courier


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"carrier": "ups"}, ""),
        ({"status": RetailDespatchStatus.CANCELLED}, "called off"),
        ({"parcels": (RetailParcel(tracking_number="1Z-2"),)}, "its parcels are 1Z-2 now"),
        ({"parcels": ()}, "its parcels are untracked now"),
        ({"lines": (RetailDespatchLine(sku="HP-1001", quantity=Decimal(1)),)}, "its goods are others now"),
    ],
)
def test_what_was_amended_after_it_was_booked_is_told_in_words(changes, words):
    found = is_amended(replace(LEFT, **changes), note())
    assert (words in found) if words else found == ""


def order(*, complete: bool = False, invoice_number: str = "", box: str = "") -> Fulfilment:
    parcels = (Parcel(consignment_ref=box, courier="DPD", lines=()),) if box else ()
    invoice = Invoice(code="", stage=Stage.RELEASED, stage_text="", lines=(), parcels=parcels,
                      consignment_ref=invoice_number)  # fmt: skip
    return Fulfilment(
        ref="", erp_code="SO100001", gross_total=None, currency="GBP", complete=complete, cancelled=False,
        invoices=(invoice,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("there", "done"),
    [
        (order(), False),
        (order(complete=True), True),
        (order(box="1z-1 "), True),
        (order(invoice_number="1Z-1"), True),
        (order(box="1Z-9"), False),
    ],
)
def test_whether_the_erp_has_booked_it_already(there, done):
    assert is_done(there, note()) is done


def test_of_several_parcels_all_must_stand_there():
    two = note(parcels=(RetailParcel(tracking_number="1Z-1"), RetailParcel(tracking_number="1Z-2")))
    assert not is_done(order(box="1Z-1"), two)


EXPECTED = {
    # told by the shops: what we hold → what is said of it
    Told.NOTHING: "UNKNOWN fine, UNDER_WAY wait, IN_CASE wait, BOOKED missed, ANSWERED_FOR fine",
    Told.PART: "UNKNOWN take, UNDER_WAY wait, IN_CASE wait, BOOKED fine, ANSWERED_FOR fine",
    Told.WHOLE: "UNKNOWN take, UNDER_WAY wait, IN_CASE wait, BOOKED missed, ANSWERED_FOR fine",
    Told.CALLED_OFF: "UNKNOWN take, UNDER_WAY take, IN_CASE take, BOOKED missed, ANSWERED_FOR fine",
    Told.UNREADABLE: (
        "UNKNOWN unreadable, UNDER_WAY unreadable, IN_CASE unreadable, BOOKED unreadable, ANSWERED_FOR fine"
    ),
}


@pytest.mark.parametrize("told", Told)
@pytest.mark.parametrize("ours", Ours)
def test_every_cell_of_the_table(told, ours):
    cells = dict(cell.split() for cell in EXPECTED[told].split(", "))
    found = verdict(told, ours)
    assert found.verdict == cells[ours.name]
    assert bool(found.words) is (found.verdict is Verdict.MISSED)


def test_the_table_has_no_other_cell():
    assert set(VERDICTS) == {(told, ours) for told in Told for ours in Ours}


def test_what_the_shops_tell_of_an_order():
    part, off = replace(LEFT, final=False), replace(LEFT, status=RetailDespatchStatus.CANCELLED)
    assert told_of((), unreadable=False) is Told.NOTHING
    assert told_of((part,), unreadable=False) is Told.PART
    assert told_of((part, LEFT), unreadable=False) is Told.WHOLE
    assert told_of((off,), unreadable=False) is Told.CALLED_OFF
    assert told_of((off, part), unreadable=False) is Told.PART
    assert told_of((LEFT,), unreadable=True) is Told.UNREADABLE


@pytest.mark.parametrize(
    ("told", "states", "ours"),
    [
        ({}, {}, Ours.UNKNOWN),
        ({"D-1": 1}, {}, Ours.UNKNOWN),
        ({"D-1": 1}, {"D-1": ("closed", 1)}, Ours.BOOKED),
        ({"D-1": 2}, {"D-1": ("closed", 1)}, Ours.UNKNOWN),
        ({"D-1": 1}, {"D-1": ("closed", 2)}, Ours.BOOKED),
        ({"D-1": 1, "D-2": 1}, {"D-1": ("closed", 1)}, Ours.UNKNOWN),
        ({"D-1": 1, "D-2": 1}, {"D-1": ("closed", 1), "D-2": ("waiting", 1)}, Ours.IN_CASE),
        ({"D-1": 1, "D-2": 1}, {"D-1": ("closed", 1), "D-2": ("closing", 1)}, Ours.UNDER_WAY),
        ({"D-1": 1, "D-2": 1}, {"D-1": ("closed", 1), "D-2": ("dropped", 1)}, Ours.ANSWERED_FOR),
        ({"D-1": 1, "D-2": 2}, {"D-1": ("found", 1), "D-2": ("called_off", 2)}, Ours.UNDER_WAY),
        ({"D-1": 2}, {"D-1": ("called_off", 2)}, Ours.ANSWERED_FOR),
        ({}, {"D-1": ("closed", 1)}, Ours.BOOKED),
        ({}, {"D-1": ("called_off", 1)}, Ours.UNKNOWN),
    ],
)
def test_how_far_we_are_with_an_order(told, states, ours):
    assert ours_of(told, states) is ours
