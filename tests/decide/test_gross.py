"""Gross prices: what a shopper pays is posted to the coin, however the shop rounded net and tax of its single units."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.gross import line_grosses, tax_within
from crossdock.decide.order_entry import Hold, Post, decide_order
from crossdock.model.code_map import CodeMaps, TaxCode
from crossdock.model.money import half_up
from crossdock.model.sales_order import OrderDiscount, OrderLine, Shipping
from tests.decide.made import FACTS, GLOVES, MANUAL, ORDER, POLICY, findings, gloves, posted
from tests.strategies import TAXES

STANDARD, ZERO = TAXES["STANDARD"], TAXES["ZERO"]
PENNY = Decimal("0.01")


def unit_split(gross: Decimal, percent: Decimal) -> tuple[Decimal, Decimal]:
    """Net and tax of one unit, as a shop for consumers rounds them."""
    net = half_up(gross * 100 / (100 + percent), 2)
    return net, gross - net


def shop_line(at: int, units: int, gross: Decimal, code: str) -> OrderLine:
    """Units of one gross price folded into a line, each rounded by itself."""
    net, tax = unit_split(gross, TAXES[code].percent)
    return replace(
        GLOVES, line_ref=str(at), quantity=Decimal(units), unit="case", unit_price=net, tax=tax * units, tax_code=code
    )  # fmt: skip


BASKETS = st.lists(
    st.tuples(
        st.integers(1, 24), st.integers(1, 500_00).map(lambda coins: coins * PENNY), st.sampled_from(sorted(TAXES))
    ),
    min_size=1,
    max_size=6,
)


@given(basket=BASKETS, carriage=st.integers(0, 20_00).map(lambda coins: coins * PENNY))
def test_every_basket_is_posted_to_the_coin(basket: list[tuple[int, Decimal, str]], carriage: Decimal) -> None:
    lines = tuple(shop_line(at, *one) for at, one in enumerate(basket))
    net, tax = unit_split(carriage, STANDARD.percent)
    total = sum((units * gross for units, gross, _ in basket), carriage)
    order = replace(
        ORDER, lines=lines, total=total, tax_total=None,
        shipping=Shipping(method="flat_rate_1", net=net, tax=tax, tax_code="STANDARD"),
    )  # fmt: skip
    decision = decide_order(order, FACTS, replace(POLICY, prices="gross"))
    assert isinstance(decision, Post), decision
    made = decision.order
    assert made.prices_include_tax
    assert made.total == total
    for line in made.lines:
        assert half_up(line.quantity * line.unit_price, 2) == line.net + line.tax
        percent = next(code.percent for code in TAXES.values() if code.code == line.tax_code)
        assert line.tax == tax_within(line.net + line.tax, percent, half_up, 2)


def test_nets_would_have_lost_a_penny() -> None:
    """Two units at 20.00 are 16.67 and 3.33 each; on the sum of the nets an ERP reckons 6.67 and comes to 40.01."""
    line = shop_line(1, 2, Decimal("20.00"), "STANDARD")
    order = replace(ORDER, lines=(line,), total=Decimal("46.00"), tax_total=None)
    assert ("total-conflict", "B2B-812") in findings(order)
    resolved = posted(order, prices="gross").order
    assert [(one.quantity, one.unit_price, one.net, one.tax) for one in resolved.lines] == [
        (Decimal(20), Decimal("2.0000"), Decimal("33.33"), Decimal("6.67"))
    ]
    assert resolved.total == Decimal("46.00")


def test_an_order_discount_takes_its_share_of_the_tax_with_it() -> None:
    """Five pounds off, gross, of two lines of one rate: the shop tells the order's tax only."""
    lines = (
        replace(GLOVES, unit_price=Decimal("50.00"), tax=None),
        replace(MANUAL, sku="GLOVES", tax_code="STANDARD", unit="case", unit_price=Decimal("20.00"), tax=None),
    )
    off = OrderDiscount(mechanic="voucher", description="FIVE", amount=Decimal("4.17"))
    tax = Decimal("23.17") + 1
    order = replace(ORDER, lines=lines, discounts=(off,), tax_total=tax, total=Decimal(120) - Decimal("4.17") + 5 + tax)
    assert posted(order, prices="gross").order.total == order.total


@pytest.mark.parametrize(
    ("order", "codes", "taxes"),
    [
        (ORDER, (STANDARD, ZERO), ("23.80", "0.00")),  # as stated
        (gloves(tax=None), (STANDARD, ZERO), ("23.80", "0.00")),  # what the order's tax leaves
        (replace(gloves(tax=None), tax_total=None), (STANDARD, ZERO), ("23.80", "0")),  # reckoned
        (replace(gloves(tax=None), tax_total=Decimal("20.80")), (STANDARD, ZERO), ("19.80", "0.00")),
        (replace(gloves(tax=None), tax_total=Decimal("0.50")), (STANDARD, ZERO), ("23.80", "0.00")),  # no sense
        (gloves(tax=None, tax_code="ZERO"), (ZERO, ZERO), ("0", "0.00")),  # nothing to share it by
        (replace(gloves(tax=None), shipping=replace(ORDER.shipping, tax=None)), (STANDARD, ZERO), ("23.80", "0.00")),
    ],
)
def test_a_lines_tax_is_stated_or_shared_or_reckoned(
    order: object, codes: tuple[TaxCode, ...], taxes: tuple[str, ...]
) -> None:
    nets = (Decimal("119.00"), Decimal("12.00"))
    found = line_grosses(order, nets, codes, POLICY)  # type: ignore[arg-type]
    assert [gross - net for gross, net in zip(found, nets, strict=True)] == [Decimal(one) for one in taxes]


def test_carriage_whose_tax_nobody_states_is_reckoned() -> None:
    order = replace(ORDER, shipping=replace(ORDER.shipping, tax=None), tax_total=None)
    assert posted(order, prices="gross").order.delivery_tax == Decimal("1.00")


def test_a_tax_that_no_rounding_explains_is_a_conflict() -> None:
    wrong = gloves(tax=Decimal("20.00"))
    order = replace(wrong, total=Decimal("157.00"), tax_total=None)
    assert ("tax-conflict", "B2B-812") in findings(order, prices="gross")
    off = replace(ORDER, shipping=replace(ORDER.shipping, tax=Decimal("2.00")), total=Decimal("161.80"), tax_total=None)
    assert findings(off, prices="gross")[("tax-conflict", "B2B-812")].facts["what"] == "carriage"


def test_a_tax_within_what_each_unit_may_round_away_is_none() -> None:
    line = shop_line(1, 24, Decimal("20.00"), "STANDARD")  # 79.92 by the unit, 80.00 of the whole
    order = replace(ORDER, lines=(line,), total=Decimal("486.00"), tax_total=None)
    assert findings(order, prices="gross") == {}


def test_a_sum_no_price_comes_to_is_said() -> None:
    order = replace(ORDER, lines=(replace(GLOVES, quantity=Decimal(3), unit_price=Decimal("0.01"), tax=Decimal(0)),))
    total = replace(order, total=Decimal("6.03"), tax_total=None)
    decision = decide_order(total, FACTS, replace(POLICY, prices="gross", price_decimals=0))
    assert isinstance(decision, Hold)
    assert ("item-invalid-for-erp", "GLOVES") in {(one.kind.code, one.subject) for one in decision.findings}


def test_codes_of_the_map_are_the_ones_used() -> None:
    maps = replace(FACTS.maps, tax={**TAXES, "STANDARD": TaxCode(code="9", percent=Decimal(20))})
    assert isinstance(maps, CodeMaps)
    resolved = posted(known=replace(FACTS, maps=maps), prices="gross").order
    assert [line.tax_code for line in resolved.lines] == ["9", ZERO.code]
