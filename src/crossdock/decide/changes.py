"""Did the customer's order change, or only its record?"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter

from crossdock.model.sales_order import OrderLine, SalesOrder

COMMERCIAL: Mapping[str, Callable[[SalesOrder], object]] = {
    "status": attrgetter("status"),
    "buyer": attrgetter("company_ref"),
    "lines": lambda order: sorted(_line(line) for line in order.lines),
    "discounts": lambda order: sorted((one.mechanic, one.amount) for one in order.discounts),
    "carriage": attrgetter("shipping"),
    "total": attrgetter("currency", "total", "tax_total"),
    "delivery address": attrgetter("delivery_address"),
    "invoice address": attrgetter("invoice_address"),
    "purchase order number": attrgetter("po_number"),
    "payment term": attrgetter("payment_term"),
    "wanted date": attrgetter("wanted_by"),
    "notes": attrgetter("notes"),
}
"""What the sale is made of. Left out is what moves by itself: when the record was touched, names and e-mail of the
buyer, whether it has an account there, the ERP's account code that we write there. In which order the storefront lists
lines says nothing."""


def what_changed(before: SalesOrder, after: SalesOrder) -> tuple[str, ...]:
    """The parts of the sale that differ, in the trade's words; empty when it is the same sale."""
    return tuple([name for name, part in COMMERCIAL.items() if part(before) != part(after)])


def same_sale(before: SalesOrder, after: SalesOrder) -> bool:
    """Once an order is posted this is what counts: a change here has to be made in the ERP too."""
    return not what_changed(before, after)


def same_record(before: SalesOrder, after: SalesOrder) -> bool:
    """Until an order is posted this is what counts: anything but the time of the change may alter its decision.

    A corrected account code frees an order that waits for its account, though it is the same sale.
    """
    return replace(before, updated_at=after.updated_at) == after


def _line(line: OrderLine) -> tuple[object, ...]:
    tax = (line.tax is not None, line.tax or 0)
    return (
        line.line_ref,
        line.sku,
        line.unit,
        line.quantity,
        line.unit_price,
        line.discount,
        tax,
        line.tax_code,
        line.note,
    )
