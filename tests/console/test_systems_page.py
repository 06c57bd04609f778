"""Systems: who needs a look first, limits beside what is left, what failed last, and a probe for those who may."""

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.model.faults import Transient
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import ProbeLine
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.wiring.people import People
from tests.console.conftest import PASSWORD, Desk
from tests.wiring.probes import Told, instead
from tests.world import NAME

WELL = [ProbeLine(what="orders", read=3), ProbeLine(what="stock levels", read=7)]


async def fail(desk: Desk, name: str, problem: str, times: int = 1) -> None:
    for _ in range(times):
        async with desk.world.here.gates[name].call(Priority.READ) as permit:
            permit.failed("GET http://erp.example/x", problem)


async def entries(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.world.here.pool.fetch(
        "select action, actor from audit_entry where subject = 'system' order by id"
    )
    return [(row["action"], row["actor"]) for row in rows]


async def test_limits_stand_beside_what_is_left_of_them(desk: Desk) -> None:
    await desk.world.here.pool.execute("update remote_budget set tokens = 3, filled_at = now() + interval '1 hour'")
    vera = await desk.sign_in("vera")
    _, text = await vera.get("/systems")
    budget = desk.world.project.systems["khaos"].budget
    rate = f"{budget.requests_per_second:g}"
    for words in (
        f"<dd>0 of {rate}</dd>", f"of {budget.concurrency}</dd>", f"<dd>{rate}; {rate} at once after a quiet time</dd>",
        f"after {budget.breaker_failures} failures in a row, for {budget.breaker_seconds:g} s",
    ):  # fmt: skip
        assert words in text


async def test_what_failed_last_is_told_without_secrets_and_what_fails_comes_first(desk: Desk) -> None:
    vera = await desk.sign_in("vera")
    _, text = await vera.get("/systems")
    assert "No call fails" in text
    assert text.index('id="shop"') < text.index('id="khaos"')
    assert "No failed call is on record" in text
    await fail(desk, "khaos", "could not be reached: <b>refused</b>", times=2)
    await fail(desk, "shop", f"gave no answer to {SANDBOX_CREDENTIAL}")
    async with desk.world.here.gates["shop"].call(Priority.READ):
        pass
    _, text = await vera.get("/systems")
    assert '1 system needs a look: <a href="#khaos">khaos</a> (failing)' in text
    assert text.index('id="khaos"') < text.index('id="shop"')
    assert "2 calls in a row failed" in text
    assert (text.count("could not be reached: &lt;b&gt;refused&lt;/b&gt;"), text.count(": the same<")) == (1, 1)
    assert ("gave no answer to ***" in text, SANDBOX_CREDENTIAL in text) == (True, False)
    await desk.world.here.pool.execute(
        "update remote_budget set open_until = now() + interval '9 minutes' where system = 'shop'"
    )
    _, text = await vera.get("/systems")
    assert text.index('id="shop"') < text.index('id="khaos"')
    assert "(stopped)" in text


async def test_flows_that_a_system_stops_are_named_with_it_and_with_no_other(desk: Desk) -> None:
    await desk.world.here.runs.ended(
        NAME, "stock", well=False, result={"problem": f"khaos: key {SANDBOX_CREDENTIAL} is refused"}
    )
    vera, olga = await desk.sign_in("vera"), await desk.sign_in("olga")
    _, text = await vera.get("/systems")
    khaos, shop = text.index('id="khaos"'), text.index('id="shop"')
    assert khaos < text.index("<b>stock</b> of oro-khaos cannot go on, 1 run in a row") < shop
    assert "1 flow cannot go on with it" in text
    assert "cannot go on" not in (await olga.get("/systems"))[1]
    await desk.world.here.runs.ensure(NAME, "gone")
    await desk.world.here.pool.execute("delete from cadence where flow = 'stock'")
    await desk.world.here.runs.ended(NAME, "gone", well=False, result={"problem": "khaos: x"})
    assert "cannot go on" not in (await vera.get("/systems"))[1]  # it is in no settings any more


@pytest.mark.parametrize(
    ("name", "status"),
    [("ada", 200), ("inga", 200), ("dora", 403), ("fred", 403), ("vera", 403), ("audra", 403), ("olga", 404)],
)
async def test_a_system_is_probed_by_those_who_settle_for_the_integration_desk(
    desk: Desk, name: str, status: int
) -> None:
    told = Told(lines=WELL)
    instead(desk.world.here, "khaos", told)
    people = People(desk.world.here.pool, desk.world.here.tenant)
    inga = Grant(role=Role.OPERATOR, desk="integration", pairing=NAME)
    await people.add("inga", display="Inga", password=PASSWORD, grants=(inga,), actor="test")
    someone = await desk.sign_in(name)
    _, text = await someone.get("/systems")
    assert ('action="/systems/khaos/probe"' in text) == (status == 200)
    got, text = await someone.send("/systems/khaos/probe")
    assert (got, told.probes) == (status, int(status == 200))
    assert await entries(desk) == ([("probe_asked", name), ("probed", name)] if status == 200 else [])
    if status == 200:
        assert all(words in text for words in ("Probe of khaos", "well; everything", "stock levels", ">passed<"))
        assert f"by {name}" in (await someone.get("/systems"))[1]


async def test_what_is_amiss_is_told_line_by_line_with_what_to_do_and_no_secret(desk: Desk) -> None:
    instead(desk.world.here, "shop", Told(lines=[
        ProbeLine(what="orders", read=3),
        ProbeLine(what="stock levels", problem=f"<i>HTTP 401</i>: {SANDBOX_CREDENTIAL} is wrong"),
        ProbeLine(what="companies", denied="you may not"),
    ]))  # fmt: skip
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/systems/shop/probe")
    assert status == 200
    assert all(
        words in text for words in ("reachable, and something of it is amiss", "&lt;i&gt;HTTP 401&lt;/i&gt;: *** is")
    )
    assert [text.count(words) for words in (">passed<", ">not passed<", ">not allowed<")] == [1, 1, 1]
    assert SANDBOX_CREDENTIAL not in text
    assert "problems," in (await ada.get("/systems"))[1]


async def test_a_system_that_does_not_answer_gives_a_page_and_no_failure_of_ours(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    instead(desk.world.here, "khaos", Told(trouble=Transient("POST http://erp/: cannot connect: refused")))
    status, text = await ada.send("/systems/khaos/probe")
    assert (status, "nothing could be read" in text, "cannot connect: refused" in text) == (200, True, True)
    status, text = await ada.send("/systems/khaos/probe")
    assert (status, "khaos was probed a moment ago, by ada" in text) == (409, True)


async def test_a_probe_goes_through_an_open_circuit(desk: Desk) -> None:
    await fail(desk, "khaos", "x")
    await desk.world.here.pool.execute(
        "update remote_budget set open_until = now() + interval '9 minutes', failures = 8 where system = 'khaos'"
    )
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/systems/khaos/probe")
    assert (status, "well; everything that may be read" in text) == (200, True)
    assert "No call fails" in (await ada.get("/systems"))[1]


async def test_a_probe_needs_the_form_of_the_page_and_a_system_that_is_there(desk: Desk) -> None:
    told = Told(lines=WELL)
    instead(desk.world.here, "khaos", told)
    ada = await desk.sign_in("ada")
    assert (await ada.post("/systems/khaos/probe"))[0] == 403
    assert (await ada.post("/systems/khaos/probe", csrf="x"))[0] == 403
    assert (await ada.post("/systems/khaos/probe", {"Origin": "http://evil.example"}, csrf=await ada.csrf()))[0] == 403
    assert (await ada.get("/systems/khaos/probe"))[0] == 405
    for name in ("nowhere", "%00", "x" * 300):
        assert (await ada.send(f"/systems/{name}/probe"))[0] in (404, 422)
    assert (told.probes, await entries(desk)) == (0, [])
