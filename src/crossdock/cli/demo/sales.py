"""What the demo's sales pairings have in common: shoppers, a warehouse, and the wait until all is at rest."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.play import WAVES, Play, Script
from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.views import State, in_one_shape
from crossdock.store.runs import read_book

OURS_NO_MORE = ("set_aside", "withdrawn")
"""Orders that a desk or the shopper took out; one of the same number in the ERP is somebody else's doing."""


class SalesPlay(Play):
    """shop_name, erp_name: of the systems in the settings. orders: how many shoppers place in the day."""

    shop_name: ClassVar[str]
    erp_name: ClassVar[str]

    def __init__(self, script: Script, *, orders: int) -> None:
        super().__init__(script)
        self.orders = orders
        self.shop: Simulator = self.estate.simulators[self.shop_name]
        self.erp: Simulator = self.estate.simulators[self.erp_name]

    def systems(self) -> Sequence[Simulator]:
        return (self.shop, self.erp)

    def in_wave(self, total: int) -> int:
        """How many of the day's total belong to this wave."""
        return total * self.wave // WAVES - total * (self.wave - 1) // WAVES

    def shop_state(self) -> State:
        return in_one_shape(self.shop.kind, {**self.shop.state(), "calls": dict(self.shop.calls)})

    def erp_state(self) -> State:
        return in_one_shape(self.erp.kind, {**self.erp.state(), "calls": dict(self.erp.calls)})

    async def documents_now(self) -> dict[str, int]:
        rows = await self.book()
        waiting = sum(1 for row in rows if row["open_cases"])
        return {"documents_in": len(rows), "settled": len(rows) - waiting, "waiting": waiting}

    def sold(self) -> list[Mapping[str, Any]]:
        return [one for one in self.shop_state()["orders"] if one["placed_by"] == "shopper"]

    async def all_shown(self) -> bool:
        levels = self.shop_state()["inventory"]
        return sum(1 for level in levels if level["writes"]) >= len(levels) * 0.9

    async def is_settled(self) -> bool:
        book = await self.book()
        busy = any(row["state"] in ("captured", "posting") and not row["open_cases"] for row in book)
        return len(book) == len(self.sold()) and not busy

    async def all_told(self) -> bool:
        rows = await read_book(self.here.pool, self.here.tenant)
        despatches = [row for row in rows["despatches"] if row["pairing"] == self.name]
        known = {row["tracking_number"] for row in despatches}
        posted = {row["ref"] for row in await self.book() if row["state"] not in OURS_NO_MORE}
        orders = [order for order in self.erp_state()["orders"] if order["associated_ref"] in posted]
        boxes = [box for order in orders for invoice in order["invoices"] for box in invoice["boxes"]]
        left = {box["consignment"] for box in boxes if box["shipped"]}
        return left <= known and all(row["state"] in ("published", "waiting", "dropped") for row in despatches)

    async def stock_caught_up(self) -> bool:
        """A publication that began after now has ended."""
        return await self.run("stock")

    async def rest(self) -> None:
        await self.until(self.is_settled, "every order is in the ERP or before a person")

    async def send_again(self) -> None:
        """Operations looked in the ERP for whatever nobody could say was in."""
        while await self.cases("order-outcome-unknown"):
            reason = "looked in the ERP: it is certainly not there"
            await self.settle("order-outcome-unknown", "operations desk", Remedy.SEND_AGAIN, reason=reason)

    async def close(self) -> None:
        await self.rest()
        await self.send_again()
        await self.rest()
        await self.until(self.all_told, "the shop was told of every despatch")
        await self.until(self.stock_caught_up, "the shop shows what is left")
        await self.run("stock")
