"""Reconciliation and the month's end: anybody who may see sees; two desks start; a worker does it."""

import asyncio
import base64
import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crossdock.cases.kinds import FEED_SILENT
from crossdock.decide.period import read_period
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import Run, Subject
from crossdock.store import compared
from crossdock.wiring.compare_asked import Watch, compare_asked, start
from tests.console.conftest import Desk
from tests.eventually import eventually
from tests.reconciliation.shop import MARY, look
from tests.world import NAME, PLENTY

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


async def drift(desk: Desk) -> Run:
    """A run that found one level somebody typed over."""
    await desk.world.shop.act("set_stock", {"sku": PLENTY, "quantity": 9999})
    await desk.world.pass_time(3600)
    await desk.world.here.pool.execute("update stock_published set published_at = published_at - interval '1 hour'")
    run, _ = await look(desk.world, Subject.STOCK)
    assert run.counts["to_settle"] == 1
    return run


async def run_of(desk: Desk, subject: str) -> compared.RunLine:
    found = await compared.runs(desk.world.here.pool, desk.world.here.tenant, [NAME], subject=Subject(subject))
    return found[0]


@pytest.mark.parametrize(
    ("name", "status"), [("ada", 303), ("dora", 403), ("fred", 303), ("vera", 403), ("audra", 403), ("olga", 404)]
)
async def test_a_comparison_is_started_by_finance_operations_and_admins(desk: Desk, name: str, status: int) -> None:
    someone = await desk.sign_in(name)
    assert (await someone.send("/reconciliation/start", pairing=NAME, subject="items"))[0] == status
    asked = await desk.world.here.pool.fetchval("select count(*) from pgqueuer where entrypoint = 'reconcile'")
    told = await desk.world.here.pool.fetchval("select count(*) from audit_entry where action = 'reconcile'")
    assert (asked, told) == ((1, 1) if status == 303 else (0, 0))
    _, text = await someone.get("/reconciliation")
    assert ("Reconcile now" in text) == (status == 303)


async def test_what_was_asked_for_waits_for_a_worker_and_is_done_by_it(desk: Desk) -> None:
    fred = await desk.sign_in("fred")
    status, place = await fred.send("/reconciliation/start", pairing=NAME, subject="stock")
    assert status == 303
    assert "waits for a worker" in (await fred.get(place))[1]
    await desk.world.work()
    line = await run_of(desk, "stock")
    assert (line.run.ended, line.run.actor, place) == (True, "fred", f"/reconciliation/{line.run.id}")
    _, text = await fred.get(place)
    assert "read there" in text
    assert "waits for a worker" not in text


async def test_one_of_an_object_at_a_time(desk: Desk) -> None:
    fred = await desk.sign_in("fred")
    day = datetime.now(UTC).date() - timedelta(days=3)
    assert (await fred.send("/reconciliation/start", pairing=NAME, subject="money", day=str(day)))[0] == 303
    status, text = await fred.send("/reconciliation/start", pairing=NAME, subject="money", period="2026-01")
    assert (status, "begun by fred, is not done: one at a time" in text) == (422, True)
    assert (await fred.send("/reconciliation/start", pairing=NAME, subject="items"))[0] == 303


async def test_one_that_was_broken_off_says_why_and_goes_on_where_it_was(desk: Desk) -> None:
    fred = await desk.sign_in("fred")
    desk.world.erp.faults.set([{"kind": "status", "match": "Stock"}])
    _, place = await fred.send("/reconciliation/start", pairing=NAME, subject="stock")
    await desk.world.work()
    _, text = await fred.get(place)
    assert ("broken off" in text, "It was stopped" in text, "Go on" in text) == (True, True, True)
    shown = desk.world.shop.calls["GET /admin/api/inventorylevels"]
    desk.world.erp.faults.reset()
    assert await fred.send("/reconciliation/start", pairing=NAME, subject="stock") == (303, place)
    await desk.world.work()
    line = await run_of(desk, "stock")
    assert (line.run.ended, line.trouble) == (True, "")
    assert desk.world.shop.calls["GET /admin/api/inventorylevels"] == shown  # what it had read stood


async def test_how_far_a_run_is_stands_on_its_page(desk: Desk) -> None:
    world, vera = desk.world, await desk.sign_in("vera")
    async with world.pairing.reconciliations.open(Subject.STOCK, None, actor=MARY) as run:
        await compared.tell(
            world.here.pool, world.here.tenant, NAME, ("stock", ""), step="levels shown", done=1200, whole=5000
        )
        _, text = await vera.get(f"/reconciliation/{run.run.id}")
    assert all(word in text for word in ("under way", "levels shown: 1,200 of 5,000", 'hx-trigger="every 2s"'))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"subject": "money"}, "say over which"),
        ({"subject": "money", "period": "2026-13"}, "is no period"),
        ({"subject": "money", "period": "2026-02-02..2026-02-01"}, "must end after"),
        ({"subject": "money", "period": "9000-01"}, "has not begun yet"),
        ({"subject": "money", "day": "2026-02-30"}, "is no day"),
        ({"subject": "money", "day": "9999-12-31"}, "is no period"),
        ({"subject": "weather"}, "Choose what to compare"),
    ],
)
async def test_a_period_that_cannot_be_is_told_so_and_nothing_begins(
    desk: Desk, fields: dict[str, str], told: str
) -> None:
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/reconciliation/start", pairing=NAME, **fields)
    assert (status, told in text, 'role="alert"' in text) == (422, True, True)
    assert await desk.world.here.pool.fetchval("select count(*) from reconciliation_run") == 0


async def test_a_run_tells_its_differences_by_cause_and_links_their_cases(desk: Desk) -> None:
    run, vera, fred = await drift(desk), await desk.sign_in("vera"), await desk.sign_in("fred")
    case = await desk.world.the_case("stock-drift")
    _, text = await vera.get(f"/reconciliation/{run.id}")
    assert ("<mark>9999</mark>" in text, f'href="/cases/{case.id}"' in text) == (True, True)
    assert f'href="/reconciliation/{run.id}?cause=stock-drift#differences"' in text
    _, text = await fred.get(f"/reconciliation/{run.id}?cause=stock-drift")
    assert (f"case {case.id}" in text, f'href="/cases/{case.id}"' in text) == (True, False)  # another desk's
    assert "None: both sides say the same" in (await vera.get(f"/reconciliation/{run.id}?cause=price-drift"))[1]


async def test_differences_are_paged_by_key_and_each_is_on_one_page(desk: Desk) -> None:
    run = await drift(desk)
    await desk.world.here.pool.execute(
        "insert into reconciliation_difference (run_id, number, link, cause, subject, ref, document, what, ours, "
        "theirs) "
        "select $1, n, 'stock', case when n % 2 = 0 then 'even' else 'odd' end, '', '', '', 'thing ' || n, '1', '2' "
        "from generate_series(2, 240) n",
        run.id,
    )
    ada = await desk.sign_in("ada")
    for cause, many in (("even", 120), ("", 239)):
        seen: list[str] = []
        path = f"/reconciliation/{run.id}?cause={cause}"
        while path:
            _, text = await ada.get(path)
            seen += [part.split("<")[0] for part in text.split(">thing ")[1:]]
            path = _next(text)
        assert (len(seen), len(set(seen))) == (many, many)


async def test_runs_are_paged_by_key(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "insert into reconciliation_run (tenant, pairing, object, state, actor, ended_at) "
        "select 'main', $1, case when n % 2 = 0 then 'stock' else 'items' end, 'ended', 'run ' || n, now() "
        "from generate_series(1, 130) n",
        NAME,
    )
    vera = await desk.sign_in("vera")
    for subject, many in (("", 130), ("stock", 65)):
        seen: list[str] = []
        path = f"/reconciliation?subject={subject}"
        while path:
            _, text = await vera.get(path)
            seen += [part.split("<")[0] for part in text.split("<td>run ")[1:]]
            path = _next(text)
        assert (len(seen), len(set(seen))) == (many, many)
    assert "Nothing was compared yet" in (await (await desk.sign_in("olga")).get("/reconciliation"))[1]


@pytest.mark.parametrize("path", ["/reconciliation/999999", "/reconciliation/999999/pack.xlsx"])
async def test_an_unknown_run_says_so(desk: Desk, path: str) -> None:
    ada = await desk.sign_in("ada")
    status, text = await ada.get(path)
    assert (status, "There is no such run" in text) == (404, True)


async def test_no_pack_is_made_of_a_run_under_way_nor_in_another_form(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    _, place = await ada.send("/reconciliation/start", pairing=NAME, subject="items")
    assert (await ada.get(f"{place}/pack.xlsx"))[0] == 404
    run = await reconcile(desk.world.pairing, Subject.ACCOUNTS, None, actor=MARY)
    assert (await ada.get(f"/reconciliation/{run.id}/pack.exe"))[0] == 422


async def test_the_pack_of_a_month_is_downloaded_as_a_workbook_and_as_a_page(desk: Desk) -> None:
    await desk.world.sell((PLENTY, 2))
    await desk.world.deliver()
    vera, pairing, today = await desk.sign_in("vera"), desk.world.pairing, datetime.now(UTC).date()
    pairing = replace(pairing, reconciliation_policy=replace(pairing.reconciliation_policy, settle_seconds=0))
    period = read_period(f"{today - timedelta(days=2)}..{today + timedelta(days=2)}", "Europe/London")
    money = await reconcile(pairing, Subject.MONEY, period, actor=MARY)
    await reconcile(pairing, Subject.DESPATCHES, period, actor=MARY)
    _, text = await vera.get("/month-end")
    assert all(word in text for word in (money.period_name, "Orders at the storefront", "GBP", "Nothing was counted"))
    stem = f"/reconciliation/{money.id}/pack"
    assert f'href="{stem}.xlsx"' in text
    async with vera.session.get(f"{vera.url}{stem}.xlsx") as answer:
        assert "spreadsheetml" in answer.headers["Content-Type"]
        said = answer.headers["Content-Disposition"]
        assert ("attachment" in said, "oro-khaos-money-" in said, ".xlsx" in said) == (True, True, True)
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
        assert "xl/workbook.xml" in book.namelist()
    async with vera.session.get(f"{vera.url}{stem}.html") as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        policy = answer.headers["Content-Security-Policy"]
        assert ("script-src" in policy, "default-src 'none'" in policy, "sandbox" in policy) == (False, True, True)
        whole = await answer.text()
        style = whole.split("<style>")[1].split("</style>")[0].encode()
        assert f"style-src 'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" in policy
    assert ("despatches, begun by" in whole, "money, begun by" in whole) == (True, True)
    alone = (await vera.get(f"{stem}.html?alone=1"))[1]
    assert ("despatches, begun by" in alone, "money, begun by" in alone) == (False, True)


async def test_names_full_of_markup_do_nothing_on_any_page_nor_in_the_pack(desk: Desk) -> None:
    run, ada = await drift(desk), await desk.sign_in("ada")
    await desk.world.here.pool.execute(
        "insert into reconciliation_difference (run_id, number, link, cause, subject, ref, document, what, ours, "
        "theirs, "
        "likely, note, company, account, waived_by, waived_why, waived_at) "
        "select $1, 2, 'stock', $2, $2, $2, $2, $2, $2, 'x', $2, $2, $2, $2, $2, $2, now()",
        run.id, EVIL,
    )  # fmt: skip
    for path in ("/reconciliation", f"/reconciliation/{run.id}", f"/reconciliation/{run.id}/pack.html"):
        _, text = await ada.get(path)
        assert ("<script>alert" in text, "<img src=x" in text) == (False, False), path


async def test_a_run_that_somebody_else_is_at_is_left_to_them(desk: Desk) -> None:
    world = desk.world
    async with world.pairing.reconciliations.open(Subject.ITEMS, None, actor=MARY):
        await compare_asked(world.here, world.pairing, "items/")
    assert (await run_of(desk, "items")).trouble == ""


def _next(text: str) -> str:
    if "Next page" not in text:
        return ""
    return text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&").split("#")[0]


async def test_two_wishes_at_the_same_moment_begin_one_comparison(desk: Desk) -> None:
    wishes = [start(desk.world.here, NAME, Subject.MONEY, month, actor=MARY) for month in ("2026-01", "2026-02")]
    done = await asyncio.gather(*wishes, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["StartRefused", "int"]
    assert await desk.world.here.pool.fetchval("select count(*) from reconciliation_run") == 1


async def test_a_run_writes_down_how_far_it_is_while_it_goes_on(desk: Desk) -> None:
    here = desk.world.here
    async with (
        desk.world.pairing.reconciliations.open(Subject.ITEMS, None, actor=MARY) as run,
        Watch(here.pool, here.tenant, NAME, ("items", "")) as watch,
    ):
        watch.tell("items in the ERP", 7, 24)

        async def told() -> bool:
            line = await compared.find_run(here.pool, here.tenant, run.run.id)
            return line is not None and (line.step, line.done, line.whole) == ("items in the ERP", 7, 24)

        await eventually(told)


async def test_beside_the_money_stands_whether_every_order_is_accounted_for(desk: Desk) -> None:
    world = desk.world
    await world.sell((PLENTY, 1))
    await world.deliver()
    await world.run("completeness")
    vera, fred = await desk.sign_in("vera"), await desk.sign_in("fred")
    assert "that oro-khaos lists, none is missing" in (await vera.get("/month-end"))[1]
    await world.here.pool.execute(
        """update completeness_run set report = report || '{"green": false, "missing": ["1007", "1009"], "numbers":
           [{"series": "10…", "known": 40, "missing": 2, "usual_gap": 0, "usual": true, "jumps": []}]}'"""
    )
    await world.pairing.cases.raise_case(
        FEED_SILENT.about("orders", what="orders", system="shop", since="noon", usual="ten"),
        record="flow",
        ref="silence",
    )
    case = await world.the_case("feed-silent")
    _, text = await vera.get("/month-end")
    assert all(word in text for word in ("Not yet.", "Never arrived: 1007, 1009.", "2 missing of 42", case.cause[:10]))
    assert f'href="/cases/{case.id}"' in text
    assert f'href="/cases/{case.id}"' not in (await fred.get("/month-end"))[1]
