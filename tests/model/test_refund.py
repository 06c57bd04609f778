"""The table of a refund's life: nothing is unreachable, nothing is stuck, and nothing is credited twice."""

import pytest

from crossdock.model.faults import InvalidValue
from crossdock.model.refund import REFUND_MOVES, RefundMove, RefundState, after_refund

ENDS = frozenset({RefundState.CREDITED, RefundState.DROPPED})


def reachable(starts):
    found, new = set(), set(starts)
    while new:
        found |= new
        new = {to for (state, _), to in REFUND_MOVES.items() if state in new} - found
    return found


def test_every_state_can_be_reached_and_every_move_is_used():
    assert reachable({RefundState.FOUND, RefundState.UNREADABLE}) == set(RefundState)
    assert {move for _, move in REFUND_MOVES} == set(RefundMove)


@pytest.mark.parametrize("state", sorted(set(RefundState) - ENDS))
def test_no_state_is_a_dead_end(state):
    assert reachable({state}) & ENDS


def test_nothing_moves_what_has_ended():
    assert not {state for state, _ in REFUND_MOVES if state in ENDS}


def test_an_impossible_move_says_what_is_possible():
    with pytest.raises(InvalidValue, match="a refund that is credited cannot send; it can: nothing"):
        after_refund(RefundState.CREDITED, RefundMove.SEND)
    assert after_refund(RefundState.FOUND, RefundMove.SEND) is RefundState.SENDING
