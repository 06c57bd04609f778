"""Upload cycles: always closed, nothing in before the stop succeeded, the row at fault found."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.faults import Accepted, Refused, Transient, Unknown
from tests.connectors.bridge.stub import Asked, json_answer
from tests.connectors.wair.support import commitment, level, paths, wair_ai

CYCLE = ["/Batch/start", "/Stock", "/Batch/stop"]


async def test_a_cycle_is_started_and_stopped() -> None:
    async with wair_ai() as (connector, stub):
        levels = [level(f"S{number}", str(number)) for number in range(3)]
        assert await connector.write_on_hand(levels) == [Accepted(f"SOHO/S{number}") for number in range(3)]
        assert paths(stub) == CYCLE
        assert await connector.write_on_hand([]) == []
        assert paths(stub) == CYCLE


async def test_large_uploads_go_in_parts_of_one_cycle() -> None:
    async with wair_ai(chunks={"stock": 2}) as (connector, stub):
        levels = [level(f"S{number}") for number in range(5)]
        assert {type(one) for one in await connector.write_on_hand(levels)} == {Accepted}
        assert paths(stub) == ["/Batch/start", "/Stock", "/Stock", "/Stock", "/Batch/stop"]
        sent = [row["skuId"] for call in stub.calls("POST", "/api/v1/Stock") for row in call.body["stock"]]
        assert sent == [f"S{number}" for number in range(5)]


@pytest.mark.parametrize("status", [500, 401, 400, 409, 404, 429])
async def test_nothing_is_in_before_the_stop_succeeded(status: int) -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Batch/stop", json_answer({"message": "no"}, status=status))
        outcomes = await connector.write_on_hand([level("A"), level("B")])
        assert {type(one) for one in outcomes} == {Unknown}


@pytest.mark.parametrize("answer", [json_answer({}, status=500), json_answer({}, status=503), 2.0])
async def test_an_upload_that_is_lost_leaves_the_whole_cycle_unknown_and_is_closed(answer: Any) -> None:
    async with wair_ai(chunks={"stock": 1}) as (connector, stub):
        stub.on("POST", "/api/v1/Stock", json_answer({}), answer, json_answer({}))
        outcomes = await connector.write_on_hand([level("A"), level("B"), level("C")])
        assert {type(one) for one in outcomes} == {Unknown}
        assert paths(stub) == ["/Batch/start", "/Stock", "/Stock", "/Batch/stop"]
        assert {type(one) for one in await connector.write_on_hand([level("A"), level("B")])} == {Accepted}


async def test_the_next_cycle_closes_what_was_left_open_and_sends_all_again() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Batch/stop", json_answer({}, status=500), json_answer({}))
        assert isinstance((await connector.write_on_hand([level()]))[0], Unknown)
        stub.asked.clear()
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]
        assert paths(stub) == ["/Batch/stop", *CYCLE]


async def test_a_batch_of_a_process_that_died_is_closed_and_begun_anew() -> None:
    async with wair_ai() as (connector, stub):
        open_still = json_answer({"message": "a batch is open"}, status=409)
        stub.on("POST", "/api/v1/Batch/start", open_still, json_answer({}))
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]
        assert paths(stub) == ["/Batch/start", "/Batch/stop", *CYCLE]


@pytest.mark.parametrize(
    "answers",
    [
        (json_answer({}, status=429),),
        (json_answer({}, status=500),),
        (json_answer({"message": "a batch is open"}, status=400),),
    ],
)
async def test_a_cycle_that_does_not_begin_did_nothing(answers: tuple[web.Response, ...]) -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Batch/start", *answers)
        with pytest.raises(Transient):
            await connector.write_on_hand([level()])
        assert stub.calls("POST", "/api/v1/Stock") == []


async def test_a_first_upload_that_is_turned_away_did_nothing_and_the_batch_is_closed() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Stock", json_answer({}, status=429))
        with pytest.raises(Transient):
            await connector.write_on_hand([level()])
        assert paths(stub) == CYCLE


async def test_a_later_upload_that_is_turned_away_leaves_the_cycle_unknown() -> None:
    async with wair_ai(chunks={"stock": 1}) as (connector, stub):
        stub.on("POST", "/api/v1/Stock", json_answer({}), json_answer({}, status=429))
        assert {type(one) for one in await connector.write_on_hand([level("A"), level("B")])} == {Unknown}
        assert paths(stub)[-1] == "/Batch/stop"


def spoiled_by(*bad: str) -> Any:
    def answer(asked: Asked) -> web.StreamResponse:
        found = [row["skuId"] for row in asked.body["stock"] if row["skuId"] in bad]
        if found:
            return json_answer({"errors": {"skuId": [f"{found[0]} is unknown"]}}, status=400)
        return json_answer({})

    return answer


async def test_a_row_that_spoils_its_chunk_is_found_and_its_neighbours_are_in() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Stock", spoiled_by("S3", "S17"))
        outcomes = await connector.write_on_hand([level(f"S{number}") for number in range(20)])
        refused = {at: one for at, one in enumerate(outcomes) if isinstance(one, Refused)}
        assert set(refused) == {3, 17}
        assert (refused[3].code, refused[3].text) == ("vendor-rejected", "skuId: S3 is unknown")
        assert {type(one) for at, one in enumerate(outcomes) if at not in refused} == {Accepted}
        assert paths(stub)[0] == "/Batch/start"
        assert paths(stub)[-1] == "/Batch/stop"


async def test_the_search_for_bad_rows_has_an_end() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Stock", spoiled_by(*(f"S{number}" for number in range(500))))
        outcomes = await connector.write_on_hand([level(f"S{number}") for number in range(500)])
        assert {type(one) for one in outcomes} == {Refused}
        assert len(stub.calls("POST", "/api/v1/Stock")) < 100


async def test_what_is_refused_stays_so_when_the_stop_fails() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/Stock", spoiled_by("B"))
        stub.on("POST", "/api/v1/Batch/stop", json_answer({}, status=500))
        outcomes = await connector.write_on_hand([level("A"), level("B")])
        assert [type(one) for one in outcomes] == [Unknown, Refused]


async def test_a_cycle_that_is_cancelled_is_closed() -> None:
    async with wair_ai(timeout_seconds=5.0) as (connector, stub):
        stub.on("POST", "/api/v1/Stock", 0.5)
        task = asyncio.create_task(connector.write_on_hand([level()]))
        while not stub.calls("POST", "/api/v1/Stock"):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert paths(stub) == CYCLE


async def test_cycles_do_not_mix() -> None:
    async with wair_ai() as (connector, stub):
        await asyncio.gather(*(connector.write_on_hand([level()]) for _ in range(4)))
        assert paths(stub) == CYCLE * 4


async def test_a_full_load_says_when_it_is_whole() -> None:
    async with wair_ai(chunks={"commitments": 2}) as (connector, stub):
        rows = [commitment(f"SO{number}") for number in range(5)]
        assert await connector.replace_commitments(["SOHO"], rows) == Accepted("5 commitments")
        calls = stub.calls("POST", "/api/v1/StockNotForReplenishment")
        assert [call.query for call in calls] == [
            {"fullLoad": "true", "moreRecordsAvailable": more} for more in ("true", "true", "false")
        ]
        assert [len(call.body["stockNotForReplenishment"]) for call in calls] == [2, 2, 1]


async def test_nothing_promised_is_told_too() -> None:
    async with wair_ai() as (connector, stub):
        assert await connector.replace_commitments(["SOHO"], []) == Accepted("0 commitments")
        (call,) = stub.calls("POST", "/api/v1/StockNotForReplenishment")
        assert (call.body, call.query["moreRecordsAvailable"]) == ({"stockNotForReplenishment": []}, "false")


@pytest.mark.parametrize(("status", "kind"), [(400, Refused), (500, Unknown)])
async def test_a_full_load_that_fails_is_not_in(status: int, kind: type[Any]) -> None:
    async with wair_ai() as (connector, stub):
        stub.on("POST", "/api/v1/StockNotForReplenishment", json_answer({"message": "no"}, status=status))
        assert isinstance(await connector.replace_commitments(["SOHO"], [commitment()]), kind)
        assert paths(stub)[-1] == "/Batch/stop"
