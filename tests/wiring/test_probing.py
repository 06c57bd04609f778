"""A probe: the same for every door, within the shared budget, never writing, never more often than is polite."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from crossdock.connectors.prima.config import PrimaSettings
from crossdock.decide.probing import Verdict
from crossdock.model.faults import ConfigFault, Transient
from crossdock.ports.systems import ProbeLine
from crossdock.settings.load import load
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL, create
from crossdock.wiring import probing
from crossdock.wiring.probing import ProbeRefused, probe, probe_now
from crossdock.wiring.systems import known_systems
from tests.wiring.probes import Told, instead
from tests.world import World, open_world

KINDS = known_systems()


@pytest.fixture
async def world(database: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database, tmp_path) as opened:
        yield opened


async def trail(world: World) -> list[tuple[str, str, Any]]:
    rows = await world.here.pool.fetch(
        "select action, actor, detail::text as detail from audit_entry where subject = 'system' order by id"
    )
    return [(row["action"], row["actor"], orjson.loads(row["detail"])) for row in rows]


async def later(world: World) -> None:
    """Ten seconds on."""
    await world.here.pool.execute("update remote_probe set asked_at = asked_at - interval '10 seconds'")


@pytest.mark.parametrize("name", ["shop", "khaos"])
async def test_a_person_s_probe_finds_what_the_command_s_does_and_changes_nothing_over_there(
    world: World, name: str
) -> None:
    before = [one.state() for one in (world.shop, world.erp)]
    settings = world.project.systems[name]
    found, by_command = await probe_now(world.here, name, actor="mary"), await probe(KINDS[settings.kind], settings)
    assert (found.verdict, found.lines) == (Verdict.WELL, by_command.lines)
    assert sum(line.read for line in found.lines) > 0
    assert [one.state() for one in (world.shop, world.erp)] == before


async def test_it_is_in_the_trail_as_begun_and_as_ended_under_the_person_s_name(world: World) -> None:
    instead(world.here, "khaos", Told(lines=[ProbeLine(what="orders", read=3), ProbeLine(what="stock", problem="no")]))
    await probe_now(world.here, "khaos", actor="mary")
    assert await trail(world) == [
        ("probe_asked", "mary", {"system": "khaos"}),
        ("probed", "mary", {"system": "khaos", "verdict": "problems", "amiss": ["stock"]}),
    ]


async def test_once_in_ten_seconds_is_enough_for_each_system(world: World) -> None:
    told = Told(lines=[ProbeLine(what="orders", read=3)])
    instead(world.here, "khaos", told)
    await probe_now(world.here, "khaos", actor="mary")
    with pytest.raises(ProbeRefused, match="khaos was probed a moment ago, by mary"):
        await probe_now(world.here, "khaos", actor="john")
    assert (told.probes, len(await trail(world))) == (1, 2)
    await probe_now(world.here, "shop", actor="john")
    await later(world)
    await probe_now(world.here, "khaos", actor="john")
    assert told.probes == 2


async def test_two_never_probe_at_once_and_one_that_was_broken_off_stands_in_nobody_s_way(world: World) -> None:
    stays = asyncio.Event()
    told = Told(lines=[ProbeLine(what="orders", read=3)], stays=stays)
    instead(world.here, "khaos", told)
    first = asyncio.create_task(probe_now(world.here, "khaos", actor="mary"))
    while not told.probes:
        await asyncio.sleep(0.01)
    await later(world)
    with pytest.raises(ProbeRefused, match="mary has khaos probed just now"):
        await probe_now(world.here, "khaos", actor="john")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    stays.set()
    for _ in range(6):
        await later(world)
    await probe_now(world.here, "khaos", actor="john")
    assert (told.probes, told.closed) == (2, 2)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Transient("GET http://erp/x: cannot connect: refused"), "cannot connect: refused"),
        (ConfigFault("the certificate x.pem cannot be used", setting="client_certificate"), "x.pem cannot be used"),
        (OSError("no such host"), "no such host"),
        (TimeoutError(), "no answer to all questions"),
        (KeyError("orders"), "by its own fault: KeyError: 'orders'"),
    ],
)
async def test_whatever_a_system_does_is_a_line_and_a_verdict(world: World, trouble: Exception, said: str) -> None:
    told = Told(trouble=trouble)
    instead(world.here, "khaos", told)
    found = await probe_now(world.here, "khaos", actor="mary")
    assert (found.verdict, len(found.lines), said in found.lines[0].problem) == (Verdict.UNREACHABLE, 1, True)
    assert (told.closed, (await trail(world))[-1][2]["verdict"]) == (1, "unreachable")


async def test_a_system_that_never_answers_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PROBE_SECONDS", 0.1)
    instead(world.here, "khaos", Told(stays=asyncio.Event()))
    found = await probe_now(world.here, "khaos", actor="mary")
    assert found.lines[0].problem == "no answer to all questions within 0.1 s"


async def test_a_system_that_echoes_the_password_is_not_quoted(world: World) -> None:
    echo = f"refused: joe/{SANDBOX_CREDENTIAL}"
    instead(world.here, "shop", Told(lines=[ProbeLine(what=echo, problem=echo + "x" * 1000, denied=echo)]))
    found = await probe_now(world.here, "shop", actor="mary")
    line = found.lines[0]
    assert (line.what, line.denied, len(line.problem)) == ("refused: joe/***", "refused: joe/***", 600)
    assert SANDBOX_CREDENTIAL not in str(found) + str(await trail(world))


async def test_a_probe_is_counted_by_the_budget_that_all_workers_share(world: World) -> None:
    instead(world.here, "khaos", Told(lines=[ProbeLine(what="orders", read=3)], calls=3))
    await world.here.pool.execute(
        "insert into remote_budget (tenant, system, tokens) values ('main', 'khaos', 5) "
        "on conflict (tenant, system) do update set tokens = 5, filled_at = 'infinity'"
    )
    await world.here.pool.execute("update remote_budget set filled_at = now() + interval '1 hour'")
    await probe_now(world.here, "khaos", actor="mary")
    assert await world.here.pool.fetchval("select tokens from remote_budget where system = 'khaos'") < 5


async def test_a_person_s_probe_never_places_the_order_that_the_command_s_may(tmp_path: Path) -> None:
    path = create(tmp_path, KINDS, ["prima-bridge"])[0]
    settings = load(path, systems=KINDS, environ={}).systems["prima-bridge"]
    assert isinstance(settings, PrimaSettings)
    placing = settings.model_copy(update={"allocation_probe_sku": "HP-1001", "allocation_probe_account": "A1"})
    assert (placing.probes_allocation, placing.looking_only().probes_allocation) == (True, False)


async def test_what_a_probe_is_connected_with_only_looks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(lines=[ProbeLine(what="orders", read=3)])
    instead(world.here, "khaos", told)
    settings = world.project.systems["khaos"]
    looking = settings.model_copy(update={"timeout_seconds": 1.5})
    monkeypatch.setattr(type(settings), "looking_only", lambda _: looking)
    await probe_now(world.here, "khaos", actor="mary")
    assert told.settings == [looking]
