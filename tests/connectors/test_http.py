"""What a system may have its own way about: its 5xx, its "too many", its waits, its paths, and who it lets in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from crossdock.connectors.http import ClientCertificate, HttpClient
from crossdock.model.faults import ConfigFault, RemoteFault, Transient, Unanswered
from tests.connectors.gate import FreeGate, HandClock
from tests.connectors.stub import Stub, stubbed


class WrittenPaths(Stub):
    def path(self, request: web.Request) -> str:
        return request.raw_path


@asynccontextmanager
async def calling(**options: Any) -> AsyncIterator[tuple[HttpClient, Stub, FreeGate]]:
    gate = FreeGate()
    async with (
        stubbed(WrittenPaths()) as stub,
        HttpClient(f"{stub.url}/api", gate=gate, clock=HandClock(), timeout_seconds=2.0, **options) as http,
    ):
        yield http, stub, gate


@pytest.mark.parametrize("status", [500, 501, 503])
async def test_a_5xx_is_an_answer_only_where_it_is_said_to_be(status: int) -> None:
    async with calling(answers=frozenset({status})) as (http, stub, gate):
        stub.on("POST", "/api/x", web.Response(status=status))
        assert (await http.send("POST", "/x")).status == status
        stub.on("POST", "/api/x", web.Response(status=502))
        with pytest.raises(Unanswered):
            await http.send("POST", "/x")
        assert gate.failures == 1


async def test_too_many_in_the_systems_own_words_and_how_long_to_wait() -> None:
    options = {
        "throttled": lambda reply: reply.body == b"slow down",
        "wait_seconds": lambda reply: float(reply.headers["X-Wait"]) if "X-Wait" in reply.headers else None,
    }
    async with calling(**options) as (http, stub, gate):
        for headers, wait in (({"X-Wait": "9", "Retry-After": "4"}, 9.0), ({"Retry-After": "4"}, 4.0), ({}, None)):
            stub.on("POST", "/api/x", web.Response(status=400, body=b"slow down", headers=headers))
            with pytest.raises(Transient) as caught:
                await http.send("POST", "/x")
            assert (caught.value.throttled, caught.value.retry_after_seconds) == (True, wait)
        assert (gate.waits, gate.failures) == ([9.0, 4.0, None], 0)
        stub.on("POST", "/api/x", web.Response(status=400, body=b"no"))
        assert (await http.send("POST", "/x")).status == 400


@pytest.mark.parametrize(("exact", "sent"), [(True, "/api/key%3DA%2F1?at=1%3A2"), (False, "/api/key=A%2F1?at=1:2")])
async def test_a_path_goes_as_it_is_written_where_that_is_asked_for(exact: bool, sent: str) -> None:
    async with calling(exact_paths=exact) as (http, stub, _):
        for path in ("/key%3DA%2F1?at=1%3A2", f"{http.base_url}/key%3DA%2F1?at=1%3A2"):
            await http.send("GET", path)
        assert [call.path for call in stub.asked] == [sent, sent]


def test_a_certificate_that_cannot_be_used_is_the_operators_matter(tmp_path: Path) -> None:
    empty = tmp_path / "ours.pem"
    empty.write_text("")
    for file in (empty, tmp_path / "none.pem"):
        with pytest.raises(ConfigFault, match="cannot be used") as caught:
            HttpClient("https://x", gate=FreeGate(), clock=HandClock(), certificate=ClientCertificate(str(file)))
        assert caught.value.setting == "client_certificate"


async def test_of_a_call_that_failed_it_is_told_which_and_how_and_nothing_of_its_query() -> None:
    async with calling() as (http, stub, gate):
        for status, headers in ((502, {}), (429, {}), (503, {"Retry-After": "1"})):
            stub.on("GET", "/api/x?email=joe@firm.example", web.Response(status=status, headers=headers))
            with pytest.raises(RemoteFault):
                await http.send("GET", "/x?email=joe@firm.example")
        stub.on("GET", "/api/x?email=joe@firm.example", ConnectionResetError())
        with pytest.raises(RemoteFault):
            await http.send("GET", "/x?email=joe@firm.example")
        assert {call for call, _ in gate.problems} == {f"GET {stub.url}/api/x"}
        said = [problem for _, problem in gate.problems]
        assert said[:3] == [
            "failed by itself: HTTP 502", "turned the call away: HTTP 429", "asked for a pause: HTTP 503",
        ]  # fmt: skip
        assert said[3].startswith("gave no answer: ")
    gate = FreeGate()
    async with HttpClient("http://127.0.0.1:9", gate=gate, clock=HandClock(), timeout_seconds=2.0) as http:
        with pytest.raises(Transient):
            await http.send("GET", "/x?email=joe@firm.example")
    ((call, problem),) = gate.problems
    assert (call, problem.startswith("could not be reached: ")) == ("GET http://127.0.0.1:9/x", True)
