"""When flows fall due, and what was heard already."""

import asyncio

from crossdock.ports.runtime import Job
from crossdock.ports.systems import WebhookEvent
from crossdock.store.database import Pool
from crossdock.store.runs import RunBook, read_status
from crossdock.store.webhooks import take_event
from tests.store.books import PAIRING, TENANT


async def test_each_time_a_flow_falls_due_one_worker_runs_it(pool: Pool) -> None:
    books = [RunBook(pool, TENANT) for _ in range(6)]
    for book in books:
        await book.ensure(PAIRING, "orders")
    for _ in range(3):
        claims = await asyncio.gather(*(book.claim(PAIRING, "orders", every_seconds=3600) for book in books))
        assert claims.count(True) == 1
        assert not await books[0].claim(PAIRING, "orders", every_seconds=3600)
        await books[0].hurry(PAIRING, "orders")


async def test_failures_in_a_row_are_counted_and_a_good_run_tells_how_many_there_were(pool: Pool) -> None:
    book = RunBook(pool, TENANT)
    await book.ensure(PAIRING, "orders")
    told = [
        await book.ended(PAIRING, "orders", well=well, result={"n": number})
        for number, well in enumerate([True, False, False, True, True])
    ]
    assert told == [0, 1, 2, 2, 0]
    (flow,) = (await read_status(pool, TENANT))["flows"]
    assert (flow["failures"], flow["result"]) == (0, {"n": 4})


async def test_one_event_asks_for_its_work_once_and_together_with_being_remembered(pool: Pool) -> None:
    event = WebhookEvent(key="m-1", topic="order.created", order_refs=("17",))
    job = Job(entrypoint="fetch", subject="oro-khaos/17", key="fetch/17")
    takes = [
        take_event(pool, tenant=TENANT, system="shop", event=event, jobs=[job], due=[(PAIRING, "orders", 0.0)])
        for _ in range(5)
    ]
    assert sorted(await asyncio.gather(*takes)) == [False] * 4 + [True]
    assert await pool.fetchval("select count(*) from pgqueuer") == 1
