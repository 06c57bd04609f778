"""An access token that all callers share: fetched once, renewed before it runs out, replaced when it is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, Self

from crossdock.connectors.http import Reply
from crossdock.ports.runtime import Clock

MARGIN_SECONDS = 60.0  # renewed this long before the end, or at nine tenths of a short life
TRIES = 3


@dataclass(frozen=True, slots=True)
class Token:
    """refresh: what the next one is asked for with, "" where credentials are sent each time."""

    value: str = field(repr=False)
    renew_at: datetime
    refresh: str = field(default="", repr=False)

    @classmethod
    def lasting(cls, value: str, seconds: float, *, since: datetime, refresh: str = "") -> Self:
        """A token with a lifetime. Raises OverflowError when no calendar holds its end."""
        return cls(value, since + timedelta(seconds=seconds - min(MARGIN_SECONDS, seconds / 10)), refresh)


class TokenGiver(Protocol):
    async def current(self, *, refused: str = "") -> str: ...


async def signed(tokens: TokenGiver, call: Callable[[str], Awaitable[Reply]]) -> Reply:
    """The answer to a call made with a token; on a 401, which means that nothing was done, with a new one.

    A token may die under us more than once, because others share it. One that is refused time after time was never
    good: then the answer is the last 401.
    """
    token = await tokens.current()
    for _ in range(TRIES):
        reply = await call(token)
        if reply.status != 401:
            break
        token = await tokens.current(refused=token)
    return reply


class SharedToken:
    """Gives the current token. However many callers find it stale, it is renewed once."""

    def __init__(self, fetch: Callable[[Token | None], Awaitable[Token]], clock: Clock) -> None:
        """fetch: asks for a token; given the one that is stale, if there was one."""
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: Token | None = None

    @property
    def held(self) -> Token | None:
        """The newest one, stale or not."""
        return self._token

    async def current(self, *, refused: str = "") -> str:
        """A token that should work. refused: one that was just turned away; if it is still ours, it is replaced.

        Raises what `fetch` raises.
        """
        if (token := self._token) is not None and self._good(token, refused):
            return token.value
        async with self._lock:
            if (token := self._token) is not None and self._good(token, refused):
                return token.value
            self._token = await self._fetch(token)
            return self._token.value

    def _good(self, token: Token, refused: str) -> bool:
        return token.value != refused and self._clock.now() < token.renew_at
