"""Every page for every role, and what the pages beyond cases and orders show."""

from collections.abc import Mapping
from unittest import mock

import pytest

from crossdock.console.app import ROOMS
from crossdock.flows.reconciliation import reconcile
from crossdock.model.faults import Transient
from crossdock.model.reconciliation import Subject
from crossdock.wiring import settling
from crossdock.wiring.settling import Settler
from tests.console.conftest import GRANTS, Desk
from tests.world import GHOST, NAME, PLENTY

ALL = dict.fromkeys(GRANTS, 200)
ADMINS = {**dict.fromkeys(GRANTS, 403), "ada": 200}
WHO: Mapping[str, Mapping[str, int]] = {
    "/": ALL,
    "/cases": ALL,
    "/cases/{case_id}": {**ALL, "fred": 404, "olga": 404},
    "/orders": ALL,
    "/orders/{order_id}": {**ALL, "olga": 404},
    "/stock": ALL,
    "/stock/item?pairing={pairing}&sku={sku}": {**ALL, "olga": 404},
    "/stock/movers": ALL,
    "/accounts": ALL,
    "/accounts/{company_id}": {**ALL, "dora": 404, "olga": 404},
    "/mappings": ALL,
    "/mappings/entry": {**ALL, "olga": 404},
    "/mappings/export": {**ALL, "olga": 404},
    "/mappings/import": {**ALL, "olga": 404},
    "/systems": ALL,
    "/reconciliation": ALL,
    "/reconciliation/{run_id}": {**ALL, "olga": 404},
    "/reconciliation/{run_id}/pack.{form}": {**ALL, "olga": 404},
    "/month-end": ALL,
    "/audit": {**dict.fromkeys(GRANTS, 403), "ada": 200, "audra": 200},
    "/audit/trail.{kind}": {**dict.fromkeys(GRANTS, 403), "ada": 200, "audra": 200},
    "/handbook": ALL,
    "/handbook/{pairing}": {**ALL, "olga": 404},
    "/account": ALL,
    "/account/second-factor": ALL,
    "/account/second-factor/picture.svg": dict.fromkeys(GRANTS, 404),
    "/settings": ALL,
    "/settings/alerts": ALL,
    "/settings/desks": ALL,
    "/settings/people": ADMINS,
    "/settings/people/{number}": ADMINS,
    "/settings/policies": ALL,
    "/settings/schedules": ALL,
    "/sign-in": ALL,
    "/sign-in/code": dict.fromkeys(GRANTS, 303),
    "/sign-in/oidc": dict.fromkeys(GRANTS, 404),
    "/sign-in/oidc/back": dict.fromkeys(GRANTS, 404),
}
"""Page → who gets what. A page that is not here fails the first test."""
QUERIES: Mapping[str, str] = {
    "/mappings/entry": "?pairing=oro-khaos&kind=unit&key=each",
    "/mappings/export": "?pairing=oro-khaos",
    "/mappings/import": "?pairing=oro-khaos",
}
"""What a page must be asked for by name."""


def test_every_page_says_who_may_see_it() -> None:
    routers = [one.router for one in ROOMS]
    pages = {route.path for one in routers for route in one.routes if "GET" in route.methods}  # type: ignore[attr-defined]
    assert pages == {page.partition("?")[0] for page in WHO}


async def a_case(desk: Desk) -> int:
    await desk.world.sell((GHOST, 1))
    await desk.world.deliver()
    return (await desk.world.the_case("stock-code-unknown")).id


async def addresses(desk: Desk) -> Mapping[str, str]:
    """An address of each page, of something that is there."""
    case = await a_case(desk)
    order = await desk.world.here.pool.fetchval("select id from sales_order")
    run = (await reconcile(desk.world.pairing, Subject.ITEMS, None, actor="test")).id
    await desk.world.run("companies")
    company = await desk.world.here.pool.fetchval("select min(id) from company")
    some = {
        "case_id": case,
        "company_id": company,
        "order_id": order,
        "run_id": run,
        "form": "html",
        "number": 1,
        "pairing": NAME,
        "sku": PLENTY,
        "kind": "csv",
    }
    return {page: (page + QUERIES.get(page, "")).format(**some) for page in WHO}


@pytest.mark.parametrize("name", GRANTS)
async def test_every_page_is_for_those_it_is_for(desk: Desk, name: str) -> None:
    where = await addresses(desk)
    someone = await desk.sign_in(name)
    for page, who in WHO.items():
        assert (page, (await someone.get(where[page]))[0]) == (page, who[name])


@pytest.mark.parametrize(
    ("name", "status"), [("ada", 303), ("dora", 303), ("fred", 404), ("vera", 403), ("audra", 403), ("olga", 404)]
)
async def test_every_deed_is_for_those_it_is_for(desk: Desk, name: str, status: int) -> None:
    case = await a_case(desk)
    someone = await desk.sign_in(name)
    assert (await someone.send(f"/cases/{case}/settle", remedy="map-code", code=PLENTY))[0] == status
    assert len(await desk.world.cases("stock-code-unknown")) == (status != 303)


async def test_an_auditor_reads_who_did_what_and_whether_it_is_whole(desk: Desk) -> None:
    case = await a_case(desk)
    dora = await desk.sign_in("dora")
    await dora.send(f"/cases/{case}/settle", remedy="map-code", code=PLENTY)
    audra = await desk.sign_in("audra")
    _, people = await audra.get("/audit")
    assert ("dora" in people, f'href="/cases/{case}"' in people, ">capture<" in people) == (True, True, False)
    assert ">capture<" in (await audra.get("/audit?everything=1"))[1]
    assert "Nobody has done anything yet" in (await audra.get("/audit?actor=nobody"))[1]
    assert ": whole." in (await audra.get("/audit?check=1"))[1]


async def test_the_trail_is_paged_by_key(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "insert into audit_entry (tenant, actor, action, subject, subject_id) "
        "select 'main', 'mary', 'mark', 'test', n from generate_series(1, 250) n"
    )
    audra = await desk.sign_in("audra")
    seen: list[str] = []
    path = "/audit?actor=mary"
    while path:
        _, text = await audra.get(path)
        seen += [part.split("<")[0] for part in text.split("<td>test ")[1:]]
        path = text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&") if "Next page" in text else ""
    assert [int(one) for one in seen] == list(range(250, 0, -1))


async def test_systems_are_shown_with_how_they_answer_and_without_any_secret(desk: Desk) -> None:
    vera, olga = await desk.sign_in("vera"), await desk.sign_in("olga")
    _, text = await vera.get("/systems")
    assert all(word in text for word in ("OroCommerce", "Khaos Control", "Read up to", "calls left now"))
    secrets = [
        one for one in desk.world.project.systems["shop"].model_dump().values() if hasattr(one, "get_secret_value")
    ]
    assert secrets
    assert not any(one.get_secret_value() in text for one in secrets)
    assert "No system belongs to a pairing of yours" in (await olga.get("/systems"))[1]


async def test_a_system_that_does_not_answer_says_so(desk: Desk) -> None:
    await desk.world.here.pool.execute(
        "update remote_budget set open_until = now() + interval '9 minutes' where system = 'khaos'"
    )
    vera = await desk.sign_in("vera")
    assert "the next call is made in" in (await vera.get("/systems"))[1]


@pytest.mark.parametrize(
    "path",
    [
        "/cases/99999999999999999999", "/orders/-1", "/orders/x", "/orders?before=99999999999999999999",
        "/orders?q=%00", "/cases?kind=%00", "/audit?actor=" + "x" * 500,
    ],
)  # fmt: skip
async def test_an_address_that_nobody_wrote_is_told_so(desk: Desk, path: str) -> None:
    ada = await desk.sign_in("ada")
    status, text = await ada.get(path)
    assert (status, 'role="alert"' in text) == (422, True)


@pytest.mark.parametrize("after", ["2026-01-01_1", "2026-01-01T00:00:00%2B00:00_99999999999999999999", "_", "x_1"])
async def test_a_position_that_is_none_begins_at_the_first_page(desk: Desk, after: str) -> None:
    case, ada = await a_case(desk), await desk.sign_in("ada")
    status, text = await ada.get(f"/cases?after={after}")
    assert (status, f'href="/cases/{case}"' in text) == (200, True)


async def test_a_remedy_that_needs_a_system_that_is_away_says_so(desk: Desk) -> None:
    case, dora = await a_case(desk), await desk.sign_in("dora")

    async def away(*_: object) -> None:
        raise Transient("GetStockList: HTTP 503")

    at = Settler(pairing=desk.world.pairing, rehearse=away, apply=away)  # type: ignore[arg-type]
    with mock.patch.object(settling, "settler", return_value=at):
        for deed in ("rehearse", "settle"):
            status, text = await dora.send(f"/cases/{case}/{deed}", remedy="map-code", code=PLENTY)
            assert (status, "GetStockList: HTTP 503" in text, 'role="alert"' in text) == (502, True, True)
