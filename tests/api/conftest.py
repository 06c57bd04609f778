"""The inbound door on a real installation whose systems are never called."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from crossdock.api.server import HttpDoor, listen
from crossdock.settings.load import load
from crossdock.settings.scaffold import settings_text
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from tests.api.calling import SECRET, Calls, serving

SHOP = "    client_id: crossdock"


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    folder: Path = tmp_path_factory.mktemp("door")
    kinds = known_systems()
    text = settings_text(kinds).replace("file:secrets/oro-client-secret", "${SECRET}")
    text = text.replace(SHOP, SHOP + "\n    webhook_secret: ${SECRET}", 1)
    (folder / "crossdock.yaml").write_text(text, "utf-8")
    project = load(folder / "crossdock.yaml", systems=kinds, environ={"SECRET": SECRET})
    async with open_installation(project) as installation:
        await installation.runs.ensure("oro-khaos", "orders")
        yield installation


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def calls(here: Installation) -> AsyncIterator[Calls]:
    async with serving(HttpDoor(here, listen("127.0.0.1", 0))) as url, aiohttp.ClientSession() as session:
        yield Calls(session, url)
