"""Shelves beside the ERP's ledger: what nothing under way explains is a case, and booked anew once (law L9)."""

from collections.abc import AsyncIterator

import pytest

from crossdock.cases.kind import Remedy
from tests.retail.conftest import FEEDING, Opener
from tests.retail.shops import LEEDS, OTHER, PLENTY, YORK, Shops


@pytest.fixture
async def counted(opened: Opener) -> AsyncIterator[Shops]:
    """Every shelf booked, and both sides compared once."""
    async with opened(**FEEDING) as shops:
        await shops.well("items")
        await shops.book_all()
        await compare(shops)
        yield shops


async def compare(shops: Shops) -> dict[str, object]:
    """One comparison, whenever the last one was."""
    await shops.here.pool.execute("update watermark set at = at - interval '2 days' where feed like 'retail-drift%'")
    return dict(await shops.well("retail-drift"))


async def miscount(shops: Shops, by: int = 5, location: str = YORK, sku: str = PLENTY) -> None:
    """Somebody changes the ERP's ledger of a shop by hand."""
    site = {YORK: "York", LEEDS: "Leeds"}[location]
    await shops.erp.act("adjust", {"sku": sku, "on_hand": int(shops.in_ledger(location, sku)) + by, "site": site})


async def test_where_both_sides_agree_nothing_is_said(counted: Shops) -> None:
    result = await compare(counted)
    assert (set(result), await counted.cases()) == ({"same"}, [])


async def test_a_place_that_was_compared_lately_is_not_compared_again(counted: Shops) -> None:
    assert (await counted.well("retail-drift")) == {"skipped": "every place was compared lately"}


async def test_a_difference_that_nothing_explains_is_a_case_booked_anew_and_closes_itself(counted: Shops) -> None:
    await miscount(counted)
    assert (await compare(counted))["drift"] == 1
    case = await counted.the_case("stock-drift")
    assert (case.desk, case.subject) == ("operations", f"{PLENTY}/{YORK}")
    assert f"{counted.in_ledger()} (khaos) there" in case.cause
    await counted.book()
    assert counted.booked_as_told()
    await compare(counted)
    assert await counted.cases() == []


async def test_what_drifts_again_is_not_written_over_again_until_a_person_says_so(counted: Shops) -> None:
    await miscount(counted)
    await compare(counted)
    await counted.book()
    await miscount(counted)
    await compare(counted)
    await counted.book()
    assert not counted.booked_as_told()
    await counted.settle(await counted.the_case("stock-drift"), Remedy.RETRY)
    await counted.book()
    assert counted.booked_as_told()
    await compare(counted)
    assert await counted.cases() == []


async def test_a_difference_that_a_person_takes_as_it_is_stays_closed_and_another_one_is_told(counted: Shops) -> None:
    await miscount(counted)
    await compare(counted)
    await counted.book()
    await miscount(counted)
    await compare(counted)
    await counted.settle(await counted.the_case("stock-drift"), Remedy.ACCEPT, reason="the display piece")
    assert (await compare(counted))["accepted"] == 1
    assert await counted.cases() == []
    await miscount(counted, 2)
    assert (await compare(counted))["drift"] == 1


async def test_what_is_on_its_way_is_no_drift(counted: Shops) -> None:
    await counted.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 4})
    await counted.retail.act("sell", {"location": LEEDS, "sku": OTHER, "quantity": 1})
    result = await compare(counted)
    assert (result["under_way"], await counted.cases()) == (2, [])
    await counted.book()
    assert set(await compare(counted)) == {"same"}


async def test_goods_that_left_and_are_not_booked_yet_are_no_drift(counted: Shops) -> None:
    await counted.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    await counted.book()
    order = await counted.erp.act("sell", {"sku": PLENTY, "quantity": 2, "site": "York"})
    lines = [{"sku": PLENTY, "quantity": 2}]
    left = {"order_ref": order["code"], "location": YORK, "lines": lines}
    await counted.retail.act("dispatch_order", left)
    await counted.book()
    await compare(counted)
    assert await counted.cases("stock-drift") == []


@pytest.mark.parametrize(
    ("side", "call"), [("retail", "GET /v1/stock-levels"), ("erp", "ExportStockStatus"), ("erp", "GetStockList")]
)
async def test_half_a_list_says_nothing_of_any_shelf(counted: Shops, side: str, call: str) -> None:
    await miscount(counted)
    await counted.here.pool.execute("update watermark set at = at - interval '2 days' where feed like 'retail-drift%'")
    getattr(counted, side).faults.set([{"kind": "truncated_body", "match": call}])
    assert "problem" in await counted.run("retail-drift")
    assert await counted.cases("stock-drift") == []
    getattr(counted, side).faults.set([])
    assert (await compare(counted))["drift"] == 1


async def test_one_cause_at_one_place_is_one_case(counted: Shops) -> None:
    """A shop whose numbering began anew tells of many shelves; so does one whose ledger was imported over."""
    skus = [one["sku"] for one in counted.retail.state()["levels"] if one["location_code"] == YORK]
    booked = {one["sku"] for one in counted.erp.state()["stock"] if one["site"] == "York"}
    for sku in skus:
        if sku in booked:
            await miscount(counted, 3, sku=sku)
    found = await compare(counted)
    (cases, drifted) = await counted.cases("stock-drift"), found["drift"]
    assert sum(one.records for one in cases) == drifted
