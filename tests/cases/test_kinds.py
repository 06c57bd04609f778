"""Every kind of case has an owner, plain words, and a way out."""

import re
from decimal import Decimal

import pytest

from crossdock.cases import kinds
from crossdock.cases.kind import CaseKind, Finding, Remedy
from crossdock.cases.kinds import CREDIT_LIMIT_EXCEEDED, KINDS

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_the_table_holds_every_kind_under_its_code():
    named = {value.code: value for value in vars(kinds).values() if isinstance(value, CaseKind)}
    assert named == dict(KINDS)
    assert list(KINDS) == sorted(KINDS)


@every_kind
def test_its_words_are_whole_sentences_with_every_fact_filled_in(kind):
    facts = {name: f"<{name}>" for name in kind.fact_names}
    finding = kind.about("subject", **facts)
    assert all(fact in finding.cause for fact in facts.values())
    assert "{" not in finding.cause
    for text in (finding.cause, kind.remedy.format(**facts)):
        assert text[0].isupper() or text.startswith("<")
        assert text.endswith(".")


@every_kind
def test_its_remedy_speaks_only_of_facts_its_cause_knows(kind):
    assert set(re.findall(r"{(\w+)}", kind.remedy)) <= kind.fact_names


@every_kind
def test_it_can_be_settled_in_time(kind):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.remedies
    assert len(set(kind.remedies)) == len(kind.remedies)
    assert kind.due_hours > 0
    assert kind.desk
    assert kind.severity


@every_kind
def test_a_consequence_is_accepted_only_where_something_can_still_be_posted(kind):
    """What is not resolved cannot be posted, whoever accepts it (law L2)."""
    if kind.code.endswith(("-unmapped", "-unknown", "-unmatched", "-ambiguous")):
        assert Remedy.ACCEPT not in kind.remedies


def test_a_finding_gives_all_facts_and_names_its_subject():
    facts = {"account": "MEYER01", "order_ref": "B2B-812", "balance": "1,200.00 GBP", "limit": "1,000.00 GBP"}
    finding = CREDIT_LIMIT_EXCEEDED.about("MEYER01", value=Decimal(200), **facts)
    assert finding.value == 200
    assert finding.cause == (
        "With order B2B-812 account MEYER01 would owe 1,200.00 GBP; its limit is 1,000.00 GBP."
    )  # fmt: skip
    with pytest.raises(ValueError, match="credit-limit-exceeded: a finding must say limit"):
        CREDIT_LIMIT_EXCEEDED.about("MEYER01", **{name: facts[name] for name in facts if name != "limit"})
    with pytest.raises(ValueError, match="a finding needs a subject"):
        CREDIT_LIMIT_EXCEEDED.about("", **facts)


def test_facts_are_text_whatever_they_were():
    finding = Finding(kind=KINDS["stock-code-unknown"], subject="TEA", facts={"sku": "TEA"})
    assert KINDS["stock-code-unknown"].about("TEA", sku="TEA") == finding
    assert KINDS["order-outcome-unknown"].about("X", order_ref="X", attempts=3, reason="").facts["attempts"] == "3"
