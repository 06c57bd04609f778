"""Every capability of profile retail-stock against the simulated shops: in order, and under fire."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.bridge_system import RetailBridge
from crossdock.model.faults import Accepted, ConfigFault, DataFault, ReadIncomplete, Refused, Unknown, Unsupported
from crossdock.model.retail import LocationKind, RetailDespatch, RetailDespatchStatus, TransferLine
from crossdock.model.stock import Basis
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.retail_stock import RetailStockSimulator
from tests.connectors.gate import FreeGate
from tests.connectors.wair.support import bridge_settings, commitment, gathered, item, level, place, sale, transfer
from tests.connectors.wair.test_contract import Wall

ESTATE = build_estate(items=20, companies=2)
YORK, SKU, MAIN = "STORE-YORK", "HP-1001", "Main Warehouse"
LOST = ["lost_reply", "lost_request", "truncated_body", "html_page"]


@asynccontextmanager
async def shops(
    simulator: Mapping[str, Any] | None = None, **settings: Any
) -> AsyncIterator[tuple[RetailBridge, RetailStockSimulator]]:
    shop = RetailStockSimulator(ESTATE, seed=3, settings=dict(simulator or {}))
    async with running(shop) as url:
        given = {"auth": "bearer_static", "bearer_token": "sandbox-token", "webhook_secrets": [], **settings}
        connector = await SYSTEM.connect(bridge_settings(url, **given), FreeGate(), Wall())
        assert isinstance(connector, RetailBridge)
        try:
            yield connector, shop
        finally:
            await connector.close()


def strike(shop: RetailStockSimulator, *knobs: Mapping[str, Any]) -> None:
    shop.faults.set(knobs)


def kinds(outcomes: Sequence[Any]) -> list[type[Any]]:
    return [type(one) for one in outcomes]


# RetailStockSource


async def test_every_shelf_is_read_and_understood() -> None:
    async with shops(page_size=7) as (connector, shop):
        await shop.act("trade", {"count": 40})
        found = await gathered(connector.read_retail_stock(None))
        assert {one.fault for one in found} == {None}
        held = {(row["location_code"], row["sku"]): row for row in shop.state()["levels"]}
        told = {(one.value.location, one.value.sku): one.value for one in found}
        assert set(told) == set(held)
        for key, row in held.items():
            one = told[key]
            assert (one.basis, one.quantity, one.allocated, one.sequence) == (
                Basis.ON_HAND,
                Decimal(row["physical"]),
                Decimal(row["allocated"]),
                row["sequence"],
            )
            assert one.published_at >= one.occurred_at


async def test_only_what_changed_since_is_told_and_its_number_rises() -> None:
    async with shops() as (connector, shop):
        await gathered(connector.read_retail_stock(None))
        since = datetime.now(UTC)
        await shop.act("receive_goods", {"location": YORK, "sku": SKU, "quantity": 5})
        found = await gathered(connector.read_retail_stock(since))
        assert [(one.value.location, one.value.sku, one.value.reason) for one in found] == [(YORK, SKU, "receipt")]
        assert found[0].value.sequence == 2


async def test_an_overtaken_level_is_told_with_its_older_number() -> None:
    async with shops() as (connector, shop):
        await shop.act("receive_goods", {"location": YORK, "sku": SKU, "quantity": 5})
        await shop.act("publish_stale", {"location": YORK, "sku": SKU})
        (stale,) = [one for one in await gathered(connector.read_retail_stock(None)) if one.ref == f"{YORK}/{SKU}"]
        assert stale.value.sequence == 1


async def test_a_figure_that_contradicts_itself_is_a_fault_and_its_neighbours_flow() -> None:
    async with shops({"emit_parents": True}) as (connector, shop):
        await shop.act("publish_wrong", {"location": YORK, "sku": SKU, "available": 999})
        bad = [one for one in await gathered(connector.read_retail_stock(None)) if one.fault is not None]
        assert {one.ref for one in bad if "figure-inconsistent" in str(one.fault)} == {f"{YORK}/{SKU}"}
        parents = [one for one in bad if "parent-stock-refused" in str(one.fault)]
        assert len(bad) == 1 + len(parents)


@pytest.mark.parametrize("kind", ["short_list", "duplicate_row"])
async def test_a_list_that_lacks_or_repeats_rows(kind: str) -> None:
    async with shops(page_size=10) as (connector, shop):
        whole = len(await gathered(connector.read_retail_stock(None)))
        strike(shop, {"kind": kind, "match": "GET /v1/stock-levels", "count": 1})
        if kind == "short_list":
            with pytest.raises(ReadIncomplete):
                await gathered(connector.read_retail_stock(None))
        else:
            refs = [one.ref for one in await gathered(connector.read_retail_stock(None))]
            assert len(refs) == len(set(refs)) == whole


async def test_a_cursor_that_expires_begins_the_list_anew() -> None:
    async with shops({"cursor_seconds": 0.000001}, page_size=10) as (connector, _):
        with pytest.raises(ReadIncomplete, match="expired twice"):
            await gathered(connector.read_retail_stock(None))


async def test_single_levels_are_found() -> None:
    async with shops() as (connector, shop):
        found = await connector.find_retail_stock(YORK, [SKU, "NO-SUCH", SKU])
        assert [one.sku for one in found] == [SKU]
        held = {(row["location_code"], row["sku"]): row for row in shop.state()["levels"]}
        assert found[0].quantity == Decimal(held[YORK, SKU]["physical"])
        with pytest.raises(DataFault, match="location-unknown"):
            await connector.find_retail_stock("NOWHERE", [SKU])


async def test_a_system_that_emits_no_stock_says_so() -> None:
    async with shops({"stock_basis_emitted": None}) as (connector, _):
        with pytest.raises(Unsupported):
            await gathered(connector.read_retail_stock(None))
        with pytest.raises(Unsupported):
            await gathered(connector.read_movements(None))


# MovementSource, LocationSource


async def test_movements_sum_up_to_the_levels() -> None:
    async with shops(page_size=50) as (connector, shop):
        await shop.act("trade", {"count": 60})
        sums: dict[tuple[str, str], Decimal] = {}
        for one in await gathered(connector.read_movements(None)):
            key = one.value.location, one.value.sku
            sums[key] = sums.get(key, Decimal(0)) + one.value.quantity
        held = {(row["location_code"], row["sku"]): Decimal(row["physical"]) for row in shop.state()["levels"]}
        assert sums == held


async def test_locations_are_read_with_their_owners() -> None:
    async with shops(locations={MAIN: {"owner": "erp"}, YORK: {"owner": "retail"}}) as (connector, _):
        found = {one.ref: one.value for one in await gathered(connector.read_locations())}
        assert (found[YORK].owner, found[YORK].kind, found[YORK].street) == (
            "retail",
            LocationKind.STORE,
            "14 Coney Street",
        )
        assert found[MAIN].owner == "erp"


async def test_two_owners_of_one_location_stop_the_start() -> None:
    async with shops(locations={YORK: {"owner": "erp"}}) as (connector, _):
        with pytest.raises(ConfigFault, match="two owners of STORE-YORK"):
            await gathered(connector.read_retail_stock(None))


# RetailDespatchSource


async def despatched(shop: RetailStockSimulator, ref: str, **more: Any) -> Any:
    lines = [{"sku": SKU, "quantity": "1", "order_line_ref": "1"}]
    return await shop.act("dispatch_order", {"order_ref": ref, "lines": lines, "location": MAIN, **more})


async def test_despatches_are_read_whole_part_cancelled_untracked_and_incomplete() -> None:
    async with shops(page_size=2) as (connector, shop):
        whole = await despatched(shop, "SO1")
        part = await despatched(shop, "SO2", part=True)
        cancelled = await despatched(shop, "SO3")
        await shop.act("cancel_dispatch", {"dispatch_id": cancelled["dispatch_id"]})
        untracked = await despatched(shop, "SO4", tracked="untracked")
        missing = await despatched(shop, "SO5", tracked="missing")
        found = {one.ref: one for one in await gathered(connector.read_retail_despatches(None))}
        one = found[whole["dispatch_id"]].value
        assert (one.order_ref, one.carrier, one.service, one.final, one.lines[0].line_ref) == (
            "SO1", "dpd", "next-day", True, "1",
        )  # fmt: skip
        assert one.parcels[0].tracking_number == whole["parcels"][0]["tracking_number"]
        assert (found[part["dispatch_id"]].value.status, found[part["dispatch_id"]].value.final) == (
            RetailDespatchStatus.PART_DESPATCHED, False,
        )  # fmt: skip
        gone = found[cancelled["dispatch_id"]].value
        assert (gone.status, gone.revision) == (RetailDespatchStatus.CANCELLED, 2)
        assert found[untracked["dispatch_id"]].value.untracked
        assert "dispatch-incomplete" in str(found[missing["dispatch_id"]].fault)
        asked = await connector.find_retail_despatches(["SO1", "SO5", "SO99"])
        assert set(asked) == {"SO1", "SO5"}
        assert isinstance(asked["SO1"][0], RetailDespatch)
        assert isinstance(asked["SO5"][0], DataFault)
        await shop.act("amend_dispatch", {"dispatch_id": missing["dispatch_id"], "tracking_numbers": ["1Z9"]})
        (mended,) = (await connector.find_retail_despatches(["SO5"]))["SO5"]
        assert isinstance(mended, RetailDespatch)
        assert (mended.revision, mended.parcels[0].tracking_number) == (2, "1Z9")


async def test_many_orders_are_asked_for_in_parts() -> None:
    async with shops() as (connector, shop):
        for number in (3, 250, 399):
            await despatched(shop, f"SO{number}")
        found = await connector.find_retail_despatches([f"SO{number}" for number in range(400)])
        assert set(found) == {"SO3", "SO250", "SO399"}


# ProposalSource


async def test_recommendations_and_targets() -> None:
    async with shops(page_size=10) as (connector, shop):
        await shop.act("recommend_transfers", {"count": 35})
        await shop.act("recommend_transfers", {"count": 2, "kind": "initial_distribution"})
        found = await gathered(connector.read_transfer_proposals(None))
        open_ = {row["reference_id"]: row for row in shop.state()["recommendations"]}
        assert {one.ref for one in found} == set(open_)
        assert {one.fault for one in found} == {None}
        assert {one.value.kind for one in found} == {"redistribution", "initial_distribution"}
        await shop.act("set_target", {"location": YORK, "sku": SKU, "quantity": 6})
        (goal,) = await gathered(connector.read_stock_goals())
        assert (goal.value.location, goal.value.sku, goal.value.quantity) == (YORK, SKU, 6)
        first = found[0].value
        line = TransferLine(sku=first.sku, quantity=first.quantity)
        told = transfer(
            proposal_ref=first.ref, from_location=first.from_location, to_location=first.to_location, lines=(line,)
        )
        assert await connector.write_transfers([told]) == [Accepted("TO-1")]
        assert first.ref not in {one.ref for one in await gathered(connector.read_transfer_proposals(None))}


# RetailItemSink, LocationSink, OnHandSink, CommitmentSink, RetailSaleSink


async def test_one_bad_item_does_not_hide_its_neighbours() -> None:
    async with shops({"max_batch": {"items": 2}}) as (connector, shop):
        rows = [
            item("A", item_id="1", parent_sku=""),
            item("B", item_id="2", style_id=""),
            item("C", item_id="3"),
            item("D", item_id="4", leaf=False, size_id=""),
        ]
        outcomes = await connector.write_items(rows)
        assert kinds(outcomes) == [Accepted, Refused, Accepted, Accepted]
        assert isinstance(outcomes[1], Refused)
        assert "style_id" in outcomes[1].text + outcomes[1].evidence
        held = {row["sku"]: row for row in shop.state()["items"]}
        assert (held["A"]["stock_role"], held["D"]["stock_role"]) == ("leaf", "parent")
        assert "B" not in held


async def test_levels_of_ours_are_told_and_of_theirs_refused() -> None:
    async with shops() as (connector, shop):
        told = level(SKU, "10", location=MAIN, allocated=Decimal(3), sequence=7)
        for _ in range(2):
            assert await connector.write_on_hand([told]) == [Accepted(f"{MAIN}/{SKU}")]
        stale, unknown = await connector.write_on_hand(
            [level(SKU, "9", location=MAIN, sequence=6), level("NO-SUCH", location=MAIN)]
        )
        assert isinstance(stale, Refused)
        assert (stale.code, stale.duplicate) == ("stale-sequence", True)
        assert isinstance(unknown, Refused)
        assert unknown.code == "sku-not-found"
        with pytest.raises(Unsupported, match="owned by the retail system"):
            await connector.write_on_hand([level(SKU, location=YORK)])
        (held,) = shop.state()["told_levels"]
        assert (held["physical"], held["allocated"]) == ("10", "3")


async def test_a_level_that_comes_back_is_told_again() -> None:
    async with shops({"idempotency_keeps_refusals": True}) as (connector, shop):
        for quantity in ("10", "5", "10"):
            told = level(SKU, quantity, location=MAIN, published_at=datetime(2026, 1, 1, tzinfo=UTC))
            assert await connector.write_on_hand([told]) == [Accepted(f"{MAIN}/{SKU}")]
        (held,) = shop.state()["told_levels"]
        assert held["physical"] == "10"


async def test_a_system_that_takes_what_is_available_takes_nothing_else() -> None:
    async with shops({"stock_basis_accepted": "available"}) as (connector, _):
        with pytest.raises(Unsupported, match="basis-not-accepted"):
            await connector.write_on_hand([level(SKU, location=MAIN)])
        told = level(SKU, "7", location=MAIN, basis=Basis.AVAILABLE, allocated=Decimal(3))
        assert await connector.write_on_hand([told]) == [Accepted(f"{MAIN}/{SKU}")]


@pytest.mark.parametrize("kind", LOST)
async def test_lost_replies_to_levels_are_unknown_and_sent_again_without_harm(kind: str) -> None:
    async with shops() as (connector, shop):
        await connector.probe()
        # A PUT whose kept connection breaks is sent once more below us: its rows are absolute. So it is lost twice.
        strike(shop, {"kind": kind, "match": "PUT /v1/stock-levels", "count": 2 if kind.startswith("lost") else 1})
        told = level(SKU, "10", location=MAIN)
        assert kinds(await connector.write_on_hand([told])) == [Unknown]
        assert await connector.write_on_hand([told]) == [Accepted(f"{MAIN}/{SKU}")]
        assert len(shop.state()["told_levels"]) == 1


@pytest.mark.parametrize("kind", LOST)
async def test_sales_count_once_however_often_they_are_sent(kind: str) -> None:
    async with shops() as (connector, shop):
        await connector.probe()
        strike(shop, {"kind": kind, "match": "POST /v1/sales", "count": 1})
        sales = [sale(sku=SKU, location=YORK), sale(sku=SKU, location=YORK, line_no=2, quantity="-1")]
        assert kinds(await connector.write_sales(sales)) == [Unknown, Unknown]
        assert kinds(await connector.write_sales(sales)) == [Accepted, Accepted]
        assert len(shop.state()["sales"]) == 2


async def test_a_sale_of_an_item_that_comes_later_is_taken_when_it_is_sent_again() -> None:
    async with shops({"idempotency_keeps_refusals": True}) as (connector, _):
        early = sale(sku="LATE", location=YORK)
        (refused,) = await connector.write_sales([early])
        assert isinstance(refused, Refused)
        assert refused.code == "sku-not-found"
        assert await connector.write_items([item("LATE")]) == [Accepted("LATE")]
        assert await connector.write_sales([early]) == [Accepted("T-1/1")]


async def test_commitments_replace_those_of_their_locations() -> None:
    async with shops({"max_batch": {"stock": 2}}) as (connector, shop):

        def at(where: str, *keys: str) -> list[Any]:
            return [commitment(key, sku=SKU, location=where) for key in keys]

        both = [*at(MAIN, "A", "B"), *at("Trade Counter", "C")]
        assert await connector.replace_commitments([MAIN, "Trade Counter"], both) == Accepted("3 commitments")
        assert await connector.replace_commitments([MAIN], at(MAIN, "B")) == Accepted("1 commitments")
        assert {row["id"] for row in shop.state()["commitments"]} == {"B", "C"}
        outcome = await connector.replace_commitments([MAIN], [commitment("D", sku="NO-SUCH", location=MAIN)])
        assert isinstance(outcome, Refused)
        assert outcome.code == "sku-not-found"


async def test_locations_are_told_whole() -> None:
    async with shops() as (connector, shop):
        outcomes = await connector.write_locations(
            [place(), place("BARE", street="", town="", postcode="", country="")]
        )
        assert kinds(outcomes) == [Accepted, Refused]
        held = {row["location_code"]: row for row in shop.state()["locations"]}
        assert (held["SOHO"]["stock_owner"], held["SOHO"]["address"]["town"]) == ("erp", "London")
        (disputed,) = await connector.write_locations([place("STORE-HULL", owner="erp")])
        assert isinstance(disputed, Refused)
        assert disputed.code == "location-not-owner"
