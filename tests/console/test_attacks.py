"""What somebody would try at the console, each tried on every page and every form that there is, and refused."""

import asyncio
import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from argon2 import PasswordHasher

from crossdock.console.app import ROOMS
from crossdock.console.entrance import HEADERS
from crossdock.wiring import hashing
from tests.console.conftest import CSRF, PASSWORD, Browser, Desk
from tests.world import GHOST, NAME, PLENTY, UNLINKED

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
VALUES = {"desk": "finance", "pairing": NAME, "form": "html", "number": "1"}
DOOR = ("/sign-in", "/sign-in/code", "/sign-in/oidc", "/sign-in/oidc/back")
TEXTS = (
    ("sales_order", ("company_name", "po_number")), ("desk_case", ("cause", "evidence", "subject")),
    ("case_hold", ("cause", "ref")), ("person", ("display",)), ("person_session", ("agent", "address")),
    ("desk_contact", ("words", "address", "escalation", "changed_by")), ("stock_item", ("description",)),
    ("account", ("name",)), ("company", ("name",)),
)  # fmt: skip


def routes(method: str) -> list[str]:
    """The paths of every route of the console."""
    found = {
        route.path  # type: ignore[attr-defined]
        for room in ROOMS
        for route in room.router.routes
        if method in route.methods  # type: ignore[attr-defined]
    }
    return sorted(found)


def filled(path: str, values: dict[str, Any] | None = None) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda name: str((values or VALUES).get(name[1], "1")), path)


PAGES, DEEDS = routes("GET"), [path for path in routes("POST") if path not in DOOR]


async def entries(desk: Desk) -> int:
    return int(await desk.world.here.pool.fetchval("select count(*) from audit_entry"))


async def ids(desk: Desk) -> dict[str, Any]:
    """What stands for each number in an address: things that are there."""
    await desk.world.sell((GHOST, 1))
    await desk.world.sell((PLENTY, 1), customer=UNLINKED)
    await desk.world.deliver()
    pool = desk.world.here.pool
    return {
        **VALUES, "case_id": await pool.fetchval("select min(id) from desk_case"),
        "order_id": await pool.fetchval("select min(id) from sales_order"),
    }  # fmt: skip


def test_there_is_something_to_attack() -> None:
    assert (len(PAGES) > 15, len(DEEDS) > 15) == (True, True)


async def test_nobody_unknown_gets_anything_at_all(desk: Desk) -> None:
    stranger, before = await desk.browser(), await entries(desk)
    for path in PAGES:
        if path not in DOOR:
            status, text = await stranger.get(filled(path))
            assert (path, status, text) == (path, 303, "")
    for path in DEEDS:
        assert (path, await stranger.post(filled(path), csrf="x")) == (path, (303, "/sign-in"))
    assert await entries(desk) == before


async def test_no_form_of_another_page_does_anything(desk: Desk) -> None:
    """Every form without its mark, with another's, and with the right one but from elsewhere."""
    values, ada, vera = await ids(desk), await desk.sign_in("ada"), await desk.sign_in("vera")
    mine, theirs, before = await ada.csrf(), await vera.csrf(), await entries(desk)
    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}), ({}, {"csrf": ""}), ({}, {"csrf": theirs}), ({"Origin": "https://evil.example"}, {"csrf": mine}),
        ({"Origin": "null"}, {"csrf": mine}),
    ]  # fmt: skip
    for path, (headers, fields) in itertools.product(DEEDS, tries):
        status, _ = await ada.post(filled(path, values), headers, **fields)
        assert (path, fields.get("csrf") == mine, status) == (path, fields.get("csrf") == mine, 403)
    assert await entries(desk) == before
    assert (await ada.get("/"))[0] == 200  # and nobody was signed out


async def test_no_address_that_is_only_looked_at_changes_anything(desk: Desk) -> None:
    values, ada = await ids(desk), await desk.sign_in("ada")
    before = await entries(desk)
    for path in [*PAGES, *DEEDS]:
        await ada.get(filled(path, values))
    assert await entries(desk) == before
    assert (await ada.get("/"))[0] == 200


async def test_a_sign_in_from_another_site_is_refused(desk: Desk) -> None:
    """Else a person could be made to work under the attacker's name."""
    someone = await desk.browser()
    elsewhere = {"Origin": "https://evil.example"}
    assert (await someone.post("/sign-in", elsewhere, name="ada", password=PASSWORD))[0] == 403
    assert (await someone.post("/sign-in/code", elsewhere, code="123456"))[0] == 403
    assert (await someone.get("/"))[0] == 303


async def test_no_session_is_older_than_its_sign_in(desk: Desk) -> None:
    """A cookie that somebody planted, or that was there before, is not the one that is signed in."""
    someone = await desk.browser()
    for planted in ("planted", "x" * 43, ""):
        headers = {"Cookie": f"crossdock_session={planted}; crossdock_step={planted}; crossdock_oidc={planted}"}
        async with someone.session.post(
            f"{desk.url}/sign-in", data={"name": "vera", "password": PASSWORD}, headers=headers, allow_redirects=False
        ) as answer:
            given = answer.cookies["crossdock_session"].value
        assert (len(given) >= 43, given != planted) == (True, True)
        someone.session.cookie_jar.clear()
        assert (await someone.get("/", **headers))[0] == 303
    first = await desk.sign_in("vera")
    before = {one.value for one in first.session.cookie_jar if one.key == "crossdock_session"}
    await first.sign_in("fred")
    after = {one.value for one in first.session.cookie_jar if one.key == "crossdock_session"}
    assert before.isdisjoint(after)


HOSTS = {
    "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Original-URL": "http://evil.example/",
    "X-Rewrite-URL": "//evil.example", "Forwarded": "host=evil.example", "Referer": "http://evil.example/",
}  # fmt: skip


async def test_no_answer_leads_to_another_site_whatever_the_request_says(desk: Desk) -> None:
    values, ada, stranger = await ids(desk), await desk.sign_in("ada"), await desk.browser()
    more = "?next=//evil.example&return=http://evil.example&return_to=%5C%5Cevil.example&url=//evil.example"
    for someone in (ada, stranger):
        for path in [*(filled(one, values) for one in PAGES), "/cases/", "//evil.example/", "/sign-in/", "/nowhere"]:
            async with someone.session.get(
                desk.url + path + more, headers=HOSTS, allow_redirects=False
            ) as answer:  # fmt: skip
                location, text = answer.headers.get("Location", ""), await answer.text()
            assert re.fullmatch(r"|/(?!/).*", location), (path, location)
            assert not re.search(r"https?:[^ ]*evil|//evil", location), (path, location)
            assert not re.search(r"""(href|src|action|content)=["'][^"']*//evil""", text), path
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example", "/%2F/evil.example", "javascript:x"):
        someone = await desk.browser()
        assert await someone.post("/sign-in", name="ada", password=PASSWORD, next=wanted) == (303, "/")


async def test_markup_in_any_name_reason_or_comment_is_shown_and_never_run(desk: Desk) -> None:
    values, ada = await ids(desk), await desk.sign_in("ada")
    await ada.send("/settings/desks/finance", words="plain")
    pool = desk.world.here.pool
    for table, columns in TEXTS:
        there = await pool.fetch(
            "select column_name from information_schema.columns where table_name = $1 and data_type = 'text'", table
        )
        for column in {row["column_name"] for row in there} & set(columns):
            await pool.execute(f"update {table} set {column} = $1", EVIL)
    await pool.execute(
        "insert into audit_entry (tenant, actor, action, subject, subject_id, detail) "
        "values ('main', $1, $1, $1, 1, jsonb_build_object($1::text, $1::text))", EVIL,
    )  # fmt: skip
    await pool.execute("update cadence set result = jsonb_build_object('problem', $1::text), failures = 2", EVIL)
    seen = 0
    asked = "%3Cscript%3Ealert(1)%3C/script%3E%22%3E%3Cimg%20src=x%3E"
    queries = ("", f"?q={asked}&actor={asked}&kind={asked}&desk={asked}&pairing={asked}&next={asked}&after={asked}")
    for path, query in itertools.product(PAGES, queries):
        async with ada.session.get(desk.url + filled(path, values) + query, allow_redirects=False) as answer:
            text, kind = await answer.text(), answer.content_type
        assert answer.status < 500, path
        if kind == "text/html":
            assert not re.search(r"<script>alert|<img src=x|onerror=alert\(2\)>(?!&)", text), path
            assert "49" not in re.findall(r"alert\(2\)&gt;(\d*)", text), path  # no template runs what it is given
        seen += "&lt;script&gt;alert(1)" in text
    assert seen >= 6


async def test_every_answer_says_what_a_browser_may_not_do(desk: Desk) -> None:
    """No frame, no script of others, no guessing at types, nothing kept: on pages, refusals and redirects alike."""
    values, ada, stranger = await ids(desk), await desk.sign_in("ada"), await desk.browser()
    paths = [*(filled(one, values) for one in PAGES), "/nowhere", "/static/console.css", "/static/none", "/cases/x"]
    for someone, path in itertools.product((ada, stranger), paths):
        async with someone.session.get(desk.url + path, allow_redirects=False) as answer:
            for name in HEADERS:
                assert name in answer.headers, (path, name)
            policy = answer.headers["Content-Security-Policy"]
            assert ("frame-ancestors 'none'" in policy, "unsafe" in policy) == (True, False), path
            assert answer.headers["X-Frame-Options"] == "DENY", path
            if answer.content_type == "text/html":
                found = await answer.text()
                assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:", found), path
    async with ada.session.post(desk.url + "/orders", allow_redirects=False) as answer:
        assert (answer.status, answer.headers.get("X-Frame-Options")) == (413 if answer.status == 413 else 405, "DENY")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookie_is_for_this_site_over_this_wire_and_for_no_script(desk: Desk, scheme: str) -> None:
    someone = await desk.browser()
    async with someone.session.post(
        f"{desk.url}/sign-in", data={"name": "ada", "password": PASSWORD}, allow_redirects=False,
        headers={"X-Forwarded-Proto": scheme},
    ) as answer:  # fmt: skip
        given = [one for one in answer.headers.getall("Set-Cookie") if one.startswith("crossdock_session=")]
    assert len(given) == 1
    assert all(word in given[0] for word in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert "Domain" not in given[0]
    assert ("Secure" in given[0]) == (scheme == "https")


def upload(csrf: str) -> bytes:
    mark = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="../../etc/passwd"\r\n\r\n'
    return mark.encode() + head.encode() + b"x" * 3_000_000 + b"\r\n--x--\r\n"


async def test_an_upload_of_any_size_to_any_form_is_turned_away_unread(desk: Desk) -> None:
    ada, before = await desk.sign_in("ada"), await entries(desk)
    csrf, kind = await ada.csrf(), {"Content-Type": "multipart/form-data; boundary=x"}
    for path in [*DEEDS, "/sign-in", "/sign-in/code"]:
        try:
            async with ada.session.post(
                desk.url + filled(path), data=io.BytesIO(upload(csrf)), headers=kind, allow_redirects=False
            ) as answer:
                assert (path, answer.status) == (path, 413)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
            pass  # turned away before all of it was sent
    assert await entries(desk) == before


class Counting(PasswordHasher):
    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.calls = 0

    def verify(self, *given: Any) -> bool:
        self.calls += 1
        return super().verify(*given)


async def test_bad_sign_ins_by_the_thousand_cost_a_handful_of_hashes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From as many addresses as there are tries; ten thousand are tried in tests/wiring/test_people.py."""
    counting = Counting()
    monkeypatch.setattr(hashing, "HASHER", counting)
    hashing._nobodys.cache_clear()
    someone = await desk.browser()
    said: list[int] = []

    async def guess(numbers: Iterator[int]) -> None:
        for one in numbers:
            headers = {"X-Forwarded-For": f"10.1.{one // 250}.{one % 250}"}
            said.append((await someone.post("/sign-in", headers, name="ada", password=f"guess number {one}"))[0])

    numbers = iter(range(1_000))
    await asyncio.gather(*(guess(numbers) for _ in range(20)))
    assert (counting.calls, len(said), set(said)) == (5, 1_000, {401})
    hashing._nobodys.cache_clear()


async def test_a_defect_of_ours_tells_a_browser_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ValueError("the password of the database is hunter2")

    ada = await desk.sign_in("ada")
    monkeypatch.setattr("crossdock.console.settings.read_desks", broken)
    async with ada.session.get(f"{desk.url}/settings/desks") as answer:
        text = await answer.text()
        assert (answer.status, "hunter2" in text, "ValueError" in text) == (500, False, False)
        assert 'role="alert"' in text
        assert answer.headers["X-Frame-Options"] == "DENY"


async def test_the_marks_of_forms_are_each_sessions_own(desk: Desk) -> None:
    one, other = await desk.sign_in("ada"), await desk.sign_in("ada")
    assert await one.csrf() != await other.csrf()

    async def marks(someone: Browser) -> set[str]:
        return {mark for path in ("/", "/settings", "/account") for mark in CSRF.findall((await someone.get(path))[1])}

    assert len(await marks(one)) == 1
