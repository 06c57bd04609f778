"""A webhook in: proven genuine, remembered, and turned into looks at what it hints at. The hint is never believed."""

import asyncio
from collections.abc import Mapping

import asyncpg
import structlog
from starlette.requests import Request

from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookReceiver
from crossdock.store.webhooks import take_event
from crossdock.telemetry.metrics import HOOKS
from crossdock.wiring.installation import Installation
from crossdock.wiring.waking import woken

log = structlog.get_logger()

BODY_MAX = 1024 * 1024
TIMEOUT_SECONDS = 10.0
LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Refused(Exception):
    """An answer other than yes. The text goes to the sender as it is."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


async def read_body(request: Request) -> bytes:
    """The body as it came, byte for byte, because the signature is over that. Raises Refused when it is too large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_MAX:
            raise Refused(413, f"a webhook holds at most {BODY_MAX} bytes")
        parts.append(part)
    return b"".join(parts)


async def take(here: Installation, system: str, headers: Mapping[str, str], raw: bytes) -> None:
    """Raises Refused. When it returns, the event and the work it asks for are stored."""
    connector = here.connectors.get(system)
    if connector is None:
        HOOKS.labels("(unknown)", "refused").inc()
        raise Refused(404, f"there is no system {system!r} here")
    if not isinstance(connector, WebhookReceiver):
        HOOKS.labels(system, "refused").inc()
        raise Refused(404, f"{system} sends no webhooks that Crossdock knows")
    try:
        event = connector.read_webhook(headers, raw)
    except DataFault as fault:
        HOOKS.labels(system, "refused").inc()
        log.warning("webhook turned away", system=system, problem=str(fault))
        raise Refused(401, f"not taken: {fault}") from fault
    if "\0" in event.key + event.topic + "".join(event.order_refs):  # no text the database could hold
        HOOKS.labels(system, "refused").inc()
        raise Refused(401, "not taken: the event holds a NUL character")
    asked = woken(here, system, event)
    try:
        fresh = await asyncio.wait_for(
            take_event(
                here.pool, tenant=here.tenant, system=system, event=event, jobs=asked.jobs,
                due=[(one.pairing, one.flow, one.gap_seconds) for one in asked.due], hears=asked.hears,
            ),
            TIMEOUT_SECONDS,
        )  # fmt: skip
    except LOST as error:
        HOOKS.labels(system, "not_stored").inc()
        log.warning("webhook not stored", system=system, problem=str(error))
        raise Refused(503, "not stored: the database does not answer; send it again") from error
    HOOKS.labels(system, "taken" if fresh else "repeated").inc()
    log.info("webhook", system=system, topic=event.topic, orders=list(event.order_refs), repeated=not fresh)
