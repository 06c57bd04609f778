"""The wire: keys and rights, identifiers, pages, quotas, error bodies, and the troubles a call can meet."""

from typing import Any

import aiohttp
import pytest

from tests.sandbox.scayle_caller import DE, GB, PREFIX, Caller, shop


async def test_a_call_needs_a_known_key() -> None:
    async with shop() as caller:
        for token in ("", "guessed"):
            answer = await caller.get("/shops", X_Access_Token=token)
            assert (answer.status, answer.error["errorKey"]) == (401, "UNAUTHORIZED")
        assert (await caller.get("/shops")).status == 200
        async with caller.session.get(f"{caller.url}{PREFIX}/shops") as response:
            assert response.status == 401


async def test_rights_are_by_scope_and_write_implies_read() -> None:
    keys = {"reader": ["ordersRead"], "stocker": ["stocksWrite"]}
    async with shop(access_tokens=keys) as caller:
        assert (await caller.get(f"{GB}/orders", X_Access_Token="reader")).status == 200
        refused = await caller.get("/variants/key%3DHP-1001/stocks", X_Access_Token="reader")
        assert (refused.status, refused.error["context"]) == (403, {"scope": "stocksRead"})
        assert (await caller.get("/variants/key%3DHP-1001/stocks", X_Access_Token="stocker")).status == 200
        assert (await caller.get(f"{GB}/orders", X_Access_Token="stocker")).status == 403


@pytest.mark.parametrize(
    ("path", "status", "key"),
    [
        ("/nowhere", 404, "ROUTE_NOT_FOUND"),
        ("/shops/zz", 404, "SHOP_NOT_FOUND"),
        ("/shops/hp/countries/IT", 404, "SHOP_COUNTRY_NOT_FOUND"),
        (f"{GB}/orders/1", 404, "ORDER_NOT_FOUND"),
        (f"{GB}/orders/key%3Dnone", 404, "ORDER_NOT_FOUND"),
        ("/products/abc", 404, "PRODUCT_NOT_FOUND"),
        ("/variants/key%3DNONE/stocks", 404, "VARIANT_NOT_FOUND"),
        ("/merchants/key%3Dnone", 404, "MERCHANT_NOT_FOUND"),
        ("/products?limit=0", 400, "INVALID_PARAMETER"),
        ("/products?limit=101", 400, "INVALID_PARAMETER"),
        ("/products?cursor=%21%21", 400, "INVALID_PARAMETER"),
        ("/fulfillment/shipments", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_refusals_have_one_form(path: str, status: int, key: str) -> None:
    async with shop() as caller:
        answer = await caller.get(path)
        assert (answer.status, answer.error["errorKey"]) == (status, key)
        assert answer.headers["Content-Type"] == "application/json"


async def test_variant_not_found_is_as_published() -> None:
    async with shop() as caller:
        error = (await caller.get("/variants/key%3DTEE%2FRED/stocks")).error
        assert error == {
            "errorKey": "VARIANT_NOT_FOUND",
            "message": "No such variant.",
            "context": {"variantReferenceKey": "TEE/RED"},
        }


async def test_an_identifier_is_an_id_or_an_encoded_key() -> None:
    async with shop() as caller:
        await caller.act("add_product", sku="A/B=1 ü", on_hand=3)
        by_key = await caller.get("/products/key%3DA%2FB%3D1%20%C3%BC")
        assert by_key.status == 200
        assert (await caller.get(f"/products/{by_key.json['id']}")).json == by_key.json
        variant = by_key.json["variants"][0]
        stocks = await caller.get("/variants/key%3DA%2FB%3D1%20%C3%BC/stocks")
        assert stocks.entities == (await caller.get(f"/variants/{variant['id']}/stocks")).entities
        assert stocks.entities[0]["quantity"] == 3


async def test_a_shop_country_goes_by_code_in_any_case_or_by_id() -> None:
    async with shop() as caller:
        rows = [(await caller.get(f"/shops/hp/countries/{code}")).json for code in ("DE", "de", "1002")]
        assert rows[0] == rows[1] == rows[2]
        assert (rows[0]["countryCode"], rows[0]["currencyCode"]) == ("DE", "EUR")
        assert (await caller.get("/shops/hp/countries/gb")).json["currencyCode"] == "GBP"


async def everything(caller: Caller, path: str, limit: int) -> tuple[list[Any], int]:
    """All rows of a collection, and how many pages they took."""
    rows, pages, cursor = [], 0, ""
    while True:
        answer = (await caller.get(f"{path}?limit={limit}{cursor}")).json
        rows += answer["entities"]
        pages += 1
        if answer["cursor"]["next"] is None:
            return rows, pages
        cursor = f"&cursor={answer['cursor']['next']}"


async def test_pages_end_with_a_null_cursor() -> None:
    async with shop(items=30) as caller:
        rows, pages = await everything(caller, "/products", 7)
        assert pages == -(-len(rows) // 7)
        skus = [variant["referenceKey"] for row in rows for variant in row["variants"]]
        assert sorted(skus) == sorted(item.sku for item in caller.simulator.estate.items)
        exact, pages = await everything(caller, "/warehouses", 3)
        assert (len(exact), pages) == (3, 1)


async def test_order_pages_are_of_one_country_and_lose_nobody() -> None:
    async with shop() as caller:
        placed = (await caller.act("place_orders", count=25))["orders"]
        for base, code in ((GB, "GB"), (DE, "DE")):
            rows, pages = await everything(caller, f"{base}/orders", 2)
            wanted = [one["id"] for one in placed if one["country"] == code]
            assert ([row["id"] for row in rows], pages) == (wanted, max(1, -(-len(wanted) // 2)))


@pytest.mark.parametrize(
    "path",
    [
        "/variants/key%3DHP-1001/stocks", "/variants/key%3DHP-1001/prices", "/webhooks/events",
        "/webhooks/subscriptions", "/bulk-requests", "/companies/1/channels", f"{GB}/vouchers",
        f"{GB}/customers/101/addresses",
    ],
)  # fmt: skip
async def test_some_collections_have_no_cursor(path: str) -> None:
    async with shop() as caller:
        answer = await caller.get(path)
        assert (answer.status, list(answer.json)) == (200, ["entities"])


async def test_order_filters_are_passed_over_unless_set() -> None:
    for filters, left in (((), 2), (("status",), 1)):
        async with shop(order_filters=list(filters)) as caller:
            await caller.order(until="created")
            await caller.order()
            rows = (await caller.get(f"{GB}/orders?filters[status]=order_open")).entities
            assert len(rows) == left


async def test_a_quota_is_counted_by_scope_and_shown() -> None:
    async with shop(rate_limits={"stocksRead": 2, "globalRead": 0}) as caller:
        left = []
        for _ in range(3):
            answer = await caller.get("/variants/key%3DHP-1001/stocks")
            assert answer.headers["x-ratelimit-scope"] == "stocksRead"
            assert answer.headers["x-ratelimit-limit"] == "2"
            assert 1 <= int(answer.headers["x-ratelimit-reset"]) <= 60
            left.append((answer.status, answer.headers["x-ratelimit-remaining"]))
        assert left == [(200, "1"), (200, "0"), (429, "0")]
        assert answer.error["errorKey"] == "RATE_LIMIT_EXCEED"
        assert "Retry-After" not in answer.headers
        free = await caller.get("/shops")
        assert (free.status, "x-ratelimit-scope" in free.headers) == (200, False)


async def test_a_quota_comes_back_and_its_status_is_a_setting() -> None:
    async with shop(rate_limit_status=403) as caller:
        await caller.act("spend_quota", scope="productRead")
        answer = await caller.get("/products")
        assert (answer.status, answer.error["errorKey"]) == (403, "RATE_LIMIT_EXCEED")
        await caller.act("pass_time", seconds=60)
        again = await caller.get("/products")
        assert (again.status, again.headers["x-ratelimit-remaining"]) == (200, "999")


async def test_short_lists_and_doubled_rows() -> None:
    async with shop() as caller:
        whole = (await caller.get("/products?limit=5")).json
        await caller.fault(kind="short_list", match="/products", count=1)
        short = (await caller.get("/products?limit=5")).json
        assert (short["entities"], short["cursor"]) == (whole["entities"][:3], whole["cursor"])
        await caller.fault(kind="duplicate_row", count=1)
        doubled = (await caller.get("/products?limit=5")).json
        assert doubled["entities"] == [whole["entities"][0], *whole["entities"]]
        assert (await caller.get("/products?limit=5")).json == whole


async def test_a_key_can_be_refused_once() -> None:
    async with shop() as caller:
        await caller.fault(kind="expired_token", count=1)
        assert (await caller.get("/shops")).status == 401
        assert (await caller.get("/shops")).status == 200


async def test_a_lost_reply_leaves_the_work_done() -> None:
    async with shop() as caller:
        order = await caller.order()
        await caller.fault(kind="lost_reply", match="/fulfillment/shipments", count=1)
        with pytest.raises(aiohttp.ClientError):
            await caller.ship(order)
        after = await caller.read(order)
        assert [one["shipmentKey"] for one in after["packages"]] == [f"PARCEL-{order['items'][0]['id']}"]


async def test_an_empty_body_is_accepted_where_none_is_needed() -> None:
    async with shop() as caller:
        order = await caller.order()
        answer = await caller.call("POST", f"{GB}/orders/{order['id']}/payment/manual-capture", b"")
        assert answer.status == 200
        assert (await caller.call("POST", "/reservations", b"")).status == 400
        assert (await caller.call("POST", "/reservations", b"{")).status == 400


async def test_places_and_people() -> None:
    async with shop() as caller:
        merchants = (await caller.get("/merchants?limit=1000")).entities
        assert [one["referenceKey"] for one in merchants] == ["default", "partner"]
        keys = [one["referenceKey"] for one in (await caller.get("/merchants/key%3Ddefault/warehouses")).entities]
        assert keys == ["MAIN-WAREHOUSE", "TRADE-COUNTER"]
        made = await caller.post("/warehouses", {"referenceKey": "NEW"})
        assert (made.status, (await caller.post("/warehouses", {"referenceKey": "NEW"})).status) == (201, 409)
        assert (await caller.post("/merchants/key%3Ddefault/warehouses/key%3DNEW")).status == 204
        served = await caller.post(f"{DE}/warehouses", {"referenceKey": "NEW", "priority": 500})
        assert (served.status, served.json["priority"]) == (201, 500)
        rows = {one["referenceKey"]: one for one in (await caller.get("/warehouses")).entities}
        assert [one["countryCode"] for one in rows["NEW"]["shopCountries"]] == ["de"]
        assert (await caller.call("DELETE", f"{DE}/warehouses/key%3DNEW")).status == 204
        assert (await caller.call("DELETE", "/merchants/1/warehouses/key%3DNEW")).status == 204
        assert (await caller.get("/carriers/key%3DDPD")).json["name"] == "DPD Local"
        assert (await caller.post("/carriers", {"key": "DPD"})).status == 409
        assert (await caller.post("/carriers", {"key": "OWN", "name": "Own van"})).status == 201
        person = (await caller.get(f"{GB}/customers/key%3DHPT1001")).json
        assert person["addresses"][0]["countryCode"] == "GBR"
        assert (await caller.get(f"{GB}/customers/101/status")).json == {"isActive": True, "isGuestCustomer": False}
        assert (await caller.get("/companies/9")).status == 404
        assert (await caller.get(f"{GB}/vouchers/31")).json["value"] == 500
        assert (await caller.get(f"{GB}/vouchers/99")).status == 404
