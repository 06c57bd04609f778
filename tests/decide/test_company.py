"""Which company takes an order, who buys there, and whose tax codes hold."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.company import (
    ONLY,
    Company,
    ambiguous,
    country_of,
    find_company,
    house_account,
    tax_contexts,
)
from crossdock.decide.order_entry import Hold, decide_order
from crossdock.model.account import Account
from crossdock.model.code_map import TaxCode
from crossdock.model.sales_order import Address
from tests.decide.made import FACTS, ORDER, POLICY, facts, findings, mapped, posted
from tests.strategies import ACCOUNT, TAXES

NONE = Decimal(0)
GB, DE, CH = Address(country="GB"), Address(country="DE"), Address(country="CH")
HOME = Company(name="home", countries=frozenset({"GB"}), site="York", guest_account="WEB-UK")
EURO = Company(
    name="euro", countries=frozenset({"DE", "FR"}), currencies=frozenset({"EUR"}), site="Hamburg", sales_source="EUWEB",
    brand="Hafen", company_class="EU web", account="WEB-EU", guest_account="WEB-EU",
)  # fmt: skip
REST = Company(name="rest")
WEB_EU = Account(account_id="77", code="Web-EU", currency="EUR")
MAP = (HOME, EURO)


def to(address: Address | None, currency: str = "GBP", **more: object) -> object:
    return replace(ORDER, delivery_address=address, currency=currency, **more)


@pytest.mark.parametrize(
    ("order", "companies", "mapped", "name"),
    [
        (to(DE), (), {}, ""),
        (to(GB), MAP, {}, "home"),
        (to(DE, "EUR"), MAP, {}, "euro"),
        (to(None, invoice_address=GB), MAP, {}, "home"),
        (to(CH), (*MAP, REST), {}, "rest"),
        (to(CH), MAP, {"CH/GBP": "home"}, "home"),
        (to(GB), MAP, {"GB/GBP": "euro"}, "euro"),
        (to(GB), MAP, {"GB/GBP": "gone"}, "home"),
        (to(DE), (Company(name="pounds", currencies=frozenset({"GBP"})), REST), {}, "pounds"),
        (to(DE), (Company(name="pounds", currencies=frozenset({"GBP"})), replace(EURO, currencies=frozenset())), {},
         "euro"),
        (to(DE, "EUR"), (replace(EURO, name="any", currencies=frozenset()), EURO), {}, "euro"),
    ],
)  # fmt: skip
def test_the_closest_entry_takes_an_order(order, companies, mapped, name):
    found = find_company(order, companies, mapped)
    assert isinstance(found, Company)
    assert found.name == name


@pytest.mark.parametrize(
    ("order", "subject"), [(to(DE), "DE/GBP"), (to(CH, "EUR"), "CH/EUR"), (to(None), "(none)/GBP")]
)
def test_an_order_no_entry_takes_waits_for_its_country_and_currency(order, subject):
    assert ("company-unmapped", subject) in findings(order, companies=MAP, require_delivery_address=False)


@given(
    st.lists(
        st.builds(
            Company, name=st.just("x"), countries=st.frozensets(st.sampled_from("ABC"), max_size=2),
            currencies=st.frozensets(st.sampled_from(("GBP", "EUR")), max_size=2),
        ),
        max_size=5,
    )
)  # fmt: skip
def test_entries_are_ambiguous_only_when_two_are_equally_close_to_some_order(companies):
    """Whatever is not refused says of every order whose it is; what is refused does not, of one at least."""
    pairs = list(ambiguous(companies))
    at_odds = set()
    for country, currency in product("ABCD", ("GBP", "EUR", "USD")):
        taking = [at for at, one in enumerate(companies) if one.takes(country, currency)]
        at_odds |= {
            (early, late) for early in taking for late in taking
            if early < late and companies[early].narrowness == companies[late].narrowness
        }  # fmt: skip
    assert set(pairs) == at_odds


def test_the_erp_is_told_of_the_company_and_the_rest_of_the_pairing():
    order = posted(companies=(replace(EURO, currencies=frozenset(), site=""),)).order
    assert (order.company, order.brand, order.site, order.sales_source, order.company_class) == (
        "euro", "Hafen", "Main", "EUWEB", "EU web",
    )  # fmt: skip
    plain = posted().order
    assert (plain.company, plain.brand, plain.site) == ("", "", "Main")


GUEST = replace(ORDER, guest=True, company_ref="", currency="EUR")
HOUSE = {"web-eu": WEB_EU}


def test_a_guest_buys_on_the_account_its_company_keeps_for_guests():
    decision = posted(GUEST, facts(account=None, house=HOUSE), companies=MAP)
    assert (decision.order.account_code, decision.link) == ("Web-EU", None)
    known = posted(GUEST, facts(house=HOUSE), companies=MAP)
    assert known.order.account_code == "Web-EU", "a guest has no account of its own, whatever is linked to nobody"


def test_a_registered_buyer_keeps_its_own_account_and_else_gets_the_companys():
    order = replace(ORDER, currency="EUR")
    assert posted(order, facts(house=HOUSE), companies=MAP).order.account_code == ACCOUNT.code
    hinted = posted(order, facts(account=None, candidates=(ACCOUNT,), house=HOUSE), companies=MAP)
    assert (hinted.order.account_code, hinted.link.account_code) == (ACCOUNT.code, ACCOUNT.code)
    stray = posted(order, facts(account=None, house=HOUSE), companies=MAP)
    assert (stray.order.account_code, stray.link) == ("Web-EU", None)


@pytest.mark.parametrize(
    ("house", "words"),
    [
        ({}, "; the company map names WEB-EU for them, which the ERP does not hold."),
        ({"web-eu": replace(WEB_EU, currency="GBP")}, "which is not kept in EUR."),
    ],
)  # fmt: skip
def test_an_account_of_the_house_that_cannot_be_used_is_one_case_for_all_its_orders(house, words):
    found = findings(GUEST, facts(account=None, house=house), companies=MAP)
    finding = found["account-unmatched", "WEB-EU"]
    assert finding.cause.endswith(words)
    assert finding.facts["house"] == "WEB-EU"
    assert house_account(replace(ORDER, currency="EUR"), EURO, house).cause.startswith("shoppers of euro")


def test_without_an_account_of_the_house_a_person_decides():
    assert house_account(ORDER, HOME, HOUSE) is None
    assert ("account-unmatched", "(none)") in findings(
        replace(GUEST, currency="GBP"), facts(account=None), companies=(replace(HOME, countries=frozenset({"DE"}),
                                                                               guest_account=""),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("order", "known", "companies", "also"),
    [
        (replace(GUEST, delivery_address=CH), facts(account=None), MAP, False),  # its company may keep an account
        (replace(ORDER, delivery_address=CH), facts(account=None), MAP, False),
        (replace(ORDER, delivery_address=CH), facts(account=None), (HOME,), True),  # none of them does
        (replace(ORDER, delivery_address=CH), FACTS, MAP, False),
    ],
)
def test_while_the_company_is_unknown_only_a_cause_of_its_own_is_named(order, known, companies, also):
    causes = {kind for kind, _ in findings(order, known, companies=companies)}
    assert "company-unmapped" in causes
    assert ("account-unmatched" in causes) is also


@pytest.mark.parametrize(
    ("order", "company", "home", "contexts"),
    [
        (to(DE), ONLY, "", ("",)),  # nobody says where goods leave from
        (to(GB), ONLY, "GB", ("",)),
        (to(None), ONLY, "GB", ("",)),
        (to(DE), ONLY, "GB", ("DE", "EXPORT")),
        (to(GB), ONLY, "DE", ("GB", "EXPORT")),
        (to(DE), ONLY, "FR", ("DE", "EU")),
        (to(DE), replace(EURO, dispatch_country="DE"), "GB", ("",)),
        (to(CH), replace(EURO, dispatch_country="DE"), "GB", ("CH", "EXPORT")),
        (to(DE), replace(EURO, tax_context="OSS"), "GB", ("OSS", "")),
    ],
)
def test_across_a_border_the_tax_codes_of_the_country_hold(order, company, home, contexts):
    assert tax_contexts(order, company, home) == contexts


def test_tax_codes_are_given_for_a_country_or_a_border():
    abroad = {
        **TAXES, "DE/STANDARD": TaxCode(code="12", percent=Decimal(20)), "EXPORT/ZERO": TaxCode(code="9", percent=NONE),
    }  # fmt: skip
    order = posted(known=mapped(tax={**abroad, "EXPORT/STANDARD": TAXES["OLD"]}), dispatch_country="GB").order
    assert [line.tax_code for line in order.lines] == ["12", "9"]
    assert [line.tax_code for line in posted(known=mapped(tax=abroad)).order.lines] == ["1", "2"]
    german = (Company(name="german", tax_context="DE"),)
    order = posted(known=mapped(tax=abroad), companies=german).order
    assert [line.tax_code for line in order.lines] == ["12", "2"], "a context of its own goes before the plain codes"


def test_a_code_of_home_is_none_abroad_and_missed_for_that_country():
    assert set(findings(dispatch_country="GB")) == {
        ("tax-code-unmapped", "DE/STANDARD"), ("tax-code-unmapped", "DE/ZERO"),
    }  # fmt: skip


def test_every_company_finding_holds_the_order():
    assert isinstance(decide_order(to(CH), FACTS, replace(POLICY, companies=MAP)), Hold)
    assert country_of(to(None)) == ""
