"""Which account a company buys on: the exact code links, everything else is ranked for a person, with its reasons."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kinds import ACCOUNT_AMBIGUOUS, ACCOUNT_UNMATCHED
from crossdock.decide.account_match import (
    BUCKET_MAX,
    AccountIndex,
    InStep,
    KnownLink,
    Link,
    Review,
    Signal,
    Tell,
    match_company,
    rank,
    signal_of,
)
from crossdock.decide.vat import vat_number
from crossdock.model.account import Account, AccountLink
from crossdock.model.company import Company, domain_of
from crossdock.model.faults import InvalidValue
from crossdock.model.sales_order import Address

KASSEL = Address(postcode="34117", country="DE")
MEYER = Company(
    ref="9", name="Meyer Bau GmbH", vat_number="DE 136 695 976", domains=("meyer.example",), email="ida@meyer.example",
    address=KASSEL,
)  # fmt: skip
ACCOUNT = Account(
    account_id="7", code="D-10023", name="MEYER BAU", tax_reference="DE136695976", email="ida@meyer.example",
    domains=("meyer.example",), postcodes=("34117",),
)  # fmt: skip
STRANGER = Account(account_id="8", code="D-10024", name="Nowak Roofing", postcodes=("YO1 9AA",))


def judged(company: Company, *accounts: Account, known: KnownLink | None = None, by_code: bool = True) -> object:
    return match_company(company, known, AccountIndex.of(accounts), link_by_code=by_code)


def reasons(company: Company, *accounts: Account) -> dict[str, tuple[str, ...]]:
    return {one.code: one.reasons for one in rank(company, AccountIndex.of(accounts))}


def test_the_exact_code_of_one_account_links_in_any_case() -> None:
    verdict = judged(replace(MEYER, account_code=" d-10023"), ACCOUNT, STRANGER)
    assert verdict == Link(AccountLink(company_ref="9", account_id="7", account_code="D-10023"))


def test_the_exact_code_links_nobody_where_the_policy_wants_a_person() -> None:
    verdict = judged(replace(MEYER, account_code="D-10023"), ACCOUNT, by_code=False)
    assert isinstance(verdict, Review)
    assert verdict.candidates[0].score == 100
    assert "the storefront holds code D-10023 for it; most likely it is D-10023" in verdict.finding.cause


def test_a_code_on_two_accounts_is_ambiguous() -> None:
    verdict = judged(replace(MEYER, account_code="D-10023"), ACCOUNT, replace(STRANGER, code="d-10023"))
    assert isinstance(verdict, Review)
    assert verdict.finding.kind is ACCOUNT_AMBIGUOUS
    assert "D-10023, d-10023" in verdict.finding.cause


def test_likeness_never_links_however_great() -> None:
    verdict = judged(MEYER, ACCOUNT)
    assert isinstance(verdict, Review)
    assert verdict.finding.kind is ACCOUNT_UNMATCHED
    assert verdict.candidates[0].reasons == (
        "same VAT number DE136695976 +45", "same e-mail address +30", "same name +25", "same postcode +10",
    )  # fmt: skip
    assert verdict.candidates[0].score == 100
    assert "most likely it is D-10023 MEYER BAU (100 of 100" in verdict.finding.cause


def test_nobody_alike_is_said() -> None:
    verdict = judged(replace(MEYER, name="", domains=(), email="", vat_number="", address=None), STRANGER)
    assert isinstance(verdict, Review)
    assert verdict.finding.cause == "9 (storefront company 9) is linked to no ERP account; no account resembles it."


def test_several_candidates_are_counted() -> None:
    verdict = judged(MEYER, ACCOUNT, replace(ACCOUNT, account_id="70", code="D-1", tax_reference=""))
    assert isinstance(verdict, Review)
    assert [one.code for one in verdict.candidates] == ["D-10023", "D-1"]
    assert ", and 1 less likely" in verdict.finding.cause


@pytest.mark.parametrize(
    ("company", "account", "expected"),
    [
        ({"account_code": "D10023"}, {}, "the storefront holds D10023, its account code but for punctuation +30"),
        ({}, {"tax_reference": "DE811569869"}, "another VAT number DE811569869 -30"),
        ({}, {"email": ""}, "same e-mail domain meyer.example +25"),
        ({"name": "Meier Bau"}, {}, "names 89 % alike +14"),
    ],
)
def test_each_kind_of_evidence_is_told_with_its_points(
    company: dict[str, str], account: dict[str, str], expected: str
) -> None:
    found = reasons(replace(MEYER, **company), replace(ACCOUNT, **account))  # type: ignore[arg-type]
    assert expected in found["D-10023"]


def test_an_account_with_another_vat_number_falls_behind() -> None:
    other = replace(ACCOUNT, account_id="9", code="D-9", tax_reference="DE811569869")
    assert [one.code for one in rank(MEYER, AccountIndex.of([other, ACCOUNT]))] == ["D-10023", "D-9"]


def test_free_mail_is_no_evidence() -> None:
    free = {"domains": ("gmail.com",)}
    company = replace(MEYER, name="Someone Else", vat_number="", email="a@gmail.com", address=None, **free)
    assert reasons(company, replace(ACCOUNT, email="b@gmail.com", **free)) == {}


def test_a_domain_that_many_share_says_little() -> None:
    agency = [replace(STRANGER, account_id=str(n), code=f"A{n}", domains=("meyer.example",)) for n in range(6)]
    found = reasons(replace(MEYER, email="", vat_number="", address=None), replace(ACCOUNT, email=""), *agency)
    assert found["D-10023"] == ("same name +25", "same e-mail domain meyer.example, which 7 accounts share +8")
    assert "A1" not in found


def test_a_name_of_legal_forms_alone_is_still_a_name() -> None:
    holding = replace(STRANGER, name="The Group Ltd")
    assert reasons(Company(ref="1", name="Group The Ltd"), holding) == {"D-10024": ("same name +25",)}


def test_nameless_records_have_no_likeness() -> None:
    assert reasons(Company(ref="1", name="", domains=("x.example",)), replace(ACCOUNT, domains=("x.example",))) == {
        "D-10023": ("same e-mail domain x.example +25",)
    }


def test_a_word_on_too_many_names_is_not_looked_through() -> None:
    crowd = [replace(STRANGER, account_id=str(n), code=str(n), name="Builders") for n in range(BUCKET_MAX + 1)]
    assert reasons(Company(ref="1", name="Builders"), *crowd) == {}


def test_a_guest_waits_for_nobody() -> None:
    assert judged(Company(ref="1", name="Tom", guest=True)) == InStep()
    assert isinstance(judged(Company(ref="1", name="Tom", guest=True, account_code="X")), Review)


KNOWN = KnownLink(ACCOUNT, hint="")


def test_a_link_in_step_is_left_alone() -> None:
    assert judged(replace(MEYER, account_code="d-10023"), ACCOUNT, known=KNOWN) == InStep()


@pytest.mark.parametrize("held", ["", "D-OLD"])
def test_the_storefront_is_told_the_present_code(held: str) -> None:
    verdict = judged(replace(MEYER, account_code=held), ACCOUNT, STRANGER, known=KNOWN)
    assert verdict == Tell(AccountLink(company_ref="9", account_id="7", account_code="D-10023"))


def test_a_storefront_that_names_another_account_is_a_question() -> None:
    verdict = judged(replace(MEYER, account_code="D-10024"), ACCOUNT, STRANGER, known=KNOWN)
    assert isinstance(verdict, Review)
    assert verdict.finding.kind is ACCOUNT_AMBIGUOUS
    assert "linked to D-10023, and the storefront says D-10024 now" in verdict.finding.cause


def test_what_the_storefront_said_when_the_link_was_made_is_no_question() -> None:
    """A person linked it otherwise, knowing; or the account was recoded and its old code given to another."""
    known = KnownLink(ACCOUNT, hint="D-10024")
    assert isinstance(judged(replace(MEYER, account_code="D-10024"), ACCOUNT, STRANGER, known=known), Tell)


words = st.text(alphabet="abcdefgh ", max_size=12)
some_accounts = st.lists(
    st.builds(
        Account, account_id=st.integers(1, 9).map(str), code=words, name=words,
        domains=st.lists(st.sampled_from(["a.example", "b.example", "gmail.com"]), max_size=2).map(tuple),
        postcodes=st.lists(st.sampled_from(["YO1 9AA", "LS1"]), max_size=1).map(tuple),
    ),
    max_size=8, unique_by=lambda one: one.account_id,
)  # fmt: skip


@given(accounts=some_accounts, code=words, name=words, by_code=st.booleans())
def test_whatever_is_alike_only_the_exact_code_of_one_account_alone_links(
    accounts: list[Account], code: str, name: str, by_code: bool
) -> None:
    company = Company(ref="1", name=name, account_code=code, domains=("a.example",), address=Address(postcode="LS1"))
    verdict = judged(company, *accounts, by_code=by_code)
    carrying = [one for one in accounts if code.strip() and one.code.casefold() == code.strip().casefold()]
    if isinstance(verdict, Link):
        assert by_code
        assert [one.account_id for one in carrying] == [verdict.link.account_id]
    else:
        assert isinstance(verdict, Review)
        assert not (by_code and len(carrying) == 1)
        scores = [one.score for one in verdict.candidates]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 100 for score in scores)


@given(accounts=some_accounts, data=st.data())
def test_the_order_accounts_are_read_in_says_nothing(accounts: list[Account], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(accounts))
    company = Company(ref="1", name="abc def", domains=("a.example",))
    assert rank(company, AccountIndex.of(accounts)) == rank(company, AccountIndex.of(shuffled))


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("GB 980 7806 84", "", "GB980780684"), ("980780684", "GB", "GB980780684"), ("XI980780684", "", "GB980780684"),
        ("EL094259216", "", "GR094259216"), ("FR40303265045", "GB", "FR40303265045"), ("n/a", "GB", ""),
        ("123456", "GB", ""), ("980780684", "", ""), ("GB900000001", "", ""), ("12", "ZZ", ""), ("", "GB", ""),
    ],
)  # fmt: skip
def test_vat_numbers_are_compared_as_valid_ones_are_written(text: str, country: str, number: str) -> None:
    assert vat_number(text, country) == number


@pytest.mark.parametrize(
    ("email", "domain"),
    [("Ida@Meyer.Example ", "meyer.example"), ("nobody", ""), ("@x.example", ""), ("a@host", ""), ("a@b.c.", "b.c")],
)
def test_the_domain_of_an_address(email: str, domain: str) -> None:
    assert domain_of(email) == domain


def test_a_company_has_a_key() -> None:
    with pytest.raises(InvalidValue):
        Company(ref="", name="Nobody")


def test_a_reason_says_its_words_and_its_points() -> None:
    company = Company(ref="7", name="Harbour Hotels Ltd", account_code="HPT-1")
    account = Account(account_id="1", code="HPT1", name="Harbour Hotels")
    (best,) = rank(company, AccountIndex.of([account]))
    assert [signal_of(reason).points for reason in best.reasons] == [30, 25]
    assert sum(signal_of(reason).points for reason in best.reasons) == best.score
    assert signal_of("another VAT number GB1 -30") == Signal("another VAT number GB1", -30)
