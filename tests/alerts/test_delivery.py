"""What cannot be delivered: tried again with an end, then shown; and what a crash repeats."""

import pytest

from crossdock.cases.kind import Remedy
from crossdock.cases.kinds import ALERT_UNDELIVERABLE
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.store.cases import list_cases
from crossdock.wiring.alert_remedies import house
from crossdock.wiring.alerts import AlertRefused, NoSuchAlert
from tests.alerts.conftest import TOKEN, Hook, Offices, Post, told
from tests.alerts.test_incidents import RULE, ghosts

HOOKED = {**RULE, "channels": ["hook"]}


async def test_a_channel_that_is_away_is_tried_again_then_shown_as_a_case_and_told_after_all(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = office(told(rules={"everything": HOOKED}, attempts=3), MAIL=post.url(), HOOK=hook.url)
    hook.status = 503
    await here.raise_cases(ghosts(2))
    await here.round()
    await here.minutes(2)
    (message,) = await here.rows("alert_message")
    assert (message["state"], message["attempts"], message["problem"]) == ("due", 2, "it answered 503")
    await here.minutes(5)
    (message,) = await here.rows("alert_message")
    assert (message["state"], message["attempts"], len(hook.paths)) == ("given-up", 3, 3)
    (case,) = await list_cases(here.pool, "main", kind=ALERT_UNDELIVERABLE.code)
    assert (case.desk, case.subject, case.pairing) == ("integration", "hook", "")
    assert "tried 3 times, and it answered 503" in case.cause
    hook.status = 200
    assert (await here.alerts.test("hook", actor="ada")).problem == ""
    (case,) = await list_cases(here.pool, "main", kind=ALERT_UNDELIVERABLE.code)
    assert case.state == "closed"
    await here.work()
    assert [one["title"].split("] ")[1].split(":")[0] for one in hook.got] == ["Test", "New"]


async def test_a_channel_that_cannot_be_reached_is_not_told_about_through_itself(
    office: Offices, post: Post, hook: Hook
) -> None:
    rule = {**RULE, "channels": ["mail", "hook"]}
    here = office(told(rules={"everything": rule}, attempts=1), MAIL=post.url(), HOOK=hook.url)
    hook.status = 500
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(4)
    assert [mail["Subject"].split("] ")[1][:24] for mail in post.mails] == [
        "New: stock-code-unknown ", "New: alert-undeliverable",
    ]  # fmt: skip
    assert len(hook.paths) == 1


async def test_a_person_can_have_it_sent_again_from_the_case(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(rules={"everything": HOOKED}, attempts=1), MAIL=post.url(), HOOK=hook.url)
    hook.status = 500
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(2)
    (case,) = await list_cases(here.pool, "main", kind=ALERT_UNDELIVERABLE.code)
    own, wish = house(here.pool, here.project), Wish(remedy=Remedy.RETRY, actor="ada")
    assert (await own.rehearse(case, wish)).would == {"be sent again": 1}
    with pytest.raises(RemedyRefused):
        await own.rehearse(case, Wish(remedy=Remedy.ACCEPT, reason="so", actor="ada"))
    hook.status = 200
    await own.apply(case, wish)
    await here.work()
    assert len(hook.got) == 1
    (case,) = await list_cases(here.pool, "main", kind=ALERT_UNDELIVERABLE.code)
    assert case.state == "closed"
    with pytest.raises(RemedyRefused):
        await own.apply(case, wish)


async def test_a_crash_between_sending_and_writing_it_down_sends_that_message_once_more(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = office(told(rules={"everything": HOOKED}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.pass_time(minutes=1)
    await here.alerts.round()
    (message,) = await here.rows("alert_message")
    taken = await here.alerts.store.take(message["id"], seconds=180)
    assert taken is not None
    assert await here.alerts.delivery._speak(taken) == ""  # and here the process dies
    await here.round()
    assert len(hook.got) == 1  # whoever has it still has it
    await here.minutes(5)
    assert len(hook.got) == 2
    assert [row["state"] for row in await here.rows("alert_message")] == ["sent"]


async def test_a_message_that_kills_whoever_sends_it_comes_to_an_end(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(rules={"everything": HOOKED}, attempts=2), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.pass_time(minutes=1)
    await here.alerts.round()
    (message,) = await here.rows("alert_message")
    for _ in range(2):
        assert await here.alerts.store.take(message["id"], seconds=0) is not None
    await here.minutes(2)
    (message,) = await here.rows("alert_message")
    assert (message["state"], message["problem"]) == (
        "given-up",
        "it was begun too often, and its end was never written",
    )
    assert hook.got == []


async def test_a_mail_server_that_says_not_now_is_asked_again(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(rules={"everything": RULE}), MAIL=post.url(), HOOK=hook.url)
    post.refuses = 1
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(1)
    (message,) = await here.rows("alert_message")
    assert message["problem"] == "the mail server answered 451"
    await here.minutes(2)
    assert len(post.mails) == 1


async def test_a_test_is_written_down_with_who_made_it_and_not_made_twice_at_once(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = office(told(), MAIL=post.url(), HOOK=hook.url)
    assert (await here.alerts.test("mail", actor="ada")).problem == ""
    with pytest.raises(AlertRefused, match="a moment ago"):
        await here.alerts.test("mail", actor="ada")
    with pytest.raises(NoSuchAlert):
        await here.alerts.test("nowhere", actor="ada")
    rows = await here.pool.fetch("select actor, detail::text from audit_entry where action = 'channel_tested'")
    assert [tuple(row) for row in rows] == [("ada", '{"channel": "mail"}')]
    assert len(post.mails) == 1


async def test_a_test_that_fails_says_why_at_once_and_becomes_no_case(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(), MAIL=post.url(), HOOK=hook.url)
    hook.status = 401
    assert (await here.alerts.test("hook", actor="ada")).problem == "it answered 401"
    await here.minutes(3)
    assert (len(hook.paths), await list_cases(here.pool, "main", kind=ALERT_UNDELIVERABLE.code)) == (1, [])


async def test_tests_of_an_hour_come_to_an_end(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(), MAIL=post.url(), HOOK=hook.url)
    await here.pool.execute(
        "insert into alert_message (tenant, target, purpose, title, body, html, state, created_at) "
        "select 'main', 'hook', 'test', '', '', '', 'sent', now() - interval '1 minute' from generate_series(1, 20)"
    )
    with pytest.raises(AlertRefused):
        await here.alerts.test("mail", actor="ada")


async def test_no_token_is_in_the_database_nor_in_the_log_nor_printed(
    office: Offices, post: Post, hook: Hook, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    here = office(told(rules={"everything": HOOKED}, attempts=2), MAIL=post.url(), HOOK=hook.url)
    for status in (200, 500):
        hook.status = status
        await here.raise_cases(ghosts(2, first=status))
        await here.round()
        await here.minutes(4)
        await here.pass_time(minutes=1)
        await here.alerts.test("hook", actor="ada")
    assert TOKEN not in repr(here.project)
    assert TOKEN not in str(here.alerts.channels())
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capfd.readouterr())
    for table in ("alert", "alert_message", "desk_case", "audit_entry"):
        assert TOKEN not in str(await here.rows(table))
