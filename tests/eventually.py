"""Waiting for what will come: polled until it is so, and a failure that says what was waited for when it never is."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

DEADLINE_SECONDS = 60.0


async def eventually(
    is_so: Callable[[], Any], *, deadline_seconds: float = DEADLINE_SECONDS, every: float = 0.05
) -> Any:
    """The first true answer."""
    loop = asyncio.get_running_loop()
    until = loop.time() + deadline_seconds
    while True:
        answer = is_so()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        assert loop.time() < until, f"never came true in {deadline_seconds:g} s: {inspect.getsource(is_so).strip()}"
        await asyncio.sleep(every)
