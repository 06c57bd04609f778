"""After a send or a look: never a second send while the first may still turn up, and never for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.posting import (
    SUBJECT_LENGTH,
    Accept,
    HoldWith,
    LookUp,
    Send,
    Sent,
    after_attempt,
    after_look,
    at_look,
    refusal,
)
from crossdock.model.faults import Accepted, Refused, Unknown
from tests.strategies import PLACED, fulfilment, law

NOW = PLACED
JUST_SENT = Sent(order_ref="B2B-812", attempts=1, sent_at=NOW, now=NOW, settle_seconds=120, attempts_max=3)
NEVER_SENT = replace(JUST_SENT, attempts=0, sent_at=None)
SETTLED = replace(JUST_SENT, now=NOW + timedelta(seconds=120))
SETTLES_AT = NOW + timedelta(seconds=120)


def test_an_order_that_was_never_sent_is_sent_and_one_that_was_is_looked_up_first():
    assert at_look(NEVER_SENT) == Send()
    assert at_look(JUST_SENT) == LookUp(NOW)


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        (Accepted("SO100001"), Accept("SO100001")),
        (Refused("duplicate", "Duplicate associated ref", duplicate=True), LookUp(NOW)),
        (Unknown("the line went dead"), LookUp(SETTLES_AT)),
    ],
)
def test_after_a_send(outcome, step):
    assert after_attempt(JUST_SENT, outcome) == step


def test_an_answer_that_took_longer_than_settling_is_looked_up_now():
    late = replace(JUST_SENT, now=SETTLES_AT + timedelta(seconds=9))
    assert after_attempt(late, Unknown("timeout")) == LookUp(late.now)


def test_after_a_refusal_a_person_reads_the_erps_own_words():
    step = after_attempt(JUST_SENT, Refused("unknown-item", "Stock item not found: TEA"))
    assert isinstance(step, HoldWith)
    assert step.may_be_in is False
    assert (step.finding.kind.code, step.finding.subject) == ("order-refused-by-erp", "Stock item not found: TEA")
    assert step.finding.cause == "The ERP refused the order: Stock item not found: TEA."


@pytest.mark.parametrize(
    ("refused", "subject"),
    [
        (Refused("c", "Order B2B-812:  not  allowed"), "Order (this order): not allowed"),
        (Refused("locked", ""), "locked"),
        (Refused("", ""), "it gave no reason"),
        (Refused("c", "x" * 500), "x" * SUBJECT_LENGTH),
    ],
)
def test_orders_refused_for_the_same_reason_share_a_case(refused, subject):
    assert refusal("B2B-812", refused).subject == subject


@pytest.mark.parametrize(
    ("sent", "step"),
    [
        (JUST_SENT, LookUp(SETTLES_AT)),
        (replace(SETTLED, now=SETTLES_AT - timedelta(seconds=1)), LookUp(SETTLES_AT)),
        (SETTLED, Send()),
        (replace(SETTLED, attempts=2), Send()),
        (NEVER_SENT, Send()),
    ],
)
def test_not_found(sent, step):
    assert after_look(sent, None) == step


@pytest.mark.parametrize(
    ("reason", "said"), [("", "no usable answer came"), ("the line went dead", "the line went dead")]
)
def test_not_found_for_the_last_time_is_for_a_person(reason, said):
    step = after_look(replace(SETTLED, attempts=3, reason=reason), None)
    assert isinstance(step, HoldWith)
    assert step.may_be_in is True
    assert (step.finding.kind.code, step.finding.subject) == ("order-outcome-unknown", "B2B-812")
    assert step.finding.facts["attempts"] == "3"
    assert said in step.finding.cause


def test_found_is_accepted_however_often_it_was_sent_and_however_soon():
    for sent in (JUST_SENT, SETTLED, replace(SETTLED, attempts=9)):
        assert after_look(sent, fulfilment()) == Accept("SO100001")


def test_another_order_under_our_number_is_never_accepted():
    step = after_look(JUST_SENT, fulfilment(), differences=("its total is 1", "its account is X"))
    assert isinstance(step, HoldWith)
    assert step.may_be_in is False
    assert step.finding.subject == "B2B-812"
    assert step.finding.facts["difference"] == "in the ERP its total is 1 and its account is X"


@law
@given(
    attempts=st.integers(1, 9),
    age=st.floats(0, 999),
    settle=st.floats(0, 999),
    outcome=st.sampled_from([Accepted("X"), Refused("c", "no"), Refused("d", "dup", duplicate=True), Unknown("?")]),
)
def test_nothing_is_ever_sent_again_before_it_settled_or_without_a_look(attempts, age, settle, outcome):
    sent = replace(JUST_SENT, attempts=attempts, now=NOW + timedelta(seconds=age), settle_seconds=settle)
    assert not isinstance(after_attempt(sent, outcome), Send)
    assert not isinstance(at_look(sent), Send)
    step = after_look(sent, None)
    if isinstance(step, Send):
        assert sent.now >= sent.settled_at
        assert attempts < sent.attempts_max


@law
@given(answers=st.lists(st.sampled_from([Refused("d", "dup", duplicate=True), Unknown("?")]), min_size=9, max_size=9))
def test_an_order_nobody_answers_for_ends_with_a_person_after_so_many_sends(answers):
    sent, sends, steps = NEVER_SENT, 0, 0
    step: object = at_look(sent)
    while not isinstance(step, HoldWith):
        steps += 1
        assert steps < 30
        if isinstance(step, Send):
            sends += 1
            sent = replace(sent, attempts=sends, sent_at=sent.now)
            step = after_attempt(sent, answers[sends - 1])
        else:
            assert isinstance(step, LookUp)
            sent = replace(sent, now=max(sent.now, step.at))
            step = after_look(sent, None)
    assert sends == sent.attempts_max
