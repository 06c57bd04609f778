"""What became of a promotion: a line's own discount, a free item, or an adjustment of the order (law L3).

A storefront says of each line what took money off it, and of the order what took money off all of it. The merchant says
what each becomes in the ERP. What nobody has said waits for the ecommerce desk, and so does what is too tangled to pass
unseen. Whatever becomes of them, nothing is won or lost: net, tax and gross of all lines of one tax rate stay the sums
they were, to the coin, and no line falls below nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import PROMOTION_STAGED, PROMOTION_UNMAPPED
from crossdock.decide.policy import OrderPolicy
from crossdock.model.code_map import Becomes, PromotionRule
from crossdock.model.money import Rounding, allocate, down, minor_units, step_of
from crossdock.model.sales_order import LinePromotion, OrderDiscount, OrderLine, SalesOrder

NONE = Decimal(0)
GIVEAWAY = "buy-x-get-y"
"""The mechanic of a promotion that leaves nothing to pay for its line; no storefront says so in its orders."""
PROMOTIONS = frozenset({"promotion", "promotion-code", GIVEAWAY, "tiered"})
PLAIN = PromotionRule(becomes=Becomes.LINE_DISCOUNT)
OFF_A_LINE: Mapping[str, PromotionRule] = dict.fromkeys(
    ("sale", "campaign", "voucher", "coupon", "manual", "discount"), PLAIN
)
"""What needs no word of the merchant's: a lower price, a voucher, what somebody gave by hand."""
OFF_THE_ORDER = PromotionRule(becomes=Becomes.ORDER_ADJUSTMENT)


@dataclass(frozen=True, slots=True)
class Promoted:
    """order: as it is to be billed; the very same where nothing is shared out. nets: of its lines, in whole coins.
    findings: what a person must say or see first. free: which lines a rule gives away → the ERP's word for why."""

    order: SalesOrder
    nets: Sequence[Decimal]
    findings: tuple[Finding, ...] = ()
    free: Mapping[int, str] = field(default_factory=dict)


def apply_promotions(
    order: SalesOrder, nets: Sequence[Decimal], rules: Mapping[str, PromotionRule], policy: OrderPolicy
) -> Promoted:
    """nets: of the lines after their own discounts, in whole coins. rules: promotion, or mechanic → what it becomes."""
    if not order.discounts and not any(line.promotions for line in order.lines):
        return Promoted(order, nets)
    findings = [one for discount in order.discounts for one in _weigh_discount(discount, rules)]
    pooled = [NONE] * len(order.lines)
    free: dict[int, str] = {}
    for at, (line, net) in enumerate(zip(order.lines, nets, strict=True)):
        said = [(one, rule_of(one, net, rules)) for one in line.promotions]
        findings += _weigh_line(line, net, said, policy)
        for one, rule in said:
            if rule is not None and rule.becomes is Becomes.ORDER_ADJUSTMENT:
                pooled[at] += one.amount
            elif rule is not None and rule.becomes is Becomes.FREE_ITEM and not net:
                free[at] = rule.reason
    if any(pooled):
        order, nets = _shared_out(order, nets, pooled, policy)
        free = {at: reason for at, reason in free.items() if not nets[at]}
    return Promoted(order, nets, tuple(findings), free)


def rule_of(one: LinePromotion, net: Decimal, rules: Mapping[str, PromotionRule]) -> PromotionRule | None:
    """The closest entry: of the promotion itself, of giveaways when nothing is left to pay, of its mechanic."""
    gives_away = not net and one.mechanic in PROMOTIONS
    for key in (one.ref, GIVEAWAY if gives_away else "", one.mechanic):
        if key and (found := rules.get(key)) is not None:
            return found
    return OFF_A_LINE.get(one.mechanic)


def _weigh_discount(discount: OrderDiscount, rules: Mapping[str, PromotionRule]) -> Iterator[Finding]:
    """Off the order it is, so an adjustment of the order it becomes, unless somebody said otherwise."""
    rule = rules.get(discount.ref) if discount.ref else None
    becomes = (rule or rules.get(discount.mechanic) or OFF_THE_ORDER).becomes
    if becomes is Becomes.STAGE:
        yield _staged(discount.name, "its entry in the promotion map says so")
    if becomes is Becomes.FREE_ITEM:
        yield _staged(discount.name, "it is to be a free item, and takes its money off the whole order")


Said = Sequence[tuple[LinePromotion, PromotionRule | None]]


def _weigh_line(line: OrderLine, net: Decimal, said: Said, policy: OrderPolicy) -> Iterator[Finding]:
    """What nobody has said, and what is too tangled to go on unseen."""
    for one, rule in said:
        if rule is None:
            yield PROMOTION_UNMAPPED.about(one.name, promotion=one.name)
        elif rule.becomes is Becomes.STAGE:
            yield _staged(one.name, "its entry in the promotion map says so")
        elif rule.becomes is Becomes.FREE_ITEM and net:
            yield _staged(one.name, f"it is to be a free item, and {line.sku} is not free")
    stacked = list(dict.fromkeys(one.name for one, _ in said if one.mechanic in PROMOTIONS))
    if len(stacked) > policy.stacked_max:
        yield _staged(" + ".join(sorted(stacked)), f"they come together on {line.sku}")
    off = [one for one, rule in said if rule is not None and _counts(one, rule, net)]
    price = line.net_before_discount - sum((one.amount for one, _ in said if one.mechanic == "sale"), NONE)
    taken = sum((one.amount for one in off), NONE)
    if taken and taken > price * policy.share_max:
        largest = max(off, key=lambda one: one.amount)
        yield _staged(largest.name, f"more than {policy.share_max:.0%} of the price of {line.sku} is taken off")


def _counts(one: LinePromotion, rule: PromotionRule, net: Decimal) -> bool:
    """A sale is the price; what is given away on purpose takes all of it; what is shared out is not the line's."""
    gives_away = rule.becomes is Becomes.FREE_ITEM and not net
    return one.mechanic != "sale" and not gives_away and rule.becomes is not Becomes.ORDER_ADJUSTMENT


def _staged(name: str, why: str) -> Finding:
    return PROMOTION_STAGED.about(name, promotion=name, why=why)


# adjustments of the order


def _shared_out(
    order: SalesOrder, nets: Sequence[Decimal], pooled: Sequence[Decimal], policy: OrderPolicy
) -> tuple[SalesOrder, Sequence[Decimal]]:
    """The order, and the nets of its lines, with what was pooled taken off all lines of the tax rate it came from."""
    minor, rule = minor_units(order.currency), policy.rule
    lines, after = list(order.lines), list(nets)
    for code in dict.fromkeys(line.tax_code for line, off in zip(lines, pooled, strict=True) if off):
        places = [at for at, line in enumerate(order.lines) if line.tax_code == code and not line.surcharge]
        before = [_before(lines[at], nets[at], pooled[at], minor, rule) for at in places]
        off = sum(before, NONE) - sum((nets[at] for at in places), NONE)
        shares = allocate(off, before, decimals=minor)
        for at, whole, share in zip(places, before, shares, strict=True):
            after[at] = whole - share
        group = [(nets[at], after[at], lines[at].tax) for at in places]
        for at, tax in zip(places, _taxes(group, minor, rule), strict=True):
            lines[at] = _relined(lines[at], after[at], tax, minor, rule)
    return replace(order, lines=tuple(lines)), tuple(after)


def _before(line: OrderLine, net: Decimal, pooled: Decimal, minor: int, rule: Rounding) -> Decimal:
    """The line's net with what is pooled given back."""
    return max(net, rule(line.net_before_discount - line.discount + pooled, minor)) if pooled else net


def _relined(line: OrderLine, net: Decimal, tax: Decimal | None, minor: int, rule: Rounding) -> OrderLine:
    """The line as if its own discount left just that net, however its price is rounded."""
    whole = line.net_before_discount
    discount = min(max(whole - net, NONE), max(rule(whole, minor), NONE))
    return replace(line, discount=discount, tax=tax, promotions=())


def _taxes(
    group: Sequence[tuple[Decimal, Decimal, Decimal | None]], minor: int, rule: Rounding
) -> list[Decimal | None]:
    """The tax of each (old net, new net, old tax) at its new net; together what it was. None when some was not told.

    Each line keeps what its own rounding made of it: the storefront rounds unit by unit, and a line of many units may
    rightly be some coins off where one of a single unit may not.
    """
    stated = [rule(tax, minor) for _, _, tax in group if tax is not None and tax >= 0]
    if len(stated) < len(group):
        return [None] * len(group)
    net, tax = sum((old for old, _, _ in group), NONE), sum(stated, NONE)
    rate = tax / net if net else NONE
    exact = [one + rate * (new - old) for one, (old, new, _) in zip(stated, group, strict=True)]
    return list(_whole(exact, [new for _, new, _ in group], tax, minor))


def _whole(exact: Sequence[Decimal], nets: Sequence[Decimal], total: Decimal, minor: int) -> list[Decimal]:
    """In whole coins that add up to the total, none below nothing, and none on a line that costs nothing."""
    step = step_of(minor)
    parts = [max(down(one, minor), NONE) if net else NONE for one, net in zip(exact, nets, strict=True)]
    while missing := total - sum(parts, NONE):
        sign = 1 if missing > 0 else -1
        may = [at for at, net in enumerate(nets) if net and (sign > 0 or parts[at])]
        if not may:  # tax without a price: it stays where it can be seen not to add up
            return list(exact)
        parts[max(may, key=lambda at: sign * (exact[at] - parts[at]))] += sign * step
    return parts
