"""Worlds for the catalogue tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.pairings.studio import Opener, Studio, open_studio, rest


@pytest.fixture
def unread(database: str, tmp_path: Path) -> Opener:
    """Opens a studio that has read nothing yet."""

    @asynccontextmanager
    async def open_one(**settings: Any) -> AsyncIterator[Studio]:
        with stamina.set_testing(True, attempts=3, cap=True):
            async with open_studio(database, tmp_path, **settings) as one:
                yield one

    return open_one


@pytest.fixture
def opened(unread: Opener) -> Opener:
    """Opens a studio whose catalogue has come to rest."""

    @asynccontextmanager
    async def open_one(**settings: Any) -> AsyncIterator[Studio]:
        async with unread(**settings) as one:
            await rest(one)
            yield one

    return open_one
