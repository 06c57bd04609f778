"""Why two columns of a month's money are apart: every cause there is, in one table."""

from collections.abc import Mapping
from dataclasses import dataclass

from crossdock.cases.kinds import (
    CHANGE_REFUSED_PICKING,
    DESPATCH_MISSED,
    ORDER_CHANGED_AFTER_POSTING,
    RECONCILIATION_DIFFERENCE,
    REFUND_UNMATCHED,
    TOTAL_CONFLICT,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """words: what most likely happened. to_settle: somebody must act on it; else it is explained. covered: kinds of
    case that stand for the same root: while the order is in one of them, or a person accepted it there, no other is
    opened."""

    words: str
    to_settle: bool = False
    covered: tuple[str, ...] = ()


TOTALS, GONE = (TOTAL_CONFLICT.code,), (DESPATCH_MISSED.code,)
UNMATCHED = (REFUND_UNMATCHED.code,)
LATE = (ORDER_CHANGED_AFTER_POSTING.code, CHANGE_REFUSED_PICKING.code)

CAUSES: Mapping[str, Cause] = {
    # order → ERP order
    "on-its-way": Cause("the order has not reached the ERP yet; it is on its way, or waits in a case"),
    "set-aside": Cause("a named person took the order out"),
    "withdrawn": Cause("the order was withdrawn before it was posted"),
    "not-captured": Cause("the order was never read into Crossdock", to_settle=True),
    "not-in-erp": Cause("the ERP does not hold an order it accepted", to_settle=True, covered=GONE),
    "gone-from-storefront": Cause("the storefront no longer holds the order", to_settle=True),
    "cancelled-in-erp": Cause("cancelled in the ERP and not at the storefront", to_settle=True, covered=GONE),
    "cancelled-at-storefront": Cause("cancelled at the storefront and not in the ERP", to_settle=True, covered=LATE),
    "cancelled-after-invoice": Cause("cancelled after it was invoiced; a credit note must take it back"),
    "came-back": Cause("goods came back since, and the storefront counts them no more; see their refund"),
    "within-tolerance": Cause("within the tolerance the pairing allows"),
    "tax-split": Cause("the same gross, parted into net and VAT by another rounding the pairing allows"),
    "erp-unreadable": Cause("the ERP's order could not be read: unknown, not nothing"),
    "other-currency": Cause("the two sides name different currencies", to_settle=True),
    "vat-rounding": Cause(
        "VAT rounded per line on one side and per order on the other", to_settle=True, covered=TOTALS
    ),
    "rounding": Cause("lines rounded in different ways", to_settle=True, covered=TOTALS),
    "order-total": Cause("a price, quantity, discount or charge differs", to_settle=True, covered=TOTALS),
    "wrong-account": Cause("posted to another account than the order's", to_settle=True),
    "wrong-company": Cause("posted in another company than the order's", to_settle=True),
    # ERP order → invoices
    "not-invoiced-yet": Cause("not invoiced yet"),
    "invoice-overdue": Cause("despatched whole, and not invoiced since", to_settle=True),
    "doubled-invoice": Cause("the same invoice was issued twice", to_settle=True),
    "invoiced-without-order": Cause("invoiced for an order the ERP does not hold", to_settle=True),
    "invoice-total": Cause("invoiced at another sum than ordered", to_settle=True),
    "corrected": Cause("an invoice too many, taken back by a credit note"),
    "beyond-look-back": Cause("its older invoices lie before what was read"),
    # refunds → credit notes
    "credit-due": Cause("a few days old; its counterpart may yet come"),
    "missing-credit-note": Cause(
        "refunded, or cancelled after its invoice, and no credit note was made", to_settle=True, covered=UNMATCHED
    ),
    "doubled-credit-note": Cause("the same credit note was made twice", to_settle=True),
    "credit-without-refund": Cause("a credit note without a refund at the storefront", to_settle=True),
    "credit-total": Cause("credited at another sum than refunded", to_settle=True),
    "refunds-not-told": Cause("the storefront does not tell refunds, so nothing can be said"),
    "unreadable-paper": Cause("a document could not be read: unknown, not nothing"),
    # any
    "period-boundary": Cause("its other documents fall into another period"),
}
"""By name. A name is stable for ever: cases, packs and searches hang on it."""

CASE_KIND = RECONCILIATION_DIFFERENCE.code
