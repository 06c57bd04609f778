"""Every operation for every token, and what a stranger gets of it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crossdock.api.v1.app import make_api
from crossdock.api.v1.problems import MEDIA_TYPE
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import Subject
from crossdock.wiring.tokens import PREFIX
from tests.api.v1.conftest import PASSWORD, TOKENS, Api, a_case
from tests.world import NAME, PLENTY, UNLINKED

pytestmark = pytest.mark.asyncio(loop_scope="module")

READERS = {**dict.fromkeys(TOKENS, 200), "auditor": 403}
SETTLERS = {**dict.fromkeys(TOKENS, 403), "finance": 404, "elsewhere": 404, "data": 200, "root": 200}
AUDITORS = {**dict.fromkeys(TOKENS, 403), "auditor": 200, "root": 200}
ADMINS = {**dict.fromkeys(TOKENS, 403), "root": 200}
ACCOUNTS = {**READERS, "elsewhere": 404, "data": 404}  # the desks that answer for them
LINKERS = {**dict.fromkeys(TOKENS, 403), "elsewhere": 404, "data": 404, "root": 200}
OVERSEERS = {**dict.fromkeys(TOKENS, 403), "looker": 200, "root": 200}
NOBODYS = dict.fromkeys(TOKENS, 403)  # views are a person's, and these tokens are nobody's
WHO: Mapping[str, Mapping[str, int]] = {
    "showToken": dict.fromkeys(TOKENS, 200),
    "showOverview": READERS,
    "listQueues": READERS,
    "listFlows": READERS,
    "listCases": READERS,
    "showCase": {**READERS, "finance": 404, "elsewhere": 404},
    "rehearseRemedy": SETTLERS,
    "commentCase": {**SETTLERS, "data": 204, "root": 204},
    "settleCase": {**SETTLERS, "root": 409},  # the data desk's token was there before
    "searchOrders": READERS,
    "showOrder": {**READERS, "elsewhere": 404},
    "readOrderDocument": {**READERS, "elsewhere": 404},
    "listSystems": READERS,
    "probeSystem": {**dict.fromkeys(TOKENS, 403), "root": 200},
    "assignCase": {**SETTLERS, "data": 204, "root": 204},
    "snoozeCase": {**SETTLERS, "data": 204, "root": 204},
    "wakeCase": {**SETTLERS, "data": 204, "root": 204},
    "listAlerts": READERS,
    "answerAlert": {**dict.fromkeys(TOKENS, 403), "finance": 404, "elsewhere": 404, "data": 204, "root": 409},
    "listStock": {**READERS, "elsewhere": 404},
    "showStock": {**READERS, "elsewhere": 404},
    "listMovers": {**READERS, "elsewhere": 404},
    "listDesks": READERS,
    "setContact": {**ADMINS, "root": 204},
    "listSchedules": READERS,
    "runFlow": {**dict.fromkeys(TOKENS, 403), "root": 202},
    "listPolicies": {**READERS, "elsewhere": 404},
    "listAccounts": ACCOUNTS,
    "showAccount": ACCOUNTS,
    "rehearseAccount": LINKERS,
    "settleAccount": LINKERS,
    "rehearseCases": SETTLERS,
    "settleCases": SETTLERS,
    "listViews": NOBODYS,
    "keepView": NOBODYS,
    "dropView": NOBODYS,
    "exportMappings": {**READERS, "elsewhere": 404},
    "rehearseMappings": {**dict.fromkeys(TOKENS, 403), "finance": 422, "data": 200, "root": 200},
    "saveMappings": {**dict.fromkeys(TOKENS, 403), "finance": 422, "data": 409, "root": 409},  # of no stamp it gave
    "showHandbook": {**READERS, "elsewhere": 404},
    "listChannels": OVERSEERS,
    "listRules": OVERSEERS,
    "listMessages": OVERSEERS,
    "testChannel": {**ADMINS, "root": 404},
    "downloadAuditTrail": AUDITORS,
    "exportEvidence": AUDITORS,
    "listMappings": {**READERS, "elsewhere": 404},
    "showMapping": {**READERS, "elsewhere": 404},
    "rehearseMapping": {**dict.fromkeys(TOKENS, 403), "data": 200, "root": 200},
    "saveMapping": {**dict.fromkeys(TOKENS, 403), "data": 200, "root": 409},  # it is not what was seen any more
    "listRuns": READERS,
    "startRun": {**dict.fromkeys(TOKENS, 403), "finance": 202, "root": 409},  # one at a time
    "showRun": {**READERS, "elsewhere": 404},
    "listDifferences": {**READERS, "elsewhere": 404},
    "downloadPack": {**READERS, "elsewhere": 404},
    "readAuditTrail": AUDITORS,
    "verifyAuditTrail": AUDITORS,
    "listPeople": ADMINS,
    "addPerson": {**ADMINS, "root": 201},
    "giveRole": ADMINS,
    "takeRole": ADMINS,
    "disablePerson": {**ADMINS, "root": 204},
    "enablePerson": {**ADMINS, "root": 204},
    "endSessions": ADMINS,
    "listTokens": ADMINS,
    "revokeToken": {**ADMINS, "root": 204},
}
"""Operation → who gets what. An operation that is not here fails the first test."""
MAP = {"remedy": "map-code", "params": {"code": PLENTY}}
LINK = {"remedy": "link-account", "params": {"account": "HPT1002"}}
SHEET = {"pairing": NAME, "text": f"map,key,code\r\nsku,OLD-2,{PLENTY}\r\n"}
ROLE = {"role": "viewer", "desk": "finance", "pairing": ""}
MAPPED = {"pairing": NAME, "kind": "sku", "key": "OLD-1", "params": {"code": PLENTY}, "reason": "its name there"}
QUERIES = {
    "listMappings": f"?pairing={NAME}&kind=sku",
    "showMapping": f"?pairing={NAME}&kind=tax&key={{tax}}",
    "listStock": f"?pairing={NAME}",
    "showStock": f"?pairing={NAME}&sku={PLENTY}",
    "listMovers": f"?pairing={NAME}",
    "listPolicies": f"?pairing={NAME}",
    "listAccounts": f"?pairing={NAME}",
    "exportMappings": f"?pairing={NAME}",
    "listViews": "?place=cases",
}
BODIES: Mapping[str, Any] = {
    "assignCase": {"to": "mary"},
    "snoozeCase": {"until": (datetime.now(UTC) + timedelta(days=1)).isoformat(), "reason": "Monday"},
    "commentCase": {"text": "asked"},
    "rehearseMapping": MAPPED,
    "saveMapping": MAPPED,
    "setContact": {"address": "data@harbour.example"},
    "runFlow": {"pairing": NAME, "flow": "items"},
    "exportEvidence": {},
    "startRun": {"pairing": NAME, "subject": "items"},
    "rehearseRemedy": MAP,
    "settleCase": MAP,
    "addPerson": {"name": "john", "password": PASSWORD, "grants": [{"role": "viewer"}]},
    "giveRole": ROLE,
    "takeRole": ROLE,
    "rehearseAccount": LINK,
    "settleAccount": LINK,
    "rehearseCases": {"cases": [], "remedy": "retry"},
    "settleCases": {"cases": [], "remedy": "retry"},
    "keepView": {"place": "cases", "name": "mine"},
    "rehearseMappings": SHEET,
    "saveMappings": {**SHEET, "stamp": "x", "reason": "y"},
}


def operations() -> Iterator[tuple[str, str, str]]:
    """(operation, method, address)"""
    for path, methods in make_api(None).openapi()["paths"].items():
        for method, told in methods.items():
            yield told["operationId"], method.upper(), path + QUERIES.get(told["operationId"], "")


async def test_every_operation_says_who_may_call_it() -> None:
    assert {name for name, _, _ in operations()} == set(WHO)


async def an_alert(api: Api) -> int:
    """One of the data desk, that stands."""
    add = (
        "insert into alert (tenant, rule, subject, state, desk, pairing, severity, text, count, opened_at) "
        "values ('main', 'r', $1, 'open', 'data', $2, 'high', 'x', 1, now()) returning id"
    )
    pool = api.world.here.pool
    return int(await pool.fetchval(add, str(await pool.fetchval("select count(*) from alert")), NAME))


async def places(api: Api) -> dict[str, Any]:
    """What the addresses are about. A token is revoked, and it is none that these tests call with."""
    case = await a_case(api)
    order = await api.world.here.pool.fetchval("select max(id) from sales_order")
    spare = "select id from api_token where name = 'spare'"
    if await api.world.here.pool.fetchval(spare) is None:
        await api.world.here.pool.execute(
            "insert into api_token (tenant, name, digest, scopes, made_by) values ('main', 'spare', 'x', '{read}', 't')"
        )
    token = await api.world.here.pool.fetchval(spare)
    tax = await api.world.here.pool.fetchval("select min(key) from code_map where kind = 'tax'")
    alert = await an_alert(api)
    run = (await reconcile(api.world.pairing, Subject.ACCOUNTS, None, actor="test")).id
    await api.world.sell((PLENTY, 1), customer=UNLINKED)
    await api.world.deliver()
    await api.world.run("companies")
    company = await api.world.here.pool.fetchval("select id from company where ref = $1", UNLINKED)
    return {
        "pairing": NAME,
        "channel": "chat",
        "company_id": company,
        "view_id": 1,
        "desk": "data",
        "alert_id": alert,
        "tax": tax,
        "run_id": run,
        "case_id": case,
        "order_id": order,
        "token_id": token,
        "name": "mary",
        "system": "khaos",
    }


async def test_every_operation_is_for_those_it_is_for(api: Api) -> None:
    at = await places(api)
    found = {
        name: {
            token: (await api.call(token, method, path.format(**at), **body(name, at))).status for token in TOKENS
        }
        for name, method, path in operations()
    }  # fmt: skip
    assert found == {name: dict(who) for name, who in WHO.items()}


async def test_strangers_get_in_nowhere(api: Api) -> None:
    at = {
        **dict.fromkeys(("alert_id", "run_id", "case_id", "order_id", "token_id", "company_id", "view_id"), 1),
        **dict.fromkeys(("pairing", "channel"), "x"),
        "desk": "data",
        "name": "mary",
        "system": "khaos",
        "tax": "x",
    }
    mary = {"name": "mary", "password": PASSWORD}
    async with api.session.post(f"{api.url.removesuffix('/api/v1')}/sign-in", data=mary, allow_redirects=False) as come:
        assert (come.status, "crossdock_session" in come.cookies) == (303, True)
    for name, method, path in operations():  # the session's cookie goes with each call, and opens nothing
        for token in (None, "x", PREFIX + "x" * 43):
            answer = await api.call(token, method, path.format(**at), **body(name, at))
            assert (name, answer.status in (401, 429)) == (name, True)
            assert (answer.headers["Content-Type"], answer.body["status"]) == (MEDIA_TYPE, answer.status)
            assert answer.status == 429 or answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert (await api.get("viewer", "/me")).status == 200


async def test_every_operation_declares_what_it_needs_and_how_it_refuses() -> None:
    for path, methods in make_api(None).openapi()["paths"].items():
        for told in methods.values():
            assert told["security"][0]["token"] or told["operationId"] == "showToken", path
            assert {"401", "403", "405", "422", "429", "500", "503"} <= set(told["responses"]), path
            assert "404" in told["responses"] or "{" not in path, path
            assert ({"413", "415"} <= set(told["responses"])) == ("requestBody" in told), path
            refusals = [one for status, one in told["responses"].items() if int(status) >= 400]
            assert all(set(one["content"]) == {MEDIA_TYPE} for one in refusals), path


def body(name: str, at: Mapping[str, Any]) -> dict[str, Any]:
    """The case of the address is also that of a body which names cases."""
    if name not in BODIES:
        return {}
    given = BODIES[name]
    return {"json": {**given, "cases": [at["case_id"]]} if "cases" in given else given}
