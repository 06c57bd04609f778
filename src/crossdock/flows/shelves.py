"""Shelves and places that stand in cases: why their counts may not be booked, and when they may again."""

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import STOCK_CODE_UNKNOWN, STOCK_WRITE_REJECTED
from crossdock.decide.retail_stock import refusal
from crossdock.flows.held_records import RecordKind
from crossdock.flows.pairing import RetailPairing
from crossdock.ports.case_book import Held
from crossdock.ports.retail_memory import Shelf

SHELF, PLACE = "shelf", "place "  # records that cases hold
SUBJECT_MAX = 200


def name_of(shelf: Shelf) -> str:
    return f"{shelf.level.sku} at {shelf.level.location}"


def rejected(shelf: Shelf, reason: str, subject: str = "") -> Finding:
    """subject: the root cause, where it is not this shelf's alone."""
    return STOCK_WRITE_REJECTED.about(
        (subject or f"{shelf.level.sku}/{shelf.level.location}")[:SUBJECT_MAX], sku=shelf.level.sku,
        unit=shelf.level.location, reason=reason,
    )  # fmt: skip


def why_not(shelf: Shelf) -> Finding | None:
    """Why its count may not be booked; None when it may."""
    if shelf.item is None:
        return STOCK_CODE_UNKNOWN.about(shelf.level.sku, sku=shelf.level.sku)
    if len(shelf.told_as) > 1:
        names = " and ".join(shelf.told_as)
        return rejected(shelf, f"{names} are mapped to one item, {shelf.code}, and each would overwrite the other")
    if reason := refusal(shelf.item, shelf.level):
        return rejected(shelf, reason)
    return None


async def park(pairing: RetailPairing, shelf: Shelf, finding: Finding, *, evidence: str = "") -> None:
    """It waits in this case and in no other."""
    await pairing.shelves.park(shelf.id, finding.kind.code)
    await pairing.cases.hold_only([finding], record=SHELF, record_id=shelf.id, ref=name_of(shelf))
    if evidence:
        await pairing.cases.raise_case(
            finding, record=SHELF, record_id=shelf.id, ref=name_of(shelf), evidence=evidence
        )  # fmt: skip


async def refuse_place(pairing: RetailPairing, location: str, subject: str, *, sku: str, reason: str) -> None:
    """Nothing of this place can be written, whatever the item."""
    finding = STOCK_WRITE_REJECTED.about(subject, sku=sku, unit=location, reason=reason)
    await pairing.cases.raise_case(finding, record=f"{PLACE}{location}", ref=location)


async def recheck_shelf(pairing: RetailPairing, one: Held, actor: str) -> None:
    """It goes on when its count may be booked now; the next run books it."""
    shelf = await pairing.shelves.shelf(one.record_id)
    if shelf is None or (finding := why_not(shelf)) is None:
        await pairing.shelves.park(one.record_id, "")
        await pairing.cases.let_go(SHELF, [one.record_id], reason="its count is sent again", actor=actor)
    else:
        await park(pairing, shelf, finding)


RECORDS = {SHELF: RecordKind(recheck=recheck_shelf)}
