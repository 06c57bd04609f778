"""Orders are read to the proven end of the list, or the watermark stays where it was (law L9)."""

import hashlib
import hmac
import time
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from crossdock.api.hooks import Trickle, take
from crossdock.flows.capture import FEED
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from tests.eventually import eventually
from tests.flows.conftest import Opener
from tests.worker import working
from tests.world import World

LIST = r"^GET /admin/api/orders"


async def watermark(world: World) -> datetime | None:
    return await world.pairing.reference.watermark(FEED)


async def captured(world: World) -> int:
    return int(await world.here.pool.fetchval("select count(*) from sales_order"))


@pytest.mark.parametrize(
    "knob",
    [{"kind": "truncated_body"}, {"kind": "html_page"}, {"kind": "status", "status": 502}, {"kind": "lost_reply"}],
    ids=lambda knob: str(knob["kind"]),
)
async def test_a_sweep_that_was_cut_short_moves_no_watermark_and_the_next_one_gets_everything(
    opened: Opener, knob: dict[str, Any]
) -> None:
    async with opened(system={"shop": {"page_size": 2}}) as world:
        refs = [await world.sell() for _ in range(5)]
        world.shop.faults.set([{**knob, "match": LIST, "after": 1}])
        before = await watermark(world)
        result = await world.run("orders")
        assert ("problem" in result, await watermark(world)) == (True, before)
        world.shop.faults.reset()
        await world.deliver()
        assert {await world.state(ref) for ref in refs} == {"posted"}
        assert await world.broken_laws() == {}


async def test_a_list_that_is_shorter_than_it_says_is_not_believed(opened: Opener) -> None:
    async with opened(system={"shop": {"page_size": 2}}) as world:
        refs = [await world.sell() for _ in range(5)]
        world.shop.faults.set([{"kind": "short_list", "match": LIST, "count": 1}])
        await world.run("orders")
        world.shop.faults.reset()
        await world.deliver()
        assert {await world.state(ref) for ref in refs} == {"posted"}


async def test_a_row_that_comes_twice_is_one_order(world: World) -> None:
    refs = [await world.sell() for _ in range(3)]
    world.shop.faults.set([{"kind": "duplicate_row", "match": LIST}])
    await world.deliver()
    assert (await captured(world), {len(world.posted(ref)) for ref in refs}) == (3, {1})


async def test_what_came_before_the_cut_is_kept_and_delivered(opened: Opener) -> None:
    async with opened(system={"shop": {"page_size": 2}}) as world:
        refs = [await world.sell() for _ in range(4)]
        world.shop.faults.set([{"kind": "status", "status": 500, "match": LIST, "after": 1}])
        await world.deliver()
        assert 0 < await captured(world) < len(refs)
        assert await world.here.pool.fetchval("select count(*) from sales_order where state <> 'posted'") == 0


async def test_a_whole_sweep_moves_the_watermark_to_the_newest_change_by_the_shop_s_own_clock(world: World) -> None:
    world.shop.skew = timedelta(hours=-3)
    refs = [await world.sell() for _ in range(3)]
    await world.run("orders")
    newest = max(datetime.fromisoformat(world.sold(ref)["updated_at"]) for ref in refs)
    assert await watermark(world) == newest
    before = await watermark(world)
    await world.run("orders")
    assert await watermark(world) == before


async def test_a_sweep_reaches_back_behind_its_watermark(world: World) -> None:
    """An order may be committed over there after one that was changed later."""
    late = await world.sell()
    newer = datetime.fromisoformat(world.sold(late)["updated_at"]) + timedelta(seconds=200)
    await world.pairing.reference.move_watermark(FEED, newer)
    await world.run("orders")
    assert (await world.state(late), await watermark(world)) == ("captured", newer)


async def test_an_expired_token_is_renewed_and_nobody_notices(world: World) -> None:
    ref = await world.sell()
    world.shop.faults.set([{"kind": "expired_token", "count": 2}])
    await world.deliver()
    assert (await world.state(ref), await world.cases(state=None)) == ("posted", [])


async def test_a_read_that_fails_three_times_is_a_case_that_closes_with_the_first_good_read(world: World) -> None:
    world.shop.faults.set([{"kind": "truncated_body", "match": LIST}])
    for number in range(3):
        assert len(await world.cases()) == 0, number
        await world.run("orders")
    assert (await world.the_case("read-incomplete")).subject == "shop orders"
    await world.run("orders")
    assert len(await world.cases()) == 1
    world.shop.faults.reset()
    await world.run("orders")
    assert await world.cases() == []


async def test_orders_older_than_the_start_are_left_alone(opened: Opener) -> None:
    async with opened(pairing={"orders": {"start_from": "2100-01-01T00:00:00Z"}}) as world:
        await world.sell()
        await world.deliver()
        assert await captured(world) == 0


async def test_a_webhook_wakes_the_look_and_a_second_delivery_asks_for_nothing(world: World) -> None:
    ref = await world.sell()
    headers, raw = event(world, ref)
    for _ in range(2):
        await take(world.here, "shop", headers, raw, trickle=Trickle())
    assert await world.here.pool.fetchval("select count(*) from pgqueuer where entrypoint = 'fetch'") == 1
    await world.work()
    assert (await world.state(ref), world.shop.calls[f"GET /admin/api/orders/{world.sold(ref)['id']}"]) == ("posted", 1)


async def test_a_webhook_about_an_order_that_cannot_be_read_now_fails_nothing_and_the_sweep_finds_it(
    world: World,
) -> None:
    ref = await world.sell()
    world.shop.faults.set([{"kind": "status", "status": 503, "match": r"GET /admin/api/orders/\d"}])
    await take(world.here, "shop", *event(world, ref), trickle=Trickle())
    await world.work()
    assert await captured(world) == 0
    await world.deliver()
    assert await world.state(ref) == "posted"


def event(world: World, ref: str) -> tuple[dict[str, str], bytes]:
    """One the shop would send, signed for a world whose settings name the secret."""
    data = {"data": {"type": "orders", "id": world.sold(ref)["id"]}}
    body = {"topic": "order.created", "eventData": data, "timestamp": int(time.time()), "messageId": f"m-{ref}"}
    raw = orjson.dumps(body)
    return {"webhook-signature": hmac.new(SANDBOX_CREDENTIAL.encode(), raw, hashlib.sha256).hexdigest()}, raw


async def test_the_worker_does_all_this_by_itself(world: World) -> None:
    async with working(world.here):
        refs = [await world.sell() for _ in range(10)]
        await eventually(lambda: all(world.posted(ref) for ref in refs))
        await eventually(lambda: all(world.sold(ref)["external_id"] for ref in refs))
    assert await world.broken_laws() == {}
