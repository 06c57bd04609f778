"""What a promotion becomes, and that nothing is won or lost by it: what is posted is what the shopper paid."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.order_entry import Hold, OrderFacts, Post, decide_order
from crossdock.decide.policy import OrderPolicy
from crossdock.decide.promotions import apply_promotions
from crossdock.model.code_map import Becomes, CodeMaps, PromotionRule
from crossdock.model.faults import InvalidValue
from crossdock.model.money import allocate, half_up, minor_units, step_of
from crossdock.model.sales_order import LinePromotion, OrderDiscount, OrderLine, SalesOrder, Shipping
from tests.decide.made import FACTS, GLOVES, MANUAL, ORDER, POLICY, facts, findings, gloves, mapped, posted
from tests.strategies import CURRENCIES, TAXES, law

NONE = Decimal(0)
LINE, FREE, ADJUST, STAGE = (PromotionRule(becomes=one) for one in Becomes)
SPRING = LinePromotion(mechanic="promotion", ref="SPRING", amount=Decimal("19.00"))
GIFT = LinePromotion(mechanic="promotion", ref="GIFT", amount=Decimal("12.00"))
OFF = gloves(discount=Decimal("19.00"), tax=Decimal("20.00"), promotions=(SPRING,))
OFF = replace(OFF, total=OFF.total - Decimal("22.80"), tax_total=Decimal("21.00"))


def ruled(**rules: PromotionRule) -> OrderFacts:
    return mapped(promotion={name.replace("_", "-"): rule for name, rule in rules.items()})


def given_away(**changes: object) -> SalesOrder:
    """The order with its manual given away: 12.00 of 12.00 off."""
    manual = replace(MANUAL, discount=Decimal("12.00"), promotions=(GIFT,), **changes)
    return replace(ORDER, lines=(GLOVES, manual), total=ORDER.total - 12)


# what a person must say


def test_a_promotion_nobody_mapped_is_one_case_for_all_its_orders():
    finding = findings(OFF)["promotion-unmapped", "SPRING"]
    assert finding.cause == "Nobody has said what promotion SPRING becomes in the ERP."
    nameless = gloves(discount=Decimal(1), promotions=(LinePromotion(mechanic="tiered", amount=Decimal(1)),))
    assert ("promotion-unmapped", "tiered") in findings(nameless)


@pytest.mark.parametrize("mechanic", ["sale", "campaign", "voucher"])
def test_a_lower_price_needs_no_word(mechanic):
    line = replace(OFF.lines[0], promotions=(replace(SPRING, mechanic=mechanic),))
    assert posted(replace(OFF, lines=(line, MANUAL))).order.total == OFF.total


@pytest.mark.parametrize(
    "rules", [{"SPRING": LINE}, {"promotion": LINE}, {"SPRING": LINE, "promotion": STAGE}, {"SPRING": ADJUST}]
)
def test_the_closest_entry_says_what_it_becomes(rules):
    assert posted(OFF, mapped(promotion=rules)).order.total == OFF.total


def test_what_leaves_nothing_to_pay_has_a_mechanic_of_its_own():
    known = ruled(buy_x_get_y=replace(FREE, reason="Gift"), promotion=STAGE)
    order = posted(given_away(), known).order
    free = order.lines[1]
    assert (free.unit_price, free.net, free.tax, free.free_reason) == (NONE, NONE, NONE, "Gift")
    assert order.total == given_away().total
    assert order.lines[0].free_reason == ""
    assert ("promotion-staged", "SPRING") in findings(OFF, known), "it left something to pay, so it is none of those"


def test_what_a_rule_gives_away_is_given_away_and_nothing_else_is():
    assert set(findings(given_away(), ruled(GIFT=LINE), share_max=Decimal(1))) == {("price-zero", "MANUAL")}
    assert findings(given_away(), ruled(GIFT=FREE)) == {}


@pytest.mark.parametrize(
    ("order", "rules", "policy", "subject", "why"),
    [
        (OFF, {"SPRING": STAGE}, {}, "SPRING", "its entry in the promotion map says so"),
        (OFF, {"SPRING": FREE}, {}, "SPRING", "it is to be a free item, and GLOVES is not free"),
        (OFF, {"SPRING": LINE}, {"stacked_max": 0}, "SPRING", "they come together on GLOVES"),
        (OFF, {"SPRING": LINE}, {"share_max": Decimal("0.15")}, "SPRING",
         "more than 15% of the price of GLOVES is taken off"),
    ],
)  # fmt: skip
def test_what_is_too_tangled_is_seen_by_a_person_who_may_let_it_go_on(order, rules, policy, subject, why):
    known = mapped(promotion=rules)
    finding = findings(order, known, **policy)["promotion-staged", subject]
    assert finding.cause == f"Promotion {subject} is reviewed before its orders are posted: {why}."
    accepted = posted(order, replace(known, waivers=frozenset({("promotion-staged", subject)})), **policy)
    assert [one.kind.code for one in accepted.accepted] == ["promotion-staged"]
    assert accepted.order.total == order.total


def test_promotions_that_come_together_are_one_case_by_both_their_names():
    both = (replace(SPRING, amount=Decimal("9.00")), LinePromotion(mechanic="promotion-code", ref="CLUB",
                                                                  amount=Decimal("10.00")))  # fmt: skip
    order = replace(OFF, lines=(replace(OFF.lines[0], promotions=both), MANUAL))
    assert set(findings(order, ruled(promotion=LINE, promotion_code=LINE))) == {("promotion-staged", "CLUB + SPRING")}
    lower = (replace(both[0], mechanic="sale"), replace(both[1], mechanic="voucher"))
    order = replace(OFF, lines=(replace(OFF.lines[0], promotions=lower), MANUAL))
    assert findings(order) == {}, "a sale, a campaign and a voucher are prices and not promotions"


def test_a_sale_is_the_price_that_others_take_their_part_of():
    sale = LinePromotion(mechanic="sale", amount=Decimal("18.00"))
    order = replace(
        OFF, lines=(replace(OFF.lines[0], promotions=(sale, replace(SPRING, amount=Decimal("1.00")))), MANUAL)
    )
    assert findings(order, ruled(SPRING=LINE), share_max=Decimal("0.01")) == {}
    assert set(findings(order, ruled(SPRING=LINE), share_max=Decimal("0.009"))) == {("promotion-staged", "SPRING")}


# discounts of the whole order

COUPON = OrderDiscount(mechanic="coupon", description="Spring", amount=Decimal("1.00"), ref="C1")


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({}, ""), ({"coupon": ADJUST}, ""), ({"coupon": LINE}, ""), ({"C1": ADJUST, "coupon": STAGE}, ""),
        ({"coupon": STAGE}, "its entry in the promotion map says so"),
        ({"C1": FREE}, "it is to be a free item, and takes its money off the whole order"),
    ],
)  # fmt: skip
def test_what_comes_off_the_order_is_shared_out_unless_somebody_says_otherwise(rules, why):
    lines = (replace(GLOVES, tax=Decimal("23.62")), replace(MANUAL, tax=NONE))
    order = replace(
        ORDER, lines=lines, discounts=(COUPON,), total=ORDER.total - Decimal("1.18"), tax_total=Decimal("24.62")
    )
    known = mapped(promotion=rules)
    if why:
        assert findings(order, known)["promotion-staged", "C1"].facts["why"] == why
    else:
        assert posted(order, known).order.total == order.total
    nameless = replace(order, discounts=(replace(COUPON, ref=""),))
    if rules.get("coupon") == STAGE and "C1" not in rules:
        assert ("promotion-staged", "coupon") in findings(nameless, known)


# adjustments: the lines of one tax rate


def test_an_adjustment_is_shared_out_over_the_lines_of_its_tax_rate_and_no_others():
    gift = replace(GLOVES, line_ref="1503", quantity=Decimal(1), discount=Decimal("59.50"), tax=NONE,
                   promotions=(replace(GIFT, amount=Decimal("59.50")),))  # fmt: skip
    order = replace(ORDER, lines=(GLOVES, gift, MANUAL))
    promoted = apply_promotions(
        order, [Decimal("119.00"), NONE, Decimal("12.00")], {"GIFT": ADJUST}, POLICY
    )  # fmt: skip
    assert promoted.nets == (Decimal("79.33"), Decimal("39.67"), Decimal("12.00"))
    assert [line.tax for line in promoted.order.lines] == [Decimal("15.87"), Decimal("7.93"), NONE]
    assert promoted.order.lines[2] is MANUAL
    assert posted(order, ruled(GIFT=ADJUST)).order.total == ORDER.total
    assert findings(order, ruled(GIFT=ADJUST)) == {}, "it is no gift any more, so nobody is asked about its price"


def test_lines_whose_tax_is_not_told_stay_so():
    order = gloves(discount=Decimal("19.00"), tax=None, promotions=(SPRING,))
    promoted = apply_promotions(order, [Decimal("100.00"), Decimal("12.00")], {"SPRING": ADJUST}, POLICY)
    assert promoted.order.lines[0].tax is None
    assert promoted.nets == (Decimal("100.00"), Decimal("12.00"))


def test_tax_on_lines_that_cost_nothing_is_left_where_it_can_be_seen():
    order = gloves(discount=Decimal("119.00"), tax=Decimal("1.00"), promotions=(replace(SPRING, amount=NONE), SPRING))
    promoted = apply_promotions(order, [NONE, Decimal("12.00")], {"SPRING": ADJUST}, POLICY)
    assert promoted.order.lines[0].tax == Decimal("1.00")
    whole = gloves(
        discount=Decimal("119.00"), tax=Decimal("1.00"), promotions=(SPRING, replace(SPRING, amount=Decimal(100)))
    )
    assert apply_promotions(whole, [NONE, Decimal("12.00")], {"SPRING": ADJUST}, POLICY).order.lines[0].tax == NONE + 1


def test_promotions_take_no_more_than_the_discount():
    with pytest.raises(InvalidValue, match="its promotions take 12.00 off, and its discount is 1"):
        replace(MANUAL, discount=Decimal(1), promotions=(GIFT,))
    with pytest.raises(InvalidValue, match="promotion GIFT: must not be negative"):
        replace(GIFT, amount=Decimal(-1))
    assert (GIFT.name, replace(GIFT, ref="").name, COUPON.name) == ("GIFT", "promotion", "C1")


# nothing is won or lost


@dataclass(frozen=True)
class Basket:
    """order: as a shop for consumers would tell it; paid: what its shopper paid."""

    order: SalesOrder
    rules: Mapping[str, PromotionRule]
    policy: OrderPolicy
    paid: Decimal


def _net(gross: int, percent: Decimal) -> int:
    return int((gross * 100 / (100 + percent)).quantize(Decimal(1), ROUND_HALF_UP))


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """Units with their reductions one after another, each unit rounded by itself; perhaps a voucher off the order."""
    currency = draw(st.sampled_from(CURRENCIES))
    minor = minor_units(currency)
    rates = draw(st.lists(st.sampled_from(sorted(TAXES)), min_size=1, max_size=2, unique=True))
    lines = [
        _line(draw, at, draw(st.sampled_from(rates)), minor) for at in range(draw(st.integers(1, 5)))
    ]  # fmt: skip
    carriage = draw(st.integers(0, 2000))
    net = _net(carriage, TAXES["STANDARD"].percent)
    paid = sum(line.net_before_discount - line.discount + (line.tax or NONE) for line in lines)
    off, tax_total, discounts = NONE, None, ()
    voucher = draw(st.integers(0, 3000))
    dearest = max(lines, key=lambda line: line.net_before_discount - line.discount)
    left = (dearest.net_before_discount - dearest.discount) / dearest.quantity
    if voucher and len({line.tax_code for line in lines}) == 1 and left > 0:
        percent = TAXES[dearest.tax_code].percent
        gross = int((left * (100 + percent) / 100).scaleb(minor))
        taken = min(voucher, gross)
        net_off = min(_net(taken, percent), int(left.scaleb(minor)))
        off = Decimal(taken).scaleb(-minor)
        tax_total = sum((line.tax or NONE for line in lines), NONE) - (off - Decimal(net_off).scaleb(-minor))
        if net_off and tax_total >= 0:
            discounts = (OrderDiscount(mechanic="voucher", description="V", amount=Decimal(net_off).scaleb(-minor)),)
            lines = [replace(line, tax=None) for line in lines]
        else:
            off, tax_total = NONE, None
    shipping = Shipping(
        method="flat_rate_1", net=Decimal(net).scaleb(-minor), tax=Decimal(carriage - net).scaleb(-minor),
        tax_code="STANDARD",
    )  # fmt: skip
    if tax_total is not None:
        tax_total += shipping.tax or NONE
    total = paid - off + Decimal(carriage).scaleb(-minor)
    order = replace(
        ORDER, currency=currency, lines=tuple(lines), shipping=shipping, discounts=discounts, total=total,
        tax_total=tax_total,
    )  # fmt: skip
    names = sorted({one.name for line in lines for one in line.promotions})
    rules = {
        name: PromotionRule(becomes=draw(st.sampled_from(list(Becomes))), reason="Gift")
        for name in (*names, "sale", "voucher", "promotion", "buy-x-get-y") if draw(st.booleans())
    }  # fmt: skip
    policy = replace(POLICY, currencies=frozenset(CURRENCIES), prices="gross", tax_tolerance=step_of(minor))
    return Basket(order, rules, policy, total)


def _line(draw: st.DrawFn, at: int, code: str, minor: int) -> OrderLine:
    """Some units alike: what each costs gross after its reductions, and the net and tax of that, times their number."""
    percent, count = TAXES[code].percent, draw(st.integers(1, 9))
    listed = gross = draw(st.integers(1, 30_000))
    taken = []
    for _ in range(draw(st.integers(0, 3))):
        mechanic = draw(st.sampled_from(("sale", "voucher", "promotion", "promotion-code")))
        off = gross if draw(st.integers(1, 6)) == 1 else draw(st.integers(0, gross))
        taken.append((mechanic, "" if mechanic == "sale" else draw(st.sampled_from("ABC")), off))
        gross -= off
    before, net = _net(listed, percent), _net(gross, percent)
    whole = Decimal((before - net) * count).scaleb(-minor)
    weights = [Decimal(off) for *_, off in taken]
    parts = allocate(whole, weights, decimals=minor) if taken else ()
    return OrderLine(
        line_ref=str(at), sku="GLOVES", quantity=Decimal(count), unit="item",
        unit_price=Decimal(before).scaleb(-minor), discount=whole, tax=Decimal((gross - net) * count).scaleb(-minor),
        tax_code=code,
        promotions=tuple(
            LinePromotion(mechanic=mechanic, ref=ref, amount=part)
            for (mechanic, ref, _), part in zip(taken, parts, strict=True)
        ),
    )  # fmt: skip


ALLOWED = {"promotion-unmapped", "promotion-staged", "price-zero"}


@law
@given(basket=baskets())
def test_whatever_promotions_become_what_is_posted_is_what_the_shopper_paid(basket: Basket) -> None:
    maps = CodeMaps(tax=TAXES, unit=FACTS.maps.unit | {"item": 1}, shipping={"flat_rate_1": "UPS"},
                    payment_term={"net 30": ""}, promotion=basket.rules)  # fmt: skip
    known = facts(maps=maps)
    decision = decide_order(basket.order, known, basket.policy)
    if isinstance(decision, Hold):
        causes = {(one.kind.code, one.subject) for one in decision.findings}
        assert {code for code, _ in causes} <= ALLOWED, causes
        said = {name: LINE for code, name in causes if code == "promotion-unmapped"}
        later = replace(known, maps=replace(maps, promotion={**basket.rules, **said}), waivers=frozenset(causes))
        decision = decide_order(basket.order, later, replace(basket.policy, zero_price="allow", share_max=Decimal(1)))
        if isinstance(decision, Hold):  # what was unmapped may come together with something else
            causes |= {(one.kind.code, one.subject) for one in decision.findings}
            later = replace(later, waivers=frozenset(causes))
            decision = decide_order(
                basket.order, later, replace(basket.policy, zero_price="allow", share_max=Decimal(1))
            )
    assert isinstance(decision, Post), decision
    order, minor = decision.order, minor_units(basket.order.currency)
    assert order.total == basket.paid
    assert sum((line.net + line.tax for line in order.lines), order.delivery_net + order.delivery_tax) == basket.paid
    for line in order.lines:
        assert line.net >= 0
        assert line.unit_price >= 0
        assert half_up(line.quantity * line.unit_price, minor) == line.net + line.tax
        assert not line.free_reason or (line.unit_price, line.net, line.tax) == (NONE, NONE, NONE)


@law
@given(basket=baskets())
def test_net_and_tax_of_each_rate_stay_the_sums_they_were(basket: Basket) -> None:
    nets = [line.net_before_discount - line.discount for line in basket.order.lines]
    everything = {name: ADJUST for line in basket.order.lines for name in (one.name for one in line.promotions)}
    promoted = apply_promotions(basket.order, nets, everything, basket.policy)
    for code in {line.tax_code for line in basket.order.lines}:
        at = [n for n, line in enumerate(basket.order.lines) if line.tax_code == code]
        assert sum(promoted.nets[n] for n in at) == sum(nets[n] for n in at)
        before, after = ([order.lines[n].tax for n in at] for order in (basket.order, promoted.order))
        assert sum(one or NONE for one in before) == sum(one or NONE for one in after)
        assert all(one is None or one >= 0 for one in after)
    assert all(net >= 0 for net in promoted.nets)
    for line, net in zip(promoted.order.lines, promoted.nets, strict=True):
        assert half_up(line.net_before_discount - line.discount, minor_units(basket.order.currency)) == net
