"""The table of an order's life: nothing is unreachable, nothing is stuck, nothing is forgotten."""

import pytest

from crossdock.model.faults import InvalidValue
from crossdock.model.lifecycle import IN_FLIGHT, MOVES, Move, OrderState, after

BEGINNINGS = frozenset({OrderState.UNREADABLE, OrderState.CAPTURED})
ENDS = frozenset({OrderState.DESPATCHED, OrderState.WITHDRAWN, OrderState.CANCELLED, OrderState.SET_ASIDE})


def reachable(starts):
    found, new = set(), set(starts)
    while new:
        found |= new
        new = {to for (state, _), to in MOVES.items() if state in new} - found
    return found


def test_every_state_can_be_reached():
    assert reachable(BEGINNINGS) == set(OrderState)


@pytest.mark.parametrize("state", sorted(set(OrderState) - ENDS))
def test_no_state_is_a_dead_end_before_its_time(state):
    assert reachable({state}) & ENDS


@pytest.mark.parametrize("state", sorted(ENDS))
def test_what_has_ended_does_not_move(state):
    assert not [move for at, move in MOVES if at is state]


def test_every_move_is_used_and_leads_to_a_known_state():
    assert {move for _, move in MOVES} == set(Move)
    assert set(MOVES.values()) <= set(OrderState)


def test_only_the_word_of_the_erp_or_of_a_person_takes_an_order_out_of_flight():
    ways_out = {move for (state, move), to in MOVES.items() if state in IN_FLIGHT and to not in IN_FLIGHT}
    assert ways_out == {Move.ACCEPT, Move.ADOPT, Move.WITHDRAW, Move.SET_ASIDE}
    assert not [to for (state, _), to in MOVES.items() if state not in IN_FLIGHT and to in IN_FLIGHT]


def test_what_may_be_in_the_erp_is_never_decided_anew_by_itself():
    """From posting, only a certain "no" leads back."""
    back = {move for (state, move), to in MOVES.items() if state is OrderState.POSTING and to is OrderState.CAPTURED}
    assert back == {Move.TURN_AWAY}


def test_after_follows_the_table_and_refuses_what_is_not_in_it():
    assert after(OrderState.CAPTURED, Move.SEND) is OrderState.POSTING
    with pytest.raises(InvalidValue, match="an order that is posted cannot send; it can: despatch_part"):
        after(OrderState.POSTED, Move.SEND)
    with pytest.raises(InvalidValue, match="it can: nothing"):
        after(OrderState.CANCELLED, Move.SEND)
