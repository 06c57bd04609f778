"""Systems over the API: the same health, limits and last errors as at the console, and the same probe."""

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.model.faults import Transient
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import ProbeLine
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.wiring.tokens import Tokens
from tests.api.v1.conftest import Api
from tests.wiring.probes import Told, instead
from tests.world import NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def a_token(api: Api, name: str, grant: Grant, *scopes: Scope) -> str:
    tokens = Tokens(api.world.here.pool, "main")
    return (await tokens.add(name, scopes=scopes, grants=[grant], days=1, actor="test")).secret


async def later(api: Api) -> None:
    await api.world.here.pool.execute("update remote_probe set asked_at = asked_at - interval '10 seconds'")


async def test_health_limits_and_last_errors_are_told_and_no_secret(api: Api) -> None:
    for name, problem in (("shop", f"said {SANDBOX_CREDENTIAL}"), ("khaos", "")):
        async with api.world.here.gates[name].call(Priority.READ) as permit:
            if problem:
                permit.failed("GET http://erp.example/x", problem)
    answer = await api.get("viewer", "/systems")
    first, second = answer.body["items"]
    assert (first["name"], first["health"], first["failures"], first["failed_calls"]) == ("shop", "failing", 1, 1)
    assert [(one["call"], one["problem"]) for one in first["failed"]] == [("GET http://erp.example/x", "said ***")]
    assert (second["name"], second["health"], second["failed"], second["probed"]) == ("khaos", "well", [], None)
    budget = api.world.project.systems["shop"].budget
    assert (first["limits"]["calls_at_once"], first["limits"]["failures_to_stop"]) == (
        budget.concurrency, budget.breaker_failures,
    )  # fmt: skip
    assert (first["may_probe"], SANDBOX_CREDENTIAL in str(answer.body)) == (False, False)


async def test_a_token_probes_with_the_scope_and_the_role_for_it_alone(api: Api) -> None:
    integration = Grant(role=Role.OPERATOR, desk="integration", pairing=NAME)
    secrets = {
        "prober": await a_token(api, "prober", integration, Scope.READ, Scope.PROBE),
        "shy": await a_token(api, "shy", integration, Scope.READ, Scope.CASES_SETTLE),
        "far": await a_token(api, "far", Grant(role=Role.OPERATOR, pairing="elsewhere"), Scope.PROBE),
    }
    two_hats = [Grant(role=Role.VIEWER, pairing=NAME), Grant(role=Role.OPERATOR, pairing="elsewhere")]
    hats = await Tokens(api.world.here.pool, "main").add(
        "hats", scopes=[Scope.PROBE], grants=two_hats, days=1, actor="test"
    )
    secrets["hats"] = hats.secret
    told = Told(lines=[ProbeLine(what="orders", read=3), ProbeLine(what="stock", problem=f"x {SANDBOX_CREDENTIAL}")])
    instead(api.world.here, "shop", told)
    found = {name: await api.post(secret, "/systems/shop/probe") for name, secret in secrets.items()}
    assert {name: one.status for name, one in found.items()} == {"prober": 200, "shy": 403, "far": 404, "hats": 403}
    assert told.probes == 1
    body = found["prober"].body
    assert (body["system"], body["verdict"]) == ("shop", "problems")
    assert [(one["what"], one["passed"], one["problem"], bool(one["advice"])) for one in body["lines"]] == [
        ("orders", True, "", False), ("stock", False, "x ***", True),
    ]  # fmt: skip
    trail = [one["action"] for one in await api.all("auditor", "/audit?actor=token%20prober")]
    assert trail == ["probed", "probe_asked"]
    again = await api.post("root", "/systems/shop/probe")
    assert (again.status, "by token prober" in again.body["detail"]) == (409, True)
    shop = next(one for one in (await api.get("viewer", "/systems")).body["items"] if one["name"] == "shop")
    assert (shop["probed"]["actor"], shop["probed"]["verdict"]) == ("token prober", "problems")


async def test_a_system_that_is_away_is_a_verdict_and_one_that_is_nobody_s_is_not_there(api: Api) -> None:
    await later(api)
    instead(api.world.here, "shop", Told(trouble=Transient("GET http://shop/: cannot connect: refused")))
    answer = await api.post("root", "/systems/shop/probe")
    assert (answer.status, answer.body["verdict"], answer.body["lines"][0]["what"]) == (
        200, "unreachable", "connection",
    )  # fmt: skip
    missing = await api.post("root", "/systems/nowhere/probe")
    assert (missing.status, missing.body["status"]) == (404, 404)
