"""The simulator held against wire bodies harvested from OroCommerce's own functional tests.

Responses: every attribute and relation the simulator knows, with values of the same kind. Requests: accepted, once the
ids in them are replaced with ids of ours. Errors: the same title, detail and pointer for the same mistake.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from crossdock.sandbox.orocommerce.catalogue_resources import resources
from crossdock.sandbox.orocommerce.profiles import PROFILES
from crossdock.sandbox.orocommerce.schema import Resource
from tests.sandbox.orocommerce_caller import FIXTURES, Caller, captured, order, shop

COVERED = (
    "orders", "orderlineitems", "orderaddresses", "ordershippingtrackings", "orderdiscounts", "ordersubtotals",
    "customers",
    "customerusers", "products", "productunits", "productunitprecisions", "inventorylevels", "paymentterms",
    "producttaxcodes", "customertaxcodes", "orderstatuses", "orderinternalstatuses", "pricelists", "productprices",
    "webhooks", "asyncoperations", "asyncoperationerrors",
)  # fmt: skip
SITE_FIELDS = frozenset({
    "wysiwyg", "wysiwygAttr", "metaTitles", "metaDescriptions", "metaKeywords", "contact", "default_contact",
    "type_contact",
    "contact_type", "attachments", "activityNotes", "test_variant_field", "freeFormTaxCode", "category_sort_order",
})  # fmt: skip
"""Test fixtures, add-ons and releases later than those played."""
STAND_INS = ("orderaddresses", "fromExternalSource")
"""The harvested address was filled in with names for values: a flag cannot be "office fromExternalSource"."""
JSON_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,), "text": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float),
    "percent": (int, float), "money": (str,), "price": (str,), "stock": (str,), "date": (str,), "datetime": (str,),
    "json": (list, dict),
}  # fmt: skip


def described(version: str = "7.0") -> dict[str, Resource]:
    return resources(PROFILES[version], managed=True, status_filters=False)


def responses() -> list[Path]:
    return sorted(FIXTURES.glob("*/response/*.json")) if FIXTURES.exists() else []


def test_every_harvested_response_fits_the_tables() -> None:
    if not responses():
        pytest.skip(f"harvested wire bodies are not at hand: {FIXTURES}")
    seen = 0
    strange: list[str] = []
    for path in responses():
        body = json.loads(path.read_text())
        version = "5.1" if "v5.1" in path.name else "7.0"
        tables = described(version)
        primary = body["data"] if isinstance(body["data"], list) else [body["data"]]
        for row in [*primary, *body.get("included", ())]:
            if row and row["type"] in COVERED and row["type"] in tables:
                seen += 1
                strange.extend(f"{path.name}: {fault}" for fault in faults(row, tables[row["type"]]))
    assert seen > 100
    assert strange == []


def faults(row: Any, resource: Resource) -> list[str]:
    found = []
    for name, value in row.get("attributes", {}).items():
        attribute = resource.attributes.get(name)
        if attribute is None:
            if name not in SITE_FIELDS and not name.startswith("test"):
                found.append(f"{row['type']}.{name} is unknown")
        elif (row["type"], name) == STAND_INS:
            continue
        elif value is not None and not isinstance(value, JSON_KINDS[attribute.kind]):
            found.append(f"{row['type']}.{name} is {value!r}, not {attribute.kind}")
    for name, relation in row.get("relationships", {}).items():
        known = resource.relations.get(name)
        if known is None:
            if name not in SITE_FIELDS and not name.startswith(("test", "default_test")):
                found.append(f"{row['type']}.{name} is unknown")
        elif relation["data"] is not None and known.many != (
            relation["data"] in ([], {}) or isinstance(relation["data"], list)
        ):
            found.append(f"{row['type']}.{name}: to-many is {known.many}")
    return found


async def ours(caller: Caller) -> dict[str, str]:
    """One id of each type that can stand in for any harvested one."""
    placed = await caller.act(
        "place_order", customer="101", lines=[{"sku": "HP-1000", "quantity": 20}], discount="1.00"
    )
    found = {"productunits": "each", "customers": "101", "customerusers": "2001", "orders": placed["id"],
             "organizations": "1", "users": "1", "businessunits": "1", "attributefamilies": "1", "paymentterms": "1",
             "producttaxcodes": "1", "customertaxcodes": "1", "pricelists": "1", "customergroups": "1"}  # fmt: skip
    found["products"] = (await caller.first("/products?filter[sku]=HP-1000"))["id"]
    relations = (await caller.get(f"/orders/{placed['id']}")).data["relationships"]
    found["orderlineitems"] = relations["lineItems"]["data"][0]["id"]
    found["orderdiscounts"] = relations["discounts"]["data"][0]["id"]
    found["inventorylevels"] = (await caller.level("HP-1001"))["id"]
    return found


NOT_PLAYED = frozenset({"orderproductkititemlineitems", "files"})


def adapted(node: Any, ids: dict[str, str], own: set[tuple[str, str]]) -> Any:
    """The body with our ids for references to things the shop holds; what is not played here is left out."""
    if isinstance(node, list):
        return [adapted(one, ids, own) for one in node if not (isinstance(one, dict) and one.get("type") in NOT_PLAYED)]
    if not isinstance(node, dict):
        return node
    copy = {
        name: adapted(value, ids, own) for name, value in node.items() if name not in ("kitItemLineItems", "documents")
    }
    if "id" in copy and (copy.get("type"), copy["id"]) not in own and copy.get("type") in ids:
        copy["id"] = ids[copy["type"]]
    for name, old, new in (("productSku", "product", "hp-1000"), ("currency", "", "GBP")):
        if isinstance(copy.get(name), str) and copy[name].lower().startswith(old):
            copy[name] = new
    return copy


def made_up(body: Any) -> set[tuple[str, str]]:
    primary = body["data"] if isinstance(body["data"], list) else [body["data"]]
    sent = [*body.get("included", ()), *(one for one in primary if not str(one.get("id", "")).isdigit())]
    return {(one["type"], one["id"]) for one in sent if "id" in one}


ACCEPTED = [
    ("POST", "/orders", "orders/request/orders__create_order_product_sku_multiwebsite.json", 201),
    ("POST", "/orders", "orders/request/orders__OrderTest.testCreateExternal__0_request.json", 201),
    ("POST", "/orders", "orders/request/orders__OrderTest.testCreateWithLineItemReadonlyChecksum__0_request.json", 201),
    ("POST", "/orders", "orders/request/orders__OrderTest.testCreateWhenValidateEqualsToFalse__0_request.json", 201),
    ("POST", "/orders", "orders/request/orders__OrderTest.testCreateWhenLineItemHasProductRelationshipAndProductSkuForAnotherProduct__0_request.json", 201),  # noqa: E501
    ("POST", "/orders", "orders/request/orders__OrderTest.testCreateWhenLineItemHasProductRelationshipAndProductSkuForAnotherProductForFreeFormProduct__0_request.json", 201),  # noqa: E501
    ("PATCH", "/orders/{id}", "orders/request/orders__OrderTest.testUpdate__0_request.json", 200),
    ("PATCH", "/orders/{id}", "orders/request/orders__OrderTest.testTryToUpdateExternal__0_request.json", 200),
    ("PATCH", "/orders/{id}", "orders/request/orders__OrderTest.testTryToUpdateCreatedBy__0_request.json", 200),
    ("PATCH", "/orders/{id}", "orders/request/orders__OrderPromotionDiscountsTest.testDisablePromotionsForOrder__0_request.json", 200),  # noqa: E501
    ("PATCH", "/orders/{id}?include=orderSubtotals", "orders/request/orders__OrderTest.testUpdateWithIncludeFilterWhenValidateEqualsToTrue__0_request.json", 200),  # noqa: E501
    ("PATCH", "/orders", "orders/request/orders__update_list_add_addresses.json", 202),
    ("POST", "/orderlineitems", "orderlineitems/request/orderlineitems__create_line_item_with_product_sku.json", 201),
    ("PATCH", "/orderlineitems/{id}", "orderlineitems/request/orderlineitems__OrderLineItemTest.testUpdate__0_request.json", 200),  # noqa: E501
    ("PATCH", "/orderlineitems/{id}", "orderlineitems/request/orderlineitems__OrderLineItemTest.testUpdateOrderForExistingLineItemWhenOrderIdEqualsToLineItemOrderId__0_request.json", 200),  # noqa: E501
    ("POST", "/ordershippingtrackings", "ordershippingtrackings/request/ordershippingtrackings__OrderShippingTrackingTest.testCreate__0_request.json", 201),  # noqa: E501
    ("PATCH", "/orderdiscounts/{id}", "orderdiscounts/request/orderdiscounts__OrderDiscountTest.testUpdateAmountValue__0_request.json", 200),  # noqa: E501
    ("PATCH", "/orderdiscounts/{id}", "orderdiscounts/request/orderdiscounts__OrderDiscountTest.testUpdateDescriptionToNull__0_request.json", 200),  # noqa: E501
    ("PATCH", "/inventorylevels/{id}", "inventorylevels/request/inventorylevels__InventoryLevelTest.testTryToUpdateReadOnlyFields__0_request.json", 200),  # noqa: E501
    ("PATCH", "/inventorylevels", "inventorylevels/request/inventorylevels__InventoryLevelUpdateListTest.testUpdateWarehouses__0_request.json", 202),  # noqa: E501
    ("PATCH", "/customers", "customers/request/customers__CustomerUpdateListTest.testCreateAndUpdateEntities__0_request.json", 202),  # noqa: E501
    ("POST", "/customerusers", "customerusers/request/customerusers__create_customer_user_min.json", 201),
    ("POST", "/productprices", "productprices/request/productprices__create_with_priceList.json", 201),
    ("POST", "/producttaxcodes", "producttaxcodes/request/producttaxcodes__ProductTaxCodeTest.testCreate__0_request.json", 201),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "name", "status"), ACCEPTED, ids=[row[2].split("__", 1)[1][:80] for row in ACCEPTED]
)
async def test_harvested_requests_are_accepted(method: str, path: str, name: str, status: int) -> None:
    body = captured(name)
    async with shop() as caller:
        ids = await ours(caller)
        type_ = path.strip("/").partition("/")[0].partition("?")[0]
        sent = _in_our_currency(adapted(body, ids, made_up(body)))
        answer = await caller._api(method, path.replace("{id}", ids.get(type_, "")), json.dumps(sent).encode(),
                                   {"Content_Type": "application/vnd.api+json"})  # fmt: skip
        assert answer.status == status, answer.text


def _in_our_currency(body: Any) -> Any:
    return json.loads(json.dumps(body).replace('"priceListCurrencies": ["CAD"]', '"priceListCurrencies": ["GBP"]'))


def harvested_errors(name: str) -> list[tuple[str, str, str]]:
    """(title, detail, pointer) as the vendor's tests expect them."""
    errors = captured(name)["errors"]
    return [(one["title"], one.get("detail", ""), one.get("source", {}).get("pointer", "")) for one in errors]


async def test_harvested_refusals_of_lines_and_trackings() -> None:
    root = "orderlineitems/error/orderlineitems__OrderLineItemTest.testTry"
    async with shop() as caller:
        ids = await ours(caller)
        for request, error in (("ToCreateEmptyCurrency", 0), ("ToCreateWrongValue", 0)):
            name = f"orderlineitems/request/orderlineitems__OrderLineItemTest.testTry{request}__0_request.json"
            body = captured(name)
            body["data"]["attributes"]["productSku"] = "HP-1000"
            body["data"]["relationships"]["orders"]["data"][0]["id"] = ids["orders"]
            body["data"]["relationships"]["productUnit"]["data"]["id"] = "each"
            answer = await caller.post("/orderlineitems", body)
            assert answer.errors == harvested_errors(f"{root}{request}__{error}_response.json")
        last = await caller.delete(f"/orderlineitems/{ids['orderlineitems']}")
        assert last.errors == harvested_errors(f"{root}ToDeleteLastItem__0_response.json")
        other = (await caller.post("/orders", order())).data["id"]
        moved = captured(
            "orderlineitems/request/orderlineitems__OrderLineItemTest.testTryToChangeOrderForExistingLineItem__0_request.json"
        )
        moved["data"]["id"] = ids["orderlineitems"]
        moved["data"]["relationships"]["orders"]["data"][0]["id"] = other
        answer = await caller.patch(f"/orderlineitems/{ids['orderlineitems']}", moved)
        assert answer.errors == harvested_errors(f"{root}ToChangeOrderForExistingLineItem__0_response.json")


async def test_harvested_refusals_of_discounts() -> None:
    root = "orderdiscounts/error/orderdiscounts__OrderDiscountTest.testTryTo"
    kind = "oro_order_discount_item_type_"
    async with shop() as caller:
        ids = await ours(caller)
        owner = {"order": {"data": {"type": "orders", "id": ids["orders"]}}}
        for attributes, name in (
            ({"orderDiscountType": "another", "amount": 1}, "CreateForUndefinedDiscountType"),
            ({"orderDiscountType": f"{kind}amount", "amount": -1},
             "CreateForAmountDiscountTypeWithNegativeAmountValue"),
            ({"orderDiscountType": f"{kind}percent", "percent": "x"},
             "CreateForPercentDiscountTypeWithNotNumericPercentValue"),
            ({"orderDiscountType": f"{kind}percent", "percent": -2},
             "CreateForPercentDiscountTypeWithTooLowPercentValue"),
        ):  # fmt: skip
            body = {"data": {"type": "orderdiscounts", "attributes": attributes, "relationships": owner}}
            answer = await caller.post("/orderdiscounts", body)
            assert answer.errors == harvested_errors(f"{root}{name}__0_response.json")
        large = {"data": {"type": "orderdiscounts", "id": ids["orderdiscounts"], "attributes": {"amount": 999999}}}
        answer = await caller.patch(f"/orderdiscounts/{ids['orderdiscounts']}", large)
        assert answer.errors == harvested_errors(f"{root}UpdateAmountValueWhenItIsTooBig__0_response.json")


async def test_harvested_refusals_of_orders() -> None:
    root = "orders/error/orders__OrderTest.testTryTo"
    async with shop() as caller:
        ids = await ours(caller)
        unknown = order()
        unknown["included"][0]["attributes"]["productSku"] = "unknown"
        name = "CreateWhenLineItemDoesNotHaveProductRelationshipAndHaveUnknownProductSku"
        assert (await caller.post("/orders", unknown)).errors == harvested_errors(f"{root}{name}__0_response.json")
        body = {"data": {"type": "orders", "id": ids["orders"], "relationships": {
            "customerUser": {"data": {"type": "customerusers", "id": "2002"}}}}}  # fmt: skip
        answer = await caller.patch(f"/orders/{ids['orders']}", body)
        assert answer.errors == harvested_errors(
            f"{root}UpdateWhenCustomerUserDoesNotBelongsToCustomer__0_response.json"
        )
        thief = {"data": {"type": "orders", "attributes": {"currency": "GBP"}, "relationships": {
            "customer": {"data": {"type": "customers", "id": "101"}},
            "lineItems": {"data": [{"type": "orderlineitems", "id": ids["orderlineitems"]}]}}}}  # fmt: skip
        answer = await caller.post("/orders", thief)
        assert answer.errors == harvested_errors(f"{root}MoveExitingLineItemToNewOrder__0_response.json")
        other = (await caller.post("/orders", order())).data["id"]
        body = captured(
            "orders/request/orders__OrderDiscountTest.testTryToMoveDiscountToAnotherOrderViaUpdateOrderResource__0_request.json"
        )
        body["data"]["id"] = other
        body["data"]["relationships"]["discounts"]["data"][0]["id"] = ids["orderdiscounts"]
        answer = await caller.patch(f"/orders/{other}", body)
        error = (
            "orders/error/orders__OrderDiscountTest."
            "testTryToMoveDiscountToAnotherOrderViaUpdateOrderResource__0_response.json"
        )
        assert answer.errors == harvested_errors(error)


async def test_harvested_shape_of_an_order_with_its_subtotals() -> None:
    body = captured("orders/response/orders__get_order_include_order_subtotals.json")
    async with shop() as caller:
        ids = await ours(caller)
        answer = (await caller.get(f"/orders/{ids['orders']}?include=orderSubtotals")).json
        assert set(body["data"]["attributes"]) <= set(answer["data"]["attributes"])
        assert set(body["data"]["relationships"]) <= set(answer["data"]["relationships"])
        for theirs, mine in zip(body["included"], answer["included"], strict=True):
            assert theirs["id"].partition("-")[2] == mine["id"].partition("-")[2]
            assert theirs["attributes"]["label"] == mine["attributes"]["label"]
            assert set(theirs["attributes"]) == set(mine["attributes"])
            if theirs["attributes"]["data"]:
                assert set(theirs["attributes"]["data"]) == set(mine["attributes"]["data"])
