"""A plain stock item becomes an item of a family, or gives its place to the items of one: the steps, in their order,
and what must be true before each. Nothing is retired before it is proved that nothing is lost with it.

`link`: the item itself is put below the family's template. It keeps its key in the ERP, and with it stock and history.
`replace`: the family's items are new ones. The old item is retired last, and only when there is nothing on it to lose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from crossdock.decide.catalogue_policy import CataloguePolicy
from crossdock.model.stock import StockItem


class Step(StrEnum):
    """How far a change has come: what is true, and need not be proved again."""

    BEGUN = "begun"  # the old item's key and stock are noted
    FAMILY = "family"  # the family's template is in the ERP
    ITEMS = "items"  # every variant is in the ERP
    EMPTY = "empty"  # nothing is on the old item that could be lost
    LINKED = "linked"  # laid out: the item goes below the template
    RETIRED = "retired"  # laid out: the old item is sold no more
    DONE = "done"  # read back from the ERP, as it should be


Kind = Literal["link", "replace"]
PATHS: Mapping[Kind, tuple[Step, ...]] = {
    "link": (Step.BEGUN, Step.FAMILY, Step.LINKED, Step.DONE),
    "replace": (Step.BEGUN, Step.FAMILY, Step.ITEMS, Step.EMPTY, Step.RETIRED, Step.DONE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """old_code: the plain item's; old_id: the ERP's key of it, which must stay what it is. model: the family's.

    stock: what the ERP told of it when the change began, by site; None when it told nothing. waived: a named person
    vouched for what stands against this step; the next one asks anew.
    """

    kind: Kind
    old_code: str
    old_id: str
    model: str
    step: Step = Step.BEGUN
    stock: Mapping[str, Decimal] | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was read for the next step. old: the old item, None when the ERP no longer has it. stock: as in Change, now.

    template_code: of the family's template, "" while the ERP has not confirmed it. items, waiting: how many variants
    are confirmed, and the SKUs of those that are not. orders: our references of open orders for the old item.
    """

    old: StockItem | None = None
    stock: Mapping[str, Decimal] | None = None
    template_code: str = ""
    items: int = 0
    waiting: Sequence[str] = field(default=())
    orders: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Advance:
    """This is true now: note it and look at the step after it."""

    to: Step


@dataclass(frozen=True, slots=True)
class Act:
    """Everything before it is proved: do it, note it, and look whether it came about. what: link or retire."""

    what: Literal["link", "retire"]
    to: Step


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that is on its way by itself."""

    why: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """A person must see to it. can_vouch: whether their word is enough to go on."""

    problems: tuple[str, ...]
    can_vouch: bool = field(default=False, kw_only=True)


Next = Advance | Act | Wait | Blocked


def next_step(change: Change, seen: Seen, policy: CataloguePolicy) -> Next:
    """What comes next. The same facts give the same answer, however often somebody died in between."""
    if problem := _identity(change, seen):
        return Blocked((problem,))
    match change.kind, change.step:
        case _, Step.BEGUN:
            return _family(change, seen, policy)
        case "link", Step.FAMILY:
            return _link(seen)
        case "link", Step.LINKED:
            return _linked(change, seen)
        case "replace", Step.FAMILY:
            return _items(seen)
        case "replace", Step.ITEMS:
            return _empty(change, seen, policy)
        case "replace", Step.EMPTY:
            return _retire(change, seen)
        case "replace", Step.RETIRED:
            return _retired(change, seen)
    raise ValueError(f"a change of kind {change.kind} has nothing to do at {change.step}")


def _identity(change: Change, seen: Seen) -> str:
    """The old item is still the one it was."""
    if seen.old is None:
        return f"the ERP holds no {change.old_code} any more"
    if seen.old.item_id != change.old_id:
        return f"{change.old_code} is another item now: its key was {change.old_id} and is {seen.old.item_id}"
    return ""


def _family(change: Change, seen: Seen, policy: CataloguePolicy) -> Next:
    if change.kind == "link" and policy.existing == "ask" and not change.waived:
        problem = f"{change.old_code} is in the ERP as an item of its own; may it go below its family?"
        return Blocked((problem,), can_vouch=True)
    if change.kind == "link" and change.stock is None and not change.waived:
        return Blocked((f"the ERP does not tell how much {change.old_code} there is",), can_vouch=True)
    if not seen.template_code:
        return Wait(f"the template of {change.model} is not in the ERP yet")
    return Advance(Step.FAMILY)


def _link(seen: Seen) -> Next:
    """Somebody may have done it by hand."""
    return Advance(Step.LINKED) if _is_below(seen) else Act("link", Step.LINKED)


def _is_below(seen: Seen) -> bool:
    parent = seen.old.parent_code if seen.old is not None else ""
    return bool(parent) and parent.casefold() == seen.template_code.casefold()


def _linked(change: Change, seen: Seen) -> Next:
    """Read back: below its template, and nothing of its stock is gone but what may have been sold."""
    assert seen.old is not None
    if not _is_below(seen):
        return Wait(f"the ERP does not show {change.old_code} below {seen.template_code} yet")
    if change.waived:
        return Advance(Step.DONE)
    had = _total(change.stock)
    if had is not None and had > 0:
        has = _total(seen.stock)
        problem = ""
        if not seen.old.stock_controlled or has is None:
            problem = f"{change.old_code} had {had:f} in stock, and the ERP tells no stock of it any more"
        elif has <= 0:
            problem = f"{change.old_code} had {had:f} in stock, and has {has:f} now"
        if problem:
            return Blocked((problem,), can_vouch=True)
    return Advance(Step.DONE)


def _items(seen: Seen) -> Next:
    if seen.waiting:
        shown = ", ".join(seen.waiting[:5])
        return Wait(f"{len(seen.waiting)} of its variants are not in the ERP yet: {shown}")
    return Advance(Step.ITEMS) if seen.items else Wait("it has no variant in the ERP yet")


def to_lose(change: Change, seen: Seen) -> list[str]:
    """What would be lost with the old item. Stock that is not told is not zero."""
    found = []
    if seen.stock is None:
        found.append(f"the ERP does not tell how much {change.old_code} there is")
    for site, quantity in sorted((seen.stock or {}).items()):
        if quantity > 0:
            found.append(f"{quantity:f} of {change.old_code} are in stock{f' at {site}' if site else ''}")
        if quantity < 0:
            found.append(
                f"{-quantity:f} of {change.old_code} are promised and not there{f' at {site}' if site else ''}"
            )
    if seen.orders:
        shown = ", ".join(seen.orders[:5])
        found.append(f"{len(seen.orders)} open orders ask for {change.old_code}: {shown}")
    return found


def _empty(change: Change, seen: Seen, policy: CataloguePolicy) -> Next:
    if problems := to_lose(change, seen):
        return Blocked(tuple(problems))
    if policy.unseen == "ask" and not change.waived:
        problem = (
            f"nobody can read whether {change.old_code} stands on orders entered by hand or on purchase orders; "
            "look in the ERP, and vouch for it"
        )
        return Blocked((problem,), can_vouch=True)
    return Advance(Step.EMPTY)


def _retire(change: Change, seen: Seen) -> Next:
    """Looked at again: something may have come since. Somebody may have retired it by hand."""
    if problems := to_lose(change, seen):
        return Blocked(tuple(problems))
    is_retired = seen.old is not None and seen.old.discontinued
    return Advance(Step.RETIRED) if is_retired else Act("retire", Step.RETIRED)


def _retired(change: Change, seen: Seen) -> Next:
    assert seen.old is not None
    if not seen.old.discontinued:
        return Wait(f"the ERP does not show {change.old_code} as discontinued yet")
    found = [one for one in to_lose(change, seen) if seen.stock is not None]
    if found and not change.waived:
        return Blocked(tuple(f"{one}, since it was retired" for one in found), can_vouch=True)
    return Advance(Step.DONE)


def _total(stock: Mapping[str, Decimal] | None) -> Decimal | None:
    return None if stock is None else sum(stock.values(), Decimal(0))
