"""Mappings: looked up, changed with the effect told before, in versions, and never over somebody's head."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from yarl import URL

from crossdock.model.code_map import MapKind
from crossdock.wiring.map_changes import rehearse_changes, save_changes
from crossdock.wiring.mappings import change_entry
from tests.console.conftest import GRANTS, Browser, Desk
from tests.world import BY_CASE, GHOST, NAME, PLENTY, SCARCE

SEEN = re.compile(r'name="expected" value="(\d+)"')
WHY = "the supplier renamed it"


def entry(key: str, kind: str = "sku") -> str:
    return str(URL("/mappings/entry").with_query(pairing=NAME, kind=kind, key=key))


async def wish(browser: Browser, key: str, kind: str = "sku", **fields: str) -> dict[str, str]:
    """The form of one mapping, filled in: what it says, and which version was seen."""
    _, text = await browser.get(entry(key, kind))
    seen = SEEN.search(text)
    known = {
        "pairing": NAME,
        "kind": kind,
        "key": key,
        "expected": seen[1] if seen else "0",
        "deed": "save",
        "why": WHY,
    }
    return known | fields


async def save(browser: Browser, key: str, kind: str = "sku", **fields: str) -> tuple[int, str]:
    return await browser.send("/mappings/save", **await wish(browser, key, kind, **fields))


async def current(desk: Desk, key: str, kind: str = "sku") -> Mapping[str, Any] | None:
    row = await desk.world.here.pool.fetchrow(
        "select id, actor, reason, value::text as value from code_map where kind = $1 and key = $2 and until is null",
        kind, key,
    )  # fmt: skip
    return dict(row) if row else None


async def test_the_effect_is_told_before_a_mapping_is_saved_and_then_comes_true(desk: Desk) -> None:
    for _ in range(3):
        await desk.world.sell((GHOST, 1), (PLENTY, 1))
    await desk.world.deliver()
    dora = await desk.sign_in("dora")
    status, told = await dora.send("/mappings/rehearse", **await wish(dora, GHOST, code=PLENTY))
    assert (status, "Of 3 held: 3 would post." in told) == (200, True)
    assert (await current(desk, GHOST), (await desk.world.the_case("stock-code-unknown")).records) == (None, 3)
    assert (await save(dora, GHOST, code=PLENTY))[0] == 303
    await desk.world.work()
    assert await desk.world.cases("stock-code-unknown") == []
    states = await desk.world.here.pool.fetch("select distinct state from sales_order")
    assert [row["state"] for row in states] == ["posted"]


async def test_orders_that_use_it_and_do_not_wait_for_it_are_told_too(desk: Desk) -> None:
    """A unit that is wrong is noticed on the orders that wait for something else."""
    await desk.world.sell((BY_CASE, 2, "case"), (GHOST, 1))
    await desk.world.deliver()
    dora = await desk.sign_in("dora")
    await save(dora, GHOST, code=PLENTY)  # the order is free now, and nobody has sent it yet
    _, told = await dora.send("/mappings/rehearse", **await wish(dora, f"{BY_CASE}/case", "unit", units="1/7"))
    assert "Nothing waits for it." in told
    assert "Of 1 other open orders that use it: 0 would post, 1 would wait for unit-quantity-conflict." in told
    assert "As things are: 1 would post." in told


async def test_a_mapping_has_its_versions_with_who_when_and_why(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    await save(ada, GHOST, code=PLENTY, why="first guess")
    await save(ada, GHOST, code=SCARCE, why="it was the other one")
    _, text = await ada.get(entry(GHOST))
    assert all(word in text for word in ("first guess", "it was the other one", "counts now", ">ada<", PLENTY, SCARCE))
    await save(ada, GHOST, deed="retire", why="not sold any more")
    _, text = await ada.get(entry(GHOST))
    assert ("is retired" in text, "retired by ada: not sold any more" in text) == (True, True)
    assert GHOST in (await ada.get("/mappings?kind=sku&state=retired"))[1]
    assert GHOST not in (await ada.get("/mappings?kind=sku"))[1]


async def test_every_change_is_in_the_audit_trail_with_name_and_reason(desk: Desk) -> None:
    dora = await desk.sign_in("dora")
    await save(dora, GHOST, code=PLENTY)
    await save(dora, GHOST, deed="retire")
    rows = await desk.world.here.pool.fetch(
        "select actor, action, detail ->> 'because' as why, detail ->> 'key' as key from audit_entry "
        "where subject = 'mapping' order by id"
    )
    assert [tuple(row) for row in rows] == [
        ("dora", "map_code", WHY, f"sku:{GHOST}"), ("dora", "retire_map", WHY, f"sku:{GHOST}"),
    ]  # fmt: skip


async def test_what_somebody_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    ada, dora = await desk.sign_in("ada"), await desk.sign_in("dora")
    await save(ada, GHOST, code=PLENTY)
    seen = await wish(dora, GHOST, code=BY_CASE)
    await save(ada, GHOST, code=SCARCE)
    for deed in ("rehearse", "save"):
        status, text = await dora.send(f"/mappings/{deed}", **seen)
        assert (status, "was changed by ada" in text, 'role="alert"' in text) == (409, True, True)
    said = await current(desk, GHOST)
    assert said is not None
    assert (said["actor"], SCARCE in said["value"]) == ("ada", True)


async def test_two_who_save_at_once_do_not_both_win(desk: Desk) -> None:
    here = desk.world.here
    changes = [change_entry(here, NAME, MapKind.SKU, GHOST, {"code": code}, expected=0) for code in (PLENTY, SCARCE)]
    ended = await asyncio.gather(
        *(save_changes(here, NAME, [one], actor="both", reason=WHY) for one in changes), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in ended) == ["Effect", "MapsChanged"]
    assert await here.pool.fetchval("select count(*) from code_map where key = $1 and until is null", GHOST) == 1


async def test_the_settings_file_is_shown_with_its_place_and_comes_back(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    _, text = await ada.get(entry("each", "unit"))
    assert ("comes from the settings file" in text, "pairings.oro-khaos.maps.unit.each" in text) == (True, True)
    assert "Back to the settings file" not in text
    await save(ada, "each", "unit", units="2")
    _, text = await ada.get(entry("each", "unit"))
    assert ("outranks it" in text, "Back to the settings file" in text) == (True, True)
    await save(ada, "each", "unit", deed="retire")
    said = await current(desk, "each", "unit")
    assert said is not None
    assert (said["actor"], said["value"]) == ("settings", '{"units": "1"}')
    _, text = await ada.get("/mappings?kind=unit")
    assert ("orders.unit_source" in text, "not here" in text) == (True, True)


WRONG: Sequence[tuple[str, dict[str, str], str]] = [
    ("sku", {"code": "NO-SUCH"}, "holds no stock item"), ("sku", {"code": ""}, "must not be empty"),
    ("unit", {"units": "0"}, "above zero"), ("unit", {"units": "1e999999999"}, "is no number"),
    ("tax", {"code": "1", "percent": "200"}, "100 or less"), ("tax", {"code": "1"}, "percent must be given"),
    ("promotion", {"becomes": "magic"}, "is none of"), ("company", {"code": "Nowhere"}, "COUNTRY/CURRENCY"),
    ("sku", {"code": PLENTY, "why": " "}, "say why"), ("magic", {"code": "x"}, "there is no map"),
    ("sku", {"code": PLENTY, "expected": "x"}, "which version"),
]  # fmt: skip


async def test_what_will_not_do_says_why_and_changes_nothing(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    for kind, fields, said in WRONG:
        form = {"pairing": NAME, "kind": kind, "key": "NEW", "expected": "0", "deed": "save", "why": WHY} | fields
        status, text = await ada.send("/mappings/rehearse", **form)
        assert (status, said in text, 'role="alert"' in text) == (422, True, True), said
    assert await desk.world.here.pool.fetchval("select count(*) from code_map where key = 'NEW'") == 0


OWNERS = {"sku": {"ada", "dora"}, "tax": {"ada", "fred"}, "courier": {"ada"}}


@pytest.mark.parametrize("name", GRANTS)
async def test_every_deed_is_for_the_operators_of_the_desk_that_owns_the_map(desk: Desk, name: str) -> None:
    someone, ada = await desk.sign_in(name), await desk.sign_in("ada")
    refused = 404 if name == "olga" else 403  # of whose pairings this is none
    for kind, owners in OWNERS.items():
        form = {"pairing": NAME, "kind": kind, "key": "NEW", "deed": "save", "why": WHY, "code": PLENTY, "percent": "5"}
        assert (await someone.send("/mappings/rehearse", **form))[0] == (200 if name in owners else refused)
        assert (await someone.send("/mappings/save", **form))[0] == (303 if name in owners else refused)
        assert (await current(desk, "NEW", kind) is not None) == (name in owners)
        if name not in owners:
            await ada.send("/mappings/save", **form)
        retire = await wish(ada, "NEW", kind, deed="retire")
        assert (await someone.send("/mappings/save", **retire))[0] == (303 if name in owners else refused)
        assert (await current(desk, "NEW", kind) is None) == (name in owners)


async def test_a_list_is_searched_and_paged_by_key_both_ways(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "insert into code_map (tenant, pairing, kind, key, value, actor) "
        "select 'main', $1, 'sku', 'K%' || lpad(n::text, 4, '0'), $2::jsonb, 'mary' from generate_series(1, 120) n",
        NAME,
        '{"code": "C"}',
    )
    vera = await desk.sign_in("vera")
    for sort, wanted in (("a-z", [*range(1, 121)]), ("newest", [*range(120, 0, -1)])):
        seen: list[int] = []
        path = f"/mappings?kind=sku&q=k%25&sort={sort}"
        while path:
            _, text = await vera.get(path)
            seen += [int(part[:4]) for part in text.split(">K%")[1:]]
            path = (
                text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
                if "Next page" in text
                else ""
            )
        assert seen == wanted
    assert "Nothing in this map contains" in (await vera.get("/mappings?kind=sku&q=k_0"))[1]


async def test_keys_full_of_markup_are_shown_as_they_are_and_do_nothing(desk: Desk) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>/&?#'
    ada = await desk.sign_in("ada")
    _, told = await ada.send("/mappings/rehearse", **await wish(ada, evil, "shipping", code=evil, why=evil))
    assert (await save(ada, evil, "shipping", code=evil, why=evil))[0] == 303
    for text in (told, (await ada.get("/mappings?kind=shipping"))[1], (await ada.get(entry(evil, "shipping")))[1]):
        assert ("<script>alert" in text, "<img src=x" in text) == (False, False)
        assert "&lt;script&gt;alert(1)" in text


async def test_a_mapping_that_is_saved_publishes_stock_by_the_new_item(desk: Desk) -> None:
    here = desk.world.here
    change = change_entry(here, NAME, MapKind.SKU, PLENTY, {"code": SCARCE}, expected=0)
    effect = await rehearse_changes(here, NAME, [change], actor="test")
    assert effect.elsewhere == {"Stock levels of the storefront to be worked out anew": 1}
    await save_changes(here, NAME, [change], actor="test", reason=WHY)
    await desk.world.run("stock")
    assert desk.world.shown(PLENTY) <= desk.world.available(SCARCE)
