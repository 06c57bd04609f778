"""Stock, desks, schedules, policies, companies and evidence."""

import io
import json
import zipfile

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import Subject
from crossdock.wiring.tokens import Tokens
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
