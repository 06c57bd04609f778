"""What a pairing reconciles by, and which periods a night looks at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from crossdock.decide.period import month_before, month_of, read_period
from crossdock.model.reconciliation import PERIODIC, Period, Run, Subject, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPolicy:
    """subjects: what is compared each night. at: when, by the clock of zone. settle_seconds: records younger than this
    are left alone. look_back_days: how far before a period its invoices, credit notes and refunds are read. grace_days:
    how long an invoice or a credit note may take. rounding_allowed: how far rounding may part two papers unremarked.
    """

    subjects: tuple[Subject, ...] = tuple(Subject)
    at: time = time(2, 30)
    zone: str = "Europe/London"
    settle_seconds: float = 900.0
    look_back_days: int = 92
    grace_days: int = 5
    rounding_allowed: Decimal = Decimal(0)


def night_began(policy: ReconciliationPolicy, *, now: datetime) -> datetime:
    """The latest moment at which the merchant's clock showed the hour of the nightly run."""
    local = now.astimezone(zone_of(policy.zone))
    hour = local.replace(hour=policy.at.hour, minute=policy.at.minute, second=0, microsecond=0, fold=0)
    is_past = hour.astimezone(UTC) <= now  # not by the wall: in spring an hour may never be shown, in autumn twice
    return hour if is_past else hour - timedelta(days=1)


def periods_due(policy: ReconciliationPolicy, *, now: datetime, open_periods: Iterable[str]) -> tuple[Period, ...]:
    """The month under way, the one before, and every period with a difference that still stands in a case."""
    month = month_of(now.astimezone(zone_of(policy.zone)).date(), policy.zone)
    found = {one.name: one for one in (month_before(month), month)}
    for name in sorted(open_periods):
        found.setdefault(name, read_period(name, policy.zone))
    return tuple(found.values())


class Stands(StrEnum):
    """Where a run stands, for whoever looks at it."""

    ASKED = "waits for a worker"
    UNDER_WAY = "under way"
    BROKEN_OFF = "broken off"
    TO_SETTLE = "to settle"
    EXPLAINED = "explained"
    AGREES = "agrees"
    UNKNOWN = "not all was read"


GOING = frozenset({Stands.ASKED, Stands.UNDER_WAY})


def standing_of(run: Run, *, held: bool, asked: bool) -> Stands:
    """held: somebody is at it; asked: it waits for a worker. What was not read is never said to agree."""
    if not run.ended:
        return Stands.UNDER_WAY if held else Stands.ASKED if asked else Stands.BROKEN_OFF
    if run.counts.get("to_settle"):
        return Stands.TO_SETTLE
    if run.unknowns:
        return Stands.UNKNOWN
    return Stands.EXPLAINED if run.counts.get("differences") else Stands.AGREES


def why_not_now(
    subject: Subject,
    period: Period | None,
    *,
    today: date,
    lacking: Sequence[str],
    under_way: Iterable[tuple[Run, Stands]],
) -> str:
    """Why a person's wish to compare cannot be met now, "" when it can. under_way: runs of the same object that have
    not ended; one that was broken off is taken up again by the same wish, and stands in the way of no other."""
    if lacking:
        return f"{subject} cannot be compared: {'; '.join(lacking)}."
    if subject in PERIODIC:
        if period is None:
            return f"{subject} is compared over a period: say over which."
        if period.first > today:
            return f"The period {period.name} has not begun yet."
    for run, stands in under_way:
        if stands in GOING:
            over = f" over {run.period_name}" if run.period_name else ""
            return f"Run {run.id} of {subject}{over}, begun by {run.actor}, is not done: one at a time."
    return ""
