"""Khaos Control's clock is the wall clock in London, with no zone written down. Pure."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from crossdock.model.faults import InvalidValue

NO_DATE = "1899-12-31T00:00:00"
"""What a date parameter says when none is meant (the vendor's plug-in sends it)."""

FIRST_REAL_YEAR = 1900
"""Delphi's day zero is 1899-12-30: any date before 1900 stands for "none"."""

_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: |$)")


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def wall_clock(moment: datetime, timezone: str) -> datetime:
    """What the clock on their wall showed, to the second. Raises InvalidValue: `moment` has no zone."""
    if moment.tzinfo is None:
        raise InvalidValue(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(zone(timezone)).replace(tzinfo=None, microsecond=0, fold=0)


def since(moment: datetime | None, timezone: str, overlap_hours: float) -> str:
    """A `LastUpdated` parameter that surely includes every change at or after that moment.

    In autumn one wall-clock hour comes twice, so a change may carry a time an hour before an earlier one's: the window
    reaches back by `overlap_hours`, which must be above one.
    """
    if moment is None:
        return NO_DATE
    return wall_clock(moment - timedelta(hours=overlap_hours), timezone).isoformat()


def order_date(moment: datetime, timezone: str) -> str:
    """`yyyy-mm-dd hh:mm:ss`, the only date-time the order format documents."""
    return wall_clock(moment, timezone).isoformat(sep=" ")


def read_order_date(text: str, timezone: str) -> datetime:
    """`yyyy-mm-dd`, optionally with a time after a space or a `T` (the vendor's plug-in writes `T`).

    Of the two moments an autumn hour may mean, the first. Raises ValueError.
    """
    found = datetime.fromisoformat(text.strip())
    if not FIRST_REAL_YEAR <= found.year < 2200:
        raise ValueError(f"{text!r} is no date of an order")
    return found.replace(tzinfo=zone(timezone)).astimezone(UTC)


def read_day(text: str) -> date | None:
    """`DD/MM/YYYY`, as order status writes it; a time of day may follow; "" and 1899 mean none. Raises ValueError."""
    if not text.strip():
        return None
    if not (found := _DAY.match(text.strip())):
        raise ValueError(f"{text!r} is no DD/MM/YYYY date")
    day, month, year = map(int, found.groups())
    return date(year, month, day) if year >= FIRST_REAL_YEAR else None


def read_typed_moment(text: str) -> datetime | None:
    """A dateTime of a typed result, such as `2011-02-23T11:06:25.057Z`; an empty one or one in 1899 means none.

    Without a zone it is taken as UTC: it is shown to people, nothing is decided by it. Raises ValueError.
    """
    if not text.strip():
        return None
    found = datetime.fromisoformat(text.strip())
    if found.year < FIRST_REAL_YEAR:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
