"""A case taken, put off, talked about; an alert answered: each under the token's name."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.v1.conftest import Api, a_case
from tests.api.v1.test_routes import an_alert
from tests.world import PLENTY

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_case_is_taken_put_off_talked_about_and_brought_back(api: Api) -> None:
    case = await a_case(api)
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for deed, body in (
        ("assign", {"to": "mary"}),
        ("snooze", {"until": later, "reason": "the supplier answers tomorrow"}),
        ("comment", {"text": "asked the supplier"}),
    ):
        assert (await api.post("data", f"/cases/{case}/{deed}", body)).status == 204
    shown = (await api.get("data", f"/cases/{case}")).body
    assert (shown["assignee"], shown["snoozed_until"] is not None) == ("mary", True)
    assert {one["actor"] for one in shown["history"][-3:]} == {"token data"}
    assert case not in [one["id"] for one in await api.all("data", "/cases")]
    assert case in [one["id"] for one in await api.all("data", "/cases?state=snoozed&assignee=mary")]
    assert (await api.post("data", f"/cases/{case}/wake")).status == 204
    assert case in [one["id"] for one in await api.all("data", "/cases")]
    await api.post("data", f"/cases/{case}/settle", {"remedy": "map-code", "params": {"code": PLENTY}})
    assert (await api.post("data", f"/cases/{case}/assign", {"to": ""})).status == 409
    assert (await api.post("data", f"/cases/{case}/comment", {"text": "settled"})).status == 204


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("assign", {"to": "nobody"}),
        ("snooze", {"until": "2020-01-01T00:00:00Z", "reason": "x"}),
        ("snooze", {"until": "2020-01-01T00:00:00", "reason": "x"}),  # of no zone
        ("snooze", {"until": "2999-01-01T00:00:00Z", "reason": "x"}),
        ("comment", {"text": " "}),
    ],
)
async def test_what_would_be_no_such_deed_says_why(api: Api, deed: str, body: dict[str, str]) -> None:
    case = await a_case(api)
    assert (await api.post("data", f"/cases/{case}/{deed}", body)).status == 422
    await api.post("data", f"/cases/{case}/settle", {"remedy": "map-code", "params": {"code": PLENTY}})


async def test_an_alert_is_answered_by_who_settles_what_it_is_about(api: Api) -> None:
    made = [await an_alert(api) for _ in range(3)]
    listed = await api.all("viewer", "/alerts?limit=1")
    assert [one["id"] for one in listed] == made[::-1]
    assert await api.all("finance", "/alerts") == []
    assert (await api.post("finance", f"/alerts/{made[0]}/answer")).status == 404
    assert (await api.post("data", f"/alerts/{made[0]}/answer")).status == 204
    answered = {one["id"]: one["answered_by"] for one in await api.all("viewer", "/alerts?over=true")}
    assert (answered[made[0]], answered[made[1]]) == ("token data", "")
