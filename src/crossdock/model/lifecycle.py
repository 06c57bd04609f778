"""The life of an order: its states and the moves between them, in one table that the docs draw their diagram from."""

from collections.abc import Mapping
from enum import StrEnum

from crossdock.model.faults import InvalidValue


class OrderState(StrEnum):
    UNREADABLE = "unreadable"  # stored as it came; a case says what is wrong with the document
    CAPTURED = "captured"  # ours now; to be looked at
    WAITING = "waiting"  # in at least one open case
    POSTING = "posting"  # sent, or about to be; the answer is not in yet
    POSTED = "posted"  # the ERP has it
    PART_DESPATCHED = "part_despatched"
    DESPATCHED = "despatched"
    WITHDRAWN = "withdrawn"  # cancelled or closed at the storefront before it was posted
    CANCELLED = "cancelled"  # cancelled in the ERP after it was posted
    SET_ASIDE = "set_aside"  # a named person took it out, with a reason


class Move(StrEnum):
    READ_AGAIN = "read_again"
    HOLD = "hold"
    RELEASE = "release"
    SEND = "send"
    SEND_AGAIN = "send_again"
    ACCEPT = "accept"
    REFUSE = "refuse"
    TURN_AWAY = "turn_away"
    DESPATCH_PART = "despatch_part"
    DESPATCH_ALL = "despatch_all"
    WITHDRAW = "withdraw"
    ADOPT = "adopt"
    CANCEL = "cancel"
    AMEND = "amend"
    SET_ASIDE = "set_aside"


S, M = OrderState, Move

MOVES: Mapping[tuple[OrderState, Move], OrderState] = {
    (S.UNREADABLE, M.READ_AGAIN): S.CAPTURED,
    (S.UNREADABLE, M.WITHDRAW): S.WITHDRAWN,
    (S.UNREADABLE, M.SET_ASIDE): S.SET_ASIDE,
    (S.CAPTURED, M.READ_AGAIN): S.CAPTURED,
    (S.CAPTURED, M.HOLD): S.WAITING,
    (S.CAPTURED, M.SEND): S.POSTING,
    (S.CAPTURED, M.WITHDRAW): S.WITHDRAWN,
    (S.WAITING, M.READ_AGAIN): S.CAPTURED,
    (S.WAITING, M.HOLD): S.WAITING,
    (S.WAITING, M.RELEASE): S.CAPTURED,
    (S.WAITING, M.WITHDRAW): S.WITHDRAWN,
    (S.WAITING, M.SET_ASIDE): S.SET_ASIDE,
    (S.WAITING, M.ADOPT): S.POSTED,  # a person found it in the ERP after all
    # An order whose outcome nobody could learn waits as POSTING's child: it goes back to be looked up, not re-decided.
    (S.POSTING, M.SEND_AGAIN): S.POSTING,
    (S.POSTING, M.ACCEPT): S.POSTED,
    (S.POSTING, M.REFUSE): S.WAITING,
    (S.POSTING, M.TURN_AWAY): S.CAPTURED,  # it certainly never left: no connection, or "not now"
    (S.POSTING, M.SET_ASIDE): S.SET_ASIDE,  # a person's word, after looking for it in the ERP
    (S.POSTED, M.DESPATCH_PART): S.PART_DESPATCHED,
    (S.POSTED, M.DESPATCH_ALL): S.DESPATCHED,
    (S.POSTED, M.AMEND): S.POSTED,
    (S.POSTED, M.CANCEL): S.CANCELLED,
    (S.PART_DESPATCHED, M.DESPATCH_PART): S.PART_DESPATCHED,
    (S.PART_DESPATCHED, M.DESPATCH_ALL): S.DESPATCHED,
    (S.PART_DESPATCHED, M.AMEND): S.PART_DESPATCHED,  # a person made it there
    (S.PART_DESPATCHED, M.CANCEL): S.CANCELLED,
}

IN_FLIGHT = frozenset({S.UNREADABLE, S.CAPTURED, S.WAITING, S.POSTING})
"""Captured and not known to be in the ERP: what these orders want is not in the ERP's figures yet (law L4)."""


def after(state: OrderState, move: Move) -> OrderState:
    """The state a move leads to. Raises InvalidValue when the table does not allow it."""
    try:
        return MOVES[state, move]
    except KeyError:
        allowed = ", ".join(m for s, m in MOVES if s is state) or "nothing"
        raise InvalidValue(f"an order that is {state} cannot {move}; it can: {allowed}") from None
