"""However many events there are, the ERP is written to at its own pace, in few large batches."""

import asyncio
from datetime import UTC, datetime

from crossdock.ports.systems import WebhookEvent
from crossdock.store.webhooks import take_event
from crossdock.wiring.waking import woken
from tests.retail.shops import PLENTY, YORK, Shops


async def send(shops: Shops, numbers: range) -> None:
    """Events as the door takes them, once their signature is proven."""

    async def one(number: int) -> None:
        event = WebhookEvent(
            key=f"evt-{number}", topic="stock.level_changed", sent_at=datetime.now(UTC),
            subjects=(("stock-level", f"{YORK}/{PLENTY}"),),
        )  # fmt: skip
        asked = woken(shops.here, "retail-stock", event)
        due = [(wish.pairing, wish.flow, wish.gap_seconds) for wish in asked.due]
        await take_event(
            shops.here.pool, tenant=shops.here.tenant, system="retail-stock", event=event, jobs=asked.jobs, due=due
        )

    for start in range(numbers.start, numbers.stop, 100):
        await asyncio.gather(*(one(number) for number in range(start, start + 100)))


async def test_ten_thousand_events_are_a_handful_of_batches(shops: Shops) -> None:
    """Shops trade as hard as they can; each change is an event. The worker's own clock decides when a look is due."""
    pace = shops.pairing.policy.intake.pace_seconds
    writes, looks = shops.writes(), 0
    await shops.here.runs.ensure(shops.name, "retail-stock")
    for wave in range(10):
        told = await shops.retail.act("trade", {"count": 1000})
        assert told["sold"] + told["returned"] > 100
        await send(shops, range(wave * 1000, (wave + 1) * 1000))
        while await shops.here.runs.claim(shops.name, "retail-stock", every_seconds=60.0):
            await shops.well("retail-stock")
            looks += 1
        await shops.pass_time(pace)
    await shops.book()
    assert shops.booked_as_told()
    assert looks <= 10
    assert shops.writes() - writes <= 3 * (looks + 1)  # one for each shop's site, however much it sold


async def test_an_event_makes_the_next_look_sooner_and_a_second_one_makes_it_no_sooner(shops: Shops) -> None:
    runs, flow = shops.here.runs, "retail-stock"
    await runs.ensure(shops.name, flow)
    assert await runs.claim(shops.name, flow, every_seconds=60.0)
    await send(shops, range(100))
    assert not await runs.claim(shops.name, flow, every_seconds=60.0)  # it looked just now
    await shops.here.pool.execute(
        "update cadence set next_at = next_at - interval '5 s', began_at = began_at - interval '5 s'"
    )
    assert await runs.claim(shops.name, flow, every_seconds=60.0)
    assert not await runs.claim(shops.name, flow, every_seconds=60.0)


async def test_batches_follow_one_another_at_the_pace_and_no_faster(opened) -> None:
    """A batch that is full asks for the next one itself, after the pace of the pairing."""
    async with opened(pairing={"intake": {"batch_max": 10, "pace_seconds": 30}}) as shops:
        await shops.well("items")
        first = await shops.well("retail-stock")
        assert first["booked"] == 10
        again = await shops.well("retail-stock")  # whoever asks: not before the pace says so
        assert ("booked" not in again, again["waiting"]) == (True, 10)
        rows = await shops.here.pool.fetch(
            "select payload, execute_after > now() + interval '25 s' as later from pgqueuer where status = 'queued'"
        )
        assert [(row["payload"].decode(), row["later"]) for row in rows] == [("shops-khaos/retail-stock", True)]
        await shops.book_all()
        assert shops.booked_as_told()
