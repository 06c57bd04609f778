"""Post, hold or withdraw: everything that is known about an order, weighed once (laws L2, L3, L7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from crossdock.cases.kind import Finding, Remedy
from crossdock.decide.address import check_addresses
from crossdock.decide.company import ONLY, Company, find_company, house_account, house_code, tax_contexts
from crossdock.decide.credit import check_account
from crossdock.decide.gross import gross_tax_gaps, make_gross_bill
from crossdock.decide.policy import Authority, OrderPolicy
from crossdock.decide.prices import agreed_price, check_price, check_zero, price_per_stock_unit
from crossdock.decide.promotions import Promoted, apply_promotions
from crossdock.decide.references import check_currency, check_only_one, find_account, find_item, find_payment
from crossdock.decide.shipping import find_courier
from crossdock.decide.tax import line_tax, shipping_tax
from crossdock.decide.totals import (
    Bill,
    Goods,
    after_order_discount,
    check_own_sum,
    check_predicted,
    check_told,
    line_nets,
    make_bill,
    tax_conflict,
    tax_gaps,
)
from crossdock.decide.units import item_key, stock_quantity, stock_units_of
from crossdock.model.account import Account, AccountLink
from crossdock.model.code_map import CodeMaps
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import OrderLine, SalesOrder, StorefrontStatus
from crossdock.model.stock import StockItem

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What is known beside the order, all read at one moment.

    items: storefront SKU → the ERP's stock item, through the SKU map; absent: unknown. codes: SKU → the stock code that
    was looked for. Both by "SKU/unit" where every unit has a stock code of its own. declared: "SKU/unit" → stock units
    in one, by the storefront's word. account: the one the company is
    linked to; candidates: those that fit when it is linked to none; house: those of the company map, by code in lower
    case. code_lost, taken_by: the linked account is not under its code any more, and who is. in_flight: what the
    account's other orders want of its credit already. prices: place of a line → what the ERP lists for its item, the
    list that counts first.
    duplicate_of: another captured order with the same number. waivers: (case kind, subject) a named person accepted.
    """

    items: Mapping[str, StockItem] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Fraction] = field(default_factory=dict)
    maps: CodeMaps = field(default_factory=CodeMaps)
    account: Account | None = None
    code_lost: bool = False
    taken_by: tuple[Account, ...] = ()
    in_flight: Decimal = Decimal(0)
    candidates: tuple[Account, ...] = ()
    house: Mapping[str, Account] = field(default_factory=dict)
    prices: Mapping[int, Sequence[Price]] = field(default_factory=dict)
    duplicate_of: str | None = None
    waivers: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Post:
    """Ready. link: to be remembered when the account was found rather than known. accepted: found, and waived."""

    order: ResolvedOrder
    link: AccountLink | None = None
    accepted: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Every reason found, one per root cause, so that one visit fixes the order."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """No longer wanted at the storefront. reason: its word for that."""

    reason: str


Decision = Post | Hold | Withdraw


class Reasons:
    """Collects findings: one a root cause, and apart those a person has accepted for this order."""

    def __init__(self, waivers: frozenset[tuple[str, str]]) -> None:
        self._waivers = waivers
        self._held: dict[tuple[str, str], Finding] = {}
        self._accepted: dict[tuple[str, str], Finding] = {}

    def need(self, result: T | Finding) -> T | None:
        """The value, or None and the order waits: nothing can be posted without it, whoever accepts that."""
        if isinstance(result, Finding):
            self._held.setdefault((result.kind.code, result.subject), result)
            return None
        return result

    def weigh(self, findings: Iterable[Finding | None]) -> None:
        """Consequences that a named person may accept, where the case's kind offers that."""
        for finding in findings:
            if finding is not None:
                key = (finding.kind.code, finding.subject)
                waived = key in self._waivers and Remedy.ACCEPT in finding.kind.remedies
                (self._accepted if waived else self._held).setdefault(key, finding)

    @property
    def held(self) -> tuple[Finding, ...]:
        return tuple(self._held.values())

    @property
    def accepted(self) -> tuple[Finding, ...]:
        return tuple(self._accepted.values())


def decide_order(order: SalesOrder, facts: OrderFacts, policy: OrderPolicy) -> Decision:
    """Say what becomes of a captured order. A Hold names *every* reason found; what the stock is never holds one."""
    if order.status is not StorefrontStatus.OPEN:
        return Withdraw(order.status.value)
    reasons = Reasons(facts.waivers)
    reasons.weigh((check_only_one(order, facts.duplicate_of), check_currency(order, policy.currencies)))
    company = reasons.need(find_company(order, policy.companies, facts.maps.company))
    account = _buyer(order, company, facts, policy, reasons)
    if account is not None:
        reasons.weigh(check_account(order, account, policy, in_flight=facts.in_flight))
    courier = reasons.need(find_courier(order.shipping, facts.maps))
    payment = reasons.need(find_payment(order, facts.maps))
    reasons.weigh([check_addresses(order, require_delivery=policy.require_delivery_address)])
    bill = _bill(order, company or ONLY, facts, policy, reasons)
    if reasons.held or company is None or account is None or courier is None or payment is None or bill is None:
        return Hold(reasons.held)
    resolved = _resolved(order, account, company, bill, courier, payment, policy)
    return Post(resolved, _link(order, account, facts), reasons.accepted)


def _buyer(
    order: SalesOrder, company: Company | None, facts: OrderFacts, policy: OrderPolicy, reasons: Reasons
) -> Account | None:
    """The buyer's own account; else the one its company keeps for such buyers. Guests have none of their own, so theirs
    comes first. While nobody knows the company, an account that it might name is nobody's mistake."""
    found = None
    if company is None:
        may_be_named = any(house_code(order, one) for one in policy.companies)
        if may_be_named and (order.guest or not (facts.account or facts.candidates)):
            return None
    elif order.guest or not (facts.account or facts.candidates):
        found = house_account(order, company, facts.house)
    return reasons.need(
        found
        or find_account(order, facts.account, facts.candidates, code_lost=facts.code_lost, taken_by=facts.taken_by)
    )


def _promoted(order: SalesOrder, facts: OrderFacts, policy: OrderPolicy, reasons: Reasons) -> Promoted | None:
    """The lines as they are to be billed, each promotion turned into what it becomes; None when one is below nothing.

    What a rule gives away is given away; what else is sold at nothing is nobody's word yet.
    """
    nets = reasons.need(line_nets(order, policy))
    if nets is None:
        return None
    if policy.authority is Authority.STOREFRONT:
        reasons.weigh([check_told(order), check_own_sum(order, nets, policy)])
    promoted = apply_promotions(order, nets, facts.maps.promotion, policy)
    reasons.weigh(promoted.findings)
    sold = zip(promoted.order.lines, promoted.nets, strict=True)
    reasons.weigh(check_zero(line, net, policy) for at, (line, net) in enumerate(sold) if at not in promoted.free)
    return promoted


def _bill(order: SalesOrder, company: Company, facts: OrderFacts, policy: OrderPolicy, reasons: Reasons) -> Bill | None:
    """The ERP's bill, compared with the storefront's; None when the lines leave something unresolved."""
    promoted = _promoted(order, facts, policy, reasons)
    order, free = (order, {}) if promoted is None else (promoted.order, promoted.free)
    contexts = tax_contexts(order, company, policy.dispatch_country)
    carriage = reasons.need(shipping_tax(order.shipping, facts.maps, policy, contexts))
    lines = [_goods(at, line, order, facts, policy, reasons, contexts) for at, line in enumerate(order.lines)]
    goods = [_given(one, free.get(at)) for at, one in enumerate(lines) if one is not None]
    if promoted is None or carriage is None or len(goods) < len(lines):
        return None
    nets = reasons.need(after_order_discount(order, promoted.nets, [one.tax for one in goods], policy))
    billed, compared = (make_gross_bill, gross_tax_gaps) if policy.prices == "gross" else (make_bill, tax_gaps)
    bill = None if nets is None else reasons.need(billed(order, goods, nets, carriage, policy))
    if nets is not None and bill is not None and policy.authority is Authority.STOREFRONT:
        gaps = compared(order, goods, nets, carriage, bill, policy)
        reasons.weigh([tax_conflict(order, gaps), check_predicted(order, bill, gaps, policy)])
    return bill


def _goods(
    at: int,
    line: OrderLine,
    order: SalesOrder,
    facts: OrderFacts,
    policy: OrderPolicy,
    reasons: Reasons,
    contexts: tuple[str, ...],
) -> Goods | None:
    key = item_key(line, policy)
    item = reasons.need(find_item(key, facts.items, facts.codes.get(key, key)))
    tax = reasons.need(line_tax(line, facts.maps, policy, contexts))
    units = reasons.need(stock_units_of(line, item, facts.maps, facts.declared, policy))
    if units is None:
        return None
    agreed = agreed_price(facts.prices.get(at, ()), line, units, order.placed_at.date())
    reasons.weigh([check_price(line, units, agreed, order.currency, policy)])
    quantity = reasons.need(stock_quantity(line, units, whole=policy.whole_stock_units))
    if item is None or tax is None or quantity is None:
        return None
    return Goods(line, item.code, quantity, price_per_stock_unit(line, units, policy.price_decimals), tax)


def _given(goods: Goods, reason: str | None) -> Goods:
    return goods if reason is None else replace(goods, free_reason=reason)


def _link(order: SalesOrder, account: Account, facts: OrderFacts) -> AccountLink | None:
    """To be remembered for a buyer found by the code the storefront holds; an account of the house is nobody's own."""
    if account not in facts.candidates or facts.account is not None:
        return None
    return AccountLink(company_ref=order.company_ref, account_id=account.account_id, account_code=account.code)


def _resolved(
    order: SalesOrder,
    account: Account,
    company: Company,
    bill: Bill,
    courier: str,
    payment: str,
    policy: OrderPolicy,
) -> ResolvedOrder:
    return ResolvedOrder(
        ref=order.ref,
        placed_at=order.placed_at,
        currency=order.currency,
        account_code=account.code,
        account_id=account.account_id,
        lines=bill.lines,
        delivery_net=bill.delivery_net,
        delivery_tax=bill.delivery_tax,
        total=bill.total,
        courier_code=courier,
        payment_code=payment,
        site=company.site or policy.site,
        sales_source=company.sales_source or policy.sales_source,
        company_class=company.company_class or policy.company_class,
        company=company.name,
        brand=company.brand,
        buyer_email=order.buyer_email,
        company_name=order.company_name,
        po_number=order.po_number,
        notes=order.notes,
        wanted_by=order.wanted_by,
        invoice_address=order.invoice_address,
        delivery_address=order.delivery_address,
        prices_include_tax=bill.prices_include_tax,
    )
