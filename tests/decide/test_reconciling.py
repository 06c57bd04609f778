"""When a night begins by the merchant's clock, and which periods it looks at."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from crossdock.decide.period import month_of
from crossdock.decide.reconciling import ReconciliationPolicy, night_began, periods_due
from crossdock.model.reconciliation import Run, Subject

LONDON = ReconciliationPolicy(at=time(2, 30), zone="Europe/London")


@pytest.mark.parametrize(
    ("now", "began"),
    [
        (datetime(2026, 7, 3, 1, 29, tzinfo=UTC), datetime(2026, 7, 2, 1, 30, tzinfo=UTC)),  # 02:29 in London
        (datetime(2026, 7, 3, 1, 30, tzinfo=UTC), datetime(2026, 7, 3, 1, 30, tzinfo=UTC)),
        (datetime(2026, 12, 3, 9, 0, tzinfo=UTC), datetime(2026, 12, 3, 2, 30, tzinfo=UTC)),
    ],
)
def test_a_night_begins_by_the_merchants_clock(now: datetime, began: datetime) -> None:
    assert night_began(LONDON, now=now) == began


@pytest.mark.parametrize("spring_or_autumn", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
@pytest.mark.parametrize("hour", [time(0, 30), time(1, 0), time(1, 30), time(2, 0), time(2, 30)])
def test_a_night_begins_once_where_the_clocks_change(spring_or_autumn: datetime, hour: time) -> None:
    """Looked at every five minutes, its beginning is never to come, never goes back, and is another once a day."""
    policy = ReconciliationPolicy(at=hour, zone="Europe/London")
    looks = [spring_or_autumn + timedelta(minutes=5 * n) for n in range(-144, 420)]
    began = [night_began(policy, now=now).astimezone(UTC) for now in looks]
    assert all(at <= now for at, now in zip(began, looks, strict=True))
    assert began == sorted(began)
    assert len(set(began)) == 3


def test_the_month_under_way_the_one_before_and_what_still_stands_are_looked_at() -> None:
    now = datetime(2026, 10, 9, 12, 0, tzinfo=UTC)
    due = periods_due(LONDON, now=now, open_periods=["2026-07", "2026-10"])
    assert [one.name for one in due] == ["2026-09", "2026-10", "2026-07"]


def test_a_run_over_no_period_has_no_name_for_it() -> None:
    run = Run(
        id=1, subject=next(iter(Subject)), period=None, ended=False, actor="crossdock",
        began_at=datetime(2026, 10, 9, tzinfo=UTC),
    )  # fmt: skip
    assert run.period_name == ""
    october = month_of(date(2026, 10, 9), "Europe/London")
    assert Run(
        id=2, subject=run.subject, period=october, ended=True, actor="mary", began_at=run.began_at
    ).period_name == "2026-10"  # fmt: skip
