"""Has a feed gone quiet? Told by the merchant's own past: what came on the same weekdays, at the same hours.

The quiet spell, from the last record to now, is laid over each of the past weeks, hour by hour, in the merchant's local
time. What came then, in the middle of those weeks, is what is usual. So nights, Sundays and closing times are quiet
without anybody saying so, and a feed that has no past yet is never called silent. The spell itself is real time: an
hour that a change of the clock leaves out was not silent, and one that it repeats was, twice.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from statistics import median_low

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
WEEK = timedelta(weeks=1)
WEEKS_LEAST = 4
QUIET_SHARE = 4  # where one week in so many had nothing in that spell either, nothing is no sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A feed from which nothing came since `since`, while `usual` records are the rule. weeks: how many tell so."""

    since: datetime
    usual: int
    weeks: int


def find_silence(
    hours: Mapping[datetime, int],
    *,
    last: datetime | None,
    now: datetime,
    zone: tzinfo,
    usual_least: int,
    weeks: int = 8,
) -> Silence | None:
    """The silence that a feed is in, or None.

    hours: local hour (without zone, whole) → records in it, over the past weeks; hours with none may be missing. last:
    when the newest record came; None for never. usual_least: how many records must be missing before it is told; 0 for
    never.
    """
    if last is None or not hours or usual_least <= 0:
        return None
    spell, began = _hours_of(last, now, zone), min(hours)
    past = [
        sum(hours.get(hour - WEEK * back, 0) * seconds for hour, seconds in spell.items()) // 3600
        for back in range(1, weeks + 1)
        if _local(last, zone) - WEEK * back >= began
    ]
    if len(past) < WEEKS_LEAST:
        return None
    usual = median_low(past)
    if usual < usual_least or past.count(0) * QUIET_SHARE > len(past):
        return None
    return Silence(since=last, usual=usual, weeks=len(past))


def said_since(since: datetime, now: datetime, zone: tzinfo) -> str:
    """The moment as people say it there: 09:10, or Friday 3 July 09:10 when that was another day."""
    there, today = _local(since, zone), _local(now, zone)
    if there.date() == today.date():
        return there.strftime("%H:%M")
    return f"{there.strftime('%A')} {there.day} {there.strftime('%B %H:%M')}"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _hours_of(start: datetime, end: datetime, zone: tzinfo) -> dict[datetime, int]:
    """The local hours of a spell, and how many seconds of it fall into each."""
    spell: dict[datetime, int] = defaultdict(int)
    start = start.astimezone(UTC)  # sums of local times would be sums of clock faces
    while start < end:
        local = _local(start, zone)
        hour = local.replace(minute=0, second=0, microsecond=0)
        share = min(end - start, hour + HOUR - local)
        spell[hour] += max(1, share // SECOND)
        start += max(share, SECOND)
    return spell
