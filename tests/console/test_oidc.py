"""Sign-in with a real identity provider, in a browser that keeps cookies by the rules."""

import asyncio
import contextlib
import json
import re
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from pydantic import SecretStr

from crossdock.api.server import HttpDoor, listen
from crossdock.decide.rights import Role
from crossdock.settings.sign_in import GivenRole, Oidc, SignIn
from tests.api.calling import serving
from tests.console.conftest import Browser, Desk
from tests.eventually import eventually

GROUPS = {"books": (GivenRole(role=Role.OPERATOR, desk="finance"),)}  # type: ignore[arg-type]
MARY = {"sub": "m-1", "preferred_username": "mary", "name": "Mary <b>H.</b>", "groups": ["books"]}
STRANGER = {"sub": "s-1", "preferred_username": "stranger", "name": "A Stranger"}


@pytest.fixture
async def issuer() -> AsyncIterator[str]:
    """oidc-provider-mock, a provider of its own, as a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("-m", "oidc_provider_mock", "-p", str(port), "-n", "true")
    people = [word for one in (MARY, STRANGER) for word in ("--user-claims", json.dumps(one))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, *people, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as session:

            async def answers() -> bool:
                try:
                    async with session.get(f"{url}/.well-known/openid-configuration") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await eventually(answers)
        yield url
    finally:
        process.kill()
        await process.wait()


@dataclass
class Door:
    desk: Desk
    url: str
    issuer: str

    async def browser(self) -> Browser:
        one = await self.desk.browser()
        return Browser(one.session, self.url)

    async def agree(self, someone: Browser, subject: str, path: str = "/sign-in/oidc") -> str:
        """Go to the provider, say who one is, and get the address one is sent back to."""
        async with someone.session.get(self.url + path, allow_redirects=False) as answer:
            assert answer.status == 303
            there = answer.headers["Location"]
        assert there.startswith(f"{self.issuer}/oauth2/authorize?")
        async with someone.session.post(there, data={"sub": subject}, allow_redirects=False) as answer:
            return answer.headers["Location"].removeprefix(self.url)


@pytest.fixture
async def door(desk: Desk, issuer: str) -> AsyncIterator[Door]:
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Oidc(
        issuer=issuer, client_id="crossdock", client_secret=SecretStr("s3cret of ours"), public_url=url,
        button="Sign in with Harbour", groups=GROUPS,
    )  # fmt: skip
    here = desk.world.here
    here.project = here.project.model_copy(update={"sign_in": SignIn(oidc=settings)})
    async with contextlib.AsyncExitStack() as stack:
        yield Door(desk, await stack.enter_async_context(serving(HttpDoor(here, listening))), issuer)


async def test_a_person_of_a_real_provider_comes_in_with_the_roles_of_the_groups(door: Door) -> None:
    mary = await door.browser()
    assert "Sign in with Harbour" in (await mary.get("/sign-in?next=/orders"))[1]
    back = await door.agree(mary, "m-1", "/sign-in/oidc?next=/orders")
    async with mary.session.get(door.url + back, allow_redirects=False) as answer:
        assert answer.status == 200
        text, cookies = await answer.text(), answer.headers.getall("Set-Cookie")
    session = next(one for one in cookies if one.startswith("crossdock_session="))
    assert all(word in session for word in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert re.search(r'content="0;url=/orders"', text)
    assert (await mary.get("/orders"))[0] == 200
    account = (await mary.get("/account"))[1]
    assert ("Mary &lt;b&gt;H.&lt;/b&gt;" in account, "operator of finance" in account) == (True, True)
    assert 'action="/account/password"' not in account
    assert (await mary.get("/settings/people"))[0] == 403
    assert await mary.send("/sign-out") == (303, "/sign-in")
    assert (await mary.get("/orders"))[0] == 303


async def test_a_stranger_of_the_provider_waits_for_a_role(door: Door) -> None:
    someone, ada = await door.browser(), await (await door.browser()).sign_in("ada")
    status, text = await someone.get(await door.agree(someone, "s-1"))
    assert (status, "no role yet" in text) == (403, True)
    assert (await someone.get("/"))[0] == 303
    _, text = await ada.get("/settings/people")
    number = re.search(r'href="/settings/people/(\d+)">stranger<', text)
    assert number
    assert "waits for a role" in text
    assert (await ada.send(f"/settings/people/{number[1]}/grant", role="viewer"))[0] == 303
    assert (await someone.get(await door.agree(someone, "s-1")))[0] == 200
    assert (await someone.get("/"))[0] == 200


async def test_the_way_back_is_for_the_browser_that_left_and_only_once(door: Door) -> None:
    mary, other = await door.browser(), await door.browser()
    back = await door.agree(mary, "m-1")
    assert (await other.get(back))[0] == 403
    assert (await mary.get(back))[0] == 200
    async with mary.session.get(door.url + back, allow_redirects=False) as answer:
        assert answer.status == 403
    await other.get("/sign-in/oidc")  # a cookie of its own does not fit another's state
    assert (await other.get(back))[0] == 403


async def test_what_is_asked_of_the_provider_is_made_anew_each_time_and_names_our_own_address(door: Door) -> None:
    asked = []
    for _ in range(2):
        someone = await door.browser()
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        async with someone.session.get(
            f"{door.url}/sign-in/oidc?next=//evil.example", headers=headers, allow_redirects=False
        ) as answer:
            asked.append({name: one[0] for name, one in parse_qs(urlsplit(answer.headers["Location"]).query).items()})
            cookie = answer.headers["Set-Cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/sign-in/oidc"))
    first, second = asked
    assert first["redirect_uri"] == f"{door.url}/sign-in/oidc/back"
    assert "evil" not in str(asked)
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


async def test_a_provider_that_is_away_says_so_and_passwords_still_open(door: Door) -> None:
    here = door.desk.world.here
    with socket.create_server(("127.0.0.1", 0)) as free:
        gone = f"http://127.0.0.1:{free.getsockname()[1]}"
    oidc = here.project.sign_in.oidc
    assert oidc
    here.project = here.project.model_copy(update={"sign_in": SignIn(oidc=oidc.model_copy(update={"issuer": gone}))})
    async with serving(HttpDoor(here, listen("127.0.0.1", 0))) as url:
        someone = Browser((await door.desk.browser()).session, url)
        status, text = await someone.get("/sign-in/oidc")
        assert (status, "does not answer" in text) == (502, True)
        await someone.sign_in("ada")
