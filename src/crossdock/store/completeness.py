"""Accounting for every id: a storefront's list staged and compared in SQL, hints, and what was left out."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from crossdock.model import as_json
from crossdock.ports.busy import Busy
from crossdock.ports.completeness import (
    ACCEPTED,
    Hint,
    IndexPage,
    KnownOrder,
    Missing,
    Numbered,
    OrderEntry,
)
from crossdock.store.cases import INSTEAD, NUL
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("completeness")
NUMBERS_AT_ONCE = 10_000
HOURS = {"orders": "hours_of_orders", "despatches": "hours_of_despatches"}
NEWEST = {"orders": "newest_of_orders", "despatches": "newest_of_despatches"}


class PgCompletenessBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._here = (scope.tenant, scope.pairing)

    @contextlib.asynccontextmanager
    async def run(
        self, *, now: datetime, window: timedelta, settle: timedelta, start_from: datetime | None
    ) -> AsyncIterator["PgCompletenessRun"]:
        """The lock lives in the connection, so a worker that dies gives it back at once."""
        async with self.scope.pool.acquire() as connection:
            lock = f"completeness {self.scope.tenant} {self.scope.pairing}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            try:
                row = await connection.fetchrow(SQL["open_run"], *self._here) or await connection.fetchrow(
                    SQL["begin_run"], *self._here, now, window.total_seconds(), settle.total_seconds(), start_from
                )
                assert row is not None  # it was made just now, if it was not there
                yield PgCompletenessRun(self.scope, row)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)

    async def last(self) -> Mapping[str, Any] | None:
        text = await self.scope.pool.fetchval(SQL["last_run"], *self._here)
        return None if text is None else orjson.loads(text)

    async def numbers(self, *, since: datetime, fresh_since: datetime) -> AsyncGenerator[Sequence[Numbered], None]:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            cursor = await connection.cursor(SQL["numbers"], *self._here, since, fresh_since)
            while rows := await cursor.fetch(NUMBERS_AT_ONCE):
                yield [Numbered(number=row["number"], fresh=row["fresh"]) for row in rows]

    async def known(self, numbers: Sequence[str]) -> Mapping[str, KnownOrder]:
        rows = await self.scope.pool.fetch(SQL["known"], *self._here, list(numbers))
        return {row["number"]: KnownOrder(**dict(row)) for row in rows}

    async def missing(self) -> Sequence[Missing]:
        return [Missing(**dict(row)) for row in await self.scope.pool.fetch(SQL["missing"], *self._here)]

    async def accepted(self, storefront_ids: Sequence[str]) -> Mapping[str, str]:
        rows = await self.scope.pool.fetch(SQL["accepted"], *self._here, list(storefront_ids), ACCEPTED)
        return {row["storefront_id"]: row["setting"] for row in rows}

    async def leave_out(self, entries: Sequence[OrderEntry]) -> None:
        rows = [(one.storefront_id, clean(one.number), one.placed_at, clean(one.left_out)) for one in entries]
        if rows:
            await self.scope.pool.execute(SQL["leave_out"], *self._here, *_columns(rows))

    async def left_out(self, limit: int) -> Sequence[OrderEntry]:
        return [
            OrderEntry(
                storefront_id=row["storefront_id"], number=row["number"], placed_at=row["placed_at"],
                left_out=row["setting"],
            )
            for row in await self.scope.pool.fetch(SQL["left_out"], *self._here, limit)
        ]  # fmt: skip

    async def hear(self, storefront_ids: Sequence[str], *, topic: str) -> None:
        tenant, pairing = self._here
        await self.scope.pool.execute(SQL["hear"], tenant, [pairing], list(storefront_ids), topic)

    async def forget_hints(self) -> None:
        await self.scope.pool.execute(SQL["forget_hints"], *self._here)

    async def hints(self, *, before: datetime, limit: int) -> Sequence[Hint]:
        return [Hint(**dict(row)) for row in await self.scope.pool.fetch(SQL["hints"], *self._here, before, limit)]

    async def hints_left(self, hint_ids: Sequence[int]) -> frozenset[int]:
        return frozenset(row["id"] for row in await self.scope.pool.fetch(SQL["hints_left"], list(hint_ids)))

    async def case_known(self, kind: str, subject: str) -> bool:
        return await self.scope.pool.fetchval(SQL["case_known"], *self._here, kind, subject) is not None

    async def hours(self, feed: str, *, zone: str, since: datetime) -> Mapping[datetime, int]:
        rows = await self.scope.pool.fetch(SQL[HOURS[feed]], *self._here, zone, since)
        return {row["hour"]: row["records"] for row in rows}

    async def newest(self, feed: str, *, until: datetime) -> datetime | None:
        moment: datetime | None = await self.scope.pool.fetchval(SQL[NEWEST[feed]], *self._here, until)
        return moment


class PgCompletenessRun:
    def __init__(self, scope: Scope, row: Any) -> None:
        self.scope = scope
        self._here = (scope.tenant, scope.pairing)
        self.id: int = row["id"]
        self.since: datetime = row["since"]
        self.until: datetime = row["until"]
        self._read_until: datetime | None = row["read_until"]

    @property
    def read_from(self) -> datetime:
        return self._read_until or self.since

    async def stage(self, page: IndexPage) -> None:
        """The page, and how far it proves the list, in one transaction."""
        rows = [
            (one.storefront_id, clean(one.number), one.placed_at, one.changed_at, one.left_out) for one in page.entries
        ]
        async with self.scope.pool.acquire() as connection, connection.transaction():
            if rows:
                await connection.execute(SQL["stage"], self.id, *_columns(rows))
            if page.proven_until is not None:
                await connection.execute(SQL["read_until"], self.id, page.proven_until)

    async def settle_left_out(self, *, setting: str, start_from: datetime | None, start_setting: str) -> None:
        await self.scope.pool.execute(
            SQL["settle_left_out"], *self._here, self.id, setting, start_from, start_setting, ACCEPTED
        )

    async def accounted(self) -> Sequence[tuple[str, bool, int]]:
        rows = await self.scope.pool.fetch(SQL["accounted"], *self._here, self.id)
        return [(row["state"], row["in_case"], row["orders"]) for row in rows]

    async def left_out_counts(self) -> Mapping[str, int]:
        rows = await self.scope.pool.fetch(SQL["left_out_counts"], *self._here, self.id)
        return {row["setting"]: row["orders"] for row in rows}

    async def listed(self) -> int:
        return int(await self.scope.pool.fetchval(SQL["listed"], self.id))

    async def unknown(self) -> Sequence[OrderEntry]:
        return [OrderEntry(**dict(row)) for row in await self.scope.pool.fetch(SQL["unknown"], *self._here, self.id)]

    async def gone(self, limit: int) -> Sequence[KnownOrder]:
        rows = await self.scope.pool.fetch(SQL["gone"], *self._here, self.id, self.since, self.until, limit)
        return [
            KnownOrder(number=row["ref"], storefront_id=row["storefront_id"], placed_at=row["placed_at"])
            for row in rows
        ]

    async def unseen_in_erp(self, *, posted_before: datetime, limit: int) -> Sequence[int]:
        rows = await self.scope.pool.fetch(SQL["unseen_in_erp"], *self._here, self.since, posted_before, limit)
        return [row["id"] for row in rows]

    async def erp_counts(self, *, posted_before: datetime) -> Mapping[str, int]:
        return await self._counts("erp_counts", posted_before)

    async def despatch_counts(self) -> Mapping[str, int]:
        return await self._counts("despatch_counts", self.until)

    async def late(self, than: timedelta) -> tuple[int, float]:
        row = await self._counts("late", than.total_seconds())
        return row["orders"], row["worst"]

    async def _counts(self, name: str, until: datetime | float) -> dict[str, Any]:
        (row,) = await self.scope.pool.fetch(SQL[name], *self._here, self.since, until)
        return dict(row)

    async def end(self, report: Mapping[str, Any]) -> None:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["end_run"], self.id, as_json.dumps(dict(report)).decode())
            await connection.execute(SQL["forget_entries"], self.id)
            await connection.execute(SQL["forget_runs"], *self._here)


def clean(text: str) -> str:
    """Without what no database text can hold."""
    return text.replace(NUL, INSTEAD)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
