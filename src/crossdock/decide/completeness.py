"""What became of an order that a storefront lists: the whole table, our state and our cases → one verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum

from crossdock.model.lifecycle import OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessPolicy:
    """window: how far back each count reaches at least. settle: what is younger may be on its way still. zone: the
    merchant's. weeks: of the past, for what is usual. silence_least: how many records must be missing before a feed is
    called silent; 0 for never. numbers: whether holes in order numbers are looked for."""

    window: timedelta = timedelta(hours=48)
    settle: timedelta = timedelta(minutes=15)
    zone: tzinfo = UTC
    weeks: int = 8
    silence_least: int = 5
    numbers: bool = True


class Verdict(StrEnum):
    SETTLED = "settled"  # in the ERP, or taken out by the shopper or by a named person
    WAITING = "waiting"  # being worked on
    IN_CASE = "in_case"  # before a named desk
    UNHELD = "unheld"  # it waits and no case says why: our own mistake


SETTLED = frozenset(
    {
        OrderState.POSTED, OrderState.PART_DESPATCHED, OrderState.DESPATCHED, OrderState.WITHDRAWN,
        OrderState.CANCELLED, OrderState.SET_ASIDE,
    }
)  # fmt: skip
HELD = frozenset({OrderState.WAITING, OrderState.UNREADABLE})


def verdict_of(state: OrderState, *, in_case: bool) -> Verdict:
    """A settled order stays settled whatever case it stands in: that case is of what came after."""
    if state in SETTLED:
        return Verdict.SETTLED
    if in_case:
        return Verdict.IN_CASE
    return Verdict.UNHELD if state in HELD else Verdict.WAITING


def account(rows: Iterable[tuple[OrderState, bool, int]]) -> dict[Verdict, int]:
    """(state, stands in a case, how many) → how many of each verdict, all of them named."""
    counts = dict.fromkeys(Verdict, 0)
    for state, in_case, many in rows:
        counts[verdict_of(state, in_case=in_case)] += many
    return counts


FAULTS: Mapping[str, tuple[str, ...]] = {
    "storefront": ("never_arrived", "unheld", "behind", "unasked"),
    "despatches": ("stuck",),
}


def is_green(report: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether every id is accounted for: nothing never arrived, nothing waits without a reason, nothing is stuck."""
    return not any(report[part].get(name, 0) for part, names in FAULTS.items() for name in names)
