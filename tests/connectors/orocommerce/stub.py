"""A shop of a few lines: signs in, answers what it is told to, and remembers what it was asked."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
from aiohttp import web

from crossdock.connectors.orocommerce import SYSTEM
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.connector import OroCommerce
from tests.connectors.stub import Answerer, Asked, SigningStub, connected, stubbed

JSON_API = "application/vnd.api+json"


@dataclass
class Stub(SigningStub):
    """Paths are those below /admin/api/."""

    prefix: ClassVar[str] = "/admin/api/"
    token_path: ClassVar[str] = "/oauth2-token"

    token_seconds: float = 3600

    def token(self) -> Mapping[str, Any]:
        return {"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": self.tokens[-1]}

    def unknown(self) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})

    def missing(self, asked: Asked) -> web.Response:
        return errors(404, "resource not accessible exception", "The resource is not accessible.")

    def document(self, document: Any) -> web.Response:
        return json_api(document)


def json_api(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), headers={**(headers or {}), "Content-Type": JSON_API})


def errors(status: int, title: str, detail: str = "", pointer: str = "", parameter: str = "") -> web.Response:
    source = {"pointer": pointer} if pointer else {"parameter": parameter} if parameter else None
    entry = {"status": str(status), "title": title, "detail": detail} | ({"source": source} if source else {})
    return json_api({"errors": [entry]}, status=status)


def page(
    rows: Sequence[Any], included: Sequence[Any] = (), *, total: int | None = None, more: bool = False
) -> Answerer:
    """A list page. total: as the count header says it; of these rows when None."""

    def answer(asked: Asked) -> web.StreamResponse:
        document: dict[str, Any] = {"data": list(rows)}
        if included:
            document["included"] = list(included)
        if more:
            document["links"] = {"next": str(asked.url)}
        return json_api(document, headers={"X-Include-Total-Count": str(len(rows) if total is None else total)})

    return answer


@asynccontextmanager
async def shop(**settings: Any) -> AsyncIterator[tuple[OroCommerce, Stub]]:
    """A connector and the stub it speaks to."""
    async with (
        stubbed(Stub()) as stub,
        connected(SYSTEM.connect, settings_for(stub.url, **settings), OroCommerce) as connector,
    ):
        yield connector, stub


def settings_for(url: str, **changes: Any) -> OroCommerceSettings:
    given = {
        "base_url": url,
        "client_id": "crossdock",
        "client_secret": "s3cret",
        "version": "7.0",
        "async_timeout_seconds": 0.3,
        "async_poll_seconds": 0.01,
        "timeout_seconds": 2.0,
    }
    return OroCommerceSettings.model_validate({**given, **changes})
