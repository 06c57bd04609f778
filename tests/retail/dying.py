"""A process that dies between two calls: to the remote systems, and to our own memory."""

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from crossdock.flows.pairing import RetailPairing

PARTS = ("retail", "erp", "shelves", "despatches", "sent", "reference", "cases", "jobs")


class Killed(BaseException):
    """Nothing after this moment was done."""


class Fuse:
    """Burns with every call; at the end the process dies, before that call or right after it."""

    def __init__(self, calls: int) -> None:
        self.left = calls
        self.burnt = 0

    def burn(self) -> None:
        self.burnt += 1
        self.left -= 1
        if self.left == 0:
            raise Killed


class Dying:
    """Stands before a part of a pairing. Every call burns the fuse twice: on the way in, and on the way out."""

    def __init__(self, part: Any, fuse: Fuse) -> None:
        self._part = part
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if not callable(found):
            return found
        if inspect.iscoroutinefunction(found):
            return self._call(found)
        if inspect.isasyncgenfunction(found):
            return self._pages(found)
        if name in ("run", "levels"):
            return self._block(found)
        return self._either(found)

    def _call(self, found: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.burn()
            answer = await found(*args, **kwargs)
            self._fuse.burn()
            return answer

        return call

    def _pages(self, found: Any) -> Any:
        async def pages(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            told = found(*args, **kwargs)
            try:
                async for page in told:
                    self._fuse.burn()
                    yield page
            finally:
                if inspect.isasyncgen(told):
                    await told.aclose()  # as the database ends what a dead process had open

        return pages

    def _block(self, found: Any) -> Any:
        @asynccontextmanager
        async def block() -> AsyncIterator[Any]:
            async with found() as run:
                self._fuse.burn()
                yield Dying(run, self._fuse)

        return block

    def _either(self, found: Any) -> Any:
        """A plain method that hands out pages or an awaitable."""

        def either(*args: Any, **kwargs: Any) -> Any:
            made = found(*args, **kwargs)
            if hasattr(made, "__aiter__"):
                return self._pages(lambda: made)()
            if inspect.isawaitable(made):
                return self._call(lambda: made)()
            return made

        return either


def dying(pairing: RetailPairing, fuse: Fuse) -> RetailPairing:
    """The pairing, in a process that will not live long."""
    parts = {name: Dying(getattr(pairing, name), fuse) for name in PARTS if hasattr(pairing, name)}
    return replace(pairing, **parts)
