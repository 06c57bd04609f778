"""Two transactions that wait for each other: the database lets one fail, and it is simply run again."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import asyncpg

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 6


def again_on_deadlock(do: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """For a method that is one transaction, whole or not at all."""

    @functools.wraps(do)
    async def tried(*args: P.args, **given: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            try:
                return await do(*args, **given)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                continue
        return await do(*args, **given)

    return tried
