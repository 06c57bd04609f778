"""Reference data of one pairing: ERP items and accounts, storefront targets, code maps, account links."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.model import as_json
from crossdock.model.account import Account, AccountLink
from crossdock.model.code_map import CodeMaps, MapKind
from crossdock.model.stock import StockItem, StockTarget
from crossdock.store.database import Connection
from crossdock.store.order_files import read_maps
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("reference")

SETTINGS = "settings"  # who wrote the entries that came with the settings file


class PgReferenceBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def store_items(self, items: Sequence[StockItem]) -> int:
        await self.scope.pool.execute(
            SQL["store_items"], self.scope.tenant, self.scope.erp, [one.code for one in items],
            [one.item_id for one in items], [as_json.dumps(one).decode() for one in items],
        )  # fmt: skip
        await self._store_parts([one for one in items if one.components or one.units or not one.stock_controlled])
        await self._store_units(items)
        return len(items)

    async def _store_units(self, items: Sequence[StockItem]) -> None:
        """What each item is sold in, where the ERP lists it. An item that lists none any more loses what it had."""
        if not items:
            return
        rows = [
            (one.code.lower(), unit.unit, unit.sku.lower(), unit.base_sku.lower(), unit.base_quantity, unit.confirmed)
            for one in items
            for unit in one.units
        ]
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                SQL["forget_units"], scope.tenant, scope.erp, sorted({one.code.lower() for one in items})
            )
            if rows:
                columns = (list(column) for column in zip(*rows, strict=True))
                await connection.execute(SQL["store_units"], scope.tenant, scope.erp, *columns)

    async def forget_items(self, codes: Sequence[str]) -> None:
        """The ERP was asked for them by name, and holds them no more."""
        keys = [code.lower() for code in codes]
        await self.scope.pool.execute(SQL["forget_items"], self.scope.tenant, self.scope.erp, keys)

    async def now(self) -> datetime:
        moment: datetime = await self.scope.pool.fetchval("select clock_timestamp()")
        return moment

    async def _store_parts(self, items: Sequence[StockItem]) -> None:
        """What each pack is made of, and each unit that has a stock code of its own. An item that is neither any more
        loses its parts."""
        if not items:
            return
        parts = [(one.code.lower(), code.lower(), quantity) for one in items for code, quantity in _parts(one)]
        async with self.scope.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                SQL["forget_parts"], self.scope.tenant, self.scope.erp, [one.code.lower() for one in items]
            )
            if parts:
                columns = (list(column) for column in zip(*parts, strict=True))
                await connection.execute(SQL["store_parts"], self.scope.tenant, self.scope.erp, *columns)

    async def share_out(self) -> None:
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            pairings, storefronts, rules = scope.sellers()
            await connection.execute("select pg_advisory_xact_lock(hashtext($1))", f"shares {scope.tenant} {scope.erp}")
            await connection.execute(SQL["forget_shares"], scope.tenant, pairings)
            await connection.execute(SQL["share_out"], scope.tenant, pairings, storefronts, rules, scope.erp)

    async def store_accounts(self, accounts: Sequence[Account], *, as_of: datetime) -> int:
        await self.scope.pool.execute(
            SQL["store_accounts"], self.scope.tenant, self.scope.erp, [one.account_id for one in accounts],
            [one.code for one in accounts], [as_json.dumps(one).decode() for one in accounts], as_of,
        )  # fmt: skip
        return len(accounts)

    async def lose_code(self, code: str, *, as_of: datetime) -> None:
        await self.scope.pool.execute(SQL["lose_code"], self.scope.tenant, self.scope.erp, code, as_of)

    async def store_targets(self, targets: Sequence[StockTarget], *, seen_at: datetime) -> int:
        rows = [(one.ref, one.sku, one.unit, one.stock_units.numerator, one.stock_units.denominator) for one in targets]
        if rows:
            columns = (list(column) for column in zip(*rows, strict=True))
            await self.scope.pool.execute(
                SQL["store_targets"], self.scope.tenant, self.scope.storefront, *columns, seen_at
            )
        return len(rows)

    async def note_shown(self, targets: Sequence[StockTarget], *, at: datetime) -> int:
        """What the storefront shows otherwise than we last wrote is written again. Returns how many."""
        seen = [one for one in targets if one.shown is not None]
        rows = await self.scope.pool.fetch(
            SQL["note_shown"], self.scope.tenant, self.scope.pairing, [one.ref for one in seen],
            [one.shown for one in seen], at,
        )  # fmt: skip
        return len(rows)

    async def forget_targets(self, *, not_seen_since: datetime) -> None:
        """Targets that a whole read no longer brought are gone over there. The times are the reader's own."""
        await self.scope.pool.execute(SQL["forget_targets"], self.scope.tenant, self.scope.storefront, not_seen_since)

    async def find_account(self, code: str) -> Account | None:
        raw = await self.scope.pool.fetchval(SQL["account_by_code"], self.scope.tenant, self.scope.erp, code)
        return as_json.loads(Account, raw) if raw else None

    async def company_classes(self, codes: Sequence[str]) -> Mapping[str, str]:
        rows = await self.scope.pool.fetch(
            SQL["company_classes"], self.scope.tenant, self.scope.erp, [code.lower() for code in codes]
        )
        return {row["code_key"]: row["company_class"] for row in rows}

    async def link_account(self, link: AccountLink, *, actor: str) -> None:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                SQL["link_account"], self.scope.tenant, self.scope.pairing, link.company_ref, link.account_id, actor,
                link.account_code,
            )  # fmt: skip
            detail = {"company_ref": link.company_ref, "account_id": link.account_id, "account": link.account_code}
            await self._audit(connection, actor, "link_account", link.company_ref, detail)

    async def map_code(
        self, kind: MapKind, key: str, value: Mapping[str, Any], *, actor: str, reason: str = ""
    ) -> None:
        """A new version of one entry; the old one is ended, never edited."""
        async with self.scope.pool.acquire() as connection, connection.transaction():
            await lock_maps(connection, self.scope)
            await self._map(connection, kind, key, value, actor, reason)
            await self._audit(connection, actor, "map_code", f"{kind}:{key}", {**value, "because": reason})

    async def load_maps(self, maps: Mapping[MapKind, Mapping[str, Mapping[str, Any]]]) -> int:
        """Bring the entries of the settings file in; one that changed there is a new version. A person's word stays."""
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            await lock_maps(connection, scope)
            rows = await connection.fetch(SQL["current_maps"], scope.tenant, scope.pairing)
            known = {(row["kind"], row["key"]): (row["actor"], orjson.loads(row["value"])) for row in rows}
            fresh = 0
            for kind, entries in maps.items():
                for key, value in entries.items():
                    actor, current = known.get((str(kind), key), (SETTINGS, None))
                    if actor == SETTINGS and current != dict(value):
                        await self._map(connection, kind, key, value, SETTINGS)
                        fresh += 1
        return fresh

    async def maps(self) -> CodeMaps:
        async with self.scope.pool.acquire() as connection:
            return await read_maps(connection, self.scope)

    async def stock_codes(self) -> Sequence[str]:
        """Every stock code we know of, for suggestions."""
        return [
            row["code"]
            for row in await self.scope.pool.fetch(SQL["sku_suggestions"], self.scope.tenant, self.scope.erp)
        ]

    async def watermark(self, feed: str) -> datetime | None:
        moment: datetime | None = await self.scope.pool.fetchval(
            SQL["watermark"], self.scope.tenant, self.scope.pairing, feed
        )
        return moment

    async def move_watermark(self, feed: str, at: datetime) -> None:
        await self.scope.pool.execute(SQL["move_watermark"], self.scope.tenant, self.scope.pairing, feed, at)

    async def _map(
        self, connection: Connection, kind: MapKind, key: str, value: Mapping[str, Any], actor: str, reason: str = ""
    ) -> None:
        scope = self.scope
        await connection.execute(SQL["end_map"], scope.tenant, scope.pairing, str(kind), key)
        await connection.execute(
            SQL["add_map"], scope.tenant, scope.pairing, str(kind), key, orjson.dumps(dict(value)).decode(), actor,
            reason,
        )  # fmt: skip

    async def _audit(
        self, connection: Connection, actor: str, action: str, subject: str, detail: Mapping[str, Any]
    ) -> None:
        note = {"pairing": self.scope.pairing, "key": subject, **detail}
        await connection.execute(
            SQL["audit"], self.scope.tenant, actor, action, "mapping", 0, orjson.dumps(note).decode()
        )


async def lock_maps(connection: Connection, scope: Scope) -> None:
    """One writer at a time: an entry has one current version, whoever else maps it now."""
    name = f"maps {scope.tenant} {scope.pairing}"
    await connection.execute("select pg_advisory_xact_lock(hashtext($1))", name)


def _parts(item: StockItem) -> Sequence[tuple[str, Decimal]]:
    """(stock code, quantity) of what leaves the shelf for one."""
    code = item.code.lower()
    return item.components or [
        (one.base_sku, one.base_quantity)
        for one in item.units
        if one.sku.lower() == code and one.base_sku.lower() != code and one.confirmed
    ]
