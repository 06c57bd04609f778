"""An audit reads both sides, tells every gap with the orders it would stop, and writes nothing anywhere."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.cli.audit_pages import page_of
from crossdock.cli.auditing import _public
from crossdock.model.faults import RemoteFault
from crossdock.ports.busy import Busy
from crossdock.wiring.auditing import Audit, run_audit
from crossdock.wiring.systems import known_systems
from crossdock.wiring.throw_away import kept
from tests.conftest import throwaway_folder
from tests.world import GHOST, NAME, ON_STOP, UNLINKED, World, open_world

SINCE = datetime.now(UTC) - timedelta(days=30)
FLOWS = ["order-entry", "stock-publication", "despatch", "completeness"]


@pytest.fixture
def home() -> Iterator[Path]:
    with throwaway_folder() as folder:
        yield folder / NAME


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[World]:
    """Systems that have traded without us: nothing of it is in our book."""
    async with open_world(database, tmp_path, shop={"initial_stock": 500}, pairing={"flows": FLOWS}) as world:
        yield world


async def audited(world: World, home: Path, **more: Any) -> Audit:
    async with kept(world.project, known_systems(), NAME, home, **more.pop("stage", {})) as stage:
        return await run_audit(stage, since=SINCE, limit=more.pop("limit", 1000), tell=lambda *_: None)


async def test_every_gap_is_told_with_the_orders_it_would_stop_and_their_value(shop: World, home: Path) -> None:
    ghosts = [await shop.sell((GHOST, 1)) for _ in range(3)]
    await shop.sell(customer=UNLINKED)
    await shop.sell(customer=ON_STOP, po_number="PO-1")
    await shop.sell(price_conflict=True)
    fine = await shop.sell()
    await shop.shop.act("close_order", {"order": ghosts[0]})
    gone = await shop.sell((GHOST, 1))
    await shop.shop.act("cancel_order", {"order": gone})
    before = await everything(shop)

    found = await audited(shop, home)

    assert (found.orders, found.cancelled, found.stopped) == (8, 1, 6)
    worth = sum((Decimal(shop.sold(ref)["total"]) for ref in ghosts), Decimal(0))
    first = found.gaps[0]
    assert (first.kind, first.subject, first.orders, first.value) == ("stock-code-unknown", GHOST, 3, {"GBP": worth})
    assert first.setting == f"pairings.{NAME}.maps.sku.{GHOST}: ERP-CODE"
    assert set(first.examples) == set(ghosts)
    kinds = {gap.kind: gap.orders for gap in found.gaps if gap.orders}
    assert {"account-unmatched": 1, "account-on-stop": 1, "total-conflict": 1}.items() <= kinds.items()
    assert fine not in {ref for gap in found.gaps for ref in gap.examples}
    assert await everything(shop) == before
    assert not is_there(home)


def is_there(home: Path) -> bool:
    return home.exists()


async def everything(world: World) -> tuple[Any, ...]:
    """What both systems hold, how often they were written to, and what is in our database."""
    tables = ("sales_order", "stock_item", "account", "desk_case", "audit_entry", "code_map", "watermark", "pgqueuer")
    rows = [await world.here.pool.fetchval(f"select count(*) from {table}") for table in tables]
    written = [
        (call, many) for side in (world.shop, world.erp) for call, many in sorted(side.calls.items())
        if not call.startswith(("GET", "SOAP Export", "SOAP Get", "POST /oauth2-token"))
    ]  # fmt: skip
    return rows, written, world.erp.state()["orders"]


async def test_what_the_shop_sells_and_the_erp_does_not_hold_is_a_gap_before_anybody_orders_it(
    shop: World, home: Path
) -> None:
    await shop.shop.act("add_product", {"sku": "NEW-1", "in_erp": False})
    found = {gap.subject: gap for gap in (await audited(shop, home)).gaps}
    assert (found["NEW-1"].kind, found["NEW-1"].orders, found["NEW-1"].records) == ("stock-code-unknown", 0, 1)


async def test_an_item_that_no_order_may_hold_is_a_gap_before_anybody_orders_it(shop: World, home: Path) -> None:
    await shop.erp.act("discontinue", {"sku": "HP-1002"})
    found = {gap.subject: gap for gap in (await audited(shop, home)).gaps}
    assert found["HP-1002"].kind == "item-invalid-for-erp"


async def test_what_is_there_twice_is_told(shop: World, home: Path) -> None:
    first, second = list(shop.erp.store.companies.values())[:2]
    first.tax_reference, second.tax_reference = "GB 980 7806 84", "GB980780684"
    found = [gap for gap in (await audited(shop, home)).gaps if gap.kind == "duplicate"]
    assert [gap.cause.partition(":")[0] for gap in found] == ["Accounts with one VAT number"]
    assert (found[0].records, found[0].desk) == (2, "sales-ops")


async def test_where_all_is_mapped_there_is_no_gap(shop: World, home: Path) -> None:
    await shop.sell()
    ghost = next(one for one in shop.shop.state()["inventory"] if one["sku"] == GHOST)
    await shop.erp.act("create_item", {"sku": ghost["sku"], "name": "Lantern", "net_price": "24.00", "on_hand": 6})
    found = await audited(shop, home)
    assert [gap for gap in found.gaps if gap.orders] == []


async def test_an_audit_that_was_stopped_goes_on_and_reads_no_list_twice(shop: World, home: Path) -> None:
    await shop.sell((GHOST, 1))
    shop.shop.faults.set([{"kind": "status", "status": 500, "match": r"^GET /admin/api/orders"}])
    with pytest.raises(RemoteFault):
        await audited(shop, home)
    assert is_there(home)
    shop.shop.faults.reset()
    lists = shop.erp.calls["SOAP GetCompanyList"]
    found = await audited(shop, home)
    assert found.resumed == ("stock items", "accounts", "what the storefront sells")
    assert shop.erp.calls["SOAP GetCompanyList"] == lists
    assert found.gaps[0].subject == GHOST
    assert not is_there(home)


async def test_one_that_shall_begin_anew_does(shop: World, home: Path) -> None:
    shop.shop.faults.set([{"kind": "status", "status": 500, "match": r"^GET /admin/api/orders"}])
    with pytest.raises(RemoteFault):
        await audited(shop, home)
    shop.shop.faults.reset()
    assert (await audited(shop, home, stage={"fresh": True})).resumed == ()


async def test_two_audits_of_one_pairing_do_not_mix(shop: World, home: Path) -> None:
    async with kept(shop.project, known_systems(), NAME, home):
        with pytest.raises(Busy):
            await audited(shop, home)


async def test_more_orders_than_were_asked_for_is_said(shop: World, home: Path) -> None:
    for _ in range(3):
        await shop.sell()
    found = await audited(shop, home, limit=2)
    assert (found.orders, found.more) == (2, True)


async def test_the_report_is_a_page_and_a_table_that_nothing_can_get_out_of(shop: World, home: Path) -> None:
    await shop.shop.act("add_product", {"sku": '=HYPERLINK("x")<script>', "in_erp": False})
    await shop.sell((GHOST, 1))
    document = _public(await audited(shop, home), NAME, SINCE)
    page = page_of(document, ".html")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert f"pairings.{NAME}.maps.sku.{GHOST}: ERP-CODE" in page
    rows = list(csv.DictReader(io.StringIO(page_of(document, ".csv"))))
    assert len(rows) == len(document["gaps"])
    assert rows[0]["subject"] == GHOST
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_a_report_without_gaps_says_so() -> None:
    page = page_of(_public(Audit(), NAME, SINCE), ".html")
    assert "No gap was found." in page
