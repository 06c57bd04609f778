"""A month of SCAYLE and Khaos Control with returns: every refund is held against its credit note in the ledger."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stamina

from crossdock.model.reconciliation import Difference, PaperKind, Run
from tests.pairings.counter import CHANNEL, Shop, open_shop
from tests.reconciliation.conftest import causes, look

AGO = timedelta(days=-10)
WAYS = {"reconciliation": {"settle_seconds": 0, "grace_days": 2}}


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def ways() -> dict[str, Any]:
    return {}


@pytest.fixture
async def shop(database: str, tmp_path: Path, ways: dict[str, Any]) -> AsyncIterator[Shop]:
    (tmp_path / "ledger").mkdir()
    theirs = {
        "settle_seconds": 1, "channel": {**CHANNEL, "process_returns": True},
        "ledger": {"folder": str(tmp_path / "ledger")},
    }  # fmt: skip
    knobs = {"ledger_folder": str(tmp_path / "ledger")}
    async with open_shop(database, tmp_path, theirs=theirs, ways={**WAYS, **ways}, knobs=knobs) as opened:
        opened.market.shop.skew = opened.market.erp.skew = AGO
        yield opened


async def month(shop: Shop) -> list[dict[str, Any]]:
    """Four orders of ten days ago: nothing came back of one, a part of two, everything of the last."""
    orders = [await shop.sell(("HP-1001", 2 + n), ("HP-1005", 1)) for n in range(4)]
    for order, pieces in zip(orders[1:], ((("HP-1001", 1),), (("HP-1001", 2), ("HP-1005", 1)), ()), strict=True):
        for sku, count in pieces:
            await shop.comes_back(order, sku, count)
    units = [unit.id for unit in shop.sold(orders[3]).units]
    await shop.comes_back(orders[3], items=units)
    for _ in range(4):  # two of one order take turns
        await shop.settled()
    for note in shop.credited():
        await shop.market.erp.act("issue_return", {"ref": note["associated_ref"]})
    return orders


async def reconciled(shop: Shop) -> tuple[Run, list[Difference]]:
    shop.market.erp.skew = timedelta()  # it is exported today
    await shop.market.erp.act("export_ledger", {"days": 200})
    return await look(shop.market)


async def test_every_refund_of_a_month_is_held_against_its_credit_note(shop: Shop) -> None:
    await month(shop)
    run, found = await reconciled(shop)
    assert causes(found) == set()
    assert {one.cause for one in found} == {"came-back"}  # the shop's orders are shorter by it
    columns = {one.kind: one.amounts.gross for one in await shop.market.pairing.reconciliations.columns(run.id)}
    credited = sum(Decimal(one["credit_gross"]) for one in shop.credited())
    assert columns[PaperKind.REFUND] == columns[PaperKind.CREDIT_NOTE] == credited
    assert len(shop.credited()) == 4


async def test_a_credit_note_that_is_missing_is_found_and_nothing_else(shop: Shop) -> None:
    await month(shop)
    missing = shop.credited()[1]
    await shop.market.erp.act("drop_document", {"document": missing["credit_note"]})
    _, found = await reconciled(shop)
    assert causes(found) == {("missing-credit-note", f"missing-credit-note {missing['associated_ref']}")}
    (one,) = [one for one in found if one.case_kind]
    assert one.value == Decimal(missing["credit_gross"])


async def test_a_refund_that_stands_in_a_case_is_not_told_a_second_time(shop: Shop) -> None:
    order = await shop.sell(leaves=False)
    await shop.market.erp.act("despatch", {"ref": order["public_key"], "lines": [{"sku": "HP-1001", "quantity": 2}]})
    await shop.market.run("despatches")
    await shop.market.work()
    await shop.ships(order)
    await shop.comes_back(order, quantity=3)
    await shop.settled()
    _, found = await reconciled(shop)
    assert [(one.cause, one.case_kind) for one in found if one.cause == "missing-credit-note"] == [
        ("missing-credit-note", "refund-unmatched")
    ]
    assert not [cause for cause in await shop.market.causes() if cause.startswith("reconciliation")]


@pytest.mark.parametrize(
    "ways", [{"refunds": {"carriage": "when-all-returned", "carriage_code": "HP-1009"}}], ids=["carriage"]
)
async def test_carriage_that_is_given_back_by_the_settings_is_no_difference(shop: Shop) -> None:
    orders = await month(shop)
    _, found = await reconciled(shop)
    assert causes(found) == set()
    (note,) = [one for one in shop.credited() if len(one["lines"]) == 3]
    assert Decimal(note["credit_gross"]) == Decimal(shop.there(orders[3])["gross_total"])
