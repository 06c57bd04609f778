"""A tenant of a few lines: answers what it is told to, and remembers what it was asked."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from aiohttp import web

from crossdock.connectors.scayle import SYSTEM
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.connector import Scayle
from tests.connectors import stub
from tests.connectors.gate import FreeGate, HandClock
from tests.connectors.stub import Answerer, Asked, connected, stubbed

PREFIX = "/api/admin/v1"
ORDERS = "/shops/nb/countries/DE/orders"
NOW = datetime(2026, 7, 2, 15, 0, tzinfo=UTC)


@dataclass
class Stub(stub.Stub):
    """Paths are those below the API's, as they went over the wire."""

    prefix: ClassVar[str] = PREFIX

    gate: FreeGate = field(default_factory=FreeGate)
    clock: HandClock = field(default_factory=lambda: HandClock(NOW))

    def path(self, request: web.Request) -> str:
        return request.raw_path.partition("?")[0].removeprefix(self.prefix)

    def missing(self, asked: Asked) -> web.Response:
        return error(404, "NOT_FOUND", "No such thing.")

    def document(self, document: Any) -> web.Response:
        return said(document)


def said(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=orjson.dumps(body), headers={**(headers or {}), "Content-Type": "application/json"}
    )


def taken(asked: Asked) -> web.StreamResponse:
    return web.Response(status=204)


def error(status: int, key: str, message: str = "", headers: Mapping[str, str] | None = None) -> web.Response:
    return said({"errors": [{"errorKey": key, "message": message, "context": []}]}, status=status, headers=headers)


def page(*rows: Any, following: str | None = None) -> dict[str, Any]:
    return {"entities": list(rows), "cursor": {"next": following}}


def cursored(*lists: Sequence[Any]) -> Answerer:
    """Pages by an opaque cursor, the last one's is null."""

    def answer(asked: Asked) -> web.StreamResponse:
        at = int(asked.query.get("cursor", "c0")[1:])
        following = f"c{at + 1}" if at + 1 < len(lists) else None
        return said(page(*lists[at], following=following))

    return answer


@asynccontextmanager
async def shop(**settings: Any) -> AsyncIterator[tuple[Scayle, Stub]]:
    """A connector and the stub it speaks to."""
    async with stubbed(Stub()) as shop:
        given = settings_for(shop.url, **settings)
        async with connected(SYSTEM.connect, given, Scayle, gate=shop.gate, clock=shop.clock) as connector:
            yield connector, shop


def settings_for(url: str = "https://acme-live.admin.api.scayle.cloud", **changes: Any) -> ScayleSettings:
    given = {
        "base_url": url,
        "access_token": "t0ken",
        "shop_key": "nb",
        "country_code": "DE",
        "fulfilment_wait_seconds": 0.05,
        "fulfilment_poll_seconds": 0.01,
        "bulk_timeout_seconds": 0.2,
        "bulk_poll_seconds": 0.01,
        "timeout_seconds": 2.0,
        "changed_at_lag_seconds": 0,
    }
    return ScayleSettings.model_validate({**given, **changes})
