"""WAIR counts in the shops, Khaos Control accounts: sales and counts of three stores become figures in the ledger."""

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
            case 3:
                await self.shops.act("receive_goods", {"location": YORK, "sku": "HP-1001", "quantity": 24})
                self.note("24 HP-1001 arrive in the York store")
            case 5:
                await self.shops.act("publish_stale", {"location": YORK, "sku": "HP-1001"})
                self.note("an old figure of HP-1001 in York arrives late, and changes nothing")
            case 9:
                await self.shops.act("count_stock", {"location": YORK, "sku": "HP-1002", "counted": 3})
                self.note("York counts a shelf of HP-1002: three")

    async def close(self) -> None:
        async def is_booked() -> bool:
            await self.run("retail-stock")
            return not await self.here.pool.fetchval(WAITING, self.here.tenant, self.name)

        await self.until(is_booked, "every shelf is booked in the ERP")

    async def documents_now(self) -> dict[str, int]:
        row = await self.here.pool.fetchrow(COUNTS, self.here.tenant, self.name)
        taken, waiting = (row["taken"], row["waiting"]) if row is not None else (0, 0)
        return {"documents_in": taken, "settled": taken - waiting, "waiting": waiting}


WAITING = """
select count(*) from retail_level
where tenant = $1 and pairing = $2 and waiting_since is not null and problem = ''
"""
