"""SCAYLE sells to households at gross prices, Khaos Control accounts: vouchers, campaigns, guests, parcels."""

from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes import HOME

TROUBLE = [
    {"kind": "status", "status": 429, "retry_after": 0.3, "match": "/orders", "count": 3, "after": 20},
    {"kind": "lost_reply", "match": "shipments", "count": 2, "after": 3},
]


class ScayleKhaos(SalesPlay):
    """The same warehouse as the trade shop's: what one sells the other may not sell again."""

    name = "scayle-khaos"
    shop_name, erp_name = "scayle", "khaos"

    async def open(self) -> None:
        await self.until(self.all_shown, "SCAYLE shows the warehouse's stock")
        self.shop.faults.set(TROUBLE, seed=self.script.seed)

    async def trade(self) -> None:
        seed = self.script.seed * 2000 + self.wave
        shoppers = {"countries": ["GB"], "guest_share": 0, "voucher_share": 0.3, "campaign_share": 0.3}
        await self.shop.act("place_orders", {"count": self.in_wave(self.orders), "seed": seed, **shoppers})
        await self.rest()
        for scene in HOME.get(self.wave, ()):
            await scene(self)
        await self.until(self.stock_caught_up, "SCAYLE shows what is left")

    async def close(self) -> None:
        await super().close()

        async def is_credited() -> bool:
            await self.run("returns")
            await self.estate.fetch(self.name, "download_returns")
            return all(one["state"] in ("credited", "waiting", "dropped") for one in await self.refunds())

        await self.until(is_credited, "every return is credited or before a person")
