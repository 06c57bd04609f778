"""Periods as people write them: half-open, by the merchant's calendar."""

from datetime import UTC, date, datetime

import pytest

from crossdock.decide.period import month_before, month_of, read_period
from crossdock.model.faults import InvalidValue
from crossdock.model.reconciliation import Amounts, Period

ZONE = "Europe/London"


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        (" 2026-10-05..2026-10-06 ", date(2026, 10, 5), date(2026, 10, 6)),
    ],
)
def test_a_period_is_a_month_or_two_days(text: str, first: date, end: date) -> None:
    period = read_period(text, ZONE)
    assert (period.first, period.end) == (first, end)


@pytest.mark.parametrize(
    "text", ["", "october", "2026-13", "2026-10-01", "2026-10-01..", "9999-12", "2026-10..2026-11"]
)
def test_what_is_no_period_is_refused_with_what_would_be_one(text: str) -> None:
    with pytest.raises(InvalidValue, match="write a month, 2026-10"):
        read_period(text, ZONE)


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(InvalidValue, match="must end after"):
        read_period("2026-10-02..2026-10-02", ZONE)


def test_a_zone_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no time zone"):
        read_period("2026-10", "Mars/Olympus")


def test_a_period_is_half_open_and_by_the_merchants_clock() -> None:
    october = read_period("2026-10", ZONE)
    assert october.begins == datetime(2026, 9, 30, 23, tzinfo=UTC)  # summer time still
    assert october.ends == datetime(2026, 11, 1, tzinfo=UTC)
    assert (october.holds(date(2026, 10, 31)), october.holds(date(2026, 11, 1))) == (True, False)
    assert october.day_of(datetime(2026, 9, 30, 23, 30, tzinfo=UTC)) == date(2026, 10, 1)


def test_the_month_of_a_day_and_the_one_before() -> None:
    january = month_of(date(2026, 1, 31), ZONE)
    assert (january.name, month_before(january)) == (
        "2026-01",
        Period(name="2025-12", first=date(2025, 12, 1), end=date(2026, 1, 1), zone=ZONE),
    )


def test_what_nobody_said_makes_every_sum_with_it_unknown() -> None:
    from decimal import Decimal

    whole = Amounts(Decimal(12), Decimal(10), Decimal(2)) + Amounts(Decimal(1))
    assert whole == Amounts(Decimal(13), None, None)
    assert bool(-whole)
