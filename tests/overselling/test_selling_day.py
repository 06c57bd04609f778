"""A storefront and a counter compete for the last units, for a simulated day at many latencies (law L4)."""

from dataclasses import replace

import pytest
from benchmarks import selling_curve
from benchmarks.selling_day import Outcome, Policy, SellingDay
from hypothesis import given, settings
from hypothesis import strategies as st

POLICIES = st.builds(
    Policy,
    latency=st.sampled_from((30.0, 60.0, 300.0, 900.0, 3600.0)),
    buffer=st.integers(0, 4),
    look=st.sampled_from((0.0, 2.0, 60.0)),
)


@given(policy=POLICIES, seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_no_item_is_short_by_more_than_the_buffer_leaves_open(policy: Policy, seed: int) -> None:
    day = SellingDay(policy, items=6, seed=seed).play()
    assert [one for one in day.items if one.short > one.promised(policy)] == []


@given(policy=POLICIES, seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_storefront_alone_sells_nothing_twice_at_any_latency(policy: Policy, seed: int) -> None:
    day = SellingDay(replace(policy, look=0.0), items=6, seed=seed)
    day._counter = lambda at, number, units: None  # type: ignore[method-assign]  # nobody stands at the counter
    assert day.play().oversold == 0


def test_without_counting_what_is_in_flight_the_storefront_alone_oversells() -> None:
    """So the promise above is not kept by chance."""
    day = SellingDay(Policy(latency=900.0, in_flight=False), items=40)
    day._counter = lambda at, number, units: None  # type: ignore[method-assign]
    assert day.play().oversold > 0


@pytest.fixture(scope="module")
def found() -> list[selling_curve.Line]:
    return selling_curve.lines()


def test_counting_what_is_in_flight_never_sells_more_twice_than_a_plain_copy(found: list[selling_curve.Line]) -> None:
    plain, *ours = found

    def short(outcomes: list[Outcome]) -> list[int]:
        return [one.oversold for one in outcomes]

    for line in ours:
        assert all(mine <= theirs for mine, theirs in zip(short(line.outcomes), short(plain.outcomes), strict=True))
        assert [line.beyond(at) for at in range(len(selling_curve.LATENCIES))] == [0] * len(selling_curve.LATENCIES)
    assert sum(short(ours[0].outcomes)) < sum(short(plain.outcomes))


def test_the_page_shows_the_curve_as_it_is(found: list[selling_curve.Line]) -> None:
    """If this fails: `python -m benchmarks.selling_curve`."""
    text = selling_curve.PAGE.read_text("utf-8")
    assert text == selling_curve.page(text, found)
    assert selling_curve.PAGE.with_suffix(".svg").read_text("utf-8") == selling_curve.picture(found)
