"""Runs of reconciliation: taken up where they stopped, kept for ever once they ended."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from crossdock.model.faults import InvalidValue
from crossdock.model.reconciliation import (
    Amounts,
    Column,
    Difference,
    Dossier,
    PaperKind,
    Period,
    Run,
    StagedPaper,
    Subject,
    Waiver,
)
from crossdock.ports.busy import Busy
from crossdock.ports.reconciliation import HeldDifference, SentOrder, SideRow, Unequal, UnreadOrder
from crossdock.store.cases import INSTEAD, NUL
from crossdock.store.database import Connection
from crossdock.store.dossiers import dossier_of, paper_columns
from crossdock.store.offers import fill_offers
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL, OFFERS = statements("reconciliation"), statements("offers")
BATCH = 500
SIDES = {"ours": "reconciliation_ours", "theirs": "reconciliation_theirs"}
SIDE_COLUMNS = ("run_id", "key", "value", "detail")
COPY_CHARACTERS = 1_000_000  # of rows in one COPY: a page at a time would be a round trip each
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
IN_MEMORY = "set local work_mem = '32MB'; set local cursor_tuple_fraction = 1"
FOUND_COLUMNS = (
    "run_id", "number", "link", "cause", "subject", "ref", "document", "what", "day", "currency", "company", "account",
    "net", "tax", "gross", "value", "ours", "theirs", "likely", "note", "case_kind", "case_subject", "raises", "facts",
    "waived_by", "waived_why",
    "waived_at",
)  # fmt: skip


class PgReconciliationBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @contextlib.asynccontextmanager
    async def open(
        self, subject: Subject, period: Period | None, *, actor: str
    ) -> AsyncIterator["PgReconciliationRun"]:
        """The lock lives in the connection, so a process that dies gives it back at once."""
        scope, name = self.scope, period.name if period else ""
        async with scope.pool.acquire() as connection:
            lock = f"reconcile {scope.tenant} {scope.pairing} {subject} {name}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            run = None
            try:
                run = await self._begun(connection, subject, period, actor)
                yield run
            finally:
                if run is not None:
                    await run.leave()
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)

    async def _begun(
        self, connection: Connection, subject: Subject, period: Period | None, actor: str
    ) -> "PgReconciliationRun":
        scope, name = self.scope, period.name if period else ""
        key = (scope.tenant, scope.pairing, str(subject), name)
        rows = await connection.fetch(SQL["under_way"], *key)
        is_resumed = bool(rows)
        if not is_resumed:
            days = (period.first, period.end, period.zone) if period else (None, None, "")
            await connection.execute(SQL["begin"], *key, *days, actor)
            rows = await connection.fetch(SQL["under_way"], *key)
        if rows[0]["state"] == "running" and not await connection.fetchval(SQL["is_staged"], rows[0]["id"]):
            # What it had read went down with the server, or it has read nothing yet.
            await connection.execute(SQL["start_over"], rows[0]["id"])
            await connection.execute(SQL["stage"], rows[0]["id"])
            rows = await connection.fetch(SQL["under_way"], *key)
        is_found = rows[0]["state"] == "found"
        return PgReconciliationRun(scope, connection, run_of(rows[0]), is_resumed=is_resumed, is_found=is_found)

    async def newest(self) -> Sequence[Run]:
        return [
            run_of(row) for row in await self.scope.pool.fetch(SQL["newest"], self.scope.tenant, self.scope.pairing)
        ]

    async def find(self, run_id: int) -> Run | None:
        row = await self.scope.pool.fetchrow(SQL["run"], self.scope.tenant, run_id)
        return run_of(row) if row is not None and row["pairing"] == self.scope.pairing else None

    async def differences(self, run_id: int) -> Sequence[Difference]:
        return [difference_of(row) for row in await self.scope.pool.fetch(SQL["differences"], run_id)]

    async def columns(self, run_id: int) -> Sequence[Column]:
        return [
            Column(
                kind=PaperKind(row["kind"]), currency=row["currency"], company=row["company"], papers=row["papers"],
                amounts=Amounts(row["gross"], row["net"], row["tax"]),
            )
            for row in await self.scope.pool.fetch(SQL["sums_of"], run_id)
        ]  # fmt: skip

    async def waivers(self) -> Mapping[tuple[str, str, str, str], Waiver]:
        rows = await self.scope.pool.fetch(SQL["waivers"], self.scope.tenant, self.scope.pairing)
        return {
            (row["kind"], row["subject"], row["ours"], row["theirs"]): Waiver(
                actor=row["actor"], reason=row["reason"], at=row["at"]
            )
            for row in rows
        }

    async def hold(self, run: Run, difference: Difference) -> int:
        scope = self.scope
        return int(
            await scope.pool.fetchval(
                SQL["hold"], scope.tenant, scope.pairing, str(run.subject), run.period_name, difference.case_kind,
                difference.case_subject, run.id, difference.ours, difference.theirs,
            )
        )  # fmt: skip

    async def let_go(self, run: Run) -> Sequence[int]:
        scope = self.scope
        rows = await scope.pool.fetch(
            SQL["let_go"], scope.tenant, scope.pairing, str(run.subject), run.period_name, run.id
        )
        return [row["id"] for row in rows]

    async def waive(self, ids: Sequence[int], *, actor: str, reason: str) -> None:
        await self.scope.pool.execute(SQL["waive"], self.scope.tenant, list(ids), actor, reason)

    async def held(self, ids: Sequence[int]) -> Mapping[int, HeldDifference]:
        rows = await self.scope.pool.fetch(SQL["held"], self.scope.tenant, list(ids))
        return {
            row["id"]: HeldDifference(subject=row["object"], period=row["period"], accepted=row["waived"])
            for row in rows
        }

    async def open_periods(self, subject: Subject) -> Sequence[str]:
        scope = self.scope
        rows = await scope.pool.fetch(SQL["open_periods"], scope.tenant, scope.pairing, str(subject))
        return [row["period"] for row in rows if row["period"]]


class PgReconciliationRun:
    def __init__(self, scope: Scope, connection: Connection, run: Run, *, is_resumed: bool, is_found: bool) -> None:
        self.scope = scope
        self.run = run
        self.is_resumed = is_resumed
        self.is_found = is_found
        self._connection = connection
        self._waiting: dict[str, list[str]] = {}
        self._characters = 0
        self._copying: asyncio.Task[None] | None = None

    @property
    def _period(self) -> Period:
        if self.run.period is None:
            raise InvalidValue(f"{self.run.subject} is reconciled as it is now, not by a period")
        return self.run.period

    async def note(
        self, progress: Mapping[str, str], *, ours_at: datetime | None = None, theirs_at: datetime | None = None
    ) -> None:
        await self._connection.execute(
            SQL["note"], self.run.id, orjson.dumps(dict(progress)).decode(), ours_at, theirs_at
        )
        self.run.progress.update(progress)

    async def put_papers(self, papers: Sequence[StagedPaper], *, progress: Mapping[str, str] | None = None) -> None:
        columns = paper_columns(papers)
        async with self._connection.transaction():
            if columns:
                await self._connection.execute(SQL["put_papers"], self.run.id, *columns)
            if progress:
                await self.note(progress)

    async def forget_papers(self, kinds: Sequence[str]) -> None:
        for kind in kinds:
            await self._connection.execute(SQL["forget_kind"], self.run.id, kind)

    async def unread_orders(self, *, placed_before: datetime, after: str) -> Sequence[UnreadOrder]:
        period = self._period
        rows = await self._connection.fetch(
            SQL["unread_orders"], self.run.id, self.scope.tenant, self.scope.pairing, period.begins, period.ends,
            placed_before, after,
        )  # fmt: skip
        return [
            UnreadOrder(id=row["id"], ref=row["ref"], storefront_id=row["storefront_id"], placed=row["placed"])
            for row in rows
        ]

    async def put_together(self) -> None:
        scope = self.scope
        first: dict[str, str] = {}
        await self._connection.execute(SQL["name_by_erp_number"], self.run.id, scope.tenant, scope.pairing)

        def root(ref: str) -> str:
            while first.get(ref, ref) != ref:
                ref = first[ref]
            return ref

        for row in await self._connection.fetch(SQL["links"], self.run.id):
            one, other = sorted((root(row["ref"]), root(row["first"])))
            first[other] = first[row["ref"]] = one
        refs = list(first)
        await self._connection.execute(SQL["put_together"], self.run.id, refs, [root(ref) for ref in refs])
        await self._connection.execute(SQL["place_in_companies"], self.run.id)

    async def unasked(self, limit: int) -> Sequence[tuple[str, str, date]]:
        period = self._period
        rows = await self._connection.fetch(SQL["unasked"], self.run.id, period.first, period.end, limit)
        return [(row["ref"], row["currency"], row["day"]) for row in rows]

    async def count_orders(self) -> int:
        return int(await self._connection.fetchval(SQL["count_orders"], self.run.id))

    async def dossiers(self, *, ledger_told: bool, in_reach_from: date) -> AsyncGenerator[Dossier, None]:
        scope, period = self.scope, self._period
        await self._connection.execute("analyze reconciliation_paper")
        async with self._connection.transaction():
            cursor = await self._connection.cursor(
                SQL["dossiers"], self.run.id, scope.tenant, scope.pairing, period.first, period.end, ledger_told
            )
            while rows := await cursor.fetch(BATCH):
                for row in rows:
                    yield dossier_of(row["dossier"], row["papers"], row["standings"], in_reach_from=in_reach_from)

    async def put_side(self, side: str, rows: Sequence[SideRow]) -> None:
        """Goes to the database in large portions, each while the next is read."""
        table = SIDES[side]
        waiting = self._waiting.setdefault(table, [])
        waiting.append(_copy_text(self.run.id, rows))
        self._characters += len(waiting[-1])
        if self._characters >= COPY_CHARACTERS:
            await self._copied()
            self._copying = asyncio.create_task(self._copy(self._portions()))
        await asyncio.sleep(0)  # a COPY under way goes on between two pages

    def _portions(self) -> dict[str, bytes]:
        portions = {table: "".join(texts).encode() for table, texts in self._waiting.items() if texts}
        self._waiting, self._characters = {}, 0
        return portions

    async def _copy(self, portions: Mapping[str, bytes]) -> None:
        for table, portion in portions.items():
            await self._connection.copy_to_table(table, columns=SIDE_COLUMNS, source=_once(portion))

    async def _copied(self) -> None:
        """Nothing else may use the connection before a COPY under way has ended."""
        if self._copying is not None:
            copying, self._copying = self._copying, None
            await copying

    async def leave(self) -> None:
        """A run that was broken off may have a COPY under way."""
        if self._copying is not None:
            self._copying.cancel()
            await asyncio.wait([self._copying])

    async def end_side(self, side: str, *, at: datetime) -> None:
        await self._copied()
        await self._copy(self._portions())
        await self.note({side: "done"}, **{f"{side}_at": at})

    async def forget_side(self, side: str) -> None:
        await self._copied()
        await self._connection.execute(SQL[f"forget_{side}"], self.run.id)

    async def sent_orders(self, limit: int, *, after: str) -> Sequence[SentOrder]:
        scope, period = self.scope, self._period
        rows = await self._connection.fetch(
            SQL["sent_orders"], scope.tenant, scope.pairing, period.begins, period.ends, after, limit
        )
        told: dict[int, dict[str, str]] = {row["id"]: {} for row in rows}
        for row in await self._connection.fetch(SQL["despatch_states"], list(told)):
            told[row["order_id"]][row["tracking_number"]] = row["state"]
        return [
            SentOrder(id=row["id"], ref=row["ref"], storefront_id=row["storefront_id"], told=told[row["id"]])
            for row in rows
        ]

    async def keep_found(self, rows: Sequence[SideRow], progress: Mapping[str, str]) -> None:
        async with self._connection.transaction():
            columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
            await self._connection.execute(SQL["keep_found"], self.run.id, *columns)
            await self.note(progress)

    async def kept_found(self) -> Sequence[SideRow]:
        rows = await self._connection.fetch(SQL["kept_found"], self.run.id)
        return [(row["key"], row["value"], row["detail"]) for row in rows]

    async def put_sold(self) -> None:
        """Our side: every stock code that the storefront sells from, as it was last read, with its SKUs."""
        await self._copied()
        await fill_offers(self._connection, self.scope)
        await self._connection.execute(OFFERS["sold"], self.run.id)

    async def put_linked(self) -> None:
        """Our side: every ERP account that a company is linked to, with its code and the companies."""
        scope = self.scope
        await self._copied()
        await self._connection.execute(SQL["linked"], self.run.id, scope.tenant, scope.pairing, scope.erp)

    async def put_companies(self) -> None:
        """Our side: every linked company, with the code its account has now."""
        scope = self.scope
        await self._copied()
        await self._connection.execute(SQL["companies"], self.run.id, scope.tenant, scope.pairing, scope.erp)

    async def unequal(self, *, batch: int = 1000) -> AsyncGenerator[Sequence[Unequal], None]:
        """What the two sides say otherwise of one key that is ours, or what theirs says nothing of."""
        for table in SIDES.values():
            await self._connection.execute(f"analyze {table}")
        async with self._connection.transaction():
            await self._connection.execute(IN_MEMORY)
            cursor = await self._connection.cursor(SQL["unequal"], self.run.id)
            while rows := await cursor.fetch(batch):
                yield [Unequal(**dict(row)) for row in rows]

    async def store(
        self,
        differences: AsyncGenerator[Difference, None],
        *,
        counts: Mapping[str, int],
        unknowns: Sequence[str],
        with_columns: bool = False,
    ) -> None:
        run, connection = self.run, self._connection
        async with connection.transaction():
            stored = await self._store(differences)
            counted = {**counts, **stored}  # filled while the differences were found
            if with_columns:
                period = self._period
                await connection.execute(SQL["sums"], run.id, period.first, period.end)
                rows = await connection.fetch(SQL["counted"], run.id, period.first, period.end)
                counted = {**dict(rows[0]), **counted}
            told = orjson.dumps(counted).decode(), orjson.dumps(list(unknowns)).decode()
            await connection.execute(SQL["found"], run.id, *told)
            for name in ("forget_papers", "forget_ours", "forget_theirs"):
                await connection.execute(SQL[name], run.id)
        self.is_found = True

    async def end(self) -> Run:
        await self._connection.execute(SQL["end"], self.run.id)
        self.run = run_of(await self._connection.fetchrow(SQL["run"], self.scope.tenant, self.run.id))
        return self.run

    async def _store(self, differences: AsyncGenerator[Difference, None]) -> dict[str, int]:
        """Written in portions while the next are found."""
        counts = {"differences": 0, "to_settle": 0, "accepted": 0}
        waiting: list[tuple[Any, ...]] = []
        async for one in differences:
            counts["differences"] += 1
            counts["to_settle"] += bool(one.case_kind)
            counts["accepted"] += one.waiver is not None
            waiting.append(_found(self.run.id, counts["differences"], one))
            if len(waiting) == BATCH:
                await self._write(waiting)
                waiting = []
        await self._write(waiting)
        return counts

    async def _write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        await self._connection.copy_records_to_table("reconciliation_difference", columns=FOUND_COLUMNS, records=rows)


def _copy_text(run_id: int, rows: Sequence[SideRow]) -> str:
    """As COPY reads it."""
    text = "".join([f"{run_id}\t{key}\t{value}\t{detail}\n" for key, value, detail in rows])
    is_plain = text.count("\t") == 3 * len(rows) and text.count("\n") == len(rows)
    if is_plain and not any(mark in text for mark in ("\\", "\r", NUL)):
        return text
    clean = [[cell.replace(NUL, INSTEAD).translate(ESCAPES) for cell in row] for row in rows]
    return "".join([f"{run_id}\t{key}\t{value}\t{detail}\n" for key, value, detail in clean])


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _found(run_id: int, number: int, one: Difference) -> tuple[Any, ...]:
    gap, waiver = one.gap, one.waiver
    amounts = (gap.net, gap.tax, gap.gross) if gap else (None, None, None)
    accepted = (waiver.actor, waiver.reason, waiver.at) if waiver else ("", "", None)
    row = (
        run_id, number, one.link, one.cause, one.subject, one.ref, one.document, one.what, one.day, one.currency,
        one.company, one.account, *amounts, one.value, one.ours, one.theirs, one.likely, one.note, one.case_kind,
        one.case_subject, one.raises, orjson.dumps(dict(one.facts)).decode(), *accepted,
    )  # fmt: skip
    return tuple(cell.replace(NUL, INSTEAD) if isinstance(cell, str) else cell for cell in row)


def difference_of(row: Any) -> Difference:
    names = (
        "link", "cause", "subject", "ref", "document", "what", "ours", "theirs", "likely", "day", "currency", "company",
        "account", "value", "note", "case_kind", "case_subject", "raises", "case_id",
    )  # fmt: skip
    accepted = row["waived_at"] is not None
    return Difference(
        **{name: row[name] for name in names},
        facts=orjson.loads(row["facts"]),
        gap=None if row["gross"] is None else Amounts(row["gross"], row["net"], row["tax"]),
        waiver=Waiver(actor=row["waived_by"], reason=row["waived_why"], at=row["waived_at"]) if accepted else None,
    )


def run_of(row: Any) -> Run:
    period = None
    if row["first_day"] is not None:
        period = Period(name=row["period"], first=row["first_day"], end=row["end_day"], zone=row["zone"])
    return Run(
        id=row["id"], subject=Subject(row["object"]), period=period, ended=row["state"] == "ended", actor=row["actor"],
        began_at=row["began_at"], ours_at=row["ours_at"], theirs_at=row["theirs_at"], ended_at=row["ended_at"],
        progress=orjson.loads(row["progress"]), counts=orjson.loads(row["counts"]),
        unknowns=tuple(orjson.loads(row["unknowns"])),
    )  # fmt: skip
