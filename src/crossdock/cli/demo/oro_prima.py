"""An outlet sells through OroCommerce, Prima accounts, and its totals count."""

from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes import OUTLET

SHARES = {"unknown_sku_share": 0.04, "unlinked_share": 0.03, "discount_share": 0.1}
ERP_TROUBLE = [
    {"kind": "lost_reply", "match": "^POST /v1/orders", "count": 2, "after": 4},
    {"kind": "status", "status": 429, "retry_after": 0.3, "match": "^POST /v1/orders", "count": 2, "after": 12},
]


class OroPrima(SalesPlay):
    """Split shipments, back orders, an account on stop, units in doubt and a limit that is reached."""

    name = "oro-prima"
    shop_name, erp_name = "outlet", "prima-bridge"

    async def open(self) -> None:
        await self.until(self.all_shown, "the outlet shows Prima's free stock")
        await self._scenes()
        self.erp.faults.set(ERP_TROUBLE, seed=self.script.seed)

    async def trade(self) -> None:
        seed = self.script.seed * 3000 + self.wave
        await self.shop.act("place_orders", {"count": self.in_wave(self.orders), "seed": seed, **SHARES})
        await self.rest()
        await self._scenes()
        await self.erp.act("work_floor", {})
        await self.until(self.stock_caught_up, "the outlet shows what is left")

    async def _scenes(self) -> None:
        for scene in OUTLET.get(self.wave, ()):
            await scene(self)
