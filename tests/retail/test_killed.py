"""A kill between any two calls loses nothing and repeats no effect (law L10)."""

import itertools

from crossdock.flows.retail_despatch import look_at_despatch
from tests.retail.dying import Fuse, Killed, dying
from tests.retail.shops import LEEDS, OTHER, PLENTY, YORK, Shops
from tests.retail.test_despatches import boxes, left, order_of, sold


async def test_the_intake_survives_a_kill_between_every_two_calls(shops: Shops) -> None:
    kills = 0
    for calls in itertools.count(1):
        await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 3})
        await shops.retail.act("sell", {"location": YORK, "sku": PLENTY, "quantity": 1})
        await shops.retail.act("receive_goods", {"location": LEEDS, "sku": OTHER, "quantity": 1})
        await shops.pass_time(60)
        fuse = Fuse(calls)
        try:
            await shops.run("retail-stock", dying(shops.pairing, fuse))
        except Killed:
            kills += 1
            await shops.book()
        assert shops.booked_as_told(), f"killed at call {calls}"
        assert not await shops.here.pool.fetchval("select count(*) from retail_level where unsure")
        if fuse.left > 0:
            break
    assert kills > 20
    assert await shops.cases() == []


async def test_every_lost_answer_of_the_erp_is_made_good(shops: Shops) -> None:
    for kind in ("lost_request", "lost_reply", "status", "truncated_body", "html_page"):
        await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 3})
        await shops.retail.act("receive_goods", {"location": LEEDS, "sku": OTHER, "quantity": 1})
        shops.erp.faults.set([{"kind": kind, "match": "ImportStockStatus", "count": 1}])
        await shops.run("retail-stock") if kind == "lost_request" else await shops.book()
        shops.erp.faults.set([])
        await shops.book()
        assert shops.booked_as_told(), kind


async def test_booking_despatches_survives_a_kill_between_every_two_calls(desks: Shops) -> None:
    """Each order is despatched in two parts; however often the process dies, each parcel is booked once."""
    kills, codes = 0, []
    await desks.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 900})
    await desks.book()
    for calls in itertools.count(1):
        code = await sold(desks, 3)
        codes.append(code)
        await left(desks, code, 1, part=True, tracking_numbers=[f"1Z-{calls}-a", f"1Z-{calls}-b"])
        await left(desks, code, 2, tracking_numbers=[f"1Z-{calls}-c"])
        await desks.pass_time(60)
        fuse = Fuse(calls)
        mortal = dying(desks.pairing, fuse)
        try:
            await desks.run("retail-despatches", mortal)
            for row in await desks.here.pool.fetch("select id from retail_despatch where state = 'found' order by id"):
                await look_at_despatch(mortal, row["id"])
        except Killed:
            kills += 1
        await desks.here.pool.execute("delete from pgqueuer")  # the jobs of a worker that died come back, or do not
        for _ in range(3):
            await desks.run("retail-despatches")
            await desks.pass_time(60)
            await desks.well("net")
            await desks.work()
        wanted = [f"1Z-{calls}-a", f"1Z-{calls}-b", f"1Z-{calls}-c"]
        assert (order_of(desks, code)["complete"], sorted(boxes(desks, code))) == (True, wanted), f"call {calls}"
        if fuse.left > 0:
            break
    assert kills > 20
    assert await desks.cases() == []
    await desks.book()
    assert desks.booked_as_told()
