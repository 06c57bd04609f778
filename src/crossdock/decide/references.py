"""Which ERP codes a sales order's codes stand for (law L2: nothing is posted while one is unresolved)."""

from collections.abc import Mapping

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import (
    ACCOUNT_AMBIGUOUS,
    ACCOUNT_UNMATCHED,
    CURRENCY_UNMAPPED,
    DUPLICATE_ORDER_REF,
    ITEM_INVALID_FOR_ERP,
    PAYMENT_TERM_UNMAPPED,
    STOCK_CODE_UNKNOWN,
)
from crossdock.model.account import Account
from crossdock.model.code_map import CodeMaps
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockItem

UNUSABLE_IN_CODES = ",#"
"""Khaos Control lists codes with commas and supports no "#" in them."""


def find_item(sku: str, items: Mapping[str, StockItem], code: str = "") -> StockItem | Finding:
    """items: storefront SKU → what the ERP holds for it. Packs hold no stock and are sold; families are not.

    sku: with its unit where every unit has a stock code of its own. code: the stock code that was looked for.
    """
    item = items.get(sku)
    if item is None:
        name = sku if code in ("", sku) else f"{code} ({sku} at the storefront)"
        return STOCK_CODE_UNKNOWN.about(sku, sku=name, stock_code=code)
    problem = item_problem(item)
    return ITEM_INVALID_FOR_ERP.about(sku, sku=sku, problem=problem, stock_code=item.code) if problem else item


def item_problem(item: StockItem) -> str:
    """Why it cannot be put on an order; "" when it can."""
    if item.discontinued:
        return f"{item.code} is discontinued"
    if item.template:
        return f"{item.code} is a family, and only its variants can be sold"
    if not item.code or any(mark in item.code for mark in UNUSABLE_IN_CODES):
        return f"its stock code {item.code!r} is empty or holds a comma or #"
    return ""


def find_account(
    order: SalesOrder,
    linked: Account | None,
    candidates: tuple[Account, ...],
    *,
    code_lost: bool = False,
    taken_by: tuple[Account, ...] = (),
) -> Account | Finding:
    """The linked account; else the only one that fits. None or several: a person decides (law L7).

    code_lost: the ERP no longer knows the linked account by its code. taken_by: other accounts that carry that code;
    orders go by code, so that one sent now would be on another's account.
    """
    ref = order.company_ref or "(none)"
    company = order.company_name or ref
    if linked is not None and taken_by:
        now = ", ".join(f"{one.name or one.code} (id {one.account_id})" for one in taken_by)
        said = f"it is linked to id {linked.account_id}, known as {linked.code}, and {now} has that code now"
        return ACCOUNT_AMBIGUOUS.about(ref, company=company, company_ref=ref, candidates=said)
    if linked is not None and code_lost:
        hint = f" any more: {linked.code}, which it is linked to, is not there under that code"
        return ACCOUNT_UNMATCHED.about(ref, company=company, company_ref=ref, hint=hint)
    if linked is None and len(candidates) > 1:
        codes = ", ".join(sorted(account.code for account in candidates))
        return ACCOUNT_AMBIGUOUS.about(ref, company=company, company_ref=ref, candidates=codes)
    account = linked or (candidates[0] if candidates else None)
    if account is None:
        hint = f"; the storefront holds code {order.account_hint} for it" if order.account_hint else ""
        return ACCOUNT_UNMATCHED.about(ref, company=company, company_ref=ref, hint=hint)
    if account.currency not in ("", order.currency):
        hint = f" in {order.currency}; account {account.code} is kept in {account.currency}"
        return ACCOUNT_UNMATCHED.about(ref, company=company, company_ref=ref, hint=hint)
    return account


def find_payment(order: SalesOrder, maps: CodeMaps) -> str | Finding:
    """The ERP's payment code; "" for an order without a payment term."""
    term = order.payment_term
    if not term:
        return ""
    code = maps.payment_term.get(term)
    return PAYMENT_TERM_UNMAPPED.about(term, payment_term=term) if code is None else code


def check_currency(order: SalesOrder, allowed: frozenset[str]) -> Finding | None:
    if order.currency in allowed:
        return None
    return CURRENCY_UNMAPPED.about(
        order.currency, currency=order.currency, allowed=", ".join(sorted(allowed)) or "none"
    )


def check_only_one(order: SalesOrder, duplicate_of: str | None) -> Finding | None:
    """duplicate_of: another captured order that carries the same number."""
    if duplicate_of is None:
        return None
    difference = f"storefront order {duplicate_of} carries that number too"
    return DUPLICATE_ORDER_REF.about(order.ref, order_ref=order.ref, difference=difference)
