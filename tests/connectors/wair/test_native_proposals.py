"""Recommendations: read whole before the first is given out, each once, whatever the list does meanwhile."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from crossdock.connectors.wair.native_speech import Speech
from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete
from crossdock.model.retail import StockGoal, TransferProposal
from tests.connectors.bridge.stub import Asked, Stub, json_answer
from tests.connectors.gate import HandClock
from tests.connectors.wair.support import gathered, goal_row, listed, offset_paged, proposal_row, wair_ai

TRANSFERS, TARGETS = "/api/v1/Recommendations/transfers", "/api/v1/Recommendations/stockTargets"


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [proposal_row(f"R-{number}") for number in range(start, start + count)]


def refs(documents: list[Any]) -> list[str]:
    return [one.ref for one in documents]


async def test_a_recommendation_is_a_proposal() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, listed([proposal_row()]))
        (one,) = await gathered(connector.read_transfer_proposals(None))
        assert one.value == TransferProposal(
            ref="R-1", from_location="MAIN", to_location="SOHO", sku="DERBY-40", quantity=Decimal(4),
            kind="redistribution", batch_ref="B7", batch_description="Week 10", planned_on=date(2026, 3, 4),
        )  # fmt: skip
        assert stub.calls("GET", TRANSFERS)[0].query == {"Offset": "0", "Limit": "500"}


async def test_everything_is_read_whatever_the_limit_says() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, offset_paged(rows(1205), 500))
        pages = [page async for page in connector.read_transfer_proposals(None)]
        assert [len(page) for page in pages] == [500, 500, 205]
        assert len({one.ref for page in pages for one in page}) == 1205
        stub.on("GET", TRANSFERS, offset_paged(rows(1205), 499))
        assert len(await gathered(connector.read_transfer_proposals(None))) == 1205


async def test_everything_is_read_before_the_first_is_given_out() -> None:
    """Each that is worked off leaves the list, and the rest slide into places that were read already."""
    left = rows(1205)

    async with wair_ai() as (connector, stub):

        def answer(asked: Asked) -> web.StreamResponse:
            return offset_paged(left, 500)(asked)

        stub.on("GET", TRANSFERS, answer)
        done: set[str] = set()
        async for page in connector.read_transfer_proposals(None):
            for one in page:
                done.add(one.ref)
                left[:] = [row for row in left if row["referenceId"] != one.ref]
        assert len(done) == 1205
        assert await gathered(connector.read_transfer_proposals(None)) == []


async def test_rows_that_come_twice_are_given_once() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, offset_paged([*rows(10), *rows(10), proposal_row("R-3")], 7))
        assert refs(await gathered(connector.read_transfer_proposals(None))) == refs_of(10)


def refs_of(count: int) -> list[str]:
    return [f"R-{number}" for number in range(count)]


class Moving:
    """A list from which somebody else takes the first row between two pages, `times` times."""

    def __init__(self, count: int, times: int) -> None:
        self.left = rows(count)
        self.times = times

    def __call__(self, asked: Asked) -> web.StreamResponse:
        if asked.query["Offset"] != "0" and self.times:
            self.times -= 1
            del self.left[0]
        return offset_paged(self.left, 10)(asked)


async def test_a_list_that_moved_while_it_was_read_is_read_again() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, Moving(25, times=1))
        found = refs(await gathered(connector.read_transfer_proposals(None)))
        assert found == [f"R-{number}" for number in range(1, 25)]


async def test_a_list_that_never_keeps_still_is_no_read() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, Moving(200, times=10**6))
        with pytest.raises(ReadIncomplete, match="moved during each of 5 readings"):
            await gathered(connector.read_transfer_proposals(None))


async def test_rows_that_a_reading_lacks_are_noticed() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, listed(rows(2)), listed(rows(3)))
        assert len(await gathered(connector.read_transfer_proposals(None))) == 3
        assert len(stub.calls("GET", TRANSFERS)) == 3


async def test_a_row_that_stands_twice_on_a_page_hides_no_other() -> None:
    everything = rows(40)

    def answer(asked: Asked) -> web.StreamResponse:
        at = int(asked.query["Offset"])
        part = everything[at : at + 10]
        return json_answer(listed([*part, *part[:3]], more=at + 10 < len(everything)))

    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, answer)
        assert refs(await gathered(connector.read_transfer_proposals(None))) == refs_of(40)


async def test_a_list_without_an_end_is_given_up() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, listed(rows(3), more=True))
        with pytest.raises(ReadIncomplete, match="brought nothing new"):
            await gathered(connector.read_transfer_proposals(None))
        assert len(stub.calls("GET", TRANSFERS)) == 4


async def test_one_page_that_fails_is_no_read() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, listed(rows(3), more=True), json_answer({"message": "no"}, status=400))
        given: list[Any] = []
        with pytest.raises(ConfigFault, match="HTTP 400"):
            given += await gathered(connector.read_transfer_proposals(None))
        assert given == []


def asked_since(stub: Stub) -> list[str | None]:
    return [call.query.get("FromConfirmedDateTime") for call in stub.calls("GET", TRANSFERS)]


async def test_readings_overlap_and_once_a_day_all_is_read() -> None:
    clock = HandClock(datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    async with wair_ai(clock=clock) as (connector, stub):
        since = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
        await gathered(connector.read_transfer_proposals(since))
        await gathered(connector.read_transfer_proposals(since))
        clock.forward(86_399)
        await gathered(connector.read_transfer_proposals(since + timedelta(days=1)))
        clock.forward(1)
        await gathered(connector.read_transfer_proposals(since + timedelta(days=1)))
        assert asked_since(stub)[::2] == [None, "2026-06-30 11:00:00.00", "2026-07-01 11:00:00.00", None]


async def test_the_filter_may_be_in_another_zone() -> None:
    clock = HandClock(datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    settings = {"confirmed_time_zone": "Europe/Amsterdam", "proposal_overlap_seconds": 0}
    async with wair_ai(clock=clock, **settings) as (connector, stub):
        await gathered(connector.read_transfer_proposals(None))
        await gathered(connector.read_transfer_proposals(clock.now()))
        assert asked_since(stub)[::2] == [None, "2026-07-01 14:00:00.00"]


async def test_a_reading_that_failed_is_not_the_daily_one() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, json_answer(b"[]"), listed([]))
        since = datetime(2026, 3, 1, tzinfo=UTC)
        with pytest.raises(ReadIncomplete):
            await gathered(connector.read_transfer_proposals(since))
        await gathered(connector.read_transfer_proposals(since))
        assert set(asked_since(stub)) == {None}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"quantity": "4"}, "transfers[0].quantity: must be a number"),
        ({"quantity": 0}, "transfers[0].quantity: must be above zero"),
        ({"quantity": -1}, "transfers[0].quantity: must be above zero"),
        ({"quantity": None}, "transfers[0].quantity: is missing"),
        ({"quantity": True}, "transfers[0].quantity: must be a number"),
        ({"quantity": 0.1234567}, "transfers[0].quantity: 0.1234567 does not fit"),
        ({"referenceId": None}, "transfers[0].referenceId: is missing"),
        ({"referenceId": ""}, "transfers[0].referenceId: must be text"),
        ({"fromLocationId": []}, "transfers[0].fromLocationId: must be text"),
        ({"skuId": None, "toLocationId": None}, "transfers[0].toLocationId: is missing"),
        ({"plannedDispatchDate": "04.03.2026"}, "transfers[0].plannedDispatchDate: must be a day"),
        ({"plannedDispatchDate": "2026-02-30"}, "transfers[0].plannedDispatchDate: must be a day"),
        ({"plannedDispatchDate": 20260304}, "transfers[0].plannedDispatchDate: must be a day"),
    ],
)
async def test_an_unreadable_row_is_named_and_its_neighbours_flow(change: dict[str, Any], told: str) -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, listed([proposal_row(**change), proposal_row("R-2")]))
        bad, good = await gathered(connector.read_transfer_proposals(None))
        assert str(bad.fault).startswith(told)
        assert good.value.ref == "R-2"


async def test_rows_that_are_none_are_faults_each() -> None:
    async with wair_ai() as (connector, stub):
        stub.on("GET", TRANSFERS, listed([None, None, [], "x"]))
        assert [type(one.fault) for one in await gathered(connector.read_transfer_proposals(None))] == [DataFault] * 4


async def test_an_id_that_is_none_of_ours_is_a_fault() -> None:
    mapped: dict[str, Any] = {"ids": "mapped", "location_ids": {"MAIN": "1", "SOHO": "2"}, "sku_ids": {"DERBY-40": "9"}}
    async with wair_ai(**mapped) as (connector, stub):
        good = proposal_row("R-1", fromLocationId=1, toLocationId="2", skuId="9")
        stub.on("GET", TRANSFERS, listed([good, {**good, "referenceId": "R-2", "skuId": "10"}]))
        first, second = await gathered(connector.read_transfer_proposals(None))
        assert (first.value.from_location, first.value.to_location, first.value.sku) == ("MAIN", "SOHO", "DERBY-40")
        assert second.value is None
        assert str(second.fault) == "transfers[1].skuId: '10' does not stand in sku_ids; add it there"


@pytest.mark.parametrize(
    ("word", "kind"), [("Redistribution", "redistribution"), ("Replenishment", "Replenishment"), (None, "")]
)
def test_another_word_for_a_kind_passes(word: str | None, kind: str) -> None:
    speech = Speech(transfer_types={"Redistribution": "redistribution"})
    assert speech.to_proposal(proposal_row(transferType=word), "x").kind == kind


async def test_targets_are_read_whole() -> None:
    async with wair_ai() as (connector, stub):
        given = [goal_row(f"S{number}") for number in range(30)]
        stub.on("GET", TARGETS, offset_paged(given, 11, "stockTargets"))
        found = await gathered(connector.read_stock_goals())
        assert len(found) == 30
        assert found[0].value == StockGoal(
            location="SOHO", sku="S0", quantity=Decimal(6), forecast_on=date(2026, 3, 9)
        )  # fmt: skip
        assert "FromConfirmedDateTime" not in stub.calls("GET", TARGETS)[0].query
        wrong = [
            goal_row(targetQuantity=-1),
            goal_row(forecastDate=[]),
            goal_row(skuId={}),
            goal_row(forecastDate=None),
        ]
        stub.on("GET", TARGETS, listed(wrong, wrapper="stockTargets"))
        below, odd, nameless, undated = await gathered(connector.read_stock_goals())
        assert "below zero" in str(below.fault)
        assert "forecastDate: must be a day" in str(odd.fault)
        assert "skuId: must be text" in str(nameless.fault)
        assert undated.value.forecast_on is None
