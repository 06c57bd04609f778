"""Every capability of profile wair-ai against the simulated planner: in order, and under fire."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.native_system import WairAi
from crossdock.model.faults import Accepted, ConfigFault, ReadIncomplete, Refused, Transient, Unknown
from crossdock.model.retail import LocationKind
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.wair import WairSimulator
from tests.connectors.gate import FreeGate
from tests.connectors.wair.support import (
    commitment,
    gathered,
    item,
    level,
    native_settings,
    place,
    sale,
    transfer,
)

ESTATE = build_estate(items=20, companies=2)
LOST = ["lost_reply", "lost_request", "truncated_body", "html_page", "slow_reply"]
LINES = ("HP-1001", "STORE-YORK", "STORE-LEEDS")


class Wall:
    """The time on the wall: the simulator runs by it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def planner(
    simulator: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[tuple[WairAi, WairSimulator]]:
    wair = WairSimulator(ESTATE, seed=3, settings={"initial": "estate", **(simulator or {})})
    async with running(wair) as url:
        given = {"tenant": "harbour-pine", "username": "crossdock", "password": "sandbox-password", **settings}
        connector = await SYSTEM.connect(native_settings(url, **given), FreeGate(), Wall())
        assert isinstance(connector, WairAi)
        try:
            yield connector, wair
        finally:
            await connector.close()


def strike(wair: WairSimulator, *knobs: Mapping[str, Any]) -> None:
    wair.faults.set(knobs)


def stock(wair: WairSimulator) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["locationId"], row["skuId"]): row for row in wair.state()["stock"]}


def on_hand(wair: WairSimulator, sku: str = "DERBY-40") -> Decimal:
    return Decimal(str(stock(wair)["SOHO", sku]["on_hand"]))


# OnHandSink, CommitmentSink


async def test_ten_there_and_three_promised_leave_seven_once() -> None:
    async with planner() as (connector, wair):
        assert await connector.write_on_hand([level(quantity="10")]) == [Accepted("SOHO/DERBY-40")]
        assert isinstance(await connector.replace_commitments(["SOHO"], [commitment(quantity="3")]), Accepted)
        row = stock(wair)["SOHO", "DERBY-40"]
        assert [Decimal(str(row[name])) for name in ("on_hand", "not_for_replenishment", "available")] == [10, 3, 7]
        assert isinstance(await connector.replace_commitments(["SOHO"], []), Accepted)
        assert Decimal(str(stock(wair)["SOHO", "DERBY-40"]["available"])) == 10


async def test_a_full_load_in_parts_replaces_the_set() -> None:
    async with planner(chunks={"commitments": 2}) as (connector, wair):
        for count in (5, 3):
            rows = [commitment(f"SO{number}") for number in range(count)]
            assert await connector.replace_commitments(["SOHO"], rows) == Accepted(f"{count} commitments")
        assert {row["id"] for row in wair.state()["stock_not_for_replenishment"]} == {"SO0", "SO1", "SO2"}


@pytest.mark.parametrize("call", ["POST /api/v1/Stock", "POST /api/v1/Batch/stop"])
@pytest.mark.parametrize("kind", LOST)
async def test_lost_replies_are_unknown_and_sent_again_without_harm(call: str, kind: str) -> None:
    async with planner(timeout_seconds=0.5) as (connector, wair):
        strike(wair, {"kind": kind, "match": call + "$", "count": 1, "seconds": 1.0})
        (first,) = await connector.write_on_hand([level(quantity="10")])
        harmless = kind == "truncated_body"  # a page for people is somebody else's answer
        assert isinstance(first, Accepted if harmless else Unknown)
        assert await connector.write_on_hand([level(quantity="12")]) == [Accepted("SOHO/DERBY-40")]
        assert on_hand(wair) == 12
        assert wair.state()["batch"] is None


@pytest.mark.parametrize("unclosed", ["discard", "keep", "refuse"])
async def test_a_batch_that_a_dead_process_left_open_is_no_obstacle(unclosed: str) -> None:
    async with planner({"unclosed_batch": unclosed}) as (connector, wair):
        wair.api.store.start()
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]
        assert on_hand(wair) == 10
        assert wair.state()["batch"] is None


async def test_an_upload_that_never_ends_is_not_in_and_the_next_cycle_is() -> None:
    async with planner(chunks={"stock": 1}) as (connector, wair):
        strike(wair, {"kind": "status", "status": 500, "match": "POST /api/v1/Stock$", "after": 1, "count": 1},
               {"kind": "status", "status": 500, "match": "Batch/stop", "count": 1})  # fmt: skip
        outcomes = await connector.write_on_hand([level("A"), level("B"), level("C")])
        assert {type(one) for one in outcomes} == {Unknown}
        outcomes = await connector.write_on_hand([level("A"), level("B"), level("C")])
        assert {type(one) for one in outcomes} == {Accepted}
        assert [on_hand(wair, sku) for sku in "ABC"] == [10, 10, 10]
        assert wair.state()["batch"] is None


async def test_a_cycle_that_does_not_begin_did_nothing() -> None:
    async with planner() as (connector, wair):
        strike(wair, {"kind": "status", "status": 500, "match": "Batch/start", "count": 1})
        with pytest.raises(Transient):
            await connector.write_on_hand([level()])
        assert ("SOHO", "DERBY-40") not in stock(wair)


@pytest.mark.parametrize("shape", ["problem", "text"])
async def test_a_row_that_they_refuse_does_not_stop_the_others(shape: str) -> None:
    async with planner({"error_shape": shape}) as (connector, wair):
        levels = [level("A"), level("x" * 81), level("B")]
        outcomes = await connector.write_on_hand(levels)
        assert [type(one) for one in outcomes] == [Accepted, Refused, Accepted]
        assert [on_hand(wair, "A"), on_hand(wair, "B")] == [10, 10]


async def test_a_token_that_runs_out_is_renewed() -> None:
    async with planner(chunks={"stock": 1}) as (connector, wair):
        levels = [level(f"S{number}") for number in range(3)]
        for _ in range(5):
            strike(wair, {"kind": "expired_token", "match": "POST /api/v1/Stock$", "count": 1})
            assert {type(one) for one in await connector.write_on_hand(levels)} == {Accepted}
        assert wair.state()["tokens_issued"] == 6
        assert wair.state()["batches"] == {"started": 5, "stopped": 5}


async def test_the_token_may_stand_outside_the_prefix() -> None:
    async with planner(token_url="/Token") as (connector, _):
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]


@pytest.mark.parametrize("change", [{"tenant": "somebody-else"}, {"password": "wrong"}])
async def test_wrong_credentials_are_the_operators(change: dict[str, Any]) -> None:
    async with planner(**change) as (connector, _):
        (line,) = await connector.probe()
        assert line.problem
        with pytest.raises(ConfigFault):
            await connector.write_on_hand([level()])


async def test_too_many_rows_are_found_out_and_all_that_fit_are_in() -> None:
    async with planner({"call_limits": {"Stock": 3}}) as (connector, wair):
        outcomes = await connector.write_on_hand([level(f"S{number}") for number in range(10)])
        assert {type(one) for one in outcomes} == {Accepted}
        assert len([key for key in stock(wair) if key[0] == "SOHO"]) == 10


# RetailItemSink, LocationSink, RetailSaleSink, TransferSink


async def test_items_and_locations_are_held_whole() -> None:
    async with planner() as (connector, wair):
        rows = [item("DERBY", leaf=False, parent_sku=""), item(), item("DERBY-41", size_id="41")]
        for _ in range(2):
            assert {type(one) for one in await connector.write_items(rows)} == {Accepted}
        skus = {row["skuId"]: row for row in wair.state()["skus"]}
        assert (skus["DERBY-40"]["styleId"], skus["DERBY-41"]["sizeId"]) == ("DERBY-BLK", "41")
        assert skus["DERBY-40"]["barcode"] == "5012345678900"
        assert "DERBY" not in skus
        web = place("WEB", kind=LocationKind.WEBSHOP, gln="5012345000015")
        assert {type(one) for one in await connector.write_locations([place(), web])} == {Accepted}
        held = {row["locationId"]: row for row in wair.state()["locations"]}
        assert (held["SOHO"]["type"], held["WEB"]["gln"]) == ("store", "5012345000015")


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request"])
async def test_sales_count_once_however_often_they_are_sent(kind: str) -> None:
    async with planner() as (connector, wair):
        strike(wair, {"kind": kind, "match": "POST /api/v1/Sales", "count": 1})
        sales = [sale(), sale(line_no=2), sale("T-2", "-1")]
        assert {type(one) for one in await connector.write_sales(sales)} == {Unknown}
        assert {type(one) for one in await connector.write_sales(sales)} == {Accepted}
        held = wair.state()["sales"]
        assert sorted((row["salesId"], int(row["quantity"])) for row in held) == [
            ("T-1/1", 1),
            ("T-1/2", 1),
            ("T-2/1", -1),
        ]


async def test_strict_bodies_are_met_by_naming_their_fields() -> None:
    fields = {"sales": {"saleId": "salesId", "dateTime": "saleDateTime"}}
    async with planner({"bodies": "strict"}, fields=fields) as (connector, _):
        assert await connector.write_sales([sale()]) == [Accepted("T-1/1")]
        assert await connector.write_transfers([transfer()]) == [Accepted("TO-1")]
        assert await connector.write_items([item()]) == [Accepted("DERBY-40")]
        assert await connector.write_locations([place()]) == [Accepted("SOHO")]
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]
    async with planner({"rows_keys": {"Stock": "levels"}}, fields={"stock": {"rows": "levels"}}) as (connector, _):
        assert await connector.write_on_hand([level()]) == [Accepted("SOHO/DERBY-40")]


async def test_a_transfer_closes_the_recommendation_it_came_of() -> None:
    async with planner() as (connector, wair):
        (reference, other) = (await wair.act("recommend_transfers", {"count": 2}))["reference_ids"]
        assert await connector.write_transfers([transfer(proposal_ref=reference)]) == [Accepted("TO-1")]
        left = await gathered(connector.read_transfer_proposals(None))
        assert [one.ref for one in left] == [other]


# ProposalSource


async def test_every_recommendation_is_read_and_understood() -> None:
    async with planner() as (connector, wair):
        await wair.act("recommend_transfers", {"count": 1205})
        found = await gathered(connector.read_transfer_proposals(None))
        assert {one.fault for one in found} == {None}
        held = {row["reference_id"]: row for row in wair.state()["recommendations"]}
        assert {one.ref for one in found} == set(held)
        for one in found[:50]:
            row = held[one.ref]
            assert (one.value.from_location, one.value.to_location, one.value.sku, one.value.kind) == (
                row["from_location"],
                row["to_location"],
                row["sku_id"],
                "redistribution",
            )


@pytest.mark.parametrize(
    "knobs",
    [{"limit_max": 100, "limit_over": "clamp"}, {"limit_echo": "asked"}, {"limit_max": 77}],
)
async def test_the_limit_that_they_keep_to_is_theirs(knobs: dict[str, Any]) -> None:
    async with planner(knobs) as (connector, wair):
        await wair.act("recommend_transfers", {"count": 310})
        assert len(await gathered(connector.read_transfer_proposals(None))) == 310


async def test_a_page_that_is_too_large_for_them_is_the_operators() -> None:
    async with planner({"limit_max": 100, "limit_over": "refuse"}) as (connector, _):
        with pytest.raises(ConfigFault, match="Limit must be between 0 and 100") as caught:
            await gathered(connector.read_transfer_proposals(None))
        assert caught.value.setting == "page_size"


@pytest.mark.parametrize("kind", ["short_list", "duplicate_row"])
@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_page_that_lacks_or_repeats_rows_loses_none(kind: str, after: int) -> None:
    async with planner(page_size=100) as (connector, wair):
        await wair.act("recommend_transfers", {"count": 250})
        strike(wair, {"kind": kind, "count": 1, "after": after})
        found = [one.ref for one in await gathered(connector.read_transfer_proposals(None))]
        assert len(found) == len(set(found)) == 250


async def test_what_others_work_off_meanwhile_is_noticed_and_nothing_that_stays_is_lost_over_two_runs() -> None:
    async with planner({"processed_per_read": 7}, page_size=50, proposal_passes_max=3) as (connector, wair):
        await wair.act("recommend_transfers", {"count": 400})
        with pytest.raises(ReadIncomplete, match="moved"):
            await gathered(connector.read_transfer_proposals(None))
        wair.api.knobs = replace(wair.knobs, processed_per_read=0)  # the others go home
        found = {one.ref for one in await gathered(connector.read_transfer_proposals(None))}
        assert found == {row["reference_id"] for row in wair.state()["recommendations"] if row["status"] == "open"}


async def test_a_recommendation_told_ten_times_is_one() -> None:
    async with planner() as (connector, wair):
        (reference,) = (await wair.act("recommend_transfers", {}))["reference_ids"]
        refs = [
            one.ref
            for _ in range(10)
            for one in await gathered(connector.read_transfer_proposals(datetime.now(UTC)))
        ]  # fmt: skip
        assert set(refs) == {reference}
        assert len(refs) == 10


async def test_the_filter_lets_the_latest_through() -> None:
    async with planner({"confirmed_time_zone": "Europe/Amsterdam"}, confirmed_time_zone="Europe/Amsterdam",
                       proposal_overlap_seconds=0) as (connector, wair):  # fmt: skip
        await gathered(connector.read_transfer_proposals(None))
        now = datetime.now(UTC)
        (reference,) = (await wair.act("recommend_transfers", {}))["reference_ids"]
        assert [one.ref for one in await gathered(connector.read_transfer_proposals(now - timedelta(seconds=2)))] == [
            reference
        ]
        assert await gathered(connector.read_transfer_proposals(now + timedelta(hours=1))) == []


async def test_a_broken_answer_is_no_read() -> None:
    async with planner() as (connector, wair):
        await wair.act("recommend_transfers", {"count": 3})
        for kind in ("html_page", "truncated_body", "wrong_media_type"):
            strike(wair, {"kind": kind, "match": "GET"})
            with pytest.raises(ReadIncomplete):
                await gathered(connector.read_transfer_proposals(None))
        strike(wair, {"kind": "lost_reply", "match": "GET", "count": 2})
        assert len(await gathered(connector.read_transfer_proposals(None))) == 3
        strike(wair, {"kind": "status", "status": 429, "retry_after": 0, "match": "GET", "count": 2})
        assert len(await gathered(connector.read_transfer_proposals(None))) == 3


async def test_targets_are_read() -> None:
    async with planner() as (connector, wair):
        sku, york, leeds = LINES
        await wair.act("set_target", {"location": york, "sku": sku, "quantity": 6})
        await wair.act("set_target", {"location": leeds, "sku": sku, "quantity": "2"})
        found = {one.value.location: one.value.quantity for one in await gathered(connector.read_stock_goals())}
        assert found == {york: 6, leeds: 2}


async def test_a_probe_of_a_working_planner_finds_nothing_wrong() -> None:
    async with planner() as (connector, wair):
        await wair.act("recommend_transfers", {"count": 3})
        lines = await connector.probe()
        assert [(line.problem, line.denied) for line in lines] == [("", "")] * 3
        assert [line.read for line in lines] == [1, 3, 0]
