"""WAIR counts in the shops, Khaos Control accounts: sales and counts of three stores become figures in the ledger, and
the shops hear of the ERP's items and of what stands at its own places."""

from collections.abc import Mapping
from decimal import Decimal

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.play import Play

COUNTS = """
select count(*) as taken, count(*) filter (where problem <> '') as waiting
from retail_level where tenant = $1 and pairing = $2
"""
YORK = "STORE-YORK"


class WairKhaos(Play):
    """Each place has one owner: the stores are counted here, the warehouse in the ERP."""

    name = "wair-khaos"

    async def open(self) -> None:
        self.shops = self.estate.simulators["retail-stock"]
        self.erp = self.estate.simulators["khaos"]

    async def trade(self) -> None:
        await self.shops.act("trade", {"count": 20})
        match self.wave:
            case 2:
                await self._an_item_that_is_not_ready()
            case 3:
                await self.shops.act("receive_goods", {"location": YORK, "sku": "HP-1001", "quantity": 24})
                self.note("24 HP-1001 arrive in the York store")
            case 5:
                await self.shops.act("publish_stale", {"location": YORK, "sku": "HP-1001"})
                self.note("an old figure of HP-1001 in York arrives late, and changes nothing")
            case 6:
                await self._its_remedy()
            case 7:
                await self._a_set_on_the_shelf()
            case 8:
                await self._a_courier_nobody_mapped()
            case 9:
                await self.shops.act("count_stock", {"location": YORK, "sku": "HP-1002", "counted": 3})
                self.note("York counts a shelf of HP-1002: three")

    async def _an_item_that_is_not_ready(self) -> None:
        """The sizing layer lacks a measure: the shops hold the item and may not sell it yet."""

        async def is_told() -> bool:
            return bool(await self.cases("item-not-on-sale"))

        await self.until(is_told, "the data desk is told which items are not ready")
        for case in await self.cases("item-not-on-sale"):
            self.note(case.cause.rstrip("."))

    async def _its_remedy(self) -> None:
        """Somebody measures one of them; nobody touches its case."""
        cases = await self.cases("item-not-on-sale")
        if not cases:
            return
        sku = cases[0].subject
        await self.shops.act("set_body_map", {"sku": sku, "body_map_id": "BM-HANDLE"})

        async def is_closed() -> bool:
            await self.run("retail-items")
            return sku not in {one.subject for one in await self.cases("item-not-on-sale")}

        await self.until(is_closed, f"the case of {sku} is closed")
        self.note(f"the data desk measures {sku} and enters it; the case closes by itself, and the item is on sale")

    async def _a_set_on_the_shelf(self) -> None:
        """A set is its parts, which are counted already; with the parts put away the count of the set stands alone."""
        await self.shops.act("receive_goods", {"location": YORK, "sku": "KIT-DOOR", "quantity": 3})

        async def is_told() -> bool:
            await self.run("retail-stock")
            return bool(await self.cases("stock-write-rejected"))

        await self.until(is_told, "operations are told of the sets")
        self.note("York counts three door sets, whose parts are counted already: nothing is booked twice")
        await self.shops.act("correct_stock", {"location": YORK, "sku": "KIT-DOOR", "quantity": -3})

    async def _a_courier_nobody_mapped(self) -> None:
        """An order taken by telephone leaves from York: it is closed in the ERP once somebody says by whom it went."""
        goods = {"sku": self._well_stocked(), "quantity": 2}
        code = (await self.erp.act("sell", {**goods, "site": "York"}))["code"]
        left = {"order_ref": code, "location": YORK, "carrier": "yodel", "service": "48h", "lines": [goods]}
        await self.shops.act("dispatch_order", left)

        async def is_told() -> bool:
            await self.run("retail-despatches")
            return bool(await self.cases("carrier-unmapped"))

        await self.until(is_told, "operations is told of the courier")
        self.note(f"York sends order {code} off with a courier that nobody mapped; the ERP's order stays open")
        await self.settle("carrier-unmapped", "operations desk", Remedy.MAP_CODE, {"code": "PFW"})

        async def is_closed() -> bool:
            return any(one["code"] == code and one["complete"] for one in self.erp.state()["orders"])

        await self.until(is_closed, f"order {code} is closed in the ERP")
        self.note(f"order {code} is closed in the ERP, with the courier and the number of its parcel")

    def _well_stocked(self) -> str:
        """Of what York counts, the item that the ERP holds most of there: an order for it is assigned its goods."""
        counted = {one["sku"] for one in self.shops.state()["levels"] if one["location_code"] == YORK}
        shelves = [one for one in self.erp.state()["stock"] if one["site"] == "York" and one["sku"] in counted]
        return str(max(shelves, key=lambda one: (Decimal(str(one["available"])), one["sku"]))["sku"])

    async def close(self) -> None:
        async def is_booked() -> bool:
            await self.run("retail-stock")
            return not await self.here.pool.fetchval(WAITING, self.here.tenant, self.name)

        await self.until(is_booked, "every shelf is booked in the ERP")

        async def is_told() -> bool:
            await self.run("retail-levels")
            return self._told_as_counted()

        await self.until(is_told, "the shops know what stands at the ERP's own places")

    def _told_as_counted(self) -> bool:
        """Whether each figure that the shops were told is the ERP's count there, of the codes that it still has."""
        counts = {(one["site"], one["sku"]): Decimal(str(one["on_hand"])) for one in self.erp.state()["stock"]}
        told: list[Mapping[str, str]] = self.shops.state()["told_levels"]
        sites = {code: place.site for code, place in self.here.retail[self.name].policy.places.items()}
        both = [(counts.get((sites[one["location_code"]], one["sku"])), Decimal(one["physical"])) for one in told]
        return bool(told) and all(count is None or count == says for count, says in both)

    async def documents_now(self) -> dict[str, int]:
        row = await self.here.pool.fetchrow(COUNTS, self.here.tenant, self.name)
        taken, waiting = (row["taken"], row["waiting"]) if row is not None else (0, 0)
        return {"documents_in": taken, "settled": taken - waiting, "waiting": waiting}


WAITING = """
select count(*) from retail_level
where tenant = $1 and pairing = $2 and waiting_since is not null and problem = ''
"""
