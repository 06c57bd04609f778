"""Orders by their own code, the open ones, and despatches from elsewhere booked on them: once, by their numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.khaos_control.mapping_despatch_write import write_despatch
from crossdock.model.despatch import DespatchLine, DespatchNote, Fulfilment
from crossdock.model.erp_order import ErpOrder
from crossdock.model.faults import Accepted, ConfigFault, DataFault, ReadIncomplete, Refused, Unknown, Unsupported
from tests.connectors.khaos_control.support import PAID_ORDER
from tests.connectors.khaos_control.test_contract import Estate, estate

ON = {"book_despatch": "ImportDespatches", "list_open_orders": True}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SETUP = {"optional_operations": ("ImportDespatches",)}
NOTE = DespatchNote(
    key="D-1001", order_code="SO100001", courier="DPD", numbers=("1Z-1",), shipped_on=date(2026, 3, 2), final=True,
    lines=(DespatchLine(stock_code="HP-1001", quantity=Decimal(2)),),
)  # fmt: skip


async def sold(there: Estate, quantity: int = 2) -> str:
    order = await there.simulator.act("sell", {"sku": "HP-1001", "quantity": quantity})
    return str(order["code"])


def boxes(there: Estate, code: str) -> list[dict[str, Any]]:
    order = next(one for one in there.simulator.state()["orders"] if one["code"] == code)
    return [box for invoice in order["invoices"] for box in invoice["boxes"]]


async def test_an_order_by_telephone_is_found_by_its_own_code() -> None:
    async with estate() as there:
        code = await sold(there)
        found = await there.khaos.find_fulfilments([code, "SO999999", "SO,1"])
        assert (found[code].erp_code, found[code].ref) == (code, "")  # type: ignore[union-attr]
        assert "SO999999" not in found
        assert isinstance(found["SO,1"], DataFault)


async def test_open_orders_are_all_those_not_done_whoever_took_them() -> None:
    async with estate(SETUP, optional=ON) as there:
        done, called_off, waits = await sold(there), await sold(there), await sold(there)
        await there.khaos.create_order(PAID_ORDER)
        await there.simulator.act("despatch", {"ref": done})
        await there.simulator.act("cancel", {"ref": called_off})
        pages = [page async for page in there.khaos.read_open_orders(LONG_AGO)]
        found = {one.erp_code for page in pages for one in page if isinstance(one, Fulfilment)}
        assert waits in found
        assert len(found) == 2
        assert not found & {done, called_off}


async def test_an_open_order_that_cannot_be_read_stops_no_other() -> None:
    async with estate(SETUP, optional=ON) as there:
        strange, plain = await sold(there), await sold(there)
        await there.simulator.act("stage", {"ref": strange, "stage_id": 33})
        assert isinstance((await there.khaos.find_fulfilments([strange]))[strange], DataFault)
        found = [one async for page in there.khaos.read_open_orders(LONG_AGO) for one in page]
        assert [one.erp_code for one in found if isinstance(one, Fulfilment)] == [plain]
        assert ["stage 33" in str(one) for one in found if isinstance(one, DataFault)] == [True]


async def test_half_a_list_of_open_orders_is_none() -> None:
    async with estate(SETUP, optional=ON) as there:
        await sold(there)
        there.trouble("truncated_body", "ExportOrderStatusEx")
        with pytest.raises((ReadIncomplete, Exception)) as caught:
            _ = [page async for page in there.khaos.read_open_orders(LONG_AGO)]
        assert isinstance(caught.value, ReadIncomplete)


@pytest.mark.parametrize("name", ["book_despatch", "read_open_orders"])
async def test_what_is_switched_off_names_its_setting_and_calls_nobody(name: str) -> None:
    async with estate() as there:
        with pytest.raises(ConfigFault) as caught:
            if name == "book_despatch":
                await there.khaos.book_despatch(NOTE)
            else:
                _ = [page async for page in there.khaos.read_open_orders(LONG_AGO)]
        assert caught.value.setting.startswith("optional.")
        assert there.gate.calls == []


async def test_a_despatch_is_booked_with_its_parcels_and_closes_the_order() -> None:
    async with estate(SETUP, optional=ON) as there:
        code = await sold(there)
        note = replace(NOTE, order_code=code, numbers=("1Z-1", "1Z-2"))
        assert await there.khaos.book_despatch(note) == Accepted(code)
        assert [one["consignment"] for one in boxes(there, code)] == ["1Z-1", "1Z-2"]
        (found,) = (await there.khaos.find_fulfilments([code])).values()
        assert isinstance(found, Fulfilment)
        assert found.complete


async def test_a_despatch_is_booked_once_however_often_it_is_told() -> None:
    async with estate(SETUP, optional=ON) as there:
        code = await sold(there, 4)
        note = replace(NOTE, order_code=code, final=False)
        there.trouble("lost_reply", "ImportDespatches", count=1)
        assert isinstance(await there.khaos.book_despatch(note), Unknown)
        for _ in range(2):
            assert await there.khaos.book_despatch(note) == Accepted(code)
        rest = replace(note, key="D-1002", numbers=(), final=True)
        for _ in range(2):
            assert await there.khaos.book_despatch(rest) == Accepted(code)
        assert sorted(one["consignment"] for one in boxes(there, code)) == ["1Z-1", "D-1002"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"order_code": "SO999999"}, "has no order SO999999"),
        ({"courier": "PIGEON"}, "Courier not found: PIGEON"),
        ({"lines": (DespatchLine(stock_code="HP-1001", quantity=Decimal(9)),)}, "fewer assigned than asked for"),
    ],
)
async def test_what_the_order_cannot_take_is_refused_in_their_words(changes: dict[str, Any], why: str) -> None:
    async with estate(SETUP, optional=ON) as there:
        code = await sold(there)
        outcome = await there.khaos.book_despatch(replace(NOTE, **{"order_code": code, **changes}))
        assert isinstance(outcome, Refused)
        assert why in outcome.text
        assert boxes(there, code) == []


async def test_a_cancelled_order_takes_no_despatch() -> None:
    async with estate(SETUP, optional=ON) as there:
        code = await sold(there)
        await there.simulator.act("cancel", {"ref": code, "reason": "too dear"})
        outcome = await there.khaos.book_despatch(replace(NOTE, order_code=code))
        assert (isinstance(outcome, Refused), getattr(outcome, "code", "")) == (True, "cancelled")


async def test_an_answer_that_says_nothing_is_no_yes() -> None:
    async with estate(SETUP, optional=ON) as there:
        code = await sold(there)
        there.trouble("html_page", "ImportDespatches", count=1)
        assert isinstance(await there.khaos.book_despatch(replace(NOTE, order_code=code)), Unknown)


def test_what_xml_cannot_hold_is_refused_unsent() -> None:
    assert 'CONSIGNMENT_REF="1Z &amp; 1"' in write_despatch(replace(NOTE, numbers=("1Z & 1",)))
    with pytest.raises(Unsupported):
        write_despatch(replace(NOTE, numbers=("1Z\x07",)))


ALL = {"list_open_orders": True, "export_orders": True}


async def test_what_an_order_asks_for_whoever_took_it() -> None:
    async with estate({"optional_operations": ("ExportOrders",)}, optional=ALL) as there:
        order = await there.simulator.act("sell", {"sku": "HP-1001", "quantity": 3, "site": "Trade Counter"})
        found = await there.khaos.export_orders([order["code"], "SO999999", "a,b"])
        told = found[order["code"]]
        assert isinstance(told, ErpOrder)
        (line,) = told.lines
        assert (told.account_code, told.currency, line.stock_code, line.quantity, line.site) == (
            "HPT1001", "GBP", "HP-1001", 3, "Trade Counter",
        )  # fmt: skip
        assert line.price_is_net
        assert line.unit_price is not None
        assert "SO999999" not in found
        assert isinstance(found["a,b"], DataFault)


async def test_every_order_since_a_moment_wherever_it_stands() -> None:
    async with estate({"optional_operations": ("ExportOrders",)}, optional=ALL) as there:
        done, waits = await sold(there), await sold(there)
        await there.simulator.act("despatch", {"ref": done})
        found = [one for page in [p async for p in there.khaos.read_order_states(LONG_AGO)] for one in page]
        assert {one.erp_code: one.complete for one in found if isinstance(one, Fulfilment)} == {
            done: True,
            waits: False,
        }
        later = datetime(2200, 1, 1, tzinfo=UTC)
        assert [one for page in [p async for p in there.khaos.read_order_states(later)] for one in page] == []


async def test_orders_are_given_out_only_where_somebody_said_so() -> None:
    async with estate(optional={"list_open_orders": True}) as there:
        with pytest.raises(ConfigFault) as caught:
            await there.khaos.export_orders(["SO1"])
        assert caught.value.setting == "optional.export_orders"


async def test_stock_of_one_site_is_that_sites_alone() -> None:
    async with estate() as there:
        pages = [page async for page in there.khaos.read_site_stock("trade counter", None)]
        figures = [one for page in pages for one in page]
        assert {one.site for one in figures} == {"Trade Counter"}  # type: ignore[union-attr]
        with pytest.raises(ConfigFault):
            _ = [page async for page in there.khaos.read_site_stock("Nowhere", None)]


async def test_a_sub_item_says_what_sets_it_apart() -> None:
    async with estate() as there:
        (item,) = await there.khaos.find_items(["OSLO-L-WHT"])
        assert item.options == (("Size", "L"), ("Colour", "WHT"))
