"""What becomes of goods that left a shop for an order of the ERP (law L5: each despatch is booked once)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import CARRIER_UNMAPPED, STOCK_CODE_UNKNOWN
from crossdock.model.despatch import DespatchLine, DespatchNote, Fulfilment
from crossdock.model.retail import RetailDespatch, RetailDespatchStatus


def to_note(
    despatch: RetailDespatch, *, order_code: str, couriers: Mapping[str, str], codes: Mapping[str, str]
) -> DespatchNote | tuple[Finding, ...]:
    """The despatch as the ERP shall book it, or everything that stands in the way of saying it.

    order_code: the ERP's number of the order. couriers: "carrier/service" or carrier → the ERP's courier; with no map
    at all the shop's word goes as it is. codes: the shop's SKU → the ERP's code; a SKU without one the ERP does not
    hold.
    """
    courier = courier_of(despatch, couriers)
    findings = [] if courier is not None else [CARRIER_UNMAPPED.about(word_of(despatch), courier=word_of(despatch))]
    skus = list(dict.fromkeys(line.sku for line in despatch.lines))
    findings += [STOCK_CODE_UNKNOWN.about(sku, sku=sku) for sku in skus if sku not in codes]
    if findings or courier is None:
        return tuple(findings)
    return DespatchNote(
        key=despatch.key, order_code=order_code, courier=courier, final=despatch.final,
        numbers=tuple(parcel.tracking_number for parcel in despatch.parcels),
        lines=tuple(DespatchLine(stock_code=codes[line.sku], quantity=line.quantity) for line in despatch.lines),
        shipped_on=despatch.despatched_at.date(),
        order_ref=despatch.order_ref if despatch.order_ref != order_code else "",
        tracking_url=despatch.parcels[0].tracking_url if despatch.parcels else "",
    )  # fmt: skip


def word_of(despatch: RetailDespatch) -> str:
    """What a map of couriers knows it by."""
    return f"{despatch.carrier}/{despatch.service}" if despatch.service else despatch.carrier


def courier_of(despatch: RetailDespatch, couriers: Mapping[str, str]) -> str | None:
    """The longer word wins. None: nobody has said; nothing is made up."""
    if not couriers:
        return despatch.carrier
    return couriers.get(word_of(despatch), couriers.get(despatch.carrier))


def is_amended(despatch: RetailDespatch, sent: DespatchNote) -> str:
    """What differs from what the ERP was sent, in words; "" when it is the same."""
    if despatch.status is RetailDespatchStatus.CANCELLED:
        return "it was called off"
    numbers = tuple(parcel.tracking_number for parcel in despatch.parcels)
    if numbers != sent.numbers:
        return f"its parcels are {', '.join(numbers) or 'untracked'} now"
    if sum(line.quantity for line in despatch.lines) != sum(line.quantity for line in sent.lines):
        return "its goods are others now"
    return ""


def is_done(order: Fulfilment, note: DespatchNote) -> bool:
    """Whether the ERP has booked it already, whoever did: its parcels stand there, or nothing of the order is left."""
    there = {invoice.consignment_ref.strip().casefold() for invoice in order.invoices}
    there |= {parcel.consignment_ref.strip().casefold() for invoice in order.invoices for parcel in invoice.parcels}
    return order.complete or all(number.strip().casefold() in there for number in note.consignments)


class Told(StrEnum):
    """What the shops say of an order that the ERP holds open."""

    NOTHING = "nothing"
    PART = "part"  # some of it has left
    WHOLE = "whole"  # all of it has left
    CALLED_OFF = "called off"
    UNREADABLE = "unreadable"


class Ours(StrEnum):
    """What we know of that, the least far of its despatches."""

    UNKNOWN = "unknown"
    UNDER_WAY = "under way"
    IN_CASE = "in case"
    BOOKED = "booked"
    ANSWERED_FOR = "answered for"  # a person took it as it is


class Verdict(StrEnum):
    FINE = "fine"
    TAKE = "take"  # it was never heard: it is now
    WAIT = "wait"  # somebody is at it
    MISSED = "missed"  # both sides are done with it, and they disagree
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Missed:
    verdict: Verdict
    words: str = ""


_GONE_OPEN = Missed(Verdict.MISSED, "all of it left the shop and was booked, and the ERP holds it open")
_NO_LONGER = Missed(Verdict.MISSED, "its despatch was booked, and the shop tells of none any more")
_CALLED_OFF = Missed(Verdict.MISSED, "its despatch was called off after it was booked")
_BAD = Missed(Verdict.UNREADABLE)
FINE, TAKE, WAIT = Missed(Verdict.FINE), Missed(Verdict.TAKE), Missed(Verdict.WAIT)

VERDICTS: Mapping[tuple[Told, Ours], Missed] = {
    (Told.NOTHING, Ours.UNKNOWN): FINE,
    (Told.NOTHING, Ours.UNDER_WAY): WAIT,
    (Told.NOTHING, Ours.IN_CASE): WAIT,
    (Told.NOTHING, Ours.BOOKED): _NO_LONGER,
    (Told.NOTHING, Ours.ANSWERED_FOR): FINE,
    (Told.PART, Ours.UNKNOWN): TAKE,
    (Told.PART, Ours.UNDER_WAY): WAIT,
    (Told.PART, Ours.IN_CASE): WAIT,
    (Told.PART, Ours.BOOKED): FINE,
    (Told.PART, Ours.ANSWERED_FOR): FINE,
    (Told.WHOLE, Ours.UNKNOWN): TAKE,
    (Told.WHOLE, Ours.UNDER_WAY): WAIT,
    (Told.WHOLE, Ours.IN_CASE): WAIT,
    (Told.WHOLE, Ours.BOOKED): _GONE_OPEN,
    (Told.WHOLE, Ours.ANSWERED_FOR): FINE,
    (Told.CALLED_OFF, Ours.UNKNOWN): TAKE,
    (Told.CALLED_OFF, Ours.UNDER_WAY): TAKE,
    (Told.CALLED_OFF, Ours.IN_CASE): TAKE,
    (Told.CALLED_OFF, Ours.BOOKED): _CALLED_OFF,
    (Told.CALLED_OFF, Ours.ANSWERED_FOR): FINE,
    (Told.UNREADABLE, Ours.UNKNOWN): _BAD,
    (Told.UNREADABLE, Ours.UNDER_WAY): _BAD,
    (Told.UNREADABLE, Ours.IN_CASE): _BAD,
    (Told.UNREADABLE, Ours.BOOKED): _BAD,
    (Told.UNREADABLE, Ours.ANSWERED_FOR): FINE,
}
"""What is said of an order that the ERP holds open."""


def told_of(despatches: "list[RetailDespatch] | tuple[RetailDespatch, ...]", *, unreadable: bool) -> Told:
    """despatches: the newest telling of each."""
    if unreadable:
        return Told.UNREADABLE
    left = [one for one in despatches if one.status is not RetailDespatchStatus.CANCELLED]
    if not left:
        return Told.CALLED_OFF if despatches else Told.NOTHING
    return Told.WHOLE if any(one.final for one in left) else Told.PART


_RANK: Mapping[str, Ours] = {
    "found": Ours.UNDER_WAY, "closing": Ours.UNDER_WAY, "waiting": Ours.IN_CASE, "closed": Ours.BOOKED,
    "dropped": Ours.ANSWERED_FOR,
}  # fmt: skip
_ORDER = (Ours.UNKNOWN, Ours.IN_CASE, Ours.UNDER_WAY, Ours.ANSWERED_FOR, Ours.BOOKED)


def ours_of(told: Mapping[str, int], states: Mapping[str, tuple[str, int]]) -> Ours:
    """told: despatch → the revision that the shops tell. states: despatch → the state and revision we hold.

    One that was called off and never booked counts as nothing; one told with a higher revision is unknown as yet.
    """
    found = [_RANK[state] for key, (state, _) in states.items() if key not in told and state in _RANK]
    for key, revision in told.items():
        state, held = states.get(key, ("", 0))
        if held < revision:
            found.append(Ours.UNKNOWN)
        elif state in _RANK:
            found.append(_RANK[state])
    if found:
        return min(found, key=_ORDER.index)
    return Ours.ANSWERED_FOR if told else Ours.UNKNOWN  # all of it was called off, and we know


def verdict(told: Told, ours: Ours) -> Missed:
    return VERDICTS[told, ours]
