"""WAIR's wire: the token, the tenant, batches, uploads, and what is refused."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.wair import WairSimulator
from crossdock.sandbox.wair.datasets import DATASETS
from tests.sandbox.wair_caller import CREDENTIALS, TENANT, planner

LEVEL = {"locationId": "YORK", "skuId": "700001", "quantity": 7}


async def test_a_token_is_given_for_user_password_and_tenant() -> None:
    async with planner(token_seconds=90) as caller:
        answer = await caller.call("POST", "/Token", CREDENTIALS, **{"X-Tenant": TENANT})
        assert answer.status == 200
        assert list(answer.json) == ["accessToken", "expiresIn", "tokenType", "scope"]
        assert (answer.json["expiresIn"], answer.json["tokenType"]) == (90, "Bearer")
        prefixed = await caller.call("POST", "/api/v1/Token", CREDENTIALS, **{"X-Tenant": TENANT})
        assert prefixed.json["accessToken"] != answer.json["accessToken"]


@pytest.mark.parametrize(
    ("body", "tenant", "status"),
    [
        ({**CREDENTIALS, "password": "guess"}, TENANT, 401),
        ({"username": "crossdock"}, TENANT, 400),
        (CREDENTIALS, "somebody-else", 401),
        (CREDENTIALS, "", 400),
        (b"not json", TENANT, 400),
    ],
)
async def test_no_token_for_anything_less(body: Any, tenant: str, status: int) -> None:
    async with planner() as caller:
        headers = {"X-Tenant": tenant} if tenant else {}
        assert (await caller.call("POST", "/Token", body, **headers)).status == status


async def test_every_call_needs_token_and_tenant() -> None:
    async with planner() as caller:
        bearer, tenant = {"Authorization": f"Bearer {caller.token}"}, {"X-Tenant": TENANT}
        path = "/api/v1/Recommendations/transfers"
        assert (await caller.call("GET", path, **bearer, **tenant)).status == 200
        without_tenant = await caller.call("GET", path, **bearer)
        assert (without_tenant.status, list(without_tenant.errors)) == (400, ["X-Tenant"])
        without_token = await caller.call("GET", path, **tenant)
        assert (without_token.status, without_token.text) == (401, "")
        assert (await caller.call("GET", path, Authorization="Bearer made-up", **tenant)).status == 401
        assert (await caller.call("GET", path, **bearer, **{"X-Tenant": "other"})).status == 401


async def test_what_a_missing_tenant_is_answered_is_a_setting() -> None:
    async with planner(missing_tenant_status=401) as caller:
        answer = await caller.call("POST", "/api/v1/Batch/start", Authorization=f"Bearer {caller.token}")
        assert answer.status == 401


async def test_a_token_ends_with_its_lifetime_and_by_fault() -> None:
    async with planner(token_seconds=60) as caller:
        caller.simulator.skew = timedelta(seconds=59)
        assert (await caller.get("Recommendations/transfers")).status == 200
        caller.simulator.skew = timedelta(seconds=60)
        assert (await caller.get("Recommendations/transfers")).status == 401
        await caller.sign_in()
        await caller.fault(kind="expired_token", count=1)
        assert [(await caller.get("Recommendations/transfers")).status for _ in range(2)] == [401, 401]
        await caller.sign_in()
        assert (await caller.get("Recommendations/transfers")).status == 200
        assert (await caller.act("expire_tokens"))["expired"] >= 1
        assert (await caller.get("Recommendations/transfers")).status == 401


async def test_a_batch_is_opened_filled_and_closed() -> None:
    async with planner() as caller:
        for path, body in (("Batch/start", None), ("Stock", {"stock": [LEVEL]})):
            answer = await caller.post(path, body)
            assert (answer.status, answer.text) == (200, "")
        state = await caller.state()
        assert (state["stock"], state["batch"]["rows_staged"], state["uploads"][0]["counts"]) == ([], 1, "not yet")
        assert (await caller.post("Batch/stop")).status == 200
        assert (await caller.stock())["YORK", "700001"]["on_hand"] == "7"
        state = await caller.state()
        assert (state["batch"], state["uploads"][0]["counts"]) == (None, "yes")


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
async def test_every_dataset_takes_whole_objects_by_key(dataset: Any) -> None:
    samples = {"number": 1, "flag": True, "moment": "2026-01-01T00:00:00Z"}

    def whole(fields: Any, text: str) -> dict[str, Any]:
        return {
            one.name: [whole(one.rows, text)] if one.kind == "rows" else samples.get(one.kind, text) for one in fields
        }

    async with planner(bodies="strict") as caller:
        row = {**whole(dataset.fields, "guid01"), "somethingNew": {"kept": True}}
        await caller.upload(dataset.path, [row, row], array=dataset.rows)
        (logged,) = (await caller.state())["uploads"]
        assert (logged["dataset"], logged["rows"], logged["counts"]) == (dataset.path, 2, "yes")
        short = {name: value for name, value in row.items() if name not in dataset.key}
        await caller.post("Batch/start")
        refused = await caller.post(dataset.path, {dataset.rows: [short]})
        assert refused.status == 400
        assert f"{dataset.rows}[0].{dataset.key[0]}" in refused.errors


async def test_an_upload_is_an_upsert_of_the_whole_object() -> None:
    async with planner() as caller:
        await caller.upload("Sizes", [{"sizeId": "1", "code": "S", "description": "Small", "sortOrder": 10}])
        await caller.upload("Sizes", [{"sizeId": "1", "code": "SM"}, {"sizeId": "2", "code": "SM"}])
        sizes = (await caller.state())["master"]["Sizes"]
        assert sizes == [{"sizeId": "1", "code": "SM"}, {"sizeId": "2", "code": "SM"}]  # a code need not be unique


async def test_one_wrong_row_refuses_the_whole_call() -> None:
    async with planner() as caller:
        await caller.post("Batch/start")
        rows = [LEVEL, {**LEVEL, "quantity": "seven"}, {"skuId": "1", "quantity": 1}, {**LEVEL, "skuId": "x" * 81}]
        answer = await caller.post("Stock", {"stock": rows})
        assert answer.status == 400
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json["title"] == "One or more validation errors occurred."
        assert list(answer.errors) == ["stock[1].quantity", "stock[2].locationId", "stock[3].skuId"]
        await caller.post("Batch/stop")
        state = await caller.state()
        assert (state["stock"], state["refused"][0]["status"]) == ([], 400)


@pytest.mark.parametrize("body", [b"<xml/>", {"rows": [LEVEL]}, [LEVEL], {"stock": LEVEL}, {"stock": ["seven"]}])
async def test_a_body_that_is_none(body: Any) -> None:
    async with planner(error_shape="text") as caller:
        await caller.post("Batch/start")
        answer = await caller.post("Stock", body)
        assert answer.status == 400
        assert answer.text.startswith("One or more validation errors occurred.\n")


async def test_rows_per_call() -> None:
    rows = [{**LEVEL, "skuId": str(number)} for number in range(3)]
    async with planner(call_limits={"Stock": 2}) as caller:
        await caller.post("Batch/start")
        answer = await caller.post("Stock", {"stock": rows})
        assert (answer.status, list(answer.errors)) == (400, ["stock"])
        assert (await caller.post("Stock", {"stock": rows[:2]})).status == 200
    async with planner(call_limits={"Stock": 2}, over_limit="accept") as caller:
        await caller.upload("Stock", rows)
        assert (await caller.state())["uploads"][0]["over_limit"] is True
    published = {path: one.limit for path, one in DATASETS.items() if one.limit}
    assert published == {
        "Items": 25_000, "Prepacks": 25_000, "PurchaseOrders": 25_000, "Stock": 50_000, "StockMutations": 50_000,
        "StockNotForReplenishment": 50_000, "Sales": 10_000, "Transfers": 10_000, "Images/Urls": 1_000,
    }  # fmt: skip


async def test_paths_and_query_names_have_no_case() -> None:
    async with planner() as caller:
        assert (await caller.post("batch/START")).status == 200
        assert (await caller.post("STOCK?FULLLOAD=True", {"stock": [LEVEL]})).status == 200
        assert (await caller.post("Stock?fullLoad=perhaps", {"stock": [LEVEL]})).status == 400
        assert (await caller.get("Stock")).status == 405
        assert (await caller.post("Bodymaps", {})).status == 404


async def test_a_record_is_deleted_by_its_id() -> None:
    async with planner() as caller:
        await caller.upload("Brands", [{"brandId": "1", "code": "B"}, {"brandId": "2", "code": "C"}])
        assert (await caller.delete("Brands/2")).status == 200
        assert (await caller.delete("Brands/2")).status == 404
        state = await caller.state()
        assert [one["brandId"] for one in state["master"]["Brands"]] == ["1"]
        assert state["deleted"][0]["id"] == "2"


async def test_a_lost_reply_still_counts_and_a_500_does_nothing() -> None:
    async with planner() as caller:
        await caller.post("Batch/start")
        await caller.fault(kind="lost_reply", match="POST /api/v1/Stock", count=1)
        with pytest.raises(aiohttp.ClientError):
            await caller.post("Stock", {"stock": [LEVEL]})
        await caller.fault(kind="status", match="Batch/stop", status=500, count=1)
        assert (await caller.post("Batch/stop")).status == 500
        assert (await caller.state())["stock"] == []
        assert (await caller.post("Batch/stop")).status == 200
        assert (await caller.stock())["YORK", "700001"]["on_hand"] == "7"


@pytest.mark.parametrize(
    "settings",
    [{"limit": 5}, {"full_load": "perhaps"}, {"limit_max": 0}, {"confirmed_time_zone": "York"}, {"token_seconds": "1"}],
)
def test_a_setting_that_cannot_be(settings: dict[str, Any]) -> None:
    with pytest.raises(ActError, match="wair settings: "):
        WairSimulator(build_estate(items=4, companies=1), settings=settings)
