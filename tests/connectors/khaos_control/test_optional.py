"""AmendOrder, CancelOrder and ImportStockStatus against the simulator: off until switched on, and the floor decides."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crossdock.model.after_sale import Cancellation, CancelledLine
from crossdock.model.faults import Accepted, ConfigFault, Outcome, Refused, Unknown, Unsupported
from crossdock.model.stock import Basis, StockFigure
from tests.connectors.khaos_control.support import PAID_ORDER
from tests.connectors.khaos_control.test_contract import Estate, estate

ALL = {"amend_order": True, "cancel_order": True, "import_stock_status": True}
SETUP = {"optional_operations": ("AmendOrder", "CancelOrder", "ImportStockStatus")}
WISH = Cancellation(key="c1", order_ref=PAID_ORDER.ref, reason="changed her mind")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def counted(sku: str, quantity: str, *, site: str = "Main Warehouse", basis: Basis = Basis.ON_HAND) -> StockFigure:
    return StockFigure(stock_code=sku, site=site, basis=basis, quantity=Decimal(quantity), as_of=NOW)


async def held(there: Estate, sku: str, site: str = "Main Warehouse") -> Decimal:
    rows = there.simulator.state()["stock"]
    return next(Decimal(str(one["on_hand"])) for one in rows if (one["sku"], one["site"]) == (sku, site))


@pytest.mark.parametrize("name", ["amend_order", "cancel_order", "write_counts"])
async def test_what_is_switched_off_names_its_setting_and_calls_nobody(name: str) -> None:
    async with estate() as there:
        given = {"amend_order": PAID_ORDER, "cancel_order": WISH, "write_counts": [counted("HP-1001", "5")]}[name]
        with pytest.raises(ConfigFault) as caught:
            await getattr(there.khaos, name)(given)
        assert caught.value.setting.startswith("optional.")
        assert there.gate.calls == []


async def test_a_cancelled_order_is_cancelled_once() -> None:
    async with estate(SETUP, optional=ALL) as there:
        assert isinstance(await there.khaos.create_order(PAID_ORDER), Accepted)
        for _ in range(2):
            assert isinstance(await there.khaos.cancel_order(WISH), Accepted)
        found = await there.khaos.find_order(PAID_ORDER.ref)
        assert found is not None
        assert found.cancelled


async def test_a_lost_reply_is_unknown_and_then_found() -> None:
    async with estate(SETUP, optional=ALL) as there:
        await there.khaos.create_order(PAID_ORDER)
        there.trouble("lost_reply", "CancelOrder", count=1)
        assert isinstance(await there.khaos.cancel_order(WISH), Unknown)
        assert isinstance(await there.khaos.cancel_order(WISH), Accepted)


@pytest.mark.parametrize("name", ["amend", "cancel"])
async def test_once_picking_began_the_floor_decides(name: str) -> None:
    async with estate(SETUP, optional=ALL) as there:
        await there.khaos.create_order(PAID_ORDER)
        await there.act("pick", ref=PAID_ORDER.ref)
        outcome: Outcome
        if name == "amend":
            outcome = await there.khaos.amend_order(replace(PAID_ORDER, notes="Other door"))
        else:
            outcome = await there.khaos.cancel_order(WISH)
        assert isinstance(outcome, Refused)
        assert outcome.code == "picking-began"
        found = await there.khaos.find_order(PAID_ORDER.ref)
        assert found is not None
        assert not found.cancelled


async def test_an_order_nobody_has_cannot_be_cancelled() -> None:
    async with estate(SETUP, optional=ALL) as there:
        outcome = await there.khaos.cancel_order(WISH)
        assert isinstance(outcome, Refused)
        assert outcome.code == "unknown-order"


async def test_part_of_an_order_is_not_cancelled_as_a_whole() -> None:
    async with estate(SETUP, optional=ALL) as there:
        await there.khaos.create_order(PAID_ORDER)
        part = replace(WISH, lines=(CancelledLine(sku="HP-1000", quantity=Decimal(1)),))
        with pytest.raises(Unsupported):
            await there.khaos.cancel_order(part)


async def test_an_amended_order_says_what_it_was_amended_to() -> None:
    async with estate(SETUP, optional=ALL) as there:
        await there.khaos.create_order(PAID_ORDER)
        line = PAID_ORDER.lines[0]
        shorter = replace(PAID_ORDER, lines=(line,), total=line.net + line.tax + Decimal("9.48"))
        assert isinstance(await there.khaos.amend_order(shorter), Accepted)
        (order,) = there.simulator.state()["orders"]
        assert [one["sku"] for one in order["lines"]] == ["HP-1000"]


async def test_counts_are_booked_by_site_and_a_bad_one_spoils_none() -> None:
    async with estate(SETUP, optional=ALL) as there:
        figures = [
            counted("HP-1001", "41"), counted("GHOST-01", "3"), counted("HP-1001", "7", site="Trade Counter"),
        ]  # fmt: skip
        outcomes = await there.khaos.write_counts(figures)
        assert [type(one) for one in outcomes] == [Accepted, Refused, Accepted]
        assert await held(there, "HP-1001") == 41
        assert await held(there, "HP-1001", "Trade Counter") == 7


@pytest.mark.parametrize("basis", [Basis.AVAILABLE, Basis.FREE, Basis.BUILDABLE])
async def test_only_what_was_counted_may_be_booked(basis: Basis) -> None:
    async with estate(SETUP, optional=ALL) as there:
        before = await held(there, "HP-1001")
        with pytest.raises(Unsupported, match="only what was counted"):
            await there.khaos.write_counts([counted("HP-1002", "5"), counted("HP-1001", "5", basis=basis)])
        assert (await held(there, "HP-1001"), there.gate.calls) == (before, [])
