"""A stretch of time as people write it: from a day or a moment, to one that is no longer part of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from crossdock.model.faults import InvalidValue

HINT = "write a day, 2026-01-31, which begins at midnight UTC, or a moment with its zone, 2026-01-31T09:00:00+01:00"
USUAL = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Half-open: since is part of it, until is not. Both with zone."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until


def read_span(since: str, until: str, *, now: datetime) -> Span:
    """Without an end it ends now; without a beginning it is a year long. Raises InvalidValue."""
    end = read_moment(until) if until else now
    try:
        begin = read_moment(since) if since else end - USUAL
    except OverflowError as error:
        raise InvalidValue(f"there is no year before {end.isoformat()}: say when it begins") from error
    if begin >= end:
        raise InvalidValue(f"it would end at {end.isoformat()}, before it begins at {begin.isoformat()}")
    return Span(since=begin, until=end)


def read_moment(text: str) -> datetime:
    """Raises InvalidValue."""
    try:
        return datetime.combine(date.fromisoformat(text.strip()), datetime.min.time(), UTC)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidValue(f"{text!r} is no moment: {HINT}") from error
    if at.tzinfo is None:
        raise InvalidValue(f"{text!r} does not say its zone: {HINT}")
    return at
