"""The life of a product on its way from the PIM to the ERP and back: states, and the moves between them."""

from collections.abc import Mapping
from enum import StrEnum

from crossdock.model.faults import InvalidValue


class ProductState(StrEnum):
    UNREADABLE = "unreadable"  # stored as it came; a case says what is wrong with the document
    CAPTURED = "captured"  # read from the PIM; to be judged
    WAITING = "waiting"  # in at least one open case
    READY = "ready"  # fit for the ERP; its family's template must be there first
    CONVERTING = "converting"  # a plain item in the ERP, about to become one of a family
    PUT_OUT = "put_out"  # laid out for the ERP, which has not confirmed it yet
    CONFIRMED = "confirmed"  # the ERP holds it as it was laid out; the PIM has not been told yet
    RELEASED = "released"  # the PIM was told: it may be sold
    REPLACED = "replaced"  # the items of a family took its place; retired in the ERP
    LEFT_OUT = "left_out"  # not taken: of another family, or a level between a model and its variants
    GONE = "gone"  # no longer in the PIM
    SET_ASIDE = "set_aside"  # a named person took it out, with a reason, until it changes


class ProductMove(StrEnum):
    LOOK_AGAIN = "look_again"
    SPOIL = "spoil"
    HOLD = "hold"
    PASS = "pass"  # noqa: S105 - no password, a move
    CONVERT = "convert"
    LAY_OUT = "lay_out"
    CONFIRM = "confirm"
    TELL = "tell"
    REPLACE = "replace"
    LEAVE_OUT = "leave_out"
    VANISH = "vanish"
    SET_ASIDE = "set_aside"


S, M = ProductState, ProductMove

ALIVE = frozenset(S) - {S.GONE}
JUDGED = frozenset({S.CAPTURED, S.WAITING, S.READY, S.CONVERTING, S.PUT_OUT, S.CONFIRMED, S.RELEASED})

PRODUCT_MOVES: Mapping[tuple[ProductState, ProductMove], ProductState] = {
    # It changed in the PIM, or its cause is gone, or somebody doubts what the ERP holds: judged anew.
    **{(state, M.LOOK_AGAIN): S.CAPTURED for state in S},
    **{(state, M.SPOIL): S.UNREADABLE for state in S},
    **{(state, M.HOLD): S.WAITING for state in JUDGED},
    (S.CAPTURED, M.PASS): S.READY,
    **{(state, M.CONVERT): S.CONVERTING for state in (S.CAPTURED, S.READY)},
    **{(state, M.LAY_OUT): S.PUT_OUT for state in (S.CAPTURED, S.READY)},
    **{(state, M.CONFIRM): S.CONFIRMED for state in (S.CAPTURED, S.READY, S.CONVERTING, S.PUT_OUT)},
    (S.CONFIRMED, M.TELL): S.RELEASED,
    **{(state, M.LEAVE_OUT): S.LEFT_OUT for state in (S.CAPTURED, S.READY)},
    **{(state, M.REPLACE): S.REPLACED for state in ALIVE - {S.REPLACED}},
    **{(state, M.VANISH): S.GONE for state in ALIVE},
    (S.WAITING, M.SET_ASIDE): S.SET_ASIDE,
    (S.UNREADABLE, M.SET_ASIDE): S.SET_ASIDE,
}


def product_after(state: ProductState, move: ProductMove) -> ProductState:
    """The state a move leads to. Raises InvalidValue when the table does not allow it."""
    try:
        return PRODUCT_MOVES[state, move]
    except KeyError:
        allowed = ", ".join(m for s, m in PRODUCT_MOVES if s is state)
        raise InvalidValue(f"a product that is {state} cannot {move}; it can: {allowed}") from None
