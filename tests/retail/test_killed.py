"""A kill between any two calls loses nothing and repeats no effect (law L10)."""

import itertools

from tests.retail.dying import Fuse, Killed, dying
from tests.retail.shops import LEEDS, OTHER, PLENTY, YORK, Shops


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
