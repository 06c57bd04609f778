"""What lists show, page by page, and what is done by a token: the same as at the console, under the token's name."""

from unittest import mock

import pytest

from crossdock.decide.scopes import Scope
from crossdock.model.faults import Transient
from crossdock.wiring import settling
from crossdock.wiring.settling import Settler
from crossdock.wiring.tokens import Tokens
from tests.api.v1.conftest import Api, a_case
from tests.world import NAME, PLENTY

pytestmark = pytest.mark.asyncio(loop_scope="module")
MAP = {"remedy": "map-code", "params": {"code": PLENTY}}


async def test_a_case_is_looked_at_rehearsed_settled_and_written_down_with_the_token_s_name(api: Api) -> None:
    case = await a_case(api)
    shown = (await api.get("data", f"/cases/{case}")).body
    assert (shown["desk"], shown["may_settle"], shown["records"]) == ("data", True, 1)
    assert shown["remedies"][0]["remedy"] == "map-code"
    assert shown["held"][0]["record"] == "order"
    assert isinstance(next(iter(shown["value"].values())), str)  # money is a decimal string
    foreseen = (await api.post("data", f"/cases/{case}/rehearse", MAP)).body
    assert (foreseen["applied"], foreseen["rehearsal"]["would_post"], foreseen["state"]) == (False, 1, "open")
    assert (await api.get("data", f"/cases/{case}")).body["state"] == "open"
    done = (await api.post("data", f"/cases/{case}/settle", MAP)).body
    assert (done["applied"], done["state"], done["records"]) == (True, "closed", 0)
    trail = await api.all("auditor", "/audit?actor=token%20data")
    assert ("map-code", case) in [(one["action"], one["subject_id"]) for one in trail]


async def test_settling_twice_is_settling_once(api: Api) -> None:
    case = await a_case(api)
    assert (await api.post("data", f"/cases/{case}/settle", MAP)).status == 200
    again = await api.post("data", f"/cases/{case}/settle", MAP)
    assert (again.status, "closed already" in again.body["detail"]) == (409, True)
    history = (await api.get("data", f"/cases/{case}")).body["history"]
    assert [one["action"] for one in history].count("map-code") == 1


async def test_lists_are_paged_by_key_and_everything_is_on_one_page(api: Api) -> None:
    pool = api.world.here.pool
    for _ in range(5):
        await api.world.sell((PLENTY, 1))
    await api.world.deliver()
    orders = await api.all("viewer", "/orders?limit=2")
    assert [one["id"] for one in orders] == [
        row["id"] for row in await pool.fetch("select id from sales_order order by id desc")
    ]
    await pool.execute(
        "insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, due_at) select 'main', $1, "
        "'tax-conflict', n::text, 'finance', 'normal', 'x', now() + n % 3 * interval '1 hour' "
        "from generate_series(1, 7) n",
        NAME,
    )
    found = await api.all("finance", "/cases?limit=2&desk=finance&kind=tax-conflict")
    assert [one["id"] for one in found] == [
        row["id"]
        for row in await pool.fetch("select id from desk_case where kind = 'tax-conflict' order by due_at, id")
    ]
    trail = await api.all("auditor", "/audit?everything=true&limit=50")
    assert [one["id"] for one in trail] == sorted({one["id"] for one in trail}, reverse=True)
    assert len(trail) == await pool.fetchval("select count(*) from audit_entry where tenant = 'main'")


async def test_each_desk_s_token_lists_its_own(api: Api) -> None:
    await a_case(api)
    for token, desks in (("data", {"data"}), ("elsewhere", set())):
        assert {one["desk"] for one in await api.all(token, "/cases")} == desks
        assert {one["desk"] for one in (await api.get(token, "/queues")).body["items"]} == desks
    assert {one["desk"] for one in await api.all("finance", "/cases")} <= {"finance"}
    assert await api.all("elsewhere", "/orders") == []
    assert (await api.get("elsewhere", "/systems")).body == {"items": [], "watermarks": []}
    overview = (await api.get("elsewhere", "/overview")).body
    assert (overview["pairings"], overview["queues"], overview["attention"]) == ([], [], [])
    assert (await api.get("elsewhere", "/flows")).body == {"items": []}
    assert [one["name"] for one in (await api.get("data", "/overview")).body["pairings"]] == [NAME]


async def test_the_overview_counts_what_the_token_s_desks_see_of_a_pairing_s_cases(api: Api) -> None:
    pool = api.world.here.pool
    await a_case(api)
    await pool.execute(
        "insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, opened_at, due_at, "
        "snoozed_until) select 'main', pairing, 'tax-conflict', 'counted ' || n, desk, 'normal', 'x', "
        "now() - n * interval '1 day', now(), case when n = 4 then now() + interval '1 day' end "
        "from unnest($1::text[], $2::text[]) with ordinality as d(pairing, desk, n)",
        [NAME, NAME, "elsewhere", NAME], ["data", "finance", "data", "data"],
    )  # fmt: skip
    for token, desk in (("data", "data"), ("finance", "finance")):
        found = (await api.get(token, "/overview")).body["pairings"][0]
        listed = await api.all(token, f"/cases?sort=oldest&pairing={NAME}")
        assert {one["desk"] for one in listed} == {desk}
        assert (found["cases"], found["oldest_case"]) == (len(listed), listed[0]["opened_at"])
    await pool.execute("delete from desk_case where subject like 'counted %'")


async def test_an_order_s_story_shows_the_cases_of_desks_that_the_token_sees(api: Api) -> None:
    await a_case(api)
    order = await api.world.here.pool.fetchval("select max(id) from sales_order")
    shown = (await api.get("data", f"/orders/{order}")).body
    assert (shown["state"], [one["desk"] for one in shown["cases"]]) == ("waiting", ["data"])
    assert (await api.get("finance", f"/orders/{order}")).body["cases"] == []
    assert isinstance(shown["document"]["lines"][0]["unit_price"], str)
    found = await api.all("viewer", f"/orders?q={shown['ref']}")
    assert [one["id"] for one in found] == [order]


async def test_an_order_s_document_is_read_by_those_who_see_the_order_and_it_is_noted(api: Api) -> None:
    await a_case(api)
    order = await api.world.here.pool.fetchval("select max(id) from sales_order")
    assert (await api.get("elsewhere", f"/orders/{order}/document")).status == 404
    text = (await api.get("viewer", f"/orders/{order}/document")).body["text"]
    assert '"type": "orders"' in text
    happened = (await api.get("viewer", f"/orders/{order}")).body["timeline"][-1]
    assert (happened["actor"], happened["action"]) == ("token viewer", "open_document")
    await api.world.here.pool.execute("delete from raw_document")
    assert (await api.get("viewer", f"/orders/{order}/document")).body == {"text": None}


async def test_no_secret_of_a_system_is_shown(api: Api) -> None:
    told = str((await api.get("viewer", "/systems")).body)
    secrets = [
        one for one in api.world.project.systems["shop"].model_dump().values() if hasattr(one, "get_secret_value")
    ]
    assert secrets
    assert not any(one.get_secret_value() in told for one in secrets)


async def test_people_are_added_and_kept_out_under_the_token_s_name(api: Api) -> None:
    wanted = {"name": "john", "password": "seven green bottles", "grants": [{"role": "viewer"}]}
    made = await api.post("root", "/people", wanted)
    assert (made.status, made.body["grants"]) == (201, [{"role": "viewer", "desk": "", "pairing": ""}])
    assert (await api.post("root", "/people", wanted)).status == 409
    role = {"role": "operator", "desk": "finance"}
    assert len((await api.post("root", "/people/john/grants", role)).body["grants"]) == 2
    assert (await api.post("root", "/people/john/grants", role)).status == 409
    assert len((await api.post("root", "/people/john/grants/revoke", role)).body["grants"]) == 1
    assert (await api.post("root", "/people/john/disable")).status == 204
    assert (await api.post("root", "/people/john/disable")).status == 409
    assert (await api.post("root", "/people/nobody/disable")).status == 404
    trail = [one["action"] for one in await api.all("auditor", "/audit?actor=token%20root")]
    assert trail == ["person_disabled", "role_taken", "role_given", "person_added"]
    assert "bottles" not in str((await api.get("root", "/people")).body)


async def test_a_token_is_revoked_by_its_number_and_then_nobody_s(api: Api) -> None:
    made = await Tokens(api.world.here.pool, "main").add(
        "mary-s", person="mary", scopes=[Scope.READ, Scope.CASES_SETTLE], days=1, actor="test"
    )
    assert (await api.get(made.secret, "/me")).body["actor"] == "mary by token mary-s"
    listed = {one["id"]: one for one in await api.all("root", "/tokens?limit=2")}
    assert (listed[made.id]["person"], listed[made.id]["used_at"] is not None) == ("mary", True)
    assert made.secret not in str(listed)
    assert (await api.call("root", "DELETE", f"/tokens/{made.id}")).status == 204
    assert (await api.get(made.secret, "/me")).status == 401
    assert (await api.call("root", "DELETE", f"/tokens/{made.id}")).status == 404


async def test_what_needs_a_system_that_is_away_is_told_so(api: Api) -> None:
    case = await a_case(api)

    async def away(*_: object) -> None:
        raise Transient("GetStockList: HTTP 503")

    at = Settler(pairing=api.world.pairing, rehearse=away, apply=away)  # type: ignore[arg-type]
    with mock.patch.object(settling, "settler", return_value=at):
        for deed in ("rehearse", "settle"):
            answer = await api.post("data", f"/cases/{case}/{deed}", MAP)
            assert (answer.status, "GetStockList: HTTP 503" in answer.body["detail"]) == (502, True)
