"""What each address answers: 200 only for what is stored, 400 for what is wrong, 500 for what shall come again."""

import json
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from crossdock.connectors.khaos_control.channel.config import CALLS
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.despatch import OrderProgress, Stage
from crossdock.model.item_document import Birth, Family, ItemDocument
from crossdock.model.stock import Basis, StockFigure
from tests.connectors.khaos_control.channel.desk import NOON, Caller
from tests.connectors.khaos_control.support import JOINERS, PAID_ORDER

ORDER = replace(
    PAID_ORDER, lines=(PAID_ORDER.lines[0], replace(PAID_ORDER.lines[1], quantity=Decimal(2), net=Decimal(8)))
)
STATUS = {
    "OrderCode": "SO02075", "OrderID": "2075", "Status": "PartialShip", "AssociatedRef": "SO-100042", "ChannelID": "21",
    "Shipments": [
        {"ID": "BFD1", "Code": "INV106", "Status": "Archived", "Items": [{"SKU": "HP-1000", "Quantity": 2.0}],
         "Packages": [{"ConsignmentRef": "1550", "Courier": {"Code": "DPD", "Name": "DPD Local"},
                       "ShipmentDate": "2026-03-02T10:00:00"}]},
        {"ID": "BFD2", "Code": "", "Status": "Picking", "Items": [{"SKU": "HP-1000", "Quantity": 1.0}], "Packages": []},
    ],
}  # fmt: skip


async def test_the_configuration_names_every_address_with_its_form() -> None:
    reply = await Caller().get("config.json")
    config = json.loads(reply.body)["EndpointConfig"]
    assert reply.status == 200
    assert config["OrderDownload"] == {
        "URL": "https://hub.example/channels/khaos/oro-khaos/orders", "Format": "JSON", "Frequency": 15,
    }  # fmt: skip
    assert set(config) == {
        "OrderDownload", "OrderStatusUpload", "StockUpload", "StockStatusUpload", "CReturnDownload", "ProvidedStock",
        "PriceListUpload",
    }  # fmt: skip
    root = ET.fromstring((await Caller(format="XML").get("config.xml")).body)
    assert (root.tag, root.findtext("StockStatusUpload/Format")) == ("EndpointConfig", "XML")


async def test_behind_a_proxy_the_addresses_are_the_ones_khaos_can_reach() -> None:
    reply = await Caller(public_url="https://shop.example/kcc", calls=["orders"]).get("config")
    assert json.loads(reply.body)["EndpointConfig"] == {
        "OrderDownload": {"URL": "https://shop.example/kcc/orders", "Format": "JSON", "Frequency": 15}
    }


@pytest.mark.parametrize("tail", ["config.json", *CALLS])
async def test_a_wrong_password_learns_nothing_and_leaves_nothing(tail: str) -> None:
    caller = Caller()
    caller.desk.put_out("sales-order", ORDER.ref, ORDER)
    method = "GET" if tail in ("config.json", "orders", "returns", "provided-stock") else "POST"
    reply = await caller.call(method, tail, b'{"Statuses": []}', password="guess")
    assert (reply.status, ORDER.ref.encode() in reply.body) == (400, False)
    assert caller.desk.uploads == []
    challenged = await Caller(denied_status=401).call(method, tail, password="guess")
    assert (challenged.status, "Basic" in challenged.headers["WWW-Authenticate"]) == (401, True)


async def test_orders_go_out_page_by_page_and_the_continuation_says_where() -> None:
    caller = Caller(page=2)
    for at in range(5):
        caller.desk.put_out("sales-order", f"SO-{at}", replace(ORDER, ref=f"SO-{at}"))
    seen, word = [], "2019-12-31 12:00:00Z"
    for _ in range(4):
        reply = await caller.get("orders", Sirion_Continuation=word)
        found = json.loads(reply.body)
        assert (reply.status, found["ApiVersion"]) == (200, 1000)
        seen.append([one["Header"]["AssociatedRef"] for one in found["Orders"]])
        word = reply.headers["Sirion-Continuation"]
    assert seen == [["SO-0", "SO-1"], ["SO-2", "SO-3"], ["SO-4"], []]


async def test_a_lost_reply_is_asked_for_again_and_answered_the_same() -> None:
    caller = Caller(page=2)
    for at in range(3):
        caller.desk.put_out("sales-order", f"SO-{at}", replace(ORDER, ref=f"SO-{at}"))
    first = await caller.get("orders")
    assert (await caller.get("orders")).body == first.body


async def test_a_first_contact_asks_from_a_moment() -> None:
    caller = Caller()
    for at in range(3):
        caller.desk.put_out("sales-order", f"SO-{at}", replace(ORDER, ref=f"SO-{at}"))
    reply = await caller.get("orders", Sirion_Continuation="2026-03-02 12:02:00Z")
    assert [one["Header"]["AssociatedRef"] for one in json.loads(reply.body)["Orders"]] == ["SO-1", "SO-2"]


@pytest.mark.parametrize("word", ["yesterday", "-1", "2026-13-01 00:00:00Z", "9" * 30])
async def test_a_continuation_nobody_gave_is_refused(word: str) -> None:
    reply = await Caller().get("orders", Sirion_Continuation=word)
    assert reply.status == 400
    assert b"Sirion-Continuation" in reply.body


@pytest.mark.parametrize("header", ['"SO-2,SO-0"', '"SO-0","SO-2"', "SO-0, SO-2", '"SO-0,SO-2,SO-9"'])
async def test_orders_asked_for_by_name(header: str) -> None:
    caller = Caller()
    for at in range(3):
        caller.desk.put_out("sales-order", f"SO-{at}", replace(ORDER, ref=f"SO-{at}"))
    reply = await caller.get("orders", SpecificIDs=header, Sirion_Continuation="1")
    assert [one["Header"]["AssociatedRef"] for one in json.loads(reply.body)["Orders"]] == ["SO-0", "SO-2"]
    assert reply.headers["Sirion-Continuation"] == "1"


async def test_an_order_that_cannot_be_said_is_left_out_and_remembered() -> None:
    caller = Caller()
    caller.desk.put_out("sales-order", "SO-0", replace(PAID_ORDER, ref="SO-0"))  # it has half a unit
    caller.desk.put_out("sales-order", "SO-1", replace(ORDER, ref="SO-1"))
    reply = await caller.get("orders")
    assert [one["Header"]["AssociatedRef"] for one in json.loads(reply.body)["Orders"]] == ["SO-1"]
    assert reply.headers["Sirion-Continuation"] == "2"
    (unsayable,) = caller.desk.held["unsayable"].values()
    assert (unsayable["ref"], unsayable["place"]) == ("SO-0", "Items[1].Quantity")


async def test_returns_and_stock_items_go_out_too() -> None:
    caller = Caller(
        provided={"stock_type1": "Name=Goods", "stock_type2": "Name=Ironmongery", "tax_rates": {20: "ID=1"}}
    )
    back = ReturnLine(sku="HP-1000", quantity=Decimal(1), reason="damaged", unit_price=Decimal("14.81"))
    whole = SalesReturn(ref="R-1", order_ref="SO-100042", lines=(back,), account_code="HPT1001", address=JOINERS)
    caller.desk.put_out("return", "R-1", whole)
    caller.desk.put_out("return", "R-2", replace(whole, ref="R-2", account_code=""))
    (found,) = json.loads((await caller.get("returns")).body)["Returns"]
    assert (found["AssociatedRef"], found["URN"], found["CreatedDate"]) == ("R-1", "HPT1001", "2026-03-02T12:01:00")
    assert found["ReturnedItems"][0]["SourceReference"] == {"AssociatedRef": "SO-100042"}
    assert found["ReturnedItems"][0]["ReturnReason"] == {"ID": "6"}
    assert caller.desk.held["unsayable"]["returns/R-2"]["place"] == "URN"

    family = Family(code="OSLO", item_id="76", values=("S", "Black"))
    caller.desk.put_out("stock-item", "a", ItemDocument(ref="a", code="OSLO-S", item_id="77", family=family))
    born = Birth(tax_percent=Decimal(20), stock_controlled=False)
    caller.desk.put_out("stock-item", "b", ItemDocument(ref="b", code="RIGA", headings=("Size",), birth=born))
    caller.desk.put_out("stock-item", "c", ItemDocument(ref="c", code="OLD", item_id="78", retired=True))
    changes = json.loads((await caller.get("provided-stock")).body)
    child, template, old = changes["StockItems"]["Items"]
    assert child == {"StockID": "77", "StockCode": "OSLO-S"}
    assert (template["StockID"], template["TaxRate"], template["StockType1"]) == ("b", {"ID": "1"}, {"Name": "Goods"})
    assert template["Options"]["StockControlled"] is False
    assert old == {"StockID": "78", "StockCode": "OLD", "Options": {"Discontinued": True}}
    scs = {"ParentStockID": "76", "SCSValues": ["S", "Black"], "SCSDescription": "S Black"}
    assert changes["Relationships"]["Relationships"] == [
        {"StockID": "77", "SCSChild": scs},
        {"StockID": "b", "SCSParent": {"Headings": ["Size"]}},
    ]


async def test_an_order_status_is_kept_by_its_order() -> None:
    caller = Caller()
    body = json.dumps({"Statuses": [STATUS]}).encode()
    assert [(await caller.post("order-status", body)).status for _ in range(3)] == [200, 200, 200]
    (kept,) = caller.desk.held["order-status"].values()
    assert isinstance(kept, OrderProgress)
    assert (kept.ref, kept.started, kept.complete, kept.cancelled) == ("SO-100042", True, False, False)
    assert [(one.code, one.stage) for one in kept.invoices] == [("INV106", Stage.ISSUED), ("BFD2", Stage.PICKING)]
    assert (kept.invoices[0].consignment_ref, kept.invoices[0].courier, kept.invoices[0].shipped) == (
        "1550",
        "DPD",
        True,
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"Status": "Teleported"}, "Statuses[1].Status"),
        ({"AssociatedRef": ""}, "Statuses[1].AssociatedRef"),
        ({"OrderID": None}, "Statuses[1].OrderID"),
        ({"Shipments": [{**STATUS["Shipments"][0], "Status": "Lost"}]}, "Statuses[1].Shipments[0].Status"),
        ({"Shipments": [{"Status": "Picking"}]}, "Statuses[1].Shipments[0].Code"),
        ({"Shipments": ["none"]}, "Statuses[1].Shipments[0]"),
    ],
)
async def test_one_bad_status_is_named_and_its_neighbours_are_kept(change: dict[str, object], place: str) -> None:
    caller = Caller()
    rows = [
        STATUS,
        {**STATUS, **change, **({} if "OrderID" in change else {"OrderID": "2"})},
        {**STATUS, "OrderID": "3"},
    ]
    reply = await caller.post("order-status", json.dumps({"Statuses": rows}).encode())
    assert (reply.status, place.encode() in reply.body) == (400, True), reply.body
    assert set(caller.desk.held["order-status"]) == {"2075", "3"}


async def test_a_word_that_was_mapped_is_understood() -> None:
    caller = Caller(shipment_stages={"Engraving": "picking"})
    row = {**STATUS, "Shipments": [{**STATUS["Shipments"][0], "Status": "engraving"}]}
    assert (await caller.post("order-status", json.dumps({"Statuses": [row]}).encode())).status == 200


async def test_stock_levels_by_item_and_site() -> None:
    caller = Caller(sites={1: "Main Warehouse"})
    rows = [
        {"StockCode": "BOO", "StockID": "112", "SiteID": 1, "Levels": {"Available": -2.5, "OnOrder": 84.0}},
        {"StockCode": "BOO", "StockID": "112", "SiteID": 16, "Levels": {"Available": 0, "OnOrder": 0}},
        {
            "StockCode": "BLD",
            "StockID": "113",
            "SiteID": 1,
            "RelationshipPotential": {"FromChildren": 7, "FromParents": 0},
        },
        {"StockCode": "FEE", "StockID": "114", "SiteID": 1},
    ]
    assert (await caller.post("stock-status", json.dumps({"Statuses": rows}).encode())).status == 200
    kept = caller.desk.held["stock-level"]
    assert kept["112@1"] == StockFigure(
        stock_code="BOO", site="Main Warehouse", basis=Basis.AVAILABLE, quantity=Decimal("-2.5"), as_of=NOON
    )
    assert (kept["112@16"].site, kept["112@16"].quantity) == ("16", 0)
    assert (kept["113@1"].basis, kept["113@1"].quantity) == (Basis.BUILDABLE, 7)
    assert kept["114@1"].unlimited


async def test_items_and_those_that_are_gone() -> None:
    caller = Caller()
    item = {"StockID": "6027", "StockCode": "100", "ShortDescription": "Hippo", "SellPrice": {"Gross": 140.5},
            "Options": {"StockControlled": True, "Discontinued": "true"},
            "Barcodes": [{"Barcode": "2253"}]}  # fmt: skip
    body = json.dumps({"Items": [item], "Deleted": [{"StockID": "9"}, "10"]}).encode()
    assert (await caller.post("stock", body)).status == 200
    kept = caller.desk.held["stock-item"]["6027"]
    assert (kept.sell_price, kept.sell_price_is_net, kept.discontinued) == (Decimal("140.5"), False, True)
    assert set(caller.desk.held["stock-item-deleted"]) == {"9", "10"}


async def test_a_price_is_what_it_came_to_however_it_was_made() -> None:
    caller = Caller()
    row = {"StockID": "1", "StockCode": "HP-1", "SellPrice": 8.86, "PriceValue": 7.53, "PriceType": 2}
    block = {"PriceListID": "1", "PriceListName": "Trade", "PriceListNet": True, "StockPrices": [row]}
    assert (await caller.post("price-lists", json.dumps({"UploadPriceLists": [block]}).encode())).status == 200
    assert [one.price for one in caller.desk.held["price-list"]["1"]] == [Decimal("7.53")]


async def test_prices_by_amount_discount_and_mark_up() -> None:
    caller = Caller(price_value="percent")
    band = {"StockID": "1", "StockCode": "HP-1", "BuyPrice": 4, "SellPrice": 10, "QtyStart": 0, "QtyEnd": 0}
    rows = [
        {**band, "PriceValue": 8.5, "PriceType": 1},
        {**band, "PriceValue": 15, "PriceType": 2, "QtyStart": 10, "QtyEnd": 20},
        {**band, "PriceValue": 50, "PriceType": 3},
    ]
    lists = {
        "UploadPriceLists": [{"PriceListID": "3", "PriceListName": "Trade", "PriceListNet": True, "StockPrices": rows}]
    }
    assert (await caller.post("price-lists", json.dumps(lists).encode())).status == 200
    prices = caller.desk.held["price-list"]["3"]
    assert [one.price for one in prices] == [Decimal("8.5"), Decimal("8.5"), Decimal(6)]
    assert [(one.quantity_from, one.quantity_to) for one in prices] == [(1, None), (10, 20), (1, None)]

    rows[0]["PriceValue"] = 0
    reply = await caller.post("price-lists", json.dumps(lists).encode())
    assert (reply.status, b"is no price" in reply.body) == (400, True)
    del lists["UploadPriceLists"][0]["PriceListNet"]
    reply = await Caller().post("price-lists", json.dumps(lists).encode())
    assert (reply.status, b"price_lists_net" in reply.body) == (400, True)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"Statuses": [{"OrderCode"', b'{"Statuses": {"a": 1e999}}', b"\xff\xfe", b"<OrderStatuses><S",
     b'<!DOCTYPE x [<!ENTITY a "b">]><OrderStatuses/>', b"{}", b'{"Statuses": [null]}', b'{"Statuses": "x"}'],
)  # fmt: skip
async def test_an_upload_that_is_not_whole_is_refused_and_nothing_is_kept(body: bytes) -> None:
    caller = Caller()
    assert (await caller.post("order-status", body)).status == 400
    assert caller.desk.uploads == []


@pytest.mark.parametrize("tail", ["order-status", "stock-status"])
async def test_an_upload_of_nothing_is_fine(tail: str) -> None:
    assert (await Caller().post(tail, b'{"Statuses": []}')).status == 200


async def test_what_is_not_stored_shall_come_again() -> None:
    caller = Caller()
    caller.desk.away = True
    assert (await caller.post("order-status", json.dumps({"Statuses": [STATUS]}).encode())).status == 500
    assert (await caller.get("orders")).status == 500


@pytest.mark.parametrize(("method", "tail"), [("GET", "nowhere"), ("POST", "orders"), ("GET", "stock"), ("GET", "")])
async def test_what_is_not_there_is_refused_by_name(method: str, tail: str) -> None:
    reply = await Caller().call(method, tail)
    assert (reply.status, reply.media_type) == (400, "text/plain")


async def test_a_channel_without_a_user_name_is_shut() -> None:
    assert b"switched off" in (await Caller(username="", password="").get("config.json")).body


async def test_gross_prices_go_as_gross_ones() -> None:
    caller = Caller()
    caller.desk.put_out("sales-order", "SO-1", replace(ORDER, ref="SO-1", prices_include_tax=True))
    (found,) = json.loads((await caller.get("orders")).body)["Orders"]
    assert found["Header"]["CalcMethod"] == 2
    assert [list(item["UnitPrice"]) for item in found["Items"]] == [["Gross"], ["Gross"]]
