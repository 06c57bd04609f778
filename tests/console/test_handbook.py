"""The handbook in the console, and the audit trail as a file."""

import csv
import io
import json
import re

import pytest

from tests.console.conftest import Desk
from tests.world import NAME


async def test_the_handbook_shows_the_pairing_and_can_be_taken_along(desk: Desk) -> None:
    vera = await desk.sign_in("vera")
    assert f'href="/handbook/{NAME}"' in (await vera.get("/handbook"))[1]
    _, text = await vera.get(f"/handbook/{NAME}")
    for words in ("Who owns what", "The rules, in words", "stock-code-unknown", "crossdock checks oro-khaos --daily"):
        assert words in text
    assert "<style" not in text  # the policy lets none through
    _, page = await vera.get(f"/handbook/{NAME}?form=html")
    assert f'href="{desk.url}/cases' in page
    assert "<style" in page
    assert (await vera.get(f"/handbook/{NAME}?form=md"))[1].startswith(f"# Handbook of {NAME}")
    assert json.loads((await vera.get(f"/handbook/{NAME}?form=json"))[1])["title"] == f"Handbook of {NAME}"
    assert (await vera.get(f"/handbook/{NAME}?form=pdf"))[0] == 404


async def test_the_handbook_of_no_pairing_says_so(desk: Desk) -> None:
    olga, ada = await desk.sign_in("olga"), await desk.sign_in("ada")
    assert "No pairing is yours." in (await olga.get("/handbook"))[1]
    for who in (olga, ada):
        status, text = await who.get("/handbook/elsewhere")
        assert (status, 'role="alert"' in text) == (404, True)


async def test_links_of_the_handbook_lead_to_pages_that_are_there(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    _, text = await ada.get(f"/handbook/{NAME}")
    hrefs = set(re.findall(r'href="(/[^"]*)"', text.partition('class="manual"')[2]))
    assert {"/systems", "/cases"} < hrefs
    for href in {one for one in hrefs if not one.startswith("/cases?")} | {min(hrefs & {"/cases?"} or {"/cases"})}:
        assert (await ada.get(href.replace("&amp;", "&")))[0] == 200, href


async def fill(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "insert into audit_entry (tenant, at, actor, action, subject, subject_id, detail) "
        "select 'main', timestamptz '2026-01-01 00:00+00' + (n - 1) * interval '1 hour', 'mary', '=mark', 'test', n, "
        "'{}' from generate_series(1, 745) n"
    )


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_an_auditor_takes_a_period_of_the_trail_along(desk: Desk, kind: str) -> None:
    await fill(desk)
    audra = await desk.sign_in("audra")
    status, text = await audra.get(f"/audit/trail.{kind}?since=2026-01-01&until=2026-02-01")
    assert status == 200
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert {one["action"] for one in rows} == {"'=mark"}
    else:
        rows = [json.loads(line) for line in text.splitlines()]
    assert [int(one["subject_id"]) for one in rows] == list(range(1, 745))  # the last hour is no part of it
    row = await desk.world.here.pool.fetchrow(
        "select actor, detail ->> 'until' as until from audit_entry where action = 'audit_trail_exported'"
    )
    assert (row["actor"], row["until"]) == ("audra", "2026-02-01T00:00:00+00:00")


@pytest.mark.parametrize("name", ["dora", "fred", "vera", "olga"])
async def test_nobody_else_takes_the_trail_along(desk: Desk, name: str) -> None:
    someone = await desk.sign_in(name)
    assert (await someone.get("/audit/trail.csv"))[0] == 403
    assert await desk.world.here.pool.fetchval("select count(*) from audit_entry where action ~ 'exported'") == 0


async def test_a_period_that_is_none_says_so(desk: Desk) -> None:
    audra = await desk.sign_in("audra")
    for query in ("since=yesterday", "since=2026-02-01&until=2026-01-01", "since=2026-01-01T09:00:00"):
        status, text = await audra.get(f"/audit/trail.csv?{query}")
        assert (status, 'role="alert"' in text) == (422, True)
    assert (await audra.get("/audit/trail.xls"))[0] == 422
