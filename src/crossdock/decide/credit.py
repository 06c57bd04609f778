"""May this account buy on?"""

from collections.abc import Iterator
from decimal import Decimal

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ACCOUNT_ON_STOP, CREDIT_LIMIT_EXCEEDED, PO_NUMBER_MISSING
from crossdock.decide.policy import OrderPolicy
from crossdock.decide.words import amount
from crossdock.model.account import Account
from crossdock.model.sales_order import SalesOrder


def check_account(
    order: SalesOrder, account: Account, policy: OrderPolicy, *, in_flight: Decimal = Decimal(0)
) -> Iterator[Finding]:
    """Everything about the account that stops the order. A limit the ERP does not tell stops nothing.

    in_flight: the totals of the account's other orders that its balance does not hold yet. Where the ERP tells no
    balance, that is all of its orders that are not despatched, which is the least that it owes.
    """
    if account.on_stop:
        yield ACCOUNT_ON_STOP.about(account.code, account=account.code)
    if account.po_required and not order.po_number.strip():
        yield PO_NUMBER_MISSING.about(order.ref, account=account.code, order_ref=order.ref)
    if policy.credit == "hold" and account.credit_limit is not None:
        owed = (account.balance or Decimal(0)) + in_flight + order.total
        if owed > account.credit_limit:
            yield CREDIT_LIMIT_EXCEEDED.about(
                account.code,
                account=account.code,
                order_ref=order.ref,
                balance=amount(owed, order.currency),
                limit=amount(account.credit_limit, order.currency),
            )
