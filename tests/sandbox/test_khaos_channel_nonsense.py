"""Whatever stands in one place of a document, the rest of the download goes on and nothing half-done is left."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.khaos_channel_web import Channel, channel, item, order

ADDRESS = {"Line1": "1 Foss Lane", "Town": "York", "Postcode": "YO1 9AA", "Country": {"Code": "GB"}}
NONSENSE: list[Any] = [None, "", "x", "x" * 300, -1, 0, 1e30, 0.001, True, [], {}, [None], {"x": 1}, ["x"], "\u2028&<"]

WHOLE: dict[str, dict[str, Any]] = {
    "OrderDownload": order(
        "W",
        item("HP-1001", 2, PercentDiscount=5, StockDescription={"Source": "Explicit", "Parameter": "x"},
             AlternateMapping=[{"Mapping": "OtherRef", "MappingItem": ""}]),
        Header={"CalcMethod": 1, "GrossTotal": 22.8, "ValueDiscount": 0,
                "DeliveryDate": {"Date": "2025-03-02T10:00:00"},
                "Courier": {"Code": "DPD"}, "Brand": {"Name": "Harbour & Pine"}, "RemainderOnAccount": False},
        DeliveryAddress=ADDRESS,
        DeliveryContact={"Surname": "Shaw"},
    ) | {"Payments": [{"Amount": 1.0, "Card": {"CardType": "Visa", "IsPreauth": False, "AuthCode": "A"}}]},
    "CReturnDownload": {
        "AssociatedRef": "R", "CreatedDate": "2025-03-09T10:00:00", "URN": "HPT1001", "InvoiceAddress": ADDRESS,
        "InvoiceContact": {"Surname": "Shaw"}, "ProcessReturn": True, "Notes": "",
        "ReturnedItems": [{"SKU": "HP-1001", "Mapping": [{"Mapping": "StockCode"}], "Quantity": 1,
                           "ReturnReason": {"Name": "Unwanted"}, "UnitPrice": {"Net": 1.0},
                           "SourceReference": {"SOrderCode": "SO1"}}],
        "ExchangeItems": [{"SKU": "HP-1001", "Mapping": "StockCode", "Quantity": 1, "UnitPrice": {"Net": 1.0}}],
    },
}  # fmt: skip


def spoilt(value: Any) -> Iterator[Any]:
    """The document once for every place and every piece of nonsense that could stand there."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            for inner in (*NONSENSE, *spoilt(value[key])):
                other = copy.copy(value)
                other[key] = inner
                yield other


def numbered(call: str, whole: dict[str, Any], place: int) -> dict[str, Any]:
    """Each with a reference of its own, where nonsense does not stand in that very place."""
    holder = whole.get("Header") if call == "OrderDownload" else whole
    if isinstance(holder, dict) and holder.get("AssociatedRef") in ("W", "R"):
        named = {**holder, "AssociatedRef": f"{holder['AssociatedRef']}{place}"}
        return {**whole, "Header": named} if call == "OrderDownload" else named
    return whole


@pytest.mark.parametrize("call", WHOLE)
async def test_nonsense_in_one_place_harms_one_row(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [numbered(call, one, place) for place, one in enumerate(spoilt(WHOLE[call]))]
    async with channel() as ch:
        monkeypatch.setattr(ch.web, "rows", {call: [*rows, numbered(call, WHOLE[call], len(rows))]})
        ch.web.page = 100_000
        answer = await ch.act("poll", call=call)
        assert answer[0]["ok"] is True
        assert sum(answer[0]["imported"].values()) == len(rows) + 1
        assert set(answer[0]["imported"]) <= {"OK", "Failed", "Skipped"}
        await _sound(ch, answer[0]["imported"])


async def _sound(ch: Channel, imported: dict[str, int]) -> None:
    """Every order has an account, and what it reserves is what its lines have assigned."""
    state = await ch.kc.state()
    accounts = {one["code"] for one in state["companies"]}
    assert all(one["company_code"] in accounts for one in state["orders"])
    reserved = sum(line["assigned"] - line["issued"] for one in state["orders"] for line in one["lines"])
    assert reserved == sum(one["assigned"] for one in state["stock"])
    assert imported["Failed"] > imported.get("OK", 0)


async def test_nonsense_in_provided_stock_harms_one_row() -> None:
    whole = {"StockID": "P", "StockCode": "P-1", "ShortDescription": "x", "SellPrice": {"Net": 1.0},
             "TaxRate": {"Code": "1"}, "Options": {"Discontinued": False}, "Barcodes": [{"Barcode": "1"}]}  # fmt: skip
    relation = {"StockID": "P", "SCSChild": {"ParentStockID": "Q", "SCSValues": ["L"]}, "PackType": "Pack",
                "PackItems": [{"LinkedStockID": "P", "Quantity": 1}]}  # fmt: skip
    items, relations = list(spoilt(whole)), list(spoilt(relation))
    async with channel() as ch:
        ch.web.stock = {"StockItems": {"Items": items}, "Relationships": {"Relationships": relations}}
        answer = await ch.act("download_provided_stock")
        assert (answer["ok"], sum(answer["imported"].values())) == (True, len(items) + len(relations))
        assert (await ch.act("upload_stock"))["ok"] is True
        assert (await ch.act("upload_stock_status"))["ok"] is True


@pytest.mark.parametrize(
    ("form", "body", "reason"),
    [
        ("JSON", "<html><body>Bad Gateway</body></html>", "malformed JSON"),
        ("JSON", '{"ApiVersion": 1000, "Orders": [', "malformed JSON"),
        ("JSON", '{"ApiVersion": NaN}', "malformed JSON"),
        ("JSON", "[]", "has no properties"),
        ("JSON", '{"ApiVersion": 1000, "Orders": {"SalesOrder": []}}', "Orders is no list"),
        ("XML", "<html><body>Bad Gateway<body></html>", "Malformed XML"),
        ("XML", "<SalesOrderImport>1000</SalesOrderImport>", "has no properties"),
        ("XML", "<SalesOrderImport><Orders/></SalesOrderImport>", "ApiVersion is missing"),
    ],
)
async def test_an_answer_that_is_no_document(form: str, body: str, reason: str) -> None:
    async with channel(form) as ch:
        await ch.act("poll", call="CReturnDownload")
        ch.web.write = lambda *_: body.encode()  # type: ignore[method-assign]
        answer = await ch.act("download_orders")
        assert (answer["ok"], answer["status"], answer["outcome"].startswith("unreadable: ")) == (False, 200, True)
        assert reason in answer["outcome"]
        assert "OrderDownload" not in (await ch.state())["continuations"]
