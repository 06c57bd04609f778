"""Webhook events: remembered together with the work they ask for, or not at all."""

from collections.abc import Sequence

from crossdock.ports.runtime import Job
from crossdock.ports.systems import WebhookEvent
from crossdock.store.database import Pool
from crossdock.store.jobs import ask_in
from crossdock.store.sql import statements

SQL, HINTS = statements("runs"), statements("completeness")


async def take_event(
    pool: Pool,
    *,
    tenant: str,
    system: str,
    event: WebhookEvent,
    jobs: Sequence[Job],
    due: Sequence[tuple[str, str, float]],
    hears: Sequence[str] = (),
) -> bool:
    """Remember the event, queue its jobs and make flows due, in one transaction. due: (pairing, flow, seconds that must
    have passed since the flow last began). hears: pairings that keep in mind which orders it spoke of, until they have
    them.

    An unproven event leaves no row: anybody could fill the table. Asked for twice, it is one look while that is queued.
    False when this event was delivered before: then nothing was asked for again.
    """
    async with pool.acquire() as connection, connection.transaction():
        if event.proven and not await connection.fetchval(SQL["webhook_seen"], tenant, system, event.key, event.topic):
            return False
        await ask_in(connection, jobs)
        await connection.execute(HINTS["hear"], tenant, list(hears), list(event.order_refs), event.topic)
        for pairing, flow, gap_seconds in due:
            await connection.execute(SQL["hurry_paced"], tenant, pairing, flow, gap_seconds)
    return True
