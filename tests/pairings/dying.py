"""kill -9 at a chosen moment: before a call to a remote system, after it (its answer is lost), after a write to the
database. In between there is nothing that a death could leave half done. Only what runs as mortal can die."""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import aiohttp
import asyncpg
import pytest

STATEMENTS = ("fetch", "fetchrow", "fetchval", "execute")
WRITES = ("insert ", "update ", "delete ")
LEASES = "remote_"  # a share of a remote system's budget, kept by a task of its own: it ends by itself
mortal: ContextVar[bool] = ContextVar("mortal", default=False)


class Killed(BaseException):
    """No code of ours may catch it, as none may catch a power cut."""


class Death:
    """Strikes at the n-th moment of whatever is mortal. moments: what it met, in order."""

    def __init__(self) -> None:
        self.at = 0
        self.moments: list[str] = []

    def strike_at(self, moment: int) -> None:
        self.at, self.moments = moment, []

    def look(self, what: str) -> None:
        if not mortal.get() or len(self.moments) >= self.at:
            return
        self.moments.append(what)
        if len(self.moments) == self.at:
            raise Killed(what)


def wrote(answer: Any) -> bool:
    """Whether a statement changed anything; one that did not leaves nothing that could be half done."""
    return not answer.endswith(" 0") if isinstance(answer, str) else bool(answer)


@contextlib.contextmanager
def lurking(death: Death, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def statement(real: Callable[..., Any]) -> Callable[..., Any]:
        async def run(connection: Any, query: str, *args: Any, **given: Any) -> Any:
            answer = await real(connection, query, *args, **given)
            if any(word in query for word in WRITES) and LEASES not in query and wrote(answer):
                death.look(f"after {query[:60]}")
            return answer

        return run

    def call(real: Callable[..., Any]) -> Callable[..., Any]:
        async def run(session: Any, method: str, url: Any, **given: Any) -> Any:
            death.look(f"before {method} {url}")
            answer = await real(session, method, url, **given)
            death.look(f"after {method} {url}")
            return answer

        return run

    with monkeypatch.context() as patch:
        for name in STATEMENTS:
            patch.setattr(asyncpg.Connection, name, statement(getattr(asyncpg.Connection, name)))
        patch.setattr(aiohttp.ClientSession, "_request", call(aiohttp.ClientSession._request))
        yield


@contextlib.contextmanager
def dying(death: Death, moment: int) -> Iterator[list[bool]]:
    """What runs in here is mortal, and may die at its n-th moment. Yields a list that holds something if it did."""
    died: list[bool] = []
    death.strike_at(moment)
    token = mortal.set(True)
    try:
        yield died
    except Killed:
        died.append(True)
    finally:
        mortal.reset(token)
        death.at = 0  # what it met stays to be read


@contextlib.contextmanager
def spared() -> Iterator[None]:
    """What runs in here belongs to somebody else, and does not die."""
    token = mortal.set(False)
    try:
        yield
    finally:
        mortal.reset(token)
