"""A change of an order that the ERP has: made, refused, or put before a person (law L6, the floor decides).

| the ERP says                              | cancel                    | amend                                      |
|-------------------------------------------|---------------------------|--------------------------------------------|
| it has no such order                      | a person                  | a person                                   |
| it is cancelled                           | granted: it is so         | a person                                   |
| the ERP's order says so already           | –                         | granted: it is so                          |
| the floor began, on any part of it        | declined                  | declined                                   |
| it is not the order that was posted       | a person                  | a person: never a blind overwrite          |
| nothing can be changed there by us        | a person                  | a person                                   |
| anything else                             | sent                      | sent                                       |

After a send without a usable answer it is looked up, never guessed: what shows is granted, what the floor has begun is
declined, and what does neither is sent again once the ERP has settled, so many times; then it is a person's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from crossdock.decide.duplicates import same_order
from crossdock.decide.words import plain
from crossdock.model.despatch import FLOOR_BEGAN, Fulfilment
from crossdock.model.faults import Refused
from crossdock.model.resolved_order import ResolvedOrder

UNKNOWN_THERE = "the ERP does not know it"


@dataclass(frozen=True, slots=True)
class SendChange:
    """Nothing stands against it, as far as anybody knows. Record the send first."""


@dataclass(frozen=True, slots=True)
class Grant:
    reason: str


@dataclass(frozen=True, slots=True)
class Decline:
    """Too late. stage: how far the floor has got, in the ERP's words."""

    stage: str


@dataclass(frozen=True, slots=True)
class AskPerson:
    problem: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    at: datetime


Step = SendChange | Grant | Decline | AskPerson | LookAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a change is weighed by. posted: what was sent. wanted: what the ERP's order shall say; None: a cancellation.

    can: whether the ERP lets us. tolerance: how far totals may be apart. total_counts: False where the ERP's own total
    counts, so that it may differ from ours by right.
    """

    posted: ResolvedOrder
    wanted: ResolvedOrder | None
    can: bool
    tolerance: Decimal
    total_counts: bool

    @property
    def cancels(self) -> bool:
        return self.wanted is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSent:
    """How often and when it was sent. settle_seconds: how long after a send "not there" proves nothing."""

    attempts: int
    sent_at: datetime
    now: datetime
    settle_seconds: float
    attempts_max: int
    reason: str = ""

    @property
    def settled_at(self) -> datetime:
        return self.sent_at + timedelta(seconds=self.settle_seconds)


def floor_began(there: Fulfilment) -> str:
    """How far the floor has got with any part of it, in the ERP's words; "" when it has not begun."""
    begun = [one for one in there.invoices if one.stage in FLOOR_BEGAN]
    if begun:
        return f"{there.erp_code} is at {begun[0].stage_text or begun[0].stage}"
    return f"{there.erp_code} is complete" if there.complete else ""


def decide_change(there: Fulfilment | None, terms: Terms) -> Step:
    """Before anything is sent."""
    if there is None:
        return AskPerson(UNKNOWN_THERE)
    if (shown := _shown(there, terms)) is not None:
        return shown
    if stage := floor_began(there):
        return Decline(stage)
    if differences := same_order(
        terms.posted, there, tolerance=terms.tolerance, compare_total=terms.total_counts and not terms.cancels
    ):
        return AskPerson(f"{there.erp_code} is not as it was posted: {' and '.join(differences)}")
    if not terms.can:
        return AskPerson("it has to be done in the ERP by hand: nothing there lets us")
    return SendChange()


def after_refusal(there: Fulfilment | None, refused: Refused, terms: Terms) -> Step:
    """The ERP said no. It may have meant "it is so already", or "too late"."""
    if there is not None and (shown := _shown(there, terms)) is not None:
        return shown
    stage = floor_began(there) if there is not None else ""
    if stage or refused.too_late:
        return Decline(stage or refused.text)
    return AskPerson(f"the ERP refused it: {refused.text or refused.code}")


def after_unknown(there: Fulfilment | None, terms: Terms, sent: ChangeSent) -> Step:
    """No usable answer came, and this is what shows since."""
    if there is not None:
        if (shown := _shown(there, terms)) is not None:
            return shown
        if stage := floor_began(there):
            # Nothing is picked of an order that was cancelled; what else was changed may show in no total.
            return Decline(stage) if _tells(terms) else AskPerson(f"nobody can say whether it was made, and {stage}")
    if sent.now < sent.settled_at:
        return LookAgain(sent.settled_at)
    if sent.attempts < sent.attempts_max:
        return SendChange()
    said = sent.reason or "no usable answer came"
    return AskPerson(f"it was sent {sent.attempts} times and nobody can say whether it was made: {said}")


def _shown(there: Fulfilment, terms: Terms) -> Step | None:
    """What the ERP's order says of it by itself."""
    if there.cancelled:
        why = f": {there.cancel_reason}" if there.cancel_reason else ""
        said = f"{there.erp_code} is cancelled there{why}"
        return Grant(said) if terms.cancels else AskPerson(said)
    if terms.wanted is None or not _tells(terms) or there.gross_total is None:
        return None
    is_so = not same_order(terms.wanted, there, tolerance=terms.tolerance)
    return Grant(f"{there.erp_code} says so") if is_so else None


def _tells(terms: Terms) -> bool:
    """Whether the ERP's total tells an order that was changed from one that was not."""
    if terms.wanted is None:
        return True
    return terms.total_counts and abs(terms.wanted.total - terms.posted.total) > terms.tolerance


def line_delta(posted: ResolvedOrder, wanted: ResolvedOrder) -> tuple[str, ...]:
    """What is more and what is less, by stock code, in words; what else differs is named."""
    before, after = _quantities(posted), _quantities(wanted)
    found = []
    for code in dict.fromkeys((*before, *after)):
        more = after.get(code, Decimal(0)) - before.get(code, Decimal(0))
        if more:
            found.append(f"{plain(abs(more))} {'more' if more > 0 else 'fewer'} of {code}")
    if posted.total != wanted.total:
        found.append(f"total {plain(wanted.total)} instead of {plain(posted.total)}")
    rest = {
        "delivery address": (posted.delivery_address, wanted.delivery_address),
        "courier": (posted.courier_code, wanted.courier_code),
        "purchase order number": (posted.po_number, wanted.po_number),
        "wanted date": (posted.wanted_by, wanted.wanted_by),
    }
    return (*found, *(name for name, (one, other) in rest.items() if one != other))


def _quantities(order: ResolvedOrder) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in order.lines:
        found[line.stock_code] = found.get(line.stock_code, Decimal(0)) + line.quantity
    return found


def in_words(parts: Sequence[str]) -> str:
    return ", ".join(parts) or "nothing that the ERP holds"
