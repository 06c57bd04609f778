"""Comparisons: asked for, done by a worker, looked at page by page, downloaded."""

import io
import zipfile

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import Subject
from crossdock.wiring.tokens import Tokens
from tests.api.v1.conftest import Api
from tests.world import BY_CASE, NAME, PLENTY, SCARCE

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_comparison_is_asked_for_once_and_watched(api: Api) -> None:
    wish = {"pairing": NAME, "subject": "items"}
    begun = await api.post("finance", "/reconciliations", wish)
    assert begun.status == 202
    again = await api.post("root", "/reconciliations", wish)
    assert (again.status, "one at a time" in again.body["detail"]) == (409, True)
    path = f"/reconciliations/{begun.body['id']}"
    assert (await api.get("viewer", path)).body["stands"] == "waits for a worker"
    assert (await api.get("viewer", f"{path}/pack")).status == 404
    await api.world.work()
    done = (await api.get("viewer", path)).body
    assert (done["subject"], done["actor"], done["ended_at"] is not None) == ("items", "token finance", True)
    trail = await api.all("auditor", "/audit?actor=token%20finance")
    assert [(one["action"], one["subject_id"]) for one in trail] == [("reconcile", begun.body["id"])]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"pairing": "nowhere", "subject": "items"}, 404),
        ({"pairing": NAME, "subject": "orders"}, 409),
        ({"pairing": NAME, "subject": "orders", "period": "soon"}, 422),
        ({"pairing": NAME, "subject": "weather"}, 422),
    ],
)
async def test_what_cannot_be_compared_says_why(api: Api, wish: dict[str, str], status: int) -> None:
    assert (await api.post("root", "/reconciliations", wish)).status == status


async def test_a_token_that_may_compare_elsewhere_compares_nothing_here(api: Api) -> None:
    grants = [Grant(role=Role.VIEWER), Grant(role=Role.OPERATOR, desk="finance", pairing="elsewhere")]
    made = await Tokens(api.world.here.pool, "main").add(
        "two-hats", scopes=[Scope.RECONCILE], grants=grants, days=1, actor="test"
    )
    assert (await api.post(made.secret, "/reconciliations", {"pairing": NAME, "subject": "items"})).status == 403


async def test_what_was_found_is_paged_and_names_cases_to_those_who_see_them(api: Api) -> None:
    for sku in (PLENTY, BY_CASE, SCARCE):
        await api.world.shop.act("set_stock", {"sku": sku, "quantity": 9999})
    await api.world.pass_time(3600)  # what was shown a moment ago is left alone
    await api.world.here.pool.execute("update stock_published set published_at = published_at - interval '1 hour'")
    run = (await reconcile(api.world.pairing, Subject.STOCK, None, actor="test")).id
    path = f"/reconciliations/{run}"
    every = await api.all("viewer", f"{path}/differences?limit=200")
    assert len(every) == 3
    assert await api.all("viewer", f"{path}/differences?limit=1") == every
    causes = (await api.get("viewer", path)).body["causes"]
    assert sum(one["differences"] for one in causes) == len(every)
    assert {one["case_id"] is None for one in every} == {False}
    assert {one["case_id"] for one in await api.all("finance", f"{path}/differences")} == {None}
    assert run in [one["id"] for one in await api.all("viewer", "/reconciliations?limit=1")]
    assert await api.all("elsewhere", "/reconciliations") == []


async def test_a_pack_is_a_file(api: Api) -> None:
    run = (await reconcile(api.world.pairing, Subject.ITEMS, None, actor="test")).id
    sheet = await api.get("viewer", f"/reconciliations/{run}/pack")
    assert zipfile.is_zipfile(io.BytesIO(sheet.body))
    assert "attachment" in sheet.headers["Content-Disposition"]
    page = await api.get("viewer", f"/reconciliations/{run}/pack?form=html&alone=true")
    assert (page.headers["Content-Type"], b"<html" in page.body) == ("text/html; charset=utf-8", True)
    assert "sandbox" in page.headers["Content-Security-Policy"]
