"""Webhooks nobody signs: hints that cost little however many come, and leave nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from crossdock.api.hooks import UNPROVEN_A_MINUTE, WORD_MAX, Trickle
from crossdock.api.server import HttpDoor, listen
from crossdock.settings.load import load
from crossdock.settings.scaffold import settings_text
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from tests.api.calling import SECRET, Calls, event, serving

FLOOD = 3 * UNPROVEN_A_MINUTE


@pytest.fixture
async def here(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    """A shop that signs nothing, because no secret was set."""
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    kinds = known_systems()
    text = settings_text(kinds).replace("file:secrets/oro-client-secret", "${SECRET}")
    (tmp_path / "crossdock.yaml").write_text(text, "utf-8")
    project = load(tmp_path / "crossdock.yaml", systems=kinds, environ={"SECRET": SECRET})
    async with open_installation(project) as installation:
        await installation.runs.ensure("oro-khaos", "orders")
        await installation.pool.execute("update cadence set began_at = now(), next_at = now() + interval '1 hour'")
        yield installation


@pytest.fixture
async def calls(here: Installation) -> AsyncIterator[Calls]:
    async with serving(HttpDoor(here, listen("127.0.0.1", 0))) as url, aiohttp.ClientSession() as session:
        yield Calls(session, url)


async def count(here: Installation, table: str) -> int:
    return int(await here.pool.fetchval(f"select count(*) from {table}"))


async def test_a_flood_of_unsigned_hooks_fills_no_table_and_asks_for_little(here: Installation, calls: Calls) -> None:
    answers = await asyncio.gather(*(calls.hook("shop", event(f"k{at}", order=f"{at}")) for at in range(FLOOD)))
    assert answers == [(204, "")] * FLOOD
    for table in ("webhook_seen", "order_hint", "raw_document", "audit_entry"):
        assert await count(here, table) == 0, table
    asked = await here.pool.fetchval("select count(*) from pgqueuer where entrypoint = 'fetch'")
    # The minute may turn while they come: then two minutes' worth of them were let through.
    assert UNPROVEN_A_MINUTE <= asked <= 2 * UNPROVEN_A_MINUTE


async def test_the_same_order_is_one_look_while_that_is_queued(here: Installation, calls: Calls) -> None:
    await asyncio.gather(*(calls.hook("shop", event(f"k{at}", order="812")) for at in range(20)))
    keys = await here.pool.fetch("select dedupe_key from pgqueuer where entrypoint = 'fetch'")
    assert [row["dedupe_key"] for row in keys] == ["fetch/oro-khaos/812/hint"]


async def test_an_unsigned_hook_hurries_the_sweep_only_so_much(here: Installation, calls: Calls) -> None:
    await calls.hook("shop", event("one"))
    waits = await here.pool.fetchval("select next_at - began_at from cadence where flow = 'orders'")
    assert waits.total_seconds() == 10


async def test_a_word_longer_than_an_index_takes_is_refused(calls: Calls) -> None:
    for raw in (event("k" * (WORD_MAX + 1)), event("k", order="8" * (WORD_MAX + 1))):
        status, text = await calls.hook("shop", raw)
        assert (status, "more than 500 characters" in text) == (401, True)


def test_the_trickle_is_each_systems_own_and_begins_anew_each_minute() -> None:
    clock = [0.0]
    trickle = Trickle(a_minute=2, seconds=lambda: clock[0])
    assert [trickle.lets("shop") for _ in range(4)] == [True, True, False, False]
    assert trickle.lets("other")
    clock[0] = 59.9
    assert not trickle.lets("shop")
    clock[0] = 60.0
    assert [trickle.lets("shop") for _ in range(3)] == [True, True, False]
