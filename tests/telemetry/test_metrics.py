"""The figures: what they count, who may read them, and that neither scraping nor strangers can hurt."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from crossdock.api.metrics import metrics_app
from crossdock.api.server import HttpDoor, listen
from crossdock.settings.load import load
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.store.database import Pool
from crossdock.store.gauges import SQL, read_gauges
from crossdock.telemetry import metrics
from crossdock.telemetry.database import FIGURES
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.systems import known_systems
from tests.api.calling import Calls, event, serving
from tests.world import NAME, World, load_project, open_world, settings_tree

TOKEN = "a-token-for-prometheus"


async def opened(folder: Path, database: str, **metrics: Any) -> Any:
    tree = settings_tree(
        "http://127.0.0.1:1", "http://127.0.0.1:1", system={"shop": {"webhook_secret": "${SHOP_SECRET}"}}
    )
    path = folder / "crossdock.yaml"
    path.write_text(yaml.safe_dump({**tree, "database_url": "${DATABASE}", "metrics": metrics}), "utf-8")
    environ = {"SHOP_SECRET": SANDBOX_CREDENTIAL, "DATABASE": database, "TOKEN": TOKEN}
    return load(path, systems=known_systems(), environ=environ)


@pytest.fixture
async def here(database: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with open_installation(await opened(tmp_path, database, token="${TOKEN}", database_seconds=3600)) as one:
        await one.runs.ensure(NAME, "orders")
        yield one


@pytest.fixture
async def calls(here: Installation) -> AsyncIterator[Calls]:
    async with serving(HttpDoor(here, listen("127.0.0.1", 0))) as url, aiohttp.ClientSession() as session:
        yield Calls(session, url)


async def read(calls: Calls, token: str = TOKEN) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    headers = {"Authorization": f"Bearer {token}"}
    async with calls.session.get(f"{calls.url}/metrics", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        families = list(text_string_to_metric_families(await answer.text()))
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(figures: dict[Any, float], name: str, **labels: str) -> float:
    return figures.get((name, tuple(sorted(labels.items()))), 0.0)


async def test_only_the_token_opens_the_figures(calls: Calls) -> None:
    for header in (None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x"):
        headers = {"Authorization": header} if header else {}
        async with calls.session.get(f"{calls.url}/metrics", headers=headers) as answer:
            assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), header
            assert "crossdock_" not in await answer.text()
    assert value(await read(calls), "crossdock_database_answers") == 1


async def test_without_a_token_there_are_none_on_the_public_door(database: str, tmp_path: Path) -> None:
    async with (
        open_world(database, tmp_path) as world,
        serving(HttpDoor(world.here, listen("127.0.0.1", 0))) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/metrics") as answer,
    ):
        assert answer.status == 404
        assert "crossdock_" not in await answer.text()


async def test_the_door_of_its_own_has_figures_and_health_and_nothing_else(database: str, tmp_path: Path) -> None:
    async with open_installation(await opened(tmp_path, database, port=0)) as here:
        door = HttpDoor(here, listen("127.0.0.1", 0), metrics_app(here, with_database=False))
        async with serving(door) as url, aiohttp.ClientSession() as session:
            calls = Calls(session, url)
            assert [(await calls.get(path))[0] for path in ("/metrics", "/healthz", "/readyz")] == [200, 200, 200]
            assert [(await calls.get(path))[0] for path in ("/", "/sign-in", "/orders")] == [404, 404, 404]
            figures = await read(calls)
    assert "crossdock_database_answers" not in {name for name, _ in figures}, "each worker would tell the same again"


async def test_requests_are_counted_by_the_template_of_their_route(calls: Calls) -> None:
    before = await read(calls)
    for path in ("/healthz", "/orders/1", "/orders/2", "/nowhere/at-all", "/nowhere/either", "/x/../.env"):
        await calls.get(path)
    await calls.hook("shop", event("m-1"), secret=SANDBOX_CREDENTIAL)
    await calls.hook("shop", event("m-1"), secret=SANDBOX_CREDENTIAL)
    await calls.hook("shop", event("m-2"), secret="forged")
    await calls.hook("no-such-system", event("m-3"))
    after = await read(calls)

    def grew(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grew("crossdock_http_requests_total", route="/healthz", method="GET", status="200") == 1
    assert grew("crossdock_http_requests_total", route="/hooks/{system}", method="POST", status="204") == 2
    assert grew("crossdock_http_requests_total", route="(none)", method="GET", status="404") == 3
    assert grew("crossdock_http_request_seconds_count", route="/hooks/{system}", method="POST") == 4
    assert [grew("crossdock_hooks_total", system="shop", outcome=one) for one in ("taken", "repeated", "refused")] == [
        1, 1, 1,
    ]  # fmt: skip
    assert grew("crossdock_hooks_total", system="(unknown)", outcome="refused") == 1
    told = " ".join(f"{name} {labels}" for name, labels in after)
    assert "nowhere" not in told
    assert "/orders/1" not in told
    assert "no-such-system" not in told


async def test_an_odd_method_makes_no_series_of_its_own(calls: Calls) -> None:
    for method in ("BREW", "STEEP"):
        async with calls.session.request(method, f"{calls.url}/healthz") as answer:
            assert answer.status == 405
    methods = {dict(labels).get("method") for _, labels in await read(calls)}
    assert "OTHER" in methods
    assert not {"BREW", "STEEP"} & methods


async def test_the_database_is_asked_once_however_many_look(
    here: Installation, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def counting(pool: Pool, tenant: str) -> Any:
        asked.append(tenant)
        return await read_gauges(pool, tenant)

    monkeypatch.setattr("crossdock.wiring.gauges.read_gauges", counting)
    await asyncio.gather(*(read(calls) for _ in range(20)))
    assert asked == ["main"]


async def test_a_database_that_is_away_leaves_its_figures_out_and_says_so(
    here: Installation, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Any:
        raise OSError("gone")

    monkeypatch.setattr("crossdock.wiring.gauges.read_gauges", away)
    figures = await read(calls)
    assert value(figures, "crossdock_database_answers") == 0
    assert "crossdock_flow_failures" not in {name for name, _ in figures}
    assert value(figures, "crossdock_build_info", version="0.1.0") == 1


async def test_the_figures_of_the_database_are_what_is_there(database: str, tmp_path: Path) -> None:
    async with open_world(database, tmp_path) as world:
        await _a_little_of_everything(world)
        rows = await read_gauges(world.here.pool, "main")
        by = {name: {tuple(row.values())[:-1]: row for row in found} for name, found in rows.items()}
        states = {(one["pairing"], one["state"]): one["orders"] for one in rows["orders"]}
        assert states == {(NAME, "posted"): 1, (NAME, "waiting"): 1}
        assert {(one["state"], one["orders"]) for one in rows["day"]} == {("posted", 1), ("waiting", 1)}
        (case,) = rows["cases"]
        assert (case["kind"], case["cases"], case["overdue"]) == ("stock-code-unknown", 1, 0)
        orders = next(one for one in rows["flows"] if one["flow"] == "orders")
        assert (orders["failures"], orders["well"] < 3600) == (0, True)
        assert by["stock"]
        assert {one["system"]: one["open"] for one in rows["budgets"]} == {"shop": 0, "khaos": 0}
        assert rows["audit"][0]["entries"] > 0
        await world.here.runs.ended(NAME, "orders", well=False, result={})
        again = next(one for one in (await read_gauges(world.here.pool, "main"))["flows"] if one["flow"] == "orders")
        assert again["failures"] == 1
        assert again["well"] >= orders["well"], "a failure is no success"


async def _a_little_of_everything(world: World) -> None:
    await world.learn()
    await world.sell()
    await world.sell(("GHOST-01", 1))
    await world.deliver()


def test_every_figure_of_the_database_is_read_by_a_statement_there_is() -> None:
    assert {one.rows for one in FIGURES} == set(SQL)
    assert len({one.name for one in FIGURES}) == len(FIGURES)
    assert not {label for one in FIGURES for label in one.labels} & {"sku", "order", "ref", "id", "company"}


async def test_each_is_answered_by_an_index_when_there_is_much(pool: Pool) -> None:
    """A million orders at their end must not be walked through to count the few that are not."""
    await pool.execute(MANY)
    await pool.execute("vacuum analyze sales_order, desk_case, audit_entry")
    for name, more in (("orders", []), ("day", [["p"]]), ("cases", []), ("audit", [])):
        plan = "\n".join(row[0] for row in await pool.fetch(f"explain {SQL[name]}", "main", *more))
        assert not re.search(r"Seq Scan on (sales_order|desk_case|audit_entry)", plan), f"{name}\n{plan}"


MANY = """
insert into sales_order (tenant, pairing, storefront_id, ref, state, captured_at)
select 'main', 'p', n::text, n::text, case when n % 500 = 0 then 'posted' else 'despatched' end,
       now() - n * interval '1 minute'
from generate_series(1, 20000) n;
insert into desk_case (tenant, pairing, kind, subject, state, desk, severity, cause, due_at)
select 'main', 'p', 'k', n::text, case when n % 500 = 0 then 'open' else 'closed' end, 'erp', 'normal', 'c', now()
from generate_series(1, 20000) n;
insert into audit_seal (tenant, number, entries, previous, hash) values ('main', 1, 20000, '', '');
insert into audit_entry (tenant, actor, action, subject, seal_id)
select 'main', 'crossdock', 'x', 'order', case when n % 500 <> 0 then 1 end from generate_series(1, 20000) n
"""


def test_a_token_that_could_be_guessed_is_refused(tmp_path: Path) -> None:
    from crossdock.settings.problem import SettingsError

    with pytest.raises(SettingsError, match="token"):
        tree = {**settings_tree("http://a.example", "http://b.example"), "metrics": {"token": "${DATABASE}"}}
        load_project(tmp_path, tree, database="short")


def test_a_flow_cannot_make_series_of_what_it_read() -> None:
    result = {"read": 3, "HP-1001": 1, "a sentence of words": 2, "problem": "x", "whole": True, "gone": 0}
    metrics.flow_ended("p", "f", "done", 0.1, result)
    told = {
        one.labels["what"] for family in metrics.REGISTRY.collect() for one in family.samples
        if one.name == "crossdock_flow_records_total" and one.labels["pairing"] == "p"
    }  # fmt: skip
    assert told == {"read"}
