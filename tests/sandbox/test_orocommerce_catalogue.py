"""Products, units, prices, customers, terms and tax codes."""

from typing import Any

import pytest

from tests.sandbox.orocommerce_caller import Caller, ref, shop

DUPLICATE = (
    "Product has duplication of product prices. "
    'Set of fields "PriceList", "Quantity" , "Unit" and "Currency" should be unique.'
)


def product(sku: str = "DRILL-18V", **relations: Any) -> dict[str, Any]:
    unit = {"type": "productunitprecisions", "id": "u1",
            "attributes": {"precision": 0, "conversionRate": 1, "sell": True},
            "relationships": {"unit": ref("productunits", "each")}}  # fmt: skip
    name = {"type": "productnames", "id": "n1", "attributes": {"fallback": None, "string": "Cordless drill 18 V"}}
    linked = {
        "names": {"data": [{"type": "productnames", "id": "n1"}]},
        "attributeFamily": ref("attributefamilies", "1"),
        "primaryUnitPrecision": ref("productunitprecisions", "u1"),
        "inventory_status": ref("prodinventorystatuses", "in_stock"),
    }
    data = {
        "type": "products",
        "attributes": {"sku": sku, "status": "enabled"},
        "relationships": {**linked, **relations},
    }
    return {"data": data, "included": [name, unit]}


async def test_every_estate_item_is_an_enabled_simple_product() -> None:
    async with shop() as caller:
        skus = "HP-1000,OSLO-S-BLK,KIT-DOOR,BLD-SHELF,GHOST-01"
        answer = await caller.get(f"/products?filter[sku]={skus}&include=unitPrecisions,taxCode")
        assert len(answer.data) == 5
        assert {row["attributes"]["productType"] for row in answer.data} == {"simple"}
        assert {row["attributes"]["status"] for row in answer.data} == {"enabled"}
        assert (await caller.get("/products?filter[sku]=hp-1000")).data == []  # an exact match
        assert (await caller.get("/products?page[size]=-1&filter[taxCode.code]=RED")).data


async def test_a_product_made_with_its_unit_gets_a_stock_row() -> None:
    async with shop() as caller:
        made = await caller.post("/products", product())
        assert made.status == 201, made.text
        assert len(made.data["relationships"]["unitPrecisions"]["data"]) == 1
        level = await caller.level("DRILL-18V")
        assert level["attributes"]["quantity"] == "0"
        extra = {"data": {"type": "productunitprecisions", "attributes": {"conversionRate": 12}, "relationships": {
            "product": ref("products", made.data["id"]), "unit": ref("productunits", "case")}}}  # fmt: skip
        assert (await caller.post("/productunitprecisions", extra)).status == 201
        assert (await caller.level("DRILL-18V", "case"))["attributes"]["quantity"] == "0"
        again = await caller.post("/productunitprecisions", extra)
        assert again.errors[0][:2] == ("form constraint", 'Unit precision "case" already exists for this product.')
        placed = await caller.act("place_order", lines=[{"sku": "DRILL-18V"}])
        assert "refused" in placed
        primary = made.data["relationships"]["primaryUnitPrecision"]["data"]["id"]
        refused = await caller.delete(f"/productunitprecisions/{primary}")
        assert refused.errors[0][1] == "The delete operation is forbidden. Reason: primary precision."
        assert (await caller.delete(f"/products/{made.data['id']}")).status == 204
        assert (await caller.get("/inventorylevels?filter[product.sku]=DRILL-18V")).data == []


async def test_refused_products() -> None:
    async with shop() as caller:
        assert (await caller.post("/products", product("HP-1000"))).errors[0][2] == "/data/attributes/sku"
        nameless = product()
        nameless["included"][0]["attributes"]["string"] = " "
        assert (await caller.post("/products", nameless)).errors == [(
            "not blank default localized fallback value constraint", "Product default name is blank",
            "/data/relationships/names/data",
        )]  # fmt: skip
        unknown = product()
        unknown["included"][1]["relationships"]["unit"] = ref("productunits", "furlong")
        assert ("form constraint", "The entity does not exist.", "/included/1/relationships/unit/data") in (
            await caller.post("/products", unknown)
        ).errors
        empty = await caller.post("/products", {"data": {"type": "products"}})
        assert {error[2].split("/")[3] for error in empty.errors} == {
            "sku", "names", "attributeFamily", "primaryUnitPrecision", "inventory_status",
        }  # fmt: skip


async def test_units_are_upserted_by_their_code() -> None:
    async with shop() as caller:
        values = {"defaultPrecision": 0, "label": "crate", "shortLabel": "crt", "pluralLabel": "crates",
                  "shortPluralLabel": "crts"}  # fmt: skip
        body: dict[str, Any] = {"data": {"type": "productunits", "id": "crate", "attributes": values}}
        upsert = {"data": {**body["data"], "meta": {"upsert": True}}}
        assert (await caller.post("/productunits", upsert)).status == 201
        assert (await caller.post("/productunits", upsert)).status == 200
        assert (await caller.patch("/productunits/crate", upsert)).status == 200
        taken = await caller.post("/productunits", body)
        assert (taken.status, taken.errors[0][:2]) == (409, ("conflict constraint", "The entity already exists."))
        assert (await caller.delete("/productunits/each")).status == 403


def price(price_list: str, product_id: str, **attributes: Any) -> dict[str, Any]:
    values = {"quantity": 10, "value": "59.5", "currency": "GBP", **attributes}
    relations = {"priceList": ref("pricelists", price_list), "product": ref("products", product_id),
                 "unit": ref("productunits", "each")}  # fmt: skip
    return {"data": {"type": "productprices", "attributes": values, "relationships": relations}}


async def first_product(caller: Caller) -> str:
    return str((await caller.first("/products?filter[sku]=HP-1001"))["id"])


async def test_prices_are_read_by_price_list_and_made_with_value_strings() -> None:
    async with shop() as caller:
        id_ = await first_product(caller)
        assert (await caller.get("/productprices")).errors == [
            ("filter constraint", 'The "priceList" filter is required.', "")
        ]
        assert (await caller.delete("/productprices")).errors[0][1] == "At least one filter must be provided."
        made = await caller.post("/productprices", price("1", id_))
        assert (made.status, made.data["attributes"]["value"], made.data["id"][-2:]) == (201, "59.5000", "-1")
        listed = await caller.get(f"/productprices?filter[priceList]=1&filter[product]={id_}")
        assert len(listed.data) == 2
        changed = await caller.patch(f"/productprices/{made.data['id']}", {"data": {
            "type": "productprices", "id": made.data["id"], "attributes": {"value": "15"}}})  # fmt: skip
        assert changed.data["attributes"]["value"] == "15.0000"
        assert (await caller.get(f"/productprices/{made.data['id']}/product")).status == 404
        assert (await caller.get("/productprices/invalid-1")).status == 404
        wrong_id = await caller.get("/productprices?filter[priceList]=1&filter[id]=invalid")
        assert wrong_id.errors == [("filter constraint", 'Expected a product price ID. Given "invalid".', "filter[id]")]


@pytest.mark.parametrize(
    ("attributes", "error"),
    [
        ({"quantity": 1}, ("unique entity constraint", DUPLICATE, "")),
        ({"value": ""}, ("not blank constraint", "Price value should not be blank.", "/data/attributes/value")),
        ({"value": "test"}, ("type constraint", "Price value should be a valid number.", "/data/attributes/value")),
        ({"currency": "EUR"},
         ("product price currency constraint", 'Currency "EUR" is not valid for current price list.',
          "/data/attributes/currency")),
    ],
)  # fmt: skip
async def test_refused_prices(attributes: dict[str, Any], error: tuple[str, str, str]) -> None:
    async with shop() as caller:
        answer = await caller.post("/productprices", price("1", await first_product(caller), **attributes))
        assert (answer.status, answer.errors) == (400, [error])


async def test_a_price_and_its_list_in_one_call() -> None:
    async with shop() as caller:
        body = price("new", await first_product(caller))
        body["included"] = [{"type": "pricelists", "id": "new", "attributes": {
            "name": "Dealer", "priceListCurrencies": ["GBP"]}}]  # fmt: skip
        one = await caller.post("/productprices", body)
        assert one.status == 201, one.text
        assert one.data["id"].endswith(f"-{one.json['included'][0]['id']}")
        batch = await caller.patch(
            "/productprices", {"data": [body["data"]], "included": body["included"]}, X_Mode="sync"
        )
        assert batch.status == 200, batch.text
        listed = await caller.get(f"/productprices?filter[priceList]={batch.json['included'][0]['id']}")
        assert listed.ids == batch.ids


async def test_customers_and_their_people() -> None:
    async with shop() as caller:
        made = await caller.post("/customers", {"data": {"type": "customers", "attributes": {
            "name": "Meyer Bau GmbH", "externalId": "D-10023"},
            "relationships": {"parent": ref("customers", "101")}}})  # fmt: skip
        assert (made.status, made.data["relationships"]["users"]["data"]) == (201, [])
        assert (await caller.get("/customers/101/children")).ids == [made.data["id"]]
        person = {"data": {"type": "customerusers", "attributes": {
            "email": "Ida@meyer.example", "firstName": "Ida", "lastName": "Meyer", "password": "S3cret!pass"},
            "relationships": {"customer": ref("customers", made.data["id"])}}}  # fmt: skip
        ida = await caller.post("/customerusers", person)
        assert (ida.status, ida.data["attributes"]["enabled"], ida.data["attributes"]["isGuest"]) == (201, True, False)
        assert "password" not in ida.data["attributes"]
        assert (await caller.get(f"/customers/{made.data['id']}/users")).ids == [ida.data["id"]]
        person["data"]["attributes"]["email"] = "ida@MEYER.example"  # type: ignore[index]
        assert (await caller.post("/customerusers", person)).errors == [(
            "unique customer user name and email constraint", "This email is already used.", "/data/attributes/email",
        )]  # fmt: skip
        circle = {
            "data": {"type": "customers", "id": "101", "relationships": {"parent": ref("customers", made.data["id"])}}
        }
        assert (await caller.patch("/customers/101", circle)).errors[0][0] == "circular customer reference constraint"
        missing = await caller.post("/customerusers", {"data": {"type": "customerusers"}})
        assert [error[2] for error in missing.errors] == [
            "/data/attributes/email", "/data/attributes/firstName", "/data/attributes/lastName",
            "/data/relationships/customer/data",
        ]  # fmt: skip
        taken = {"data": {"type": "customers", "id": "101", "attributes": {"externalId": "D-10023"}}}
        assert (await caller.patch("/customers/101", taken)).errors[0][
            1
        ] == 'Value for field "External ID" must be unique'
        await caller.act("place_order", customer="101")
        assert (await caller.delete("/customers/101")).status == 403


async def test_an_unlinked_company_has_no_external_id() -> None:
    async with shop() as caller:
        answer = await caller.get("/customers/129?include=paymentTerm,users")
        assert answer.data["attributes"]["externalId"] is None
        assert {row["type"] for row in answer.json["included"]} == {"paymentterms", "customerusers"}


async def test_terms_and_tax_codes() -> None:
    async with shop() as caller:
        assert {row["attributes"]["label"] for row in (await caller.get("/paymentterms")).data} == {"net 30", "net 60"}
        assert [row["attributes"]["code"] for row in (await caller.get("/producttaxcodes")).data] == [
            "STD",
            "RED",
            "ZER",
        ]
        for type_ in ("producttaxcodes", "customertaxcodes"):
            made = await caller.post(f"/{type_}", {"data": {"type": type_, "attributes": {"code": "NEW"}}})
            assert made.status == 201
            again = await caller.post(f"/{type_}", {"data": {"type": type_, "attributes": {"code": "NEW"}}})
            expected = ("unique tax code constraint", "This value is already used.", "/data/attributes/code")
            assert again.errors == [expected]
            blank = await caller.post(f"/{type_}", {"data": {"type": type_, "attributes": {}}})
            assert blank.errors == [
                ("not blank constraint", "This value should not be blank.", "/data/attributes/code")
            ]
