"""Several cases by one remedy: all of them the token's, each answered for itself."""

from typing import Any
from unittest import mock

import pytest

from crossdock.model.faults import Transient
from crossdock.wiring import settling
from crossdock.wiring.settling import Settler
from tests.api.v1.conftest import Api, a_case
from tests.world import PLENTY

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def two_totals(api: Api) -> list[int]:
    """Two cases of one kind, each about an order of its own."""
    for _ in range(2):
        await api.world.sell((PLENTY, 1), price_conflict=True)
    await api.world.deliver()
    return sorted(one.id for one in await api.world.cases("total-conflict"))


def wish(cases: list[int], remedy: str = "accept", **more: Any) -> dict[str, Any]:
    return {"cases": cases, "remedy": remedy, "reason": "agreed", **more}


async def test_several_cases_are_rehearsed_and_settled_by_one_remedy(api: Api) -> None:
    cases = await two_totals(api)
    told = (await api.post("root", "/cases/together/rehearse", wish([*cases, *cases]))).body
    assert (told["applied"], [one["case"] for one in told["items"]]) == (False, cases)
    assert [one["rehearsal"]["would_post"] for one in told["items"]] == [1, 1]
    assert len(await api.world.cases("total-conflict")) == 2  # nothing was changed
    done = (await api.post("root", "/cases/together/settle", wish(cases))).body
    assert [(one["ended"], one["state"]) for one in done["items"]] == [("went", "closed")] * 2
    again = (await api.post("root", "/cases/together/settle", wish(cases))).body
    assert [(one["ended"], "closed already" in one["text"], one["rehearsal"]) for one in again["items"]] == [
        ("refused", True, None)
    ] * 2
    trail = [one["subject_id"] for one in await api.all("auditor", "/audit?actor=token%20root")]
    assert set(cases) <= set(trail)


async def test_a_refusal_of_one_stops_none_of_its_neighbours(api: Api) -> None:
    first, second = await two_totals(api)
    await api.post("root", f"/cases/{first}/settle", {"remedy": "accept", "reason": "agreed"})
    done = (await api.post("root", "/cases/together/settle", wish([first, second]))).body
    assert [(one["case"], one["ended"]) for one in done["items"]] == [(first, "refused"), (second, "went")]


async def test_a_system_that_does_not_answer_for_one_leaves_that_one_unsure(api: Api) -> None:
    cases = await two_totals(api)

    async def away(*_: object) -> None:
        raise Transient("GetStockList: HTTP 503")

    at = Settler(pairing=api.world.pairing, rehearse=away, apply=away)  # type: ignore[arg-type]
    with mock.patch.object(settling, "settler", return_value=at):
        answer = await api.post("root", "/cases/together/settle", wish(cases))
    said = [(one["ended"], "GetStockList: HTTP 503" in one["text"], one["state"]) for one in answer.body["items"]]
    assert (answer.status, said) == (200, [("unsure", True, "open")] * 2)
    await api.post("root", "/cases/together/settle", wish(cases))


async def test_one_that_is_not_the_token_s_stops_all_of_them(api: Api) -> None:
    cases, others = await two_totals(api), await a_case(api)
    mixed = wish([*cases, others])
    for deed in ("rehearse", "settle"):
        answer = await api.post("finance", f"/cases/together/{deed}", mixed)
        assert (answer.status, f"case {others}" in answer.body["detail"]) == (404, True)
    assert len(await api.world.cases("total-conflict")) == 2
    assert (await api.post("root", "/cases/together/settle", mixed)).status == 422  # no such remedy in common
    await api.post("root", "/cases/together/settle", wish(cases))


@pytest.mark.parametrize("cases", [[], list(range(1, 102)), [-1], ["x"]])
async def test_a_choice_that_is_none_is_refused(api: Api, cases: list[Any]) -> None:
    assert (await api.post("root", "/cases/together/rehearse", wish(cases))).status == 422
