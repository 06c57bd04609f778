"""Price lists in bulk: staged by COPY, taken over and compared in SQL, so that memory stays flat in their number."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from crossdock.decide.price_lists import FIRST, LAST, PricePolicy
from crossdock.model.price import Price, ShownPrice
from crossdock.ports.busy import Busy
from crossdock.ports.price_book import Differences, ListFed, PriceDrift, UnconfirmedUnit
from crossdock.store.database import Connection
from crossdock.store.offers import fill_offers
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("prices")
TABLES = "price_staged, price_seen, price_wanted, price_different, offered"
IN_MEMORY = "set local work_mem = '32MB'"


class PgPriceBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator["PgPriceRun"]:
        """The one run over this pairing's prices; raises Busy when another worker has it.

        The lock lives in the connection, so a worker that dies gives it back at once.
        """
        async with self.scope.pool.acquire() as connection:
            lock = f"prices {self.scope.tenant} {self.scope.pairing}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            try:
                await connection.execute(f"drop table if exists {TABLES}")
                for name in ("stage", "see", "want", "differ"):
                    await connection.execute(SQL[name])
                yield PgPriceRun(self.scope, connection)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)
                await connection.execute(f"drop table if exists {TABLES}")


class PgPriceRun:
    def __init__(self, scope: Scope, connection: Connection) -> None:
        self.scope = scope
        self._connection = connection
        self._places = itertools.count()

    async def begin(self) -> None:
        """Forget what was staged: another list comes."""
        await self._connection.execute("truncate price_staged")

    async def stage(self, prices: Sequence[Price]) -> None:
        rows = [
            (next(self._places), one.stock_code.lower(), one.currency, one.unit, one.per, one.quantity_from,
             one.quantity_to, one.price, one.is_net, one.tax_percent, one.valid_from or FIRST, one.valid_to or LAST)
            for one in prices
        ]  # fmt: skip
        await self._connection.copy_records_to_table("price_staged", records=rows)

    async def missing(self, price_list: str) -> int:
        return int(await self._connection.fetchval(SQL["missing"], self.scope.tenant, self.scope.erp, price_list))

    async def kinds(self) -> frozenset[bool]:
        return frozenset(row["is_net"] for row in await self._connection.fetch(SQL["kinds"]))

    async def take(self, price_list: str, *, unreadable: Sequence[str], whole: bool) -> int:
        scope, mine = self.scope, (self.scope.tenant, self.scope.erp, price_list)
        async with self._connection.transaction():
            await self._connection.execute(
                "select pg_advisory_xact_lock(hashtext($1))", f"list {scope.erp} {price_list}"
            )
            changed = int(await self._connection.fetchval(SQL["take"], *mine))
            if whole:
                codes = [code.lower() for code in unreadable]
                changed += int(await self._connection.fetchval(SQL["forget"], *mine, codes))
        return changed

    async def lists_shown(self) -> Sequence[str]:
        rows = await self._connection.fetch(SQL["lists_shown"], self.scope.tenant, self.scope.pairing)
        return [row["price_list"] for row in rows]

    async def forget_lists(self, gone: Sequence[str], *, fed: Sequence[str]) -> None:
        mine = (self.scope.tenant, self.scope.pairing)
        await self._connection.execute(SQL["forget_lists"], *mine, list(gone))
        await self._connection.execute(SQL["strangers"], *mine, list(fed))

    async def see(self, prices: Sequence[ShownPrice]) -> None:
        rows = [(one.sku, one.unit, one.currency, one.quantity, one.value, one.ref) for one in prices]
        await self._connection.copy_records_to_table("price_seen", records=rows)

    async def seen(self, price_list: str, *, began: datetime) -> None:
        mine = (self.scope.tenant, self.scope.pairing, price_list, began)
        async with self._connection.transaction():
            await self._connection.execute(SQL["note_seen"], *mine)
            await self._connection.execute(SQL["forget_unseen"], *mine)
            await self._connection.execute("truncate price_seen")

    async def compare(
        self,
        lists: Sequence[ListFed],
        *,
        fed: Sequence[str],
        doubtful: Sequence[tuple[str, str]],
        policy: PricePolicy,
        today: date,
    ) -> Differences:
        scope, connection = self.scope, self._connection
        feed = [one.price_list for one in lists], [one.shown_in for one in lists]
        allowed = [(one.shown_in, currency) for one in lists for currency in sorted(one.currencies)]
        pairs = [shown for shown, _ in allowed], [currency for _, currency in allowed]
        decimals = [policy.decimals_of(currency) for currency in pairs[1]]
        async with connection.transaction():
            await connection.execute(f"{IN_MEMORY}; truncate price_wanted, price_different")
            await fill_offers(connection, scope)
            await connection.execute(
                SQL["reckon"], scope.tenant, scope.erp, *feed, [one.is_net for one in lists], *pairs, decimals,
                policy.rounding, today,
            )  # fmt: skip
            await connection.execute(
                SQL["compare"], scope.tenant, scope.pairing, feed[1], list(fed), [name for name, _ in doubtful],
                [code.lower() for _, code in doubtful], policy.unknown == "remove",
            )  # fmt: skip
            (counts,) = await connection.fetch(SQL["counts"])
            zero = await connection.fetch(SQL["zero"])
            units = await connection.fetch(SQL["unconfirmed"], scope.tenant, scope.erp, feed[0])
            foreign = await connection.fetch(SQL["foreign_currencies"], scope.tenant, scope.erp, *feed, *pairs)
        return Differences(
            wanted=counts["wanted"], writes=counts["writes"], removals=counts["removals"],
            zero=tuple((row["price_list"], row["sku"]) for row in zero),
            unconfirmed=tuple(
                UnconfirmedUnit(
                    sku=row["sku"], unit=row["unit"], problem=row["problem"], listed=row["listed"],
                    declared=Fraction(row["declared_over"]) / Fraction(row["declared_under"]),
                )
                for row in units
            ),
            foreign=tuple((row["shown_list"], row["currency"]) for row in foreign),
        )  # fmt: skip

    async def differences(self, *, removals: bool, batch: int) -> AsyncIterator[Sequence[ShownPrice]]:
        last = 0
        while rows := await self._connection.fetch(SQL["differences"], removals, last, batch):
            last = rows[-1]["n"]
            yield [ShownPrice(**{name: row[name] for name in _FIELDS}) for row in rows]

    async def believe(self, run_id: int) -> None:
        await self._connection.execute(SQL["believed"], run_id, self.scope.tenant, self.scope.pairing)

    async def drift(self, run_id: int, *, batch: int) -> AsyncIterator[Sequence[PriceDrift]]:
        last = 0
        mine = (self.scope.tenant, self.scope.pairing)
        while rows := await self._connection.fetch(SQL["drift"], *mine, last, batch, run_id):
            last = rows[-1]["n"]
            yield [
                PriceDrift(
                    price=ShownPrice(**{name: row[name] for name in _FIELDS}), shown=row["shown"],
                    removes=row["removes"], moved=row["moved"],
                )
                for row in rows
            ]  # fmt: skip

    async def writing(self, prices: Sequence[ShownPrice], *, at: datetime) -> None:
        await self._note("writing", prices, at)

    async def written(self, prices: Sequence[ShownPrice]) -> None:
        await self._note("written", prices)

    async def refused(self, prices: Sequence[ShownPrice]) -> None:
        await self._note("refused", prices)

    async def removing(self, prices: Sequence[ShownPrice], *, at: datetime) -> None:
        await self._note("removing", prices, at)

    async def removed(self, prices: Sequence[ShownPrice]) -> None:
        await self._note("removed", prices)

    async def _note(self, name: str, prices: Sequence[ShownPrice], *more: Any) -> None:
        if prices:
            columns = [[getattr(one, field) for one in prices] for field in _FIELDS]
            await self._connection.execute(SQL[name], self.scope.tenant, self.scope.pairing, *columns, *more)


_FIELDS: Sequence[str] = ("price_list", "sku", "unit", "currency", "quantity", "value", "ref")
