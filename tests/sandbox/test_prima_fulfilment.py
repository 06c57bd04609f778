"""From order to invoice: picking, part despatch, back orders, invoices to the penny, credit notes, amendments."""

from decimal import Decimal

import pytest

from crossdock.sandbox.kernel import ActError
from tests.sandbox.prima_caller import Caller, line, order, prima


async def placed(caller: Caller, *lines: object, **changes: object) -> None:
    answer = await caller.post("/v1/orders", order(*lines, **changes))  # type: ignore[arg-type]
    assert answer.status == 201, answer.text


async def test_picking_ends_the_time_to_cancel() -> None:
    async with prima() as caller:
        await placed(caller)
        await caller.act("pick_order", order="WEB-1")
        assert (await caller.get("/v1/orders/WEB-1")).json["status"] == "accepted"
        assert (await caller.post("/v1/orders/WEB-1/cancel", {})).refusal == (409, "order-not-cancellable")
        with pytest.raises(ActError, match="cancel_order: order WEB-1 is being picked"):
            await caller.act("cancel_order", order="WEB-1")
        await caller.act("despatch_order", order="WEB-1")
        assert (await caller.post("/v1/orders/WEB-1/cancel", {})).refusal == (409, "order-not-cancellable")
        assert (await caller.post("/v1/orders/WEB-9/cancel", {})).refusal == (404, "not-found")


async def test_two_shipments_of_one_order_two_invoices_and_the_sum_of_them() -> None:
    async with prima() as caller:
        lines = (line(quantity="3", unit_price="3.33", discount_amount="1.00"), line("HP-1002", "1", unit_price="5.55"))
        await placed(caller, *lines, charges=[{"code": "CARR", "amount": "7.90"}])
        whole = (await caller.get("/v1/orders/WEB-1")).json["totals"]
        before = await caller.free("HP-1001")
        await caller.act("despatch_order", order="WEB-1", lines={"L-HP-1001": 1}, carrier="DPD", tracking=["T1", "T2"])
        part = (await caller.get("/v1/orders/WEB-1")).json
        assert (part["status"], part["lines"][0]["shipped_quantity"]) == ("part_despatched", "1")
        assert await caller.free("HP-1001") == before  # what left was spoken for
        await caller.act("despatch_order", order="WEB-1", tracking=[{"number": "T3", "url": "https://t.example/T3"}])
        done = (await caller.get("/v1/orders/WEB-1")).json
        assert (done["status"], done["totals"]["stage"]) == ("despatched", "invoice")
        assert [done["totals"][name] for name in ("net", "tax", "gross")] == [whole[n] for n in ("net", "tax", "gross")]
        shipments = await caller.walk("/v1/shipments")
        assert [one["is_final"] for one in shipments] == [False, True]
        assert shipments[0]["tracking"] == [{"number": "T1", "url": None}, {"number": "T2", "url": None}]
        assert shipments[1]["tracking"] == [{"number": "T3", "url": "https://t.example/T3"}]
        assert [len(one["lines"]) for one in shipments] == [1, 2]
        assert (await caller.get("/v1/orders/WEB-1/shipments")).json["data"] == shipments
        bills = await caller.walk("/v1/invoices")
        assert sum(Decimal(bill["totals"]["gross"]) for bill in bills) == Decimal(whole["gross"])
        assert [row["sku"] for row in bills[0]["lines"]] == ["HP-1001", "CARR"]
        assert bills[0]["external_refs"] == ["WEB-1"]


async def test_an_invoice_breaks_its_tax_down_by_code() -> None:
    async with prima() as caller:
        # HP-1005 is zero rated, HP-1007 reduced
        skus = ("HP-1001", "HP-1005", "HP-1007")
        await placed(caller, *(line(sku, "1") for sku in skus))
        await caller.act("despatch_order", order="WEB-1")
        (bill,) = await caller.walk("/v1/invoices")
        rates = [(row["vat_code"], row["rate"], row["net"], row["tax"]) for row in bill["tax_breakdown"]]
        assert rates == [("RED", "5", "10.00", "0.50"), ("STD", "20", "10.00", "2.00"), ("ZER", "0", "10.00", "0.00")]
        assert bill["totals"] == {"net": "30.00", "tax": "2.50", "gross": "32.50"}
        assert bill["due_on"] > bill["issued_on"]
        assert (await caller.get(f"/v1/invoices/{bill['number']}")).json == bill


async def test_a_back_order_waits_for_goods_and_can_be_closed_short() -> None:
    async with prima() as caller:
        there = (await caller.post("/v1/stock/query", {"skus": ["HP-1001"], "warehouse_code": "MAIN"})).json["data"][0]
        main = int(there["free"])
        await placed(caller, line(quantity=str(main + 4)))
        await caller.act("despatch_order", order="WEB-1")
        told = (await caller.get("/v1/orders/WEB-1")).json
        assert (told["status"], told["lines"][0]["shipped_quantity"]) == ("part_despatched", str(main))
        with pytest.raises(ActError, match="nothing to pick"):
            await caller.act("despatch_order", order="WEB-1")
        await caller.act("receive_goods", sku="HP-1001", quantity=1)
        await caller.act("despatch_order", order="WEB-1")
        await caller.act("close_short", order="WEB-1")
        told = (await caller.get("/v1/orders/WEB-1")).json
        assert (told["status"], told["lines"][0]["shipped_quantity"]) == ("despatched", str(main + 1))
        assert Decimal(told["totals"]["net"]) == 10 * (main + 1)
        rows = caller.simulator.state()["stock"]
        assert [row["assigned"] for row in rows if row["sku"] == "HP-1001"] == [0, 0]


async def test_two_warehouses_send_two_shipments() -> None:
    async with prima() as caller:
        await caller.act("count_stock", sku="HP-1002", counted=0)
        await placed(caller, line(quantity="1"), line("HP-1002", "1"))
        sent = await caller.act("despatch_order", order="WEB-1")
        assert [(one["warehouse_code"], one["is_final"]) for one in sent["shipments"]] == [
            ("MAIN", False), ("TRADE", True)
        ]  # fmt: skip


async def test_credit_notes_in_part_and_then_the_rest() -> None:
    for sign, factor in (("positive", 1), ("negative", -1)):
        async with prima(credit_sign=sign) as caller:
            await placed(caller, line(quantity="3", unit_price="3.33"), charges=[{"code": "CARR", "amount": "7.90"}])
            await caller.act("despatch_order", order="WEB-1")
            (bill,) = await caller.walk("/v1/invoices")
            before = await caller.free("HP-1001")
            first = await caller.act("credit_invoice", invoice=bill["number"], lines={"L-HP-1001": 1}, restock=True)
            assert (first["kind"], first["number"][:3], first["due_on"]) == ("credit_note", "CRN", None)
            assert await caller.free("HP-1001") == before + 1
            rest = await caller.act("credit_invoice", invoice=bill["number"])
            total = sum(Decimal(one["totals"]["gross"]) for one in (first, rest))
            assert total * factor == Decimal(bill["totals"]["gross"])
            with pytest.raises(ActError, match="credited whole"):
                await caller.act("credit_invoice", invoice=bill["number"])
            assert [row["kind"] for row in await caller.walk("/v1/invoices")].count("credit_note") == 2
            assert (await caller.get("/v1/orders/WEB-1")).json["totals"]["gross"] == bill["totals"]["gross"]


async def test_invoices_wait_where_so_set() -> None:
    async with prima(invoice_at_despatch=False) as caller:
        await placed(caller)
        await caller.act("despatch_order", order="WEB-1")
        assert await caller.walk("/v1/invoices") == []
        assert (await caller.get("/v1/orders/WEB-1")).json["totals"]["stage"] == "order"
        await caller.act("invoice_order", order="WEB-1")
        with pytest.raises(ActError, match="everything sent is invoiced"):
            await caller.act("invoice_order", order="WEB-1")
        told = (await caller.get("/v1/orders/WEB-1")).json
        assert (told["totals"]["stage"], told["lines"][0]["invoiced_quantity"]) == ("invoice", "2")


async def test_an_amended_shipment_has_a_new_revision_and_moves_in_the_feed() -> None:
    async with prima() as caller:
        for ref in ("WEB-1", "WEB-2"):
            await placed(caller, external_ref=ref)
            await caller.act("despatch_order", order=ref)
        first, second = await caller.walk("/v1/shipments")
        await caller.act("amend_shipment", shipment=first["shipment_id"], tracking=["NEW"])
        rows = await caller.walk("/v1/shipments")
        assert [(row["shipment_id"], row["revision"]) for row in rows] == [
            (second["shipment_id"], 1), (first["shipment_id"], 2)
        ]  # fmt: skip
        assert rows[1]["tracking"][0]["number"] == "NEW"


async def test_a_repriced_line_shows_as_variance() -> None:
    async with prima() as caller:
        await placed(caller)
        told = await caller.act("reprice_line", order="WEB-1", line_ref="L-HP-1001", price="11.00")
        assert told["variance"] == {"gross": "2.40", "within_tolerance": False}
        await caller.act("despatch_order", order="WEB-1")
        assert (await caller.get("/v1/orders/WEB-1")).json["totals"] == {
            "net": "22.00", "tax": "4.40", "gross": "26.40", "currency": "GBP", "stage": "invoice"
        }  # fmt: skip


async def test_a_held_order_is_not_worked_on_until_released() -> None:
    async with prima() as caller:
        await placed(caller, hold=True)
        with pytest.raises(ActError, match="is held"):
            await caller.act("pick_order", order="WEB-1")
        assert (await caller.act("work_floor"))["despatched"] == []
        await caller.act("release_order", order="WEB-1")
        assert (await caller.act("work_floor"))["despatched"] == ["WEB-1"]
        with pytest.raises(ActError, match="not held"):
            await caller.act("release_order", order="WEB-1")


async def test_where_a_held_order_takes_nothing_it_takes_its_stock_when_released() -> None:
    async with prima(held_allocates=False) as caller:
        before = await caller.free("HP-1001")
        await placed(caller, hold=True)
        frees = [await caller.free("HP-1001")]
        for act in ("release_order", "hold_order"):
            await caller.act(act, order="WEB-1")
            frees.append(await caller.free("HP-1001"))
        assert [before - free for free in frees] == [0, 2, 0]
        await caller.act("release_order", order="WEB-1")
        await caller.act("cancel_order", order="WEB-1")
        assert await caller.free("HP-1001") == before
        with pytest.raises(ActError, match="is cancelled"):
            await caller.act("hold_order", order="WEB-1")


@pytest.mark.parametrize("lines", [{"L-HP-1001": 9}, {"OTHER": 1}, {"L-HP-1001": 0}])
async def test_more_than_was_billed_cannot_be_credited(lines: dict[str, int]) -> None:
    async with prima() as caller:
        await placed(caller)
        bill = (await caller.act("despatch_order", order="WEB-1"))["invoices"][0]
        with pytest.raises(ActError, match="cannot be credited"):
            await caller.act("credit_invoice", invoice=bill, lines=lines)
        note = (await caller.act("credit_invoice", invoice=bill))["number"]
        with pytest.raises(ActError, match="is a credit note"):
            await caller.act("credit_invoice", invoice=note)


async def test_the_floor_sends_what_it_can() -> None:
    async with prima() as caller:
        await caller.act("count_stock", sku="HP-1002", counted=0)
        await caller.act("count_stock", sku="HP-1002", counted=0, warehouse="TRADE")
        for ref, sku in (("WEB-1", "HP-1002"), ("WEB-2", "HP-1001")):
            await placed(caller, line(sku), external_ref=ref)
        assert await caller.act("work_floor") == {"despatched": ["WEB-2"], "waiting_for_stock": ["WEB-1"]}


async def test_goods_one_picker_has_another_cannot_take() -> None:
    async with prima() as caller:
        await caller.act("count_stock", sku="HP-1001", counted=2)
        for ref in ("WEB-1", "WEB-2"):
            await placed(caller, external_ref=ref, lines=[line(quantity="2")])
        await caller.act("pick_order", order="WEB-1")
        lines = caller.simulator.store.orders_numbered("WEB-2")[0].lines
        lines[0].warehouse = "MAIN"
        with pytest.raises(ActError, match="nothing to pick"):
            await caller.act("pick_order", order="WEB-2")
        with pytest.raises(ActError, match="has no line"):
            await caller.act("pick_order", order="WEB-1", lines={"X": 1})
