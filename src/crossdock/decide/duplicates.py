"""Is what the ERP holds under our reference the order we sent? A lost reply is looked up, never guessed."""

from decimal import Decimal

from crossdock.model.despatch import Fulfilment
from crossdock.model.money import Money
from crossdock.model.resolved_order import ResolvedOrder

NO_TOLERANCE = Decimal(0)


def same_order(
    ours: ResolvedOrder, theirs: Fulfilment, *, tolerance: Decimal = NO_TOLERANCE, compare_total: bool = True
) -> tuple[str, ...]:
    """How the two differ, in words; empty when they are the same order.

    tolerance: how far the totals may be apart. compare_total: False where the ERP's own total counts, for there it may
    differ by right. A currency, total or account the ERP does not tell is no difference.
    """
    differences = []
    if theirs.currency and theirs.currency != ours.currency:
        differences.append(f"its currency is {theirs.currency}, not {ours.currency}")
    elif compare_total and theirs.gross_total is not None and abs(theirs.gross_total - ours.total) > tolerance:
        there, here = Money(theirs.gross_total, ours.currency), Money(ours.total, ours.currency)
        differences.append(f"its total is {there}, not {here}")
    if theirs.account_code and theirs.account_code.casefold() != ours.account_code.casefold():
        differences.append(f"its account is {theirs.account_code}, not {ours.account_code}")
    return tuple(differences)
