"""Calls the shop makes to others: one client, an outcome for every try, never an exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson


@dataclass(frozen=True, slots=True)
class Outcome:
    """status 0: no answer; text then names what broke."""

    status: int
    text: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def label(self) -> int | str:
        return self.status or self.text

    def object(self) -> dict[str, Any] | None:
        """The body as a JSON object, None if it is none."""
        try:
            found = orjson.loads(self.text)
        except orjson.JSONDecodeError:
            return None
        return found if isinstance(found, dict) else None


class Outbox:
    def __init__(self) -> None:
        self.session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        self.session = aiohttp.ClientSession()

    async def stop(self) -> None:
        if self.session is not None:
            await self.session.close()
        self.session = None

    async def post(self, url: str, body: Any, *, seconds: float, headers: Mapping[str, str] | None = None) -> Outcome:
        """Post JSON. Basic auth in the URL becomes a header."""
        if self.session is None:
            return Outcome(0, "NotServing")
        sent = {"Content-Type": "application/json", **(headers or {})}
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self.session.post(
                url, data=orjson.dumps(body), headers=sent, timeout=timeout, allow_redirects=False
            ) as response:
                return Outcome(response.status, await response.text(errors="replace"))
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            return Outcome(0, type(error).__name__)
