"""The door: problems, idempotency, back-pressure, correlation, unsupported operations, lost replies."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from tests.sandbox.bridge_caller import BEARER, fresh_key, notes

KEY = '"0123456789abcdef0123456789abcdef"'


async def test_a_refusal_is_a_problem_with_the_contracts_members() -> None:
    async with notes(problem_base="https://p.example/x/") as client:
        answer = await client.call(
            "POST", "/v1/notes", json={"key": 7}, headers={**BEARER, "Idempotency-Key": KEY, "X-Correlation-Id": "c-1"}
        )
        assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
        assert answer.headers["X-Correlation-Id"] == "c-1"
        assert answer.json == {
            "type": "https://p.example/x/request-invalid",
            "title": "The request does not follow the contract",
            "status": 400,
            "detail": "1 field(s) do not follow the contract",
            "instance": "/v1/notes",
            "code": "request-invalid",
            "retryable": False,
            "errors": [{"pointer": "/key", "code": "type", "detail": "a code is a string of 1 to 64 characters"}],
        }
        broken = await client.call("POST", "/v1/notes", data=b"{", headers={**BEARER, "Idempotency-Key": fresh_key()})
        assert (broken.status, broken.json["code"]) == (400, "request-invalid")


async def test_one_key_one_request_one_answer() -> None:
    async with notes() as client:
        first = await client.add("A", KEY)
        again = await client.add("A", KEY)
        assert (first.status, first.text) == (again.status, again.text)
        assert again.json["count"] == 8
        other = await client.add("B", KEY)
        assert (other.status, other.json["code"]) == (422, "idempotency-key-reused")
        assert "B" not in client.simulator.notes
        client.simulator.skew = timedelta(days=8)
        assert (await client.add("B", KEY)).status == 201


async def test_members_in_another_order_are_the_same_body() -> None:
    async with notes() as client:
        headers = {**BEARER, "Idempotency-Key": KEY}
        bodies = ('{"key": "A", "text": "x"}', '{"text":"x","key":"A"}')
        first, second = [await client.call("POST", "/v1/notes", data=body, headers=headers) for body in bodies]
        assert (first.status, first.text) == (second.status, second.text)


@pytest.mark.parametrize("header", [None, "0123456789abcdef0123456789abcdef", '"short"', '"no end of quotes'])
async def test_keys_that_are_refused(header: str | None) -> None:
    async with notes() as client:
        sent = BEARER if header is None else {**BEARER, "Idempotency-Key": header}
        answer = await client.call("POST", "/v1/notes", json={"key": "A"}, headers=sent)
        assert (answer.status, answer.json["code"]) == (400, "idempotency-key-missing")
        assert "A" not in client.simulator.notes


async def test_the_second_of_two_at_once_is_told_the_first_still_runs() -> None:
    async with notes(work_seconds=0.15) as client:
        first = asyncio.create_task(client.add("A", KEY))
        while not client.simulator.bridge.idempotency.kept:
            await asyncio.sleep(0)
        second = await client.add("A", KEY)
        assert (second.status, second.json["code"]) == (409, "idempotency-key-in-progress")
        assert (second.json["retryable"], second.headers["Retry-After"]) == (True, "1")
        assert (await first).status == 201
        assert (await client.add("A", KEY)).text == (await first).text


async def test_a_refused_call_may_be_mended_under_its_key_unless_refusals_are_kept() -> None:
    for keeps, status in ((False, 201), (True, 422)):
        async with notes(idempotency_keeps_refusals=keeps) as client:
            assert (await client.add("", KEY)).status == 400
            assert (await client.add("A", KEY)).status == status


async def test_a_lost_reply_leaves_the_work_done_and_the_key_answers() -> None:
    async with notes() as client:
        client.simulator.faults.set([{"kind": "lost_reply", "match": "POST /v1/notes", "count": 1}])
        with pytest.raises(aiohttp.ClientError):
            await client.add("A", KEY)
        assert "A" in client.simulator.notes
        replay = await client.add("A", KEY)
        assert (replay.status, replay.json["count"]) == (201, 8)


@pytest.mark.parametrize(("status", "code"), [(429, "rate-limited"), (503, "backend-unavailable")])
async def test_back_pressure(status: int, code: str) -> None:
    async with notes() as client:
        await client.simulator.act("back_pressure", {"status": status, "count": 2, "retry_after": 7})
        for _ in range(2):
            answer = await client.get("/v1/notes")
            assert (answer.status, answer.json["code"], answer.json["retryable"]) == (status, code, True)
            assert answer.headers["Retry-After"] == "7"
        assert (await client.get("/v1/notes")).status == 200


async def test_more_calls_than_it_takes_at_a_time() -> None:
    async with notes(work_seconds=0.15, max_concurrent=1) as client:
        first = asyncio.create_task(client.add("A"))
        while not client.simulator.bridge.running:
            await asyncio.sleep(0)
        assert (await client.get("/v1/notes")).json["code"] == "rate-limited"
        assert (await first).status == 201


async def test_what_is_not_offered_is_501() -> None:
    async with notes(webhooks=False) as client:
        client.simulator.bridge.unsupported.add("others.list")
        answers = [await client.get(path) for path in ("/v1/others", "/v1/webhook-endpoints")]
        assert [(one.status, one.json["code"]) for one in answers] == [(501, "operation-unsupported")] * 2
