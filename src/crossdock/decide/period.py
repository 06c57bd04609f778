"""A period as people write it: 2026-10, or 2026-10-01..2026-11-01, half-open."""

import re
from datetime import date, timedelta

from crossdock.model.faults import InvalidValue
from crossdock.model.reconciliation import Period

MONTH = re.compile(r"(\d{4})-(\d{2})")
HINT = "write a month, 2026-10, or 2026-10-01..2026-11-01, whose last day is not part of it"


def read_period(text: str, zone: str) -> Period:
    """Raises InvalidValue."""
    first, dots, end = text.strip().partition("..")
    try:
        if dots:
            days = date.fromisoformat(first), date.fromisoformat(end)
        elif month := MONTH.fullmatch(first):
            begin = date(int(month[1]), int(month[2]), 1)
            days = begin, _next_month(begin)
        else:
            raise ValueError(text)
    except (ValueError, OverflowError) as error:
        raise InvalidValue(f"{text!r} is no period: {HINT}") from error
    return Period(name=text.strip(), first=days[0], end=days[1], zone=zone)


def one_day(day: date, zone: str) -> Period:
    """Raises InvalidValue: after the last day of the calendar there is no other."""
    try:
        end = day + timedelta(days=1)
    except OverflowError as error:
        raise InvalidValue(f"{day} is no period: {HINT}") from error
    return Period(name=f"{day}..{end}", first=day, end=end, zone=zone)


def month_of(day: date, zone: str) -> Period:
    first = day.replace(day=1)
    return Period(name=f"{first:%Y-%m}", first=first, end=_next_month(first), zone=zone)


def month_before(period: Period) -> Period:
    return month_of(period.first - timedelta(days=1), period.zone)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
