"""A case that is put off comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from crossdock.decide.put_off import COMMENT_MAX, LONGEST, comment_problem, put_off_problem

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "reason", "problem"),
    [
        (NOW + timedelta(hours=4), "waits for the supplier", ""),
        (NOW + LONGEST, "waits for the supplier", ""),
        (NOW, "waits for the supplier", "still to come"),
        (NOW + LONGEST + timedelta(seconds=1), "waits for the supplier", "14 days"),
        (NOW + timedelta(hours=4), "  ", "Say why"),
    ],
)
def test_how_long_and_why(until: datetime, reason: str, problem: str) -> None:
    said = put_off_problem(NOW, until, reason)
    assert (problem in said, bool(said)) == (True, bool(problem))


def test_what_is_said_says_something_and_ends() -> None:
    assert comment_problem("rang them") == ""
    assert comment_problem("x" * COMMENT_MAX) == ""
    assert comment_problem(" \n") == "Write something."
    assert str(COMMENT_MAX + 1) in comment_problem("x" * (COMMENT_MAX + 1))
