"""Akeneo describes, Khaos Control accounts: products become stock items, sold once the ERP has confirmed them."""

from collections.abc import Mapping
from typing import Any

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.play import Play

COUNTS = """
select count(*) as taken, count(*) filter (where state in ('waiting', 'unreadable')) as waiting
from catalogue_product where tenant = $1 and pairing = $2
"""


class AkeneoKhaos(Play):
    """The ERP fetches what is laid out for it from Crossdock's own door."""

    name = "akeneo-khaos"

    async def open(self) -> None:
        self.pim = self.estate.simulators["akeneo"]
        self.erp = self.estate.simulators["khaos"]
        await self.fetch()

    async def trade(self) -> None:
        if self.wave % 2:
            await self._new(f"NEW-{self.wave}")
        match self.wave:
            case 2:
                await self._a_supplier_nobody_mapped()
            case 3:
                await self._new("BAD#1")
                await self.until(self._is_open("item-invalid-for-erp"), "the data desk is told of BAD#1")
                self.note("BAD#1 is described in the PIM; the ERP's codes hold no #")
            case 4:
                await self._renamed()
            case 6:
                await self.settle("attribute-unmapped", "data desk", Remedy.MAP_CODE, {"code": "MOO01"})
            case 7:
                await self.pim.act("rename_sku", {"product": "BAD#1", "sku": "GOOD-1"})
                await self.pim.act("edit_value", {"product": "GOOD-1", "attribute": "name", **_english("Lantern")})
                self.note("an editor renames BAD#1 to GOOD-1; it goes on by itself")
            case 8:
                await self._renamed_there_too()
        await self.fetch()

    async def close(self) -> None:
        async def is_out() -> bool:
            await self.fetch()
            return not await self.here.pool.fetchval(OUT, self.here.tenant, self.name)

        await self.until(is_out, "the ERP has confirmed every item that is laid out")

    async def fetch(self) -> None:
        await self.estate.fetch(self.name, "download_provided_stock")

    async def _new(self, sku: str, **values: Any) -> None:
        name = [{"locale": "en_GB", "scope": None, "data": f"Lantern {sku}"}]
        await self.pim.act("create_product", {"sku": sku, "values": {"name": name, **values}})

    async def _a_supplier_nobody_mapped(self) -> None:
        await self.pim.act("add_option", {"attribute": "supplier", "option": "MOON"})
        for number in range(5):
            await self._new(f"MOON-{number}", supplier="MOON")
        await self.until(self._is_open("attribute-unmapped"), "the data desk is told of the supplier")
        self.note("five products come from MOON, a supplier whose number in the ERP nobody has given")

    async def _renamed(self) -> None:
        await self.pim.act("rename_sku", {"product": RENAMED, "sku": f"{RENAMED}-X"})
        await self.until(self._is_open("structure-change-blocked"), "the data desk is told of the new SKU")
        self.note(f"an editor gives {RENAMED} another SKU; its stock and history are under the old one in the ERP")

    async def _renamed_there_too(self) -> None:
        await self.erp.act("rename_item", {"sku": RENAMED, "new_code": f"{RENAMED}-X"})
        await self.run("items")
        await self.settle("structure-change-blocked", "data desk", Remedy.RETRY)

    def _is_open(self, kind: str) -> Any:
        async def is_open() -> bool:
            return bool(await self.cases(kind))

        return is_open

    async def documents_now(self) -> dict[str, int]:
        row = await self.here.pool.fetchrow(COUNTS, self.here.tenant, self.name)
        taken, waiting = (row["taken"], row["waiting"]) if row is not None else (0, 0)
        return {"documents_in": taken, "settled": taken - waiting, "waiting": waiting}


RENAMED = "NEW-1"
OUT = "select count(*) from catalogue_product where tenant = $1 and pairing = $2 and state = 'put_out'"


def _english(text: str) -> Mapping[str, str]:
    return {"value": text, "locale": "en_GB"}
