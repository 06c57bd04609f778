"""Code maps: listed, looked at version by version, and changed by who saw what they say."""

from typing import Any

import pytest

from tests.api.v1.conftest import Api, a_case
from tests.world import GHOST, NAME, PLENTY

pytestmark = pytest.mark.asyncio(loop_scope="module")
ENTRY = f"/mappings/entry?pairing={NAME}&kind=sku&key="


def wish(key: str = GHOST, code: str = PLENTY, **more: Any) -> dict[str, Any]:
    return {"pairing": NAME, "kind": "sku", "key": key, "params": {"code": code}, "reason": "seen on the shelf", **more}


async def test_an_entry_is_rehearsed_saved_and_frees_what_waits_for_it(api: Api) -> None:
    case = await a_case(api)
    told = (await api.post("data", "/mappings/rehearse", wish())).body
    assert (told["applied"], "1 would post" in told["effect"][0]) == (False, True)
    assert (await api.get("data", ENTRY + GHOST)).status == 404
    assert (await api.post("data", "/mappings/save", wish())).body["applied"] is True
    assert (await api.get("data", f"/cases/{case}")).body["state"] == "closed"
    entry = (await api.get("data", ENTRY + GHOST)).body
    assert (entry["current"]["value"], entry["current"]["actor"]) == ({"code": PLENTY}, "token data")
    again = await api.post("data", "/mappings/save", wish())
    assert (again.status, "was changed" in again.body["detail"]) == (409, True)
    changed = wish(code="HP-1003", expected=entry["expected"])
    assert (await api.post("data", "/mappings/save", changed)).status == 200
    entry = (await api.get("data", ENTRY + GHOST)).body
    assert [one["value"]["code"] for one in entry["items"]] == ["HP-1003", PLENTY]
    gone = wish(retire=True, params={}, expected=entry["expected"])
    assert (await api.post("data", "/mappings/save", gone)).status == 200
    assert (await api.get("data", ENTRY + GHOST)).body["current"] is None


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (wish(code="NO-SUCH"), "holds no stock item"),
        (wish(key=" "), "must not be empty"),
        (wish(params={}), "code must be given"),
        (wish(reason=" "), "needs a reason"),
        ({**wish(), "kind": "unit", "params": {"units": "1e999999999"}}, "is no number"),
    ],
)
async def test_what_would_be_no_mapping_is_refused(api: Api, asked: dict[str, Any], says: str) -> None:
    answer = await api.post("root", "/mappings/save", asked)
    assert (answer.status, says in answer.body["detail"]) == (422, True), answer.body


async def test_entries_are_paged_by_key_in_each_order(api: Api) -> None:
    for number in range(5):
        assert (await api.post("root", "/mappings/save", wish(key=f"ROW/{number}"))).status == 200
    path = f"/mappings?pairing={NAME}&kind=sku&q=row&limit=2&sort="
    keys = [f"ROW/{number}" for number in range(5)]
    assert [one["key"] for one in await api.all("viewer", path + "a-z")] == keys
    assert [one["key"] for one in await api.all("viewer", path + "newest")] == keys[::-1]
    assert await api.all("viewer", path + "a-z&state=retired") == []
    page = (await api.get("viewer", path + "a-z")).body
    assert (page["desk"], page["params"]) == ("data", ["code"])


async def test_versions_are_paged_by_key(api: Api) -> None:
    for number in range(5):
        expected = (await api.get("root", ENTRY + "V")).body.get("expected", 0)
        code = ("HP-1003", PLENTY)[number % 2]
        assert (await api.post("root", "/mappings/save", wish(key="V", code=code, expected=expected))).status == 200
    codes = [one["value"]["code"] for one in await api.all("viewer", ENTRY + "V&limit=2")]
    assert codes == ["HP-1003", PLENTY, "HP-1003", PLENTY, "HP-1003"]
