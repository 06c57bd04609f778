"""Orders through the API: the create graph, totals, statuses, upsert, validate and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.orocommerce_caller import ADDRESS, DISCOUNT, Caller, change, line, make, order, ref, shop


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
