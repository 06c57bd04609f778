"""What a pairing's channel gives and takes: put out once, kept by key, durable before anybody hears yes."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import asyncpg

from crossdock.model import as_json
from crossdock.model.after_sale import Cancellation, SalesReturn
from crossdock.model.faults import DataFault, Transient
from crossdock.model.item_document import ItemDocument
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.channel import Decision, Kept, Waiting
from crossdock.ports.runtime import Job
from crossdock.ports.systems import WebhookEvent
from crossdock.store.archive import Vault, archive
from crossdock.store.database import Pool
from crossdock.store.jobs import ask_in
from crossdock.store.sql import statements

SQL = statements("channels")
RUNS, HINTS = statements("runs"), statements("completeness")
T = TypeVar("T")

PUT_OUT: Mapping[str, Any] = {"sales-order": ResolvedOrder, "return": SalesReturn, "stock-item": ItemDocument}
"""What may be put out: kind → its canonical type."""

TIMEOUT_SECONDS = 10.0
UNPROVEN_GAP_SECONDS = 10.0
UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, kw_only=True)
class PgChannelDesk:
    """Implements ports.channel.ChannelDesk and Outbox for one pairing and the system that calls.

    due: the flows that an event makes due now. looks: whether the orders an event names are fetched. hears: whether
    they are kept in mind until we have them.
    """

    pool: Pool
    vault: Vault
    tenant: str
    pairing: str
    system: str
    due: Sequence[str] = ()
    looks: bool = False
    hears: bool = False

    async def put_out(self, kind: str, documents: Mapping[str, Any]) -> frozenset[str]:
        """Lay documents out for the other side, by our reference; returns those that were not out already.

        What is out stays as it was put out: the other side may have fetched it.
        """
        texts = [as_json.dumps(one).decode() for one in documents.values()]
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["order_writers"], self.tenant, self.pairing, kind)
            rows = await connection.fetch(SQL["put_out"], self.tenant, self.pairing, kind, list(documents), texts)
        return frozenset(row["ref"] for row in rows)

    async def replace(self, kind: str, documents: Mapping[str, Any], *, again: bool = False) -> frozenset[str]:
        """Lay documents out whose latest word counts; one that says something else takes a new position, behind all
        others, so that whoever fetched the old one meets it again. again: also one that says the same."""
        texts = [as_json.dumps(one).decode() for one in documents.values()]
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["order_writers"], self.tenant, self.pairing, kind)
            rows = await connection.fetch(
                SQL["replace"], self.tenant, self.pairing, kind, list(documents), texts, again
            )
        return frozenset(row["ref"] for row in rows)

    async def waiting(self, kind: str, *, after: int, limit: int) -> Sequence[Waiting]:
        if after:  # only who has a page asks for the next
            at = await _stored(self.pool.fetchval(SQL["fetched_up_to"], self.tenant, self.pairing, kind, after))
            if at is not None and kind == "return":  # what waits for that is looked at now
                await _stored(self.pool.execute(SQL["look_at_returns"], self.tenant, self.pairing, at))
        return await self._put_out(kind, "waiting", after, limit)

    async def waiting_since(self, kind: str, *, since: datetime, limit: int) -> Sequence[Waiting]:
        return await self._put_out(kind, "waiting_since", since, limit)

    async def named(self, kind: str, refs: Sequence[str]) -> Sequence[Waiting]:
        return await self._put_out(kind, "named", list(refs))

    async def keep(self, kind: str, records: Sequence[Kept], raw: bytes) -> None:
        newest = {one.key: as_json.dumps(one.value).decode() for one in records}
        await _stored(self._keep(kind, newest, raw))

    async def kept(self, kind: str, keys: Sequence[str] | None = None) -> Mapping[str, str]:
        """Key → the newest canonical document of it, as JSON. keys: None for all."""
        wanted = None if keys is None else list(keys)
        rows = await self.pool.fetch(SQL["kept"], self.tenant, self.pairing, kind, wanted)
        return {row["key"]: row["document"] for row in rows}

    async def take_event(self, event: WebhookEvent, raw: bytes) -> bool:
        return await _stored(self._take_event(event, raw))

    async def take_cancellation(self, cancellation: Cancellation, raw: bytes) -> Decision:
        return await _stored(self._take_cancellation(cancellation, raw))

    async def fetched(self, kind: str, refs: Sequence[str]) -> frozenset[str]:
        rows = await self.pool.fetch(SQL["fetched"], self.tenant, self.pairing, kind, list(refs))
        return frozenset(row["ref"] for row in rows)

    async def take_back(self, kind: str, refs: Sequence[str]) -> frozenset[str]:
        rows = await self.pool.fetch(SQL["take_back"], self.tenant, self.pairing, kind, list(refs))
        return frozenset(row["ref"] for row in rows)

    async def wishes(self, limit: int) -> Sequence[Cancellation]:
        rows = await self.pool.fetch(SQL["open_wishes"], self.tenant, self.pairing, limit)
        return [as_json.loads(Cancellation, row["document"]) for row in rows]

    async def decide(self, key: str, *, accepted: bool, reason: str, actor: str) -> bool:
        """Settle a wish, once; False when it was settled already or is not known."""
        done = await self.pool.fetchval(SQL["decide_wish"], self.tenant, self.pairing, key, accepted, reason, actor)
        return bool(done)

    async def _put_out(self, kind: str, statement: str, *given: Any) -> list[Waiting]:
        rows = await _stored(self.pool.fetch(SQL[statement], self.tenant, self.pairing, kind, *given))
        return [
            Waiting(
                position=row["position"],
                ref=row["ref"],
                value=as_json.loads(PUT_OUT[kind], row["document"]),
                put_out_at=row["put_out_at"],
            )
            for row in rows
        ]

    async def _keep(self, kind: str, documents: Mapping[str, str], raw: bytes) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            digest = await self._archive(connection, kind, raw)
            await connection.execute(
                SQL["keep"], self.tenant, self.pairing, kind, list(documents), list(documents.values()), digest
            )

    async def _take_event(self, event: WebhookEvent, raw: bytes) -> bool:
        async with self.pool.acquire() as connection, connection.transaction():
            if not event.proven:  # anybody could say it: it leaves nothing behind, and the sweep looks a little sooner
                for flow in self.due:
                    await connection.execute(RUNS["hurry_paced"], self.tenant, self.pairing, flow, UNPROVEN_GAP_SECONDS)
                return True
            if not await connection.fetchval(RUNS["webhook_seen"], self.tenant, self.system, event.key, event.topic):
                return False
            await self._archive(connection, event.topic, raw)
            refs = event.order_refs if self.looks else ()
            await ask_in(connection, [self._look(ref, event.key) for ref in refs])
            if self.hears:
                await connection.execute(HINTS["hear"], self.tenant, [self.pairing], list(refs), event.topic)
            for flow in self.due:
                await connection.execute(RUNS["hurry"], self.tenant, self.pairing, flow)
        return True

    async def _take_cancellation(self, cancellation: Cancellation, raw: bytes) -> Decision:
        async with self.pool.acquire() as connection, connection.transaction():
            digest = await self._archive(connection, "cancellation", raw)
            document = as_json.dumps(cancellation).decode()
            if await connection.fetchval(SQL["wish"], self.tenant, self.pairing, cancellation.key, document, digest):
                await connection.execute(RUNS["hurry"], self.tenant, self.pairing, "changes")
            row = await connection.fetchrow(SQL["wish_outcome"], self.tenant, self.pairing, cancellation.key)
            assert row is not None  # it was put there two lines above, and wishes are never deleted
        return Decision(accepted=row["accepted"], reason=row["reason"])

    def _look(self, ref: str, key: str) -> Job:
        return Job(entrypoint="fetch", subject=f"{self.pairing}/{ref}", key=f"fetch/{self.pairing}/{ref}/{key}")

    async def _archive(self, connection: Any, kind: str, raw: bytes) -> bytes:
        (digest,) = await archive(
            connection, self.vault, tenant=self.tenant, source=self.system, kind=kind, documents=[(self.pairing, raw)]
        )
        return digest


async def _stored(work: Coroutine[Any, Any, T]) -> T:
    """Raises Transient when the database does not do it in time: the caller must not say yes. Raises DataFault for a
    text that no database holds."""
    try:
        return await asyncio.wait_for(work, TIMEOUT_SECONDS)
    except UNSTORABLE as error:
        raise DataFault("document", "holds a NUL character, which no text may") from error
    except LOST as error:
        raise Transient(f"not stored: the database does not answer ({type(error).__name__})") from error
