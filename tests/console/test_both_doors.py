"""The console and the API ask the same rule: whoever is refused at one door is refused at the other, role by role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import NEEDS, Scope
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import Subject
from crossdock.wiring.people import People
from crossdock.wiring.tokens import Tokens
from tests.console.conftest import GRANTS, PASSWORD, Browser, Desk
from tests.world import GHOST, NAME, PLENTY, UNLINKED

WHO: Mapping[str, Grant] = {
    **GRANTS,
    "paul": Grant(role=Role.OPERATOR, pairing=NAME),  # every desk of one pairing
    "otto": Grant(role=Role.OPERATOR, desk="operations"),  # one desk of every pairing
    "sam": Grant(role=Role.OPERATOR, desk="sales-ops", pairing=NAME),
}
PAGES: Mapping[str, str] = {
    "/cases/{case}": "/cases/{case}",
    "/cases/{house}": "/cases/{house}",
    "/orders/{order}": "/orders/{order}",
    "/stock/item?pairing={pairing}&sku={sku}": "/stock/item?pairing={pairing}&sku={sku}",
    "/accounts/{company}": "/accounts/{company}",
    "/mappings/entry?pairing={pairing}&kind=unit&key=each": "/mappings/entry?pairing={pairing}&kind=unit&key=each",
    "/mappings/export?pairing={pairing}": "/mappings/file?pairing={pairing}",
    "/reconciliation/{run}": "/reconciliations/{run}",
    "/reconciliation/{run}/pack.html": "/reconciliations/{run}/pack?form=html",
    "/handbook/{pairing}": "/handbook/{pairing}",
    "/audit": "/audit",
    "/audit?check=1": "/audit/verdict",
    "/audit/trail.csv": "/audit/trail",
    "/settings/people": "/people",
    "/settings/desks": "/desks",
    "/settings/schedules": "/schedules",
    "/systems": "/systems",
    "/": "/overview",
}
"""Page of the console → call of the API. Each must answer everybody alike."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing to do at both doors, that fails behind the rights or changes nothing. path: of the console's form."""

    path: str
    form: Mapping[str, str]
    call: str
    body: Any = None
    method: str = "POST"


LINK = {"remedy": "link-account", "params": {"account": "HPT1002"}}
DEEDS = (
    Deed(path="/orders/{order}/document", form={}, call="/orders/{order}/document", method="GET"),
    Deed(
        path="/cases/{case}/rehearse", form={"remedy": "map-code", "code": PLENTY}, call="/cases/{case}/rehearse",
        body={"remedy": "map-code", "params": {"code": PLENTY}},
    ),
    Deed(
        path="/cases/{case}/settle", form={"remedy": "adopt"}, call="/cases/{case}/settle", body={"remedy": "adopt"}
    ),
    Deed(
        path="/cases/{house}/settle", form={"remedy": "adopt"}, call="/cases/{house}/settle", body={"remedy": "adopt"}
    ),
    Deed(path="/cases/{case}/assign", form={"to": "nobody"}, call="/cases/{case}/assign", body={"to": "nobody"}),
    Deed(path="/cases/{house}/assign", form={"to": "nobody"}, call="/cases/{house}/assign", body={"to": "nobody"}),
    Deed(
        path="/cases/{house}/snooze", form={"hours": "9999", "reason": "x"}, call="/cases/{house}/snooze",
        body={"until": "2999-01-01T00:00:00Z", "reason": "x"},
    ),
    Deed(path="/cases/{case}/wake", form={}, call="/cases/{case}/wake"),
    Deed(path="/cases/{house}/wake", form={}, call="/cases/{house}/wake"),
    Deed(
        path="/accounts/{company}/rehearse", form={"remedy": "link-account", "account": "HPT1002"},
        call="/accounts/{company}/rehearse", body=LINK,
    ),
    Deed(
        path="/accounts/{company}/settle", form={"remedy": "link-account", "account": "NOBODY"},
        call="/accounts/{company}/settle", body={"remedy": "link-account", "params": {"account": "NOBODY"}},
    ),
    Deed(
        path="/mappings/rehearse", call="/mappings/rehearse",
        form={"pairing": NAME, "kind": "sku", "key": "OLD-1", "code": PLENTY, "expected": "0", "why": "x"},
        body={"pairing": NAME, "kind": "sku", "key": "OLD-1", "params": {"code": PLENTY}, "reason": "x"},
    ),
    Deed(
        path="/mappings/import/save", form={"pairing": NAME, "text": "map,key,code\r\n", "stamp": "x", "why": "x"},
        call="/mappings/file/save", body={"pairing": NAME, "text": "map,key,code\r\n", "stamp": "x", "reason": "x"},
    ),
    Deed(
        path="/reconciliation/start", form={"pairing": NAME, "subject": "orders", "period": "never"},
        call="/reconciliations", body={"pairing": NAME, "subject": "orders", "period": "never"},
    ),
    Deed(
        path="/settings/schedules/run", form={"pairing": NAME, "flow": "nothing"}, call="/schedules/run",
        body={"pairing": NAME, "flow": "nothing"},
    ),
    Deed(
        path="/settings/desks/data", form={"address": "a, b"}, call="/desks/data/contact", body={"address": "a, b"},
        method="PUT",
    ),
    Deed(path="/settings/alerts/test", form={"channel": "nowhere"}, call="/alerts/channels/nowhere/test"),
    Deed(
        path="/settings/people", form={"name": "ada", "role": "viewer"}, call="/people",
        body={"name": "ada", "password": PASSWORD, "grants": [{"role": "viewer"}]},
    ),
    Deed(
        path="/settings/people/{ada}/grant", form={"role": "viewer", "desk": "cellar"}, call="/people/ada/grants",
        body={"role": "viewer", "desk": "cellar"},
    ),
    Deed(path="/settings/people/{ada}/enable", form={}, call="/people/ada/enable"),
    Deed(path="/settings/people/{ada}/disable", form={}, call="/people/ada/disable"),
)  # fmt: skip


@dataclass
class Visitor:
    """One person at both doors: signed in, and with a token that may all that the roles leave."""

    browser: Browser
    secret: str

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.secret}"}
        more = {} if body is None else {"json": body}
        url = f"{self.browser.url}/api/v1{path}"
        async with aiohttp.request(method, url, headers=headers, **more) as answer:
            return answer.status, await answer.json() if "json" in answer.content_type else await answer.read()


async def visit(desk: Desk, name: str) -> Visitor:
    people, grant = People(desk.world.here.pool, "main"), WHO[name]
    if name not in GRANTS:
        await people.add(name, display=name.title(), password=PASSWORD, grants=(grant,), actor="test")
    known = await people.find(name)
    assert known
    scopes = [one for one in Scope if NEEDS[one](known.person)]
    made = await Tokens(desk.world.here.pool, "main").add(name, person=name, scopes=scopes, days=1, actor="test")
    return Visitor(await desk.sign_in(name), made.secret)


async def places(desk: Desk) -> dict[str, Any]:
    """house: a case of the operations desk that concerns every pairing."""
    pool = desk.world.here.pool
    await desk.world.sell((GHOST, 1))
    await desk.world.sell((PLENTY, 1), customer=UNLINKED)
    await desk.world.deliver()
    await desk.world.run("companies")
    house = await pool.fetchval(
        "insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, due_at) values "
        "('main', '', 'credentials-rejected', 'khaos', 'operations', 'high', 'x', now()) returning id"
    )
    return {
        "case": (await desk.world.the_case("stock-code-unknown")).id,
        "house": house,
        "order": await pool.fetchval("select min(id) from sales_order"),
        "company": await pool.fetchval("select id from company where ref = $1", UNLINKED),
        "run": (await reconcile(desk.world.pairing, Subject.ITEMS, None, actor="test")).id,
        "ada": await pool.fetchval("select id from person where name = 'ada'"),
        "pairing": NAME,
        "sku": PLENTY,
    }


@pytest.mark.parametrize("name", WHO)
async def test_both_doors_let_the_same_people_see_and_do_the_same(desk: Desk, name: str) -> None:
    at, someone = await places(desk), await visit(desk, name)
    console, api = {}, {}
    for page, path in PAGES.items():
        console[page] = (await someone.browser.get(page.format(**at)))[0]
        api[page] = (await someone.call("GET", path.format(**at)))[0]
    for deed in DEEDS:
        console[deed.path] = await _done(someone, deed, at)
        api[deed.path] = (await someone.call(deed.method, deed.call.format(**at), deed.body))[0]
    assert {path: _plain(status) for path, status in console.items()} == {
        path: _plain(status) for path, status in api.items()
    }
    assert 500 not in {*console.values(), *api.values()}


async def _done(someone: Visitor, deed: Deed, at: Mapping[str, Any]) -> int:
    status, _ = await someone.browser.send(deed.path.format(**at), **deed.form)
    return status


def _plain(status: int) -> str:
    """What it comes to. What stands otherwise has one number here and another there."""
    return {403: "not allowed", 404: "not there"}.get(status, "done" if status < 400 else "refused")


HOUSE = {**dict.fromkeys(WHO, False), "ada": True, "vera": True, "audra": True, "otto": True}
"""Who sees a case of the operations desk that concerns every pairing: those over all pairings alone."""


@pytest.mark.parametrize("name", WHO)
async def test_a_case_of_every_pairing_is_opened_by_those_over_all_pairings(desk: Desk, name: str) -> None:
    at, someone = await places(desk), await visit(desk, name)
    status = 200 if HOUSE[name] else 404
    house = at["house"]
    assert (await someone.browser.get(f"/cases/{house}"))[0] == status
    assert (await someone.call("GET", f"/cases/{house}"))[0] == status
    assert (f'href="/cases/{house}"' in (await someone.browser.get("/cases"))[1]) is HOUSE[name]
    listed = (await someone.call("GET", "/cases"))[1]["items"]
    assert (house in [one["id"] for one in listed]) is HOUSE[name]
    said = (await someone.browser.send(f"/cases/{house}/comment", text="seen"))[0]
    assert said == (303 if HOUSE[name] else 404)
    if name in ("paul", "dora", "fred", "olga", "sam"):  # operators, whose tokens have the scope
        for deed, body in (("comment", {"text": "x"}), ("wake", None), ("assign", {"to": name})):
            assert (await someone.call("POST", f"/cases/{house}/{deed}", body))[0] == 404, deed
        for deed in ("rehearse", "settle"):
            together = {"cases": [house], "remedy": "retry"}
            assert (await someone.call("POST", f"/cases/together/{deed}", together))[0] == 404, deed
            form = {f"case-{house}": "on", "remedy": "retry"}
            status, text = await someone.browser.send(f"/cases/together/{deed}", **form)
            assert (status, "Choose cases first" in text) == (422, True), deed


@pytest.mark.parametrize("name", WHO)
async def test_both_doors_list_the_same(desk: Desk, name: str) -> None:
    at, someone = await places(desk), await visit(desk, name)
    for place, numbers in (("cases", (at["case"], at["house"])), ("accounts", (at["company"],))):
        _, text = await someone.browser.get(f"/{place}")
        listed = [one["id"] for one in (await someone.call("GET", f"/{place}"))[1]["items"]]
        assert [one for one in numbers if f'href="/{place}/{one}"' in text] == [one for one in numbers if one in listed]
