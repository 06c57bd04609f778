"""ProvidedStock, and counts through the optional ImportStockStatus: what else writes stock from outside."""

from typing import Any

import pytest

from tests.sandbox.khaos_channel_web import Channel, channel
from tests.sandbox.khaos_wire import Fault, Khaos, Order, khaos, line


async def provide(ch: Channel, *items: dict[str, Any], relations: tuple[dict[str, Any], ...] = ()) -> Any:
    ch.web.stock = {"StockItems": {"Items": list(items)}, "Relationships": {"Relationships": list(relations)}}
    return (await ch.act("download_provided_stock"))["imported"]


async def document(ch: Channel, code: str) -> Any:
    return (await ch.kc.document("ExportStock", StockCode=code))[0]


NEW = {
    "StockID": "PIM-1", "StockCode": "NEW-1", "ShortDescription": "Boot room bench", "SellPrice": {"Net": 80.0},
    "TaxRate": {"Code": "1"}, "OtherRef": "B-1", "Barcodes": [{"Barcode": "5012345678900", "Type": "EAN"}],
    "Options": {"StockControlled": True, "RunToZero": False, "Discontinued": False},
}  # fmt: skip


async def test_items_are_made_and_brought_up_to_date() -> None:
    async with channel() as ch:
        assert await provide(ch, NEW) == {"OK": 1}
        made = await document(ch, "NEW-1")
        assert (made.findtext("STOCK_DESC"), made.findtext("SELL_PRICE")) == ("Boot room bench", "80")
        assert made.findtext("BARCODES/BARCODE") == "5012345678900"
        stock_id = made.findtext("STOCK_ID")
        changed = {**NEW, "StockCode": "NEW-2", "SellPrice": {"Gross": 120.0}, "Options": {"Discontinued": True}}
        assert await provide(ch, changed) == {"OK": 1}
        made = await document(ch, "NEW-2")
        assert (made.findtext("STOCK_ID"), made.findtext("SELL_PRICE")) == (stock_id, "100")
        assert (made.findtext("DISCONTINUED"), made.findtext("STOCK_CONTROLLED")) == ("-1", "-1")
        assert [one["code"] for one in (await ch.state())["imported_stock"]] == ["NEW-1", "NEW-2"]


async def test_an_item_of_ours_is_known_by_its_id_or_its_code() -> None:
    async with channel() as ch:
        await ch.act("upload_stock", skus=["HP-1001", "HP-1002"])
        first, second = ch.web.entries("StockUpload", "Items")
        await provide(
            ch,
            {"StockID": first["StockID"], "StockCode": "HP-1001-B", "StockDescription": "Renamed"},
            {"StockCode": "hp-1002", "SellPrice": 3.5},
        )
        await ch.act("upload_stock", skus=["HP-1001-B", "HP-1002"])
        one, other = ch.web.of("StockUpload")[-1]["Items"]
        assert (one["StockID"], one["ShortDescription"]) == (first["StockID"], "Renamed")
        assert (other["StockID"], other["SellPrice"]) == (second["StockID"], {"Net": 3.5})


async def test_what_fails_stands_in_its_row_and_the_rest_goes_on() -> None:
    async with channel() as ch:
        done = await provide(
            ch,
            {**NEW, "StockCode": "NEW#1"},
            {**NEW, "StockCode": "x" * 51},
            {**NEW, "TaxRate": {"Code": "9"}},
            {"StockCode": ""},
            {"StockCode": "NEW-3", "LongDescription": None},
            {"StockCode": "NEW-4"},
            relations=({"StockID": "nobody"}, {"StockID": "nobody", "PackType": "Heap"}),
        )
        assert done == {"Failed": 7, "OK": 1}
        rows = {one["ref"]: one["reason"] for one in (await ch.state())["imported_stock"]}
        assert "# is not supported" in rows["NEW#1"]
        assert rows["NEW-1"] == "TaxRate not found: 9"
        assert rows["NEW-3"] == "Null value: LongDescription"
        assert rows["relation of nobody"].startswith("PackType: ")


async def test_packs_builds_and_variants() -> None:
    async with channel() as ch:
        items = [{"StockID": f"P{n}", "StockCode": f"P-{n}", "SellPrice": {"Net": 5}} for n in range(6)]
        parts = [{"LinkedStockID": "P1", "Quantity": 2, "ValueProportion": 50}, {"LinkedStockID": "P2", "Quantity": 1}]
        done = await provide(
            ch,
            *items,
            relations=(
                {"StockID": "P0", "PackType": "Pack", "PackItems": parts},
                {"StockID": "P3", "PackType": "Build", "PackItems": parts},
                {"StockID": "P4", "SCSParent": {"Headings": ["Size"]}},
                {"StockID": "P5", "SCSChild": {"ParentStockID": "P4", "SCSValues": ["L"], "SCSDescription": "Large"}},
            ),
        )
        assert done == {"OK": 10}
        for sku, count in (("P-1", 9), ("P-2", 3)):
            await ch.act("goods_in", sku=sku, quantity=count)
        await ch.act("upload_stock_status", skus=["P-0", "P-3"])
        pack, built = ch.web.entries("StockStatusUpload")[:2]
        assert ("Levels" in pack, pack["RelationshipPotential"]["FromChildren"]) == (False, 3)
        assert built["RelationshipPotential"]["FromChildren"] == 3
        assert (await document(ch, "P-4")).findtext("SCS/STYLE/SCS_ITEM/STOCK_CODE") == "P-5"
        nest = {"StockID": "P3", "PackType": "Pack", "PackItems": [{"LinkedStockID": "P0", "Quantity": 1}]}
        itself = {"StockID": "P4", "SCSChild": {"ParentStockID": "P4"}}
        none = {"StockID": "P0", "PackType": "Pack", "PackItems": [{"LinkedStockID": "P1", "Quantity": 0}]}
        own = {"StockID": "P0", "PackType": "Build", "PackItems": [{"LinkedStockID": "P0", "Quantity": 1}]}
        assert await provide(ch, relations=(nest, itself, none, own)) == {"Failed": 4}
        assert await provide(ch, relations=({"StockID": "P0", "Linked": []},)) == {"OK": 1}
        assert len((await document(ch, "P-0")).findall("LINKED_ITEMS/LINK_ITEM")) == 2
        assert await provide(ch, relations=({"StockID": "P0", "PackType": "None", "PackItems": []},)) == {"OK": 1}
        assert (await document(ch, "P-0")).findall("LINKED_ITEMS/LINK_ITEM") == []


async def test_provided_stock_in_xml_and_with_nothing_in_it() -> None:
    async with channel("XML") as ch:
        ch.web.stock = {"StockItems": {"Items": [{**NEW, "Barcodes": ""}]}, "Relationships": ""}
        assert (await ch.act("download_provided_stock"))["imported"] == {"OK": 1}
        ch.web.stock = {"StockItems": ""}
        assert (await ch.act("download_provided_stock"))["imported"] == {}


async def test_lists_that_are_none_are_not_read() -> None:
    async with channel() as ch:
        ch.web.stock = {"StockItems": {"Items": "many"}}
        assert (await ch.act("download_provided_stock"))["outcome"] == "unreadable: StockItems.Items is no list"


COUNTS = (
    '<STOCK_STATUS SITE="Main Warehouse">'
    '<STOCK_ITEM CODE="hp-1001"><LEVEL>50</LEVEL></STOCK_ITEM>'
    '<STOCK_ITEM CODE="HP-1002"><SITE>trade counter</SITE><LEVEL>7.5</LEVEL></STOCK_ITEM>'
    '<STOCK_ITEM CODE="NONE"><LEVEL>1</LEVEL></STOCK_ITEM>'
    '<STOCK_ITEM CODE="KIT-DOOR"><LEVEL>1</LEVEL></STOCK_ITEM>'
    '<STOCK_ITEM CODE="HP-1003"><LEVEL>-1</LEVEL></STOCK_ITEM>'
    '<STOCK_ITEM CODE="HP-1003"><LEVEL>many</LEVEL></STOCK_ITEM>'
    '<STOCK_ITEM CODE="HP-1003"><SITE>Moon</SITE><LEVEL>1</LEVEL></STOCK_ITEM></STOCK_STATUS>'
)


async def row(kc: Khaos, sku: str, site: str) -> tuple[Any, Any]:
    stock = (await kc.state())["stock"]
    return next((one["on_hand"], one["available"]) for one in stock if (one["sku"], one["site"]) == (sku, site))


async def test_counts_are_absolute_and_each_stands_for_itself() -> None:
    async with khaos(optional_operations=["ImportStockStatus"]) as kc:
        await kc.place(Order("W1", [line("HP-1001", 4)]))
        result = await kc.call("ImportStockStatus", StockStatus=COUNTS)
        assert result["ImportedCount"] == "2"
        assert [(one["StockCode"], one["SkipReason"]) for one in result["Skipped"]] == [
            ("NONE", "Stock item not found: NONE"),
            ("KIT-DOOR", "Item not stock controlled: KIT-DOOR"),
            ("HP-1003", "Invalid stock status: LEVEL"),
            ("HP-1003", "Invalid stock status: LEVEL"),
            ("HP-1003", "Site not found: Moon"),
        ]
        assert await row(kc, "HP-1001", "Main Warehouse") == (50, 46)
        assert await row(kc, "HP-1002", "Trade Counter") == (7.5, 7.5)


async def test_a_count_may_mean_what_is_free() -> None:
    async with khaos(optional_operations=["ImportStockStatus"], imported_level="available") as kc:
        await kc.place(Order("W1", [line("HP-1001", 4)]))
        await kc.call("ImportStockStatus", StockStatus=COUNTS)
        assert await row(kc, "HP-1001", "Main Warehouse") == (54, 50)


@pytest.mark.parametrize(
    ("settings", "document", "reason"),
    [
        ({}, COUNTS, "not known"),
        ({"optional_operations": ["ImportStockStatus"]}, "<STOCK/>", "expected STOCK_STATUS"),
        ({"optional_operations": ["ImportStockStatus"]}, "<STOCK_STATUS>", "Malformed XML"),
    ],
)
async def test_counts_that_are_a_fault(settings: dict[str, Any], document: str, reason: str) -> None:
    async with khaos(**settings) as kc:
        with pytest.raises(Fault, match=reason):
            await kc.call("ImportStockStatus", StockStatus=document)
