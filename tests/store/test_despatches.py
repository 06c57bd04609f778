"""Despatch notes: found once, told once, in order."""

from decimal import Decimal

from crossdock.model.despatch import Despatch, DespatchLine
from crossdock.model.lifecycle import Move, OrderState
from tests.store.books import Books, sale, step


def note(number: int, **more: object) -> Despatch:
    goods = (DespatchLine(stock_code="DRILL-18V", quantity=Decimal(1)),)
    plain = {"key": f"1001/{number}", "order_ref": "1001", "tracking_number": f"CN{number}", "carrier": "DPD"}
    return Despatch(**{**plain, "lines": goods, **more})


async def posted(books: Books) -> int:
    await books.capture(sale())
    return (await books.move("1001", Move.SEND, Move.ACCEPT)).id


async def test_found_twice_it_is_remembered_once_and_looked_at_once(books: Books) -> None:
    order_id = await posted(books)
    for _ in range(2):
        assert await books.despatches.found(order_id, [note(1)], move=None)
    assert await books.despatches.known([order_id]) == {order_id: (note(1),)}
    assert [key for key in await books.jobs() if key.startswith("despatch")] == ["despatch/1/1"]


async def test_the_order_s_move_and_its_despatches_come_together_or_not_at_all(books: Books) -> None:
    order_id = await posted(books)
    old = await books.file("1001")
    await books.pool.execute("update sales_order set version = version + 1")
    assert not await books.despatches.found(order_id, [note(1)], move=step(old, Move.DESPATCH_ALL))
    assert await books.despatches.known([order_id]) == {}
    fresh = await books.file("1001")
    assert await books.despatches.found(order_id, [note(1)], move=step(fresh, Move.DESPATCH_ALL))
    assert (await books.file("1001")).state is OrderState.DESPATCHED


async def test_of_two_who_would_tell_it_one_may(books: Books) -> None:
    await books.despatches.found(await posted(books), [note(1)], move=None)
    file = await books.despatches.load(1)
    assert file is not None
    assert await books.despatches.move(file, "sending", look_in_seconds=5)
    assert not await books.despatches.move(file, "sending", look_in_seconds=5)
    again = await books.despatches.load(1)
    assert again is not None
    assert (again.state, again.attempts, again.version) == ("sending", 1, 2)


async def test_a_later_one_waits_for_an_earlier_one_until_that_is_told_or_dropped(books: Books) -> None:
    await books.despatches.found(await posted(books), [note(1), note(2), note(3)], move=None)
    files = [await books.despatches.load(number) for number in (1, 2, 3)]
    assert [await books.despatches.must_wait(file) for file in files if file] == [False, True, True]
    for file, state in zip(files, ("published", "dropped", ""), strict=True):
        if file and state:
            await books.despatches.move(file, state)
    assert [await books.despatches.must_wait(file) for file in files if file] == [False, False, False]


async def test_looking_later_counts_nothing_and_writes_no_trail(books: Books) -> None:
    await books.despatches.found(await posted(books), [note(1)], move=None)
    before = await books.pool.fetchval("select count(*) from audit_entry")
    await books.despatches.look_later(1, 1, -1.0)
    assert [job.key for job in await books.despatches.due(10)] == ["despatch/1/1"]
    await books.despatches.look_later(1, 99, 3600.0)  # somebody moved it since: not ours to put off
    assert len(await books.despatches.due(10)) == 1
    assert await books.pool.fetchval("select count(*) from audit_entry") == before


async def test_put_back_it_is_tried_as_often_as_ever(books: Books) -> None:
    await books.despatches.found(await posted(books), [note(1)], move=None)
    for state in ("sending", "sending", "waiting", "found"):
        file = await books.despatches.load(1)
        assert file is not None
        await books.despatches.move(file, state, actor="mary")
    file = await books.despatches.load(1)
    assert file is not None
    assert (file.attempts, file.state) == (0, "found")
    rows = await books.pool.fetch("select actor, action from audit_entry where action like 'despatch%' order by id")
    assert [tuple(row) for row in rows[-2:]] == [("mary", "despatch_waiting"), ("mary", "despatch_found")]


async def test_two_who_look_at_one_order_at_once_do_not_both_number_its_boxes(books: Books) -> None:
    """One saw a box and called it /1; the other saw two, and /2 is the box that the first one has told of already."""
    order_id = await posted(books)
    assert await books.despatches.found(order_id, [note(1)], move=None, known=0)
    assert not await books.despatches.found(order_id, [note(1), note(2)], move=None, known=0)
    assert len((await books.despatches.known([order_id]))[order_id]) == 1
    assert await books.despatches.found(order_id, [note(2)], move=None, known=1)
