"""Two workers on one database, with trouble on the wire: together they do everything once."""

from crossdock.wiring.installation import open_installation
from tests.eventually import eventually
from tests.flows.conftest import Opener
from tests.worker import working
from tests.world import PLENTY, UNTAXED, book

SHOP_TROUBLE = [
    {"kind": "lost_reply", "match": "^POST /admin/api/ordershippingtrackings", "rate": 0.2},
    {"kind": "truncated_body", "match": "^GET", "rate": 0.05},
]
ERP_TROUBLE = [
    {"kind": "lost_reply", "match": "ImportOrders", "rate": 0.1},
    {"kind": "lost_request", "match": "ImportOrders", "rate": 0.1},
    {"kind": "status", "status": 503, "match": "ExportOrderStatusEx", "rate": 0.1},
]
BRISK = {"orders_every_seconds": 0.5, "despatch_every_seconds": 0.5, "storefront_settle_seconds": 0.5}


async def test_two_workers_lose_nothing_and_repeat_nothing(opened: Opener) -> None:
    settle = {
        "khaos": {
            "settle_seconds": 0.5,
            "budget": {"concurrency": 4, "requests_per_second": 400, "breaker_failures": 50},
        }
    }
    async with opened(system=settle, pairing={"cadence": BRISK, "stock": {"every_seconds": 1}}) as world:
        world.shop.faults.set(SHOP_TROUBLE)
        world.erp.faults.set(ERP_TROUBLE)
        async with open_installation(world.project) as other, working(world.here), working(other):
            refs = [await world.sell((PLENTY, 1), (UNTAXED, 1)) for _ in range(30)]
            await eventually(lambda: all(world.posted(ref) for ref in refs))
            await world.erp.act("despatch_some", {"seed": 1, "share": 0.8, "boxes": 2})
            world.shop.faults.reset()
            world.erp.faults.reset()

            async def at_rest() -> bool:
                believed = await book(world.here)
                told = all(one["state"] == "published" for one in believed["despatches"])
                settled = all(one["state"] not in ("captured", "posting") for one in believed["orders"])
                return told and settled and await world.broken_laws() == {}

            await eventually(at_rest, every=0.5)
        assert {len(world.posted(ref)) for ref in refs} == {1}
        assert await world.broken_laws() == {}
