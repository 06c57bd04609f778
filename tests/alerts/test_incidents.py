"""From a case to a mail in a real mailbox: one incident is one message."""

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import STOCK_CODE_UNKNOWN, TAX_CODE_UNMAPPED
from tests.alerts.conftest import Hook, Offices, Post, told

RULE = {"channels": ["mail"], "gather_seconds": 60}


def ghosts(count: int, first: int = 0) -> list[Finding]:
    return [STOCK_CODE_UNKNOWN.about(f"GHOST-{one}", sku=f"GHOST-{one}") for one in range(first, first + count)]


async def test_forty_cases_of_one_kind_are_one_mail(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(rules={"everything": RULE}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(40))
    await here.round()
    assert post.mails == []  # it gathers
    await here.minutes(3)
    (mail,) = post.mails
    assert mail["Subject"] == (
        "[Crossdock main] New: 40 stock-code-unknown open in oro-khaos at the data desk; the first: The ERP holds no "
        "stock item…"
    )
    assert mail["To"] == "desk@harbour.example"
    assert "40 stock-code-unknown open" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "<strong>New:</strong>" in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


async def test_an_incident_is_told_when_it_opens_when_it_doubles_and_when_it_is_over(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = office(told(rules={"everything": RULE}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(4))
    await here.round()
    await here.minutes(2)
    await here.raise_cases(ghosts(3, first=4))  # seven: not yet twice as many
    await here.minutes(3)
    assert len(post.mails) == 1
    await here.raise_cases(ghosts(1, first=7))
    await here.minutes(3)
    await here.pool.execute("update desk_case set state = 'closed', closed_at = now()")
    await here.minutes(4)
    words = [mail["Subject"].split(": ")[0].removeprefix("[Crossdock main] ") for mail in post.mails]
    assert words == ["New", "More of it", "Over"]
    assert [row["state"] for row in await here.rows("alert")] == ["over"]


async def test_two_incidents_of_one_minute_are_one_message_to_each_who_is_told(
    office: Offices, post: Post, hook: Hook
) -> None:
    rule = {**RULE, "channels": ["mail", "hook"]}
    here = office(told(rules={"everything": rule}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases([*ghosts(1), TAX_CODE_UNMAPPED.about("XX", tax_code="XX", order_ref="O-1")])
    await here.round()
    await here.minutes(2)
    assert [mail["Subject"] for mail in post.mails] == ["[Crossdock main] 2 incidents"]
    assert [one["title"] for one in hook.got] == ["[Crossdock main] 2 incidents"]
    assert "GHOST-0" in hook.got[0]["message"]
    assert "XX" in hook.got[0]["message"]


async def test_another_case_of_a_kind_after_the_first_was_settled_is_told_anew(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = office(told(rules={"everything": RULE}), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(1))
    await here.round()
    await here.minutes(2)
    await here.pool.execute("update desk_case set state = 'closed', closed_at = now()")
    await here.raise_cases(ghosts(1, first=1))  # before anybody saw that the first has gone
    await here.minutes(3)
    assert ["Again" in mail["Subject"] for mail in post.mails] == [False, True]


async def test_a_rule_says_which_cases_it_is_about(office: Offices, post: Post, hook: Hook) -> None:
    rules = {
        "kinds": {**RULE, "kinds": ["tax-code-unmapped"]},
        "desks": {**RULE, "desks": ["finance"]},
        "severity": {**RULE, "severity": "urgent"},
        "old": {**RULE, "older_than_minutes": 60},
        "many": {**RULE, "at_least": 3},
    }
    here = office(told(rules=rules), MAIL=post.url(), HOOK=hook.url)
    await here.raise_cases(ghosts(2))
    await here.round()
    await here.minutes(3)
    assert post.mails == []
    await here.pass_time(hours=1)
    await here.raise_cases(ghosts(1, first=2))
    await here.minutes(3)
    assert {row["rule"]: row["count"] for row in await here.rows("alert")} == {"old": 2, "many": 3}


async def test_a_second_round_at_the_same_time_finds_nothing_to_do(office: Offices, post: Post, hook: Hook) -> None:
    here = office(told(rules={"everything": RULE}), MAIL=post.url(), HOOK=hook.url)
    async with here.pool.acquire() as connection, connection.transaction():
        assert await here.alerts.store.begin(connection) is not None
        assert await here.alerts.round() == {}
    assert await here.alerts.round() != {}
