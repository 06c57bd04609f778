"""Stock, desks, schedules, policies, companies and evidence."""

import io
import json
import zipfile
from unittest import mock

import pytest
from pydantic import SecretStr

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import Subject
from crossdock.settings.alerts import AlertSettings, RuleSettings
from crossdock.wiring.tokens import Tokens
from tests.alerts.conftest import TOKEN, Hook, open_hook
from tests.api.v1.conftest import Api
from tests.world import LINKED, NAME, PLENTY, UNLINKED

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_how_a_desk_is_reached_is_said_by_administrators_and_read_by_all(api: Api) -> None:
    wanted = {"words": "ask Mary", "address": "data@harbour.example", "escalation": ""}
    assert (await api.call("root", "PUT", "/desks/data/contact", json=wanted)).status == 204
    desks = {one["desk"]: one for one in (await api.get("viewer", "/desks")).body["items"]}
    assert (desks["data"]["contact"], desks["data"]["said_by"]) == (wanted, "token root")
    assert "stock-code-unknown" in desks["data"]["kinds"]
    wrong = await api.call("root", "PUT", "/desks/data/contact", json={"address": "data, all@harbour.example"})
    assert (wrong.status, "no e-mail address" in wrong.body["detail"]) == (422, True)
    assert (await api.call("root", "PUT", "/desks/cellar/contact", json=wanted)).status == 422


async def test_a_flow_is_run_sooner_by_who_settles_for_every_desk(api: Api) -> None:
    await api.world.here.pool.execute("update cadence set next_at = now() + interval '1 hour'")
    assert (await api.post("root", "/schedules/run", {"pairing": NAME, "flow": "items"})).status == 202
    due = "select next_at <= now() from cadence where pairing = $1 and flow = 'items'"
    assert await api.world.here.pool.fetchval(due, NAME) is True
    rows = (await api.get("viewer", "/schedules")).body["items"]
    assert ("items", "reads the ERP's stock items") in [(one["flow"], one["does"]) for one in rows]
    assert "house" not in {one["pairing"] for one in rows}
    assert "house" in {one["pairing"] for one in (await api.get("root", "/schedules")).body["items"]}
    assert (await api.get("elsewhere", "/schedules")).body["items"] == []
    for wish in ({"pairing": NAME, "flow": "nothing"}, {"pairing": "nowhere", "flow": "items"}):
        assert (await api.post("root", "/schedules/run", wish)).status == 404
    two_hats = [Grant(role=Role.OPERATOR, desk="data", pairing=NAME), Grant(role=Role.OPERATOR, pairing="elsewhere")]
    made = await Tokens(api.world.here.pool, "main").add(
        "two-hats", scopes=[Scope.FLOWS_RUN], grants=two_hats, days=1, actor="test"
    )
    assert (await api.post(made.secret, "/schedules/run", {"pairing": NAME, "flow": "items"})).status == 403


async def test_policies_name_their_place_in_the_settings_and_no_secret(api: Api) -> None:
    groups = (await api.get("viewer", f"/policies?pairing={NAME}")).body["items"]
    keys = {one["key"] for group in groups for one in group["policies"]}
    assert f"pairings.{NAME}.orders.price_check" in keys
    assert (await api.get("viewer", "/policies?pairing=nowhere")).status == 404
    assert (await api.get("viewer", "/policies")).status == 422


async def test_companies_are_paged_with_their_accounts_and_those_they_may_mean(api: Api) -> None:
    await api.world.run("companies")
    await api.world.work()
    path = f"/accounts?pairing={NAME}"
    every = await api.all("viewer", f"{path}&limit=200")
    assert await api.all("viewer", f"{path}&limit=7") == every
    counts = (await api.get("viewer", path)).body["counts"]
    assert sum(counts.values()) == len(every)
    by_ref = {one["ref"]: one for one in every}
    assert (by_ref[LINKED]["account"] is not None, by_ref[UNLINKED]["account"]) == (True, None)
    (review,) = await api.all("viewer", f"{path}&company={UNLINKED}")
    assert review["state"] in counts
    assert {one["state"] for one in await api.all("viewer", f"{path}&state=linked")} == {"linked"}


async def test_a_case_of_a_company_is_named_to_those_who_see_its_desk(api: Api) -> None:
    await api.world.sell((PLENTY, 1), customer=UNLINKED)
    await api.world.deliver()
    path = f"/accounts?pairing={NAME}&company={UNLINKED}"
    (seen,), (hidden,) = await api.all("viewer", path), await api.all("finance", path)
    assert (isinstance(seen["case_id"], int), hidden["case_id"]) == (True, None)


async def test_evidence_is_a_file_with_hashes_and_stands_in_the_trail(api: Api) -> None:
    answer = await api.post("auditor", "/evidence", {"since": "2026-01-01"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as file:
        assert json.loads(file.read("manifest.json"))["made_by"] == "token auditor"
    assert await api.all("auditor", "/audit?actor=token%20auditor")
    assert (await api.post("auditor", "/evidence", {"since": "soon"})).status == 422


async def test_people_are_paged_by_name(api: Api) -> None:
    for name in ("Zoe", "anna", "Mia"):
        wanted = {"name": name, "password": "seven green bottles", "grants": [{"role": "viewer"}]}
        assert (await api.post("root", "/people", wanted)).status == 201
    names = [one["name"] for one in await api.all("root", "/people?limit=1")]
    assert names == ["anna", "mary", "Mia", "Zoe"]


async def test_stock_is_paged_by_sku_with_every_level_explained(api: Api) -> None:
    await api.world.sell((PLENTY, 2))
    await api.world.run("orders")
    await api.world.run("stock")
    path = f"/stock?pairing={NAME}"
    every = await api.all("viewer", f"{path}&limit=200")
    assert await api.all("viewer", f"{path}&limit=7") == every
    (line,) = (one for one in every if one["sku"] == PLENTY)
    place = line["places"][0]
    assert (place["stands"], f"in flight {place['in_flight']} " in place["why"]) == ("told as it should be", True)
    assert int(place["in_flight"]) >= 2
    assert isinstance(place["figure"], str)
    item = (await api.get("viewer", f"/stock/item?pairing={NAME}&sku={PLENTY.lower()}")).body
    assert item["sku"] == PLENTY
    assert item["positions"]
    assert (await api.get("viewer", f"/stock/item?pairing={NAME}&sku=nothing")).status == 404
    movers = (await api.get("viewer", f"/stock/movers?pairing={NAME}")).body
    assert PLENTY in [one["sku"] for one in movers["fastest"]]
    assert [one["sku"] for one in await api.all("viewer", f"{path}&q={PLENTY}")] == [PLENTY]
    for only in ("low", "oversold", "waiting", "stale", "drift"):
        assert (await api.get("viewer", f"{path}&only={only}")).status == 200


async def test_a_drift_s_case_is_named_to_those_who_see_its_desk(api: Api) -> None:
    await api.world.shop.act("set_stock", {"sku": PLENTY, "quantity": 9999})
    await api.world.pass_time(3600)
    await api.world.here.pool.execute("update stock_published set published_at = published_at - interval '1 hour'")
    await reconcile(api.world.pairing, Subject.STOCK, None, actor="test")
    path = f"/stock/item?pairing={NAME}&sku={PLENTY}"
    seen, hidden = [(await api.get(token, path)).body for token in ("viewer", "finance")]
    cases = [one["drift_case"] for one in seen["places"] if one["drift_case"] is not None]
    assert [one["id"] for one in seen["cases"] if one["kind"] == "stock-drift"] == cases != []
    assert ({one["drift_case"] for one in hidden["places"]}, hidden["cases"]) == ({None}, [])


async def test_the_handbook_is_data_a_page_or_markdown(api: Api) -> None:
    book = await api.get("viewer", f"/handbook/{NAME}")
    assert (book.status, book.body["title"], len(book.body["chapters"]) > 5) == (200, f"Handbook of {NAME}", True)
    assert book.body["console"] == api.url.removesuffix("/api/v1")
    for form, kind, begins in (("html", "text/html", "<!doctype html>"), ("md", "text/markdown", "# Handbook")):
        answer = await api.get("viewer", f"/handbook/{NAME}?form={form}")
        assert answer.headers["Content-Type"].partition(";")[0] == kind
        assert answer.body.decode().lower().startswith(begins.lower())
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (await api.get("elsewhere", f"/handbook/{NAME}")).status == 404
    assert (await api.get("viewer", "/handbook/nowhere")).status == 404


async def test_a_period_of_the_trail_is_a_file_and_who_took_it_stands_in_it(api: Api) -> None:
    answer = await api.get("auditor", "/audit/trail?form=jsonl")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/jsonl; charset=utf-8")
    entries = [json.loads(line) for line in answer.body.splitlines()]
    assert ("person_added", "test") in [(one["action"], one["actor"]) for one in entries]
    sheet = await api.get("auditor", "/audit/trail?since=2026-01-01")
    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "audit_trail_exported" in sheet.body.decode()  # of the first time
    taken = await api.all("auditor", "/audit?actor=token%20auditor")
    assert [one["action"] for one in taken].count("audit_trail_exported") == 2
    assert (await api.get("auditor", "/audit/trail?since=soon")).status == 422
    assert (await api.get("viewer", "/audit/trail")).status == 403


async def test_a_role_is_given_for_a_desk_and_a_pairing_that_there_are(api: Api) -> None:
    for role in ({"role": "viewer", "desk": "cellar"}, {"role": "viewer", "pairing": "nowhere"}):
        answer = await api.post("root", "/people/mary/grants", role)
        assert (answer.status, "there is no desk" in answer.body["detail"]) == (422, "desk" in role)
        wanted = {"name": "nina", "password": "seven green bottles", "grants": [role]}
        assert (await api.post("root", "/people", wanted)).status == 422


async def test_nobody_disables_their_own_account_by_a_token(api: Api) -> None:
    made = await Tokens(api.world.here.pool, "main").add(
        "mary-admin", person="mary", scopes=[Scope.ADMIN], days=1, actor="test"
    )
    answer = await api.post(made.secret, "/people/mary/disable")
    assert (answer.status, "Nobody disables their own account" in answer.body["detail"]) == (409, True)


async def test_a_channel_is_tested_by_administrators_and_what_was_sent_is_listed(api: Api) -> None:
    async with open_hook() as hook:
        await _tested(api, hook)


async def _tested(api: Api, hook: Hook) -> None:
    settings = AlertSettings(
        channels={"chat": SecretStr(hook.url)}, hosts=("127.0.0.1",), private_hosts=("127.0.0.1",),
        rules={"all": RuleSettings(channels=("chat",), gather_seconds=0)},
    )  # fmt: skip
    here = api.world.here
    with mock.patch.object(here, "project", here.project.model_copy(update={"alerts": settings})):
        done = await api.post("root", "/alerts/channels/chat/test")
        assert (done.status, done.body["channel"], done.body["problem"]) == (200, "chat", "")
        assert [one["title"] for one in hook.got] == ["[Crossdock main] Test"]
        assert (await api.post("root", "/alerts/channels/chat/test")).status == 409  # a moment ago
        assert (await api.post("root", "/alerts/channels/nowhere/test")).status == 404
        for token in ("looker", "viewer", "finance", "auditor"):
            assert (await api.post(token, "/alerts/channels/chat/test")).status == 403
        channels = (await api.get("looker", "/alerts/channels")).body["items"]
        assert ([one["name"] for one in channels], TOKEN in str(channels)) == (["chat"], False)
        assert [one["name"] for one in (await api.get("looker", "/alerts/rules")).body["items"]] == ["all"]
        sent = await api.all("looker", "/alerts/messages?limit=1")
        assert [(one["id"], one["state"]) for one in sent if one["purpose"] == "test"] == [
            (done.body["message"], sent[0]["state"])
        ]
