"""Returns download: goods back, goods out instead, and a credit note; by the customer's account and its order."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.khaos_channel_web import Channel, channel, item, order

ADDRESS = {"Line1": "1 Foss Lane", "Town": "York", "Country": {"Code": "GB"}}


def back(sku: str, quantity: Any = 1, reason: str = "Unwanted", **fields: Any) -> dict[str, Any]:
    return {
        "SKU": sku, "Mapping": [{"Mapping": "StockCode"}], "Quantity": quantity, "ReturnReason": {"Name": reason},
        **fields,
    }  # fmt: skip


def returned(ref: str, *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "AssociatedRef": ref, "CreatedDate": "2025-03-09T10:00:00", "URN": "HPT1001", "InvoiceAddress": ADDRESS,
        "InvoiceContact": {"Surname": "Shaw"}, "ReturnedItems": list(items), "ProcessReturn": False, **fields,
    }  # fmt: skip


async def sold(ch: Channel) -> dict[str, Any]:
    """W1: four of HP-1001 at 10.00 and two of HP-1002, despatched."""
    await ch.take(order("W1", item("HP-1001", 4), item("HP-1002", 2)))
    await ch.act("despatch", ref="W1")
    await ch.act("upload_order_status")
    return await ch.kc.order("W1")


async def download(ch: Channel, *returns: dict[str, Any]) -> Any:
    ch.web.rows["CReturnDownload"] += returns
    return await ch.act("download_returns")


async def balance(ch: Channel) -> Decimal:
    companies = (await ch.kc.state())["companies"]
    return next(Decimal(one["balance"]) for one in companies if one["code"] == "HPT1001")


@pytest.mark.parametrize("form", ["JSON", "XML"])
async def test_a_return_is_processed_then_credited(form: str) -> None:
    async with channel(form) as ch:
        made = await sold(ch)
        owed, level = await balance(ch), (await ch.kc.levels("HP-1001"))["HP-1001"]
        source: dict[str, Any] = {"SourceReference": {"AssociatedRef": "W1"}}
        answer = await download(ch, returned("R1", back("HP-1001", 3, **source), Notes="box torn & wet"))
        assert answer["imported"] == {"OK": 1}
        (one,) = (await ch.state())["returns"]
        assert (one["stage"], one["credit_net"], one["credit_gross"]) == ("Returned", "30.00", "36.00")
        assert (one["lines"][0]["source_order"], one["notes"]) == (made["code"], "box torn & wet")
        assert (await ch.kc.levels("HP-1001"))["HP-1001"] == level
        await ch.act("process_return", ref="R1")
        assert (await ch.kc.levels("HP-1001"))["HP-1001"] == level + 3
        assert await balance(ch) == owed
        issued = await ch.act("issue_return", ref="R1")
        assert (issued["stage"], issued["credit_note"]) == ("Issued", "CN600001")
        assert await balance(ch) == owed - 36
        assert "Issued already" in await ch.kc.refused_act("process_return", ref="R1")
        assert "not Processed" in await ch.kc.refused_act("issue_return", ref="R1")
        assert "no return has" in await ch.kc.refused_act("issue_return", ref="R2")


async def test_a_reference_is_returned_once() -> None:
    async with channel() as ch:
        await sold(ch)
        await download(ch, returned("R1", back("HP-1001"), ProcessReturn=True))
        answer = await ch.act("download_returns", refs=["R1"])
        assert ch.web.gets[-1][1]["SpecificIDs"] == '"R1"'
        assert answer["imported"] == {"OK": 1}
        state = await ch.state()
        assert [(one["ref"], one["times"]) for one in state["imported_returns"]] == [("R1", 2)]
        assert [one["stage"] for one in state["returns"]] == ["Processed"]


async def test_a_faulty_one_is_written_off_and_stock_may_move_at_issue() -> None:
    async with channel(return_stock_moves="issued") as ch:
        level = (await ch.kc.levels("HP-1001"))["HP-1001"]
        await download(ch, returned("R1", back("HP-1001", 2, "Faulty"), back("HP-1001", 1), ProcessReturn=True))
        assert (await ch.kc.levels("HP-1001"))["HP-1001"] == level
        await ch.act("issue_return", ref="R1")
        assert (await ch.kc.levels("HP-1001"))["HP-1001"] == level + 1


async def test_goods_brought_back_free_a_back_order_and_settle_no_purchase() -> None:
    async with channel() as ch:
        await ch.act("adjust", sku="HP-1001", on_hand=0)
        await ch.act("purchase", sku="HP-1001", quantity=5)
        await ch.take(order("W2", item("HP-1001", 1)))
        await download(ch, returned("R1", back("HP-1001", 1), ProcessReturn=True))
        assert (await ch.kc.order("W2"))["lines"][0]["assigned"] == 1
        await ch.act("upload_stock_status", skus=["HP-1001"])
        assert ch.web.entries("StockStatusUpload")[0]["Levels"] == {"Available": 0, "OnOrder": 5}


async def test_an_exchange_is_an_order_of_its_own() -> None:
    async with channel() as ch:
        await sold(ch)
        swap = {"SKU": "HP-1002", "Mapping": "StockCode", "Quantity": 1, "UnitPrice": {"Net": 0}}
        await download(ch, returned("R1", back("HP-1001"), ExchangeItems=[swap]))
        code = (await ch.state())["returns"][0]["exchange_order"]
        made = await ch.kc.order(code)
        assert (made["associated_ref"], made["gross_total"], made["company_code"]) == ("", "0.00", "HPT1001")
        assert made["order_note"] == "Exchange for RT400001"


async def test_the_source_by_any_of_its_keys_and_either_spelling() -> None:
    async with channel() as ch:
        made = await sold(ch)
        status = ch.web.entries("OrderStatusUpload")[-1]
        line = status["Shipments"][0]["Items"][0]["OrderItemID"]
        blank = {"AssociatedRef": "", "SOrderID": ""}
        keys: list[dict[str, Any]] = [
            {"SourceReference": {"SOrderID": status["OrderID"]}},
            {"SourceReference": {"SOrderCode": made["code"]}},
            {"SourceReference": {"SOrderItemID": line}},
            {"SourceReturnReference": {"SourceOrder": {**blank, "SOrderCode": made["code"]}}},
            {},
        ]
        await download(ch, *(returned(f"R{place}", back("HP-1001", **one)) for place, one in enumerate(keys)))
        found = [one["lines"][0]["source_order"] for one in (await ch.state())["returns"]]
        assert found == [made["code"]] * 4 + [None]


async def test_one_return_may_come_as_an_object() -> None:
    async with channel() as ch:
        ch.web.rows["CReturnDownload"] = [returned("R1", back("HP-1001"))]
        whole = ch.web.write

        def single(root: str, values: dict[str, Any]) -> bytes:
            return whole(root, {**values, "Returns": values["Returns"][0]} if "Returns" in values else values)

        ch.web.write = single  # type: ignore[method-assign]
        assert (await ch.act("download_returns"))["imported"] == {"OK": 1}


REFUSED: list[tuple[dict[str, Any], str]] = [
    (returned("R1", back("HP-1001"), URN="NOBODY"), "Customer not found: NOBODY"),
    (returned("R1", back("HP-1001"), URN=""), "URN: "),
    (returned("R1"), "ReturnedItems: nothing comes back"),
    (returned("R1", back("NONE")), "Stock item not found: NONE"),
    (returned("R1", back("HP-1001", 0)), "Quantity: 0"),
    (returned("R1", back("HP-1001", reason="Bored")), "ReturnReason not found: Bored"),
    (returned("R1", back("HP-1001", SourceReference={"AssociatedRef": "W9"})), "Source order not found: W9"),
    (
        returned("R1", back("HP-1001", SourceReference={"AssociatedRef": "W1", "SOrderCode": "SO100001"})),
        "SourceReference: exactly one key is needed, there are 2",
    ),
    (
        returned("R1", back("HP-1001", SourceReference={"AssociatedRef": "W1"}), URN="HPT1002"),
        "SO100001 is no order of",
    ),
    (returned("R1", back("HP-1001"), CreatedDate="yesterday"), "CreatedDate: "),
    (returned("R1", back("HP-1001"), Notes=None), "Null value: Notes"),
]


@pytest.mark.parametrize(("one", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
async def test_a_return_that_cannot_be_taken(one: dict[str, Any], reason: str) -> None:
    async with channel() as ch:
        await sold(ch)
        assert (await download(ch, one))["imported"] == {"Failed": 1}
        (row,) = (await ch.state())["imported_returns"]
        assert row["reason"].startswith(reason)
        assert (await ch.state())["returns"] == []
