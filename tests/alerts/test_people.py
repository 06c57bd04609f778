"""The people of a desk: told, escalated to, and given their morning paper."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from crossdock.cases.kinds import STOCK_CODE_UNKNOWN
from crossdock.decide.contacts import Contact
from crossdock.decide.rights import Grant, Role
from crossdock.store.desks import set_contact
from crossdock.wiring.alerts import AlertRefused, NoSuchAlert
from tests.alerts.conftest import Hook, Offices, Post, told
from tests.alerts.test_incidents import RULE, ghosts

DESKS = {"data": {"people": ["dora@harbour.example", "dan@harbour.example"], "escalation": "boss@harbour.example"}}
EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def recipients(post: Post) -> list[str]:
    return [str(mail["To"]) for mail in post.mails]


async def test_the_people_of_the_desk_are_told_and_then_whoever_it_names(
    office: Offices, post: Post, hook: Hook
) -> None:
    rule = {"desk": True, "escalate": [{"after_minutes": 10, "desk": True}]}
    here = office(told(rules={"one": rule}, desk_mail="mail"), desks=DESKS, MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(2)
    assert recipients(post) == ["dora@harbour.example", "dan@harbour.example"]
    await here.minutes(12)
    assert recipients(post)[2:] == ["boss@harbour.example"]
    assert "Nobody has answered" in post.mails[-1]["Subject"]


async def test_what_people_said_in_the_console_goes_before_the_settings(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = office(told(rules={"one": {"desk": True}}, desk_mail="mail"), desks=DESKS, MAIL=post.url(), HOOK=hook.url)
    await set_contact(here.pool, "main", "data", Contact(address="data@harbour.example"), actor="ada")
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(2)
    assert recipients(post) == ["data@harbour.example"]


async def test_a_desk_that_nobody_can_be_reached_at_is_shown(office: Offices, post: Post, hook: Hook) -> None:
    settings = told(rules={"one": {"desk": True}}, desk_mail="mail", attempts=1)
    here = office(settings, MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(2)
    (message,) = await here.rows("alert_message")
    assert (message["state"], message["problem"]) == (
        "given-up", "nobody's e-mail address is known for the data desk",
    )  # fmt: skip


async def test_an_answer_stops_escalation_and_is_on_record(office: Offices, post: Post, hook: Hook) -> None:
    rule = {**RULE, "repeat_minutes": 5, "escalate": [{"after_minutes": 10, "channels": ["hook"]}]}
    here = office(told(rules={"one": rule}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(2)
    (row,) = await here.alerts.list([Grant(role=Role.VIEWER)])
    assert row.alert.id is not None
    await here.alerts.answer(row.alert.id, actor="dora")
    with pytest.raises(AlertRefused):
        await here.alerts.answer(row.alert.id, actor="dan")
    with pytest.raises(NoSuchAlert):
        await here.alerts.answer(row.alert.id + 1, actor="dan")
    await here.minutes(15)
    assert (len(post.mails), hook.got) == (1, [])
    rows = await here.pool.fetch("select actor, detail::text from audit_entry where action = 'alert_answered'")
    assert [tuple(one) for one in rows] == [("dora", '{"rule": "one", "incident": "oro-khaos/stock-code-unknown"}')]


async def test_alerts_are_shown_as_far_as_a_persons_grants_reach(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(rules={"one": RULE}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    (row,) = await here.alerts.list([Grant(role=Role.VIEWER, desk="data", pairing="oro-khaos")])
    assert row.alert.id is not None
    for grant in (Grant(role=Role.ADMIN, desk="finance"), Grant(role=Role.ADMIN, pairing="elsewhere")):
        assert await here.alerts.list([grant]) == []
        assert await here.alerts.find(row.alert.id, [grant]) is None


async def test_the_digest_says_what_is_open_overdue_at_stake_and_who_closed_what(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = office(told(link="https://crossdock.example"), MAIL=post.url(), HOOK=hook.url)
    for number, worth in ((1, "120.50"), (2, "80.00")):
        finding = STOCK_CODE_UNKNOWN.about(f"G-{number}", sku=f"G-{number} <b>", value=Decimal(worth))
        await here.cases.raise_case(finding, record="order", record_id=number, ref=f"O-{number}", currency="GBP")
    await here.pool.execute("update desk_case set due_at = now() - interval '1 hour' where subject = 'G-1'")
    for subject, actor in (("C-1", "dora"), ("C-2", "crossdock")):
        case = await here.cases.raise_case(STOCK_CODE_UNKNOWN.about(subject, sku=subject), record="order", record_id=9)
        await here.pool.execute(
            "update desk_case set state = 'closed', closed_at = "
            "date_trunc('day', now() at time zone 'utc') at time zone 'utc' - interval '5 hours' where id = $1", case,
        )  # fmt: skip
        await here.cases.note(case, "map-code", {}, actor=actor)
    await here.pool.execute(
        "insert into watermark (tenant, pairing, feed, at, moved_at) "
        "values ('main', 'oro-khaos', 'orders', now(), now() - interval '7 minutes')"
    )
    said = await here.alerts.digest("data")
    assert said.title == "[Crossdock main] data desk: 2 open, 1 overdue, 200.50 GBP at stake"
    for words in (
        "Open: 2. Overdue: 1. At stake: 200.50 GBP.", "2 stock-code-unknown (high, 1 overdue)", "OVERDUE",
        "The ERP holds no stock item G-1 <b>.", "https://crossdock.example/cases/",
        "1 stock-code-unknown, by dora", "1 stock-code-unknown, by themselves", "oro-khaos orders: 7 min ago",
    ):  # fmt: skip
        assert words in said.text, said.text
    assert "G-1 &lt;b&gt;" in said.html
    assert "<b>" not in said.html
    nothing = await here.alerts.digest("finance")
    assert "Nothing is open." in nothing.text
    assert nothing.title == "[Crossdock main] finance desk: 0 open, 0 overdue"
    with pytest.raises(NoSuchAlert):
        await here.alerts.digest("kitchen")
    with pytest.raises(AlertRefused):
        await here.alerts.send_digest("finance", actor="ada")


async def test_a_digest_is_sent_once_a_day_however_often_anybody_looks(office: Offices, post: Post, hook: Hook) -> None:
    now = datetime.now(UTC)
    at = f"{now - timedelta(minutes=5):%H:%M}"
    digests = {"data": {"at": at, "days": EVERY_DAY, "channels": ["hook"]}}
    here = office(told(digests=digests, desk_mail="mail"), desks=DESKS, MAIL=post.url(), HOOK=hook.url)
    for _ in range(3):
        await here.round()
    assert recipients(post) == ["dora@harbour.example", "dan@harbour.example"]
    assert [one["title"] for one in hook.got] == ["[Crossdock main] data desk: 0 open, 0 overdue"]
    html = post.mails[0].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "The data desk" in html
    assert [one.problem for one in await here.alerts.send_digest("data", actor="ada")] == ["", ""]
    assert len(hook.got) == 2


async def test_quiet_hours_hold_back_and_say_in_one_mail_what_gathered(office: Offices, post: Post, hook: Hook) -> None:
    now = datetime.now(UTC)
    night = {"begin": f"{now - timedelta(hours=2):%H:%M}", "until": f"{now + timedelta(hours=2):%H:%M}"}
    quiet = {"rules": {"one": {**RULE, "quiet": "night"}}}
    here = office(told(**quiet, quiet={"night": night}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(3)
    await here.pool.execute("update desk_case set state = 'closed', closed_at = now()")
    await here.minutes(3)
    assert post.mails == []
    morning = {"begin": night["begin"], "until": f"{now - timedelta(hours=1):%H:%M}"}
    here = office(told(**quiet, quiet={"night": morning}), MAIL=post.url(), HOOK=hook.url)
    await here.round()
    (mail,) = post.mails
    assert "Over: stock-code-unknown" in mail["Subject"]
    assert "held back by quiet hours since" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
