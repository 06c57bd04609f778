"""A console over a little world, and people with different rights before it."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from crossdock.api.server import HttpDoor, listen
from crossdock.decide.rights import Grant, Role
from crossdock.wiring.people import People
from tests.api.calling import serving
from tests.world import NAME, World, open_world

PASSWORD = "a long enough password"
GRANTS = {
    "ada": Grant(role=Role.ADMIN),
    "dora": Grant(role=Role.OPERATOR, desk="data", pairing=NAME),
    "fred": Grant(role=Role.OPERATOR, desk="finance"),
    "vera": Grant(role=Role.VIEWER),
    "audra": Grant(role=Role.AUDITOR),
    "olga": Grant(role=Role.OPERATOR, pairing="elsewhere"),
}
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Browser:
    """One person's: follows no redirect by itself, and keeps its cookies."""

    session: aiohttp.ClientSession
    url: str

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(self.url + path, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> tuple[int, str]:
        async with self.session.post(self.url + path, data=fields, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location", "") or await answer.text()

    async def sign_in(self, name: str, password: str = PASSWORD) -> "Browser":
        assert await self.post("/sign-in", name=name, password=password) == (303, "/")
        return self

    async def csrf(self) -> str:
        _, text = await self.get("/orders")
        found = CSRF.search(text)
        assert found, text
        return found[1]

    async def send(self, path: str, **fields: str) -> tuple[int, str]:
        """A form of ours, filled in."""
        return await self.post(path, csrf=await self.csrf(), **fields)


@dataclass
class Desk:
    world: World
    url: str
    stack: contextlib.AsyncExitStack

    async def browser(self) -> Browser:
        jar = aiohttp.CookieJar(unsafe=True)  # for an address without a name
        return Browser(await self.stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar)), self.url)

    async def sign_in(self, name: str) -> Browser:
        return await (await self.browser()).sign_in(name)


@pytest.fixture
async def desk(quick_hashes: None, database: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with contextlib.AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(database, tmp_path))
        await world.learn()
        people = People(world.here.pool, world.here.tenant)
        for name, grant in GRANTS.items():
            await people.add(name, display=name.title(), password=PASSWORD, grants=(grant,), actor="test")
        url = await stack.enter_async_context(serving(HttpDoor(world.here, listen("127.0.0.1", 0))))
        yield Desk(world, url, stack)
