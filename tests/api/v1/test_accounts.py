"""Companies and their accounts over the API: for the desks that answer for them, and linked as in the console."""

from collections.abc import Mapping
from typing import Any

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.wiring.tokens import Tokens
from tests.api.v1.conftest import TOKENS, Api
from tests.world import LINKED, NAME, PLENTY, UNLINKED

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINK = {"remedy": "link-account", "params": {"account": "HPT1002"}}
HIDDEN = ("data", "elsewhere")


async def number(api: Api, ref: str) -> int:
    await api.world.run("companies")
    return int(await api.world.here.pool.fetchval("select id from company where ref = $1", ref))


async def test_accounts_are_for_the_desks_that_answer_for_them(api: Api) -> None:
    company = await number(api, LINKED)
    for token in TOKENS:
        every, one = await api.get(token, "/accounts"), await api.get(token, f"/accounts/{company}")
        named = await api.get(token, f"/accounts?pairing={NAME}")
        if token == "auditor":  # who has not the scope
            assert (every.status, named.status, one.status) == (403, 403, 403)
        elif token in HIDDEN:
            assert (every.body["items"], every.body["counts"]) == ([], {})
            assert (named.status, one.status) == (404, 404)
        else:
            assert (bool(every.body["items"]), named.status, one.status) == (True, 200, 200)


async def test_a_company_shows_what_the_console_shows(api: Api) -> None:
    shown = (await api.get("finance", f"/accounts/{await number(api, LINKED)}")).body
    assert (shown["state"], shown["linked_by"], shown["may_settle"]) == ("linked", "crossdock", False)
    assert shown["account"].keys() == {
        "account_id", "code", "name", "on_stop", "currency", "credit_limit", "balance",
    }  # fmt: skip
    assert [one["account"] for one in shown["links"]] == [shown["account"]["code"]]
    found = await api.all("finance", f"/accounts?q={shown['account']['code'].lower()}")
    assert [one["ref"] for one in found] == [LINKED]


async def test_a_company_is_linked_after_it_was_told_what_that_frees(api: Api) -> None:
    company = await number(api, UNLINKED)
    for _ in range(2):
        await api.world.sell((PLENTY, 1), customer=UNLINKED)
    await api.world.deliver()
    sam = await Tokens(api.world.here.pool, "main").add(
        "sam", scopes=[Scope.READ, Scope.CASES_SETTLE], days=1, actor="test",
        grants=[Grant(role=Role.OPERATOR, desk="sales-ops", pairing=NAME)],
    )  # fmt: skip
    shown = (await api.get(sam.secret, f"/accounts/{company}")).body
    assert (shown["state"], shown["orders_waiting"], shown["may_settle"]) == ("review", 2, True)
    assert [one["remedy"] for one in shown["remedies"]] == ["link-account", "set-aside"]
    assert isinstance(shown["case_id"], int)
    told = (await api.post(sam.secret, f"/accounts/{company}/rehearse", LINK)).body
    assert (told["applied"], told["rehearsal"]["text"]) == (False, "Of 3 held: 2 would post, 1 would be linked.")
    assert (await api.get(sam.secret, f"/accounts/{company}")).body["account"] is None
    for token, status in (("finance", 403), ("data", 404), ("elsewhere", 404), ("viewer", 403)):
        for deed in ("rehearse", "settle"):
            assert (await api.post(token, f"/accounts/{company}/{deed}", LINK)).status == status, (token, deed)
    done = (await api.post(sam.secret, f"/accounts/{company}/settle", LINK)).body
    assert (done["applied"], done["rehearsal"]["would"]) == (True, {"be linked": 1})
    await api.world.run("companies")
    shown = (await api.get(sam.secret, f"/accounts/{company}")).body
    assert (shown["account"]["code"], shown["linked_by"], shown["remedies"]) == ("HPT1002", "token sam", [])
    again = await api.post(sam.secret, f"/accounts/{company}/settle", LINK)
    assert (again.status, "nothing is open about" in again.body["detail"]) == (422, True)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"remedy": "retry"}, "from here a company is settled with one of"),
        ({"remedy": "link-account", "params": {"account": "HPT1001"}}, "nothing is open about"),
    ],
)
async def test_what_will_not_do_says_why(api: Api, wish: Mapping[str, Any], says: str) -> None:
    answer = await api.post("root", f"/accounts/{await number(api, LINKED)}/rehearse", wish)
    assert (answer.status, says in answer.body["detail"]) == (422, True)


async def test_a_company_that_is_not_there_is_not_there(api: Api) -> None:
    assert (await api.get("root", "/accounts/900000000")).status == 404
    assert (await api.post("root", "/accounts/900000000/settle", LINK)).status == 404
