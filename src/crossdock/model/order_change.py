"""A wish to change an order that was taken already, and its way from asked to answered, in one table of moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crossdock.model.after_sale import CancelledLine
from crossdock.model.faults import InvalidValue


class Origin(StrEnum):
    """Who wants it."""

    DOCUMENT = "document"  # the storefront's order says something else than it did
    WISH = "wish"  # the storefront asks, and waits for our answer
    ERP = "erp"  # it was done in the ERP, and the storefront is to be told


class ChangeState(StrEnum):
    ASKED = "asked"  # to be decided, by where the order stands in the ERP
    SENDING = "sending"  # sent, or about to be; the answer is not in yet
    FOLLOWING = "following"  # granted before the order was sent; it is not sent until the storefront's order shows it
    WAITING = "waiting"  # in at least one open case
    ANSWERING = "answering"  # decided; whoever asked is still to be told
    APPLIED = "applied"
    REFUSED = "refused"
    MOOT = "moot"  # there was nothing to do, or a named person took it as it is


class ChangeMove(StrEnum):
    SEND = "send"
    TURN_AWAY = "turn_away"
    FOLLOW = "follow"
    HOLD = "hold"
    ASK_AGAIN = "ask_again"
    GRANT = "grant"
    DECLINE = "decline"
    APPLY = "apply"
    REFUSE = "refuse"
    DROP = "drop"
    TELL = "tell"


S, M = ChangeState, ChangeMove

CHANGE_MOVES: Mapping[tuple[ChangeState, ChangeMove], ChangeState] = {
    (S.ASKED, M.SEND): S.SENDING,
    (S.ASKED, M.GRANT): S.ANSWERING,
    (S.ASKED, M.DECLINE): S.ANSWERING,
    (S.ASKED, M.DROP): S.MOOT,
    (S.ASKED, M.HOLD): S.WAITING,
    (S.SENDING, M.SEND): S.SENDING,
    (S.SENDING, M.TURN_AWAY): S.ASKED,  # it certainly never left
    (S.SENDING, M.GRANT): S.ANSWERING,
    (S.SENDING, M.DECLINE): S.ANSWERING,
    (S.SENDING, M.HOLD): S.WAITING,
    (S.WAITING, M.ASK_AGAIN): S.ASKED,
    (S.WAITING, M.GRANT): S.ANSWERING,
    (S.WAITING, M.DECLINE): S.ANSWERING,
    (S.WAITING, M.DROP): S.MOOT,
    (S.WAITING, M.HOLD): S.WAITING,
    (S.ANSWERING, M.TELL): S.ANSWERING,
    (S.ANSWERING, M.FOLLOW): S.FOLLOWING,
    (S.ANSWERING, M.APPLY): S.APPLIED,
    (S.ANSWERING, M.REFUSE): S.REFUSED,
    (S.FOLLOWING, M.APPLY): S.APPLIED,
    (S.FOLLOWING, M.HOLD): S.WAITING,
    (S.REFUSED, M.ASK_AGAIN): S.ASKED,  # a person's word: the floor has let go of it
}

UNDER_WAY = frozenset({S.ASKED, S.SENDING, S.FOLLOWING, S.WAITING, S.ANSWERING})
"""While one of these stands, its order is not what both sides want it to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """One wish. key: the same for every telling of it. cancels: nothing of the order shall be sent any more; else the
    lines are taken off, or, with none, the order shall say what the storefront's document says.

    what: in words, after "the order was". answers: the key by which whoever asked waits for our answer, "" when nobody
    does.
    """

    key: str
    origin: Origin
    what: str
    cancels: bool = False
    lines: tuple[CancelledLine, ...] = ()
    reason: str = ""
    answers: str = ""


def after_change(state: ChangeState, move: ChangeMove) -> ChangeState:
    """The state a move leads to. Raises InvalidValue when the table does not allow it."""
    try:
        return CHANGE_MOVES[state, move]
    except KeyError:
        allowed = ", ".join(m for s, m in CHANGE_MOVES if s is state) or "nothing"
        raise InvalidValue(f"a change that is {state} cannot {move}; it can: {allowed}") from None
