"""Each thing that a rule can look at, from what the database really holds."""

from datetime import timedelta
from typing import Any

from crossdock.store.alerts import PgAlerts
from tests.alerts.conftest import Hook, Office, Offices, Post, told
from tests.world import NAME


async def watching(office: Offices, post: Post, hook: Hook, **rule: Any) -> Office:
    given = {"channels": ["hook"], "severity": "high", **rule}
    return office(told(rules={"one": given}), MAIL=post.url(), HOOK=hook.url)


async def said(here: Office, hook: Hook) -> list[str]:
    await here.round()
    await here.minutes(2)
    return [one["title"].removeprefix("[Crossdock main] ") for one in hook.got]


async def test_a_list_that_is_not_read_any_more(office: Offices, post: Post, hook: Hook) -> None:
    here = await watching(office, post, hook, watch="lag", over_minutes=30, feeds=["orders", "stock"])
    mark = (
        "insert into watermark (tenant, pairing, feed, at, moved_at) "
        "values ('main', $1, $2, now(), now() - $3::interval)"
    )
    marks = ((NAME, "orders", 40), (NAME, "stock", 10), (NAME, "items", 90), ("gone", "orders", 99))
    for pairing, feed, minutes in marks:
        await here.pool.execute(mark, pairing, feed, timedelta(minutes=minutes))
    assert await said(here, hook) == ["New: orders of oro-khaos was not read to its end for 41 min."]


async def test_no_order_for_two_hours(office: Offices, post: Post, hook: Hook) -> None:
    here = await watching(office, post, hook, watch="silence", over_minutes=120)
    assert await said(here, hook) == []  # a shop that never sold is not silent
    add = (
        "insert into sales_order (tenant, pairing, storefront_id, ref, state, placed_at) "
        "values ('main', $1, $2, $2, 'posted', now() - $3::float8 * interval '1 minute')"
    )
    await here.pool.execute(add, NAME, "812", 150)
    assert [one[:29] for one in await said(here, hook)] == ["New: No orders in oro-khaos s"]
    await here.pool.execute(add, NAME, "813", 0)
    assert [one.split(":")[0] for one in await said(here, hook)] == ["New", "Over"]


async def test_hours_that_do_not_count_are_not_silent(office: Offices, post: Post, hook: Hook) -> None:
    """A window of one minute a week, on a day that is not near."""
    day = await office.pool.fetchval("select trim(to_char(now() + interval '3 days', 'day'))")
    during = {"begin": "00:00", "until": "00:01", "days": [day]}
    here = await watching(office, post, hook, watch="silence", over_minutes=120, during=during)
    await here.pool.execute(
        "insert into sales_order (tenant, pairing, storefront_id, ref, state, placed_at) "
        "values ('main', $1, '812', '812', 'posted', now() - interval '2 days')", NAME,
    )  # fmt: skip
    assert await said(here, hook) == []


async def test_a_system_whose_circuit_is_open_that_says_wait_or_whose_budget_is_used_up(
    office: Offices, post: Post, hook: Hook
) -> None:
    here = await watching(office, post, hook, watch="budget", gather_seconds=0)
    await here.pool.execute("insert into remote_budget (tenant, system, tokens) values ('main', 'khaos', 100)")
    await here.round()
    assert hook.got == []
    await here.pool.execute("update remote_budget set failures = 8, open_until = now() + interval '1 hour'")
    await here.round()
    await here.pool.execute(
        "update remote_budget set open_until = '-infinity', blocked_until = now() + interval '1 hour'"
    )
    await here.round()
    assert [one["title"].removeprefix("[Crossdock main] ") for one in hook.got] == [
        "New: khaos does not answer: after 8 failures in a row no call is made for a while."
    ]
    assert "khaos told us to wait until" in (await here.rows("alert"))[0]["text"]
    await here.pool.execute("update remote_budget set blocked_until = '-infinity', tokens = -1e9, filled_at = now()")
    await here.pool.execute(
        "insert into remote_wish (tenant, system, holder, until) "
        "values ('main', 'khaos', 'me', now() + interval '1 hour')"
    )
    await here.round()
    (alert,) = await here.rows("alert")
    assert alert["text"] == "The call budget of khaos is used up, and calls wait."
    await here.pool.execute("delete from remote_wish")
    await here.round()
    (alert,) = await here.rows("alert")
    assert (alert["state"], len(hook.got)) == ("over", 2)


async def test_failed_sign_ins_within_a_window(office: Offices, post: Post, hook: Hook) -> None:
    here = await watching(office, post, hook, watch="sign-ins", at_least=5, over_minutes=15)
    await here.pool.execute(
        "insert into sign_in_attempt (tenant, name, address, ok, at) "
        "select 'main', 'mary', '192.0.2.' || n, n > 4, now() - interval '1 minute' from generate_series(1, 9) n"
    )
    assert await said(here, hook) == []
    await here.pool.execute("insert into sign_in_attempt (tenant, name, address) values ('main', 'john', '192.0.2.1')")
    assert await said(here, hook) == ["New: 5 sign-ins failed within 15 min, for 2 names from 4 addresses."]
    await here.pass_time(minutes=20)
    assert (await said(here, hook))[-1].startswith("Over: ")


async def test_an_order_that_was_sent_and_not_answered(office: Offices, post: Post, hook: Hook) -> None:
    here = await watching(office, post, hook, watch="outcome-unknown", over_minutes=30)
    await here.pool.execute(
        "insert into sales_order (tenant, pairing, storefront_id, ref, state, attempts, sent_at) "
        "select 'main', $1, n::text, 'O-' || n, 'posting', 1, now() - n * interval '20 minutes' "
        "from generate_series(1, 3) n", NAME,
    )  # fmt: skip
    (title,) = await said(here, hook)
    assert title.startswith("New: Of 2 orders sent in oro-khaos nobody can say yet whether the ERP has them")


async def test_a_worker_that_was_killed_and_one_that_stopped(office: Offices, post: Post, hook: Hook) -> None:
    here = await watching(office, post, hook, watch="worker-gone", over_minutes=30)
    store = PgAlerts(here.pool, "main")
    for name in ("box/1", "box/2", "box/3"):
        await store.seen(name)
    await store.left("box/2")
    await here.pass_time(minutes=40)
    await store.seen("box/3")
    (title,) = await said(here, hook)
    assert title.startswith("New: The worker box/1 was last seen")
    await store.seen("box/1")
    assert (await said(here, hook))[-1].startswith("Over: ")
