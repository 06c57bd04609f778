"""Alerts: the round that looks, decides and writes down what is to be said; and what every door shows and does.

What is said is written down before it is sent and settled after, so that none is lost, and a crash in between sends
that one message a second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossdock.cases.kind import Desk
from crossdock.decide.alerting import Alert, Telling, decide_alerts, messages
from crossdock.decide.hours import digest_day
from crossdock.decide.rights import Grant, Role
from crossdock.reports.alert_words import Said, say
from crossdock.reports.digest import digest_said
from crossdock.settings.tree import Project
from crossdock.store.alerts import AlertRow, PgAlerts
from crossdock.store.database import Connection, Pool
from crossdock.store.jobs import ask_in
from crossdock.wiring.alert_delivery import Delivery, job_of
from crossdock.wiring.alert_facts import facts_of
from crossdock.wiring.alert_rules import Channel, PlainRule, channels_of, plain_rules
from crossdock.wiring.digests import make_digest

TEST_SECONDS, TESTS_IN_AN_HOUR = 10, 20
TOGETHER = "together"
EVERYTHING = (Grant(role=Role.VIEWER),)
ROUND_SECONDS = 60.0


class AlertRefused(Exception):
    """It was not done; the text says why."""


class NoSuchAlert(AlertRefused):
    """There is no such channel, alert or desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """problem: "" when the channel took the message."""

    message: int
    channel: str
    problem: str


class Alerts:
    """The alerts of one installation; it needs no connection to any system."""

    def __init__(self, pool: Pool, project: Project) -> None:
        self.project = project
        self.settings = project.alerts
        self.store = PgAlerts(pool, project.tenant)
        self.delivery = Delivery(pool, project)
        self._pool = pool

    async def round(self) -> Mapping[str, int]:
        """Look, decide, write down, and ask for the sending. One round at a time; a second one finds nothing to do."""
        async with self._pool.acquire() as connection, connection.transaction():
            now = await self.store.begin(connection)
            if now is None:
                return {}
            facts = await facts_of(self.store, self.project, now)
            before = {one.id: one for one in await self.store.live(connection)}
            turns = decide_alerts(now, rules=self.settings.as_rules(), facts=facts, alerts=list(before.values()))
            for turn in turns:
                if turn.alert.id is None or turn.alert != before[turn.alert.id]:
                    await self.store.put(connection, turn.alert)
            said = []
            for one in messages(turns):
                parts = [(turns[at].alert, telling) for at, telling in one.parts]
                said.append(await self._write(connection, one.target, _purpose(parts), self._words(parts)))
            digests = await self._digests(connection, now)
            await ask_in(connection, [job_of(one) for one in (*said, *digests)])
        waiting = await self.delivery.ask_for_due()
        return {"alerts": len(turns), "messages": len(said), "digests": len(digests), "waiting": waiting}

    async def forget(self) -> None:
        await self.store.forget()

    def channels(self) -> Sequence[Channel]:
        """Their names and what they are; never where they lead."""
        return channels_of(self.settings)

    def rules(self) -> Sequence[PlainRule]:
        return plain_rules(self.settings)

    async def list(
        self, grants: Sequence[Grant], *, only_open: bool = True, before: int | None = None, limit: int = 50
    ) -> Sequence[AlertRow]:
        return await self.store.list(grants, only_open=only_open, before=before, limit=limit)

    async def find(self, alert_id: int, grants: Sequence[Grant]) -> AlertRow | None:
        """None: there is none, or these grants do not reach it."""
        return await self.store.find(alert_id, grants)

    async def deliveries(self, *, before: int | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
        """What was said of late, and how it went."""
        return await self.store.messages(before=before, limit=limit)

    async def outcome(self, message_id: int) -> Mapping[str, Any] | None:
        """How one message went; None: there is none."""
        return await self.store.message(message_id)

    async def answer(self, alert_id: int, *, actor: str) -> None:
        """Say that somebody sees to it: it is no longer repeated nor escalated. Raises AlertRefused."""
        if await self.store.find(alert_id, EVERYTHING) is None:
            raise NoSuchAlert(f"there is no alert {alert_id}")
        if not await self.store.answer(alert_id, actor=actor):
            raise AlertRefused("it is over, or somebody answered it already")

    async def test(self, channel: str, *, actor: str) -> Tested:
        """Send one message now. Raises NoSuchAlert, and AlertRefused when too many were sent of late."""
        if channel not in self.settings.channels:
            raise NoSuchAlert(f"there is no channel named {channel!r}")
        async with self._pool.acquire() as connection, connection.transaction():
            await self.store.begin(connection, wait=True)
            just_now, in_an_hour = await self.store.tests_lately(connection, channel)
            if just_now or in_an_hour >= TESTS_IN_AN_HOUR:
                raise AlertRefused("it was tested a moment ago: wait a little before you try again")
            text = f"This is a test of the channel {channel} of Crossdock {self.project.tenant}, sent by {actor}."
            said = Said(title=f"[Crossdock {self.project.tenant}] Test", text=text, html=f"<p>{_escaped(text)}</p>")
            message = await self._write(connection, channel, "test", said)
            await self.store.trail(connection, actor, "channel_tested", {"channel": channel}, subject_id=message)
        return Tested(message=message, channel=channel, problem=await self.delivery.deliver(message) or "")

    async def digest(self, desk: str) -> Said:
        """As it would be sent now. Raises NoSuchAlert."""
        if desk not in list(Desk):
            raise NoSuchAlert(f"there is no desk {desk!r}")
        async with self._pool.acquire() as connection:
            now: datetime = await connection.fetchval("select clock_timestamp()")
        return await self._digest(Desk(desk), now)

    async def send_digest(self, desk: str, *, actor: str) -> Sequence[Tested]:
        """Now, wherever the settings say. Raises NoSuchAlert, AlertRefused when they say nothing of this desk."""
        said = await self.digest(desk)
        targets = self._digest_targets(Desk(desk))
        if not targets:
            raise AlertRefused(f"alerts.digests says nothing of the desk {desk}")
        async with self._pool.acquire() as connection, connection.transaction():
            made = {one: await self._write(connection, one, "digest", said) for one in targets}
            await self.store.trail(connection, actor, "digest_sent", {"desk": desk, "to": list(targets)})
        return [
            Tested(message=message, channel=target, problem=await self.delivery.deliver(message) or "")
            for target, message in made.items()
        ]

    async def _digests(self, connection: Connection, now: datetime) -> Sequence[int]:
        """The digests that fall due, once a day each, however many look."""
        made: list[int] = []
        for desk, settings in self.settings.digests.items():
            day = digest_day(now, *settings.clock())
            if day is not None and await self.store.digest_made(connection, desk, day):
                said = await self._digest(desk, now)
                made += [await self._write(connection, one, "digest", said) for one in self._digest_targets(desk)]
        return made

    async def _digest(self, desk: Desk, now: datetime) -> Said:
        digest, zone = await make_digest(self.store, self.project, desk, now)
        return digest_said(digest, name=self.project.tenant, link=self.settings.link or "", zone=zone)

    def _digest_targets(self, desk: Desk) -> tuple[str, ...]:
        settings = self.settings.digests.get(desk)
        if settings is None:
            return ()
        return (*settings.channels, *((f"desk:{desk}",) if settings.desk else ()))

    def _words(self, parts: Sequence[tuple[Alert, Telling]]) -> Said:
        return say(parts, name=self.project.tenant, link=self.settings.link or "")

    async def _write(self, connection: Connection, target: str, purpose: str, said: Said) -> int:
        return await self.store.say(connection, target, purpose, title=said.title, body=said.text, html=said.html)


def _purpose(parts: Sequence[tuple[Alert, Telling]]) -> str:
    return str(parts[0][1].purpose) if len(parts) == 1 else TOGETHER


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))
