"""How long figures take from the shelf to the ledger."""

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.lag import bucket, judge_lag, percentile
from tests.strategies import law

lengths = st.floats(0, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [(-3, 0), (0, 0), (0.04, 0.1), (0.31, 0.4), (1, 1), (1.01, 1.1), (9.95, 10), (12.2, 13), (301, 310), (4000, 4000)],
)
def test_lengths_of_time_are_rounded_up_to_two_digits(seconds, kept):
    assert bucket(seconds) == pytest.approx(kept)


@law
@given(lengths)
def test_a_length_is_never_told_shorter_nor_more_than_a_tenth_too_long(seconds):
    assert bucket(seconds) >= seconds - 1e-3 * seconds - 1e-9
    assert bucket(seconds) <= max(seconds * 1.1 + 1e-6, seconds + 0.1)


@law
@given(st.lists(lengths, min_size=1, max_size=60), st.sampled_from((50, 95, 99, 100)))
def test_a_percentile_of_the_counts_is_that_of_the_lengths(found, share):
    exact = sorted(found)[ceil(len(found) * share / 100) - 1]
    assert percentile(Counter(map(bucket, found)), share) == bucket(exact)


def test_of_nothing_there_is_no_percentile():
    assert percentile({}, 95) is None


def lag(counts, *, waiting=0, oldest=0.0):
    return judge_lag(counts, waiting=waiting, oldest_seconds=oldest, target_seconds=300, share=95)


def test_within_the_target_there_is_no_problem():
    found = lag({10: 95, 900: 5}, waiting=3, oldest=299)
    assert (found.problem, found.figures, found.percentiles[95], found.percentiles[99]) == ("", 100, 10, 900)
    assert lag({}).problem == ""


def test_beyond_the_target_it_says_what_is_late():
    assert lag({10: 94, 900: 6}).problem == "95 of 100 took up to 900 s from the shelf to the ERP"
    assert lag({}, waiting=40, oldest=301).problem == "40 wait to be booked, the oldest for 310 s"
    assert "and 40 wait" in lag({900: 6}, waiting=40, oldest=301).problem
