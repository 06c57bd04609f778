"""What was sold and will not be sent: the ERP cancelled the rest, or closed the order short."""

from collections.abc import Sequence
from decimal import Decimal

from crossdock.decide.despatch import all_gone, gone_boxes, goods, has_left
from crossdock.decide.sold import SoldLine
from crossdock.decide.words import plain
from crossdock.model.after_sale import CancelledLine
from crossdock.model.despatch import Fulfilment

NONE = Decimal(0)


def left_behind(lines: Sequence[SoldLine], there: Fulfilment) -> tuple[CancelledLine, ...] | None:
    """Of each line what has not left, in the storefront's unit, of an order that the ERP is done with.

    Empty: all of it has left. None: goods have left, and the ERP does not tell which.
    """
    gone = {line.stock_code: line.quantity for line in goods(*(box.goods for box in gone_boxes(there)))}
    if not gone and (any(has_left(one) for one in there.invoices) or (all_gone(there) and not there.cancelled)):
        return None
    rest = []
    for line in lines:
        went = min(gone.get(line.stock_code, NONE), line.stock_units)
        gone[line.stock_code] = gone.get(line.stock_code, NONE) - went
        if went < line.stock_units:
            quantity = (line.stock_units - went) * line.quantity / line.stock_units
            rest.append(CancelledLine(sku=line.sku, quantity=quantity, line_ref=line.line_ref))
    return tuple(rest)


def units_in_words(lines: Sequence[CancelledLine]) -> str:
    return ", ".join(f"{plain(line.quantity)} of {line.sku}" for line in lines)
