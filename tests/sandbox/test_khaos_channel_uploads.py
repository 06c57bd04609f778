"""Stock, levels, prices and order statuses as they are posted: pages, changes only, and sent until they are taken."""

from typing import Any

import pytest

from tests.sandbox.khaos_channel_web import Channel, channel, item, order
from tests.sandbox.khaos_wire import Order


async def test_after_linking_everything_goes_then_changes_only() -> None:
    async with channel(stock_page=8) as ch:
        answer = await ch.act("upload_stock")
        everything = len({one["stock_id"] for one in (await ch.kc.state())["stock"]}) + 2  # the family's head, the pack
        assert (answer["ok"], answer["entries"]) == (True, everything)
        assert [len(one["Items"]) for one in ch.web.of("StockUpload")] == [8, 8, 5]
        assert (await ch.act("upload_stock"))["posts"] == []
        await ch.act("rename_item", sku="HP-1001", new_code="HP-X")
        await ch.act("set_price", sku="HP-1002", net_price=7.5)
        first = next(one for one in ch.web.entries("StockUpload", "Items") if one["StockCode"] == "HP-1001")
        await ch.act("upload_stock")
        changed = {one["StockID"]: one for one in ch.web.of("StockUpload")[-1]["Items"]}
        assert changed[first["StockID"]]["StockCode"] == "HP-X"
        assert [one["SellPrice"] for one in changed.values()] == [first["SellPrice"], {"Net": 7.5}]


async def test_the_shape_of_a_stock_item() -> None:
    async with channel() as ch:
        await ch.act("upload_stock", skus=["hp-1001"])
        (post,) = ch.web.posts
        assert post.headers["Content-Type"] == "application/json; charset=utf-8"
        (body,) = post.body["Items"]
        assert body["TaxRate"] == {"ID": "1", "Code": "1", "Name": "VAT 20%"}
        assert body["Options"]["StockControlled"] is True
        assert body["Barcodes"][0]["Type"] == "EAN"
        assert isinstance(body["StockID"], str)
        assert b"null" not in post.raw


async def test_either_spelling_and_either_price_can_be_sent() -> None:
    async with channel(stock_name="StockDescription", stock_prices="number", order_status="OrderStatus",
                       line_web_ref="WebItemRef", status_sku="as_sent", package_courier="code") as ch:  # fmt: skip
        await ch.act("upload_stock", skus=["HP-1001"])
        (body,) = ch.web.entries("StockUpload", "Items")
        assert "ShortDescription" not in body
        assert isinstance(body["SellPrice"], float)
        await ch.take(order("W1", item("hp-1001")))
        await ch.act("despatch", ref="W1", courier="DPD")
        await ch.act("upload_order_status")
        (status,) = ch.web.entries("OrderStatusUpload")
        assert (status["OrderStatus"], "Status" in status) == ("Complete", False)
        (shipment,) = status["Shipments"]
        assert (shipment["Items"][0]["SKU"], shipment["Items"][0]["WebItemRef"]) == ("hp-1001", "W-hp-1001")
        assert shipment["Packages"][0]["Courier"] == "DPD"


async def test_an_item_off_the_channel_is_told_as_deleted() -> None:
    async with channel() as ch:
        await ch.act("upload_stock")
        gone = next(one for one in ch.web.entries("StockUpload", "Items") if one["StockCode"] == "HP-1001")
        await ch.act("unlink_item", sku="HP-1001")
        await ch.act("upload_stock")
        assert ch.web.of("StockUpload")[-1] == {"Items": [], "Deleted": [{"StockID": gone["StockID"]}]}
        assert "off the channel already" in await ch.kc.refused_act("unlink_item", sku="HP-1001")
        await ch.act("link_item", sku="HP-1001")
        await ch.act("upload_stock")
        assert ch.web.of("StockUpload")[-1]["Items"] == [gone]


async def test_levels_go_in_pages_of_one_site() -> None:
    async with channel(level_page=15) as ch:
        await ch.act("upload_stock_status")
        bodies = ch.web.of("StockStatusUpload")
        assert [len(one["Statuses"]) for one in bodies] == [15, 6, 15, 6]
        assert [{entry["SiteID"] for entry in one["Statuses"]} for one in bodies] == [{1}, {1}, {2}, {2}]
        await ch.take(order("W1", item("HP-1001", 3)))
        await ch.act("upload_stock_status")
        (entry,) = ch.web.of("StockStatusUpload")[-1]["Statuses"]
        level = await ch.kc.levels("HP-1001", SiteID=1)
        assert entry["Levels"] == {"Available": int(level["HP-1001"]), "OnOrder": 0}


async def test_what_is_not_stock_controlled_has_no_levels() -> None:
    async with channel() as ch:
        await ch.act("purchase", sku="HP-1003", quantity=7)
        await ch.act("upload_stock_status")
        entries = {(one["StockCode"], one["SiteID"]): one for one in ch.web.entries("StockStatusUpload")}
        pack, built, head = entries["KIT-DOOR", 1], entries["BLD-SHELF", 1], entries["OSLO", 1]
        assert ("Levels" in pack, pack["RelationshipPotential"]["FromChildren"]) == (False, await _doors(ch))
        assert built["Levels"]["Available"] == 15
        assert built["RelationshipPotential"]["FromChildren"] > 0
        assert set(head) == {"StockCode", "StockID", "SiteID"}
        assert entries["HP-1003", 1]["Levels"]["OnOrder"] == 7


async def _doors(ch: Channel) -> int:
    """How many door sets their parts would make: one HP-1000 and three HP-1001 each."""
    free = await ch.kc.levels("HP-1000", "HP-1001", SiteID=1)
    return min(int(free["HP-1000"]), int(free["HP-1001"]) // 3)


async def test_a_round_of_levels_without_a_change_may_post_none() -> None:
    async with channel() as ch:
        await ch.act("poll", call="StockStatusUpload", rounds=2)
        assert ch.web.of("StockStatusUpload")[-1] == {"Statuses": []}
        await ch.act("set_channel", empty_level_posts=False)
        assert (await ch.act("upload_stock_status"))["posts"] == []
        await ch.act("set_channel", level_mode="all")
        assert (await ch.act("upload_stock_status"))["entries"] == 42


async def test_price_lists_have_bands_in_no_order_that_share_their_ends() -> None:
    async with channel() as ch:
        await ch.act("set_price", sku="HP-1001", price_list="Trade", price="3.21", quantity=50)
        await ch.act("upload_price_lists")
        ((one,),) = [body["UploadPriceLists"] for body in ch.web.of("PriceListUpload")]
        assert (one["PriceListID"], one["PriceListName"], one["PriceListNet"]) == ("1", "Trade", True)
        rows = [row for row in one["StockPrices"] if row["StockCode"] == "HP-1001"]
        assert [(row["QtyStart"], row["QtyEnd"]) for row in rows] == [(50, 999999), (10, 50), (1, 10)]
        assert (rows[0]["PriceType"], rows[0]["PriceValue"]) == (1, 3.21)
        assert {row["PriceType"] for row in rows[1:]} == {2}
        assert (await ch.act("upload_price_lists"))["posts"] == []
        await ch.act("set_channel", overlapping_bands=False)
        await ch.act("upload_price_lists")
        rows = [row for row in ch.web.of("PriceListUpload")[-1]["UploadPriceLists"][0]["StockPrices"]
                if row["StockCode"] == "HP-1001"]  # fmt: skip
        assert [(row["QtyStart"], row["QtyEnd"]) for row in rows] == [(1, 9), (10, 49), (50, 999999)]


async def test_a_status_follows_the_invoices_of_an_order() -> None:
    async with channel() as ch:
        await ch.act("adjust", sku="HP-1002", on_hand=1)
        await ch.take(order("W1", item("HP-1001", 2), item("HP-1002", 3), Header={"CustomData": "basket 7"}))
        seen: list[tuple[str, list[str]]] = []

        async def look() -> dict[str, Any]:
            await ch.act("upload_order_status")
            entry = ch.web.entries("OrderStatusUpload")[-1]
            seen.append((entry["Status"], [one["Status"] for one in entry["Shipments"]]))
            return entry

        entry = await look()
        assert (entry["AssociatedRef"], entry["CustomData"]) == ("W1", "basket 7")
        assert len(entry["OrderID"]) == 15
        (line, part) = entry["Shipments"][0]["Items"]
        assert (line["SKU"], line["Quantity"], line["ImportRef"], line["WebsiteItemRef"]) == (
            "HP-1001", 2, "L-HP-1001", "W-HP-1001",
        )  # fmt: skip
        assert (part["SKU"], part["Quantity"]) == ("HP-1002", 1)
        ids = [one["ID"] for one in entry["Shipments"]]
        await ch.act("pick", ref="W1")
        await look()
        await ch.act("despatch", ref="W1", boxes=2, courier="DPD", consignment="C1")
        entry = await look()
        first = entry["Shipments"][0]
        assert ([one["ID"] for one in entry["Shipments"]], first["Code"][:3]) == (ids, "INV")
        assert first["Packages"][0]["ConsignmentRef"] == "C1"
        assert first["Packages"][0]["Courier"] == "DPD Local"
        assert len(first["Packages"][0]["ShipmentDate"]) == len("2018-01-18T12:20:48")
        await ch.act("goods_in", sku="HP-1002", quantity=10)
        await look()
        await ch.act("despatch", ref="W1")
        await look()
        assert seen == [
            ("Received", ["Staging", "AwaitingStock"]),
            ("Shipping", ["Picking", "AwaitingStock"]),
            ("PartialShip", ["Archived", "AwaitingStock"]),
            ("PartialShip", ["Archived", "Released"]),
            ("Complete", ["Archived", "Archived"]),
        ]
        assert (await ch.act("upload_order_status"))["posts"] == []


async def test_only_orders_of_this_channel_are_told_and_a_cancelled_one_ships_nothing() -> None:
    async with channel() as ch:
        await ch.kc.place(Order("SOAP-1"))
        await ch.take(order("W1"), order("W2"))
        await ch.act("cancel", ref="W1")
        await ch.act("upload_order_status")
        found = {one["AssociatedRef"]: one for one in ch.web.entries("OrderStatusUpload")}
        assert {ref: one["Status"] for ref, one in found.items()} == {"W1": "Cancelled", "W2": "Received"}
        assert found["W1"]["Shipments"] == []
        await ch.act("upload_order_status", everything=True, refs=["W2"])
        assert [one["AssociatedRef"] for one in ch.web.of("OrderStatusUpload")[-1]["Statuses"]] == ["W2"]


async def test_a_further_stage_shows_as_its_word_or_the_last_that_had_one() -> None:
    async with channel(stage_words={"35": "ManualHold"}) as ch:
        await ch.take(order("W1"), order("W2"))
        await ch.act("pick", ref="W1")
        await ch.act("stage", ref="W1", stage_id=34)
        await ch.act("stage", ref="W2", stage_id=35)
        await ch.act("upload_order_status")
        words = [one["Shipments"][0]["Status"] for one in ch.web.entries("OrderStatusUpload")]
        assert words == ["Picking", "ManualHold"]


@pytest.mark.parametrize(("components", "skus"), [(True, ["KIT-DOOR", "HP-1000", "HP-1001"]), (False, ["KIT-DOOR"])])
async def test_the_components_of_a_pack(components: bool, skus: list[str]) -> None:
    async with channel(status_components=components) as ch:
        await ch.take(order("W1", item("KIT-DOOR")))
        await ch.act("upload_order_status")
        (entry,) = ch.web.entries("OrderStatusUpload")
        assert [one["SKU"] for one in entry["Shipments"][0]["Items"]] == skus


async def test_xml_has_lists_of_elements_and_references_in_attributes() -> None:
    async with channel("XML", level_page=2) as ch:
        await ch.act("upload_stock", skus=["HP-1001"])
        await ch.act("upload_stock_status", skus=["HP-1001"])
        await ch.act("upload_price_lists")
        await ch.take(order("W1"))
        await ch.act("upload_order_status")
        assert ch.web.posts[0].headers["Content-Type"] == "application/xml; charset=utf-8"
        stock, level, _, prices, status = [one.body for one in ch.web.posts]
        assert (stock.tag, stock.find("Items/StockItem/TaxRate").get("Code")) == ("StockItems", "1")
        assert stock.findtext("Items/StockItem/Options/StockControlled") == "true"
        assert level.findtext("Statuses/StockStatus/SiteID") == "1"
        assert (level.tag, prices.tag, status.tag) == ("StockStatuses", "PriceLists", "OrderStatuses")
        assert prices.findtext("UploadPriceLists/PriceList/StockPrices/StockPrice/QtyEnd") == "999999"
        assert (
            status.findtext("Statuses/OrderStatus/Shipments/Shipment/Items/ShipmentItem/WebsiteItemRef") == "W-HP-1001"
        )


async def test_the_same_calls_give_the_same_posts() -> None:
    async def posts() -> list[bytes]:
        async with channel() as ch:
            await ch.take(order("W1", item("HP-1001", 2)), order("W2", item("KIT-DOOR")))
            await ch.act("pick", ref="W1")
            await ch.act("poll")
            return [one.raw for one in ch.web.posts]

    assert await posts() == await posts()
