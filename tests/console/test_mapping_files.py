"""Mappings out to a file and in again: looked at first, all or nothing, and nobody's work is lost by it."""

import re
from html import unescape

import aiohttp
import pytest

from crossdock.decide.map_file import BYTES_MAX, COLUMNS
from tests.console.conftest import GRANTS, Browser, Desk
from tests.console.test_mappings import WHY, current, save
from tests.world import GHOST, NAME, PLENTY, SCARCE

HEADER = ",".join(COLUMNS)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


async def upload(browser: Browser, data: bytes, **fields: str) -> tuple[int, str]:
    form = aiohttp.FormData({"csrf": await browser.csrf(), "pairing": NAME, "why": WHY} | fields)
    form.add_field("file", data, filename="maps.csv", content_type="text/csv")
    async with browser.session.post(f"{browser.url}/mappings/import", data=form, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def apply(browser: Browser, preview: str, **fields: str) -> tuple[int, str]:
    """The form below a preview."""
    given = {name: unescape(value) for name, value in HIDDEN.findall(preview)}
    form = aiohttp.FormData(given | fields, default_to_multipart=True)
    async with browser.session.post(f"{browser.url}/mappings/import/save", data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "") or await answer.text()


def rows(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines]).encode("utf-8-sig")


async def made_by_file(desk: Desk) -> int:
    count: int = await desk.world.here.pool.fetchval("select count(*) from code_map where reason = $1", WHY)
    return count


async def test_a_file_is_looked_at_and_then_applied_and_frees_what_waits(desk: Desk) -> None:
    for _ in range(2):
        await desk.world.sell((GHOST, 1))
    await desk.world.deliver()
    dora = await desk.sign_in("dora")
    status, text = await upload(dora, rows(f"sku,{GHOST},{PLENTY}", "unit,box,,,6", "unit,each,,,1"))
    assert (status, "2 to add, 0 to change, 0 to retire; 1 as they are." in text) == (200, True)
    assert "Of 2 held: 2 would post." in text
    assert await made_by_file(desk) == 0
    assert (await apply(dora, text))[0] == 303
    await desk.world.work()
    assert (await desk.world.cases("stock-code-unknown"), await made_by_file(desk)) == ([], 2)
    actors = await desk.world.here.pool.fetch("select distinct actor from audit_entry where action = 'map_code'")
    assert [row["actor"] for row in actors] == ["dora"]


async def test_what_is_written_out_comes_in_again_and_changes_nothing(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    await save(ada, "=cmd|' /C calc'!A0", "shipping", code="@SUM(1)")
    async with ada.session.get(f"{desk.url}/mappings/export?pairing={NAME}") as answer:
        data, said = await answer.read(), answer.headers
    assert (said["Content-Type"], 'filename="oro-khaos-mappings.csv"' in said["Content-Disposition"]) == (
        "text/csv; charset=utf-8", True,
    )  # fmt: skip
    assert b"shipping,'=cmd|' /C calc'!A0,'@SUM(1)" in data
    status, text = await upload(ada, data)
    assert (status, "Everything in the file is so already" in text) == (200, True)


async def test_every_mistake_is_told_at_once_and_nothing_is_done(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    status, text = await upload(ada, rows("sku,NEW,NO-SUCH", "sku,FINE,HP-1001"))
    assert (status, "holds no stock item" in text, "Save all of it" in text) == (422, True, False)
    status, text = await upload(
        ada, rows("unit,box,,,zero", "magic,a,b", "sku,NEW,NO-SUCH", "tax,X,1,500", "<script>alert(1)</script>,b,c")
    )
    wrong = ["holds no stock item", "is no number", "there is no map", "must be 100 or less", "&lt;script&gt;alert(1)"]
    assert (status, [one for one in wrong if one not in text], "<script>alert" in text) == (422, [], False)
    assert text.count('<td class="n">') == 5
    assert (
        await apply(ada, text, text=rows("unit,box,,,zero").decode(), pairing=NAME, why=WHY, csrf=await ada.csrf())
    )[0] == 422
    assert await made_by_file(desk) == 0


async def test_what_changed_since_the_preview_stops_the_whole_file(desk: Desk) -> None:
    ada, dora = await desk.sign_in("ada"), await desk.sign_in("dora")
    _, text = await upload(dora, rows(f"sku,{GHOST},{PLENTY}", "unit,box,,,6"))
    await save(ada, GHOST, code=SCARCE, why="ada was first")
    status, said = await apply(dora, text)
    assert (status, "Changed meanwhile" in said) == (409, True)
    found = await current(desk, GHOST)
    assert found is not None
    assert (found["actor"], await made_by_file(desk)) == ("ada", 0)


@pytest.mark.parametrize("name", GRANTS)
async def test_a_file_is_for_operators_and_changes_only_maps_of_their_desk(desk: Desk, name: str) -> None:
    someone = await desk.sign_in(name)
    shown = {"olga": 404}.get(name, 200)
    for place in ("export", "import"):
        assert (await someone.get(f"/mappings/{place}?pairing={NAME}"))[0] == shown
    wanted = {"ada": (200, 200), "dora": (200, 422), "fred": (422, 200), "olga": (404, 404)}.get(name, (403, 403))
    for row, status in zip((f"sku,{GHOST},{PLENTY}", "tax,NEW,1,20"), wanted, strict=True):
        assert (await upload(someone, rows(row)))[0] == status
        stamp = {"csrf": await someone.csrf(), "pairing": NAME, "why": WHY, "text": rows(row).decode("utf-8-sig")}
        if status != 200:
            assert (await apply(someone, "", **stamp))[0] == status
    assert await made_by_file(desk) == 0


async def test_a_file_that_is_too_large_is_turned_away_unread(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    assert (await upload(ada, b"x" * (BYTES_MAX + 100_000)))[0] == 413
    status, text = await upload(ada, rows() + b"\r\n" * (BYTES_MAX // 2))
    assert (status, "larger than 512 KB" in text) == (422, True)


@pytest.mark.parametrize(
    ("data", "fields", "said"),
    [
        (b"", {}, "the file is empty"), (b"\xff\xfe\x00", {}, "not UTF-8"), (rows(), {"why": " "}, "say why"),
        (b"\x00" * 50, {}, "wrong"), (rows("sku,\x00,x"), {}, "plain text"),
    ],
)  # fmt: skip
async def test_a_file_that_is_none_says_so(desk: Desk, data: bytes, fields: dict[str, str], said: str) -> None:
    ada = await desk.sign_in("ada")
    status, text = await upload(ada, data, **fields)
    assert (status, said in text, 'role="alert"' in text) == (422, True, True)


async def test_a_form_without_a_file_or_of_another_page_does_nothing(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/mappings/import", pairing=NAME, why=WHY)
    assert (status, "choose a CSV file first" in text) == (422, True)
    assert (await upload(ada, rows("unit,box,,,6"), csrf="another"))[0] == 403
