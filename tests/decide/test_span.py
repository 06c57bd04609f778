"""Stretches of time as people write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crossdock.decide.span import read_span
from crossdock.model.faults import InvalidValue

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_a_day_begins_at_midnight_and_the_last_one_is_not_part_of_it() -> None:
    span = read_span("2026-01-01", "2026-02-01", now=NOW)
    assert span.holds(datetime(2026, 1, 1, tzinfo=UTC))
    assert span.holds(datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC))
    assert not span.holds(datetime(2026, 2, 1, tzinfo=UTC))
    assert not span.holds(datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))


def test_a_moment_keeps_its_zone() -> None:
    span = read_span("2026-01-01T00:00:00+01:00", "2026-01-02T00:00:00Z", now=NOW)
    assert span.since == datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert span.until == datetime(2026, 1, 2, tzinfo=UTC)


def test_without_a_beginning_it_is_a_year_and_without_an_end_it_ends_now() -> None:
    span = read_span("", "", now=NOW)
    assert (span.since, span.until) == (NOW - timedelta(days=365), NOW)


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("yesterday", "", "is no moment"),
        ("2026-01-01T09:00:00", "", "does not say its zone"),
        ("2026-01-02", "2026-01-02", "before it begins"),
        ("2026-01-03", "2026-01-02", "before it begins"),
        ("", "0001-02-01", "say when it begins"),
    ],
)
def test_what_makes_no_sense_is_told(since: str, until: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        read_span(since, until, now=NOW)
