"""Lists of cases as far as a person's grants reach, in one of several orders, paged by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

import orjson

from crossdock.cases.kind import Desk
from crossdock.decide.rights import Grant
from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("desk")
KEY_MAX = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS_MAX = 10**16  # in the year 2286


class Standing(StrEnum):
    OPEN = "open"
    SNOOZED = "snoozed"  # open, and put off until later
    CLOSED = "closed"


class CaseOrder(StrEnum):
    DUE = "due"  # soonest due first
    NEWEST = "newest"
    OLDEST = "oldest"


CLOSED: Mapping[CaseOrder, tuple[str, int]] = {
    CaseOrder.NEWEST: ("cases_closed_newest", KEY_MAX), CaseOrder.OLDEST: ("cases_closed_oldest", 0),
}  # fmt: skip
"""Order → statement, and where its first page begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuestion:
    """Which cases, and in which order. "" is every one. What is closed is due no more: it stands newest first, or
    oldest."""

    desk: str = ""
    pairing: str = ""
    kind: str = ""
    assignee: str = ""
    severity: str = ""
    state: Standing = Standing.OPEN
    sort: CaseOrder = CaseOrder.DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One line of a list of cases. records: how many it holds. value: what is at stake, by currency."""

    id: int
    pairing: str
    kind: str
    subject: str
    desk: str
    severity: str
    cause: str
    opened_at: datetime
    due_at: datetime
    state: str
    closed_at: datetime | None
    assignee: str
    snoozed_until: datetime | None
    records: int
    value: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """following: where the next page begins; "" when this is the last."""

    rows: Sequence[CaseLine]
    following: str


async def list_queue(
    pool: Pool, tenant: str, grants: Sequence[Grant], asked: CaseQuestion, *, after: str = "", limit: int = 50
) -> CasePage:
    """One page. after: the `following` of the page before; one that is none begins at the beginning."""
    desks = [asked.desk] if asked.desk else list(Desk)
    given = (tenant, *reach(grants), desks, asked.pairing, asked.kind, asked.assignee, asked.severity)
    put_off = asked.state is Standing.SNOOZED
    if asked.state is Standing.CLOSED:
        name, first = CLOSED.get(asked.sort, CLOSED[CaseOrder.NEWEST])
        found = await pool.fetch(SQL[name], *given, _key(after, first), limit)
    elif asked.sort is CaseOrder.DUE:
        found = await pool.fetch(SQL["cases_due"], *given, put_off, *_moment(after), limit)
    elif asked.sort is CaseOrder.NEWEST:
        found = await pool.fetch(SQL["cases_newest"], *given, put_off, _key(after, KEY_MAX), limit)
    else:
        found = await pool.fetch(SQL["cases_oldest"], *given, put_off, _key(after, 0), limit)
    rows = [CaseLine(**{**row, "value": _amounts(row["value"])}) for row in map(dict, found)]
    return CasePage(rows=rows, following=_position(asked, rows[-1]) if len(rows) == limit else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Open cases of one desk and pairing that are not put off. due: when the first is; oldest: since when the longest
    one waits."""

    desk: str
    pairing: str
    cases: int
    overdue: int
    due: datetime
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The same of one desk over all pairings that somebody sees."""

    desk: str
    cases: int
    overdue: int
    due: datetime


async def waiting(pool: Pool, tenant: str, grants: Sequence[Grant]) -> Sequence[Waiting]:
    """As far as the grants reach, by desk."""
    return [Waiting(**row) for row in await pool.fetch(SQL["queues"], tenant, *reach(grants))]


async def queues(pool: Pool, tenant: str, grants: Sequence[Grant]) -> Sequence[Queue]:
    return by_desk(await waiting(pool, tenant, grants))


def by_desk(found: Sequence[Waiting]) -> Sequence[Queue]:
    """found: ordered by desk."""
    groups = [(desk, list(some)) for desk, some in groupby(found, key=attrgetter("desk"))]
    return [
        Queue(
            desk=desk, cases=sum(one.cases for one in some), overdue=sum(one.overdue for one in some),
            due=min(one.due for one in some),
        )
        for desk, some in groups
    ]  # fmt: skip


def reach(grants: Sequence[Grant]) -> tuple[list[str], list[str]]:
    """Desks and pairings of the grants, side by side."""
    return [one.desk for one in grants], [one.pairing for one in grants]


def _position(asked: CaseQuestion, last: CaseLine) -> str:
    by_key = asked.state is Standing.CLOSED or asked.sort is not CaseOrder.DUE
    return str(last.id) if by_key else f"{(last.due_at - EPOCH) // timedelta(microseconds=1)}_{last.id}"


def _key(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= KEY_MAX else otherwise


def _moment(text: str) -> tuple[datetime, int]:
    due, _, last = text.partition("_")
    return EPOCH + timedelta(microseconds=_key(due, 0) % MICROSECONDS_MAX), _key(last, 0)


def _amounts(text: str) -> Mapping[str, Decimal]:
    return {currency: Decimal(str(value)) for currency, value in orjson.loads(text).items()}
