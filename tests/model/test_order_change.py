"""The table of a change's life: nothing is unreachable, nothing is stuck."""

import pytest

from crossdock.model.faults import InvalidValue
from crossdock.model.order_change import CHANGE_MOVES, UNDER_WAY, ChangeMove, ChangeState, after_change

ENDS = frozenset({ChangeState.APPLIED, ChangeState.REFUSED, ChangeState.MOOT})


def reachable(starts):
    found, new = set(), set(starts)
    while new:
        found |= new
        new = {to for (state, _), to in CHANGE_MOVES.items() if state in new} - found
    return found


def test_every_state_can_be_reached_and_every_move_is_used():
    assert reachable({ChangeState.ASKED}) == set(ChangeState)
    assert {move for _, move in CHANGE_MOVES} == set(ChangeMove)


@pytest.mark.parametrize("state", sorted(set(ChangeState) - ENDS))
def test_no_state_is_a_dead_end(state):
    assert reachable({state}) & ENDS


def test_only_a_persons_word_moves_what_has_ended():
    assert {(state, move) for state, move in CHANGE_MOVES if state in ENDS} == {
        (ChangeState.REFUSED, ChangeMove.ASK_AGAIN)
    }


def test_whatever_has_not_ended_is_under_way():
    assert set(ChangeState) - ENDS == UNDER_WAY


def test_an_impossible_move_says_what_is_possible():
    with pytest.raises(InvalidValue, match="a change that is applied cannot send; it can: nothing"):
        after_change(ChangeState.APPLIED, ChangeMove.SEND)
    assert after_change(ChangeState.ASKED, ChangeMove.SEND) is ChangeState.SENDING
