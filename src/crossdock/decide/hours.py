"""Hours of a week, by the clock on somebody's wall: when it is quiet, when a shop is open, when a digest is due.

The clock on the wall decides, so a night on which the clocks change is an hour shorter or longer, as it is for people.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))
LOOK_BACK_DAYS = 8
LATE = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From one time of day to another, on these days; past midnight when the second is not later: 22:00 to 07:00, and
    the day is the one on which they begin. Alike means the whole day. days: 0 for Monday."""

    start: time
    end: time
    zone: tzinfo
    days: frozenset[int] = EVERY_DAY


def is_within(now: datetime, hours: Hours) -> bool:
    there = now.astimezone(hours.zone)
    at, today, yesterday = there.time(), there.weekday(), (there - DAY).weekday()
    if hours.start < hours.end:
        return hours.start <= at < hours.end and today in hours.days
    return (at >= hours.start and today in hours.days) or (at < hours.end and yesterday in hours.days)


def time_within(since: datetime, until: datetime, hours: Hours) -> timedelta:
    """How much of the time between two moments falls into the hours; of the last eight days at most."""
    since, until = max(since.astimezone(UTC), until.astimezone(UTC) - LOOK_BACK_DAYS * DAY), until.astimezone(UTC)
    day, total = since.astimezone(hours.zone).date() - DAY, timedelta(0)
    while day <= until.astimezone(hours.zone).date():
        if day.weekday() in hours.days:
            start, end = _moment(day, hours.start, hours), _moment(_end_day(day, hours), hours.end, hours)
            total += max(timedelta(0), min(end, until) - max(start, since))
        day += DAY
    return total


def digest_day(now: datetime, at: time, zone: tzinfo, days: frozenset[int]) -> date | None:
    """The day whose digest is due now, and was due no longer than four hours ago; None when there is none."""
    there = now.astimezone(zone)
    due = datetime.combine(there.date(), at, zone)
    late = now.astimezone(UTC) - due.astimezone(UTC)
    return there.date() if there.weekday() in days and timedelta(0) <= late < LATE else None


def day_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """When that day begins and ends there."""
    return datetime.combine(day, time(0), zone).astimezone(UTC), datetime.combine(day + DAY, time(0), zone).astimezone(
        UTC
    )


def _end_day(day: date, hours: Hours) -> date:
    return day if hours.start < hours.end else day + DAY


def _moment(day: date, at: time, hours: Hours) -> datetime:
    return datetime.combine(day, at, hours.zone).astimezone(UTC)
