"""What became of an order: every state, with a case and without."""

import pytest

from crossdock.decide.completeness import FAULTS, Verdict, account, is_green, verdict_of
from crossdock.model.lifecycle import OrderState as S

TABLE = {
    S.UNREADABLE: (Verdict.UNHELD, Verdict.IN_CASE),
    S.CAPTURED: (Verdict.WAITING, Verdict.IN_CASE),
    S.WAITING: (Verdict.UNHELD, Verdict.IN_CASE),
    S.POSTING: (Verdict.WAITING, Verdict.IN_CASE),
    S.POSTED: (Verdict.SETTLED, Verdict.SETTLED),
    S.PART_DESPATCHED: (Verdict.SETTLED, Verdict.SETTLED),
    S.DESPATCHED: (Verdict.SETTLED, Verdict.SETTLED),
    S.WITHDRAWN: (Verdict.SETTLED, Verdict.SETTLED),
    S.CANCELLED: (Verdict.SETTLED, Verdict.SETTLED),
    S.SET_ASIDE: (Verdict.SETTLED, Verdict.SETTLED),
}


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(S)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("in_case", [False, True])
def test_the_verdict_on_an_order(state: S, in_case: bool) -> None:
    assert verdict_of(state, in_case=in_case) is TABLE[state][in_case]


def test_every_order_is_counted_once() -> None:
    rows = [(state, in_case, 1) for state in S for in_case in (False, True)]
    counts = account(rows)
    assert set(counts) == set(Verdict)
    assert sum(counts.values()) == len(rows)
    assert account([]) == dict.fromkeys(Verdict, 0)


def test_the_light_is_green_when_nothing_is_unaccounted_for() -> None:
    green = {part: dict.fromkeys(names, 0) for part, names in FAULTS.items()}
    assert is_green(green)
    assert is_green({part: {} for part in FAULTS})


@pytest.mark.parametrize(("part", "name"), [(part, name) for part, names in FAULTS.items() for name in names])
def test_one_that_is_unaccounted_for_turns_it_off(part: str, name: str) -> None:
    report = {one: dict.fromkeys(names, 0) for one, names in FAULTS.items()}
    report[part][name] = 1
    assert not is_green(report)
