"""Moves of orders: fenced by version, allowed by one table, each with its line in the trail."""

import asyncio

from crossdock.cases.kinds import PRICE_ZERO
from crossdock.model.faults import InvalidValue
from crossdock.model.lifecycle import Move, OrderState
from tests.store.books import NOON, Books, sale, step


async def test_of_two_moves_decided_on_one_version_one_happens(books: Books) -> None:
    await books.capture(sale())
    file = await books.file("1001")
    others = [Books(books.pool).orders for _ in range(4)]
    did = await asyncio.gather(*(orders.move(step(file, Move.SEND)) for orders in (books.orders, *others)))
    assert (sorted(did), (await books.file("1001")).version) == ([False] * 4 + [True], 2)


async def test_of_two_in_one_batch_one_happens_too(books: Books) -> None:
    """They share a statement, and the row they both name changes in it only once."""
    await books.capture(sale())
    file = await books.file("1001")
    did = await asyncio.gather(*(books.orders.move(step(file, Move.SEND)) for _ in range(5)))
    assert did == [True, False, False, False, False]
    assert (await books.file("1001")).attempts == 1


async def test_a_move_decided_on_an_older_version_does_not_happen(books: Books) -> None:
    await books.capture(sale())
    old = await books.file("1001")
    await books.move("1001", Move.HOLD)
    assert await books.orders.move(step(old, Move.SEND)) is False
    assert (await books.file("1001")).state is OrderState.WAITING


async def test_an_impossible_move_is_told_to_whoever_asks_and_not_to_its_neighbours(books: Books) -> None:
    await books.capture(sale("1001"), sale("1002"))
    good, bad = await books.file("1001"), await books.file("1002")
    did = await asyncio.gather(
        books.orders.move(step(good, Move.SEND)), books.orders.move(step(bad, Move.ACCEPT)), return_exceptions=True
    )
    assert did[0] is True
    assert isinstance(did[1], InvalidValue)


async def test_every_move_is_in_the_trail_with_who_and_where_to(books: Books) -> None:
    await books.capture(sale())
    await books.move("1001", Move.HOLD, Move.SET_ASIDE, actor="mary", detail={"reason": "gone"})
    rows = await books.pool.fetch("select actor, action, detail ->> 'to' as state from audit_entry order by id")
    assert [tuple(row) for row in rows] == [
        ("crossdock", "capture", None), ("mary", "hold", "waiting"), ("mary", "set_aside", "set_aside"),
    ]  # fmt: skip


async def test_sends_are_counted_and_one_turned_away_is_not(books: Books) -> None:
    await books.capture(sale())
    sent = await books.move("1001", Move.SEND)
    back = await books.move("1001", Move.TURN_AWAY)
    assert ((sent.attempts, sent.sent_at is not None), (back.attempts, back.turned_away)) == ((1, True), (0, 1))
    again = await books.move("1001", Move.SEND, Move.SEND_AGAIN)
    assert again.attempts == 2


async def test_a_hold_decided_on_an_older_version_opens_no_case(books: Books) -> None:
    await books.capture(sale())
    old = await books.file("1001")
    await books.move("1001", Move.SEND)
    for move in (None, step(old, Move.HOLD)):
        assert await books.orders.hold(old, [PRICE_ZERO.about("DRILL-18V", sku="DRILL-18V")], move=move) is False
    assert await books.kinds() == {}


async def test_a_look_asked_for_while_one_is_under_way_is_not_lost(books: Books) -> None:
    """The running job holds its key; a new version of the order has another one."""
    await books.capture(sale())
    await books.pool.execute("update pgqueuer set status = 'picked'")
    await books.capture(sale(po_number="NEW"))
    assert await books.jobs() == ["order/1/2"]
    await books.capture(sale(po_number="NEWER"))
    await books.capture(sale(po_number="NEWER"))
    assert await books.jobs() == ["order/1/2", "order/1/3"]


async def test_the_net_asks_for_what_is_overdue_and_not_again_at_once(books: Books) -> None:
    await books.capture(sale("1001"), sale("1002"), sale("1003"))
    await books.move("1002", Move.HOLD)
    assert await books.orders.due(10) == []
    await books.pool.execute("update sales_order set look_at = now() - interval '1 s'")
    assert [job.subject for job in await books.orders.due(10)] == ["oro-khaos/1", "oro-khaos/3"]
    assert await books.orders.due(10) == []


async def test_a_mark_that_orders_were_looked_at_waits_for_nobody_who_holds_one(books: Books) -> None:
    """Else whoever settles a case, holding its orders, and the sweep over open ones wait for each other."""
    await books.capture(sale("1001"), sale("1002"))
    held, free = await books.file("1001"), await books.file("1002")
    async with books.pool.acquire() as other, other.transaction():
        await other.execute("select 1 from sales_order where id = $1 for update", held.id)
        await asyncio.wait_for(books.orders.checked([held.id, free.id], at=NOON), timeout=10)
    rows = await books.pool.fetch("select storefront_id, checked_at from sales_order order by id")
    assert [tuple(row) for row in rows] == [("id-1001", None), ("id-1002", NOON)]
