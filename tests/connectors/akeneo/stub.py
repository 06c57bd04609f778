"""A PIM of a few lines: signs in, answers what it is told to, and remembers what it was asked."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
from aiohttp import web

from crossdock.connectors.akeneo import SYSTEM
from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.connector import Akeneo
from tests.connectors.stub import Answerer, Asked, SigningStub, connected, stubbed

API = "/api/rest/v1/"


@dataclass
class Call(Asked):
    @property
    def search(self) -> Any:
        return orjson.loads(self.query["search"]) if "search" in self.query else None

    @property
    def lines(self) -> list[Any]:
        return [orjson.loads(line) for line in self.raw.split(b"\n")]


@dataclass
class Stub(SigningStub):
    """Paths are those below /api/rest/v1/."""

    prefix: ClassVar[str] = API
    record: ClassVar[type[Asked]] = Call
    token_path: ClassVar[str] = "/api/oauth/v1/token"

    def token(self) -> Mapping[str, Any]:
        refresh = f"refresh-{len(self.tokens)}"
        told = {"expires_in": 3600, "token_type": "bearer", "scope": None, "refresh_token": refresh}
        return {"access_token": self.tokens[-1], **told}

    def unknown(self) -> web.Response:
        return refusal(401, "The access token provided is invalid.")

    def missing(self, asked: Asked) -> web.Response:
        return refusal(404, f"Resource `{asked.path}` does not exist.")

    @property
    def grants(self) -> list[str]:
        return [orjson.loads(call.raw)["grant_type"] for call in self.calls("POST", self.token_path)]


def refusal(status: int, message: str, *errors: Mapping[str, Any]) -> web.Response:
    body: dict[str, Any] = {"code": status, "message": message}
    return web.json_response(body | ({"errors": list(errors)} if errors else {}), status=status)


def page(rows: Sequence[Any], *, after: str = "", host: str = "http://elsewhere.example/pim") -> Answerer:
    """A list page whose links name another host. after: the cursor of the next page, "" at the end."""

    def answer(asked: Asked) -> web.StreamResponse:
        links = {"self": {"href": f"{host}{asked.url.path_qs}"}}
        if after:
            query = {**asked.query, "search_after": after}
            links["next"] = {"href": f"{host}{asked.url.with_query(query).path_qs}"}
        return web.json_response({"_links": links, "_embedded": {"items": list(rows)}})

    return answer


def lines(*answers: Mapping[str, Any], cut: int = 0) -> Answerer:
    """A bulk answer. cut: bytes missing at its end."""

    def answer(asked: Asked) -> web.StreamResponse:
        body = b"\n".join(orjson.dumps(one) for one in answers)
        kind = "application/vnd.akeneo.collection+json"
        return web.Response(body=body[: len(body) - cut], headers={"Content-Type": kind})

    return answer


@asynccontextmanager
async def pim(**settings: Any) -> AsyncIterator[tuple[Akeneo, Stub]]:
    """A connector and the stub it speaks to."""
    async with (
        stubbed(Stub()) as stub,
        connected(SYSTEM.connect, settings_for(stub.url, **settings), Akeneo) as connector,
    ):
        yield connector, stub


def settings_for(url: str, **changes: Any) -> AkeneoSettings:
    given = {
        "base_url": url,
        "client_id": "1_norrsken",
        "client_secret": "s3cr3t",
        "username": "o2c_5512",
        "password": "k9fh27ab",
        "product_by": "uuid",
        "timeout_seconds": 2.0,
    }
    return AkeneoSettings.model_validate({**given, **changes})


async def everything(pages: Any) -> list[Any]:
    return [one async for page in pages for one in page]
