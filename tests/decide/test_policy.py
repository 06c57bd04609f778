"""A rule that makes no sense is refused when it is made."""

from decimal import Decimal

import pytest

from crossdock.decide.policy import Authority, OrderPolicy, StockPolicy
from crossdock.model.faults import InvalidValue
from crossdock.model.money import down


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"rounding": "up"}, "rounding: 'up' is none of half-up, half-even, down"),
        ({"tolerance": Decimal("-0.01")}, r"tolerance: must not be below zero, was -0\.01"),
        ({"tax_tolerance": Decimal(-1)}, "tax_tolerance"),
        ({"price_tolerance": Decimal(-1)}, "price_tolerance"),
        ({"price_decimals": -1}, "price_decimals"),
    ],
)
def test_an_order_policy_that_makes_no_sense(wrong, problem):
    with pytest.raises(InvalidValue, match=problem):
        OrderPolicy(currencies=frozenset({"GBP"}), **wrong)


def test_the_rounding_rule_is_found_by_its_name():
    assert OrderPolicy(currencies=frozenset(), rounding="down").rule is down


def test_a_buffer_is_found_by_sku_in_any_case_and_never_negative():
    policy = StockPolicy(buffer=Decimal(2), buffers={"Tea-01": Decimal(5)})
    assert policy.buffer_for("TEA-01") == 5
    assert policy.buffer_for("COFFEE") == 2
    with pytest.raises(InvalidValue, match="buffer : must not be below zero"):
        StockPolicy(buffer=Decimal(-1))
    with pytest.raises(InvalidValue, match="buffer TEA: must not be below zero"):
        StockPolicy(buffers={"TEA": Decimal(-1)})


def test_what_nobody_set_is_the_careful_choice():
    policy = OrderPolicy(currencies=frozenset())
    assert (policy.authority, policy.tolerance, policy.zero_price) == (Authority.STOREFRONT, 0, "hold")
    assert policy.whole_stock_units
    assert policy.require_delivery_address
    assert (policy.price_decimals, policy.tax_tolerance, policy.price_tolerance) == (4, Decimal("0.01"), 0)
    assert (StockPolicy().buffer, StockPolicy().stale_seconds) == (0, 3600)


def test_each_line_may_round_otherwise_in_the_erp():
    policy = OrderPolicy(currencies=frozenset({"GBP"}), tolerance=Decimal("0.05"), tolerance_per_line=Decimal("0.01"))
    assert (policy.may_differ(0), policy.may_differ(3)) == (Decimal("0.05"), Decimal("0.08"))
