"""The bridge door, ordering: what is taken, refused and why, totals and variance, repeats, queueing, cancelling."""

from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.sandbox.prima_caller import BEARER, Caller, line, order, prima

CASE: dict[str, Any] = {"native_key": {"product": "HP1000", "m3": "CASE"}, "unit_code": "case"}


def case_of(caller: Caller) -> int:
    return caller.simulator.estate.item("HP-1000").units["case"]


async def test_a_taken_order_comes_back_with_prima_s_own_totals() -> None:
    async with prima() as caller:
        sent = order(charges=[{"code": "CARR", "amount": "7.90"}])
        sent["expected"] = {"net": "27.90", "tax": "5.58", "gross": "33.48"}
        answer = await caller.post("/v1/orders", sent)
        told = answer.json
        assert answer.status == 201
        assert (told["erp_order_number"], told["external_ref"], told["status"]) == ("WEB-1", "WEB-1", "accepted")
        assert told["lines"] == [
            {"line_ref": "L-HP-1001", "erp_line_no": "1", "sku": "HP-1001", "quantity": "2", "unit_price": "10",
             "shipped_quantity": "0", "invoiced_quantity": "0"}
        ]  # fmt: skip
        assert told["totals"] == {"net": "27.90", "tax": "5.58", "gross": "33.48", "currency": "GBP", "stage": "order"}
        assert told["variance"] == {"gross": "0.00", "within_tolerance": True}
        assert (await caller.get("/v1/orders/WEB-1")).json == told
        assert (await caller.get("/v1/orders?external_ref=WEB-1&source=shop")).json["data"] == [told]
        assert (await caller.get("/v1/orders?external_ref=WEB-1&source=other")).json["data"] == []
        assert (await caller.get("/v1/orders/WEB-2")).refusal == (404, "not-found")


@pytest.mark.parametrize(("gross", "off", "fine"), [("24.01", "-0.01", True), ("24.02", "-0.02", False)])
async def test_a_variance_is_told_and_the_order_stands(gross: str, off: str, fine: bool) -> None:
    async with prima() as caller:
        told = (await caller.post("/v1/orders", order(expected={"net": "20", "tax": "4", "gross": gross}))).json
        assert told["variance"] == {"gross": off, "within_tolerance": fine}
        assert told["status"] == "accepted"


@pytest.mark.parametrize(("rounding", "tax"), [("per_line", "0.21"), ("per_code", "0.20")])
async def test_rounding_tax_per_line_or_per_code(rounding: str, tax: str) -> None:
    lines = [line(f"HP-100{number}", "1", unit_price="0.33") for number in (1, 2, 3)]
    async with prima(tax_rounding=rounding) as caller:
        assert (await caller.post("/v1/orders", order(*lines))).json["totals"]["tax"] == tax


async def test_prices_with_tax_in_them() -> None:
    async with prima() as caller:
        sent = order(line(quantity="1", unit_price="12.00"), prices_include_tax=True)
        totals = (await caller.post("/v1/orders", sent)).json["totals"]
        assert (totals["net"], totals["tax"], totals["gross"]) == ("10.00", "2.00", "12.00")


REFUSALS = [
    ("no account", {"account_code": "absent"}, {}, (422, "account-link-missing"), "/account_code"),
    ("unknown account", {"account_code": "HPT9999"}, {}, (422, "account-unknown"), "/account_code"),
    ("account on stop", {"account_code": "HPT1017"}, {}, (422, "account-on-hold"), "/account_code"),
    ("no reference", {"account_code": "HPT1013"}, {}, (422, "vendor-rejected"), "/customer_po"),
    ("other currency", {"currency": "EUR"}, {}, (422, "vendor-rejected"), "/currency"),
    ("unknown address", {"delivery_address_code": "9"}, {}, (422, "vendor-rejected"), "/delivery_address_code"),
    ("unknown SKU", {}, {"sku": "GHOST-01"}, (422, "sku-unknown"), "/lines/0/sku"),
    ("another item's key", {}, {"native_key": {"product": "HP1002"}}, (422, "sku-unknown"), "/lines/0/native_key"),
    ("unknown unit", {}, {"unit_code": "crate"}, (422, "unit-unmapped"), "/lines/0/unit_code"),
    ("wrong base", {}, {"base_quantity": "12"}, (422, "unit-quantity-mismatch"), "/lines/0/base_quantity"),
    ("not its list", {}, {"price_list_code": "KEY"}, (422, "price-list-unmapped"), "/lines/0/price_list_code"),
    ("zero price", {}, {"unit_price": "0.00"}, (422, "price-missing-or-zero"), "/lines/0/unit_price"),
    ("no price", {}, {"unit_price": "absent"}, (422, "price-missing-or-zero"), "/lines/0/unit_price"),
    ("no quantity", {}, {"quantity": "0"}, (400, "request-invalid"), "/lines/0/quantity"),
    ("a number", {}, {"unit_price": 10}, (400, "request-invalid"), "/lines/0/unit_price"),
    ("no address", {"delivery_address_code": "absent"}, {}, (400, "request-invalid"), "/delivery_address_code"),
    ("no zone", {"ordered_at": "2026-01-06T09:00:00"}, {}, (400, "request-invalid"), "/ordered_at"),
]


@pytest.mark.parametrize(("changes", "in_line", "refusal", "pointer"), [row[1:] for row in REFUSALS],
                         ids=[row[0] for row in REFUSALS])  # fmt: skip
async def test_refusals_name_the_place_and_leave_nothing(
    changes: dict[str, Any], in_line: dict[str, Any], refusal: tuple[int, str], pointer: str
) -> None:
    async with prima() as caller:
        before = await caller.free("HP-1001")
        sent = order(line(**in_line), **changes)
        for path in ("/v1/orders/validate", "/v1/orders"):
            answer = await caller.post(path, sent)
            assert answer.refusal == refusal
            assert pointer in [error["pointer"] for error in answer.json["errors"]]
            if refusal[0] == 422:
                assert set(answer.json["vendor"]) == {"status", "message", "request_id"}
        assert caller.simulator.state()["orders"] == []
        assert await caller.free("HP-1001") == before


async def test_an_address_of_its_own_and_a_payment() -> None:
    address = {"lines": ["Site gate", "Ripon"], "postcode": "HG4 1QP", "country": "GB"}
    async with prima() as caller:
        payment = {"method": "CARD", "reference": "T1", "amount": "24.00"}
        free_form = order(delivery_address_code="absent", delivery_address=address, payment=payment)
        assert (await caller.post("/v1/orders", free_form)).status == 201
        (held,) = caller.simulator.state()["orders"]
        assert held["delivery_address"] == {
            "line1": "Site gate", "line2": "Ripon", "postcode": "HG4 1QP", "country": "GB"
        }  # fmt: skip
        assert held["payment"] == {"method": "CARD", "reference": "T1"}
        bad = order(line(), line(), delivery_address={"lines": []}, currency="gbp", external_ref="W2")
        told = [error["pointer"] for error in (await caller.post("/v1/orders", bad)).json["errors"]]
        assert told == ["/lines/1/line_ref", "/delivery_address_code", "/currency", "/delivery_address/lines",
                        "/delivery_address/country"]  # fmt: skip


async def test_everything_that_is_wrong_is_told_at_once() -> None:
    async with prima() as caller:
        bad = order(line(sku="GHOST-01"), line(unit_code="crate"), account_code="HPT9999")
        errors = (await caller.post("/v1/orders/validate", bad)).json["errors"]
        assert [error["code"] for error in errors] == ["account-unknown", "sku-unknown", "unit-unmapped"]
    async with prima(validate_answers="report") as caller:
        told = (await caller.post("/v1/orders/validate", bad)).json
        assert (told["valid"], len(told["problems"])) == (False, 3)
        good = (await caller.post("/v1/orders/validate", order())).json
        assert (good["valid"], good["totals"]["gross"]) == (True, "24.00")


async def test_a_case_takes_its_eaches_in_either_mode() -> None:
    async with prima() as caller:
        before, holds = await caller.free("HP-1000"), case_of(caller)
        sent = order(line("HP-1000-CASE", base_quantity=str(holds), **CASE))
        assert (await caller.post("/v1/orders", sent)).status == 201
        assert before - await caller.free("HP-1000") == 2 * holds
        loose = order(line("HP-1000-CASE", base_quantity="1", **CASE), external_ref="WEB-2")
        assert (await caller.post("/v1/orders", loose)).refusal == (422, "unit-quantity-mismatch")
    async with prima(uom_mode="unit_code", base_quantity_means="total") as caller:
        before = await caller.free("HP-1000")
        sent = order(line("HP-1000", unit_code="case", base_quantity=str(2 * holds)))
        assert (await caller.post("/v1/orders", sent)).status == 201
        assert before - await caller.free("HP-1000") == 2 * holds


async def test_an_unconfirmed_unit_is_not_sold() -> None:
    async with prima(unconfirmed_skus=["HP-1000-CASE"]) as caller:
        sent = order(line("HP-1000-CASE", base_quantity=str(case_of(caller)), **CASE))
        assert (await caller.post("/v1/orders", sent)).refusal == (422, "unit-unmapped")
        await caller.act("confirm_unit", sku="HP-1000", unit_code="case")
        assert (await caller.post("/v1/orders", sent)).status == 201
        await caller.act("set_item_status", sku="HP-1000", status="blocked")
        assert (await caller.post("/v1/orders", {**sent, "external_ref": "X"})).refusal == (422, "sku-blocked")


async def test_who_sets_the_price() -> None:
    key = {"account_code": "HPT1010"}
    async with prima(pricing_mode="erp_prices") as caller:
        listed = caller.simulator.estate.item("HP-1001").net_price
        told = (await caller.post("/v1/orders", order(line(unit_price="absent")))).json
        assert float(told["lines"][0]["unit_price"]) == float(listed)
        deal = (await caller.post("/v1/orders", order(line(quantity="10"), external_ref="K", **key))).json
        assert float(deal["lines"][0]["unit_price"]) == pytest.approx(float(listed) * 0.88, abs=0.006)
    async with prima(pricing_mode="send_and_compare") as caller:
        assert (await caller.post("/v1/orders", order())).refusal == (422, "price-mismatch")
        right = order(line(unit_price=str(listed)))
        assert (await caller.post("/v1/orders", right)).status == 201


async def test_no_price_on_file_is_refused_or_falls_into_the_trap() -> None:
    for trap, status in ((False, 422), (True, 201)):
        async with prima(pricing_mode="erp_prices", zero_price_trap=trap) as caller:
            await caller.act("drop_price", sku="HP-1001")
            answer = await caller.post("/v1/orders", order())
            assert answer.status == status
            assert not trap or answer.json["totals"]["gross"] == "0.00"


async def test_a_reference_belongs_to_one_order_of_its_source() -> None:
    async with prima(erp_number="own") as caller:
        first = await caller.post("/v1/orders", order())
        again = await caller.post("/v1/orders", order(lines=[line(quantity="2.000")]))
        assert (again.status, again.json) == (200, first.json)
        other = await caller.post("/v1/orders", order(line(quantity="3")))
        assert other.refusal == (409, "order-ref-conflict")
        elsewhere = await caller.post("/v1/orders", order(source="till"))
        assert elsewhere.status == 201
        assert elsewhere.json["erp_order_number"] != first.json["erp_order_number"]
    async with prima() as caller:
        await caller.post("/v1/orders", order())
        assert (await caller.post("/v1/orders", order(source="till"))).refusal == (409, "order-ref-conflict")


async def test_a_reply_lost_after_the_order_was_taken() -> None:
    async with prima() as caller:
        caller.fault(kind="lost_reply", match="POST /v1/orders$", count=1)
        key = '"' + "a" * 32 + '"'
        with pytest.raises(aiohttp.ClientError):
            await caller.post("/v1/orders", order(), key)
        assert [row["status"] for row in (await caller.get("/v1/orders?external_ref=WEB-1")).json["data"]] == [
            "accepted"
        ]
        assert (await caller.post("/v1/orders", order(), key)).status == 201
        assert len(caller.simulator.state()["orders"]) == 1


async def test_stock_that_is_not_there_waits_or_is_refused() -> None:
    async with prima() as caller:
        there = await caller.free("HP-1001")
        assert (await caller.post("/v1/orders", order(line(quantity=str(there + 5))))).status == 201
        assert await caller.free("HP-1001") == -5
        assert caller.simulator.state()["oversold"] == [{"sku": "HP-1001", "short": 5}]
    async with prima(stock_policy="refuse") as caller:
        answer = await caller.post("/v1/orders", order(line(quantity=str(there + 5))))
        assert answer.refusal == (409, "stock-insufficient")


async def test_a_held_order_takes_stock_and_gives_it_back() -> None:
    for allocates, taken in ((True, 2), (False, 0)):
        async with prima(held_allocates=allocates) as caller:
            before = await caller.free("HP-1001")
            held = (await caller.post("/v1/orders", order(hold=True, hold_reason="probe"))).json
            assert (held["status"], held["hold_reason"]) == ("held", "probe")
            assert before - await caller.free("HP-1001") == taken
            cancelled = await caller.post("/v1/orders/WEB-1/cancel", {})
            assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
            assert await caller.free("HP-1001") == before
            assert (await caller.post("/v1/orders/WEB-1/cancel", {"reason": "again"})).status == 200


async def test_an_account_on_stop_is_held_where_so_set_or_asked() -> None:
    async with prima(on_hold_account="hold") as caller:
        told = (await caller.post("/v1/orders", order(account_code="HPT1017"))).json
        assert (told["status"], told["hold_reason"]) == ("held", "Account on hold")
    async with prima() as caller:
        asked = order(account_code="HPT1017", hold=True, hold_reason="Review")
        assert (await caller.post("/v1/orders", asked)).json["status"] == "held"


async def test_a_queue_says_so_and_decides_later() -> None:
    async with prima(queue=True, queue_seconds=None) as caller:
        for ref, account in (("WEB-1", "HPT1001"), ("WEB-2", "HPT1017")):
            answer = await caller.post("/v1/orders", order(external_ref=ref, account_code=account))
            assert (answer.status, answer.json["status"], answer.json["totals"]) == (202, "received", None)
        told = await caller.act("run_queue")
        assert told == {"decided": {"WEB-1": "accepted", "WEB-2": "rejected"}}
        rejected = (await caller.get("/v1/orders?external_ref=WEB-2")).json["data"][0]
        assert rejected["rejection"] == {"code": "account-on-hold", "message": "Customer HPT1017 is on stop"}
        again = await caller.post("/v1/orders", order(external_ref="WEB-2", account_code="HPT1017"))
        assert (again.status, again.json["status"]) == (200, "rejected")


async def test_a_queue_that_decides_at_the_next_call() -> None:
    async with prima(queue=True, rejected_ref="reusable") as caller:
        sent = order(account_code="HPT1017")
        assert (await caller.post("/v1/orders", sent)).status == 202
        assert (await caller.get("/v1/orders/WEB-1")).json["status"] == "rejected"
        await caller.act("release_account", account="HPT1017")
        assert (await caller.post("/v1/orders", sent)).status == 202
        assert (await caller.get("/v1/orders/WEB-1")).json["status"] == "accepted"


async def test_a_number_with_a_slash_in_it() -> None:
    async with prima() as caller:
        await caller.post("/v1/orders", order(external_ref="WEB/1 é"))
        path = "/v1/orders/WEB%2F1%20%C3%A9"
        async with caller.session.get(URL(caller.url + path, encoded=True), headers=BEARER) as answer:
            assert (answer.status, (await answer.json())["external_ref"]) == (200, "WEB/1 é")


async def test_orders_by_change() -> None:
    async with prima() as caller:
        for number in range(1, 4):
            await caller.post("/v1/orders", order(external_ref=f"WEB-{number}"))
        since = (await caller.get("/v1/orders/WEB-3")).json["updated_at"]
        await caller.act("hold_order", order="WEB-1", reason="Look at it")
        changed = await caller.walk("/v1/orders")
        assert [row["external_ref"] for row in changed][-1] == "WEB-1"
        later = {row["external_ref"]: row["status"] for row in await caller.walk(f"/v1/orders?updated_since={since}")}
        assert later["WEB-1"] == "held"
