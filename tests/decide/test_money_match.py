"""Each cause of a difference about money, and that nothing is left unexplained."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kinds import DESPATCH_MISSED, RECONCILIATION_DIFFERENCE, REFUND_UNMATCHED, TOTAL_CONFLICT
from crossdock.decide.money_causes import CAUSES
from crossdock.decide.money_match import MoneyTerms, match, ordered
from crossdock.decide.money_period import in_period
from crossdock.model.reconciliation import (
    NOTHING,
    Amounts,
    Dossier,
    ErpSays,
    Link,
    MoneyDifference,
    Period,
    Standing,
    Waiver,
    total,
)
from tests.decide.money_made import (
    CORRUPTIONS,
    END,
    FIRST,
    PENNY,
    TERMS,
    TODAY,
    dossiers,
    good,
    money,
    paper,
    spoil,
)

OCTOBER = Period(name="2026-10", first=FIRST, end=END, zone="Europe/London")
WHO = Waiver(actor="mary", reason="agreed", at=OCTOBER.begins)
LATER = FIRST + timedelta(days=2)


def causes(dossier: Dossier, terms: MoneyTerms = TERMS) -> list[str]:
    return [one.cause for one in match(dossier, terms)]


def cases(found: tuple[MoneyDifference, ...]) -> set[tuple[str, str]]:
    return {(one.cause, one.subject) for one in found if one.case_kind}


# nothing is left over


def balance(dossier: Dossier, found: tuple[MoneyDifference, ...], currency: str = "GBP") -> tuple[Decimal, Decimal]:
    """What the differences leave unexplained between orders and invoices, and between refunds and credit notes."""

    def gross(papers: Any) -> Decimal:
        return total(one.amounts for one in papers if one.currency == currency).gross

    def lines(*links: Link) -> Decimal:
        return total(one.gap for one in found if one.link in links and one.currency == currency).gross

    begun = ordered(dossier).gross if dossier.order.currency == currency else Decimal(0)
    return (
        gross(dossier.invoices) - begun - lines(Link.POSTING, Link.BILLING),
        gross(dossier.credit_notes) - gross(dossier.refunds) - lines(Link.REFUNDING),
    )


AMOUNTS = st.builds(
    lambda net, tax: money(Decimal(net) / 100, Decimal(tax) / 100), st.integers(0, 900), st.integers(0, 90)
)
PAPERS = st.lists(
    st.builds(
        paper, st.sampled_from("ABCDEFGH"), AMOUNTS, st.sampled_from([FIRST, LATER, END]),
        account=st.sampled_from(["ACC1", "acc1", "ACC2", ""]), alike=st.sampled_from(["", "x", "y"]),
        company=st.sampled_from(["", "OURS", "OTHER"]), currency=st.sampled_from(["GBP", "GBP", "GBP", "EUR"]),
    ),
    max_size=3, unique_by=lambda one: one.number,
)  # fmt: skip
ANY = st.builds(
    Dossier, ref=st.just("B2B-1"), standing=st.sampled_from(Standing), erp_says=st.sampled_from(ErpSays),
    order=st.builds(paper, st.just("B2B-1"), AMOUNTS, st.sampled_from([FIRST, END])), gone=st.booleans(),
    cancelled=st.booleans(), account=st.sampled_from(["", "ACC1"]), company=st.sampled_from(["", "OURS"]),
    erp=st.none() | st.builds(paper, st.just("SO1"), AMOUNTS, currency=st.sampled_from(["GBP", "GBP", "EUR"])),
    complete=st.booleans(), despatched_on=st.none() | st.sampled_from([FIRST, TODAY]), invoices=PAPERS.map(tuple),
    credit_notes=PAPERS.map(lambda found: tuple(replace(one, number=f"C{one.number}") for one in found)),
    refunds=PAPERS.map(lambda found: tuple(replace(one, number=f"R{one.number}") for one in found)),
    in_reach=st.booleans(),
)  # fmt: skip
TOLD = st.builds(
    MoneyTerms, today=st.just(TODAY), ledger_whole=st.booleans(), refunds_whole=st.booleans(),
    tolerance=st.sampled_from([Decimal(0), Decimal("0.05")]), tax_tolerance=st.sampled_from([Decimal(0), PENNY]),
)  # fmt: skip


@given(dossier=ANY, terms=TOLD)
def test_every_coin_between_two_columns_is_named(dossier: Dossier, terms: MoneyTerms) -> None:
    found = match(dossier, terms)
    assert {one.cause for one in found} <= set(CAUSES)
    for currency in ("GBP", "EUR"):
        assert balance(dossier, found, currency) == (0, 0), [(one.cause, one.gap.gross) for one in found]


@given(dossier=ANY, terms=TOLD)
def test_every_coin_of_a_period_is_named_for_each_currency_and_company(dossier: Dossier, terms: MoneyTerms) -> None:
    found = in_period(dossier, match(dossier, terms), OCTOBER, terms)
    for currency in ("GBP", "EUR"):
        for company in ("", "OURS", "OTHER"):

            def sums(papers: Any, group: tuple[str, str] = (currency, company)) -> Decimal:
                held = (
                    one.amounts
                    for one in papers
                    if OCTOBER.holds(one.day) and (one.currency, one.company or dossier.company) == group
                )
                return total(held).gross

            def gaps(billing: bool, group: tuple[str, str] = (currency, company)) -> Decimal:
                held = (
                    one.gap
                    for one in found
                    if (one.currency, one.company) == group and (one.link is not Link.REFUNDING) is billing
                )
                return total(held).gross

            begun = ordered(dossier).gross if sums([dossier.order]) else Decimal(0)
            assert sums(dossier.invoices) == begun + gaps(True)
            assert sums(dossier.credit_notes) == sums(dossier.refunds) + gaps(False)


@given(month=st.lists(st.integers(0, 10**6), min_size=1, max_size=8, unique=True), data=st.data())
def test_a_month_that_is_right_has_no_difference(month: list[int], data: st.DataObject) -> None:
    for number in month:
        dossier = data.draw(dossiers(f"B2B-{number}"))
        assert match(dossier, TERMS) == ()
        assert in_period(dossier, (), OCTOBER, TERMS) == ()


@given(data=st.data(), name=st.sampled_from(CORRUPTIONS), size=st.integers(1, 6))
def test_one_thing_that_goes_wrong_is_the_one_thing_found(data: st.DataObject, name: str, size: int) -> None:
    month = [data.draw(dossiers(f"B2B-{number}")) for number in range(size)]
    at = data.draw(st.integers(0, size - 1))
    month[at], corruption = spoil(month[at], name)
    found = [one for dossier in month for one in in_period(dossier, match(dossier, TERMS), OCTOBER, TERMS)]
    assert cases(tuple(found)) == {(corruption.case, corruption.subject)}


# order → ERP order


@pytest.mark.parametrize(
    ("standing", "cause"),
    [
        (Standing.ON_ITS_WAY, "on-its-way"), (Standing.SET_ASIDE, "set-aside"), (Standing.WITHDRAWN, "withdrawn"),
        (Standing.NOT_CAPTURED, "not-captured"), (Standing.POSTED, "not-in-erp"),
        (Standing.CANCELLED, "cancelled-in-erp"),
    ],
)  # fmt: skip
def test_an_order_the_erp_has_not_got_is_explained_by_where_it_stands(standing: Standing, cause: str) -> None:
    (found,) = match(good(standing=standing, erp=None, erp_says=ErpSays.HAS_NOT, invoices=()), TERMS)
    assert (found.cause, found.gap, found.link) == (cause, -money(100), Link.POSTING)


def test_an_order_worth_nothing_that_the_erp_has_not_got_is_no_difference_of_money() -> None:
    assert causes(good(NOTHING, erp=None, erp_says=ErpSays.HAS_NOT, invoices=())) == []


def test_what_the_erp_could_not_tell_is_unknown_and_not_missing() -> None:
    dossier = good(erp=None, erp_says=ErpSays.UNREADABLE, erp_problem="stage 99 is not known")
    found = match(dossier, TERMS)
    assert [(one.cause, one.case_kind) for one in found] == [("erp-unreadable", "")] * 2
    assert found[0].note == "stage 99 is not known"


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"standing": Standing.NOT_CAPTURED}, "not-captured"),
        ({"gone": True}, "gone-from-storefront"),
        ({"cancelled": True, "invoices": ()}, "cancelled-at-storefront"),
        ({"erp": paper("SO1", money(100, 21))}, "order-total"),
        ({"erp": paper("SO1", money(100, "20.02"))}, "vat-rounding"),
        ({"erp": paper("SO1", money("100.01", "20.01"))}, "rounding"),
        ({"erp": paper("SO1", money("99.99", "20.01"))}, "tax-split"),
        ({"erp": paper("SO1", money("95", "25"))}, "order-total"),
        ({"erp": paper("SO1", money(100), currency="EUR")}, "other-currency"),
    ],
)
def test_an_erp_order_that_comes_to_something_else_is_told_by_its_cause(more: dict[str, Any], cause: str) -> None:
    dossier = good(**{"standing": Standing.POSTED, "erp": paper("SO1", money(103)), **more})
    assert causes(dossier)[0] == cause


@pytest.mark.parametrize(
    ("refunds", "cause"),
    [
        ([("R1", 10, "GBP"), ("R2", 20, "GBP")], "came-back"),
        ([("R1", 10, "GBP")], "order-total"),
        ([("R1", 30, "GBP"), ("R2", 10, "GBP")], "order-total"),
        ([("R1", 30, "EUR")], "order-total"),
        ([("R1", 30, "GBP"), ("R2", 10, "EUR")], "came-back"),
    ],
)
def test_an_order_that_is_shorter_by_what_came_back_needs_nobody(refunds: list[Any], cause: str) -> None:
    papers = tuple(paper(number, money(net), LATER, currency=currency) for number, net, currency in refunds)
    dossier = good(order=paper("B2B-1", money(70)), refunds=papers)
    (found,) = [one for one in match(dossier, TERMS) if one.link is Link.POSTING]
    assert (found.cause, bool(found.case_kind)) == (cause, cause == "order-total")


def test_a_total_within_the_tolerance_needs_nobody() -> None:
    dossier = good(erp=paper("SO1", money("100.04", 20)), invoices=(paper("INV1", money("100.04", 20)),))
    (found,) = match(dossier, replace(TERMS, tolerance=Decimal("0.05")))
    assert (found.cause, found.case_kind) == ("within-tolerance", "")


def test_an_order_posted_to_another_account_is_told_though_the_sums_agree() -> None:
    (found,) = match(good(erp=paper("SO1", money(100), account="ACC2"), invoices=()), replace(TERMS, ledger_told=False))
    assert (found.cause, found.value, found.ours, found.theirs) == ("wrong-account", Decimal(120), "ACC1", "ACC2")


def test_accounts_that_nobody_names_are_not_compared() -> None:
    assert causes(good(account="", erp=paper("SO1", money(100), account=""))) == []


def test_a_total_that_a_named_person_accepted_needs_nobody_and_says_who() -> None:
    dossier = good(erp=paper("SO1", money(90)), invoices=(paper("INV1", money(90)),), waived={TOTAL_CONFLICT.code: WHO})
    (found,) = match(dossier, TERMS)
    assert (found.cause, found.case_kind, found.waiver) == ("order-total", "", WHO)


def test_a_cause_that_stands_in_a_case_already_gets_no_second_one() -> None:
    dossier = good(erp_says=ErpSays.CANCELLED, covered=frozenset({DESPATCH_MISSED.code}), invoices=())
    (found,) = match(dossier, TERMS)
    assert (found.cause, found.case_kind) == ("cancelled-in-erp", DESPATCH_MISSED.code)
    assert match(replace(dossier, covered=frozenset()), TERMS)[0].case_kind == RECONCILIATION_DIFFERENCE.code


def test_a_refund_that_stands_in_a_case_gets_no_second_one() -> None:
    dossier = good(refunds=(paper("R1", money(10)),), covered=frozenset({REFUND_UNMATCHED.code}))
    (found,) = [one for one in match(dossier, TERMS) if one.cause == "missing-credit-note"]
    assert found.case_kind == REFUND_UNMATCHED.code


# ERP order → invoices


def test_a_part_still_to_be_sent_is_not_invoiced_yet() -> None:
    (found,) = match(good(complete=False, invoices=(paper("INV1", money(40)),)), TERMS)
    assert (found.cause, found.gap, found.case_kind) == ("not-invoiced-yet", money(40) - money(100), "")


@pytest.mark.parametrize(
    ("more", "terms", "cause"),
    [
        ({"despatched_on": TODAY}, TERMS, "not-invoiced-yet"),
        ({"despatched_on": None}, TERMS, "not-invoiced-yet"),
        ({}, TERMS, "invoice-overdue"),
        ({}, replace(TERMS, ledger_whole=False), "unreadable-paper"),
        ({"invoices": (paper("INV1", money(60)),)}, TERMS, "invoice-total"),
        ({"in_reach": False}, TERMS, "beyond-look-back"),
    ],
)
def test_a_despatched_order_without_its_invoice(more: dict[str, Any], terms: MoneyTerms, cause: str) -> None:
    assert causes(good(**{"invoices": (), **more}), terms) == [cause]


def test_two_alike_invoices_that_both_were_ordered_are_not_doubled() -> None:
    twice = (paper("INV1", money(50), alike="half"), paper("INV2", money(50), LATER, alike="half"))
    assert causes(good(invoices=twice)) == []


def test_the_newer_of_two_alike_is_the_doubled_one() -> None:
    twice = (paper("INV2", money(100), LATER, alike="all"), paper("INV1", money(100), alike="all"))
    (found,) = match(good(invoices=twice), TERMS)
    assert (found.cause, found.document, found.gap) == ("doubled-invoice", "INV2", money(100))


def test_a_doubled_invoice_that_was_credited_is_corrected() -> None:
    twice = (paper("INV1", money(100), alike="all"), paper("INV2", money(100), LATER, alike="all"))
    found = match(good(invoices=twice, credit_notes=(paper("CRN1", money(100), LATER),)), TERMS)
    assert [(one.cause, one.document, one.case_kind) for one in found] == [
        ("corrected", "INV2", ""),
        ("corrected", "CRN1", ""),
    ]


def test_an_invoice_on_the_wrong_account_that_was_credited_and_made_anew_is_corrected() -> None:
    papers = (paper("INV1", money(100), account="ACC9"), paper("INV2", money(100), LATER))
    dossier = good(invoices=papers, credit_notes=(paper("CRN1", money(100), LATER, account="acc9"),))
    assert set(causes(dossier)) == {"corrected"}


def test_what_is_on_one_wrong_account_is_told_once() -> None:
    papers = (paper("INV1", money(60), account="ACC9"), paper("INV2", money(40), LATER, account="acc9"))
    (found,) = match(good(invoices=papers), TERMS)
    assert (found.cause, found.document) == ("wrong-account", "INV1")


def test_an_invoice_for_an_order_the_erp_lost_is_one_case() -> None:
    found = match(good(erp=None, erp_says=ErpSays.HAS_NOT), TERMS)
    assert cases(found) == {("invoiced-without-order", "invoiced-without-order B2B-1")}


def test_an_invoice_in_another_currency_is_one_case() -> None:
    found = match(good(invoices=(paper("INV1", money(100), currency="EUR"),)), TERMS)
    assert cases(found) == {("other-currency", "other-currency INV1")}
    assert [(one.currency, one.gap.gross) for one in found] == [("EUR", Decimal(120)), ("GBP", Decimal(-120))]


def test_another_currency_from_the_erp_order_on_is_one_case() -> None:
    abroad = paper("SO1", money(100), currency="EUR")
    found = match(good(erp=abroad, invoices=(paper("INV1", money(100), currency="EUR"),)), TERMS)
    assert cases(found) == {("other-currency", "other-currency B2B-1")}


def test_rounding_up_to_what_the_pairing_allows_needs_nobody() -> None:
    dossier = good(invoices=(paper("INV1", money(100, "20.01")),))
    (found,) = match(dossier, replace(TERMS, rounding_allowed=PENNY))
    assert (found.cause, found.case_kind) == ("vat-rounding", "")


def test_an_erp_without_a_ledger_is_judged_on_its_orders_alone() -> None:
    assert causes(good(invoices=()), replace(TERMS, ledger_told=False)) == []


# refunds → credit notes


def back(number: str, gross: str, day: date = FIRST, **more: Any) -> Any:
    return paper(number, Amounts(Decimal(gross)), day, **more)


@pytest.mark.parametrize(
    ("refunds", "notes", "terms", "expected"),
    [
        ((back("R1", "12"),), (), TERMS, ["missing-credit-note"]),
        ((back("R1", "12", TODAY),), (), TERMS, ["credit-due"]),
        ((back("R1", "12"),), (), replace(TERMS, ledger_whole=False), ["unreadable-paper"]),
        ((), (paper("C1", money(10)),), TERMS, ["credit-without-refund"]),
        ((), (paper("C1", money(10), TODAY),), TERMS, ["credit-due"]),
        ((), (paper("C1", money(10)),), replace(TERMS, refunds_whole=False), ["unreadable-paper"]),
        ((), (paper("C1", money(10)),), replace(TERMS, refunds_told=False), ["refunds-not-told"]),
        ((back("R1", "12"),), (paper("C1", money(10)), paper("C2", money(10))), TERMS, ["credit-without-refund"]),
        ((back("R1", "12"),), (paper("C1", money(10), alike="c"), paper("C2", money(10), LATER, alike="c")), TERMS,
         ["doubled-credit-note"]),
        ((back("R1", "12"), back("R2", "6")), (paper("C1", money(15)),), TERMS, []),
        ((back("R1", "12"),), (paper("C1", money(20)),), TERMS, ["credit-total"]),
        ((back("R1", "12.01"),), (paper("C1", money(10)),), TERMS, ["rounding"]),
        ((paper("R1", money(10)),), (paper("C1", money(11, 1)),), TERMS, ["credit-total"]),
        ((back("R1", "12", currency="EUR"),), (paper("C1", money(10), currency="EUR"),), TERMS,
         ["other-currency", "other-currency"]),
    ],
)  # fmt: skip
def test_refunds_and_credit_notes(refunds: Any, notes: Any, terms: MoneyTerms, expected: list[str]) -> None:
    assert causes(good(refunds=refunds, credit_notes=notes), terms) == expected


@pytest.mark.parametrize("says", [ErpSays.HAS_IT, ErpSays.CANCELLED])
def test_an_order_cancelled_after_its_invoice_owes_a_credit_note(says: ErpSays) -> None:
    dossier = good(cancelled=True, erp_says=says)
    assert cases(match(dossier, TERMS)) == {("missing-credit-note", "missing-credit-note B2B-1")}
    credited = replace(dossier, credit_notes=(paper("C1", money(100)),))
    assert cases(match(credited, TERMS)) == set()
    refunded = replace(credited, refunds=(back("R1", "120"),))
    assert cases(match(refunded, TERMS)) == set()


# the period


def test_an_order_invoiced_in_the_next_month_lies_across_the_boundary() -> None:
    dossier = good(invoices=(paper("INV1", money(100), END),))
    (found,) = in_period(dossier, match(dossier, TERMS), OCTOBER, TERMS)
    assert (found.cause, found.gap, found.case_kind) == ("period-boundary", -money(100), "")
    november = Period(name="2026-11", first=END, end=date(2026, 12, 1), zone="Europe/London")
    (other,) = in_period(dossier, match(dossier, TERMS), november, TERMS)
    assert other.gap == money(100)


def test_a_difference_belongs_to_the_period_of_its_document() -> None:
    twice = (paper("INV1", money(100), alike="all"), paper("INV2", money(100), END, alike="all"))
    dossier = good(invoices=twice)
    assert in_period(dossier, match(dossier, TERMS), OCTOBER, TERMS) == ()


def test_without_a_ledger_a_period_has_no_boundary() -> None:
    terms = replace(TERMS, ledger_told=False)
    dossier = good(erp=paper("SO1", money(103)), invoices=())
    assert [one.cause for one in in_period(dossier, match(dossier, terms), OCTOBER, terms)] == ["order-total"]
