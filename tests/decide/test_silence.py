"""A feed that goes quiet, told by the merchant's own past."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crossdock.decide.silence import Silence, find_silence, said_since

LONDON, KATHMANDU = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kathmandu")
MONDAY = datetime(2026, 7, 6, tzinfo=LONDON)
WEEK = timedelta(weeks=1)

zones = st.sampled_from([UTC, LONDON, KATHMANDU, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
spells = st.timedeltas(timedelta(0), timedelta(days=9))


def shop_hours(weeks: int, *, each_hour: int = 10, until: datetime = MONDAY) -> dict[datetime, int]:
    """Monday to Friday, nine to five, in the weeks before `until`."""
    day = until.replace(tzinfo=None) - WEEK * weeks
    found: dict[datetime, int] = {}
    while day < until.replace(tzinfo=None):
        if day.weekday() < 5:
            found |= {day.replace(hour=hour): each_hour for hour in range(9, 17)}
        day += timedelta(days=1)
    return found


def judge(hours: Mapping[datetime, int], last: datetime, now: datetime, **more: int) -> Silence | None:
    return find_silence(hours, last=last, now=now, zone=LONDON, usual_least=more.pop("usual_least", 5), **more)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_no_orders_since_ten_past_nine_and_usually_forty_by_now() -> None:
    assert judge(shop_hours(8), at(9, 10), at(13, 10)) == Silence(since=at(9, 10), usual=40, weeks=8)


def test_a_night_and_a_weekend_are_quiet_by_themselves() -> None:
    """From Friday's last order to Monday before nine."""
    hours = shop_hours(8)
    friday = MONDAY - timedelta(days=2, hours=7)
    for quiet in (timedelta(hours=3), timedelta(days=1), timedelta(days=2, hours=15, minutes=59)):
        assert judge(hours, friday, friday + quiet) is None
    assert judge(hours, friday, at(10)) is not None


def test_part_of_an_hour_counts_as_that_part() -> None:
    assert judge(shop_hours(8), at(9, 30), at(9, 59)) is None
    assert judge(shop_hours(8), at(9, 30), at(10)) == Silence(since=at(9, 30), usual=5, weeks=8)


def test_one_odd_week_neither_hides_nor_makes_a_silence() -> None:
    hours = shop_hours(8)
    closed = {hour: count for hour, count in hours.items() if hour.date() != (MONDAY - WEEK).date()}
    assert judge(closed, at(9), at(12)) == Silence(since=at(9), usual=30, weeks=8)
    sale = {hour: 500 if hour.date() == (MONDAY - WEEK).date() else 0 for hour in hours}
    assert judge(sale, at(9), at(12)) is None


def test_where_some_mondays_are_empty_an_empty_monday_is_no_sign() -> None:
    hours = shop_hours(8)
    for back in (1, 3, 5):
        hours = {hour: count for hour, count in hours.items() if hour.date() != (MONDAY - WEEK * back).date()}
    assert judge(hours, at(9), at(12)) is None


@pytest.mark.parametrize("weeks", [0, 1, 3])
def test_without_enough_of_a_past_nothing_is_silent(weeks: int) -> None:
    assert judge(shop_hours(weeks), at(9), at(16)) is None


def test_four_weeks_are_enough() -> None:
    assert judge(shop_hours(4), at(9), at(16)) == Silence(since=at(9), usual=70, weeks=4)


def test_a_feed_that_never_gave_anything_is_not_silent() -> None:
    assert find_silence(shop_hours(8), last=None, now=at(16), zone=LONDON, usual_least=5) is None


def test_nought_switches_it_off() -> None:
    assert judge(shop_hours(8), at(9), at(16), usual_least=0) is None


def test_only_so_many_weeks_count() -> None:
    slower = {**shop_hours(20), **shop_hours(4, each_hour=2)}
    assert judge(slower, at(9), at(14), weeks=4) == Silence(since=at(9), usual=10, weeks=4)
    assert judge(slower, at(9), at(14), weeks=20) == Silence(since=at(9), usual=50, weeks=20)


def test_the_hour_that_spring_leaves_out_was_not_silent() -> None:
    """29 March 2026, 01:00 is followed by 02:00. Ten minutes are ten minutes, whatever the clock shows."""
    sunday = datetime(2026, 3, 29, tzinfo=LONDON)
    hours = {
        datetime(2026, 3, 29) - WEEK * back + timedelta(hours=hour): 60 for back in range(1, 9) for hour in range(24)
    }
    last, now = sunday.replace(hour=0, minute=55), sunday.replace(hour=2, minute=5)
    assert judge(hours, last, now, usual_least=1) == Silence(since=last, usual=10, weeks=8)


def test_the_hour_that_autumn_repeats_was_silent_twice() -> None:
    sunday = datetime(2026, 10, 25, tzinfo=LONDON)
    hours = {
        datetime(2026, 10, 25) - WEEK * back + timedelta(hours=hour): 60 for back in range(1, 9) for hour in range(24)
    }
    last, now = sunday.replace(hour=1), sunday.replace(hour=1, fold=1)
    assert judge(hours, last, now, usual_least=1) == Silence(since=last, usual=60, weeks=8)


@given(
    zone=zones, last=moments, spell=spells, more=spells, counts=st.lists(st.integers(0, 9), min_size=24, max_size=24)
)
def test_a_silence_once_told_stays_the_same_one_until_the_next_record(
    zone: tzinfo, last: datetime, spell: timedelta, more: timedelta, counts: list[int]
) -> None:
    """So there are never two cases for one silence: its beginning names it, and time only makes it worse."""
    hours = {
        datetime(2025, 9, 1) + timedelta(days=day, hours=hour): counts[hour] for day in range(500) for hour in range(24)
    }
    first = find_silence(hours, last=last, now=last + spell, zone=zone, usual_least=3)
    assume(first is not None)
    assert first is not None
    later = find_silence(hours, last=last, now=last + spell + more, zone=zone, usual_least=3)
    assert later is not None
    assert later.since == first.since == last
    assert later.usual >= first.usual


@given(zone=zones, last=moments, spell=spells)
def test_no_alarm_without_a_past_in_any_zone_at_any_hour(zone: tzinfo, last: datetime, spell: timedelta) -> None:
    now = last + spell
    recent = last.astimezone(zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    hours = {recent - timedelta(hours=back): 50 for back in range(24 * 20)}
    assert find_silence(hours, last=last, now=now, zone=zone, usual_least=1) is None


@given(zone=zones, last=moments, spell=spells)
def test_a_shop_that_never_sells_at_that_hour_is_never_silent_then(
    zone: tzinfo, last: datetime, spell: timedelta
) -> None:
    hours = {datetime(2025, 9, 1) + timedelta(days=day): 0 for day in range(500)}
    assert find_silence(hours, last=last, now=last + spell, zone=zone, usual_least=1) is None


def test_the_moment_is_said_as_people_there_say_it() -> None:
    since = datetime(2026, 7, 6, 8, 10, tzinfo=UTC)
    assert said_since(since, at(13), LONDON) == "09:10"
    assert said_since(since, at(13, day=1), LONDON) == "Monday 6 July 09:10"
