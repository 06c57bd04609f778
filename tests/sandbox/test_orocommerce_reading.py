"""The JSON:API dialect of reading: dialects, pages, filters, sorting, includes, sparse fields and refusals."""

import json

import pytest

from tests.sandbox.orocommerce_caller import JSON_API, Caller, order, shop


async def test_without_the_json_api_accept_header_the_same_url_answers_plain_json() -> None:
    async with shop() as caller:
        for accept in ("*/*", "application/json", f"{JSON_API}; charset=utf-8"):
            answer = await caller.get("/customers?page[size]=1", Accept=accept)
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.json[0]["id"] == 101
            assert answer.json[0]["externalId"] == "HPT1001"
        one = await caller.get("/customers/101?include=paymentTerm", Accept="*/*")
        assert one.json["paymentTerm"]["label"].startswith("net")
        assert isinstance(one.json["users"][0], int)
        refused = await caller.get("/customers/999", Accept="*/*")
        assert (refused.status, refused.json[0]["title"]) == (404, "not found http exception")


async def test_json_api_content_with_an_accept_that_excludes_it_is_406() -> None:
    async with shop() as caller:
        answer = await caller.get("/orders", Accept="text/html", Content_Type=JSON_API)
        detail = 'The "Accept" request header does not accept JSON:API content type.'
        assert answer.status == 406
        assert answer.errors[0][1] == detail
        assert (await caller.get("/orders", Accept="*/*", Content_Type=JSON_API)).headers["Content-Type"] == JSON_API


async def test_a_page_has_ten_rows_and_says_where_the_next_one_is() -> None:
    async with shop() as caller:
        base = f"{caller.url}/admin/api/customers"
        first = (await caller.get("/customers", X_Include="totalCount")).json
        assert len(first["data"]) == 10
        assert first["links"] == {"self": base, "next": f"{base}?page%5Bnumber%5D=2"}
        second = (await caller.get("/customers?page[number]=2&page[size]=12", X_Include="")).json
        assert second["links"]["first"] == second["links"]["prev"] == f"{base}?page%5Bsize%5D=12"
        assert second["links"]["next"] == f"{base}?page%5Bnumber%5D=3&page%5Bsize%5D=12"
        last = (await caller.get("/customers?page[number]=3&page[size]=12", X_Include="")).json
        assert "next" not in last["links"]
        assert first["data"][0]["links"]["self"] == f"{base}/101"
        users = first["data"][0]["relationships"]["users"]["links"]
        assert users == {"self": f"{base}/101/relationships/users", "related": f"{base}/101/users"}


async def test_the_rest_of_paging() -> None:
    async with shop() as caller:
        everything = await caller.get("/customers?page[size]=-1", X_Include="totalCount;noHateoas")
        assert len(everything.data) == 30
        assert everything.headers["X-Include-Total-Count"] == "30"
        assert "links" not in everything.json
        beyond = await caller.get("/customers?page[number]=9", X_Include="totalCount;noHateoas")
        assert (beyond.status, beyond.data, beyond.headers["X-Include-Total-Count"]) == (200, [], "30")
        comma = await caller.get("/customers", X_Include="totalCount,noHateoas")
        assert "X-Include-Total-Count" not in comma.headers
        assert "links" in comma.json
        for query in ("page[number]=0", "page[size]=x", "page[size]=-2"):
            assert (await caller.get(f"/customers?{query}")).json["errors"][0]["title"] == "filter constraint"


async def test_a_site_may_cap_the_page() -> None:
    async with shop(page_size_max=50) as caller:
        assert (await caller.get("/customers?page[size]=50")).status == 200
        for size in (51, -1):
            answer = await caller.get(f"/customers?page[size]={size}")
            expected = ("filter constraint", "The value should be less than or equals to 50.", "page[size]")
            assert answer.errors == [expected]


CUSTOMER_FILTERS = [
    ("filter[id]=101,103", {"101", "103"}),
    ("filter[id]=101..103", {"101", "102", "103"}),
    ("filter[id][gte]=128", {"128", "129", "130"}),
    ("filter[id]>128", {"129", "130"}),
    ("filter[id]>=129", {"129", "130"}),
    ("filter[id][lt]=103", {"101", "102"}),
    ("filter[id]<=101", {"101"}),
    ("filter[externalId]=HPT1001,HPT1003", {"101", "103"}),
    ("filter[externalId][exists]=false", {"129"}),
    ("filter[externalId]*no", {"129"}),
    ("filter[id]=101,102&filter[externalId]=HPT1002", {"102"}),
    ("filter[id]=101,102&filter[externalId][neq]=HPT1002", {"101"}),
    ("filter[id]=101,129&filter[externalId]!=HPT1002", {"101"}),
    ("filter[id]=101,129&filter[externalId][neq_or_null]=HPT1001", {"129"}),
    ("filter[id][neq]=101..129", {"130"}),
    ("filter[createdAt][gt]=2100", set()),
    ("filter[id]=101&filter[createdAt][lt]=2100-01", {"101"}),
    ("filter[id]=5", set()),
]


@pytest.mark.parametrize(("query", "expected"), CUSTOMER_FILTERS)
async def test_filters(query: str, expected: set[str]) -> None:
    async with shop() as caller:
        answer = await caller.get(f"/customers?page[size]=-1&{query}")
        assert answer.status == 200, answer.text
        assert set(answer.ids) == expected


async def test_association_paths() -> None:
    async with shop() as caller:
        answer = await caller.get(
            "/inventorylevels?filter[product.sku]=HP-1000,HP-1001&include=product,productUnitPrecision&page[size]=-1"
        )
        units = {row["id"]: row for row in answer.json["included"] if row["type"] == "productunitprecisions"}
        skus = {row["attributes"]["sku"] for row in answer.json["included"] if row["type"] == "products"}
        assert skus == {"HP-1000", "HP-1001"}
        assert len(answer.data) == len(units) == 3
        by_case = await caller.get("/inventorylevels?filter[productUnitPrecision.unit.id]=case&page[size]=-1")
        assert len(by_case.data) == 10
        by_code = await caller.get("/products?filter[taxCode.code]=ZER")
        assert {row["attributes"]["sku"] for row in by_code.data} == {"HP-1005", "HP-1016", "HP-1027"}


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/orders?filter[totalValue]=1", "filter[totalValue]"),
        ("/orders?filter[nonsense]=1", "filter[nonsense]"),
        ("/orders?filter[internalStatus]=open", "filter[internalStatus]"),
        ("/orders?filter[customer.email]=x", "filter[customer.email]"),
        ("/products?filter[names.string]=x", "filter[names.string]"),
        ("/orders?nonsense=1", "nonsense"),
    ],
)
async def test_a_filter_nobody_declared_is_400(path: str, parameter: str) -> None:
    async with shop() as caller:
        answer = await caller.get(path)
        assert answer.status == 400
        assert answer.errors == [("filter constraint", "The filter is not supported.", parameter)]


@pytest.mark.parametrize(
    "path",
    [
        "/orders?filter[poNumber][gt]=1",
        "/orders?filter[poNumber][contains]=1",
        "/customers?filter[id]=abc",
        "/orders?filter[createdAt]=yesterday",
        "/orders?filter[external]=perhaps",
        "/orders?include=nonsense",
    ],
)
async def test_an_operator_or_value_that_does_not_fit_is_400(path: str) -> None:
    async with shop() as caller:
        answer = await caller.get(path)
        assert (answer.status, answer.json["errors"][0]["title"]) == (400, "filter constraint")


async def test_status_filters_exist_only_where_a_site_has_them() -> None:
    async with shop(status_filters=True) as caller:
        await caller.act("place_order", customer="101")
        assert len((await caller.get("/orders?filter[internalStatus]=open")).data) == 1
        assert (await caller.get("/orders?filter[internalStatus]=closed")).data == []


async def _three_orders(caller: Caller) -> list[str]:
    made = []
    for po, created in (
        ("PO-b", "2026-01-31T10:15:20Z"),
        ("po-A", "2026-02-01T00:00:00Z"),
        (None, "2027-02-01T00:00:00Z"),
    ):
        answer = await caller.post("/orders", order(poNumber=po, createdAt=created))
        made.append(answer.data["id"])
    return made


async def test_order_filters_and_sorting() -> None:
    async with shop() as caller:
        first, second, third = await _three_orders(caller)
        for query, expected in (
            ("filter[poNumber]=po-B", [first]),
            (f"filter[identifier]={first},{third}", [first, third]),
            ("filter[createdAt]=2026-01", [first]),
            ("filter[createdAt]=2026-01-31T10", [first]),
            ("filter[createdAt]=2026-01-31T10:15:20Z", [first]),
            ("filter[createdAt]=2026-01-31T11:15:20+01:00", [first]),
            ("filter[createdAt]=2026", [first, second]),
            ("filter[createdAt][gt]=2026", [third]),
            ("filter[createdAt][lte]=2026-01-31", [first]),
            ("filter[createdAt]=2026-02..2027-03", [second, third]),
            ("sort=-createdAt", [third, second, first]),
            ("sort=-id", [third, second, first]),
            ("sort=poNumber,id", [third, first, second]),
            ("filter[customer]=101&filter[external]=false", [first, second, third]),
            ("filter[external]=yes", None),
            ("filter[updatedAt][gte]=2020&sort=updatedAt,id", [first, second, third]),
            ("filter[updatedAt][lt]=2020&sort=updatedAt,id", []),
            ("filter[updatedAt][lte]=2100&filter[poNumber]=po-a&sort=updatedAt,id", [second]),
            ("filter[updatedAt][gt]=2020&sort=updatedAt,id&page[size]=2&page[number]=2", [third]),
            ("filter[updatedAt]=2020..2100&sort=-updatedAt,id", [first, second, third]),
        ):
            answer = await caller.get(f"/orders?{query}")
            assert answer.ids == expected if expected is not None else answer.status == 400, query
        wrong = await caller.get("/orders?sort=totalValue")
        assert (wrong.status, wrong.errors[0][0], wrong.errors[0][2]) == (400, "sort constraint", "sort")


async def test_an_incremental_pull_by_updated_at_misses_nothing() -> None:
    async with shop() as caller:
        ids = [(await caller.act("place_order", customer="101"))["id"] for _ in range(7)]
        await caller.act("touch_order", order=ids[2])
        found: list[str] = []
        for number in (1, 2, 3):
            page = f"page[size]=3&page[number]={number}"
            found += (await caller.get(f"/orders?filter[updatedAt][gte]=2020-01-01&sort=updatedAt,id&{page}")).ids
        assert sorted(found) == sorted(ids)


async def test_includes_are_nested_deduplicated_and_bounded_by_sparse_fields() -> None:
    async with shop() as caller:
        placed = await caller.act("place_order", customer="101", lines=[{"sku": "HP-1001"}, {"sku": "HP-1001"}])
        path = f"/orders/{placed['id']}?include=lineItems.product.taxCode,customer,shippingAddress.country"
        answer = await caller.get(path)
        kinds = sorted(row["type"] for row in answer.json["included"])
        assert kinds == ["countries", "customers", "orderaddresses", "orderlineitems", "orderlineitems", "products",
                         "producttaxcodes"]  # fmt: skip
        slim = await caller.get(f"{path}&fields[orders]=identifier,lineItems&fields[orderlineitems]=productSku")
        assert set(slim.data["attributes"]) == {"identifier"}
        assert set(slim.data["relationships"]) == {"lineItems"}
        assert [row["attributes"] for row in slim.json["included"]] == [{"productSku": "HP-1001"}] * 2
        titled = await caller.get(f"/orders/{placed['id']}?meta=title")
        assert titled.data["meta"] == {"title": placed["id"]}


async def test_subresources_and_relationships() -> None:
    async with shop() as caller:
        placed = await caller.act("place_order", customer="101")
        root = f"/orders/{placed['id']}"
        assert (await caller.get(f"{root}/customer")).data["id"] == "101"
        assert (await caller.get(f"{root}/relationships/customer")).data == {"type": "customers", "id": "101"}
        lines = await caller.get(f"{root}/lineItems?include=product", X_Include="totalCount;noHateoas")
        assert lines.headers["X-Include-Total-Count"] == str(len(lines.data))
        assert lines.json["included"][0]["type"] == "products"
        assert (await caller.get(f"{root}/shippingTrackings")).data == []
        assert (await caller.get(f"{root}/source")).data is None
        assert (await caller.get(f"{root}/documents")).data == []
        assert len((await caller.get(f"{root}/orderSubtotals")).data) == 7
        assert set((await caller.get(f"{root}/relationships/lineItems")).data[0]) == {"type", "id"}
        wrong = await caller.get(f"{root}/nonsense")
        assert (wrong.status, wrong.errors) == (404, [("relationship constraint", "Unsupported subresource.", "")])


@pytest.mark.parametrize(
    ("method", "path", "status", "title", "detail"),
    [
        ("GET", "/nonsense", 404, "resource not accessible exception", "The resource is not accessible."),
        ("GET", "/orders/99999", 404, "not found http exception",
         "An entity with the requested identifier does not exist."),
        ("GET", "/orders/abc", 400, "entity identifier constraint", 'Expected integer value. Given "abc".'),
        ("POST", "/inventorylevels", 405, "action not allowed exception", 'The "create" action is not allowed.'),
        ("DELETE", "/inventorylevels/1", 405, "action not allowed exception", 'The "delete" action is not allowed.'),
        ("POST", "/orderstatuses", 405, "action not allowed exception", 'The "create" action is not allowed.'),
        ("POST", "/orderinternalstatuses", 405, "action not allowed exception", 'The "create" action is not allowed.'),
        ("POST", "/ordershippingstatuses", 405, "action not allowed exception", 'The "create" action is not allowed.'),
        ("POST", "/webhooktopics", 405, "action not allowed exception", 'The "create" action is not allowed.'),
        ("PATCH", "/orderlineitems", 405, "action not allowed exception", 'The "update_list" action is not allowed.'),
        ("GET", "/asyncoperations", 405, "action not allowed exception", 'The "get_list" action is not allowed.'),
        ("GET", "/ordersubtotals/1-tax-4", 405, "action not allowed exception", 'The "get" action is not allowed.'),
    ],
)  # fmt: skip
async def test_refused_routes(method: str, path: str, status: int, title: str, detail: str) -> None:
    async with shop() as caller:
        answer = await caller._api(method, path, None, {})
        assert answer.status == status
        assert answer.errors == [(title, detail, "")]
        assert answer.json["errors"][0]["status"] == str(status)
        assert ("Allow" in answer.headers) == (status == 405)


async def test_options_lists_what_is_allowed() -> None:
    async with shop() as caller:
        for path, allow in (
            ("/orders", "OPTIONS, GET, POST, PATCH, DELETE"),
            ("/orders/1", "OPTIONS, GET, PATCH, DELETE"),
            ("/inventorylevels", "OPTIONS, GET, PATCH"),
            ("/orderstatuses/open", "OPTIONS, GET"),
            ("/orders/1/relationships/lineItems", "OPTIONS, GET, PATCH, POST, DELETE"),
            ("/orders/1/relationships/status", "OPTIONS, GET, PATCH"),
            ("/orders/1/relationships/internalStatus", "OPTIONS, GET"),
        ):
            assert (await caller._api("OPTIONS", path, None, {})).headers["Allow"] == allow, path


async def test_an_over_long_query_may_be_posted() -> None:
    async with shop() as caller:
        skus = ",".join(f"HP-{1000 + number}" for number in range(30))
        override = {"X_HTTP_Method_Override": "GET"}
        flat = json.dumps({"filter[product.sku]": skus, "page[size]": -1}).encode()
        nested = json.dumps({"filter": {"product.sku": skus.split(",")}, "page": {"size": -1}}).encode()
        form = f"filter[product.sku]={skus}&page[size]=-1".encode()
        for body in (flat, nested, form):
            answer = await caller._api("POST", "/inventorylevels?sort=id", body, override)
            assert answer.status == 200, answer.text
            assert len(answer.data) == 40


async def test_enums_are_sorted_by_id_and_the_topics_are_not_paged() -> None:
    async with shop(
        order_statuses={"shipped": "Shipped"}, webhook_accessible=["order", "product", "customer"]
    ) as caller:
        statuses = (await caller.get("/orderstatuses")).data
        assert [row["id"] for row in statuses] == ["cancelled", "closed", "open", "shipped", "wait_for_approval"]
        assert statuses[2]["attributes"] == {"name": "Open", "priority": 1, "default": True}
        assert len((await caller.get("/webhooktopics?page[size]=2")).data) == 10
        by_priority = await caller.get("/orderinternalstatuses?sort=priority")
        assert by_priority.ids[:3] == ["open", "cancelled", "closed"]


async def test_a_list_can_be_short_or_repeat_itself() -> None:
    async with shop() as caller:
        await caller.fault(kind="short_list", match="GET /admin/api/customers", count=1)
        short = await caller.get("/customers", X_Include="totalCount")
        assert len(short.data) == 8
        assert short.headers["X-Include-Total-Count"] == "30"
        assert "next" in short.json["links"]
        await caller.fault(kind="duplicate_row", match="customers", count=1)
        twice = (await caller.get("/customers")).ids
        assert len(twice) == 11
        assert len(set(twice)) == 10
