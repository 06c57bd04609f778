"""What a retail-stock bridge is told: rows in batches, one result each, and what is refused before anything is sent."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.faults import Accepted, Refused, Transient, Unknown, Unsupported
from crossdock.model.stock import Basis
from tests.connectors.bridge.stub import Asked, json_answer, problem
from tests.connectors.gate import HandClock
from tests.connectors.wair.support import (
    CAPABILITIES,
    commitment,
    item,
    level,
    place,
    retail_stock,
    sale,
    transfer,
)

LEVELS = "/v1/stock-levels:batch"
ROOMY: dict[str, Any] = {"max_batch": {}, "locations_owned": []}


def answering(**results: Any) -> Any:
    """Result by SKU; a row that is not named is taken."""

    def answer(asked: Asked) -> web.StreamResponse:
        told = []
        for row in asked.body["data"]:
            result = results.get(row["sku"], "created")
            if result is not None:
                told.append({**row, **(result if isinstance(result, dict) else {"result": result})})
        return json_answer({"data": told})

    return answer


async def test_one_bad_row_does_not_hide_in_a_success() -> None:
    async with retail_stock(ROOMY) as (connector, stub):
        bad = {"result": "rejected", "problem": {"code": "sku-not-found", "detail": "B is not known"}}
        stub.on("PUT", "/v1/items:batch", answering(B=bad, C="unchanged", D="sideways", E=None, F={"problem": 1}))
        outcomes = await connector.write_items([item(code) for code in "ABCDEF"])
        taken, refused, same, odd, untold, malformed = outcomes
        assert (taken, same) == (Accepted("A"), Accepted("C"))
        assert isinstance(refused, Refused)
        assert (refused.code, refused.text) == ("sku-not-found", "B is not known")
        for one, told in ((odd, "'sideways'"), (untold, "no result for E"), (malformed, "result of F")):
            assert isinstance(one, Unknown)
            assert told in one.reason


@pytest.mark.parametrize(
    "shape", [lambda rows: rows, lambda rows: {"results": rows}, lambda rows: {"data": rows[::-1]}]
)
async def test_results_are_matched_by_their_key(shape: Any) -> None:
    async with retail_stock(ROOMY) as (connector, stub):
        rows = [{"sku": "A", "result": "created"}, {"sku": "B", "result": "rejected", "problem": "no such style"}]
        stub.on("PUT", "/v1/items:batch", json_answer(shape(rows)))
        first, second = await connector.write_items([item("A"), item("B")])
        assert first == Accepted("A")
        assert isinstance(second, Refused)
        assert (second.code, second.text) == ("rejected", "no such style")


async def test_batches_are_no_larger_than_the_server_takes() -> None:
    async with retail_stock() as (connector, stub):
        await connector.write_items([item(code) for code in "ABCDE"])
        assert [len(call.body["data"]) for call in stub.calls("PUT", "/v1/items:batch")] == [2, 2, 1]
        await connector.write_locations([place(code, owner="erp") for code in "ABCDE"])
        assert [len(call.body["data"]) for call in stub.calls("PUT", "/v1/locations:batch")] == [5]
    async with retail_stock(ROOMY, batch_max=3) as (connector, stub):
        await connector.write_items([item(code) for code in "ABCDE"])
        assert [len(call.body["data"]) for call in stub.calls("PUT", "/v1/items:batch")] == [3, 2]


async def test_a_level_is_told_with_both_figures() -> None:
    clock = HandClock(datetime(2026, 3, 2, 8, 31, tzinfo=UTC))
    async with retail_stock(ROOMY, clock=clock) as (connector, stub):
        told = level(allocated=Decimal(3), available=Decimal(7), sequence=5, reason="count")
        assert await connector.write_on_hand([told, level("B", "1.50")]) == [
            Accepted("SOHO/DERBY-40"),
            Accepted("SOHO/B"),
        ]
        first, second = stub.calls("PUT", LEVELS)[0].body["data"]
        assert first == {
            "location_code": "SOHO", "sku": "DERBY-40", "physical": "10", "allocated": "3", "available": "7",
            "basis": "physical", "stock_role": "leaf", "sequence": 5, "occurred_at": "2026-03-02T08:30:00Z",
            "published_at": "2026-03-02T08:31:00Z", "reason": "count",
        }  # fmt: skip
        assert (second["physical"], second["allocated"], second["available"]) == ("1.50", "0", None)


async def test_what_is_allocated_may_have_to_be_told() -> None:
    async with retail_stock(ROOMY, untold_allocated="refuse") as (connector, stub):
        taken, refused = await connector.write_on_hand([level(allocated=Decimal(0)), level("B")])
        assert taken == Accepted("SOHO/DERBY-40")
        assert isinstance(refused, Refused)
        assert (refused.code, "B at SOHO: allocated" in refused.text) == ("unsayable", True)
        assert len(stub.calls("PUT", LEVELS)[0].body["data"]) == 1


@pytest.mark.parametrize(
    ("accepted", "given"),
    [
        ("physical", level(basis=Basis.AVAILABLE)),
        ("available", level()),
        ("physical", level(basis=Basis.FREE)),
        ("available", level(basis=Basis.BUILDABLE)),
        ("physical", level(leaf=False)),
    ],
)
async def test_a_figure_that_the_system_does_not_take_is_refused_before_it_is_sent(accepted: str, given: Any) -> None:
    async with retail_stock({**ROOMY, "stock_basis_accepted": accepted}) as (connector, stub):
        with pytest.raises(Unsupported):
            await connector.write_on_hand([level(basis=Basis.ON_HAND), given])
        assert stub.calls("PUT", LEVELS) == []


async def test_a_system_that_takes_what_is_available_is_told_it() -> None:
    async with retail_stock({**ROOMY, "stock_basis_accepted": "available"}) as (connector, stub):
        await connector.write_on_hand([level(quantity="7", basis=Basis.AVAILABLE, allocated=Decimal(3))])
        (row,) = stub.calls("PUT", LEVELS)[0].body["data"]
        assert (row["basis"], row["physical"], row["allocated"]) == ("available", "10", "3")


@pytest.mark.parametrize(
    ("capabilities", "settings"),
    [
        ({"locations_owned": ["SOHO"]}, {}),
        ({"locations_owned": []}, {"locations": {"SOHO": {"owner": "retail"}}}),
        ({"locations_owned": ["SOHO"]}, {"locations": {"SOHO": {"owner": "retail"}}}),
    ],
)
async def test_the_owner_of_a_figure_is_never_told_it(capabilities: dict[str, Any], settings: dict[str, Any]) -> None:
    async with retail_stock(capabilities, **settings) as (connector, stub):
        with pytest.raises(Unsupported, match="owned by the retail system"):
            await connector.write_on_hand([level(location="MAIN"), level()])
        assert stub.calls("PUT", LEVELS) == []
        assert await connector.write_on_hand([level(location="MAIN")]) == [Accepted("MAIN/DERBY-40")]


async def test_an_overtaken_level_is_told_so() -> None:
    async with retail_stock(ROOMY) as (connector, stub):
        stub.on("PUT", LEVELS, answering(B="ignored"))
        taken, stale = await connector.write_on_hand([level("A"), level("B")])
        assert taken == Accepted("SOHO/A")
        assert isinstance(stale, Refused)
        assert (stale.code, stale.duplicate) == ("stale-sequence", True)


async def test_a_level_that_comes_back_is_a_write_of_its_own_and_a_sale_sent_twice_is_one() -> None:
    async with retail_stock(ROOMY) as (connector, stub):
        for _ in range(2):
            await connector.write_on_hand([level(published_at=datetime(2026, 3, 2, 9, tzinfo=UTC))])
            await connector.write_sales([sale()])
        levels, sales = stub.calls("PUT", LEVELS), stub.calls("POST", "/v1/sales:batch")
        assert levels[0].raw == levels[1].raw
        assert levels[0].headers["Idempotency-Key"] != levels[1].headers["Idempotency-Key"]
        assert sales[0].raw == sales[1].raw
        assert sales[0].headers["Idempotency-Key"] == sales[1].headers["Idempotency-Key"]


async def test_a_refused_sale_is_not_answered_out_of_the_servers_memory() -> None:
    async with retail_stock(ROOMY) as (connector, stub):
        stub.on("POST", "/v1/sales:batch", answering(**{"DERBY-40": "rejected"}), answering())
        (refused,) = await connector.write_sales([sale()])
        assert isinstance(refused, Refused)
        assert await connector.write_sales([sale()]) == [Accepted("T-1/1")]
        first, second = stub.calls("POST", "/v1/sales:batch")
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]


async def test_sales_and_transfers_are_told_line_by_line() -> None:
    async with retail_stock(ROOMY) as (connector, stub):
        outcomes = await connector.write_sales([sale(), sale(line_no=2, quantity="-1", discount_reason="STAFF")])
        assert outcomes == [Accepted("T-1/1"), Accepted("T-1/2")]
        row = stub.calls("POST", "/v1/sales:batch")[0].body["data"][1]
        assert row == {
            "sale_id": "T-1", "line_no": 2, "location_code": "SOHO", "sku": "DERBY-40", "quantity": "-1",
            "unit_price": "89.95", "currency": "GBP", "sold_at": "2026-03-02T08:30:00Z", "discount_reason": "STAFF",
        }  # fmt: skip
        assert await connector.write_transfers([transfer()]) == [Accepted("TO-1")]
        (told,) = stub.calls("PUT", "/v1/transfers:batch")[0].body["data"]
        line = {"sku": "DERBY-40", "quantity": "4", "quantity_shipped": "4", "quantity_received": "1"}
        assert told == {
            "transfer_id": "TO-1", "reference_id": "R-1", "from_location": "MAIN", "to_location": "SOHO", "open": True,
            "lines": [line],
        }  # fmt: skip


async def test_commitments_are_replaced_at_the_named_locations() -> None:
    async with retail_stock() as (connector, stub):
        assert await connector.replace_commitments(["SOHO", "MAIN"], [commitment()]) == Accepted("1 commitments")
        (call,) = stub.calls("PUT", "/v1/commitments:replace")
        assert call.body == {
            "locations": ["SOHO", "MAIN"],
            "data": [
                {"id": "SO1/1", "location_code": "SOHO", "sku": "DERBY-40", "quantity": "3",
                 "from": "2026-03-02T08:30:00Z", "to": None, "source": "sales_order", "source_ref": "SO1"},
            ],
        }  # fmt: skip
        with pytest.raises(Unsupported):
            await connector.replace_commitments(["MAIN"], [commitment()])
        rejected = {"id": "SO1/1", "result": "rejected", "problem": {"code": "location-unknown", "detail": "SOHO?"}}
        stub.on("PUT", "/v1/commitments:replace", {"data": [{"result": "created"}, rejected]})
        outcome = await connector.replace_commitments(["SOHO"], [commitment(), commitment("SO2")])
        assert isinstance(outcome, Refused)
        assert outcome.code == "location-unknown"


async def test_many_commitments_go_in_calls_of_whole_locations() -> None:
    async with retail_stock({"max_batch": {"stock": 3}}) as (connector, stub):
        rows = [
            commitment(f"{code}/{at}", location=code)
            for code, count in (("A", 2), ("B", 2), ("C", 5))
            for at in range(count)
        ]
        assert await connector.replace_commitments(["A", "EMPTY", "B", "C"], rows) == Accepted("9 commitments")
        calls = stub.calls("PUT", "/v1/commitments:replace")
        assert [(call.body["locations"], len(call.body["data"])) for call in calls] == [
            (["A", "EMPTY"], 2),
            (["B"], 2),
            (["C"], 5),
        ]
        stub.on("PUT", "/v1/commitments:replace", {"data": []}, json_answer({}, status=429))
        assert isinstance(await connector.replace_commitments(["A", "B", "C"], rows), Unknown)
        with pytest.raises(Transient):
            await connector.replace_commitments(["A"], [])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_answer({}, status=500), Unknown),
        (json_answer(b'{"data": ['), Unknown),
        (json_answer({}), Unknown),
        (web.Response(status=204), Unknown),
        (problem(422, "location-unknown", "no"), Refused),
        (problem(409, "location-not-owner", "yours"), Refused),
    ],
)
async def test_what_came_of_a_batch(answer: Any, kind: type[Any]) -> None:
    async with retail_stock(ROOMY) as (connector, stub):
        stub.on("PUT", LEVELS, answer)
        assert [type(one) for one in await connector.write_on_hand([level("A"), level("B")])] == [kind, kind]


async def test_a_batch_that_was_turned_away_did_nothing_and_a_later_one_leaves_the_rest_unknown() -> None:
    capabilities = {**CAPABILITIES, "locations_owned": []}
    async with retail_stock(capabilities) as (connector, stub):
        stub.on("PUT", LEVELS, json_answer({}, status=429))
        with pytest.raises(Transient):
            await connector.write_on_hand([level("A")])
        stub.on("PUT", LEVELS, answering(), json_answer({}, status=429))
        outcomes = await connector.write_on_hand([level(code) for code in "ABCDE"])
        assert [type(one) for one in outcomes] == [Accepted, Accepted, Unknown, Unknown, Unknown]


async def test_a_location_is_told_its_owner() -> None:
    async with retail_stock({"locations_owned": ["POP"]}, locations={"SOHO": {"owner": "retail"}}) as (connector, stub):
        bare = place("BARE", street="", town="", postcode="", country="")
        disputed = place("SOHO", owner="erp")
        outcomes = await connector.write_locations([place(), place("POP"), place("MAIN"), bare, disputed])
        assert [type(one) for one in outcomes] == [Accepted, Accepted, Accepted, Refused, Refused]
        rows = stub.calls("PUT", "/v1/locations:batch")[0].body["data"]
        assert [(row["location_code"], row["stock_owner"]) for row in rows] == [
            ("SOHO", "retail"),
            ("POP", "retail"),
            ("MAIN", "erp"),
        ]


async def test_nothing_to_write_calls_nobody_for_it() -> None:
    async with retail_stock() as (connector, stub):
        assert await connector.write_items([]) == []
        assert stub.calls("PUT", "/v1/items:batch") == []
