"""healthz says that the process answers, readyz that it can work."""

import json

import pytest

from crossdock.wiring.installation import Installation
from tests.api.calling import Calls

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_process_that_answers_is_healthy(calls: Calls) -> None:
    assert await calls.get("/healthz") == (200, '{"healthy":true}')


async def test_with_its_database_it_is_ready(calls: Calls) -> None:
    code, said = await calls.get("/readyz")
    assert (code, json.loads(said)) == (200, {"ready": True, "problem": ""})


async def test_a_database_of_another_release_is_not_ready(here: Installation, calls: Calls) -> None:
    await here.pool.execute("update crossdock_schema set version_num = '9999'")
    try:
        code, said = await calls.get("/readyz")
    finally:
        await here.pool.execute("update crossdock_schema set version_num = '0001'")
    assert code == 503
    assert "has schema 9999" in json.loads(said)["problem"]


async def test_a_database_that_is_away_is_not_ready(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossdock.api.health.TIMEOUT_SECONDS", 0.0)
    code, said = await calls.get("/readyz")
    assert code == 503
    assert "does not answer" in json.loads(said)["problem"]
