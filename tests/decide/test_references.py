"""Items, accounts, couriers, payments, addresses, credit: each rule on its own, with the words it says."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ACCOUNT_AMBIGUOUS, ACCOUNT_UNMATCHED
from crossdock.decide.address import NO_POSTCODE, check_addresses
from crossdock.decide.credit import check_account
from crossdock.decide.price_lists import PricePolicy
from crossdock.decide.prices import agreed_price, check_price, check_zero, price_per_stock_unit
from crossdock.decide.references import check_currency, check_only_one, find_account, find_item, find_payment
from crossdock.decide.shipping import find_courier
from crossdock.model.code_map import CodeMaps
from crossdock.model.price import Price
from crossdock.model.sales_order import Shipping
from crossdock.model.stock import StockItem
from tests.decide.made import GLOVES, ORDER, POLICY
from tests.strategies import ACCOUNT, KASSEL

ITEM = StockItem(code="GLV-01", item_id="71")


def cause(result: object) -> str:
    assert isinstance(result, Finding)
    return result.cause


def test_an_item_is_the_one_the_sku_stands_for():
    assert find_item("GLOVES", {"GLOVES": ITEM}) is ITEM
    assert cause(find_item("GLOVES", {})) == "The ERP holds no stock item GLOVES."


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (replace(ITEM, discontinued=True), "GLV-01 is discontinued"),
        (replace(ITEM, template=True, stock_controlled=False), "GLV-01 is a family, and only its variants can be sold"),
        (replace(ITEM, code="GLV,01"), "its stock code 'GLV,01' is empty or holds a comma or #"),
        (replace(ITEM, code="#1"), "its stock code '#1' is empty or holds a comma or #"),
        (replace(ITEM, code=""), "its stock code '' is empty or holds a comma or #"),
    ],
)
def test_an_item_that_cannot_be_sold(item, problem):
    assert cause(find_item("GLOVES", {"GLOVES": item})) == f"GLOVES cannot go into the ERP: {problem}."


@pytest.mark.parametrize("item", [replace(ITEM, stock_controlled=False), replace(ITEM, parent_code="GLV")])
def test_packs_services_and_variants_can_be_sold(item):
    assert find_item("GLOVES", {"GLOVES": item}) is item


def test_a_company_without_an_account_says_what_was_looked_for():
    lost = replace(ORDER, account_hint="MEYER99")
    assert cause(find_account(lost, None, ())) == (
        "Meyer Bau GmbH (storefront company 9) is linked to no ERP account; the storefront holds code MEYER99 for it."
    )
    nameless = replace(ORDER, company_name="")
    assert cause(find_account(nameless, None, ())) == "9 (storefront company 9) is linked to no ERP account."
    guest = replace(nameless, company_ref="")
    assert cause(find_account(guest, None, ())).startswith("(none) (storefront company (none))")


def test_a_company_that_fits_several_accounts_names_them():
    both = (replace(ACCOUNT, code="B"), replace(ACCOUNT, code="A"))
    assert cause(find_account(ORDER, None, both)).endswith("fits several ERP accounts: A, B.")


def test_an_account_is_kept_in_one_currency():
    euro = replace(ACCOUNT, currency="EUR")
    assert "no ERP account in GBP; account MEYER01 is kept in EUR" in cause(find_account(ORDER, euro, ()))
    assert find_account(ORDER, replace(ACCOUNT, currency="GBP"), ()) == replace(ACCOUNT, currency="GBP")


def test_currencies_payments_and_couriers():
    assert check_currency(ORDER, frozenset({"GBP"})) is None
    assert cause(check_currency(ORDER, frozenset({"EUR", "CHF"}))).endswith("it takes CHF, EUR.")
    assert cause(check_currency(ORDER, frozenset())).endswith("it takes none.")
    assert find_payment(ORDER, CodeMaps(payment_term={"net 30": ""})) == ""
    assert "net 30 is mapped to no ERP payment" in cause(find_payment(ORDER, CodeMaps()))
    assert find_courier(Shipping(), CodeMaps()) == ""
    assert find_courier(Shipping(method="dhl"), CodeMaps(shipping={"dhl": ""})) == ""
    assert "dhl is mapped to no ERP courier" in cause(find_courier(Shipping(method="dhl"), CodeMaps()))


def test_an_order_number_used_twice_names_the_other():
    assert check_only_one(ORDER, None) is None
    assert cause(check_only_one(ORDER, "799")) == (
        "There is a different order B2B-812 already: storefront order 799 carries that number too."
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"organisation": "", "surname": ""}, "it names nobody"),
        ({"line1": ""}, "it has no street"),
        ({"town": ""}, "it has no town"),
        ({"postcode": ""}, "it has no postcode"),
        ({"country": "GER"}, "its country 'GER' is no two-letter code"),
        ({"country": "de"}, "its country 'de' is no two-letter code"),
        ({"country": "ДЕ"}, "its country 'ДЕ' is no two-letter code"),
        ({"town": "", "line1": ""}, "it has no street, it has no town"),
    ],
)
def test_a_partial_address_says_what_it_lacks(change, problem):
    there = replace(ORDER, delivery_address=replace(KASSEL, **change))
    assert cause(check_addresses(there, require_delivery=True)) == (
        f"The delivery address of order B2B-812 cannot be used: {problem}."
    )
    billed = replace(ORDER, invoice_address=replace(KASSEL, **change))
    assert cause(check_addresses(billed, require_delivery=True)) == (
        f"The invoice address of order B2B-812 cannot be used: {problem}."
    )


def test_two_bad_addresses_are_said_at_once():
    order = replace(ORDER, delivery_address=None, invoice_address=replace(KASSEL, town=""))
    assert cause(check_addresses(order, require_delivery=True)) == (
        "The delivery and invoice address of order B2B-812 cannot be used:"
        " delivery: it is missing; invoice: it has no town."
    )


def test_addresses_that_will_do():
    assert check_addresses(ORDER, require_delivery=True) is None
    person = replace(KASSEL, organisation="", surname="", forename="Ida")
    assert check_addresses(replace(ORDER, delivery_address=person), require_delivery=True) is None
    assert all(len(code) == 2 and code.isupper() for code in NO_POSTCODE)
    dublin = replace(KASSEL, postcode="", country="IE")
    assert check_addresses(replace(ORDER, delivery_address=dublin), require_delivery=True) is None


def test_a_missing_delivery_address_is_said_where_one_is_needed():
    lost = replace(ORDER, delivery_address=None)
    assert "it is missing" in cause(check_addresses(lost, require_delivery=True))
    assert check_addresses(lost, require_delivery=False) is None


@pytest.mark.parametrize(
    ("limit", "balance", "credit", "held"),
    [
        ("1000", "839.20", "hold", False),
        ("1000", "839.21", "hold", True),
        ("1000", "839.21", "ignore", False),
        (None, "99999", "hold", False),
        ("1000", None, "hold", False),
        ("160", None, "hold", True),  # whatever it owes besides
    ],
)
def test_credit_counts_this_order_too(limit, balance, credit, held):
    account = replace(
        ACCOUNT, credit_limit=limit and Decimal(limit), balance=balance and Decimal(balance), currency="GBP"
    )
    found = list(check_account(ORDER, account, replace(POLICY, credit=credit)))
    assert bool(found) is held
    if held and balance:
        assert found[0].cause == "With order B2B-812 account MEYER01 would owe 1,000.01 GBP; its limit is 1,000.00 GBP."


amounts = st.decimals(min_value=0, max_value=500, places=2)


@given(
    limit=amounts, balance=st.none() | st.decimals(min_value=-100, max_value=500, places=2),
    totals=st.lists(amounts, max_size=8),
)  # fmt: skip
def test_orders_each_within_the_limit_do_not_pass_it_together(limit, balance, totals):
    account = replace(ACCOUNT, credit_limit=limit, balance=balance, currency="GBP")
    policy, passed, held = replace(POLICY, credit="hold"), Decimal(0), []
    for total in totals:
        order = replace(ORDER, total=total)
        if list(check_account(order, account, policy, in_flight=passed)):
            held.append(total)
        else:
            passed += total
    owed = (balance or Decimal(0)) + passed
    assert not passed or owed <= limit
    assert all(owed + total > limit for total in held)  # and nobody waits who would fit


LINKED = replace(ACCOUNT, account_id="7", code="MEYER01")


def test_a_code_that_another_account_has_now_is_nobodys_to_post_to():
    other = replace(ACCOUNT, account_id="8", name="Nowak", code="MEYER01")
    found = find_account(ORDER, LINKED, (), code_lost=True, taken_by=(other,))
    assert found.kind is ACCOUNT_AMBIGUOUS
    assert "linked to id 7, known as MEYER01, and Nowak (id 8) has that code now" in found.cause


def test_an_account_that_is_not_under_its_code_any_more_is_not_posted_to():
    found = find_account(ORDER, LINKED, (), code_lost=True)
    assert found.kind is ACCOUNT_UNMATCHED
    assert "no ERP account any more: MEYER01, which it is linked to, is not there under that code" in found.cause


def test_everything_about_an_account_is_said_at_once():
    account = replace(ACCOUNT, on_stop=True, po_required=True, credit_limit=Decimal(1), balance=Decimal(1))
    found = check_account(replace(ORDER, po_number=""), account, replace(POLICY, credit="hold"))
    assert [one.kind.code for one in found] == ["account-on-stop", "po-number-missing", "credit-limit-exceeded"]


CHECKED = replace(POLICY, price_check="hold", price_tolerance=Decimal("0.05"))


@pytest.mark.parametrize(
    ("agreed", "fits"), [("5.95", True), ("6.00", True), ("5.90", True), ("6.0001", False), ("5.8999", False)]
)
def test_a_price_is_compared_per_stock_unit_within_its_tolerance(agreed, fits):
    found = check_price(GLOVES, Fraction(10), Decimal(agreed), "GBP", CHECKED)
    assert (found is None) is fits
    if found is not None:
        assert found.facts["storefront_price"] == "5.95 GBP"
        assert found.facts["erp_price"].startswith(agreed)


def test_a_price_nobody_lists_cannot_be_compared():
    assert check_price(GLOVES, Fraction(10), None, "GBP", CHECKED) is None
    assert check_price(GLOVES, Fraction(10), Decimal(1), "GBP", POLICY) is None


LISTED = Price(price_list="Trade", stock_code="G", currency="GBP", price=Decimal(6), is_net=True)
DAY = date(2026, 3, 2)


def agreed(*prices, quantity="2", units=10, unit="case"):
    line = replace(GLOVES, quantity=Decimal(quantity), unit=unit)
    return agreed_price(prices, line, Fraction(units), DAY)


def test_the_agreed_price_is_that_of_the_first_list_at_the_quantity_on_the_day_for_the_unit():
    many = replace(LISTED, price=Decimal(5), quantity_from=Decimal(20))
    assert agreed(LISTED, many) == 5
    assert agreed(LISTED, many, quantity="1.9") == 6
    assert agreed(LISTED, quantity="0.01") == 6
    assert agreed(replace(many, quantity_from=Decimal(21))) is None
    assert agreed(replace(many, price_list="Key"), LISTED) == 5
    assert agreed(replace(many, price_list="Key", quantity_from=Decimal(99)), LISTED) == 6
    case = replace(LISTED, price=Decimal(40), per=Decimal(10), unit="case", quantity_from=Decimal(10))
    assert agreed(many, case) == 4
    assert agreed(many, case, unit="box") == 5
    assert agreed(case, unit="box") is None
    offer = replace(LISTED, price=Decimal(3), valid_from=DAY, valid_to=DAY)
    assert agreed(offer, LISTED) == agreed(LISTED, offer) == 3
    assert agreed(replace(offer, valid_from=date(2026, 3, 3), valid_to=None)) is None
    assert agreed(replace(offer, valid_from=None, valid_to=date(2026, 3, 1))) is None
    assert agreed(replace(LISTED, price=Decimal(0))) is None


def test_a_gross_price_is_compared_without_its_tax():
    gross = replace(LISTED, is_net=False, tax_percent=Decimal(20))
    assert agreed(gross) == 5
    assert agreed(replace(gross, tax_percent=None)) == 6


@pytest.mark.parametrize(("agreed", "fits"), [("5.9501", True), ("5.9499", True), ("5.951", False)])
def test_a_price_as_it_was_published_is_right_however_it_was_rounded(agreed, fits):
    """59.50 by the case of ten; the ERP's 5.9501 was shown as 59.50 and not as 59.501."""
    published = replace(CHECKED, price_tolerance=Decimal(0), published=PricePolicy())
    assert (check_price(GLOVES, Fraction(10), Decimal(agreed), "GBP", published) is None) is fits
    unpublished = replace(published, published=None)
    assert check_price(GLOVES, Fraction(10), Decimal(agreed), "GBP", unpublished) is not None


def test_a_price_per_stock_unit_is_as_fine_as_the_erp_takes():
    assert price_per_stock_unit(GLOVES, Fraction(12), 4) == Decimal("4.9583")
    assert price_per_stock_unit(GLOVES, Fraction(1, 2), 2) == Decimal("119.00")


def test_sold_at_nothing():
    assert check_zero(GLOVES, Decimal("0.01"), POLICY) is None
    assert cause(check_zero(GLOVES, Decimal("0.00"), POLICY)) == "GLOVES is sold at nothing."
    assert check_zero(GLOVES, Decimal(0), replace(POLICY, zero_price="allow")) is None
