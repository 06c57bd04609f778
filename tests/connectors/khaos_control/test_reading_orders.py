"""Where orders stand: batches, bad neighbours, and lists that come back short."""

import pytest

from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault, ReadIncomplete
from tests.connectors.khaos_control.support import Params, document, fault, serving


def status(ref: str, stage: str = "10") -> str:
    return (
        f'<ORDER_STATUS SORDER_CODE="SO-{ref}" ASSOCIATED_REF="{ref}"><ITEMS_TOTAL>10</ITEMS_TOTAL>'
        f'<COMPLETE>0</COMPLETE><INVOICES><INVOICE INVOICE_STAGE_ID="{stage}"/></INVOICES></ORDER_STATUS>'
    )


def answering(*known: str, bad: str = "", leave_out: int = 0, poison: str = ""):  # type: ignore[no-untyped-def]
    """A service that knows these orders. leave_out: rows cut from the end of every list longer than that."""

    def reply(params: Params) -> object:
        asked = params["IDs"].split(",")
        if poison and poison in asked:
            return document(f"<STATUS_LIST>{chr(0x20)}<ORDER_STATUS ASSOCIATED_REF='\x20&#1;'/></STATUS_LIST>")
        found = [status(ref, "4711" if ref == bad else "10") for ref in asked if ref in known]
        found = found[: len(found) - leave_out] if len(found) > leave_out else found
        return document(f"<STATUS_LIST>{''.join(found)}</STATUS_LIST>")

    return {"ExportOrderStatusEx": reply}


async def test_an_order_is_found_by_our_reference() -> None:
    async with serving(answering("A1")) as (khaos, service):
        found = await khaos.find_order("A1")
        assert found is not None
        assert found.erp_code == "SO-A1"
        assert await khaos.find_order("A2") is None
        asked = service.calls[0][1]
    assert (asked["IDs"], asked["MappingType"]) == ("A1", "4")
    assert (asked["IncludeCancelled"], asked["WebOnly"], asked["DateFrom"]) == ("true", "false", "1899-12-31T00:00:00")


async def test_old_servers_are_not_asked_with_flags_they_do_not_know() -> None:
    async with serving(answering("A1"), order_status_flags=False) as (khaos, service):
        await khaos.find_order("A1")
        assert service.calls[0][1] == {"IDs": "A1", "MappingType": "4"}


async def test_an_order_that_is_there_and_cannot_be_understood_is_not_absent() -> None:
    async with serving(answering("A1", bad="A1")) as (khaos, _):
        with pytest.raises(DataFault, match="stage 4711"):
            await khaos.find_order("A1")


async def test_good_orders_come_with_their_bad_neighbours() -> None:
    async with serving(answering("A1", "A2", "A3", bad="A2")) as (khaos, _):
        found = await khaos.read_fulfilments(["A1", "A2", "A3", "A4", "A,5", "R" * 60])
    assert set(found) == {"A1", "A2", "A3", "A,5", "R" * 60}
    assert {ref for ref, one in found.items() if isinstance(one, Fulfilment)} == {"A1", "A3"}


async def test_batches_are_as_large_as_the_setting_says() -> None:
    refs = [f"A{number}" for number in range(7)]
    async with serving(answering(*refs), batches={"order_status": 3}) as (khaos, service):
        assert set(await khaos.read_fulfilments(refs)) == set(refs)
        assert [len(call["IDs"].split(",")) for call in service.asked("ExportOrderStatusEx")] == [3, 3, 1]


async def test_a_short_list_is_asked_for_again_by_name() -> None:
    refs = ["A1", "A2", "A3", "A4"]
    async with serving(answering(*refs, leave_out=1)) as (khaos, _):
        assert set(await khaos.read_fulfilments(refs)) == set(refs)


async def test_the_one_record_that_spoils_a_batch_is_singled_out() -> None:
    refs = [f"A{number}" for number in range(8)]
    async with serving(answering(*refs, poison="A5")) as (khaos, _):
        found = await khaos.read_fulfilments(refs)
    assert [ref for ref, one in found.items() if isinstance(one, DataFault)] == ["A5"]
    assert set(found) == set(refs)


async def test_a_batch_of_nothing_but_bad_records_is_a_server_that_is_unwell() -> None:
    async with serving({"ExportOrderStatusEx": fault("x", code="Client")}) as (khaos, _):
        with pytest.raises(ReadIncomplete, match="cannot be read"):
            await khaos.read_fulfilments([f"A{number}" for number in range(20)])
