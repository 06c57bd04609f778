"""Alerts in the store: incidents, what was said of them, and what rules look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from crossdock.cases.kind import Severity
from crossdock.decide.alerting import Alert, State
from crossdock.decide.rights import Grant
from crossdock.store.database import Connection, Pool
from crossdock.store.sql import statements

SQL = statements("alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert, and who answered it."""

    alert: Alert
    answered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message taken to be sent. attempts: with this one."""

    id: int
    target: str
    purpose: str
    title: str
    body: str
    html: str
    attempts: int


class PgAlerts:
    """The alerts of one tenant. What takes a connection belongs into the caller's transaction."""

    def __init__(self, pool: Pool, tenant: str) -> None:
        self.pool = pool
        self.tenant = tenant

    async def begin(self, connection: Connection, *, wait: bool = False) -> datetime | None:
        """The time of a round that nobody else is in; None: somebody else is."""
        key = f"alerts {self.tenant}"
        if wait:
            await connection.execute(SQL["wait_for_turn"], key)
        elif not await connection.fetchval(SQL["one_at_a_time"], key):
            return None
        now: datetime = await connection.fetchval(SQL["now"])
        return now

    async def live(self, connection: Connection) -> Sequence[Alert]:
        return [alert_of(row) for row in await connection.fetch(SQL["live"], self.tenant)]

    async def put(self, connection: Connection, alert: Alert) -> None:
        told = (
            alert.count, alert.severity, alert.text, alert.desk, alert.pairing, alert.first_told_at, alert.told_at,
            alert.told_count, alert.told_severity, list(alert.told_to), alert.step, alert.gone_at, alert.held_at,
            alert.over_at,
        )  # fmt: skip
        if alert.id is None:
            first = (self.tenant, alert.rule, alert.group, str(alert.state), alert.opened_at)
            await connection.execute(SQL["add"], *first, *told)
        else:
            await connection.execute(SQL["put"], self.tenant, alert.id, str(alert.state), *told)

    async def say(self, connection: Connection, target: str, purpose: str, *, title: str, body: str, html: str) -> int:
        return int(await connection.fetchval(SQL["say"], self.tenant, target, purpose, title, body, html))

    async def trail(
        self, connection: Connection, actor: str, action: str, detail: Mapping[str, Any], *, subject_id: int = 0
    ) -> None:
        text = orjson.dumps(dict(detail)).decode()
        await connection.execute(SQL["trail"], self.tenant, actor, action, "alert", subject_id, text)

    async def tests_lately(self, connection: Connection, target: str) -> tuple[int, int]:
        """Of this target in the last ten seconds, and of all in the last hour."""
        row = await connection.fetchrow(SQL["tests_lately"], self.tenant, target)
        assert row is not None  # an aggregate without groups
        return row["just_now"], row["in_an_hour"]

    async def digest_made(self, connection: Connection, desk: str, day: date) -> bool:
        """False: it was made already."""
        return bool(await connection.fetchval(SQL["digest_made"], self.tenant, desk, day))

    async def due(self, limit: int) -> Sequence[int]:
        return [row["id"] for row in await self.pool.fetch(SQL["due"], self.tenant, limit)]

    async def take(self, message_id: int, *, seconds: float) -> Outgoing | None:
        """None: it is not due, or somebody has it."""
        row = await self.pool.fetchrow(SQL["take"], self.tenant, message_id, seconds)
        return Outgoing(**dict(row)) if row else None

    async def sent(self, message_id: int) -> None:
        await self.pool.execute(SQL["sent"], self.tenant, message_id)

    async def not_sent(self, message_id: int, *, problem: str, again_seconds: float, given_up: bool) -> None:
        await self.pool.execute(SQL["not_sent"], self.tenant, message_id, problem, again_seconds, given_up)

    async def try_again(self, connection: Connection, target: str) -> Sequence[int]:
        return [row["id"] for row in await connection.fetch(SQL["try_again"], self.tenant, target)]

    async def given_up(self, target: str) -> int:
        return int(await self.pool.fetchval(SQL["given_up"], self.tenant, target))

    async def list(
        self, grants: Sequence[Grant], *, only_open: bool = True, before: int | None = None, limit: int = 50
    ) -> Sequence[AlertRow]:
        """Newest first, as far as these grants reach."""
        rows = await self.pool.fetch(SQL["list"], self.tenant, *_reach(grants), only_open, before, limit)
        return [AlertRow(alert=alert_of(row), answered_by=row["answered_by"]) for row in rows]

    async def find(self, alert_id: int, grants: Sequence[Grant]) -> AlertRow | None:
        row = await self.pool.fetchrow(SQL["find"], self.tenant, *_reach(grants), alert_id)
        return AlertRow(alert=alert_of(row), answered_by=row["answered_by"]) if row else None

    async def answer(self, alert_id: int, *, actor: str) -> bool:
        """False: it is over, or somebody answered already."""
        return await self.pool.fetchval(SQL["answer"], self.tenant, alert_id, actor) is not None

    async def messages(self, *, before: int | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(SQL["messages"], self.tenant, before, limit)]

    async def message(self, message_id: int) -> Mapping[str, Any] | None:
        row = await self.pool.fetchrow(SQL["message"], self.tenant, message_id)
        return dict(row) if row else None

    async def forget(self) -> None:
        """What is long over."""
        await self.pool.execute(SQL["forget"], self.tenant)

    async def seen(self, holder: str) -> None:
        await self.pool.execute(SQL["seen"], self.tenant, holder)

    async def left(self, holder: str) -> None:
        await self.pool.execute(SQL["left"], self.tenant, holder)

    async def rows(self, name: str, *given: Any) -> Sequence[Mapping[str, Any]]:
        """What a rule or a digest looks at."""
        return [dict(row) for row in await self.pool.fetch(SQL[name], self.tenant, *given)]


def _reach(grants: Sequence[Grant]) -> tuple[list[str], list[str]]:
    return [one.desk for one in grants], [one.pairing for one in grants]


def alert_of(row: Any) -> Alert:
    told = row["told_severity"]
    return Alert(
        id=row["id"], rule=row["rule"], group=row["subject"], state=State(row["state"]), opened_at=row["opened_at"],
        count=row["count"], severity=Severity(row["severity"]), text=row["text"], desk=row["desk"],
        pairing=row["pairing"], first_told_at=row["first_told_at"], told_at=row["told_at"],
        told_count=row["told_count"], told_severity=Severity(told) if told else None, told_to=tuple(row["told_to"]),
        step=row["step"], answered_at=row["answered_at"], gone_at=row["gone_at"], held_at=row["held_at"],
        over_at=row["over_at"],
    )  # fmt: skip
