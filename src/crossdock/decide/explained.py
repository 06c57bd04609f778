"""An order that says less than it did, because of what is known already: units not sent, or sent back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crossdock.decide.changes import what_changed
from crossdock.decide.sold import Part, units_of
from crossdock.model.sales_order import OrderLine, SalesOrder, StorefrontStatus

NONE = Decimal(0)
BY_LESS = frozenset({"status", "lines", "total", "discounts", "carriage"})
"""What of a sale says something else once units are not part of it any more."""


def missing_from(sold: SalesOrder, now: SalesOrder) -> Mapping[int, Decimal] | None:
    """Place of a line of the sale → how much of it is not there any more. None: something else changed too."""
    if not BY_LESS.issuperset(what_changed(sold, now)):
        return None
    whole = {at: line.quantity for at, line in enumerate(sold.lines)}
    missing = dict(whole)
    for line in now.lines:
        place = next((at for at, one in enumerate(sold.lines) if _is_rest(line, one)), None)
        if place is None or line.quantity > missing[place]:
            return None
        missing[place] -= line.quantity
    less = {at: quantity for at, quantity in missing.items() if quantity}
    if not less and now.status is not StorefrontStatus.OPEN:
        return whole  # where nothing stands, all is still listed
    return less


def is_explained(missing: Mapping[int, Decimal], sold: SalesOrder, parts: Sequence[Part]) -> bool:
    """Whether all that is missing was not sent, or came back. parts: what is known of that."""
    left = dict(missing)
    for part in parts:
        rest = part.quantity
        for at in sorted(left):
            if _is_of(part, sold.lines[at]):
                taken = min(rest, left[at])
                left[at], rest = left[at] - taken, rest - taken
    return not any(left.values())


def _is_rest(line: OrderLine, sold: OrderLine) -> bool:
    """Names of its units are some of those that were sold at the same price."""
    same = (line.sku, line.unit, line.unit_price) == (sold.sku, sold.unit, sold.unit_price)
    return same and units_of(line.line_ref) <= units_of(sold.line_ref)


def _is_of(part: Part, sold: OrderLine) -> bool:
    return bool(units_of(part.line_ref) & units_of(sold.line_ref)) if part.line_ref else part.sku == sold.sku
