"""The floor decides: every cell of what is wanted × what the ERP says (law L6)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from crossdock.decide.order_change import (
    AskPerson,
    ChangeSent,
    Decline,
    Grant,
    LookAgain,
    SendChange,
    Terms,
    after_refusal,
    after_unknown,
    decide_change,
    floor_began,
    in_words,
    line_delta,
)
from crossdock.model.despatch import FLOOR_BEGAN, DespatchLine, Fulfilment, Invoice, Stage
from crossdock.model.faults import Refused
from tests.decide.made import ORDER, gloves, posted
from tests.strategies import PLACED

POSTED = posted().order
FEWER = posted(replace(gloves(quantity=Decimal(1), tax=Decimal("11.90")), total=Decimal("89.40"), tax_total=None)).order
CANCEL = Terms(posted=POSTED, wanted=None, can=True, tolerance=Decimal(0), total_counts=True)
AMEND = replace(CANCEL, wanted=FEWER)
SENT = ChangeSent(attempts=1, sent_at=PLACED, now=PLACED, settle_seconds=120, attempts_max=2)
SETTLED = replace(SENT, now=PLACED + timedelta(seconds=120))


def there(stage: Stage | None = Stage.RELEASED, **more: object) -> Fulfilment:
    lines = (DespatchLine(stock_code="GLV-01", quantity=Decimal(20)),)
    invoices = (Invoice(code="", stage=stage, stage_text=stage.title(), lines=lines),) if stage else ()
    known = {"gross_total": POSTED.total, "currency": "GBP", "complete": False, "cancelled": False}
    return Fulfilment(ref=ORDER.ref, erp_code="SO1", invoices=invoices, **{**known, **more})  # type: ignore[arg-type]


CANCELLED = there(Stage.CANCELLED, cancelled=True, cancel_reason="customer request")
CHANGED = there(gross_total=FEWER.total)
IS_CANCELLED = "SO1 is cancelled there: customer request"


@pytest.mark.parametrize("terms", [CANCEL, AMEND])
@pytest.mark.parametrize("stage", sorted(set(Stage) - FLOOR_BEGAN - {Stage.CANCELLED}))
def test_before_the_floor_began_a_change_is_sent(terms, stage):
    assert decide_change(there(stage), terms) == SendChange()


@pytest.mark.parametrize("terms", [CANCEL, AMEND, replace(CANCEL, can=False)])
@pytest.mark.parametrize("stage", sorted(FLOOR_BEGAN))
def test_once_it_began_it_is_declined_in_the_erps_words_whoever_could_change_it(terms, stage):
    assert decide_change(there(stage), terms) == Decline(f"SO1 is at {stage.title()}")


def test_one_part_on_the_floor_is_enough_and_complete_is_the_floor_too():
    both = replace(there(), invoices=(*there().invoices, *there(Stage.PICKING).invoices))
    assert decide_change(both, CANCEL) == Decline("SO1 is at Picking")
    assert decide_change(there(None, complete=True), CANCEL) == Decline("SO1 is complete")
    assert floor_began(replace(there(), invoices=(replace(there(Stage.PACKING).invoices[0], stage_text=""),))) == (
        "SO1 is at packing"
    )


@pytest.mark.parametrize(
    ("found", "terms", "step"),
    [
        (None, CANCEL, AskPerson("the ERP does not know it")),
        (None, AMEND, AskPerson("the ERP does not know it")),
        (CANCELLED, CANCEL, Grant(IS_CANCELLED)),
        (replace(CANCELLED, cancel_reason=""), CANCEL, Grant("SO1 is cancelled there")),
        (CANCELLED, AMEND, AskPerson(IS_CANCELLED)),
        (CHANGED, AMEND, Grant("SO1 says so")),
        (CHANGED, CANCEL, SendChange()),  # a cancellation does not ask what it was worth
        (there(), replace(CANCEL, can=False), AskPerson("it has to be done in the ERP by hand: nothing there lets us")),
        (there(account_code="OTHER"), CANCEL, AskPerson(
            f"SO1 is not as it was posted: its account is OTHER, not {POSTED.account_code}"
        )),
        (there(gross_total=Decimal(1)), AMEND, AskPerson(
            f"SO1 is not as it was posted: its total is 1.00 GBP, not {POSTED.total:.2f} GBP"
        )),
        (there(gross_total=Decimal(1)), replace(AMEND, total_counts=False), SendChange()),
        (there(gross_total=None), AMEND, SendChange()),
    ],
)  # fmt: skip
def test_what_else_the_erp_may_say(found, terms, step):
    assert decide_change(found, terms) == step


@pytest.mark.parametrize(
    ("found", "terms", "refused", "step"),
    [
        (CANCELLED, CANCEL, Refused("refused", "no"), Grant(IS_CANCELLED)),
        (there(Stage.PICKING), CANCEL, Refused("refused", "no"), Decline("SO1 is at Picking")),
        (there(), CANCEL, Refused("late", "being picked", too_late=True), Decline("being picked")),
        (None, CANCEL, Refused("late", "being picked", too_late=True), Decline("being picked")),
        (there(), CANCEL, Refused("refused", "placed more than 48 hours ago"), AskPerson(
            "the ERP refused it: placed more than 48 hours ago"
        )),
        (None, CANCEL, Refused("refused", ""), AskPerson("the ERP refused it: refused")),
    ],
)  # fmt: skip
def test_a_no_of_the_erp_may_mean_three_things(found, terms, refused, step):
    assert after_refusal(found, refused, terms) == step


@pytest.mark.parametrize(
    ("found", "terms", "sent", "step"),
    [
        (CANCELLED, CANCEL, SENT, Grant(IS_CANCELLED)),
        (CHANGED, AMEND, SENT, Grant("SO1 says so")),
        (there(Stage.PICKING), CANCEL, SENT, Decline("SO1 is at Picking")),
        (there(), CANCEL, SENT, LookAgain(PLACED + timedelta(seconds=120))),
        (None, CANCEL, SENT, LookAgain(PLACED + timedelta(seconds=120))),
        (there(), CANCEL, SETTLED, SendChange()),
        (there(), AMEND, SETTLED, SendChange()),
        (there(), CANCEL, replace(SETTLED, attempts=2), AskPerson(
            "it was sent 2 times and nobody can say whether it was made: no usable answer came"
        )),
        (there(), CANCEL, replace(SETTLED, attempts=2, reason="timeout"), AskPerson(
            "it was sent 2 times and nobody can say whether it was made: timeout"
        )),
        (there(Stage.PICKING), replace(AMEND, wanted=replace(POSTED, notes="ring thrice")), SENT, AskPerson(
            "nobody can say whether it was made, and SO1 is at Picking"
        )),
    ],
)  # fmt: skip
def test_a_lost_answer_is_looked_up_and_never_guessed(found, terms, sent, step):
    assert after_unknown(found, terms, sent) == step


def test_a_change_in_words_is_what_is_more_and_what_is_less():
    assert line_delta(POSTED, FEWER) == ("10 fewer of GLV-01", "total 89.4 instead of 160.8")
    assert line_delta(FEWER, POSTED)[0] == "10 more of GLV-01"
    assert line_delta(POSTED, replace(POSTED, po_number="PO-2", courier_code="DPD")) == (
        "courier", "purchase order number",
    )  # fmt: skip
    assert in_words(line_delta(POSTED, POSTED)) == "nothing that the ERP holds"
