"""From the ERP's prices to a storefront's: the right tiers, units, days and rounding."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.price_lists import PricePolicy, shown_prices, tier
from crossdock.model.faults import InvalidValue
from crossdock.model.price import Price
from tests.strategies import decimals, law

TODAY = date(2026, 3, 2)
PRICE = Price(price_list="Trade", stock_code="A", currency="GBP", price=Decimal("2.355"), is_net=True)
TEN = replace(PRICE, price=Decimal("2.10"), quantity_from=Decimal(10))


def shown(*prices: Price, unit: str = "each", units: Fraction | int = 1, **rules: object) -> dict[str, str]:
    policy = replace(PricePolicy(), **rules)  # type: ignore[arg-type]
    found = shown_prices(unit, Fraction(units), prices, today=TODAY, policy=policy)
    return {f"{at:f}": f"{price:f}" for at, price in found.items()}


def test_a_price_is_rounded_to_the_coin_by_a_named_rule_or_as_fine_as_asked():
    assert shown(PRICE) == {"1": "2.36"}
    assert shown(PRICE, rounding="down") == {"1": "2.35"}
    assert shown(PRICE, rounding="half-even") == {"1": "2.36"}
    assert shown(replace(PRICE, price=Decimal("2.345")), rounding="half-even") == {"1": "2.34"}
    assert shown(PRICE, decimals=4) == {"1": "2.3550"}
    assert shown(PRICE, decimals=4, decimals_max=1) == {"1": "2.4"}
    assert shown(replace(PRICE, currency="JPY")) == {"1": "2"}
    with pytest.raises(InvalidValue, match="none of"):
        PricePolicy(rounding="up")


def test_a_case_is_priced_as_its_content_at_the_break_it_reaches():
    assert shown(PRICE, TEN, units=12) == {"1": "25.20"}
    thirty = replace(PRICE, price=Decimal("1.90"), quantity_from=Decimal(30))
    assert shown(PRICE, TEN, thirty, units=12) == {"1": "25.20", "3": "22.80"}
    assert shown(PRICE, TEN, units=6) == {"1": "14.13", "2": "12.60"}


def test_a_price_set_for_the_unit_outranks_one_reckoned_from_the_stock_unit():
    case = replace(PRICE, price=Decimal(24), per=Decimal(12), unit="case", quantity_from=Decimal(12))
    each = replace(PRICE, unit="each")
    assert shown(each, case, unit="case", units=12) == {"1": "24.00"}
    assert shown(each, case) == {"1": "2.36"}
    assert shown(each, unit="case", units=12) == {"1": "28.26"}
    pallet = replace(case, unit="pallet")
    assert shown(pallet, unit="case", units=12) == {}


def test_two_prices_for_one_break_are_the_one_for_any_unit():
    assert shown(replace(PRICE, unit="piece", price=Decimal(9)), PRICE, unit="item") == {"1": "2.36"}


def test_a_third_of_a_price_three_times_over_is_the_price():
    dozen = replace(PRICE, price=Decimal("58.00"), per=Decimal(12))
    assert shown(dozen, units=12, rounding="down") == {"1": "58.00"}
    assert shown(replace(dozen, per=Decimal(1)), units=Fraction(1, 3), rounding="down") == {"1": "19.33"}


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (None, None, True), (TODAY, TODAY, True), (None, date(2026, 3, 1), False), (date(2026, 3, 3), None, False),
    ],
)  # fmt: skip
def test_a_price_holds_on_its_days_and_no_other(first, last, holds):
    assert bool(shown(replace(PRICE, valid_from=first, valid_to=last))) is holds


def test_of_two_that_hold_the_one_that_began_last_counts():
    offer = replace(PRICE, price=Decimal(2), valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 9))
    assert shown(offer, PRICE) == shown(PRICE, offer) == {"1": "2.00"}


@law
@given(start=decimals("0", "500", 2), units=st.fractions(Fraction(1, 50), 500, max_denominator=60))
def test_a_tier_begins_at_the_first_whole_unit_that_holds_the_break(start, units):
    at = tier(start, units)
    assert at > 0
    if start > 1 and units != 1:
        assert at == at.to_integral_value()
        assert Fraction(at) * units >= Fraction(start)
        assert at == 1 or Fraction(at - 1) * units < Fraction(start)
    elif start > 1:
        assert at == start


def test_a_break_of_single_ones_stays_where_it_is():
    assert (tier(Decimal(10), Fraction(1)), tier(Decimal("0.5"), Fraction(12))) == (10, 1)
