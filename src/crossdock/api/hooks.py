"""A webhook in: proven genuine, remembered, and turned into looks at what it hints at. The hint is never believed."""

import asyncio
import time
from collections.abc import Callable, Mapping

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
WORD_MAX = 500
UNPROVEN_A_MINUTE = 60
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


class Trickle:
    """Lets through so many unproven events of a system a minute, in this process; what is beyond waits for a sweep."""

    def __init__(self, *, a_minute: int = UNPROVEN_A_MINUTE, seconds: Callable[[], float] = time.monotonic) -> None:
        self._a_minute = a_minute
        self._seconds = seconds
        self._taken: dict[str, tuple[int, int]] = {}  # system → (minute, how many in it); systems are those configured

    def lets(self, system: str) -> bool:
        minute = int(self._seconds() // 60)
        before, count = self._taken.get(system, (minute, 0))
        self._taken[system] = minute, count + 1 if before == minute else 1
        return self._taken[system][1] <= self._a_minute


async def take(here: Installation, system: str, headers: Mapping[str, str], raw: bytes, *, trickle: Trickle) -> None:
    """Raises Refused. When it returns, the event and the work it asks for are stored; one beyond the trickle is left to
    the sweep, which those before it made due."""
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
    if max(map(len, (event.key, event.topic, *event.order_refs))) > WORD_MAX:  # longer than an index takes
        raise Refused(401, f"not taken: a key, topic or order of more than {WORD_MAX} characters")
    if not event.proven and not trickle.lets(system):
        log.debug("unproven webhook left to the sweep", system=system)
        return
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
