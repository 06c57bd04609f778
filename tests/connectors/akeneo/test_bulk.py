"""A hundred lines out and an end for each, however the answer comes."""

from typing import Any

import orjson
import pytest
from aiohttp import web

from crossdock.connectors.akeneo.bulk import Bulk, Written, to_bulk_answer
from crossdock.model.faults import ConfigFault, DataFault, Refused, Transient, Unknown
from tests.connectors.akeneo.bodies import done
from tests.connectors.akeneo.stub import lines, pim, refusal
from tests.connectors.stub import Asked

BODIES = [{"code": code} for code in "abc"]


def bulk(connector: Any) -> Bulk:
    return Bulk(connector._session.api, "product-models", "code", {})


def ok(line: int, code: str, status: int = 204) -> dict[str, Any]:
    return done(line, code, status, name="code")


def said(ends: list[Any]) -> list[str]:
    return [end.code if isinstance(end, Refused) else type(end).__name__ for end in ends]


async def test_ends_are_joined_on_the_line_and_not_on_the_key() -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", lines(
            {"line": 3, "status_code": 422, "message": "Code is missing."}, ok(1, "A", 201), ok(2, "b")))  # fmt: skip
        ends = await bulk(connector).patch(BODIES)
        assert ends[:2] == [Written(created=True), Written(created=False)]
        assert said(ends[2:]) == ["invalid"]
        assert stub.calls("PATCH", "product-models")[0].raw == b'{"code":"a"}\n{"code":"b"}\n{"code":"c"}'


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "malformed"), (403, "forbidden"), (404, "not-found"), (413, "too-large"), (422, "invalid")],
)
async def test_a_line_is_refused_by_its_status(status: int, code: str) -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", lines({"line": 1, "status_code": status, "message": "their words"}))
        (end,) = await bulk(connector).patch(BODIES[:1])
        assert isinstance(end, Refused)
        assert (end.code, end.text) == (code, "their words")


CUT = {
    "a line short": lines(ok(1, "a"), ok(2, "b")),
    "in the middle of a line": lines(ok(1, "a"), ok(2, "b"), ok(3, "c"), cut=4),
    "a server error": lines(ok(1, "a"), ok(2, "b"), ok(3, "c", 500)),
    "another's key": lines(ok(1, "a"), ok(2, "b"), ok(3, "x")),
}


@pytest.mark.parametrize("answer", CUT.values(), ids=CUT)
async def test_what_got_no_answer_is_sent_once_more(answer: Any) -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", answer, lines(ok(1, "c", 201)))
        ends = await bulk(connector).patch(BODIES)
        assert ends == [Written(created=False), Written(created=False), Written(created=True)]
        assert [call.lines for call in stub.calls("PATCH", "product-models")] == [BODIES, BODIES[2:]]


async def test_what_gets_no_answer_twice_is_unknown() -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", CUT["a line short"], web.Response(status=429))
        assert said(await bulk(connector).patch(BODIES)) == ["Written", "Written", "Unknown"]
        stub.on("PATCH", "product-models", CUT["a line short"], lines())
        assert said(await bulk(connector).patch(BODIES)) == ["Written", "Written", "Unknown"]
        assert len(stub.calls("PATCH", "product-models")) == 4


def limited(most: int, response: web.Response) -> Any:
    """A PIM that takes no more than so many lines at once."""

    def answer(asked: Asked) -> web.StreamResponse:
        bodies = [orjson.loads(line) for line in asked.raw.split(b"\n")]
        if len(bodies) > most:
            return web.Response(status=response.status, body=response.body)
        return lines(*(ok(at, body["code"]) for at, body in enumerate(bodies, 1)))(asked)

    return answer


@pytest.mark.parametrize("response", [refusal(413, "Too many resources"), web.Response(status=403, body=b"<html>")])
async def test_a_body_too_large_is_sent_in_parts(response: web.Response) -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", limited(1, response))
        assert said(await bulk(connector).patch(BODIES)) == ["Written"] * 3
        stub.on("PATCH", "product-models", limited(0, response))
        assert said(await bulk(connector).patch(BODIES[:1])) == ["too-large"]


async def test_a_second_part_that_cannot_be_sent_makes_the_first_no_less_done() -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", refusal(413, "x"), lines(ok(1, "a")), web.Response(status=429))
        assert said(await bulk(connector).patch(BODIES)) == ["Written", "Unknown", "Unknown"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 415])
async def test_a_whole_call_that_is_refused_is_the_operators(status: int) -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", refusal(status, "their words"))
        with pytest.raises(ConfigFault, match="their words"):
            await bulk(connector).patch(BODIES)


async def test_a_whole_call_refused_for_what_it_says_refuses_each() -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models", refusal(422, "their words"))
        assert said(await bulk(connector).patch(BODIES)) == ["invalid"] * 3
        stub.on("PATCH", "product-models", web.Response(status=204))
        assert said(await bulk(connector).patch(BODIES)) == ["Unknown"] * 3


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (web.Response(status=201), Written(created=True)),
        (web.Response(status=204), Written(created=False)),
        (refusal(422, "their words"), "invalid"),
        (web.Response(status=413), "too-large"),
        (web.Response(status=403, body=b"<html>"), "too-large"),
        (web.Response(status=502), "Unknown"),
        (web.Response(status=200), "Unknown"),
    ],
)
async def test_one_by_one(answer: web.Response, end: Any) -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models/a", answer)
        (found,) = await bulk(connector).patch_each(BODIES[:1])
        assert end in (found, *said([found]))


async def test_one_by_one_stops_short_only_before_the_first() -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "product-models/a", web.Response(status=429))
        with pytest.raises(Transient):
            await bulk(connector).patch_each(BODIES)
        stub.on("PATCH", "product-models/a", web.Response(status=204))
        stub.on("PATCH", "product-models/b", web.Response(status=429))
        stub.on("PATCH", "product-models/c", web.Response(status=204))
        ends = await bulk(connector).patch_each(BODIES)
        assert said(ends) == ["Written", "Unknown", "Written"]
        assert isinstance(ends[1], Unknown)


@pytest.mark.parametrize("body", [{}, [], {"status_code": "204"}, {"status_code": 204, "line": "1"}])
def test_a_line_that_is_no_answer_is_named(body: Any) -> None:
    with pytest.raises(DataFault):
        to_bulk_answer(body)
