"""What hangs on an order: trackings, lines, discounts, addresses, subtotals; the freeze and deleting."""

from typing import Any

import pytest

from tests.sandbox.orocommerce_caller import ADDRESS, DISCOUNT, Answer, change, line, make, order, ref, shop

FORBIDDEN = ("access denied exception", 'No access by "EDIT" permission to the entity.', "")


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
