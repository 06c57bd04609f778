"""Worlds for the flows: opened, and with the reference lists read."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.world import World, open_world

Opener = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """A read is tried as often as ever, without waiting in between."""
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def opened(database: str, tmp_path: Path) -> Opener:
    """Opens a world with settings of the test's own."""

    @asynccontextmanager
    async def open_one(**settings: Any) -> AsyncIterator[World]:
        async with open_world(database, tmp_path, **settings) as one:
            await one.learn()
            yield one

    return open_one


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened() as one:
        yield one


@pytest.fixture
async def opened_unread(database: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world that has not read its lists yet."""
    async with open_world(database, tmp_path) as one:
        yield one


@pytest.fixture
async def opened_without_orders(opened: Opener) -> AsyncIterator[World]:
    async with opened(pairing={"flows": ["stock-publication"]}) as one:
        yield one


@pytest.fixture
async def opened_ignoring(opened: Opener) -> AsyncIterator[World]:
    """A shop whose order status is read-only, which it keeps to itself."""
    mute = {"external_status_management": False, "order_statuses": {"processing": "Processing"}}
    async with opened(shop=mute, system={"shop": {"acknowledge": "status"}}) as one:
        yield one
