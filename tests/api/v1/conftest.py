"""The API over a little world, and tokens of different worth before it."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from crossdock.api.server import HttpDoor, listen
from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.wiring.people import People
from crossdock.wiring.tokens import Tokens
from tests.api.calling import serving
from tests.databases import Databases
from tests.world import GHOST, NAME, PLENTY, World, open_world

READ, SETTLE = Scope.READ, Scope.CASES_SETTLE
TOKENS: Mapping[str, tuple[tuple[Scope, ...], Grant]] = {
    "looker": ((READ,), Grant(role=Role.ADMIN)),  # a great role, and a small scope
    "viewer": ((READ,), Grant(role=Role.VIEWER)),
    "finance": ((READ, SETTLE, Scope.MAPPINGS_WRITE, Scope.RECONCILE), Grant(role=Role.OPERATOR, desk="finance")),
    "elsewhere": ((READ, SETTLE), Grant(role=Role.OPERATOR, pairing="elsewhere")),
    "auditor": ((Scope.AUDIT_READ,), Grant(role=Role.AUDITOR)),
    "data": ((READ, SETTLE, Scope.MAPPINGS_WRITE), Grant(role=Role.OPERATOR, desk="data", pairing=NAME)),
    "root": (tuple(Scope), Grant(role=Role.ADMIN)),
}
PASSWORD = "a long enough password"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Api:
    """secrets: by the token's name."""

    world: World
    session: aiohttp.ClientSession
    url: str
    secrets: dict[str, str]

    async def call(self, token: str | None, method: str, path: str, **more: Any) -> Answer:
        """token: a name of TOKENS, a secret, or None for none."""
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {self.secrets.get(token, token)}"
        async with self.session.request(method, f"{self.url}{path}", headers=headers, **more) as answer:
            body = await answer.json() if answer.content_type.endswith(("/json", "+json")) else await answer.read()
            return Answer(status=answer.status, headers=dict(answer.headers), body=body)

    async def get(self, token: str | None, path: str, **more: Any) -> Answer:
        return await self.call(token, "GET", path, **more)

    async def post(self, token: str | None, path: str, body: Any = None, **more: Any) -> Answer:
        return await self.call(token, "POST", path, **({} if body is None else {"json": body}), **more)

    async def all(self, token: str, path: str) -> list[Any]:
        """Every item of a list, by following `next`."""
        found: list[Any] = []
        following: str | None = path
        while following:
            page = (await self.get(token, following)).body
            found += page["items"]
            following = page["next"].removeprefix("/api/v1") if page["next"] else None
        return found


@contextlib.asynccontextmanager
async def open_api(database: str, folder: Path) -> AsyncIterator[Api]:
    async with contextlib.AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(database, folder))
        await world.learn()
        here = world.here
        people, tokens = People(here.pool, here.tenant), Tokens(here.pool, here.tenant)
        await here.pool.execute("select setval('api_token_id_seq', 900000000)")  # numbers that nobody guesses
        await people.add("mary", display="Mary", password=PASSWORD, grants=[Grant(role=Role.ADMIN)], actor="test")
        secrets = {}
        for name, (scopes, grant) in TOKENS.items():
            made = await tokens.add(name, scopes=scopes, grants=[grant], days=1, actor="test")
            secrets[name] = made.secret
        jar = aiohttp.CookieJar(unsafe=True)  # for an address without a name
        url = await stack.enter_async_context(serving(HttpDoor(here, listen("127.0.0.1", 0))))
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        yield Api(world, session, f"{url}/api/v1", secrets)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(quick_hashes: None, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One for all tests of a module: each makes what it looks at."""
    async with databases.lend() as database, open_api(database, tmp_path_factory.mktemp("api")) as opened:
        yield opened


async def a_case(api: Api) -> int:
    """An open case of the data desk that an order waits in, though the code was mapped before."""
    await api.world.here.pool.execute("delete from code_map where key = $1", GHOST)
    await api.world.sell((GHOST, 1), (PLENTY, 1))
    await api.world.deliver()
    return (await api.world.the_case("stock-code-unknown")).id
