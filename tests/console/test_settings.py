"""The settings room: people, desks, schedules, policies; who may change what, and that it is on record."""

import re

import orjson
import pytest

from crossdock.console.render import span
from crossdock.wiring.policies import policies_of
from crossdock.wiring.schedules import WORDS
from crossdock.wiring.work import CATALOGUE_FLOWS, FLOWS, HOUSE, HOUSE_FLOWS, RETAIL_FLOWS, cadences
from tests.console.conftest import GRANTS, PASSWORD, Desk
from tests.world import NAME

DEEDS = {
    "/settings/people": {"name": "newt", "role": "viewer"},
    "/settings/people/{number}/grant": {"role": "viewer", "desk": "data"},
    "/settings/people/{number}/revoke": {"role": "viewer"},
    "/settings/people/{number}/password": {},
    "/settings/people/{number}/disable": {},
    "/settings/people/{number}/enable": {},
    "/settings/people/{number}/sign-out": {},
    "/settings/desks/finance": {"words": "Fiona", "address": "f@firm.example"},
}


async def number_of(desk: Desk, name: str) -> int:
    return int(await desk.world.here.pool.fetchval("select id from person where name = $1", name))


async def said(desk: Desk, action: str) -> list[tuple[str, dict[str, object]]]:
    rows = await desk.world.here.pool.fetch(
        "select actor, detail::text as d from audit_entry where action = $1 order by id", action
    )
    return [(row["actor"], orjson.loads(row["d"])) for row in rows]


@pytest.mark.parametrize("name", [one for one in GRANTS if one != "ada"])
async def test_only_an_administrator_of_everything_changes_people_and_desks(desk: Desk, name: str) -> None:
    someone, vera = await desk.sign_in(name), await number_of(desk, "vera")
    before = await desk.world.here.pool.fetchval("select count(*) from audit_entry")
    for deed, fields in DEEDS.items():
        assert (deed, (await someone.send(deed.format(number=vera), **fields))[0]) == (deed, 403)
    assert await desk.world.here.pool.fetchval("select count(*) from audit_entry") == before


async def test_a_person_is_added_and_signs_in_with_the_password_that_was_shown_once(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/settings/people", name="newt", display="Newt", role="operator", desk="finance")
    found = re.search(r'class="secret">([^<]+)<', text)
    assert (status, found is not None) == (200, True)
    assert found
    newt = await (await desk.browser()).sign_in("newt", found[1])
    assert "operator of finance in every pairing" in (await newt.get("/account"))[1]
    assert found[1] not in (await ada.get("/settings/people"))[1]
    assert [actor for actor, _ in await said(desk, "person_added")][-1] == "ada"


async def test_roles_are_given_and_taken_and_a_person_kept_out_and_let_in(desk: Desk) -> None:
    ada, vera = await desk.sign_in("ada"), await desk.sign_in("vera")
    number = await number_of(desk, "vera")
    at = f"/settings/people/{number}"
    assert (await ada.send(f"{at}/grant", role="auditor"))[0] == 303
    assert (await vera.get("/audit"))[0] == 200
    assert (await ada.send(f"{at}/revoke", role="auditor"))[0] == 303
    assert (await vera.get("/audit"))[0] == 403
    assert (await ada.send(f"{at}/revoke", role="viewer"))[0] == 422  # the only one
    assert (await ada.send(f"{at}/disable"))[0] == 303
    assert (await vera.get("/"))[0] == 303
    assert "disabled" in (await ada.get(at))[1]
    assert (await ada.send(f"{at}/enable"))[0] == 303
    vera = await desk.sign_in("vera")
    assert (await ada.send(f"{at}/sign-out"))[0] == 303
    assert (await vera.get("/"))[0] == 303
    _, text = await ada.send(f"{at}/password")
    found = re.search(r'class="secret">([^<]+)<', text)
    assert found
    await (await desk.browser()).sign_in("vera", found[1])
    for action in ("role_given", "role_taken", "person_disabled", "person_enabled", "sessions_ended", "password_set"):
        assert [actor for actor, _ in await said(desk, action)][-1] == "ada", action


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "ada", "role": "viewer"}, {"name": "<b>", "role": "viewer"}, {"name": "newt", "role": "king"},
        {"name": "newt", "role": "viewer", "desk": "nonesuch"}, {"name": "newt", "role": "viewer", "pairing": "none"},
        {},
    ],
)  # fmt: skip
async def test_a_person_that_cannot_be_is_refused(desk: Desk, fields: dict[str, str]) -> None:
    ada = await desk.sign_in("ada")
    status, text = await ada.send("/settings/people", **fields)
    assert (status, 'role="alert"' in text) == (422, True)
    assert await desk.world.here.pool.fetchval("select count(*) from person") == len(GRANTS)


async def test_nobody_disables_themselves_and_nobody_is_not_there(desk: Desk) -> None:
    ada = await desk.sign_in("ada")
    assert (await ada.send(f"/settings/people/{await number_of(desk, 'ada')}/disable"))[0] == 422
    for path in ("/settings/people/99999", "/settings/people/99999/disable"):
        status = (await ada.get(path))[0] if path.endswith("99999") else (await ada.send(path))[0]
        assert (path, status) == (path, 404)
    assert (await ada.get("/"))[0] == 200


async def test_people_are_paged_by_name_and_each_is_on_one_page(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "insert into person (tenant, name, password_hash) select 'main', 'P-' || lpad(n::text, 3, '0'), '' "
        "from generate_series(1, 120) n"
    )
    ada = await desk.sign_in("ada")
    seen: list[str] = []
    path = "/settings/people"
    while path:
        _, text = await ada.get(path)
        seen += re.findall(r'href="/settings/people/\d+">([^<]+)<', text)
        path = text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&") if "Next page" in text else ""
    assert (len(seen), len(set(seen))) == (120 + len(GRANTS), 120 + len(GRANTS))
    assert seen == sorted(seen, key=str.lower)
    assert "waits for a role" in text


async def test_how_a_desk_is_reached_is_said_by_an_administrator_and_read_by_everybody(desk: Desk) -> None:
    ada, vera = await desk.sign_in("ada"), await desk.sign_in("vera")
    given = {"words": "Fiona, extension 214", "address": "money@firm.example", "escalation": "boss@firm.example"}
    assert await ada.send("/settings/desks/finance", **given) == (303, "/settings/desks#finance")
    _, text = await vera.get("/settings/desks")
    assert all(word in text for word in given.values())
    assert "payment-difference" in text or "finance" in text
    assert 'action="/settings/desks/' not in text
    assert [actor for actor, _ in await said(desk, "contact_set")] == ["ada"]
    for wrong in ({"address": "no address"}, {"escalation": "a@b.example\r\nBcc: c@d.example"}, {"words": "x" * 300}):
        status, refusal = await ada.send("/settings/desks/finance", **{**given, **wrong})
        assert (status, 'role="alert"' in refusal) == (422, True), wrong
    assert (await ada.send("/settings/desks/nonesuch", **given))[0] == 422
    assert "money@firm.example" in (await vera.get("/settings/desks"))[1]


@pytest.mark.parametrize(
    ("name", "status"), [("ada", 303), ("dora", 403), ("fred", 403), ("vera", 403), ("audra", 403), ("olga", 404)]
)
async def test_a_flow_is_run_sooner_by_whoever_settles_for_every_desk_of_its_pairing(
    desk: Desk, name: str, status: int
) -> None:
    await desk.world.here.runs.ensure(NAME, "orders")
    await desk.world.here.pool.execute("update cadence set next_at = now() + interval '1 hour' where flow = 'orders'")
    someone = await desk.sign_in(name)
    assert (await someone.send("/settings/schedules/run", pairing=NAME, flow="orders"))[0] == status
    due = await desk.world.here.pool.fetchval("select next_at <= now() from cadence where flow = 'orders'")
    assert due == (status == 303)
    asked = await said(desk, "run_asked")
    assert asked == ([("ada", {"pairing": NAME, "flow": "orders"})] if status == 303 else [])


async def test_schedules_say_when_each_flow_runs_and_only_what_there_is_can_be_run(desk: Desk) -> None:
    ada, vera, olga = [await desk.sign_in(name) for name in ("ada", "vera", "olga")]
    await desk.world.here.pool.execute("update cadence set failures = 3 where flow = 'stock'")
    _, text = await ada.get("/settings/schedules")
    every = span(desk.world.project.sales[NAME].cadence.despatch_every_seconds)
    for word in ("publishes stock levels", f">{every}<", ">3<", "seals the audit trail", "Run soon"):
        assert word in text
    _, text = await vera.get("/settings/schedules")
    assert ("publishes stock levels" in text, "schedules/run" in text, "seals the audit" in text) == (
        True,
        False,
        False,
    )
    assert "none is yours" in (await olga.get("/settings/schedules"))[1]
    for pairing, flow in ((NAME, "nonesuch"), ("nowhere", "orders"), ("house", "audit")):
        assert (await ada.send("/settings/schedules/run", pairing=pairing, flow=flow))[0] == 404
    assert await said(desk, "run_asked") == []


def test_every_flow_says_what_it_does() -> None:
    assert set(WORDS) == {*FLOWS, *RETAIL_FLOWS, *CATALOGUE_FLOWS, *HOUSE_FLOWS}


async def test_every_flow_of_the_house_is_among_them(desk: Desk) -> None:
    assert {one.flow for one in cadences(desk.world.here) if one.pairing == HOUSE} <= set(HOUSE_FLOWS)


async def test_policies_stand_with_their_key_and_whether_somebody_wrote_them(desk: Desk) -> None:
    vera, olga = await desk.sign_in("vera"), await desk.sign_in("olga")
    _, text = await vera.get("/settings/policies")
    assert f"pairings.{NAME}.orders.price_check" in text
    assert all(word in text for word in ("in crossdock.yaml", "by default", "crossdock check"))
    assert "none is yours" in (await olga.get(f"/settings/policies?pairing={NAME}"))[1]
    groups = policies_of(NAME, desk.world.project.pairings[NAME])
    keys = [one.key for group in groups for one in group.policies]
    assert len(keys) == len(set(keys))
    rows = {one.key: one for group in groups for one in group.policies}
    assert (rows[f"pairings.{NAME}.erp"].value, rows[f"pairings.{NAME}.erp"].stated) == ("khaos", True)
    assert rows[f"pairings.{NAME}.cadence.orders_every_seconds"].means == "between two looks for new orders"


async def test_a_password_is_changed_by_its_owner_who_stays_while_other_sessions_end(desk: Desk) -> None:
    here, there = await desk.sign_in("vera"), await desk.sign_in("vera")
    new = "eight green bottles"
    for wrong in (
        {"old": "not the old one", "new": new, "again": new}, {"old": PASSWORD, "new": new, "again": "other"},
        {"old": PASSWORD, "new": "short", "again": "short"}, {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, {},
    ):  # fmt: skip
        assert (await here.send("/account/password", **wrong))[0] == 422, wrong
    assert (await there.get("/"))[0] == 200
    assert (await here.send("/account/password", old=PASSWORD, new=new, again=new))[0] == 303
    assert ((await here.get("/"))[0], (await there.get("/"))[0]) == (200, 303)
    await (await desk.browser()).sign_in("vera", new)
    assert [(actor, detail["sessions_ended"]) for actor, detail in await said(desk, "password_changed")] == [
        ("vera", 1)
    ]


async def test_guesses_at_the_old_password_are_counted_like_those_at_the_door(desk: Desk) -> None:
    here, new = await desk.sign_in("vera"), "eight green bottles"
    for _ in range(5):
        assert (await here.send("/account/password", old="wrong wrong", new=new, again=new))[0] == 422
    status, text = await here.send("/account/password", old=PASSWORD, new=new, again=new)
    assert (status, "Try again in" in text) == (429, True)


async def test_sessions_are_seen_and_ended_by_their_owner_alone(desk: Desk) -> None:
    one, other, fred = await desk.sign_in("vera"), await desk.sign_in("vera"), await desk.sign_in("fred")
    pool = desk.world.here.pool
    ids = await pool.fetch(
        "select s.id from person_session s join person p on p.id = s.person_id where p.name = 'vera' order by s.id"
    )
    first, second = (row["id"] for row in ids)
    _, text = await one.get("/account")
    assert ("this one" in text, f"/account/sessions/{second}/end" in text) == (True, True)
    assert (await fred.send(f"/account/sessions/{second}/end"))[0] == 422
    assert (await other.get("/"))[0] == 200
    assert (await one.send(f"/account/sessions/{second}/end"))[0] == 303
    assert (await other.get("/"))[0] == 303
    third = await desk.sign_in("vera")
    assert (await one.send("/account/sessions/end-others"))[0] == 303
    assert ((await one.get("/"))[0], (await third.get("/"))[0], (await fred.get("/"))[0]) == (200, 303, 200)
    assert first
    assert [actor for actor, _ in await said(desk, "session_ended")] == ["vera"]
