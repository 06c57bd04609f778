"""What a level shown at the storefront says of us: the whole table, our state × their state → verdict.

| ours ↓ theirs →  | unread  | gone | right  | as told   | sold      | other     |
|------------------|---------|------|--------|-----------|-----------|-----------|
| unknown          | unknown | gone | unknown| unknown   | unknown   | unknown   |
| under way        | unknown | gone | agrees | under way | under way | under way |
| untold           | unknown | gone | agrees | due       | due       | due       |
| told             | unknown | gone | agrees | agrees    | under way | drift     |
| due              | unknown | gone | agrees | due       | due       | drift     |

Ours: *unknown*, no figure of it was read; *under way*, told so lately that nothing is proved; *untold*, nothing yet;
*told*, what should be shown; *due*, something else, which the next publication puts right. Theirs: *sold*, less than it
was told, by no more than shoppers took since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Ours(StrEnum):
    UNKNOWN = "unknown"
    UNDER_WAY = "under way"
    UNTOLD = "untold"
    TOLD = "told"
    DUE = "due"


class Theirs(StrEnum):
    UNREAD = "unread"
    GONE = "gone"
    RIGHT = "right"
    AS_TOLD = "as told"
    SOLD = "sold"
    OTHER = "other"


class Verdict(StrEnum):
    AGREES = "agrees"
    UNKNOWN = "unknown"
    UNDER_WAY = "under way"
    DUE = "due"
    GONE = "gone"
    DRIFT = "drift"


V = Verdict
_LATE = {Theirs.AS_TOLD: V.DUE, Theirs.SOLD: V.DUE, Theirs.OTHER: V.DUE}
_BOTH = {Theirs.UNREAD: V.UNKNOWN, Theirs.GONE: V.GONE, Theirs.RIGHT: V.AGREES}
VERDICTS: Mapping[Ours, Mapping[Theirs, Verdict]] = {
    Ours.UNKNOWN: {theirs: V.GONE if theirs is Theirs.GONE else V.UNKNOWN for theirs in Theirs},
    Ours.UNDER_WAY: {
        **_BOTH, Theirs.AS_TOLD: V.UNDER_WAY, Theirs.SOLD: V.UNDER_WAY, Theirs.OTHER: V.UNDER_WAY,
    },
    Ours.UNTOLD: {**_BOTH, **_LATE},
    Ours.TOLD: {**_BOTH, Theirs.AS_TOLD: V.AGREES, Theirs.SOLD: V.UNDER_WAY, Theirs.OTHER: V.DRIFT},
    Ours.DUE: {**_BOTH, **_LATE, Theirs.OTHER: V.DRIFT},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place that shows a level. should: what the ERP's figures now let it show, None without a figure. told: what
    it was last told, None for never; unsure: nobody knows whether it took that. shown: what it shows, None when it does
    not say. there: whether the storefront still lists it. sold: units of it that shoppers took since it was told."""

    ref: str
    sku: str
    unit: str
    should: Decimal | None
    told: Decimal | None = None
    told_at: datetime | None = None
    unsure: bool = False
    shown: Decimal | None = None
    there: bool = True
    sold: Decimal = Decimal(0)


def judge(place: Place, *, now: datetime, settle_seconds: float, publishes: bool = True) -> Verdict:
    """publishes: this pairing writes levels, so that what is due is put right by itself; otherwise it is drift."""
    verdict = VERDICTS[ours(place, now=now, settle_seconds=settle_seconds)][theirs(place)]
    return Verdict.DRIFT if verdict is Verdict.DUE and not publishes else verdict


def ours(place: Place, *, now: datetime, settle_seconds: float) -> Ours:
    if place.should is None:
        return Ours.UNKNOWN
    if place.told is None:
        return Ours.UNTOLD
    if place.unsure or (place.told_at is not None and now - place.told_at < timedelta(seconds=settle_seconds)):
        return Ours.UNDER_WAY
    return Ours.TOLD if place.told == place.should else Ours.DUE


def theirs(place: Place) -> Theirs:
    if not place.there:
        return Theirs.GONE
    if place.shown is None:
        return Theirs.UNREAD
    if place.shown == place.should:
        return Theirs.RIGHT
    if place.told is None:
        return Theirs.OTHER
    if place.shown == place.told:
        return Theirs.AS_TOLD
    return Theirs.SOLD if place.told - place.sold <= place.shown < place.told else Theirs.OTHER
