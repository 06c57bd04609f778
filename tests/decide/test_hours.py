"""Hours by the clock on the wall, also on the nights when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.hours import EVERY_DAY, Hours, day_of, digest_day, is_within, time_within

LONDON = ZoneInfo("Europe/London")
NIGHT = Hours(start=time(22), end=time(7), zone=LONDON)
OFFICE = Hours(start=time(9), end=time(18), zone=LONDON, days=frozenset(range(5)))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
CLOCKS = st.times().map(lambda one: one.replace(microsecond=0))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-06-01T21:59", False), ("2026-06-01T22:00", True), ("2026-06-02T06:59", True),
        ("2026-06-02T07:00", False),
        ("2026-03-29T06:59", True), ("2026-03-29T07:00", False),  # the clocks went forward in this night
        ("2026-10-25T06:59", True), ("2026-10-25T07:00", False),  # and back in this one
    ],
)  # fmt: skip
def test_a_night_ends_when_the_clock_on_the_wall_says_so(moment: str, quiet: bool) -> None:
    assert is_within(at(moment), NIGHT) is quiet


@given(MOMENTS)
def test_what_is_not_the_night_is_the_day(moment: datetime) -> None:
    day = Hours(start=NIGHT.end, end=NIGHT.start, zone=LONDON)
    assert is_within(moment, NIGHT) is not is_within(moment, day)


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    friday = Hours(start=time(22), end=time(7), zone=LONDON, days=frozenset({4}))
    assert is_within(at("2026-06-06T06:00"), friday)  # Saturday morning
    assert not is_within(at("2026-06-05T06:00"), friday)
    assert not is_within(at("2026-06-06T23:00"), friday)


def test_alike_means_the_whole_day() -> None:
    assert is_within(at("2026-06-06T00:00"), Hours(start=time(0), end=time(0), zone=LONDON))


def test_only_the_hours_count_of_a_silence() -> None:
    friday, monday = at("2026-06-05T17:00"), at("2026-06-08T10:30")
    assert time_within(friday, monday, OFFICE) == timedelta(hours=2.5)
    assert time_within(at("2026-06-06T08:00"), at("2026-06-07T20:00"), OFFICE) == timedelta(0)
    assert time_within(at("2026-01-01T00:00"), monday, OFFICE) < timedelta(hours=9 * 8)


def test_a_night_in_which_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    assert time_within(at("2026-03-28T12:00"), at("2026-03-29T12:00"), NIGHT) == timedelta(hours=8)
    assert time_within(at("2026-10-24T12:00"), at("2026-10-25T12:00"), NIGHT) == timedelta(hours=10)
    assert time_within(at("2026-06-01T12:00"), at("2026-06-02T12:00"), NIGHT) == timedelta(hours=9)


@given(MOMENTS, st.integers(0, 7 * 24 * 60), CLOCKS, CLOCKS)
def test_what_falls_in_and_what_falls_out_are_the_whole(since: datetime, minutes: int, start: time, end: time) -> None:
    until, zone = since + timedelta(minutes=minutes), ZoneInfo("UTC")
    inside = time_within(since, until, Hours(start=start, end=end, zone=zone))
    outside = time_within(since, until, Hours(start=end, end=start, zone=zone))
    assert inside + outside == (until - since) * (2 if start == end else 1)


def test_a_digest_is_due_from_its_time_on_and_not_long_after() -> None:
    weekdays = frozenset(range(5))
    clock = (time(8), LONDON, weekdays)
    assert digest_day(at("2026-06-05T07:59"), *clock) is None
    assert digest_day(at("2026-06-05T08:00"), *clock) == date(2026, 6, 5)
    assert digest_day(at("2026-06-05T11:59"), *clock) == date(2026, 6, 5)
    assert digest_day(at("2026-06-05T12:00"), *clock) is None
    assert digest_day(at("2026-06-06T09:00"), *clock) is None  # a Saturday


def test_a_digest_at_an_hour_that_is_left_out_comes_with_the_next() -> None:
    clock = (time(1, 30), LONDON, EVERY_DAY)
    assert digest_day(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), *clock) is None
    assert digest_day(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), *clock) == date(2026, 3, 29)


def test_a_day_is_as_long_as_it_is_there() -> None:
    began, ended = day_of(date(2026, 3, 29), LONDON)
    assert ended - began == timedelta(hours=23)
