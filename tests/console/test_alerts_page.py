"""The alerts' page: what stands, for those it is for; channels and tests, for administrators."""

import pytest
from pydantic import SecretStr

from crossdock.settings.alerts import AlertSettings, RuleSettings
from crossdock.wiring.alerts import Alerts
from tests.alerts.conftest import TOKEN, Hook, hook
from tests.console.conftest import GRANTS, Desk
from tests.world import GHOST

__all__ = ["hook"]
RULE = RuleSettings(channels=("chat",), gather_seconds=0)


@pytest.fixture
async def alerted(desk: Desk, hook: Hook) -> Desk:
    """A desk with a channel, a rule, and an alert that stands."""
    settings = AlertSettings(
        channels={"chat": SecretStr(hook.url)}, hosts=("127.0.0.1",), private_hosts=("127.0.0.1",), rules={"all": RULE}
    )
    here = desk.world.here
    here.project = here.project.model_copy(update={"alerts": settings})
    await desk.world.sell((GHOST, 1))
    await desk.world.deliver()
    await Alerts(here.pool, here.project).round()
    return desk


async def the_alert(desk: Desk) -> int:
    return int(await desk.world.here.pool.fetchval("select id from alert"))


async def test_an_administrator_sees_channels_without_their_addresses_rules_and_what_was_sent(alerted: Desk) -> None:
    ada = await alerted.sign_in("ada")
    _, text = await ada.get("/settings/alerts")
    for words in ("GHOST-01", "webhook (JSON)", "kept secret", "One incident is a kind in a pairing", "Send a test"):
        assert words in text
    assert TOKEN not in text
    assert 'href="/settings/alerts"' in (await ada.get("/settings"))[1]


@pytest.mark.parametrize(("name", "sees"), [("dora", True), ("vera", True), ("fred", False), ("olga", False)])
async def test_others_see_the_alerts_of_their_desks_and_no_channel(alerted: Desk, name: str, sees: bool) -> None:
    _, text = await (await alerted.sign_in(name)).get("/settings/alerts")
    assert ("GHOST-01" in text, "Channels" in text, "Send a test" in text) == (sees, False, False)


async def test_an_auditor_reads_all_of_it_and_tests_nothing(alerted: Desk) -> None:
    _, text = await (await alerted.sign_in("audra")).get("/settings/alerts")
    assert ("Channels" in text, "Send a test" in text, "I see to it" in text) == (True, False, False)


async def test_a_test_goes_out_is_shown_with_its_outcome_and_not_made_twice_at_once(
    alerted: Desk,
    hook: Hook,
) -> None:
    ada = await alerted.sign_in("ada")
    status, where = await ada.send("/settings/alerts/test", channel="chat")
    assert (status, where.split("=")[0]) == (303, "/settings/alerts?tested")
    assert "It took the message" in (await ada.get(where))[1]
    assert [one["title"] for one in hook.got] == ["[Crossdock main] Test"]
    assert (await ada.send("/settings/alerts/test", channel="chat"))[0] == 429
    assert (await ada.send("/settings/alerts/test", channel="nowhere"))[0] == 404
    actor = await alerted.world.here.pool.fetchval("select actor from audit_entry where action = 'channel_tested'")
    assert actor == "ada"


async def test_a_channel_that_does_not_take_it_says_why_and_no_secret(
    alerted: Desk,
    hook: Hook,
) -> None:
    hook.status, ada = 401, await alerted.sign_in("ada")
    _, where = await ada.send("/settings/alerts/test", channel="chat")
    _, text = await ada.get(where)
    assert "It did not take it: it answered 401" in text
    assert TOKEN not in text


@pytest.mark.parametrize("name", [one for one in GRANTS if one != "ada"])
async def test_only_an_administrator_of_everything_tests_a_channel(
    alerted: Desk,
    name: str,
    hook: Hook,
) -> None:
    someone = await alerted.sign_in(name)
    assert (await someone.send("/settings/alerts/test", channel="chat"))[0] == 403
    assert hook.paths == []


async def test_no_test_without_the_forms_own_token(alerted: Desk, hook: Hook) -> None:
    ada = await alerted.sign_in("ada")
    assert (await ada.post("/settings/alerts/test", channel="chat"))[0] == 403
    assert hook.paths == []


ANSWERS = {"ada": 303, "dora": 303, "fred": 404, "vera": 403, "audra": 403, "olga": 404}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_alert_is_answered_by_those_who_settle_what_it_is_about(alerted: Desk, name: str) -> None:
    number, someone = await the_alert(alerted), await alerted.sign_in(name)
    assert (await someone.send(f"/settings/alerts/{number}/answer"))[0] == ANSWERS[name]
    by = await alerted.world.here.pool.fetchval("select answered_by from alert")
    assert by == (name if ANSWERS[name] == 303 else "")
    if by:
        assert (await someone.send(f"/settings/alerts/{number}/answer"))[0] == 422
        assert name in (await someone.get("/settings/alerts"))[1]


async def test_nothing_set_says_so(desk: Desk) -> None:
    _, text = await (await desk.sign_in("ada")).get("/settings/alerts")
    for words in ("No alert is open", "No channel is set", "No rule is set", "Nothing was sent yet"):
        assert words in text


async def test_what_is_written_in_an_alert_is_text(alerted: Desk) -> None:
    await alerted.world.here.pool.execute("update alert set text = '<script>alert(1)</script>'")
    _, text = await (await alerted.sign_in("ada")).get("/settings/alerts")
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


async def test_the_case_of_a_channel_is_seen_and_retried_from_its_page(alerted: Desk, hook: Hook) -> None:
    here = alerted.world.here
    here.project = here.project.model_copy(update={"alerts": here.project.alerts.model_copy(update={"attempts": 1})})
    hook.status = 500
    await alerted.world.work()
    case, ada = await alerted.world.the_case("alert-undeliverable"), await alerted.sign_in("ada")
    status, text = await ada.get(f"/cases/{case.id}")
    assert (status, "Nobody is told through chat" in text) == (200, True)
    hook.status = 200
    assert "1 would be sent again" in (await ada.send(f"/cases/{case.id}/rehearse", remedy="retry"))[1]
    assert (await ada.send(f"/cases/{case.id}/settle", remedy="retry"))[0] == 303
    await alerted.world.work()
    assert (await alerted.world.the_case("alert-undeliverable", "closed")).id == case.id
    assert len(hook.got) == 1
