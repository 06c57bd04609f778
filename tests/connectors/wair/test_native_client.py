"""Calls to wair.ai: signed in, with the tenant's name, and what a failure means."""

import pytest
from aiohttp import web

from crossdock.connectors.bridge import Denied
from crossdock.connectors.wair.native_faults import fault_of_status, read_refusal
from crossdock.model.faults import (
    Accepted,
    ConfigFault,
    ReadIncomplete,
    Refused,
    RemoteFault,
    Transient,
    Unanswered,
    Unknown,
    Unsupported,
)
from tests.connectors.bridge.stub import json_answer
from tests.connectors.gate import HandClock
from tests.connectors.wair.support import gathered, level, listed, native_settings, proposal_row, wair_ai


async def test_the_tenant_and_the_token_go_with_every_call() -> None:
    async with wair_ai() as (connector, stub):
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]
        await gathered(connector.read_transfer_proposals(None))
        assert {call.headers["X-Tenant"] for call in stub.asked} == {"footfall"}
        token, *others = stub.asked
        assert (token.path, token.body) == ("/api/v1/Token", {"username": "sync", "password": "pa55"})
        assert {call.headers["Authorization"] for call in others} == {"Bearer tok-1"}


async def test_the_token_is_kept_until_shortly_before_its_end() -> None:
    clock = HandClock()
    async with wair_ai(clock=clock) as (connector, stub):
        await gathered(connector.read_transfer_proposals(None))
        clock.forward(3600 - 61)
        await gathered(connector.read_transfer_proposals(None))
        assert len(stub.calls("POST", "/api/v1/Token")) == 1
        clock.forward(2)
        await gathered(connector.read_transfer_proposals(None))
        assert len(stub.calls("POST", "/api/v1/Token")) == 2


async def test_a_token_that_ran_out_is_renewed_once_and_the_call_repeated_once() -> None:
    async with wair_ai() as (connector, stub):
        tokens = [{"accessToken": name, "expiresIn": 3600} for name in ("old", "new")]
        stub.on("POST", "/api/v1/Token", *tokens)
        stub.on("POST", "/api/v1/Stock", web.Response(status=401), json_answer({}))
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]
        sent = stub.calls("POST", "/api/v1/Stock")
        assert [call.headers["Authorization"] for call in sent] == ["Bearer old", "Bearer new"]
        assert {call.headers["X-Tenant"] for call in stub.asked} == {"footfall"}
        assert len(stub.calls("POST", "/api/v1/Token")) == 2


async def test_credentials_that_are_refused_are_the_operators() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", "/api/v1/Recommendations/transfers", web.Response(status=401, text="pa55 tok-1"))
        with pytest.raises(ConfigFault) as caught:
            await gathered(connector.read_transfer_proposals(None))
        assert caught.value.setting == "password"
        assert "pa55" not in str(caught.value) + caught.value.evidence
        assert "tok-1" not in caught.value.evidence
        stub.on("POST", "/api/v1/Token", json_answer({"error": "bad"}, status=400))
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Token", json_answer({"error": "bad pa55"}, status=400))
        (line,) = await connector.probe()
        assert line.problem
        assert "pa55" not in line.problem


@pytest.mark.parametrize(
    ("status", "kind", "setting"),
    [
        (302, ConfigFault, "base_url"),
        (403, Denied, "username"),
        (404, ConfigFault, "api_prefix"),
        (405, ConfigFault, "api_prefix"),
        (408, Unanswered, ""),
        (413, ConfigFault, "chunks"),
        (415, ConfigFault, "base_url"),
    ],
)
def test_a_status_has_an_owner(status: int, kind: type[RemoteFault], setting: str) -> None:
    fault = fault_of_status("POST /Stock", read_refusal(b"", status), "")
    assert type(fault) is kind
    assert getattr(fault, "setting", "") == setting


@pytest.mark.parametrize(("status", "code"), [(400, "vendor-rejected"), (409, "batch-incomplete"), (418, "http-418")])
def test_what_was_sent_may_be_refused(status: int, code: str) -> None:
    refusal = read_refusal(b'{"title":"No","errors":{"stock[0].skuId":["is unknown"]}}', status)
    assert fault_of_status("POST /Stock", refusal, "") is None
    assert (refusal.code, refusal.text) == (code, "No; stock[0].skuId: is unknown")
    assert refusal.fields == (("stock[0].skuId", "is unknown"),)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", "HTTP 400 without a reason"),
        (b"{}", "HTTP 400 without a reason"),
        (b"Bad things", "Bad things"),
        (b'"Bad things"', "Bad things"),
        (b'{"message":"Bad things"}', "Bad things"),
        (b'[{"field":"a"},{"errors":["b","b"]}]', "field: a; b"),
        (b"\xff", "\ufffd"),
    ],
)
def test_a_refusal_of_any_form_is_told_in_its_own_words(raw: bytes, text: str) -> None:
    assert read_refusal(raw, 400).text == text


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=200, text="<html>", content_type="text/html"),
        json_answer(b'{"transfers": ['),
        json_answer(b"[]"),
        json_answer({"transfers": [], "offset": 0, "limit": 0}),
        json_answer(listed([], more="false")),
        json_answer(listed([]) | {"transfers": {}}),
        json_answer(listed([], more=True)),
    ],
)
async def test_what_is_no_page_is_no_read(answer: web.Response) -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", "/api/v1/Recommendations/transfers", answer)
        with pytest.raises(ReadIncomplete):
            await gathered(connector.read_transfer_proposals(None))


async def test_an_unreadable_answer_may_be_read_again() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", "/api/v1/Recommendations/transfers", json_answer(b"{"), listed([proposal_row()]))
        assert len(await gathered(connector.read_transfer_proposals(None))) == 1


async def test_a_server_that_fails_is_read_again_later() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", "/api/v1/Recommendations/transfers", json_answer({"message": "boom"}, status=500))
        with pytest.raises(Transient):
            await gathered(connector.read_transfer_proposals(None))


async def test_what_is_not_offered_is_unsupported_and_what_is_forbidden_denied() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", "/api/v1/Recommendations/transfers", json_answer({}, status=501))
        stub.on("GET", "/api/v1/Recommendations/stockTargets", json_answer({"message": "no scope"}, status=403))
        with pytest.raises(Unsupported):
            await gathered(connector.read_transfer_proposals(None))
        signed_in, proposals, goals = await connector.probe()
        assert (signed_in.problem, proposals.problem, goals.problem) == ("", "", "")
        assert "does not do that" in proposals.denied
        assert "no scope" in goals.denied


async def test_a_probe_reads_a_page_of_each_and_says_what_is_wrong() -> None:
    async with wair_ai() as (connector, stub):
        rows = [proposal_row(), proposal_row("R-2", quantity="4")]
        stub.on("GET", "/api/v1/Recommendations/transfers", listed(rows, more=True))
        stub.on("GET", "/api/v1/Recommendations/stockTargets", json_answer([]))
        signed_in, proposals, goals = await connector.probe()
        assert signed_in.read == 1
        assert (proposals.read, proposals.unreadable) == (1, 1)
        assert proposals.problem.startswith("transfers[1].quantity: must be a number")
        assert "holds no list" in goals.problem


async def test_evidence_of_a_write_holds_no_secret() -> None:
    async with wair_ai(static_headers={"X-Key": "k3y"}) as (connector, stub):
        stub.on("POST", "/api/v1/Stock", json_answer({"message": "k3y tok-1 pa55"}, status=400))
        (outcome,) = await connector.write_on_hand([level()])
        assert isinstance(outcome, Refused)
        for secret in ("k3y", "tok-1", "pa55"):
            assert secret not in outcome.text + outcome.evidence
        stub.on("POST", "/api/v1/Stock", json_answer({"message": "k3y tok-1 pa55"}, status=500))
        (unknown,) = await connector.write_on_hand([level()])
        assert isinstance(unknown, Unknown)
        for secret in ("k3y", "tok-1", "pa55"):
            assert secret not in unknown.reason + unknown.evidence


def test_the_token_may_be_given_elsewhere() -> None:
    assert native_settings(token_url="https://login.example/Token").token_url == "https://login.example/Token"
