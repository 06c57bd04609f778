"""One cause, one case: it holds records, grows, lets go, and closes itself."""

import asyncio
from decimal import Decimal

from crossdock.cases.kinds import ACCOUNT_ON_STOP, ORDER_CHANGED_AFTER_POSTING, PRICE_ZERO, STOCK_CODE_UNKNOWN
from crossdock.model.lifecycle import Move
from crossdock.store.cases import hold_records, list_cases
from tests.eventually import eventually
from tests.store.books import TENANT, Books, line, sale, step

GHOST = STOCK_CODE_UNKNOWN.about("GHOST-01", sku="GHOST-01")
FREE = PRICE_ZERO.about("FREEBIE", sku="FREEBIE")


async def held(books: Books, count: int = 3) -> list[int]:
    """That many orders, each held by the missing SKU."""
    refs = [str(1001 + number) for number in range(count)]
    await books.capture(*(sale(ref, line("GHOST-01", "1")) for ref in refs))
    for ref in refs:
        file = await books.file(ref)
        assert await books.orders.hold(file, [GHOST], move=step(file, Move.HOLD))
    return [row["id"] for row in await books.pool.fetch("select id from sales_order order by id")]


async def test_forty_orders_without_one_sku_are_one_case_with_forty_records_and_their_value(books: Books) -> None:
    await held(books, 40)
    (case,) = await list_cases(books.pool, TENANT)
    assert (case.records, case.value, case.kind, case.subject) == (
        40, {"GBP": Decimal("119.76") * 40}, "stock-code-unknown", "GHOST-01",
    )  # fmt: skip


async def test_forty_at_once_from_four_workers_are_one_case_too(books: Books) -> None:
    refs = [str(1001 + number) for number in range(40)]
    await books.capture(*(sale(ref) for ref in refs))
    workers = [Books(books.pool) for _ in range(4)]
    files = [await books.file(ref) for ref in refs]
    both = [[GHOST, FREE], [FREE, GHOST]]
    await asyncio.gather(
        *(workers[at % 4].orders.hold(file, both[at % 2], move=step(file, Move.HOLD)) for at, file in enumerate(files))
    )
    assert await books.kinds() == {"stock-code-unknown": 40, "price-zero": 40}


async def test_a_case_closes_by_itself_with_its_last_record_and_says_why(books: Books) -> None:
    ids = await held(books, 2)
    await books.cases.let_go("order", ids[:1], reason="mapped", actor="mary")
    assert await books.kinds() == {"stock-code-unknown": 1}
    await books.cases.let_go("order", ids[1:], reason="mapped", actor="mary")
    (case,) = await list_cases(books.pool, TENANT)
    assert (case.state, case.closed_at is not None) == ("closed", True)
    row = await books.pool.fetchrow(
        "select actor, detail ->> 'reason' as reason from audit_entry where action = 'close'"
    )
    assert tuple(row) == ("mary", "mapped")


async def test_a_record_put_into_another_case_leaves_the_first(books: Books) -> None:
    await held(books, 1)
    file = await books.file("1001")
    await books.orders.hold(file, [FREE], move=None)
    assert await books.kinds() == {"price-zero": 1}


async def test_raised_again_it_grows_and_its_words_are_the_newest(books: Books) -> None:
    first = await books.cases.raise_case(GHOST, record="order", record_id=1, ref="1001")
    again = await books.cases.raise_case(GHOST, record="order", record_id=1, ref="1001", evidence="HTTP 200")
    more = await books.cases.raise_case(GHOST, record="order", record_id=2, ref="1002")
    (case,) = await list_cases(books.pool, TENANT)
    assert ({first, again, more}, case.records, case.evidence) == ({case.id}, 2, "HTTP 200")
    assert await books.pool.fetchval("select count(*) from audit_entry where action = 'open'") == 1


async def test_raised_after_it_closed_it_is_another_case(books: Books) -> None:
    first = await books.cases.raise_case(GHOST, record="order", record_id=1)
    await books.cases.settle(GHOST.kind.code, GHOST.subject, record="order", record_id=1, reason="there again")
    second = await books.cases.raise_case(GHOST, record="order", record_id=1)
    assert (first != second, await books.kinds()) == (True, {"stock-code-unknown": 1})


async def test_settling_one_record_leaves_the_others_held(books: Books) -> None:
    for number in (1, 2):
        await books.cases.raise_case(GHOST, record="order", record_id=number)
    await books.cases.settle(GHOST.kind.code, GHOST.subject, record="order", record_id=1, reason="there again")
    await books.cases.settle(GHOST.kind.code, GHOST.subject, record="order", record_id=9, reason="was never in")
    assert await books.kinds() == {"stock-code-unknown": 1}


async def test_a_record_stays_sticky_until_a_person_frees_it(books: Books) -> None:
    case_id = await books.cases.raise_case(GHOST, record="order", record_id=1, sticky=True)
    await books.cases.raise_case(GHOST, record="order", record_id=1)  # a machine that sees it again frees nothing
    assert [one.sticky for one in await books.cases.held(case_id)] == [True]
    assert await books.cases.to_recheck(10, older_than_seconds=None) == []
    await books.cases.unstick(case_id)
    assert await books.cases.to_recheck(10, older_than_seconds=None) == [case_id]


async def test_re_checks_take_turns(books: Books) -> None:
    first = await books.cases.raise_case(GHOST, record="order", record_id=1)
    second = await books.cases.raise_case(FREE, record="order", record_id=1)
    await books.cases.checked(first)
    assert await books.cases.to_recheck(10, older_than_seconds=3600) == [second]
    assert await books.cases.to_recheck(10, older_than_seconds=0) == [second, first]


async def test_letting_go_keeps_the_kinds_that_stand_for_themselves(books: Books) -> None:
    changed = ORDER_CHANGED_AFTER_POSTING.about(
        "1001", order_ref="1001", what="changed", erp_ref="SO1", problem="by hand"
    )
    await books.cases.raise_case(GHOST, record="order", record_id=1)
    await books.cases.raise_case(changed, record="order", record_id=1)
    await books.cases.let_go("order", [1], reason="posted", actor="crossdock", keep=[changed.kind.code])
    assert await books.kinds() == {"order-changed-after-posting": 1}


async def test_held_only_where_it_is_found_now(books: Books) -> None:
    stop = ACCOUNT_ON_STOP.about("HART01", account="HART01")
    await books.cases.hold_only([GHOST, FREE], record="despatch-of", record_id=7, ref="1001")
    await books.cases.hold_only([FREE, stop], record="despatch-of", record_id=7, ref="1001")
    assert await books.kinds() == {"price-zero": 1, "account-on-stop": 1}
    assert await books.cases.holding("despatch-of", [7, 8]) == {7}
    await books.cases.hold_only([], record="despatch-of", record_id=7, ref="1001")
    assert (await books.kinds(), await books.cases.holding("despatch-of", [7])) == ({}, frozenset())


async def test_a_record_that_comes_while_the_last_one_goes_is_in_an_open_case(books: Books) -> None:
    """One transaction closes what it thinks is empty while another has just put a record in."""
    await books.cases.raise_case(GHOST, record="order", record_id=1)
    async with books.pool.acquire() as connection, connection.transaction():
        await hold_records(connection, books.scope, "order", [2], findings=[GHOST])
        closing = asyncio.create_task(books.cases.let_go("order", [1], reason="gone", actor="crossdock"))
        await blocked(books)
    await closing
    assert await books.kinds() == {"stock-code-unknown": 1}
    assert await books.cases.holding("order", [2]) == {2}


async def blocked(books: Books) -> None:
    """Until another transaction waits for ours."""
    await eventually(
        lambda: books.pool.fetchval(
            "select count(*) > 0 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
    )


async def test_two_transactions_that_wait_for_each_other_both_come_through(books: Books) -> None:
    for _ in range(12):
        await books.cases.raise_case(GHOST, record="order", record_id=1)
        await books.cases.raise_case(FREE, record="order", record_id=2)
        await asyncio.gather(
            books.cases.hold_only([FREE], record="order", record_id=1, ref=""),
            books.cases.hold_only([GHOST], record="order", record_id=2, ref=""),
        )
    assert await books.kinds() == {"stock-code-unknown": 1, "price-zero": 1}


async def test_what_no_text_can_hold_is_told_without_it(books: Books) -> None:
    finding = STOCK_CODE_UNKNOWN.about("GHO\0ST", sku="GHO\0ST")
    case_id = await books.cases.raise_case(finding, record="order", record_id=1, evidence="PK\0\1 a zip")
    case = await books.cases.find_case(case_id)
    assert case is not None
    assert (case.subject, case.evidence) == ("GHO\ufffdST", "PK\ufffd\1 a zip")
