"""A refused call: by code, by status, and who acts."""

from typing import Any

import pytest

from crossdock.connectors.bridge import Denied, read_problem
from crossdock.connectors.bridge.faults import Verdict
from crossdock.model.faults import ConfigFault, Refused, RemoteFault, Transient, Unknown, Unsupported
from tests.connectors.bridge.stub import problem
from tests.connectors.bridge.support import bridge

REFUSALS: list[tuple[int, str, Any]] = [
    (422, "account-link-missing", Refused),
    (422, "account-unknown", Refused),
    (422, "account-on-hold", Refused),
    (422, "price-list-unmapped", Refused),
    (422, "price-mismatch", Refused),
    (422, "price-missing-or-zero", Refused),
    (422, "sku-unknown", Refused),
    (422, "sku-blocked", Refused),
    (422, "unit-unmapped", Refused),
    (422, "unit-quantity-mismatch", Refused),
    (409, "stock-insufficient", Refused),
    (409, "order-not-cancellable", Refused),
    (422, "vendor-rejected", Refused),
    (422, "something-new", Refused),
    (413, "too-large", Refused),
    (404, "not-found", Refused),
    (504, "order-outcome-unknown", Unknown),
    (503, "backend-unavailable", Unknown),
    (500, "oops", Unknown),
    (408, "request-timeout", Unknown),
    (409, "idempotency-in-progress", Unknown),
    (401, "unauthorised", ConfigFault),
    (403, "forbidden", Denied),
    (400, "idempotency-key-missing", ConfigFault),
    (415, "unsupported-media-type", ConfigFault),
    (429, "rate-limited", Transient),
    (422, "rate-limited", Transient),
    (501, "operation-unsupported", Unsupported),
]


@pytest.mark.parametrize(("status", "code", "outcome"), REFUSALS)
async def test_a_refused_write_has_an_owner(status: int, code: str, outcome: type) -> None:
    async with bridge() as (api, stub):
        stub.on("POST", "/v1/orders", problem(status, code, "no", headers={"Retry-After": "0"}))
        if issubclass(outcome, RemoteFault):
            with pytest.raises(outcome):
                await api.write("POST", "/v1/orders", {}, operation="create", ref="A-1")
            return
        got = await api.write("POST", "/v1/orders", {}, operation="create", ref="A-1")
        assert isinstance(got, outcome)
        if isinstance(got, Refused):
            assert (got.code, got.duplicate) == (code, False)


@pytest.mark.parametrize(("status", "code"), [(409, "order-ref-conflict"), (422, "idempotency-key-reused")])
async def test_what_may_be_there_already_is_to_be_looked_up(status: int, code: str) -> None:
    async with bridge() as (api, stub):
        stub.on("POST", "/v1/orders", problem(status, code))
        got = await api.write("POST", "/v1/orders", {}, operation="create", ref="A-1")
        assert isinstance(got, Refused)
        assert got.duplicate


def test_a_problem_is_read_in_the_vendors_words() -> None:
    raw = (
        b'{"type": "https://x/problems/sku-unknown", "title": "Unknown SKU", "status": 422, "detail": "line 2",'
        b'"errors": [{"pointer": "/lines/1/sku", "code": "sku-unknown", "detail": "no such product"}, 7],'
        b'"vendor": {"status": "ERROR", "message": "Product not on file", "request_id": 12}, "retryable": false}'
    )
    found = read_problem(raw, 422)
    assert found.code == "sku-unknown"  # from the type, when `code` is not given
    assert str(found) == "Product not on file; line 2; /lines/1/sku no such product"
    assert found.vendor.request_id == "12"


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"code": {}, "errors": "x", "vendor": []}'])
def test_a_refusal_without_words_is_still_one(raw: bytes) -> None:
    found = read_problem(raw, 422)
    assert (found.code, found.verdict) == ("http-422", Verdict.REFUSED)
    assert str(found) == "HTTP 422 without a reason"


@pytest.mark.parametrize(
    ("status", "verdict"), [(400, Verdict.AGAIN), (422, Verdict.AGAIN), (409, Verdict.WAIT), (401, Verdict.CREDENTIALS)]
)
def test_an_unknown_code_that_may_be_tried_again(status: int, verdict: Verdict) -> None:
    assert read_problem(b'{"code": "new-one", "retryable": true}', status).verdict is verdict
