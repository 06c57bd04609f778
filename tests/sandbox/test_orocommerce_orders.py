"""Orders through the API: the create graph, totals, statuses, the freeze, upsert, validate and what hangs on them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.orocommerce_caller import Answer, Caller, line, order, ref, shop

FORBIDDEN = ("access denied exception", 'No access by "EDIT" permission to the entity.', "")
ADDRESS: dict[str, Any] = {
    "type": "orderaddresses",
    "id": "a",
    "attributes": {"street": "1 Quay", "city": "York", "postalCode": "YO1 9AA", "organization": "Hartley"},
    "relationships": {"country": ref("countries", "GB")},
}
DISCOUNT = {
    "type": "orderdiscounts",
    "id": "d",
    "attributes": {"description": "Goodwill", "orderDiscountType": "oro_order_discount_item_type_amount", "amount": 5},
}


def change(id_: str, type_: str = "orders", meta: Any = None, **attributes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"type": type_, "id": id_, "attributes": attributes}
    if meta is not None:
        data["meta"] = meta
    return {"data": data}


async def make(caller: Caller, *included: dict[str, Any], **attributes: Any) -> Any:
    answer = await caller.post("/orders", order(*included, **attributes))
    assert answer.status == 201, answer.text
    return answer.data


async def test_an_order_and_its_graph_are_created_in_one_call() -> None:
    async with shop() as caller:
        body = order(line("x"), line("y", productSku="hp-1002", quantity=1, value="15.7"), DISCOUNT, ADDRESS)
        body["data"]["relationships"]["shippingAddress"] = ref("orderaddresses", "a")
        body["data"]["attributes"]["estimatedShippingCostAmount"] = "7.9"
        answer = await caller.post("/orders?include=orderSubtotals", body)
        made = answer.data["attributes"]
        assert answer.status == 201
        assert made["identifier"] == answer.data["id"]
        assert (made["subtotalValue"], made["totalDiscountsAmount"]) == ("35.7000", "5.0000")
        assert made["subtotalWithDiscounts"] == "30.7000"
        assert made["totalValue"] == "46.3200"  # 30.70 + 7.90 + tax 3.44 + 2.70 + 1.58
        included = {row["meta"]["includeId"]: row for row in answer.json["included"] if "meta" in row}
        assert set(included) == {"x", "y", "d", "a"}
        assert included["y"]["attributes"]["productSku"] == "HP-1002"  # found without regard to case, answered as it is
        assert included["y"]["attributes"]["value"] == "15.7000"
        assert included["x"]["attributes"]["quantity"] == 2
        assert included["x"]["relationships"]["orders"]["data"] == [{"type": "orders", "id": answer.data["id"]}]
        assert included["d"]["attributes"]["percent"] == 0.1401
        assert sum(row["type"] == "ordersubtotals" for row in answer.json["included"]) == 7
        statuses = {
            name: answer.data["relationships"][name]["data"]["id"] for name in ("internalStatus", "shippingStatus")
        }
        assert statuses == {"internalStatus": "open", "shippingStatus": "not_shipped"}
        assert answer.data["relationships"]["createdBy"]["data"] == {"type": "users", "id": "1"}


async def test_the_lines_show_what_tax_and_discount_leave() -> None:
    async with shop() as caller:
        made = await make(caller, line("x"), line("y", value="15.70", quantity=1), DISCOUNT)
        rows = (await caller.get(f"/orders/{made['id']}/lineItems")).data
        names = ("rowTotalDiscountAmount", "rowTotalAfterDiscount", "rowTotalAfterDiscountIncludingTax",
                 "rowTotalAfterDiscountExcludingTax")  # fmt: skip
        assert [rows[0]["attributes"][name] for name in names] == ["2.8000", "17.2000", "20.6400", "17.2000"]
        assert rows[1]["attributes"]["rowTotalAfterDiscountIncludingTax"] == "16.2000"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"currency": None}, ("not blank constraint", "This value should not be blank.", "/data/attributes/currency")),
        ({"shipUntil": "wrong_date"},
         ("form constraint", 'The "wrong_date" is not valid date.', "/data/attributes/shipUntil")),
        ({"nonsense": 1}, ("extra fields constraint", 'This form should not contain extra fields: "nonsense".',
                           "/data/attributes/nonsense")),
        ({"externalId": "x" * 37},
         ("length constraint", "This value is too long. It should have 36 characters or less.",
          "/data/attributes/externalId")),
        ({"estimatedShippingCostAmount": "cheap"},
         ("form constraint", "This value is not valid.", "/data/attributes/estimatedShippingCostAmount")),
    ],
)  # fmt: skip
async def test_refused_orders(changes: dict[str, Any], error: tuple[str, str, str]) -> None:
    async with shop() as caller:
        answer = await caller.post("/orders", order(**changes))
        assert (answer.status, answer.errors) == (400, [error])
        assert (await caller.state())["orders"] == []


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"productSku": "NOPE"},
         [("line item product constraint", "Please choose Product.", "/included/0/relationships/product/data")]),
        ({"value": None}, [
            ("not blank constraint", "Price value should not be blank. Source: price.", "/included/0"),
            ("not blank constraint", "Price value should not be blank.", "/included/0/attributes/value")]),
        ({"value": "test"},
         [("type constraint", "Price value should be a valid number.", "/included/0/attributes/value")]),
        ({"currency": ""},
         [("not blank constraint", "Currency should not be blank.", "/included/0/attributes/currency")]),
        ({"quantity": None},
         [("not blank constraint", "This value should not be blank.", "/included/0/attributes/quantity")]),
    ],
)  # fmt: skip
async def test_refused_lines(changes: dict[str, Any], errors: list[tuple[str, str, str]]) -> None:
    async with shop() as caller:
        answer = await caller.post("/orders", order(line(**changes)))
        assert (answer.status, answer.errors) == (400, errors)


async def test_more_refused_orders() -> None:
    async with shop() as caller:
        no_lines = order()
        no_lines["data"]["relationships"].pop("lineItems")
        no_lines.pop("included")
        assert (await caller.post("/orders", no_lines)).errors == [
            ("count constraint", "Please add at least one Line Item.", "/data/relationships/lineItems/data")
        ]
        stranger = order()
        stranger["data"]["relationships"]["customerUser"] = ref("customerusers", "2002")
        assert (await caller.post("/orders", stranger)).errors == [
            ("customer owner constraint", "The customer user does not belong to the customer.", "")
        ]
        nobody = order(customer="999999")
        assert (await caller.post("/orders", nobody)).errors == [
            ("form constraint", "The entity does not exist.", "/data/relationships/customer/data")
        ]
        adrift = order()
        adrift["included"].append({**ADDRESS, "id": "adrift"})
        answer = await caller.post("/orders", adrift)
        assert (answer.errors[0][0], answer.errors[0][2]) == ("request data constraint", "/included/1")
        by_case = order(line())
        by_case["included"][0]["relationships"]["productUnit"] = ref("productunits", "case")
        assert (await caller.post("/orders", by_case)).errors[0][
            1
        ] == "The product unit does not exist for the product."
        assert (await caller.post("/orders", b"{")).errors[0][0] == "bad request http exception"
        assert (await caller.post("/orders", {"data": {"type": "customers"}})).status == 409
        assert (await caller.post("/orders", order(), Content_Type="application/json")).status == 415


async def test_a_free_text_line_needs_no_product() -> None:
    async with shop() as caller:
        made = await make(caller, line(productSku="NOPE", freeFormProduct="Bespoke bench"))
        row = (await caller.get(f"/orders/{made['id']}/lineItems")).data[0]
        assert row["relationships"]["product"]["data"] is None
        assert row["attributes"]["productName"] == "Bespoke bench"
        assert made["attributes"]["totalValue"] == "20.0000"  # no product, no tax code, no tax


async def test_given_a_product_and_a_sku_the_product_wins() -> None:
    async with shop() as caller:
        both = line(productSku="HP-1002")
        product = (await caller.first("/products?filter[sku]=HP-1001"))["id"]
        both["relationships"]["product"] = ref("products", product)
        made = await make(caller, both)
        assert (await caller.get(f"/orders/{made['id']}/lineItems")).data[0]["attributes"]["productSku"] == "HP-1001"


async def test_identifier_and_external_id_are_unique() -> None:
    async with shop() as caller:
        await make(caller, identifier="B2B-1", externalId="erp-1")
        again = await caller.post("/orders", order(identifier="b2b-1", externalId="erp-1"))
        assert again.errors == [
            ("unique entity constraint", "This value is already used.", "/data/attributes/identifier"),
            ("unique entity constraint", 'Value for field "External ID" must be unique', "/data/attributes/externalId"),
        ]
        assert len((await caller.get("/orders?filter[externalId]=erp-1,erp-2")).data) == 1


async def test_read_only_fields_are_ignored_without_a_word() -> None:
    async with shop() as caller:
        made = await make(caller, external=True, createdAt="2017-04-12T14:11:39Z")
        assert made["attributes"]["createdAt"] == "2017-04-12T14:11:39Z"
        body = change(made["id"], external=False, updatedAt="2000-01-01T00:00:00Z", totalValue="1", currency="EUR")
        body["data"]["relationships"] = {"internalStatus": ref("orderinternalstatuses", "closed")}
        answer = await caller.patch(f"/orders/{made['id']}", body)
        assert answer.status == 200
        assert answer.data == made


async def test_upsert_by_identifier() -> None:
    async with shop() as caller:
        body = order(identifier="B2B-7", poNumber="one")
        body["data"]["meta"] = {"upsert": ["identifier"]}
        first = await caller.post("/orders", body)
        body["data"]["attributes"]["poNumber"] = "two"
        second = await caller.post("/orders", body)
        assert (first.status, second.status) == (201, 200)
        assert first.data["id"] == second.data["id"]
        assert second.data["attributes"]["poNumber"] == "two"
        assert second.data["attributes"]["subtotalValue"] == "20.0000"  # the lines were replaced, not added to


@pytest.mark.parametrize(
    ("path", "meta", "detail", "pointer"),
    [
        ("/orders", {"upsert": True}, "The upsert operation cannot use the entity identifier to find an entity.",
         "/meta/upsert"),
        ("/orders", {"upsert": ["poNumber"]}, "The upsert operation cannot use this field to find an entity.",
         "/meta/upsert"),
        ("/orders", {"upsert": ["identifier", "poNumber"]},
         "The upsert operation cannot use these fields to find an entity.", "/meta/upsert"),
        ("/orders", {"upsert": ["identifier"]}, 'The "identifier" field does not exist in the request data.',
         "/meta/upsert"),
        ("/products", {"upsert": ["sku"]}, "The upsert operation is not allowed.", "/meta/upsert"),
        ("/customers", {"upsert": True}, "The upsert operation is not allowed.", "/meta/upsert"),
        ("/customers", {"validate": True}, "The validate operation is not allowed.", "/meta/validate"),
        ("/orders", {"upsert": True, "validate": True}, "Only one meta option can be used.", "/meta"),
    ],
)  # fmt: skip
async def test_refused_meta(path: str, meta: dict[str, Any], detail: str, pointer: str) -> None:
    async with shop() as caller:
        body: dict[str, Any] = (
            order() if path == "/orders" else {"data": {"type": path[1:], "attributes": {"name": "x"}}}
        )
        body["data"]["meta"] = meta
        answer = await caller.post(path, body)
        assert (answer.status, answer.errors) == (400, [("value constraint", detail, pointer)])


async def test_validate_answers_as_if_and_keeps_nothing() -> None:
    async with shop() as caller:
        kept = await make(caller)
        body = order()
        body["data"]["meta"] = {"validate": True}
        dry = await caller.post("/orders?include=orderSubtotals", body)
        assert (dry.status, dry.data["attributes"]["totalValue"]) == (201, "24.0000")
        assert (await caller.get(f"/orders/{dry.data['id']}")).status == 404
        note = await caller.patch(
            f"/orders/{kept['id']}", change(kept["id"], meta={"validate": True}, customerNotes="no")
        )
        assert (note.status, note.data["attributes"]["customerNotes"]) == (200, "no")
        assert (await caller.get(f"/orders/{kept['id']}")).data == kept
        broken = order(line(value=None))
        broken["data"]["meta"] = {"validate": True}
        assert (await caller.post("/orders", broken)).status == 400


async def test_external_status_is_the_way_back_from_the_erp() -> None:
    async with shop() as caller:
        made = await make(caller)
        root = f"/orders/{made['id']}"
        body = {
            "data": {"type": "orders", "id": made["id"], "relationships": {"status": ref("orderstatuses", "closed")}}
        }
        assert (await caller.patch(root, body)).data["relationships"]["status"] == ref("orderstatuses", "closed")
        assert (await caller.patch(f"{root}/relationships/status", ref("orderstatuses", "open"))).status == 204
        assert (await caller.get(f"{root}/status")).data["id"] == "open"
        unknown = await caller.patch(f"{root}/relationships/status", ref("orderstatuses", "nope"))
        assert unknown.errors == [("form constraint", "The entity does not exist.", "/data")]


async def test_with_status_management_off_status_reads_null_and_writes_are_ignored() -> None:
    async with shop(external_status_management=False) as caller:
        made = await make(caller)
        body = {
            "data": {"type": "orders", "id": made["id"], "relationships": {"status": ref("orderstatuses", "closed")}}
        }
        answer = await caller.patch(f"/orders/{made['id']}", body)
        assert (answer.status, answer.data["relationships"]["status"]["data"]) == (200, None)


async def test_updated_at_moves_when_the_order_row_changes_and_only_then() -> None:
    async with shop() as caller:
        made = await make(caller)
        before = made["attributes"]["updatedAt"]
        caller.simulator.shop.clock = _later(caller, 60)
        same = await caller.patch(f"/orders/{made['id']}", change(made["id"], poNumber=None))
        assert same.data["attributes"]["updatedAt"] == before
        owner = {"orders": {"data": [{"type": "orders", "id": made["id"]}]}}
        tracking = {"data": {"type": "ordershippingtrackings", "attributes": {"method": "DPD", "number": "1"},
                             "relationships": owner}}  # fmt: skip
        assert (await caller.post("/ordershippingtrackings", tracking)).status == 201
        assert (await caller.get(f"/orders/{made['id']}")).data["attributes"]["updatedAt"] == before
        row = made["relationships"]["lineItems"]["data"][0]["id"]
        await caller.patch(f"/orderlineitems/{row}", change(row, "orderlineitems", quantity=3))
        after = (await caller.get(f"/orders/{made['id']}")).data["attributes"]
        assert (after["updatedAt"] > before, after["subtotalValue"]) == (True, "30.0000")


def _later(caller: Caller, seconds: int) -> Any:
    return lambda: caller.simulator.now() + timedelta(seconds=seconds)


async def test_trackings_are_posted_and_read_back_by_order() -> None:
    async with shop() as caller:
        made = await make(caller)
        root = f"/orders/{made['id']}"
        body = {
            "data": {"type": "orders", "id": made["id"], "relationships": {
                "shippingTrackings": {"data": [{"type": "ordershippingtrackings", "id": "t"}]},
                "shippingStatus": ref("ordershippingstatuses", "partially_shipped")}},
            "included": [
                {"type": "ordershippingtrackings", "id": "t", "attributes": {"method": "DPD", "number": "A1"}}],
        }  # fmt: skip
        answer = await caller.patch(root, body)
        assert answer.status == 200, answer.text
        assert [row["attributes"]["number"] for row in (await caller.get(f"{root}/shippingTrackings")).data] == ["A1"]
        empty = await caller.post("/ordershippingtrackings", {"data": {"type": "ordershippingtrackings"}})
        assert [error[2] for error in empty.errors] == [
            "/data/attributes/method", "/data/attributes/number", "/data/relationships/orders/data",
        ]  # fmt: skip
        state = (await caller.state())["orders"][0]
        assert [(one["method"], one["number"]) for one in state["trackings"]] == [("DPD", "A1")]
        assert state["shipping_status"] == "partially_shipped"
        assert state["placed_by"] == "api"


async def test_a_closed_or_cancelled_order_is_frozen() -> None:
    async with shop() as caller:
        for act in ("close_order", "cancel_order"):
            made = await make(caller)
            id_, row = made["id"], made["relationships"]["lineItems"]["data"][0]["id"]
            await caller.act(act, order=id_)
            owner = {"orders": {"data": [{"type": "orders", "id": id_}]}}
            more = {**line(), "relationships": {**owner, "productUnit": ref("productunits", "each")}}
            refusals: list[Answer] = [
                await caller.patch(f"/orders/{id_}", change(id_, poNumber="x")),
                await caller.patch(
                    f"/orders/{id_}/relationships/shippingStatus", ref("ordershippingstatuses", "shipped")
                ),
                await caller.patch(f"/orderlineitems/{row}", change(row, "orderlineitems", quantity=9)),
                await caller.post("/orderlineitems", {"data": more}),
                await caller.delete(f"/orderlineitems/{row}"),
            ]
            assert [(one.status, one.errors) for one in refusals] == [(403, [FORBIDDEN])] * 5
            tracking = {"type": "ordershippingtrackings", "attributes": {"method": "DPD", "number": "1"},
                        "relationships": owner}  # fmt: skip
            assert (await caller.post("/ordershippingtrackings", {"data": tracking})).status == 201


async def test_before_6_1_nothing_is_frozen() -> None:
    async with shop(version="6.0") as caller:
        made = await make(caller)
        await caller.act("close_order", order=made["id"])
        assert (await caller.patch(f"/orders/{made['id']}", change(made["id"], poNumber="x"))).status == 200


async def test_lines_are_amended_added_and_removed() -> None:
    async with shop() as caller:
        made = await make(caller)
        id_, row = made["id"], made["relationships"]["lineItems"]["data"][0]["id"]
        last = await caller.delete(f"/orderlineitems/{row}")
        reason = "The delete operation is forbidden. Reason: Please add at least one Line Item."
        assert (last.status, last.errors) == (403, [("access denied exception", reason, "")])
        more = line(productSku="HP-1002", quantity=1)
        more["relationships"]["orders"] = {"data": [{"type": "orders", "id": id_}]}
        added = await caller.post("/orderlineitems", {"data": more})
        assert added.status == 201, added.text
        assert (await caller.get(f"/orders/{id_}")).data["attributes"]["subtotalValue"] == "30.0000"
        assert (await caller.delete(f"/orderlineitems/{row}")).status == 204
        assert (await caller.get(f"/orders/{id_}")).data["attributes"]["subtotalValue"] == "10.0000"
        other = await make(caller)
        moved = {"data": {"type": "orderlineitems", "id": added.data["id"], "relationships": {
            "orders": {"data": [{"type": "orders", "id": other["id"]}]}}}}  # fmt: skip
        fixed = ("unchangeable field constraint", "Line Item order cannot be changed once set.")
        assert (await caller.patch(f"/orderlineitems/{added.data['id']}", moved)).errors == [
            (*fixed, "/data/relationships/orders/data")
        ]
        stolen = {"data": {"type": "orders", "id": other["id"], "relationships": {
            "lineItems": {"data": [{"type": "orderlineitems", "id": added.data["id"]}]}}}}  # fmt: skip
        assert (await caller.patch(f"/orders/{other['id']}", stolen)).errors == [
            (*fixed, "/data/relationships/lineItems/data/0")
        ]
        wrong = await caller.patch(f"/orderlineitems/{added.data['id']}/relationships/orders", moved)
        assert wrong.status == 405


async def test_the_line_relationship_can_be_edited_down_to_the_last_line() -> None:
    async with shop() as caller:
        made = await make(caller, line("x"), line("y", productSku="HP-1002"))
        root, lines = f"/orders/{made['id']}/relationships/lineItems", made["relationships"]["lineItems"]["data"]
        assert (await caller.delete(root, {"data": lines[:1]})).status == 204
        assert (await caller.get(f"/orderlineitems/{lines[0]['id']}")).status == 404
        last = await caller.delete(root, {"data": lines[1:]})
        assert (last.status, last.errors[0][0]) == (400, "count constraint")
        assert (await caller.get(root)).data == lines[1:]


async def test_discounts() -> None:
    async with shop() as caller:
        made = await make(caller, line(quantity=20), DISCOUNT)
        discount = made["relationships"]["discounts"]["data"][0]["id"]
        path = f"/orderdiscounts/{discount}"
        changed = await caller.patch(path, change(discount, "orderdiscounts", amount="15.0000"))
        assert changed.data["attributes"]["percent"] == 0.075
        assert (await caller.get(f"/orders/{made['id']}")).data["attributes"]["totalValue"] == "222.0000"
        percent = {"type": "orderdiscounts", "attributes": {
            "orderDiscountType": "oro_order_discount_item_type_percent", "percent": 0.201},
            "relationships": {"order": ref("orders", made["id"])}}  # fmt: skip
        added = await caller.post("/orderdiscounts", {"data": percent})
        assert added.data["attributes"]["amount"] == "40.2000"
        other = await make(caller)
        move = {
            "data": {"type": "orderdiscounts", "id": discount, "relationships": {"order": ref("orders", other["id"])}}
        }
        assert (await caller.patch(path, move)).data["relationships"]["order"] == ref("orders", made["id"])
        stolen = {"data": {"type": "orders", "id": other["id"], "relationships": {
            "discounts": {"data": [{"type": "orderdiscounts", "id": discount}]}}}}  # fmt: skip
        assert (await caller.patch(f"/orders/{other['id']}", stolen)).errors == [(
            "unchangeable field constraint", "The discount cannot be moved to another order.",
            "/data/relationships/discounts/data/0",
        )]  # fmt: skip
        assert (await caller.delete(path)).status == 204
        assert (await caller.get(f"/orders/{made['id']}")).data["attributes"]["totalDiscountsAmount"] == "40.2000"


async def test_subtotals_need_an_order_and_are_not_paged() -> None:
    async with shop() as caller:
        first, second = await make(caller), await make(caller)
        refused = await caller.get("/ordersubtotals")
        assert refused.errors == [("filter constraint", 'The "order" filter is required.', "")]
        answer = await caller.get(f"/ordersubtotals?filter[order]={first['id']},{second['id']}&include=order")
        assert len(answer.data) == 14
        assert {row["id"] for row in answer.json["included"]} == {first["id"], second["id"]}
        assert answer.data[4]["attributes"]["amount"] == "4.0000"


async def test_deleting() -> None:
    async with shop() as caller:
        made = [await make(caller, poNumber="gone") for _ in range(3)]
        kept = await make(caller)
        bare = await caller.delete("/orders")
        assert bare.errors == [("filter constraint", "At least one filter must be provided.", "")]
        answer = await caller.delete("/orders?filter[poNumber]=gone", X_Include="totalCount;deletedCount")
        assert answer.status == 204
        assert answer.headers["X-Include-Deleted-Count"] == answer.headers["X-Include-Total-Count"] == "3"
        line_id = made[0]["relationships"]["lineItems"]["data"][0]["id"]
        assert (await caller.get(f"/orderlineitems/{line_id}")).status == 404
        assert (await caller.delete(f"/orders/{kept['id']}")).status == 204
        assert (await caller.state())["orders"] == []


async def test_addresses() -> None:
    async with shop() as caller:
        body = order(line(), {**ADDRESS, "attributes": {"city": "York"}})
        body["data"]["relationships"]["billingAddress"] = ref("orderaddresses", "a")
        answer = await caller.post("/orders", body)
        assert {error[0] for error in answer.errors} == {"not blank constraint", "name or organization constraint"}
        america: dict[str, Any] = {**ADDRESS, "relationships": {"country": ref("countries", "US")}}
        body["included"][1] = america
        assert (await caller.post("/orders", body)).errors == [(
            "required region constraint", "State is required for country United States",
            "/included/1/relationships/region/data",
        )]  # fmt: skip
        america["relationships"]["region"] = ref("regions", "MX-GUA")
        assert (await caller.post("/orders", body)).errors[0][1] == (
            "Region Guanajuato does not belong to country United States"
        )
        america["relationships"]["region"] = ref("regions", "US-NY")
        assert (await caller.post("/orders", body)).status == 201


@pytest.mark.parametrize(
    ("version", "owner", "gone"),
    [
        ("5.1", "order", {"shippingStatus", "orderSubtotals", "status"}),
        ("6.0", "order", {"shippingStatus", "orderSubtotals"}),
        ("6.1", "orders", set()),
        ("7.0", "orders", set()),
    ],
)
async def test_each_release_has_its_own_shape(version: str, owner: str, gone: set[str]) -> None:
    async with shop(version=version) as caller:
        placed = await caller.act("place_order", customer="101")
        answer = await caller.get(f"/orders/{placed['id']}?include=lineItems")
        relations = set(answer.data["relationships"])
        assert {"shippingStatus", "orderSubtotals", "status"} - relations == gone
        owners = answer.json["included"][0]["relationships"][owner]["data"]
        expected = {"type": "orders", "id": placed["id"]}
        assert owners == ([expected] if owner == "orders" else expected)
        modern = owner == "orders"
        assert ("externalId" in answer.data["attributes"]) == modern
        for path in ("/webhooks", "/webhooktopics", f"/ordersubtotals?filter[order]={placed['id']}"):
            assert (await caller.get(path)).status == (200 if modern else 404), path
        statuses = (await caller.get("/orderinternalstatuses")).ids
        assert ("processing" in statuses, "shipped" in statuses) == (modern, not modern)
        tracking: dict[str, Any] = {"type": "ordershippingtrackings", "attributes": {"method": "DPD", "number": "1"}}
        tracking["relationships"] = {owner: {"data": owners}}
        assert (await caller.post("/ordershippingtrackings", {"data": tracking})).status == 201
        assert len((await caller.get(f"/orders/{placed['id']}/shippingTrackings")).data) == 1
        level = await caller.level("HP-1001")
        assert (len(level["attributes"]["quantity"].partition(".")[2]) == 10) == (version == "5.1")


async def test_a_dry_run_that_replaces_lines_gives_the_old_ones_back() -> None:
    async with shop() as caller:
        made = await make(caller, line("x"), line("y", productSku="HP-1002"), DISCOUNT)
        before = (await caller.get(f"/orders/{made['id']}?include=lineItems,discounts,orderSubtotals")).json
        body = order(line("z", quantity=7))
        body["data"] |= {"id": made["id"], "meta": {"validate": True}}
        dry = await caller.patch(f"/orders/{made['id']}", body)
        assert (dry.status, dry.data["attributes"]["subtotalValue"]) == (200, "70.0000")
        assert len(dry.data["relationships"]["lineItems"]["data"]) == 1
        assert (await caller.get(f"/orders/{made['id']}?include=lineItems,discounts,orderSubtotals")).json == before
        assert len((await caller.get("/orderlineitems?page[size]=-1")).data) == 2
        body["data"].pop("meta")
        assert (await caller.patch(f"/orders/{made['id']}", body)).data["attributes"]["subtotalValue"] == "70.0000"
        assert len((await caller.get("/orderlineitems?page[size]=-1")).data) == 1


async def test_trackings_can_be_linked_and_unlinked_by_the_relationship() -> None:
    async with shop() as caller:
        first, second = await make(caller), await make(caller)
        made = await caller.post("/ordershippingtrackings", {"data": {
            "type": "ordershippingtrackings", "attributes": {"method": "DPD", "number": "A1"},
            "relationships": {"orders": {"data": [{"type": "orders", "id": first["id"]}]}}}})  # fmt: skip
        tracking = {"data": [{"type": "ordershippingtrackings", "id": made.data["id"]}]}
        root = f"/orders/{second['id']}/relationships/shippingTrackings"
        assert (await caller.post(root, tracking)).status == 204
        assert len((await caller.get(f"/ordershippingtrackings/{made.data['id']}/orders")).data) == 2
        assert (await caller.delete(root, tracking)).status == 204
        assert (await caller.get(root)).data == []
        assert (await caller.patch(root, {})).errors[0][0] == "request data constraint"
        assert (await caller.post(root, {"data": None})).errors[0][0] == "request data constraint"
