"""Quantities in stock units, exact or not at all; figures as people read them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kind import Finding
from crossdock.decide.units import stock_quantity, stock_units_of
from crossdock.decide.words import amount, plain
from crossdock.model.code_map import CodeMaps
from tests.decide.made import GLOVES
from tests.strategies import decimals, law


@pytest.mark.parametrize(
    ("quantity", "units", "whole", "expected"),
    [
        ("2", Fraction(10), True, "20"),
        ("0.5", Fraction(12), True, "6"),
        ("3", Fraction(1, 3), True, "1"),
        ("0.25", Fraction(10), True, None),
        ("0.25", Fraction(10), False, "2.5"),
        ("1", Fraction(1, 3), False, None),
        ("1", Fraction(7, 40), False, "0.175"),
    ],
)
def test_a_quantity_in_stock_units(quantity, units, whole, expected):
    found = stock_quantity(replace(GLOVES, quantity=Decimal(quantity)), units, whole=whole)
    if expected is None:
        assert isinstance(found, Finding)
        assert (found.kind.code, found.subject) == ("unit-quantity-conflict", "GLOVES/case")
    else:
        assert found == Decimal(expected)


def test_what_is_not_whole_is_said_in_both_units():
    found = stock_quantity(replace(GLOVES, quantity=Decimal("0.250"), unit=""), Fraction(10), whole=True)
    assert isinstance(found, Finding)
    assert found.cause == "0.25 (none) of GLOVES comes to 5/2 stock units, which is not a whole number."


@pytest.mark.parametrize("units", [{}, {"case": Fraction(0)}, {"case": Fraction(-1)}])
def test_a_unit_nobody_confirmed(units):
    found = stock_units_of(GLOVES, CodeMaps(unit=units))
    assert isinstance(found, Finding)
    assert found.cause == "Nobody has confirmed how many stock units of GLOVES one case holds."
    assert stock_units_of(GLOVES, CodeMaps(unit={"case": Fraction(1, 2)})) == Fraction(1, 2)


@law
@given(quantity=decimals("0.001", "99999", 3), units=st.fractions(Fraction(1, 50), 500, max_denominator=60))
def test_a_quantity_is_exact_or_a_case(quantity, units):
    found = stock_quantity(replace(GLOVES, quantity=quantity), units, whole=False)
    if isinstance(found, Decimal):
        assert Fraction(found) == Fraction(quantity) * units
    else:
        assert (Fraction(quantity) * units).denominator % 3 == 0 or units.denominator % 2 or units.denominator % 5


@pytest.mark.parametrize(
    ("number", "text"), [("12", "12"), ("0.50", "0.5"), ("1E+2", "100"), ("20.00", "20"), ("-0.10", "-0.1")]
)
def test_plain_numbers(number, text):
    assert plain(Decimal(number)) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("1234.5", "GBP", "1,234.50 GBP"),
        ("0.0125", "GBP", "0.0125 GBP"),
        ("0.0100", "GBP", "0.01 GBP"),
        ("1200", "JPY", "1,200 JPY"),
    ],
)
def test_amounts_are_as_fine_as_they_need_to_be(value, currency, text):
    assert amount(Decimal(value), currency) == text
