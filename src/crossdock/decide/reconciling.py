"""What a pairing reconciles by, and which periods a night looks at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from crossdock.decide.period import month_before, month_of, read_period
from crossdock.model.reconciliation import Period, Subject, zone_of


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
