"""What an order is told of its account: whether its code is still its own, and how much of its credit is taken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.model.account import Account, AccountLink
from crossdock.model.lifecycle import Move
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.store.database import Pool
from tests.store.books import NOON, Books, account, sale, step

MINUTE = timedelta(minutes=1)
LINK = AccountLink(company_ref="c-9", account_id="a1", account_code="HART01")
HART = replace(account("HART01", "a1"), credit_limit=Decimal(1000), currency="GBP")


@pytest.fixture
async def books(pool: Pool) -> Books:
    return Books(pool, credit=True)


async def linked(books: Books, of: Account = HART, *, as_of: datetime = NOON) -> None:
    await books.reference.store_accounts([of], as_of=as_of)
    await books.reference.link_account(LINK, actor="mary")


def resolved(order: SalesOrder, account_id: str = "a1") -> ResolvedOrder:
    return ResolvedOrder(
        ref=order.ref, placed_at=order.placed_at, currency="GBP", account_code="HART01", account_id=account_id,
        lines=(), delivery_net=Decimal(0), delivery_tax=Decimal(0), total=order.total,
    )  # fmt: skip


async def sent(books: Books, ref: str, *moves: Move, **more: Any) -> None:
    order = sale(ref, **more)
    await books.capture(order)
    await books.move(ref, Move.SEND, resolved=resolved(order))
    await books.move(ref, *moves)


async def taken(books: Books, ref: str = "9") -> Decimal:
    room = (await books.file(ref)).room
    assert room is not None
    return room.in_flight


async def test_a_code_belongs_to_one_account_at_a_time(books: Books) -> None:
    await linked(books)
    await books.reference.store_accounts([account("HART01", "a2")], as_of=NOON + MINUTE)
    await books.capture(sale("9"))
    file = await books.file("9")
    assert file.account is not None
    assert (file.account.account_id, file.code_lost) == ("a1", True)
    assert [one.account_id for one in file.taken_by] == ["a2"]
    await books.reference.store_accounts([account("HART-NEW", "a1")], as_of=NOON + 2 * MINUTE)
    file = await books.file("9")
    assert (file.code_lost, file.taken_by) == (False, ())


async def test_two_accounts_read_together_under_one_code_both_have_it(books: Books) -> None:
    await linked(books)
    await books.reference.store_accounts([HART, account("HART01", "a2")], as_of=NOON + MINUTE)
    await books.capture(sale("9"))
    file = await books.file("9")
    assert (file.code_lost, [one.account_id for one in file.taken_by]) == (False, ["a2"])


async def test_codes_that_differ_in_case_are_two_codes_of_linked_accounts(books: Books) -> None:
    await linked(books)
    await books.reference.store_accounts([account("hart01", "a2")], as_of=NOON + MINUTE)
    await books.capture(sale("9"))
    file = await books.file("9")
    assert (file.code_lost, file.taken_by) == (False, ())


async def test_a_code_that_is_lost_is_no_candidate_any_more(books: Books) -> None:
    await books.reference.store_accounts([HART], as_of=NOON)
    await books.reference.lose_code("hart01", as_of=NOON + MINUTE)
    await books.capture(sale("9"))
    assert (await books.file("9")).candidates == ()


async def test_a_code_that_was_read_since_is_not_lost_by_an_older_answer(books: Books) -> None:
    await linked(books, as_of=NOON + MINUTE)
    await books.reference.lose_code("HART01", as_of=NOON)
    await books.capture(sale("9"))
    assert not (await books.file("9")).code_lost


async def test_where_credit_is_not_judged_nobody_counts(pool: Pool) -> None:
    books = Books(pool)
    await linked(books)
    await books.capture(sale("9"))
    assert (await books.file("9")).room is None


async def test_without_a_balance_all_that_is_not_despatched_is_taken(books: Books) -> None:
    await linked(books)
    await sent(books, "1", total=Decimal(1))
    await sent(books, "2", Move.ACCEPT, total=Decimal(2))
    await sent(books, "3", Move.ACCEPT, Move.DESPATCH_PART, total=Decimal(4))
    await sent(books, "4", Move.ACCEPT, Move.DESPATCH_ALL, total=Decimal(8))
    await sent(books, "5", Move.ACCEPT, Move.CANCEL, total=Decimal(16))
    await sent(books, "6", total=Decimal(32), currency="EUR")
    await books.capture(sale("9"))
    assert await taken(books) == 1 + 2 + 4


async def test_with_a_balance_what_was_posted_before_it_was_read_is_in_it(books: Books) -> None:
    now = datetime.now(UTC)
    await linked(books, replace(HART, balance=Decimal(500)), as_of=now)
    await sent(books, "1", Move.ACCEPT, total=Decimal(1))
    await sent(books, "2", Move.ACCEPT, Move.DESPATCH_ALL, total=Decimal(2))
    await sent(books, "3", total=Decimal(4))
    await books.capture(sale("9"))
    assert await taken(books) == 7
    later = now + timedelta(hours=1)
    await books.reference.store_accounts([replace(HART, balance=Decimal(503))], as_of=later)
    assert await taken(books) == 4  # on its way still


async def test_of_captured_orders_those_that_came_earlier_go_first(books: Books) -> None:
    await linked(books)
    await books.capture(sale("1", total=Decimal(1)), sale("2", total=Decimal(2)), sale("9"))
    await books.capture(sale("3", total=Decimal(4)), sale("4", total=Decimal(8), company_ref="c-1"))
    await books.move("2", Move.HOLD)
    assert await taken(books) == 1


async def test_another_accounts_orders_take_nothing(books: Books) -> None:
    await linked(books)
    order = sale("1", total=Decimal(1))
    await books.capture(order)
    await books.move("1", Move.SEND, resolved=resolved(order, "a2"))
    await books.capture(sale("9"))
    assert await taken(books) == 0


async def test_what_was_decided_before_another_order_took_room_does_not_go(books: Books) -> None:
    await linked(books)
    await books.capture(sale("1"), sale("2"))
    first, second = await books.file("1"), await books.file("2")
    assert await books.orders.move(step(first, Move.SEND, resolved=resolved(sale("1")), room=first.room))
    assert not await books.orders.move(step(second, Move.SEND, resolved=resolved(sale("2")), room=second.room))
    again = await books.file("2")
    assert (again.state, again.version) == (second.state, second.version)
    assert await books.orders.move(step(again, Move.SEND, resolved=resolved(sale("2")), room=again.room))


async def test_room_is_not_taken_by_an_order_that_moved_otherwise(books: Books) -> None:
    await linked(books)
    await books.capture(sale("1"), sale("2"))
    first, second = await books.file("1"), await books.file("2")
    await books.move("1", Move.HOLD)
    assert not await books.orders.move(step(first, Move.SEND, resolved=resolved(sale("1")), room=first.room))
    assert await books.orders.move(step(second, Move.SEND, resolved=resolved(sale("2")), room=second.room))
