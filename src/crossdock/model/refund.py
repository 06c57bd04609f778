"""A refund at the storefront on its way to a credit note in the ERP, in one table of moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crossdock.model.faults import InvalidValue

NONE = Decimal(0)


class RefundState(StrEnum):
    UNREADABLE = "unreadable"  # read, and not understood; a case says where
    FOUND = "found"  # to be checked against what was posted and what left
    SENDING = "sending"  # its credit note is settled and sent, or about to be
    LAID_OUT = "laid_out"  # the ERP fetches it from us
    WAITING = "waiting"  # in a case
    CREDITED = "credited"
    DROPPED = "dropped"  # nothing to credit: its order is none of ours, or it is readable by now, under its own name


class RefundMove(StrEnum):
    READ_AGAIN = "read_again"
    SEND = "send"
    LAY_OUT = "lay_out"
    TURN_AWAY = "turn_away"
    ACCEPT = "accept"
    HOLD = "hold"
    CHECK_AGAIN = "check_again"
    ADOPT = "adopt"
    DROP = "drop"


S, M = RefundState, RefundMove

REFUND_MOVES: Mapping[tuple[RefundState, RefundMove], RefundState] = {
    (S.UNREADABLE, M.DROP): S.DROPPED,
    (S.FOUND, M.READ_AGAIN): S.FOUND,
    (S.FOUND, M.DROP): S.DROPPED,
    (S.FOUND, M.SEND): S.SENDING,
    (S.FOUND, M.HOLD): S.WAITING,
    (S.SENDING, M.SEND): S.SENDING,
    (S.SENDING, M.TURN_AWAY): S.SENDING,  # it never left; what it comes to is settled for ever all the same
    (S.SENDING, M.ACCEPT): S.CREDITED,
    (S.SENDING, M.LAY_OUT): S.LAID_OUT,
    (S.SENDING, M.HOLD): S.WAITING,
    (S.LAID_OUT, M.ACCEPT): S.CREDITED,
    (S.LAID_OUT, M.HOLD): S.WAITING,
    (S.WAITING, M.READ_AGAIN): S.FOUND,
    (S.WAITING, M.CHECK_AGAIN): S.FOUND,
    (S.WAITING, M.SEND): S.SENDING,  # what it comes to was settled before
    (S.WAITING, M.ADOPT): S.CREDITED,
    (S.WAITING, M.ACCEPT): S.CREDITED,  # the ERP fetched it after all
    (S.WAITING, M.HOLD): S.WAITING,
}


def after_refund(state: RefundState, move: RefundMove) -> RefundState:
    """The state a move leads to. Raises InvalidValue when the table does not allow it."""
    try:
        return REFUND_MOVES[state, move]
    except KeyError:
        allowed = ", ".join(m for s, m in REFUND_MOVES if s is state) or "nothing"
        raise InvalidValue(f"a refund that is {state} cannot {move}; it can: {allowed}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """What is given back of one line as it was posted. line_ref, quantity: in the storefront's terms; stock_code,
    stock_units, net, tax, tax_code: in the ERP's. reason: why it came back, in the storefront's words."""

    line_ref: str
    sku: str
    quantity: Decimal
    stock_code: str
    stock_units: Decimal
    net: Decimal
    tax: Decimal
    tax_code: str
    reason: str = ""

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """What one refund comes to in the ERP, settled before it is first sent, for ever. ref: of the refund.

    with_carriage: the order's carriage is given back with it: carriage_net and carriage_tax.
    """

    ref: str
    order_ref: str
    currency: str
    account_code: str
    lines: tuple[CreditLine, ...]
    with_carriage: bool = False
    carriage_net: Decimal = NONE
    carriage_tax: Decimal = NONE

    @property
    def goods(self) -> Decimal:
        """Gross of the goods alone."""
        return sum((line.gross for line in self.lines), NONE)

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), self.carriage_net)

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines), self.carriage_tax)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax
