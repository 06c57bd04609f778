"""Runs of reconciliation as people look at them: lists paged by key, one begun on a wish, and how far it is."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.model.reconciliation import Amounts, Column, Difference, PaperKind, Period, Run, Subject
from crossdock.ports.runtime import Job
from crossdock.store.database import Connection, Pool
from crossdock.store.jobs import ask_in
from crossdock.store.reconciliation import SQL as RUNS
from crossdock.store.reconciliation import difference_of, run_of
from crossdock.store.sorting import LAST_TEXT, ByAge, BySize, beginning
from crossdock.store.sql import statements

SQL, AUDIT = statements("compared"), statements("reference")["audit"]
AT_ONCE = 500
NUMBER_MAX = 2**31 - 1
BY_AGE = {ByAge.NEWEST: "runs_newest", ByAge.OLDEST: "runs_oldest"}
DIFFERENCES = {
    BySize.FOUND: "differences_found", BySize.LAST_FOUND: "differences_last_found",
    BySize.LARGEST: "differences_largest", BySize.SMALLEST: "differences_smallest",
}  # fmt: skip
OF_CAUSE = {
    BySize.FOUND: "differences_of_cause_found", BySize.LAST_FOUND: "differences_of_cause_last_found",
    BySize.LARGEST: "differences_of_cause_largest", BySize.SMALLEST: "differences_of_cause_smallest",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run with how far it is. held: somebody is at it now; asked: it waits for a worker. step, done, whole: what it
    was last at, and how much of that was done; trouble: what stopped it, "" when nothing did."""

    pairing: str
    run: Run
    held: bool
    asked: bool
    step: str
    done: int
    whole: int | None
    told_at: datetime | None
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseLine:
    """worth: the sum at stake in that currency; None where nobody can say."""

    cause: str
    likely: str
    currency: str
    differences: int
    to_settle: int
    accepted: int
    worth: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceLine:
    """number: its place in the run. desk: of its case."""

    number: int
    difference: Difference
    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """The newest comparison of one period's money."""

    run_id: int
    period: str
    first: date
    end: date
    ended_at: datetime
    actor: str
    counts: Mapping[str, int]
    columns: Sequence[Column] = ()


async def runs(
    pool: Pool,
    tenant: str,
    pairings: Sequence[str],
    *,
    subject: Subject | None = None,
    sort: ByAge = ByAge.NEWEST,
    from_key: int | None = None,
    limit: int = 50,
) -> Sequence[RunLine]:
    """In the order they began. from_key: the id of the last one of the page before."""
    objects = [str(one) for one in ([subject] if subject else Subject)]
    begin = beginning(sort) if from_key is None else from_key
    return [_line(row) for row in await pool.fetch(SQL[BY_AGE[sort]], tenant, list(pairings), objects, begin, limit)]


async def find_run(pool: Pool, tenant: str, run_id: int) -> RunLine | None:
    row = await pool.fetchrow(SQL["run"], tenant, run_id)
    return None if row is None else _line(row)


async def causes(pool: Pool, run_id: int) -> Sequence[CauseLine]:
    return [CauseLine(**dict(row)) for row in await pool.fetch(SQL["causes"], run_id)]


async def differences(
    pool: Pool, run_id: int, *, cause: str = "", sort: BySize = BySize.FOUND, after: int | None = None, limit: int = 50
) -> Sequence[DifferenceLine]:
    """after: the number of the last one of the page before."""
    name = (OF_CAUSE if cause else DIFFERENCES)[sort]
    position = await _position(pool, run_id, sort, after)
    rows = await pool.fetch(SQL[name], run_id, position[0], limit, *position[1:], *([cause] if cause else []))
    return [_difference(row) for row in rows]


async def _position(pool: Pool, run_id: int, sort: BySize, after: int | None) -> tuple[Any, ...]:
    """Where a page begins: a number, and by size the currency and the size of that difference before it."""
    upwards = sort in (BySize.FOUND, BySize.LARGEST)
    number = min(after, NUMBER_MAX) if after is not None else 0 if upwards else NUMBER_MAX
    if sort in (BySize.FOUND, BySize.LAST_FOUND):
        return (number,)
    found = None if after is None else await pool.fetchrow(SQL["size_of"], run_id, number)
    if found is None:
        return (number, "" if upwards else LAST_TEXT, 0)
    return (number, found["currency"], found["size"])


async def every_difference(pool: Pool, run_id: int) -> AsyncGenerator[Sequence[DifferenceLine], None]:
    """All of a run, some at a time."""
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        cursor = await connection.cursor(SQL["all_differences"], run_id)
        while rows := await cursor.fetch(AT_ONCE):
            yield [_difference(row) for row in rows]


async def months(pool: Pool, tenant: str, pairing: str, *, before: str = "", limit: int = 12) -> Sequence[MonthLine]:
    """Periods whose money was compared, the last one first, with what their columns come to."""
    rows = await pool.fetch(SQL["months"], tenant, pairing, before or None, limit)
    sums: dict[int, list[Column]] = {row["id"]: [] for row in rows}
    for one in await pool.fetch(SQL["sums"], list(sums)):
        sums[one["run_id"]].append(_column(one))
    return [
        MonthLine(
            run_id=row["id"], period=row["period"], first=row["first_day"], end=row["end_day"],
            ended_at=row["ended_at"], actor=row["actor"], counts=orjson.loads(row["counts"]), columns=sums[row["id"]],
        )
        for row in rows
    ]  # fmt: skip


async def columns(pool: Pool, run_id: int) -> Sequence[Column]:
    return [_column(row) for row in await pool.fetch(SQL["sums"], [run_id])]


async def beside(pool: Pool, tenant: str, pairing: str, period: str, subjects: Sequence[Subject]) -> Sequence[int]:
    """Ids of the newest ended runs of these objects over that period."""
    rows = await pool.fetch(SQL["beside"], tenant, pairing, period, [str(one) for one in subjects])
    return [row["id"] for row in rows]


class Start:
    """One wish to compare, alone with its object while it is decided."""

    def __init__(self, connection: Connection, tenant: str, pairing: str, subject: Subject) -> None:
        self._connection = connection
        self._here = (tenant, pairing, str(subject))

    async def under_way(self) -> Sequence[RunLine]:
        return [_line(row) for row in await self._connection.fetch(SQL["under_way"], *self._here)]

    async def ask(self, period: Period | None, *, actor: str) -> int:
        """Begin the run, or take up the one of that name, as a job; returns its number. It is in the audit trail."""
        tenant, pairing, subject = self._here
        name = period.name if period else ""
        found = await self._connection.fetch(RUNS["under_way"], *self._here, name)
        if not found:
            days = (period.first, period.end, period.zone) if period else (None, None, "")
            await self._connection.execute(RUNS["begin"], *self._here, name, *days, actor)
        run_id = int((await self._connection.fetch(RUNS["under_way"], *self._here, name))[0]["id"])
        detail = {"pairing": pairing, "object": subject, "period": name, "goes_on": bool(found)}
        await self._connection.execute(
            AUDIT, tenant, actor, "reconcile", "reconciliation", run_id, orjson.dumps(detail).decode()
        )
        key = f"{pairing}/{subject}/{name}"
        await ask_in(self._connection, [Job(entrypoint="reconcile", subject=key, key=f"reconcile/{key}")])
        return run_id


@contextlib.asynccontextmanager
async def starting(pool: Pool, tenant: str, pairing: str, subject: Subject) -> AsyncIterator[Start]:
    """Whatever is done inside is done whole or not at all, and by nobody else meanwhile."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL["one_start_at_a_time"], f"reconcile start {tenant} {pairing} {subject}")
        yield Start(connection, tenant, pairing, subject)


async def tell(
    pool: Pool, tenant: str, pairing: str, key: tuple[str, str], *, step: str, done: int, whole: int | None
) -> None:
    """key: object and period of a run under way."""
    await pool.execute(SQL["tell"], tenant, pairing, *key, step, done, whole)


async def note_trouble(pool: Pool, tenant: str, pairing: str, key: tuple[str, str], text: str) -> None:
    await pool.execute(SQL["trouble"], tenant, pairing, *key, text)


def _line(row: Any) -> RunLine:
    names = ("pairing", "held", "asked", "step", "done", "whole", "told_at", "trouble")
    return RunLine(run=run_of(row), **{name: row[name] for name in names})


def _difference(row: Any) -> DifferenceLine:
    return DifferenceLine(number=row["number"], difference=difference_of(row), desk=row["case_desk"] or "")


def _column(row: Any) -> Column:
    return Column(
        kind=PaperKind(row["kind"]), currency=row["currency"], company=row["company"], papers=row["papers"],
        amounts=Amounts(row["gross"], row["net"], row["tax"]),
    )  # fmt: skip
