"""Webhooks: genuine ones are stored with the work they ask for before the answer; all others change nothing."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from crossdock.api.hooks import BODY_MAX
from crossdock.wiring.installation import Installation
from tests.api.calling import Calls, event

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def queued(here: Installation) -> list[str]:
    rows = await here.pool.fetch("select payload from pgqueuer where entrypoint = 'fetch' order by id")
    return [row["payload"].decode() for row in rows]


async def seen(here: Installation) -> int:
    return int(await here.pool.fetchval("select count(*) from webhook_seen"))


async def test_an_event_is_stored_with_its_work_before_it_is_answered(here: Installation, calls: Calls) -> None:
    await here.pool.execute("update cadence set next_at = now() + interval '1 hour'")
    before = await queued(here)
    assert await calls.hook("shop", event("first")) == (204, "")
    assert await queued(here) == [*before, "oro-khaos/812"]
    due = await here.pool.fetchval("select next_at <= now() from cadence where flow = 'orders'")
    assert due is True


async def test_the_same_event_twice_asks_once(here: Installation, calls: Calls) -> None:
    raw = event("again", order="813")
    answers = await asyncio.gather(*(calls.hook("shop", raw) for _ in range(8)))
    assert answers == [(204, "")] * 8
    assert (await queued(here)).count("oro-khaos/813") == 1


async def test_an_event_about_no_order_only_makes_the_sweep_due(here: Installation, calls: Calls) -> None:
    before = await queued(here)
    assert (await calls.hook("shop", event("other", topic="product.updated", order="")))[0] == 204
    assert await queued(here) == before


@pytest.mark.parametrize(
    ("make", "given", "status", "text"),
    [
        (lambda: event("forged"), {"secret": "another"}, 401, "the secrets differ or the body was changed"),
        (lambda: event("old", age=4000), {}, 401, "seconds ago"),
        (lambda: b"{}", {}, 401, "topic: is missing"),
        (lambda: event("nul\0"), {}, 401, "NUL"),
        (lambda: b"x" * (BODY_MAX + 1), {}, 413, "at most"),
    ],
    ids=["forged", "old", "no topic", "NUL", "long"],
)
async def test_what_is_not_genuine_changes_nothing(
    here: Installation, calls: Calls, make: Callable[[], bytes], given: dict[str, str], status: int, text: str
) -> None:
    before = await seen(here), await queued(here)
    code, said = await calls.hook("shop", make(), **given)  # made now: an event that is minutes old is refused
    assert (code, text in said) == (status, True), said
    assert (await seen(here), await queued(here)) == before


async def test_an_unsigned_event_is_turned_away(calls: Calls) -> None:
    async with calls.session.post(f"{calls.url}/hooks/shop", data=event("unsigned")) as answer:
        assert answer.status == 401
        assert answer.content_type == "text/plain"
        assert "Webhook-Signature: is missing" in await answer.text()


@pytest.mark.parametrize(
    ("system", "text"), [("nobody", "there is no system 'nobody'"), ("khaos", "sends no webhooks")]
)
async def test_systems_that_send_none(calls: Calls, system: str, text: str) -> None:
    code, said = await calls.hook(system, event("x"))
    assert (code, text in said) == (404, True)


async def test_when_it_cannot_be_stored_it_is_theirs_to_repeat(
    here: Installation, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object, **__: object) -> bool:
        raise asyncpg.ConnectionDoesNotExistError("gone")

    raw = event("kept", order="814")
    with monkeypatch.context() as broken:
        broken.setattr("crossdock.api.hooks.take_event", lost)
        code, said = await calls.hook("shop", raw)
    assert (code, "send it again" in said) == (503, True)
    assert await calls.hook("shop", raw) == (204, "")
    assert (await queued(here)).count("oro-khaos/814") == 1
