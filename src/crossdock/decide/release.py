"""What a re-check changes: for one order, and for all that a case holds before anybody presses the button."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.cases.kind import Finding
from crossdock.decide.order_entry import Decision, Hold, Post
from crossdock.model.sales_order import SalesOrder

Cause = tuple[str, str]
"""(case kind, subject)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The cases an order leaves, joins and stays in. free: it stands in none any more."""

    left: frozenset[Cause]
    joined: frozenset[Cause]
    stayed: frozenset[Cause]

    @property
    def free(self) -> bool:
        return not self.joined and not self.stayed


def causes(findings: Iterable[Finding]) -> frozenset[Cause]:
    return frozenset((finding.kind.code, finding.subject) for finding in findings)


def recheck(before: Iterable[Finding] | frozenset[Cause], after: Iterable[Finding]) -> Change:
    """before: the findings, or the (kind, subject) of the cases, that held the order so far."""
    was = before if isinstance(before, frozenset) else causes(before)
    now = causes(after)
    return Change(left=was - now, joined=now - was, stayed=was & now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What would become of the orders looked at. Values are by currency.

    would_wait: case kind → orders; one that waits for two kinds counts in both. waiting: each such order once.
    """

    would_post: int = 0
    would_withdraw: int = 0
    would_wait: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    value_posting: Mapping[str, Decimal] = field(default_factory=dict)
    value_waiting: Mapping[str, Decimal] = field(default_factory=dict)


def rehearse(results: Iterable[tuple[SalesOrder, Decision]]) -> Rehearsal:
    """Add up decisions nobody has acted on."""
    posting: dict[str, Decimal] = {}
    waiting: dict[str, Decimal] = {}
    kinds: dict[str, int] = {}
    counts = {"post": 0, "wait": 0, "withdraw": 0}
    for order, decision in results:
        match decision:
            case Post():
                counts["post"] += 1
                _add(posting, order)
            case Hold(findings=findings):
                counts["wait"] += 1
                _add(waiting, order)
                for code in {finding.kind.code for finding in findings}:
                    kinds[code] = kinds.get(code, 0) + 1
            case _:
                counts["withdraw"] += 1
    return Rehearsal(
        would_post=counts["post"],
        would_withdraw=counts["withdraw"],
        would_wait=dict(sorted(kinds.items())),
        waiting=counts["wait"],
        value_posting=posting,
        value_waiting=waiting,
    )


def _add(values: dict[str, Decimal], order: SalesOrder) -> None:
    values[order.currency] = values.get(order.currency, Decimal(0)) + order.total
