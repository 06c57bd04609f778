"""Mappings out as a file and in again over the API: looked at first, all of it or nothing."""

import io
import json
from typing import Any

import pytest

from crossdock.api.v1.entrance import BODY_MAX, FILE_MAX
from crossdock.decide.map_file import BYTES_MAX
from tests.api.v1.conftest import Api, a_case
from tests.world import GHOST, NAME, PLENTY, SCARCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
FILE = f"/mappings/file?pairing={NAME}"


def sheet(*lines: str, **more: Any) -> dict[str, Any]:
    return {"pairing": NAME, "text": "\r\n".join(("map,key,code", *lines)), **more}


async def test_a_file_is_looked_at_and_then_applied_and_frees_what_waits(api: Api) -> None:
    case, file = await a_case(api), sheet(f"sku,{GHOST},{PLENTY}")
    told = (await api.post("data", "/mappings/file/rehearse", file)).body
    assert (told["counts"]["add"], told["items"][0]["value"]) == (1, {"code": PLENTY})
    assert "1 would post" in told["effect"][0]
    assert (await api.get("data", f"/cases/{case}")).body["state"] == "open"
    done = await api.post("data", "/mappings/file/save", {**file, "stamp": told["stamp"], "reason": "their list"})
    assert (done.status, done.body["applied"]) == (200, True)
    assert (await api.get("data", f"/cases/{case}")).body["state"] == "closed"
    again = await api.post("data", "/mappings/file/save", {**file, "stamp": told["stamp"], "reason": "their list"})
    assert again.status == 409
    entry = (await api.get("data", f"/mappings/entry?pairing={NAME}&kind=sku&key={GHOST}")).body
    assert [(one["actor"], one["reason"]) for one in entry["items"]][:1] == [("token data", "their list")]


async def test_what_is_written_out_comes_in_again_and_changes_nothing(api: Api) -> None:
    out = await api.get("viewer", FILE)
    assert (out.status, out.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    told = (await api.post("root", "/mappings/file/rehearse", {"pairing": NAME, "text": out.body.decode()})).body
    assert (told["items"], told["counts"]["unchanged"] > 0, told["effect"]) == ([], True, [])
    units = (await api.get("viewer", f"{FILE}&kind=unit")).body.decode()
    assert {line.split(",")[0] for line in units.splitlines()[1:]} <= {"unit"}


async def test_every_mistake_is_told_at_once_and_nothing_is_done(api: Api) -> None:
    wrong = sheet("sku,A-1,NO-SUCH", "magic,B-1,x", f"sku,C-1,{PLENTY}")
    answer = await api.post("root", "/mappings/file/rehearse", wrong)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [one["where"] for one in answer.body["errors"]] == ["body.text line 2", "body.text line 3"]
    refused = await api.post("root", "/mappings/file/save", {**wrong, "stamp": "x", "reason": "y"})
    assert (refused.status, "line 2" in refused.body["detail"]) == (422, True)
    assert (await api.get("root", f"/mappings/entry?pairing={NAME}&kind=sku&key=C-1")).status == 404


async def test_what_changed_since_it_was_looked_at_stops_the_whole_file(api: Api) -> None:
    file = sheet(f"sku,LATE-1,{PLENTY}", f"sku,LATE-2,{PLENTY}")
    told = (await api.post("data", "/mappings/file/rehearse", file)).body
    between = {"pairing": NAME, "kind": "sku", "key": "LATE-2", "params": {"code": SCARCE}, "reason": "faster"}
    assert (await api.post("root", "/mappings/save", between)).status == 200
    done = await api.post("data", "/mappings/file/save", {**file, "stamp": told["stamp"], "reason": "x"})
    assert done.status == 409
    assert (await api.get("data", f"/mappings/entry?pairing={NAME}&kind=sku&key=LATE-1")).status == 404


async def test_a_file_changes_only_maps_of_the_token_s_desks(api: Api) -> None:
    answer = await api.post("finance", "/mappings/file/rehearse", sheet(f"sku,F-1,{PLENTY}"))
    assert (answer.status, len(answer.body["errors"])) == (422, 1)
    for token, status in (("viewer", 403), ("elsewhere", 403), ("data", 200)):
        assert (await api.post(token, "/mappings/file/rehearse", sheet(f"sku,F-1,{PLENTY}"))).status == status
    assert (await api.post("data", "/mappings/file/rehearse", {**sheet(), "pairing": "nowhere"})).status == 404


async def test_a_file_may_be_larger_than_other_bodies_and_not_without_an_end(api: Api) -> None:
    rows = [f"sku,LONG-{number},{PLENTY}" for number in range(4_000)]
    assert BODY_MAX < len("".join(rows)) < BYTES_MAX
    assert (await sent(api, "/mappings/file/rehearse", sheet(*rows))) == 200
    assert (await sent(api, "/mappings/file/rehearse", sheet("x" * BYTES_MAX))) == 422
    assert (await sent(api, "/mappings/file/rehearse", sheet("x" * FILE_MAX))) == 413
    assert (await sent(api, "/mappings/save", sheet(*rows))) == 413


async def sent(api: Api, path: str, body: dict[str, Any]) -> int:
    """A body that is long."""
    data, headers = io.BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json"}
    return (await api.call("root", "POST", path, data=data, headers=headers)).status
