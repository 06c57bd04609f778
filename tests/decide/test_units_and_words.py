"""Quantities in stock units, exact or not at all; figures as people read them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kind import Finding
from crossdock.decide.units import stock_quantity, stock_units_of, units_in
from crossdock.decide.words import amount, plain
from crossdock.model.code_map import CodeMaps
from crossdock.model.stock import ItemUnit, StockItem
from tests.decide.made import GLOVES, POLICY
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
    assert found.cause == (
        "The (none) of GLOVES does not add up: 0.25 of them come to 5/2 stock units, which is not a whole number."
    )


@pytest.mark.parametrize("units", [{}, {"case": Fraction(0)}, {"case": Fraction(-1)}])
def test_a_unit_nobody_confirmed(units):
    found = stock_units_of(GLOVES, None, CodeMaps(unit=units), {}, POLICY)
    assert isinstance(found, Finding)
    assert found.cause == "Nobody has confirmed how many stock units of GLOVES one case holds."
    half = CodeMaps(unit={"case": Fraction(1, 2)})
    assert stock_units_of(GLOVES, None, half, {}, POLICY) == Fraction(1, 2)
    declared = {"GLOVES/item": Fraction(2), "GLOVES/case": Fraction(12)}
    trusting = replace(POLICY, unit_source="storefront")
    assert stock_units_of(GLOVES, None, CodeMaps(), declared, trusting) == 12
    assert isinstance(stock_units_of(GLOVES, None, CodeMaps(), declared, POLICY), Finding)


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


CASE = ItemUnit(unit="case", base_sku="gloves", base_quantity=Decimal(12))
EACH = ItemUnit(unit="each", base_sku="GLOVES", base_quantity=Decimal(1), sku="GLOVES")
LISTED = StockItem(code="GLOVES", item_id="1", units=(EACH, CASE))
OWN_CASE = replace(CASE, sku="GLOVES-CASE")
CODED = StockItem(code="GLOVES-CASE", item_id="2", units=(OWN_CASE,))
PLAIN = StockItem(code="GLOVES", item_id="1")


def held(item=LISTED, unit="case", **said):
    """Stock units in one, or the kind of case."""
    given = {"own": None, "every": None, "declared": None, "trusted": True, **said}
    found = units_in("GLOVES", unit, item, **{name: None if one is None else one for name, one in given.items()})
    return found.kind.code if isinstance(found, Finding) else found


def test_who_says_what_a_unit_holds_where_the_erp_lists_none():
    assert held(PLAIN) == "unit-unmapped"
    assert held(PLAIN, every=Fraction(24)) == 24
    assert held(PLAIN, every=Fraction(24), declared=Fraction(12)) == 12
    assert held(PLAIN, every=Fraction(24), declared=Fraction(12), trusted=False) == 24
    assert held(PLAIN, declared=Fraction(12), trusted=False) == "unit-unmapped"
    assert held(PLAIN, own=Fraction(6), every=Fraction(24), declared=Fraction(12)) == 6
    assert held(PLAIN, coded=True) == 1


def test_the_erp_s_list_of_units_is_the_only_one_that_counts_but_for_a_person():
    assert held() == 12
    assert held(declared=Fraction(12)) == 12
    assert held(declared=Fraction(10)) == "unit-quantity-conflict"
    assert held(declared=Fraction(10), own=Fraction(10)) == 10
    assert held(unit="pallet", declared=Fraction(480)) == "unit-unmapped"
    assert held(unit="pallet", every=Fraction(480)) == 480
    assert held(replace(LISTED, units=(replace(CASE, confirmed=False),)), every=Fraction(12)) == "unit-unmapped"
    assert held(replace(LISTED, units=(replace(CASE, base_sku="OTHER"),))) == "unit-unmapped"
    assert held(replace(LISTED, units=(CASE, replace(CASE, base_quantity=Decimal(6))))) == "unit-unmapped"
    assert held(replace(LISTED, units=(CASE, CASE))) == 12


def test_a_unit_with_a_stock_code_of_its_own_is_one_of_that():
    """Never twelve of it: a case of the case's own code is one case."""
    assert held(CODED) == 1
    assert held(CODED, coded=True, declared=Fraction(12)) == 1
    assert held(CODED, coded=True, declared=Fraction(10)) == "unit-quantity-conflict"
    assert held(CODED, coded=True, declared=Fraction(10), own=Fraction(12)) == 1
    assert held(replace(CODED, units=(replace(OWN_CASE, confirmed=False),)), coded=True) == "unit-unmapped"
    assert held(replace(CODED, units=(CASE,)), coded=True, every=Fraction(12)) == "unit-unmapped"
    assert held(replace(CODED, units=(OWN_CASE, replace(OWN_CASE, unit="box"))), coded=True) == "unit-unmapped"


def test_a_unit_that_does_not_add_up_says_both_sides():
    found = units_in("GLOVES", "case", LISTED, own=None, every=None, declared=Fraction(10), trusted=True)
    assert isinstance(found, Finding)
    assert found.cause == "The case of GLOVES does not add up: the storefront counts 10 stock units in one, the ERP 12."
