"""What comes next for an order on its way into the ERP (law L10: a lost reply is looked up, never guessed).

| known                                       | next                                                         |
|---------------------------------------------|--------------------------------------------------------------|
| never sent                                  | send                                                         |
| sent, nothing heard                         | look it up                                                   |
| accepted                                    | accept                                                       |
| refused: our reference is there already     | look it up at once                                           |
| refused                                     | a case: order-refused-by-erp                                 |
| unknown                                     | look it up once the ERP has settled                          |
| looked up, found, the same order            | accept                                                       |
| looked up, found, another order             | a case: duplicate-order-ref                                  |
| looked up, not found, not settled           | look it up once the ERP has settled                          |
| looked up, not found, settled               | send again, at most attempts_max times in all                |
| … and sent that often                       | a case: order-outcome-unknown                                |
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import DUPLICATE_ORDER_REF, ORDER_OUTCOME_UNKNOWN, ORDER_REFUSED_BY_ERP
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import Accepted, Outcome, Refused

SUBJECT_LENGTH = 200  # of a refusal's text; it is the case's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How often and when an order was sent. sent_at: the last time, None when never. Times carry a zone.

    settle_seconds: how long after a send "not found" proves nothing. attempts_max: sends in all before a person looks.
    reason: why the last answer did not help, when it is known.
    """

    order_ref: str
    attempts: int
    sent_at: datetime | None
    now: datetime
    settle_seconds: float
    attempts_max: int = 3
    reason: str = ""

    @property
    def settled_at(self) -> datetime:
        """When "not found" begins to prove something; now, for an order that was never sent."""
        return self.now if self.sent_at is None else self.sent_at + timedelta(seconds=self.settle_seconds)


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the ERP for our reference, not before `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Send:
    """Send it (again). Record the send first."""


@dataclass(frozen=True, slots=True)
class Accept:
    """It is in the ERP under that number."""

    erp_ref: str


@dataclass(frozen=True, slots=True)
class HoldWith:
    """Only a person can go on. may_be_in: nobody can say whether the ERP has it, so it stays as sent."""

    finding: Finding
    may_be_in: bool = False


Step = LookUp | Send | Accept | HoldWith


def at_look(sent: Sent) -> Send | LookUp:
    """Before the ERP was asked anything."""
    return LookUp(sent.now) if sent.attempts else Send()


def after_attempt(sent: Sent, outcome: Outcome) -> Step:
    """After a send. `sent` counts it already."""
    match outcome:
        case Accepted(their_ref=erp_ref):
            return Accept(erp_ref)
        case Refused(duplicate=True):
            return LookUp(sent.now)
        case Refused():
            return HoldWith(refusal(sent.order_ref, outcome))
    return LookUp(max(sent.now, sent.settled_at))


def after_look(sent: Sent, found: Fulfilment | None, *, differences: tuple[str, ...] = ()) -> Step:
    """After the ERP answered. found: None, it has none. differences: between ours and theirs, from `same_order`."""
    if found is not None:
        return HoldWith(_another(sent.order_ref, differences)) if differences else Accept(found.erp_code)
    if sent.now < sent.settled_at:
        return LookUp(sent.settled_at)
    if sent.attempts < sent.attempts_max:
        return Send()
    reason = sent.reason or "no usable answer came, and the ERP does not find it"
    finding = ORDER_OUTCOME_UNKNOWN.about(
        sent.order_ref, order_ref=sent.order_ref, attempts=sent.attempts, reason=reason
    )
    return HoldWith(finding, may_be_in=True)


def refusal(order_ref: str, refused: Refused) -> Finding:
    """The ERP's own words are the root cause: orders refused for the same reason share a case."""
    words = refused.text or refused.code or "it gave no reason"
    subject = " ".join(words.replace(order_ref, "(this order)").split())[:SUBJECT_LENGTH]
    return ORDER_REFUSED_BY_ERP.about(subject, reason=words, code=refused.code)


def _another(order_ref: str, differences: tuple[str, ...]) -> Finding:
    return DUPLICATE_ORDER_REF.about(
        order_ref, order_ref=order_ref, difference="in the ERP " + " and ".join(differences)
    )
