"""The sale of products in the store: staged by COPY, judged by the page, remembered in one statement."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crossdock.decide.offers import OfferFacts, OfferUnit
from crossdock.model import as_json
from crossdock.model.offer import Offer, SaleChange
from crossdock.model.stock import StockItem
from crossdock.ports.busy import Busy
from crossdock.ports.offer_book import Judged, OfferFile, Telling, UnlistedItem
from crossdock.store.database import Connection
from crossdock.store.offers import fill_offers
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("item_offers")
TABLES = "offer_staged, offer_priced, offer_judged, offered"
JUDGED: Sequence[str] = ("sku", "ref", "on_sale", "state", "missing", "owed", "switch")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """One unit as the statement gives it. over, under: what the storefront declares, as a fraction."""

    unit: str
    problem: str
    item: StockItem | None
    over: Decimal
    under: Decimal
    listed: Decimal | None


class PgOfferBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator["PgOfferRun"]:
        """The one run over this pairing's products; raises Busy when another worker has it.

        The lock lives in the connection, so a worker that dies gives it back at once.
        """
        async with self.scope.pool.acquire() as connection:
            lock = f"offers {self.scope.tenant} {self.scope.pairing}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            try:
                await connection.execute(f"drop table if exists {TABLES}")
                for name in ("stage", "priced", "judged"):
                    await connection.execute(SQL[name])
                yield PgOfferRun(self.scope, connection)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)
                await connection.execute(f"drop table if exists {TABLES}")

    async def accept(self, record_ids: Sequence[int], *, cause: str) -> None:
        await self.scope.pool.execute(SQL["accept"], list(record_ids), cause, self.scope.tenant)


class PgOfferRun:
    def __init__(self, scope: Scope, connection: Connection) -> None:
        self._scope = scope
        self._connection = connection
        self._mine = (scope.tenant, scope.pairing)

    async def stage(self, offers: Sequence[Offer]) -> None:
        rows = [(one.ref, one.sku, one.on_sale, one.tax_code) for one in offers]
        await self._connection.copy_records_to_table("offer_staged", records=rows)

    async def prepare(self) -> None:
        async with self._connection.transaction():
            await fill_offers(self._connection, self._scope)
            await self._connection.execute("create index on offered (sku)")
            for name in ("index", "index_keys", "analyze", "clear_priced"):
                await self._connection.execute(SQL[name])
            await self._connection.execute(SQL["find_priced"], *self._mine)

    async def unknown(self) -> Sequence[str]:
        return [row["code"] for row in await self._connection.fetch(SQL["unknown"])]

    async def products(self, *, priced: bool, batch: int = 500) -> AsyncIterator[Sequence[OfferFile]]:
        last = ""
        while rows := await self._connection.fetch(SQL["products"], *self._mine, self._scope.erp, last, batch):
            last = rows[-1]["sku"]
            yield [_file(row, priced=priced) for row in rows]

    async def unlisted(
        self, *, price_lists: Sequence[str] | None, batch: int = 500
    ) -> AsyncIterator[Sequence[UnlistedItem]]:
        last, erp = "", (self._scope.tenant, self._scope.erp)
        while rows := await self._connection.fetch(SQL["unlisted"], *erp, last, batch, list(price_lists or ())):
            last = rows[-1]["code_key"]
            yield [
                UnlistedItem(
                    item=as_json.loads(StockItem, row["item"]), priced=None if price_lists is None else row["priced"]
                )
                for row in rows
            ]

    async def judge(self, judged: Sequence[Judged]) -> None:
        rows = [
            (one.sku, one.ref, one.on_sale, str(one.state), list(one.missing), list(one.told), one.switch)
            for one in judged
        ]
        await self._connection.copy_records_to_table("offer_judged", records=rows, columns=JUDGED)

    async def hides(self) -> int:
        return int(await self._connection.fetchval(SQL["hides"]))

    async def withhold(self) -> None:
        await self._connection.execute(SQL["withhold"])

    async def keep(self) -> None:
        await self._connection.execute(SQL["keep"], *self._mine)

    async def switches(self, *, batch: int) -> AsyncIterator[Sequence[SaleChange]]:
        for on_sale in (False, True):
            last = 0
            while rows := await self._connection.fetch(SQL["switches"], on_sale, last, batch):
                last = rows[-1]["n"]
                yield [SaleChange(ref=row["ref"], sku=row["sku"], on_sale=row["on_sale"]) for row in rows]

    async def switching(self, changes: Sequence[SaleChange]) -> None:
        await self._connection.execute(SQL["switching"], *self._mine, *_columns(changes))

    async def switched(self, changes: Sequence[SaleChange]) -> None:
        await self._connection.execute(SQL["switched"], *self._mine, *_columns(changes))

    async def making(self, skus: Sequence[str]) -> None:
        async with self._connection.transaction():
            for name in ("forget_prices", "making"):
                await self._connection.execute(SQL[name], *self._mine, list(skus))

    async def refused(self, problems: Mapping[str, str], *, off: bool) -> None:
        await self._connection.execute(SQL["refused"], *self._mine, list(problems), list(problems.values()), off)

    async def telling(self, limit: int = 500) -> Sequence[Telling]:
        await self._connection.execute(SQL["trim"], *self._mine)
        rows = await self._connection.fetch(SQL["telling"], *self._mine, limit)
        return [Telling(id=row["id"], sku=row["sku"], causes=tuple(row["causes"])) for row in rows]

    async def told(self, telling: Telling) -> None:
        await self._connection.execute(SQL["told"], telling.id, list(telling.causes))

    async def gone(self, limit: int = 500) -> Sequence[int]:
        return [row["id"] for row in await self._connection.fetch(SQL["gone"], *self._mine, limit)]

    async def forget(self, record_ids: Sequence[int]) -> None:
        await self._connection.execute(SQL["forget"], list(record_ids))

    async def counts(self) -> Mapping[str, int]:
        return await count_offers(self._connection, *self._mine)


async def list_offers(
    pool: Any,
    tenant: str,
    pairing: str,
    *,
    state: str | None = None,
    sku: str | None = None,
    after: str = "",
    limit: int = 200,
) -> Sequence[dict[str, Any]]:
    """Products in order of SKU: what each lacks, and the open cases it stands in."""
    return [dict(row) for row in await pool.fetch(SQL["list"], tenant, pairing, state, sku, after, limit)]


async def count_offers(pool: Any, tenant: str, pairing: str) -> Mapping[str, int]:
    """State → products."""
    return {row["state"]: row["offers"] for row in await pool.fetch(SQL["counts"], tenant, pairing)}


def _columns(changes: Sequence[SaleChange]) -> tuple[list[str], list[bool]]:
    return [one.sku for one in changes], [one.on_sale for one in changes]


def _file(row: Any, *, priced: bool) -> OfferFile:
    units = tuple(
        OfferUnit(
            unit=one.unit, item=one.item, problem=one.problem, listed=one.listed,
            declared=Fraction(one.over) / Fraction(one.under),
        )
        for one in as_json.loads(list[_Unit], row["units"])
    )  # fmt: skip
    facts = OfferFacts(
        on_sale=row["on_sale"], units=units, tax_code=row["tax_code"], priced=row["priced"] if priced else None,
        hidden=row["hidden"],
    )  # fmt: skip
    return OfferFile(ref=row["ref"], sku=row["sku"], facts=facts)
