"""Every refusal is a problem of one form, says what is wrong, and repeats no secret."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from crossdock.api.v1.entrance import BODY_MAX
from crossdock.api.v1.problems import MEDIA_TYPE
from crossdock.store.tokens import PgTokens
from tests.api.v1.conftest import Answer, Api

pytestmark = pytest.mark.asyncio(loop_scope="module")


def problem(answer: Answer, status: int) -> dict[str, Any]:
    assert (answer.status, answer.headers["Content-Type"]) == (status, MEDIA_TYPE)
    body: dict[str, Any] = answer.body
    assert (body["type"], body["status"], bool(body["title"]), bool(body["detail"])) == (
        "about:blank",
        status,
        True,
        True,
    )
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    return body


@pytest.mark.parametrize("path", ["/nowhere", "/", "/cases/", "/cases/1/burn"])
async def test_an_address_that_is_not_there(api: Api, path: str) -> None:
    problem(await api.get("root", path), 404)


async def test_a_method_that_is_not_there_says_which_are(api: Api) -> None:
    for path, allowed in (
        ("/queues", "GET"),
        ("/people", "GET, POST"),
        ("/openapi.json", "GET"),
        ("/tokens/1", "DELETE"),
    ):
        answer = await api.call("root", "PUT", path, json={})
        assert (problem(answer, 405)["title"], answer.headers["Allow"]) == ("Method Not Allowed", allowed)


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/cases?limit=0", "query.limit"),
        ("/cases?limit=201", "query.limit"),
        ("/cases?kind=nothing", "query.kind"),
        ("/cases?desk=nobody", "query.desk"),
        ("/cases?cursor=x", "query.cursor"),
        ("/cases?wrong=1", "query.wrong"),
        ("/cases/x", "path.case_id"),
        ("/cases/99999999999999999999", "path.case_id"),
        ("/orders?q=%00", "query.q"),
        ("/orders?cursor=-1", "query.cursor"),
        ("/audit?actor=" + "x" * 201, "query.actor"),
    ],
)
async def test_an_address_that_cannot_be_read_says_where(api: Api, path: str, where: str) -> None:
    assert where in [one["where"] for one in problem(await api.get("root", path), 422)["errors"]]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.remedy"),
        ({"remedy": "burn"}, "body.remedy"),
        ({"remedy": "retry", "more": 1}, "body.more"),
        ({"remedy": "retry", "params": {"code": "\0"}}, "body.params.code"),
        ({"remedy": "retry", "params": {"code": "\x0b"}}, "body.params.code"),
        ({"remedy": "retry", "reason": "\0"}, "body.reason"),
        ({"remedy": "retry", "params": {"a b": "x"}}, "body.params.a b.[key]"),
        ([], "body"),
    ],
)
async def test_a_body_that_cannot_be_read_says_where(api: Api, body: Any, where: str) -> None:
    assert [one["where"] for one in problem(await api.post("data", "/cases/1/settle", body), 422)["errors"]] == [where]


@pytest.mark.parametrize("raw", [b"{", b"", b"\xff", b'{"remedy": "\\ud800"}', b"[" * 40_000])
async def test_a_body_that_is_no_json_is_refused(api: Api, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    problem(await api.call("data", "POST", "/cases/1/settle", data=raw, headers=headers), 422)


async def test_a_password_is_not_repeated(api: Api) -> None:
    for wanted in ({"name": "john", "password": "hush"}, {"name": "a b", "password": "a long enough secret"}):
        answer = await api.post("root", "/people", {**wanted, "grants": [{"role": "viewer"}]})
        assert wanted["password"] not in str(problem(answer, 422))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"])
async def test_a_form_of_some_page_is_no_body(api: Api, kind: str) -> None:
    answer = await api.call("data", "POST", "/cases/1/settle", data=b"{}", headers={"Content-Type": kind})
    assert kind in problem(answer, 415)["detail"]


async def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not(api: Api) -> None:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(BODY_MAX // 1_000 + 2):
            yield b" " * 1_000
            await asyncio.sleep(0)

    headers = {"Content-Type": "application/json"}
    for data in (b" " * (BODY_MAX + 1), drops()):
        problem(await api.call("data", "POST", "/cases/1/settle", data=data, headers=headers), 413)
    fits = b" " * (BODY_MAX - 2) + b"{}"
    problem(await api.call("data", "POST", "/cases/1/settle", data=fits, headers=headers), 422)


async def test_what_a_scope_lacks_is_named(api: Api) -> None:
    answer = await api.get("viewer", "/people")
    assert "has not the scope admin" in problem(answer, 403)["detail"]
    assert 'error="insufficient_scope", scope="admin"' in answer.headers["WWW-Authenticate"]


async def test_too_many_wrong_tokens_are_told_when_to_come_back_and_others_are_heard(api: Api) -> None:
    answers = [await api.get("xdk_" + "x" * 43, "/me") for _ in range(21)]
    assert "nobody's" in problem(answers[0], 401)["detail"]
    problem(answers[-1], 429)
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    assert (await api.get("viewer", "/me")).status == 200


@pytest.mark.parametrize(
    ("error", "status"), [(asyncpg.ConnectionDoesNotExistError("gone"), 503), (OSError(), 503), (KeyError("k"), 500)]
)
async def test_a_database_that_is_away_and_a_defect_are_told_apart(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def broken(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(PgTokens, "bearer", broken)
        answer = await api.get("viewer", "/me")
    said = problem(answer, status)
    assert (str(error) in said["detail"]) == (str(error) == "")  # what went wrong within is not for callers
    assert ("Retry-After" in answer.headers) == (status == 503)
