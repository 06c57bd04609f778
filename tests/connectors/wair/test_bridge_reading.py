"""What a retail-stock bridge tells: stock, movements, locations, despatches and recommendations, good and bad."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete, Unsupported
from crossdock.model.retail import (
    Location,
    LocationKind,
    RetailDespatchStatus,
    RetailParcel,
    RetailStock,
    StockGoal,
    StockMovement,
    TransferProposal,
)
from crossdock.model.stock import Basis
from tests.connectors.bridge.stub import json_answer, page, paged, problem
from tests.connectors.wair.support import (
    DAY,
    bridge_proposal,
    despatch_row,
    gathered,
    level_row,
    location_row,
    movement_row,
    retail_stock,
)

SINCE = datetime(2026, 3, 1, tzinfo=UTC)


async def test_a_level_says_which_figure_it_asserts() -> None:
    async with retail_stock() as (connector, stub):
        stub.on("GET", "/v1/stock-levels", page([level_row(), level_row("DERBY-41", basis="available")]))
        first, second = [one.value for one in await gathered(connector.read_retail_stock(SINCE))]
        assert first == RetailStock(
            location="SOHO", sku="DERBY-40", basis=Basis.ON_HAND, quantity=Decimal(10), allocated=Decimal(3),
            available=Decimal(7), sequence=5, occurred_at=DAY, published_at=DAY, reason="sale",
        )  # fmt: skip
        assert (second.basis, second.quantity) == (Basis.AVAILABLE, Decimal(7))
        assert stub.calls("GET", "/v1/stock-levels")[0].query["updated_since"] == "2026-03-01T00:00:00Z"


async def test_all_rows_are_given_in_order_with_their_number() -> None:
    async with retail_stock() as (connector, stub):
        given = [level_row(sequence=number, physical=str(number), available=None) for number in (7, 5, 9)]
        stub.on("GET", "/v1/stock-levels", page(given))
        found = await gathered(connector.read_retail_stock(None))
        assert [(one.value.sequence, one.value.quantity) for one in found] == [(7, 7), (5, 5), (9, 9)]
        assert {one.ref for one in found} == {"SOHO/DERBY-40"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"available": "8"}, "data[0].available: figure-inconsistent: is 8, and physical less allocated is 7"),
        ({"stock_role": "parent"}, "data[0].stock_role: parent-stock-refused"),
        ({"stock_role": "branch"}, "data[0].stock_role: is 'branch'"),
        ({"basis": "free"}, "data[0].basis: is 'free'"),
        ({"basis": None}, "data[0].basis: is"),
        ({"physical": 10}, "data[0].physical: must be a decimal in quotes"),
        ({"physical": None}, "data[0].physical: must be a decimal"),
        ({"sequence": None}, "data[0].sequence: is missing"),
        ({"sequence": "5"}, "data[0].sequence"),
        ({"occurred_at": "2026-03-02T08:30:00"}, "data[0].occurred_at: must be a time in UTC"),
        ({"sku": ""}, "data[0].sku"),
        ({"reason": "magic"}, "data[0].reason: is 'magic'"),
    ],
)
async def test_an_unreadable_level_is_named_and_its_neighbours_flow(change: dict[str, Any], told: str) -> None:
    async with retail_stock() as (connector, stub):
        stub.on("GET", "/v1/stock-levels", page([level_row(**change), level_row("DERBY-41")]))
        bad, good = await gathered(connector.read_retail_stock(None))
        assert str(bad.fault).startswith(told)
        assert bad.value is None
        assert good.value.sku == "DERBY-41"


async def test_a_server_that_does_not_number_its_levels_need_not() -> None:
    async with retail_stock({"emits_sequence": False}) as (connector, stub):
        stub.on("GET", "/v1/stock-levels", page([level_row(sequence=None)]))
        (one,) = await gathered(connector.read_retail_stock(None))
        assert one.value.sequence is None


async def test_a_catalogue_of_which_a_page_fails_is_no_read() -> None:
    rows = [level_row(f"S{number}") for number in range(1205)]
    async with retail_stock() as (connector, stub):
        stub.on("GET", "/v1/stock-levels", paged(rows, 500))
        assert len(await gathered(connector.read_retail_stock(None))) == 1205
        stub.on("GET", "/v1/stock-levels", page(rows[:500], cursor="2", total=1205), page(rows[500:1000], total=1205))
        with pytest.raises(ReadIncomplete, match="1000 different records read of 1205"):
            await gathered(connector.read_retail_stock(None))
        bad_page = problem(422, "vendor-rejected", "no")
        stub.on("GET", "/v1/stock-levels", page(rows[:500], cursor="2", total=1205), bad_page)
        with pytest.raises(ConfigFault):
            await gathered(connector.read_retail_stock(None))


async def test_single_levels_are_asked_for_two_hundred_at_a_time() -> None:
    async with retail_stock() as (connector, stub):
        answers = [{"data": [level_row("S0"), level_row("S1")]}, {"data": [level_row("S201"), level_row("OTHER")]}]
        stub.on("POST", "/v1/stock-levels/query", *answers)
        found = await connector.find_retail_stock("SOHO", [f"S{number}" for number in range(202)])
        assert [one.sku for one in found] == ["S0", "S1", "S201"]
        bodies = [call.body for call in stub.calls("POST", "/v1/stock-levels/query")]
        assert [len(one["skus"]) for one in bodies] == [200, 2]
        assert {one["location_code"] for one in bodies} == {"SOHO"}


async def test_a_single_level_that_cannot_be_read_is_a_fault() -> None:
    async with retail_stock() as (connector, stub):
        stub.on("POST", "/v1/stock-levels/query", {"data": [level_row(available="9")]})
        with pytest.raises(DataFault, match="figure-inconsistent"):
            await connector.find_retail_stock("SOHO", ["DERBY-40"])
        stub.on("POST", "/v1/stock-levels/query", {"rows": []})
        with pytest.raises(ReadIncomplete):
            await connector.find_retail_stock("SOHO", ["DERBY-40"])


async def test_a_place_that_is_not_known_there_is_told_so() -> None:
    async with retail_stock() as (connector, stub):
        stub.on("POST", "/v1/stock-levels/query", problem(422, "location-unknown", "there is no NOWHERE"))
        with pytest.raises(DataFault, match=r"there is no NOWHERE \(location-unknown\)"):
            await connector.find_retail_stock("NOWHERE", ["DERBY-40"])


async def test_movements_are_signed_and_have_a_key_for_ever() -> None:
    async with retail_stock() as (connector, stub):
        stub.on("GET", "/v1/stock-movements", page([movement_row(), movement_row("M-2", quantity=1)]))
        good, bad = await gathered(connector.read_movements(None))
        assert good.value == StockMovement(
            key="M-1", location="SOHO", sku="DERBY-40", quantity=Decimal(-1), occurred_at=DAY, reason="sale",
            sequence=5, source_ref="T-1",
        )  # fmt: skip
        assert str(bad.fault).startswith("data[1].quantity: must be a decimal in quotes")


async def test_a_location_has_the_owner_it_is_set() -> None:
    async with retail_stock(locations={"SOHO": {"owner": "retail"}, "MAIN": {"owner": "erp"}}) as (connector, stub):
        rows = [location_row(), location_row("MAIN", stock_owner="retail"), location_row("POP", kind="kiosk")]
        stub.on("GET", "/v1/locations", page(rows))
        good, disputed, unknown = await gathered(connector.read_locations())
        assert good.value == Location(
            code="SOHO", kind=LocationKind.STORE, name="Soho", owner="retail", street="1 Dean St", town="London",
            postcode="W1D 3AA", country="GB",
        )  # fmt: skip
        assert str(disputed.fault).startswith("data[1].stock_owner: is 'retail', and setting locations says 'erp'")
        assert str(unknown.fault).startswith("data[2].kind: is 'kiosk'")


async def test_recommendations_are_read_whole_and_given_once() -> None:
    async with retail_stock() as (connector, stub):
        given = [bridge_proposal("R-1"), bridge_proposal("R-2", kind="whim"), bridge_proposal("R-1", quantity="5")]
        stub.on("GET", "/v1/recommendations/transfers", paged(given, 2, total=False))
        first, second = await gathered(connector.read_transfer_proposals(SINCE))
        assert first.value == TransferProposal(
            ref="R-1", from_location="MAIN", to_location="SOHO", sku="DERBY-40", quantity=Decimal(5),
            kind="replenishment", batch_ref="B7", planned_on=date(2026, 3, 4),
        )  # fmt: skip
        assert str(second.fault).startswith("data[1].kind: is 'whim'")
        calls = stub.calls("GET", "/v1/recommendations/transfers")
        assert calls[0].query["confirmed_since"] == "2026-03-01T00:00:00Z"
        row = {"location_code": "SOHO", "sku": "DERBY-40", "target_quantity": "6", "forecast_on": "2026-03-09"}
        stub.on("GET", "/v1/recommendations/stock-targets", page([row, {**row, "target_quantity": "-6"}]))
        goal, bad = await gathered(connector.read_stock_goals())
        assert goal.value == StockGoal(
            location="SOHO", sku="DERBY-40", quantity=Decimal(6), forecast_on=date(2026, 3, 9)
        )  # fmt: skip
        assert "below zero" in str(bad.fault)


async def test_a_despatch_says_what_left_and_whether_that_is_all() -> None:
    async with retail_stock() as (connector, stub):
        given = [
            despatch_row(),
            despatch_row("D-2", status="part_dispatched", is_final=False),
            despatch_row("D-3", status="cancelled", parcels=[], revision=2),
            despatch_row("D-4", parcels=[], untracked=True),
        ]
        stub.on("GET", "/v1/dispatches", page(given))
        whole, part, cancelled, untracked = [
            one.value for one in await gathered(connector.read_retail_despatches(None))
        ]
        assert (whole.key, whole.revision, whole.order_ref, whole.final) == ("D-1", 1, "SO1", True)
        assert whole.parcels == (RetailParcel(tracking_number="T-D-1", weight_kg=Decimal("1.2")),)
        assert (whole.carrier, whole.service, whole.lines[0].line_ref) == ("DPD", "NEXT", "1")
        assert (part.status, part.final) == (RetailDespatchStatus.PART_DESPATCHED, False)
        assert (cancelled.status, cancelled.revision) == (RetailDespatchStatus.CANCELLED, 2)
        assert (untracked.untracked, untracked.parcels) == (True, ())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"parcels": []}, "data[0].parcels: dispatch-incomplete"),
        ({"parcels": None}, "data[0].parcels"),
        ({"parcels": [{"tracking_url": "https://x"}]}, "data[0].parcels[0].tracking_number: is missing"),
        ({"parcels": [{"tracking_number": ""}]}, "data[0].parcels[0].tracking_number"),
        ({"lines": []}, "data[0].lines: dispatch-incomplete"),
        ({"lines": [{"sku": "A", "quantity": "0"}]}, "data[0].lines[0].quantity: must be above zero"),
        ({"status": "on_its_way"}, "data[0].status: is 'on_its_way'"),
        ({"carrier_code": None}, "data[0].carrier_code: is null"),
        ({"revision": -1}, "data[0].revision: must not be below zero"),
        ({"is_final": "true"}, "data[0].is_final"),
        ({"dispatched_at": "yesterday"}, "data[0].dispatched_at: must be a time"),
    ],
)
async def test_an_incomplete_despatch_is_named_and_its_neighbours_flow(change: dict[str, Any], told: str) -> None:
    async with retail_stock() as (connector, stub):
        stub.on("GET", "/v1/dispatches", page([despatch_row(**change), despatch_row("D-2")]))
        bad, good = await gathered(connector.read_retail_despatches(None))
        assert str(bad.fault).startswith(told)
        assert good.value.key == "D-2"


async def test_despatches_of_orders_are_asked_for_two_hundred_at_a_time() -> None:
    async with retail_stock() as (connector, stub):
        amended = despatch_row("D-1", "SO0", revision=2)
        first = [
            amended,
            despatch_row("D-1", "SO0"),
            despatch_row("D-2", "SO1", parcels=[]),
            despatch_row("D-9", "SO999"),
        ]
        stub.on("POST", "/v1/dispatches/query", {"data": first}, {"data": [despatch_row("D-3", "SO200")]})
        found = await connector.find_retail_despatches([*(f"SO{number}" for number in range(201)), "SO0", "", "x" * 65])
        assert set(found) == {"SO0", "SO1", "SO200"}
        assert [one.revision for one in found["SO0"] if not isinstance(one, DataFault)] == [1, 2]
        (bad,) = found["SO1"]
        assert isinstance(bad, DataFault)
        assert [len(call.body["order_refs"]) for call in stub.calls("POST", "/v1/dispatches/query")] == [200, 1]


async def test_a_telling_without_an_order_is_that_of_the_only_one_asked_for() -> None:
    nameless = despatch_row()
    del nameless["order_ref"]
    async with retail_stock() as (connector, stub):
        stub.on("POST", "/v1/dispatches/query", {"data": [nameless, despatch_row("D-2", "SO2")]})
        (bad,) = (await connector.find_retail_despatches(["SO2", "SO3"]))["SO2"]
        assert not isinstance(bad, DataFault)
        (bad,) = (await connector.find_retail_despatches(["SO3"]))["SO3"]
        assert isinstance(bad, DataFault)


@pytest.mark.parametrize("answer", [{"data": None}, [], {"data": [], "page": {"has_more": True, "next_cursor": "x"}}])
async def test_a_query_that_is_not_answered_whole_is_no_read(answer: Any) -> None:
    async with retail_stock() as (connector, stub):
        stub.on("POST", "/v1/dispatches/query", json_answer(answer))
        with pytest.raises(ReadIncomplete):
            await connector.find_retail_despatches(["SO1"])


async def test_what_the_server_does_not_do_is_not_asked() -> None:
    operations = {"movements.feed": "unsupported", "dispatches.feed": "unsupported"}
    async with retail_stock({"operations": operations}) as (connector, stub):
        with pytest.raises(Unsupported, match="unsupported"):
            await gathered(connector.read_movements(None))
        assert stub.calls("GET", "/v1/stock-movements") == []


async def test_another_major_version_is_not_spoken_to() -> None:
    async with retail_stock({"contract_version": "2.0.0"}) as (connector, _):
        with pytest.raises(ConfigFault, match="speaks contract 2"):
            await gathered(connector.read_retail_stock(None))


async def test_a_probe_reads_a_page_of_each_and_says_what_is_wrong() -> None:
    async with retail_stock({"operations": {"movements.feed": "unsupported"}}) as (connector, stub):
        stub.on("GET", "/v1/stock-levels", page([level_row(), level_row("B", available="9")], cursor="more"))
        stub.on("GET", "/v1/dispatches", page([despatch_row(parcels=[])]))
        stub.on("GET", "/v1/locations", problem(403, "forbidden", "no scope for locations"))
        stub.on("GET", "/v1/recommendations/transfers", json_answer([]))
        lines = {line.what: line for line in await connector.probe()}
        assert lines["sign-in (contract 1.0.0, footfall-pos)"].read == 1
        assert (lines["stock levels"].read, lines["stock levels"].unreadable) == (1, 1)
        assert lines["stock levels"].problem.startswith("data[1].available: figure-inconsistent")
        assert lines["despatches"].problem.startswith("data[0].parcels: dispatch-incomplete")
        assert "no scope" in lines["locations"].denied
        assert lines["stock movements"].denied
        assert "no list `data`" in lines["transfer proposals"].problem
        assert lines["stock items"].problem == lines["stock goals"].problem == ""
