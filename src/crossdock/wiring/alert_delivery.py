"""Sending what was written down: taken, sent, settled; tried again with an end, and then shown as a case."""

import asyncio
from collections.abc import Sequence

import structlog

from crossdock.cases.kinds import ALERT_UNDELIVERABLE
from crossdock.decide.contacts import is_address
from crossdock.ports.runtime import Job
from crossdock.settings.tree import DeskSettings, Project
from crossdock.store.alerts import Outgoing, PgAlerts
from crossdock.store.cases import PgCaseBook
from crossdock.store.database import Pool
from crossdock.store.desks import read_contacts
from crossdock.store.jobs import PoolJobs, ask_in
from crossdock.store.scope import Scope
from crossdock.wiring.outlet import Note, send

log = structlog.get_logger()

LEASE_SECONDS = 180.0  # longer than any channel takes; whoever dies with a message gives it back after this
WAIT_SECONDS_MAX = 3600.0
BATCH = 200
RECORD = "alert-target"


def job_of(message_id: int, *, delay_seconds: float = 0.0) -> Job:
    return Job(entrypoint="alert", subject=str(message_id), key=f"alert/{message_id}", delay_seconds=delay_seconds)


class Delivery:
    def __init__(self, pool: Pool, project: Project) -> None:
        self._pool, self._project, self._settings = pool, project, project.alerts
        self.store = PgAlerts(pool, project.tenant)
        # A channel belongs to no pairing, and so does its case.
        self.cases = PgCaseBook(Scope(pool=pool, tenant=project.tenant, pairing="", storefront="", erp=""))
        self._jobs = PoolJobs(pool)

    async def ask_for_due(self) -> int:
        """The net under the queue: whatever should have been sent by now and was not."""
        due = await self.store.due(BATCH)
        await self._jobs.ask([job_of(one) for one in due])
        return len(due)

    async def deliver(self, message_id: int) -> str | None:
        """Send it if it is due and nobody else has it. Returns "" when it went out, why not, or None: not mine."""
        taken = await self.store.take(message_id, seconds=LEASE_SECONDS)
        if taken is None:
            return None
        problem = await self._speak(taken)
        if problem:
            await self._not_sent(taken, problem)
        else:
            await self.store.sent(taken.id)
            await self._works_again(taken.target)
        log.info("alert", message=taken.id, target=taken.target, purpose=taken.purpose, problem=problem or None)
        return problem

    async def try_again(self, target: str) -> Sequence[int]:
        """What was given up for it in the last day is due again."""
        async with self._pool.acquire() as connection, connection.transaction():
            ids = await self.store.try_again(connection, target)
            await ask_in(connection, [job_of(one) for one in ids])
        return ids

    async def given_up(self, target: str) -> int:
        """How many `try_again` would send."""
        return await self.store.given_up(target)

    async def _speak(self, taken: Outgoing) -> str:
        if taken.attempts > self._settings.attempts:
            return "it was begun too often, and its end was never written"
        channel, people, problem = await self._whom(taken.target)
        if problem:
            return problem
        url = self._settings.channels.get(channel)
        if url is None:
            return "there is no such channel any more"
        note = Note(title=taken.title, text=taken.body, html=taken.html)
        return await asyncio.to_thread(send, url, note, self._settings, people=people)

    async def _whom(self, target: str) -> tuple[str, Sequence[str] | None, str]:
        """Channel, people in place of its recipients, and what is wrong."""
        kind, there, desk = target.partition(":")
        if not there:
            return target, None, ""
        if self._settings.desk_mail is None:
            return "", None, "alerts.desk_mail names no mail channel"
        people = await self._people(desk, escalated=kind == "escalation")
        return (
            self._settings.desk_mail,
            people,
            "" if people else f"nobody's e-mail address is known for the {desk} desk",
        )

    async def _people(self, desk: str, *, escalated: bool) -> Sequence[str]:
        """What was said in the console, else in the settings. Nobody named for escalation: the desk itself."""
        said = (await read_contacts(self._pool, self._project.tenant)).get(desk)
        settings = next((one for name, one in self._project.desks.items() if name == desk), DeskSettings())
        desk_people = (said.contact.address,) if said is not None else settings.people
        further = said.contact.escalation if said is not None else settings.escalation
        wanted = (further,) if escalated and is_address(further) else desk_people
        return [one for one in wanted if is_address(one)]

    async def _not_sent(self, taken: Outgoing, problem: str) -> None:
        given_up = taken.purpose == "test" or taken.attempts >= self._settings.attempts
        wait = min(WAIT_SECONDS_MAX, self._settings.retry_seconds * 2 ** min(taken.attempts - 1, 20))
        if given_up and taken.purpose != "test":  # before it is written down: a crash in between does it again
            finding = ALERT_UNDELIVERABLE.about(
                taken.target, target=taken.target, attempts=taken.attempts, problem=problem, title=taken.title
            )
            await self.cases.raise_case(finding, record=RECORD, ref=taken.target)
        await self.store.not_sent(taken.id, problem=problem, again_seconds=wait, given_up=given_up)
        if not given_up:
            await self._jobs.ask([job_of(taken.id, delay_seconds=wait)])

    async def _works_again(self, target: str) -> None:
        """The case closes itself, and what was given up meanwhile is sent after all."""
        if target in await self.cases.open_subjects(ALERT_UNDELIVERABLE.code):
            await self.cases.settle(
                ALERT_UNDELIVERABLE.code, target, record=RECORD, reason="a message went through again"
            )
            await self.try_again(target)
