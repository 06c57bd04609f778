"""Pages of orders, stored whole or not at all."""

import asyncio
import hashlib
from datetime import datetime, timedelta

import asyncpg
import pytest

from crossdock.model.lifecycle import Move, OrderState
from tests.eventually import eventually
from tests.store.books import NOON, SECRET_STREET, Books, document, line, sale, step, unreadable


async def count(books: Books, table: str = "sales_order") -> int:
    return int(await books.pool.fetchval(f"select count(*) from {table}"))


async def test_a_page_captured_twice_is_captured_once(books: Books) -> None:
    page = [sale("1001"), sale("1002")]
    first = await books.capture(*page)
    second = await books.capture(*page)
    assert (first.new, second.new, second.same) == (2, 0, 2)
    assert (await count(books), await count(books, "sales_order_line"), await count(books, "raw_document")) == (2, 2, 2)
    assert await books.jobs() == ["order/1/1", "order/2/1"]


async def test_the_same_order_twice_in_one_page_is_one_order(books: Books) -> None:
    assert (await books.capture(sale(), sale())).new == 1
    assert await count(books) == 1


async def test_two_workers_capturing_the_same_page_at_once_make_one_order_each(books: Books) -> None:
    page = [sale(str(number)) for number in range(1001, 1021)]
    stored = await asyncio.gather(*(Books(books.pool).capture(*order) for order in (page, page[::-1], page)))
    assert (sum(one.new for one in stored), await count(books), len(await books.jobs())) == (20, 20, 20)


async def test_a_page_that_cannot_be_stored_leaves_nothing_behind(books: Books) -> None:
    huge = sale("1002", line("X" * 3000, "1"))
    await books.pool.execute("alter table sales_order_line add constraint short check (length(sku) < 100)")
    with pytest.raises(asyncpg.CheckViolationError):
        await books.capture(sale("1001"), huge)
    tables = ("sales_order", "sales_order_line", "raw_document", "audit_entry", "pgqueuer")
    assert [await count(books, table) for table in tables] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("state", [OrderState.CAPTURED, OrderState.WAITING])
async def test_an_order_not_yet_posted_is_read_again_when_the_sale_changed(books: Books, state: OrderState) -> None:
    await books.capture(sale())
    if state is OrderState.WAITING:
        await books.move("1001", Move.HOLD)
    before = await books.file("1001")
    stored = await books.capture(sale("1001", line("HINGE", "9"), updated_at=NOON + timedelta(minutes=1)))
    after = await books.file("1001")
    assert (stored.changed, after.state, after.version) == (1, OrderState.CAPTURED, before.version + 1)
    lines = await books.pool.fetch("select sku, quantity from sales_order_line")
    assert [(row["sku"], row["quantity"]) for row in lines] == [("HINGE", 9)]
    assert f"order/{after.id}/{after.version}" in await books.jobs()
    assert await count(books, "raw_document") == 2


async def test_a_touch_that_leaves_the_sale_as_it_was_moves_nothing(books: Books) -> None:
    await books.capture(sale())
    stored = await books.capture(sale(updated_at=NOON + timedelta(hours=1)))
    assert (stored.same, (await books.file("1001")).version) == (1, 1)


async def test_until_it_is_posted_an_order_follows_any_correction_and_then_only_a_change_of_the_sale(
    books: Books,
) -> None:
    await books.capture(sale())
    assert (await books.capture(sale(account_hint="HPT1"))).changed == 1
    await books.move("1001", Move.SEND, Move.ACCEPT, erp_ref="SO1")
    assert (await books.capture(sale(account_hint="HPT2"))).same == 1
    assert await books.kinds() == {}


async def test_an_order_changed_after_posting_is_a_case_and_keeps_the_lines_that_were_posted(books: Books) -> None:
    await books.capture(sale())
    await books.move("1001", Move.SEND, Move.ACCEPT, erp_ref="SO1")
    await books.capture(sale("1001", line("HINGE", "9"), po_number="NEW"))
    assert await books.kinds() == {"order-changed-after-posting": 1}
    assert (await books.file("1001")).state is OrderState.POSTED
    assert await books.pool.fetchval("select sku from sales_order_line") == "DRILL-18V"


async def test_an_order_changed_while_its_answer_is_out_is_decided_on_the_new_word_if_it_comes_back(
    books: Books,
) -> None:
    await books.capture(sale())
    await books.move("1001", Move.SEND)
    await books.capture(sale("1001", line("HINGE", "9")))
    assert await books.kinds() == {"order-changed-after-posting": 1}
    back = await books.move("1001", Move.TURN_AWAY)
    assert back.order is not None
    assert (back.order.lines[0].sku, await books.pool.fetchval("select sku from sales_order_line")) == (
        "HINGE",
        "HINGE",
    )


@pytest.mark.parametrize("moves", [(Move.WITHDRAW,), (Move.SEND, Move.ACCEPT, Move.DESPATCH_ALL)])
async def test_what_changes_after_an_order_has_left_for_good_is_no_case(books: Books, moves: tuple[Move, ...]) -> None:
    await books.capture(sale())
    await books.move("1001", *moves)
    await books.capture(sale(po_number="NEW"))
    assert await books.kinds() == {}


async def test_an_unreadable_order_is_a_case_and_is_captured_once_it_can_be_read(books: Books) -> None:
    stored = await books.capture(unreadable("1001"), sale("1002"))
    assert (stored.unreadable, await books.kinds()) == (1, {"schema-surprise": 1})
    assert ((await books.file("1001")).state, (await books.file("1001")).order) == (OrderState.UNREADABLE, None)
    assert await books.jobs() == ["order/2/1"]
    await books.capture(sale("1001"))
    file = await books.file("1001")
    assert (file.state, await books.kinds(), await books.pool.fetchval("select min(placed_at) from sales_order")) == (
        OrderState.CAPTURED, {}, NOON,
    )  # fmt: skip


@pytest.mark.parametrize("moves", [(), (Move.HOLD,)])
async def test_an_order_that_became_unreadable_is_not_gone_on_with(books: Books, moves: tuple[Move, ...]) -> None:
    await books.capture(sale())
    before = await books.move("1001", *moves) if moves else await books.file("1001")
    await books.capture(unreadable("1001"))
    file = await books.file("1001")
    assert (file.state, file.order, await books.kinds()) == (OrderState.WAITING, None, {"schema-surprise": 1})
    assert await books.orders.move(step(before, Move.HOLD)) is False  # whoever was about to go on is fenced off
    version = file.version
    await books.capture(unreadable("1001", later=1))
    assert (await books.file("1001")).version == version  # told once, however often it is read
    await books.capture(sale())
    assert ((await books.file("1001")).state, await books.kinds()) == (OrderState.CAPTURED, {})


async def test_orders_placed_before_the_start_are_counted_and_left(books: Books) -> None:
    stored = await books.orders.capture([document(sale())], start_from=NOON + timedelta(seconds=1))
    assert (stored.left_out, stored.new, await count(books)) == (1, 0, 0)


async def test_raw_documents_are_sealed_and_their_address_tells_nothing(books: Books) -> None:
    await books.capture(sale())
    row = await books.pool.fetchrow("select digest, body from raw_document")
    raw = document(sale()).raw
    assert SECRET_STREET.encode() in raw
    assert SECRET_STREET.encode() not in row["body"]
    assert row["digest"] not in (hashlib.sha256(raw).digest(), hashlib.sha1(raw).digest())
    assert (books.vault.open(row["body"]), books.vault.digest(raw)) == (raw, row["digest"])


WAITING = "select count(*) from pg_locks where not granted and locktype = $1"


async def test_an_order_is_in_the_book_at_the_moment_of_a_reckoning_or_captured_after_it(books: Books) -> None:
    """A capture is half done while levels are reckoned: it may not fall between the two."""

    async def waiting(kind: str) -> bool:
        return bool(await books.pool.fetchval(WAITING, kind))

    async def reckon() -> tuple[datetime, int]:
        return await books.orders.between_captures(), await count(books)

    async with books.pool.acquire() as obstacle:
        async with obstacle.transaction():
            await obstacle.execute("lock table pgqueuer in exclusive mode")
            capturing = asyncio.create_task(books.capture(sale("1001", line("HINGE", "9"))))
            await eventually(lambda: waiting("relation"))
            reckoning = asyncio.create_task(reckon())

            async def is_reckoning() -> bool:
                return reckoning.done() or await waiting("advisory")

            await eventually(is_reckoning)
        await capturing
        moment, known = await reckoning
    assert known == 1 or "HINGE" in await books.orders.sold_since(moment, ["HINGE"])
