"""What a shop's figure says of its shelf, which of two tellings is the newer, and what may be booked of it.

A figure never travels without its basis. A ledger takes counts, and takes its own allocations off them; a planner takes
what is on hand or what is available, and takes off what else it is told is promised. So an allocation is told to each
of them once: in the figure, or beside it, and never in both (law L4). A figure of which that is not known is refused.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from crossdock.model.retail import RetailStock
from crossdock.model.stock import Basis, StockItem

ZERO = Decimal(0)


class Age(StrEnum):
    """A telling beside the one we hold."""

    NEWER = "newer"
    SAME = "same"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells the age of a telling. sequence: rises per (location, SKU); None where it is not numbered."""

    sequence: int | None
    occurred_at: datetime
    published_at: datetime | None = None


def stamp_of(level: RetailStock) -> Stamp:
    return Stamp(level.sequence, level.occurred_at, level.published_at)


def age(told: Stamp, held: Stamp) -> Age:
    """By sequence, where both have one; else by when it happened, then by when it was published.

    The store does the same in SQL; a property test holds the two together.
    """
    if told.sequence is not None and held.sequence is not None:
        ours, theirs = (held.sequence,), (told.sequence,)
        return _age(theirs, ours)
    return _age(_times(told), _times(held))


def _times(stamp: Stamp) -> tuple[datetime, datetime]:
    return stamp.occurred_at, stamp.published_at or stamp.occurred_at


def _age(told: tuple[object, ...], held: tuple[object, ...]) -> Age:
    if told == held:
        return Age.SAME
    return Age.NEWER if told > held else Age.OLDER


def on_hand(basis: Basis, quantity: Decimal, allocated: Decimal | None) -> Decimal | None:
    """What stands on the shelf, as a figure with this basis tells it; None when it cannot be known.

    allocated: promised there, told beside the figure; None when it was not told.
    """
    match basis:
        case Basis.ON_HAND:
            return quantity
        case Basis.AVAILABLE if allocated is not None:
            return quantity + allocated
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Told:
    """What a planner is told of one item at one place. apart: what is promised goes beside it, as commitments."""

    quantity: Decimal
    apart: bool


def to_tell(wanted: Basis, *, counted: Decimal | None, allocated: Decimal | None) -> Told | None:
    """The figure for a sink of this basis, or None when it cannot be known.

    counted: on hand. allocated: promised of it; None when nobody tells.
    """
    if counted is None:
        return None
    match wanted:
        case Basis.ON_HAND:
            return Told(counted, apart=True)
        case Basis.AVAILABLE if allocated is not None:
            return Told(counted - allocated, apart=False)
        case _:
            return None


def to_count(counted: Decimal, left_unbooked: Decimal) -> Decimal:
    """The count to book: never below nothing.

    left_unbooked: goods that have gone from this shelf for orders which the ERP still holds stock for. It takes them
    off by itself when it books their despatch, so until then its ledger must go on holding them.
    """
    return max(ZERO, counted + left_unbooked)


def may_write(wanted: Decimal, booked: Decimal | None, *, stale: bool) -> bool:
    """A figure staler than its limit may only be lowered. Where nothing was booked, only nothing is no rise."""
    return not stale or wanted <= (ZERO if booked is None else booked)


def refusal(item: StockItem, level: RetailStock) -> str:
    """Why no count of this item may be booked from this telling; "" when one may."""
    if not level.leaf or item.template:
        return "it is a family's total, and only its sub-items are counted"
    if item.components:
        return "it is a pack, and only what is in it is counted"
    if not item.stock_controlled:
        return "the ERP does not count it"
    if on_hand(level.basis, level.quantity, level.allocated) is None:
        told = f"the figure is {level.basis.value} and nothing tells what is allocated"
        return f"{told}: booked, that would be taken off twice"
    return ""
