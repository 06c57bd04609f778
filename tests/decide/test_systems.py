"""How a system does, what it may be given, and what a probe means."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crossdock.decide.health import Health, calls_left, health
from crossdock.decide.probing import ALLOW, ASK, LOOK_UP, MEND, WAIT, Verdict, advice, passed, verdict

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(seconds=9), NOW - timedelta(seconds=9)
WELL: dict[str, Any] = {"called": True, "failures": 0, "flows": 0, "stopped": None, "told": None}


@dataclass(frozen=True, kw_only=True)
class Line:
    read: int = 0
    unreadable: int = 0
    problem: str = ""
    denied: str = ""


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, Health.WELL),
        ({"called": False}, Health.NOT_CALLED),
        ({"called": False, "flows": 1}, Health.FAILING),
        ({"failures": 1}, Health.FAILING),
        ({"stopped": SOON}, Health.STOPPED),
        ({"stopped": BEFORE, "failures": 8}, Health.FAILING),
        ({"stopped": SOON, "failures": 8, "told": SOON}, Health.STOPPED),
        ({"told": SOON}, Health.TOLD_TO_WAIT),
        ({"told": SOON, "failures": 1}, Health.FAILING),
        ({"told": BEFORE}, Health.WELL),
    ],
)
def test_a_system_is_as_well_as_the_worst_that_is_known_of_it(told: dict[str, Any], expected: Health) -> None:
    assert health(NOW, **{**WELL, **told}) is expected


def test_what_is_stopped_or_fails_is_looked_at_first() -> None:
    assert sorted(Health, key=lambda one: one.urgency)[:2] == [Health.STOPPED, Health.FAILING]
    assert Health.WELL.urgency == len(Health) - 1


@pytest.mark.parametrize(
    ("tokens", "since", "per_second", "left"),
    [
        (0, 0, 20, 0), (3.7, 0, 20, 3), (0, 0.5, 20, 10), (5, 60, 20, 20), (0.4, 0, 0.5, 0), (0, 60, 0.5, 1),
        (-9, 0, 5, 0),
    ],
)  # fmt: skip
def test_calls_come_back_with_time_and_never_more_than_a_burst(
    tokens: float, since: float, per_second: float, left: int
) -> None:
    assert calls_left(tokens=tokens, since_seconds=since, per_second=per_second) == left


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([Line(read=5), Line()], Verdict.WELL),
        ([Line(read=5), Line(problem="x")], Verdict.PROBLEMS),
        ([Line(read=5, unreadable=1)], Verdict.PROBLEMS),
        ([Line(read=5), Line(denied="x")], Verdict.PROBLEMS),
        ([Line(problem="x"), Line(denied="y")], Verdict.UNREACHABLE),
        ([Line(problem="x"), Line()], Verdict.PROBLEMS),
        ([Line(problem="x", read=1)], Verdict.PROBLEMS),
        ([], Verdict.UNREACHABLE),
    ],
)
def test_a_system_of_which_nothing_could_be_read_is_as_good_as_away(lines: list[Line], expected: Verdict) -> None:
    assert verdict(lines) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Line(read=5), ""),
        (Line(problem="GET http://x: cannot connect: refused"), LOOK_UP),
        (Line(problem="it did not answer before; no call was made"), LOOK_UP),
        (Line(problem="GET http://x: HTTP 429, turned away"), WAIT),
        (Line(problem="it asked us to wait another 60 s; no call was made"), WAIT),
        (Line(problem="HTTP 401: the key is refused", denied="x"), ASK),
        (Line(denied="orders may not be seen"), ALLOW),
        (Line(read=4, unreadable=1), MEND),
    ],
)
def test_each_thing_that_is_amiss_says_what_to_do(line: Line, expected: str) -> None:
    assert (advice(line), passed(line)) == (expected, expected == "")
