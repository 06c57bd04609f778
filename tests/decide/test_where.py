"""Where an order stands, in words that stand alone."""

from datetime import timedelta

import pytest

from crossdock.decide.where import Standing, where_it_stands
from crossdock.model.lifecycle import OrderState as S
from tests.strategies import PLACED as NOW


def stands(state: S, **known) -> tuple[str, ...]:
    return where_it_stands(Standing(state=state, now=NOW, **known))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (S.UNREADABLE, "It was stored as it came, and cannot be read."),
        (S.WITHDRAWN, "It was cancelled or closed at the storefront before it was posted."),
        (S.SET_ASIDE, "A person set it aside; the timeline says who and why."),
    ],
)
def test_before_the_erp(state, said):
    assert stands(state) == (said,)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (S.POSTED, "The ERP has it as SO1; nothing of it has left yet."),
        (S.PART_DESPATCHED, "The ERP has it as SO1; part of it has left."),
        (S.DESPATCHED, "All of it has left; the ERP has it as SO1."),
        (S.CANCELLED, "It was cancelled in the ERP, where it is SO1."),
    ],
)
def test_in_the_erp(state, said):
    assert stands(state, erp_ref="SO1", is_acknowledged=True) == (said,)


def test_every_state_has_its_words():
    assert all(stands(state)[0].endswith(".") for state in S)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "is not looked at again by itself"),
        (30, "is looked at again within 30 s"),
        (-60, "is looked at again within 1 s"),
        (-180, "should have been looked at 3 min ago: see whether a worker runs"),
    ],
)
def test_when_it_is_looked_at_again(seconds, said):
    look_at = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert stands(S.CAPTURED, look_at=look_at) == (f"It is captured and {said}.",)
    assert stands(S.POSTING, attempts=1, look_at=look_at) == (
        f"It was sent to the ERP once and the answer is not known; {said}.",
    )


def test_how_often_it_was_sent():
    assert "sent to the ERP 3 times" in stands(S.POSTING, attempts=3)[0]


def test_what_it_waits_for():
    assert stands(S.WAITING, open_cases=[(7, "data", "Nobody knows TEA.")]) == (
        "It waits for a person.", "Case 7 (data): Nobody knows TEA.",
    )  # fmt: skip
    assert "defect of Crossdock" in stands(S.WAITING)[1]
    assert stands(S.POSTED, erp_ref="SO1")[1] == "The storefront has not been told its ERP number yet."
    refused = stands(S.POSTED, erp_ref="SO1", acknowledge_problem="403", is_acknowledged=True)
    assert refused[1:] == ("The storefront would not take its ERP number: 403",)
    mute = stands(S.WAITING, open_cases=[(7, "data", "Nobody knows TEA.")], shown_problem="frozen")
    assert mute[-1] == "The storefront would not show why it waits: frozen"
    despatch = stands(S.DESPATCHED, erp_ref="SO1", is_acknowledged=True, unfinished=[("B2B-812/1", "waiting")])
    assert despatch[1:] == ("Despatch B2B-812/1 has not been told to the storefront yet (waiting).",)
