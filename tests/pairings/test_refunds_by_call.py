"""An ERP that is called with what came back (laws L5, L10): every answer it may give, and no second credit note."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from crossdock.cases.kind import Remedy
from crossdock.model.faults import Outcome, Refused, Transient, Unknown, Unsupported
from tests.pairings.counter import ReturnsDesk, Shop, open_shop

LATER = 60.0


class Called(Shop):
    desk: ReturnsDesk


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Called]:
    async with open_shop(database, tmp_path, theirs={"settle_seconds": 1}, ways={}) as opened:
        called = Called(opened.market)
        called.desk = ReturnsDesk(called.market.pairing.erp)
        called.desk.stand_in(called.market.pairing)
        yield called


async def comes_back(shop: Called, *answers: Outcome | Exception) -> None:
    """A third of an order, and what the ERP says to it, one answer after the other."""
    order = await shop.sell()
    await shop.comes_back(order)
    shop.desk.answers = list(answers)
    await shop.market.run("returns")
    await shop.market.work()


async def state(shop: Called) -> tuple[str, str]:
    (refund,) = await shop.refunds()
    return refund["state"], refund["erp_ref"]


async def test_what_it_takes_is_credited_under_its_number_at_what_was_posted(shop: Called) -> None:
    await comes_back(shop)
    (note,) = shop.desk.notes
    assert await state(shop) == ("credited", f"CN-{note.ref}")
    (there,) = shop.market.erp.state()["orders"]
    assert shop.desk.credited() == {note.ref: Decimal(there["items_total_gross"]) / 3}
    assert await shop.market.causes() == []


async def test_a_lost_answer_is_looked_up_and_makes_no_second_credit_note(shop: Called) -> None:
    await comes_back(shop, Unknown("nobody answered"))
    assert (await state(shop))[0] == "sending"
    await shop.market.work()
    assert shop.desk.calls == 1  # not before the ERP has settled
    await shop.market.pass_time(LATER)
    assert (await state(shop))[0] == "credited"
    assert (shop.desk.calls, len(shop.desk.notes)) == (2, 1)


async def test_what_nobody_ever_answers_ends_before_a_person_who_may_send_it_again(shop: Called) -> None:
    await comes_back(shop, *[Unknown("nobody answered")] * 50)
    for _ in range(12):
        await shop.market.pass_time(LATER)
    assert "without a usable answer" in (await shop.case()).cause
    assert shop.desk.calls == shop.market.pairing.attempts_max
    shop.desk.answers = []
    await shop.market.run("recheck")
    await shop.market.work()
    assert (await state(shop))[0] == "waiting"  # by itself nothing is sent that a person has before them
    await shop.settle(Remedy.RETRY)
    assert ((await state(shop))[0], len(shop.desk.notes)) == ("credited", 1)
    assert await shop.market.causes() == []


async def test_what_it_refuses_is_a_case_in_its_own_words(shop: Called) -> None:
    await comes_back(shop, Refused("closed", "the period is closed"))
    case = await shop.case()
    assert (case.kind, shop.desk.notes) == ("refund-unmatched", [])
    assert "the ERP refused it: the period is closed" in case.cause
    assert "1 of HP-1001: net " in case.evidence
    await shop.settle(Remedy.RETRY)
    assert (await state(shop))[0] == "credited"


async def test_what_cannot_be_said_to_it_is_a_case(shop: Called) -> None:
    await comes_back(shop, Unsupported("quantity", "is no whole number"))
    assert "quantity: is no whole number" in (await shop.case()).cause
    assert (await state(shop))[0] == "waiting"


async def test_one_that_cannot_be_reached_is_tried_again_and_after_an_hour_a_person_hears(shop: Called) -> None:
    await comes_back(shop, *[Transient("connection refused")] * 50)
    for _ in range(20):
        await shop.market.pass_time(LATER)
    assert (await state(shop))[0] == "sending"
    assert await shop.market.causes() == []
    assert shop.desk.calls > shop.market.pairing.attempts_max  # what never left the house is no attempt
    await shop.market.pass_time(3600.0)
    assert "the ERP cannot be reached" in (await shop.case()).cause
