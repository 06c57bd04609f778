"""Refunds on a real database: read once, credited once, and what they come to is settled once and for ever."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from crossdock.cases.kinds import REFUND_UNMATCHED
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.faults import DataFault, InvalidValue
from crossdock.model.lifecycle import Move
from crossdock.model.refund import CreditLine, CreditNote, RefundMove, RefundState
from crossdock.ports.refunds import RefundFile, RefundsRead, RefundStep
from crossdock.ports.systems import Document
from tests.store.books import NOON, Books, sale

ONE_DRILL = ReturnLine(sku="DRILL-18V", quantity=Decimal(1), line_ref="l-DRILL-18V", unit_price=Decimal("59.88"))


def back(ref: str = "1001/a", order: str = "1001", **more: object) -> SalesReturn:
    plain = SalesReturn(ref=ref, order_ref=order, storefront_id=f"id-{order}", lines=(ONE_DRILL,), currency="GBP")
    return replace(plain, **more)


def told(one: SalesReturn, *, minute: int = 0) -> Document[SalesReturn]:
    at = NOON + timedelta(minutes=minute)
    return Document(ref=one.ref, raw=f"{one.ref} {one.notes}".encode(), value=one, updated_at=at, label=one.ref)


def rubbish(order: str = "1001", *, minute: int = 0) -> Document[SalesReturn]:
    at = NOON + timedelta(minutes=minute)
    fault = DataFault("items[0].price", "must be a number")
    return Document(ref=f"id-{order}", raw=b"rubbish", fault=fault, updated_at=at, label=f"id-{order}")


def note(ref: str = "1001/a", gross: str = "59.88") -> CreditNote:
    tax = Decimal("9.98")
    line = CreditLine(
        line_ref="l-DRILL-18V", sku="DRILL-18V", quantity=Decimal(1), stock_code="DRILL-18V", stock_units=Decimal(1),
        net=Decimal(gross) - tax, tax=tax, tax_code="1",
    )  # fmt: skip
    return CreditNote(ref=ref, order_ref="1001", currency="GBP", account_code="HART01", lines=(line,))


async def the(books: Books, ref: str = "1001/a") -> RefundFile:
    found = await books.refunds.load(await books.pool.fetchval("select id from refund where key = $1", ref))
    assert found is not None
    return found


async def read(books: Books, *documents: Document[SalesReturn]) -> RefundsRead:
    return await books.refunds.capture(documents, since=NOON)


async def sold(books: Books, ref: str = "1001") -> int:
    await books.capture(sale(ref))
    return (await books.move(ref, Move.SEND, Move.ACCEPT)).id


async def moved(books: Books, ref: str, *steps: RefundStep) -> RefundFile:
    for step in steps:
        assert await books.refunds.move(await the(books, ref), step), step
    return await the(books, ref)


SEND = RefundStep(move=RefundMove.SEND, credit=note(), known=0, look_in_seconds=5)


async def test_read_twice_it_is_remembered_once_and_looked_at_once(books: Books) -> None:
    order_id = await sold(books)
    assert await read(books, told(back())) == RefundsRead(new=1)
    assert await read(books, told(back())) == RefundsRead()
    file = await the(books)
    assert (file.state, file.order_id, file.order_ref, file.back) == (RefundState.FOUND, order_id, "1001", back())
    assert [key for key in await books.jobs() if key.startswith("refund")] == [f"refund/{file.id}/1"]


async def test_an_empty_page_is_nothing(books: Books) -> None:
    assert await read(books) == RefundsRead()


async def test_another_word_counts_until_its_credit_note_is_settled(books: Books) -> None:
    await sold(books)
    await read(books, told(back()))
    other = back(notes="one box was open")
    assert await read(books, told(other)) == RefundsRead(changed=1)
    file = await the(books)
    assert (file.back, file.state, file.version) == (other, RefundState.FOUND, 2)
    assert f"refund/{file.id}/2" in await books.jobs()


async def test_another_word_after_that_changes_nothing_and_is_a_case(books: Books) -> None:
    await sold(books)
    await read(books, told(back()))
    before = await moved(books, "1001/a", SEND, RefundStep(move=RefundMove.ACCEPT, findings=(), erp_ref="CN1"))
    assert await read(books, told(back(notes="and another thing"))) == RefundsRead(changed=1)
    assert await the(books) == before
    assert await books.kinds() == {"refund-unmatched": 1}


async def test_what_cannot_be_read_is_a_case_and_is_read_from_there_on_again(books: Books) -> None:
    await sold(books)
    assert await read(books, rubbish(), told(back("1002/a", "1002"))) == RefundsRead(new=1, unreadable=1)
    await read(books, rubbish(minute=9))
    assert await books.kinds() == {"schema-surprise": 1}
    assert await books.refunds.unread_since() == NOON
    assert await read(books, told(back(), minute=10)) == RefundsRead(new=1)
    assert await books.kinds() == {}
    assert await books.refunds.unread_since() is None
    states = {row["key"]: row["state"] for row in await books.pool.fetch("select key, state from refund")}
    assert states == {"unreadable/id-1001": "dropped", "1001/a": "found", "1002/a": "found"}


async def test_it_may_come_before_its_order_and_meets_it(books: Books) -> None:
    await read(books, told(back()))
    file = await the(books)
    assert (file.order_id, await books.refunds.meet(file)) == (None, False)
    order_id = await sold(books)
    assert await books.refunds.meet(file)
    assert not await books.refunds.meet(file)  # somebody was first
    met = await the(books)
    assert (met.order_id, met.version) == (order_id, 2)
    assert [one.id for one in await books.refunds.of_order(order_id)] == [file.id]


async def test_of_two_who_would_credit_it_one_may_and_what_it_comes_to_stays(books: Books) -> None:
    await sold(books)
    await read(books, told(back()))
    file = await the(books)
    assert await books.refunds.move(file, SEND)
    assert not await books.refunds.move(file, replace(SEND, credit=note(gross="1.00")))
    again = await moved(books, "1001/a", RefundStep(move=RefundMove.SEND, credit=note(gross="1.00")))
    assert (again.credit, again.attempts, again.version) == (note(), 2, 3)


async def test_two_refunds_of_an_order_do_not_both_take_the_same_share(books: Books) -> None:
    order_id = await sold(books)
    await read(books, told(back()), told(back("1001/b")))
    first, second = await the(books, "1001/b"), await the(books)
    assert await books.refunds.move(first, replace(SEND, credit=note("1001/b")))
    assert not await books.refunds.move(second, SEND)  # it was reckoned on none before it
    assert (await the(books)).state is RefundState.FOUND
    assert await books.refunds.move(second, replace(SEND, known=1))
    assert [one.ref for one in await books.refunds.of_order(order_id)] == ["1001/b", "1001/a"]


async def test_a_move_there_is_not_changes_nothing(books: Books) -> None:
    await sold(books)
    await read(books, told(back()))
    with pytest.raises(InvalidValue, match="a refund that is found cannot adopt"):
        await books.refunds.move(await the(books), RefundStep(move=RefundMove.ADOPT))
    assert (await the(books)).version == 1


async def test_a_case_holds_its_worth_and_goes_with_the_move_that_settles_it(books: Books) -> None:
    await sold(books)
    await read(books, told(back()))
    finding = REFUND_UNMATCHED.about("1001/a", refund_ref="1001/a", order_ref="1001", problem="it is odd")
    await moved(books, "1001/a", RefundStep(move=RefundMove.HOLD, credit=note(), known=0, findings=[finding]))
    assert await books.kinds() == {"refund-unmatched": 1}
    held = await books.pool.fetchrow("select value, currency from case_hold")
    assert held is not None
    assert tuple(held) == (Decimal("59.88"), "GBP")
    adopt = RefundStep(move=RefundMove.ADOPT, findings=(), erp_ref="CN7", reason="made by hand", actor="mary")
    done = await moved(books, "1001/a", adopt)
    assert (done.state, done.erp_ref, await books.kinds()) == (RefundState.CREDITED, "CN7", {})
    trail = await books.pool.fetchrow(
        "select actor, action, detail::text as detail from audit_entry where action like 'refund%' order by id desc"
    )
    assert trail is not None
    assert (trail["actor"], trail["action"]) == ("mary", "refund_adopt")
    assert '"erp_ref": "CN7"' in trail["detail"]


async def test_what_never_left_the_house_is_no_attempt(books: Books) -> None:
    await sold(books)
    await read(books, told(back()))
    file = await moved(books, "1001/a", SEND, RefundStep(move=RefundMove.TURN_AWAY, look_in_seconds=60))
    assert (file.state, file.attempts, file.is_early) == (RefundState.SENDING, 0, True)


async def test_what_should_have_been_looked_at_is_due_and_put_off_it_is_not(books: Books) -> None:
    await sold(books)
    await read(books, told(back()))
    assert await books.refunds.due(10) == []
    file = await the(books)
    await books.refunds.look_later(file.id, file.version, -1.0)
    assert [job.key for job in await books.refunds.due(10)] == [f"refund/{file.id}/1"]
    await books.refunds.look_later(file.id, file.version + 1, 3600.0)  # somebody moved it since
    assert len(await books.refunds.due(10)) == 1
    await books.refunds.look_later(file.id, file.version, 3600.0)
    assert await books.refunds.due(10) == []


async def test_what_carriage_goes_back_with_which_is_known(books: Books) -> None:
    await sold(books)
    await read(books, told(back()), told(back("1001/b")), told(back("1001/c")))
    whole = replace(note("1001/b"), with_carriage=True, carriage_net=Decimal("4.00"), carriage_tax=Decimal("0.80"))
    await moved(books, "1001/a", SEND)
    await moved(books, "1001/b", replace(SEND, credit=whole, known=1))
    refs = ["1001/a", "1001/b", "1001/c", "1001/z"]
    assert await books.refunds.carriage(refs) == {"1001/b": Decimal("4.80")}
