"""Views of a person's token: the same as in the console, and nobody else's."""

from typing import Any

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.wiring.people import People
from crossdock.wiring.tokens import Tokens
from tests.api.v1.conftest import PASSWORD, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def token_of(api: Api, name: str, *scopes: Scope) -> str:
    pool = api.world.here.pool
    if await People(pool, "main").find(name) is None:
        role = Grant(role=Role.OPERATOR)
        await People(pool, "main").add(name, display=name, password=PASSWORD, grants=[role], actor="test")
    count = await pool.fetchval("select count(*) from api_token")
    made = await Tokens(pool, "main").add(f"{name}-{count}", person=name, scopes=scopes, days=1, actor="test")
    return made.secret


async def test_a_view_is_kept_listed_replaced_and_dropped_by_its_owner_alone(api: Api) -> None:
    mine = await token_of(api, "vic", Scope.READ, Scope.CASES_SETTLE)
    other = await token_of(api, "wim", Scope.READ, Scope.CASES_SETTLE)
    for query in ("desk=data", "desk=data&sort=newest&x=%00<b>"):
        assert (await api.post(mine, "/views", {"place": "cases", "name": "ours", "query": query})).status == 204
    (view,) = (await api.get(mine, "/views?place=cases")).body["items"]
    assert (view["name"], view["query"]) == ("ours", "desk=data&sort=newest&x=%00%3Cb%3E")
    assert (await api.get(mine, "/views?place=orders")).body["items"] == []
    assert (await api.get(other, "/views?place=cases")).body["items"] == []
    assert (await api.call(other, "DELETE", f"/views/{view['id']}")).status == 404
    assert (await api.call(mine, "DELETE", f"/views/{view['id']}")).status == 204
    assert (await api.call(mine, "DELETE", f"/views/{view['id']}")).status == 404


async def test_a_token_that_only_reads_lists_views_and_keeps_none(api: Api) -> None:
    reader = await token_of(api, "vic", Scope.READ)
    assert (await api.get(reader, "/views?place=cases")).status == 200
    assert (await api.post(reader, "/views", {"place": "cases", "name": "x"})).status == 403
    nobodys = await api.post("root", "/views", {"place": "cases", "name": "x"})
    assert (nobodys.status, "Views are a person's" in nobodys.body["detail"]) == (403, True)


@pytest.mark.parametrize(
    "wish", [{"place": "people", "name": "x"}, {"place": "cases", "name": " "}, {"place": "cases", "name": "x" * 81}]
)
async def test_a_view_that_cannot_be_kept_is_told(api: Api, wish: dict[str, Any]) -> None:
    mine = await token_of(api, "vic", Scope.READ, Scope.CASES_SETTLE)
    assert (await api.post(mine, "/views", wish)).status == 422
