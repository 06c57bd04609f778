"""Stock, items, accounts, prices and invoices out of a bridge."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete, Unsupported
from crossdock.model.stock import Basis, StockFigure
from crossdock.ports.systems import UnreadableFigure
from tests.connectors.bridge.stub import Asked, json_answer, page, paged, problem
from tests.connectors.gate import HandClock
from tests.connectors.prima.support import (
    AT,
    CAPABILITIES,
    customer,
    gathered,
    invoice,
    item,
    over_bridge,
    stock,
)

SINCE = datetime(2026, 3, 1, tzinfo=UTC)


# stock


async def test_free_stock_is_read_with_its_basis_and_time() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/stock", paged([stock(), stock(warehouse_code="SHOP", free="-2")], 1))
        main, shop = await gathered(prima.read_stock(SINCE))
        assert (main.stock_code, main.site, main.basis, main.quantity) == ("ST100-080", "MAIN", Basis.FREE, Decimal(7))
        assert main.as_of == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
        assert shop.quantity == -2
        assert stub.calls("GET", "/v1/stock")[0].query["updated_since"] == "2026-03-01T00:00:00Z"


async def test_a_figure_is_never_from_the_future() -> None:
    clock = HandClock()
    async with over_bridge(clock=clock) as (prima, stub):
        stub.on("GET", "/v1/stock", page([stock(as_of="2031-01-01T00:00:00Z")]))
        (figure,) = await gathered(prima.read_stock(None))
        assert figure.as_of == clock.now()


async def test_without_a_change_feed_everything_is_read() -> None:
    meaning = {**CAPABILITIES["stock"], "delta": False}
    async with over_bridge({"stock": meaning}) as (prima, stub):
        await gathered(prima.read_stock(SINCE))
        assert "updated_since" not in stub.calls("GET", "/v1/stock")[0].query


@pytest.mark.parametrize(("ours", "theirs"), [(False, True), (True, False), (False, False)])
async def test_nothing_is_published_before_both_vouch_for_its_meaning(ours: bool, theirs: bool) -> None:
    meaning = {**CAPABILITIES["stock"], "semantics_confirmed": theirs}
    async with over_bridge({"stock": meaning}, stock_semantics_confirmed=ours) as (prima, stub):
        stub.on("GET", "/v1/stock", page([stock()]))
        with pytest.raises(ConfigFault) as caught:
            await gathered(prima.read_stock(None))
        assert caught.value.setting == "stock_semantics_confirmed"
        assert "a held order for n must make `free` fall by n" in str(caught.value)
        assert stub.calls("GET", "/v1/stock") == []


BAD_STOCK = [
    (stock(free="many"), "data[1].free"),
    (stock(free=7), "data[1].free"),
    (stock(free=None), "data[1].free"),
    (stock(as_of="2026-03-02 08:30"), "data[1].as_of"),
    (stock(warehouse_code=""), "data[1].warehouse_code"),
    (stock(native_key=[]), "data[1].native_key"),
    (stock(physical="9", allocated="3"), "data[1].free"),
    (stock(sequence="4"), "data[1].sequence"),
    ("ST100-080", "data[1]"),
]


@pytest.mark.parametrize(("row", "place"), BAD_STOCK)
async def test_an_unreadable_figure_is_unknown_and_its_neighbours_flow(row: Any, place: str) -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/stock", page([stock("ST100-085"), row]))
        good, bad = await gathered(prima.read_stock(None))
        assert isinstance(good, StockFigure)
        assert isinstance(bad, UnreadableFigure)
        assert bad.fault.place == place
        assert bad.stock_code == ("ST100-080" if isinstance(row, dict) else "")


async def test_an_older_figure_never_takes_the_place_of_a_newer_one() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/stock", page([stock(free="5", sequence=9)]), page([stock(free="8", sequence=8)]))
        assert [figure.quantity for figure in await gathered(prima.read_stock(None))] == [5]
        assert await gathered(prima.read_stock(None)) == []


async def test_a_truncated_feed_is_no_read() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/stock", page([stock()], total=2))
        with pytest.raises(ReadIncomplete):
            await gathered(prima.read_stock(None))


# items and accounts


async def test_items_come_with_their_units_and_keys() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/items", page([item(), item("ST100-085", status="discontinued"), item(units=[{}])]))
        good, gone, bad = await gathered(prima.read_items(SINCE))
        assert good.value.native_key == (("m1", "F"), ("m2", "080"), ("product", "ST100"))
        assert [unit.unit for unit in good.value.units] == ["PAIR"]
        assert good.updated_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
        assert gone.value.discontinued
        assert bad.fault.place == "data[2].units[0].unit_code"
        assert bad.ref == "ST100-080"


async def test_where_units_are_skus_each_has_one() -> None:
    unit = {"unit_code": "BOX", "base_sku": "A", "base_quantity": "12", "confirmed": True}
    for mode, readable in (("unit_sku", False), ("unit_code", True)):
        async with over_bridge(uom_mode=mode) as (prima, stub):
            stub.on("GET", "/v1/items", page([item(units=[unit])]))
            (document,) = await gathered(prima.read_items(None))
            assert (document.value is not None) is readable


async def test_items_are_found_by_code() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/items/a%2Fb", item("a/b"))
        stub.on("GET", "/v1/items/a/b", item("a/b"))  # as the server sees the escaped step
        found = await prima.find_items(["ST100-080", "NONE", "a/b", "x" * 65, "ST100-080"])
        assert [one.code for one in found] == ["ST100-080", "a/b"]
        stub.on("GET", "/v1/items/OTHER", item())
        with pytest.raises(ReadIncomplete, match="not OTHER"):
            await prima.find_items(["OTHER"])


@pytest.mark.parametrize(
    ("changes", "stopped"),
    [({}, False), ({"status": "on_hold"}, True), ({"status": "closed"}, True), ({"credit_hold": True}, True)],
)
async def test_an_account_on_hold_takes_no_orders(changes: dict[str, Any], stopped: bool) -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/customers/FOOT01", customer(**changes))
        (found,) = await prima.find_accounts(["FOOT01", "NONE"])
        assert (found.account_id, found.on_stop, found.price_lists) == ("FOOT01", stopped, ("TRADE",))
        assert found.credit_limit == Decimal("5000.00")


async def test_an_account_of_unknown_status_is_for_a_person() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/customers", page([customer(status="sleeping"), customer("B", price_list_code=None)]))
        bad, good = await gathered(prima.read_accounts(None))
        assert bad.fault.place == "data[0].status"
        assert good.value.price_lists == ()


# prices


def price(**changes: Any) -> dict[str, Any]:
    return {"sku": "ST100-080", "unit_code": None, "min_quantity": "1", "unit_price": "20.00", "updated_at": AT,
            **changes}  # fmt: skip


LIST = {"code": "TRADE", "currency": "GBP", "prices_include_tax": False, "updated_at": AT}


async def test_prices_that_hold_or_will_or_did_till_yesterday() -> None:
    rows = [
        price(),
        price(min_quantity="12", unit_price="18.00"),
        price(sku="ZERO", unit_price="0.00"),
        price(sku="OLD", valid_to="2026-02-28"),
        price(sku="ENDED", valid_to="2026-03-01"),
        price(sku="LATER", valid_from="2026-03-03"),
        price(sku="NOW", valid_from="2026-03-02", valid_to="2026-03-02"),
    ]
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/price-lists", page([LIST]))
        stub.on("GET", "/v1/price-lists/TRADE/prices", page(rows))
        found = await gathered(prima.read_prices(["TRADE"]))
        assert [(one.stock_code, one.price, one.quantity_from) for one in found] == [
            ("ST100-080", Decimal("20.00"), 1), ("ST100-080", Decimal("18.00"), 12), ("ZERO", Decimal(0), 1),
            ("ENDED", Decimal("20.00"), 1), ("LATER", Decimal("20.00"), 1), ("NOW", Decimal("20.00"), 1),
        ]  # fmt: skip
        assert [(one.valid_from, one.valid_to) for one in found[-2:]] == [
            (date(2026, 3, 3), None), (date(2026, 3, 2), date(2026, 3, 2)),
        ]  # fmt: skip
        assert {(one.price_list, one.currency, one.is_net) for one in found} == {("TRADE", "GBP", True)}


async def test_a_price_for_a_unit_is_a_price_for_what_is_in_it() -> None:
    box = {"unit_code": "BOX", "base_sku": "ST100-080", "base_quantity": "12", "confirmed": True}
    async with over_bridge(uom_mode="unit_code") as (prima, stub):
        stub.on("GET", "/v1/items/ST100-080", item(units=[box]))
        stub.on("GET", "/v1/price-lists", page([LIST]))
        rows = [price(unit_code="BOX", unit_price="240.00"), price(unit_code="CRATE", unit_price="1.00")]
        stub.on("GET", "/v1/price-lists/TRADE/prices", page(rows))
        found, unknown = await gathered(prima.read_prices(["TRADE"]))
        assert (found.price, found.per, found.unit, found.quantity_from) == (
            Decimal(240),
            Decimal(12),
            "BOX",
            Decimal(12),
        )
        assert (unknown.stock_code, unknown.fault.problem) == ("ST100-080", "ST100-080 has no unit 'CRATE'")


async def test_a_price_list_that_is_not_there_is_the_operators() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/price-lists", page([LIST]))
        with pytest.raises(ConfigFault, match="there is TRADE"):
            await gathered(prima.read_prices(["RETAIL"]))
        stub.on("GET", "/v1/price-lists", page([{**LIST, "currency": "QUID"}]))
        with pytest.raises(ReadIncomplete, match="currency"):
            await gathered(prima.read_prices(["TRADE"]))


# invoices


async def test_invoices_and_credit_notes() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/invoices", page([invoice(), invoice("CN1", kind="credit_note")]))
        stub.on("GET", "/v1/invoices/INV1", invoice())
        first, second = await gathered(prima.read_ledger(SINCE))
        assert (first.value.gross, first.value.order_refs, first.value.erp_refs) == (78, ("B2B-1",), ("SO-B2B-1",))
        assert second.value.kind == "credit_note"
        assert await prima.find_ledger("INV1") == first.value
        assert await prima.find_ledger("INV2") is None


NEGATIVE = {
    "kind": "credit_note",
    "totals": {"net": "-65.00", "tax": "-13.00", "gross": "-78.00"},
    "tax_breakdown": [],
    "lines": [{"sku": "A", "quantity": "-3", "net": "-65.00", "tax": "-13.00", "vat_code": "S"}],
}


async def test_credit_notes_are_printed_without_a_sign_here() -> None:
    async with over_bridge(credit_note_sign="negative") as (prima, stub):
        stub.on("GET", "/v1/invoices/INV1", invoice(**NEGATIVE))
        found = await prima.find_ledger("INV1")
        assert found is not None
        assert (found.gross, found.lines[0].quantity, found.lines[0].net) == (78, 3, 65)


BAD_INVOICES: list[tuple[dict[str, Any], str]] = [
    ({"totals": {"net": "65.00", "tax": "13.00", "gross": "79.00"}}, "data[0].totals"),
    ({"tax_breakdown": [{"vat_code": "S", "rate": "20", "net": "60.00", "tax": "12.00"}]}, "data[0].tax_breakdown"),
    (NEGATIVE, "data[0].totals.gross"),
    ({"kind": "pro_forma"}, "data[0].kind"),
    ({"issued_on": "02/03/2026"}, "data[0].issued_on"),
    ({"lines": None}, "data[0].lines"),
]


@pytest.mark.parametrize(("changes", "place"), BAD_INVOICES)
async def test_a_wrong_invoice_is_named_at_its_place(changes: dict[str, Any], place: str) -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/invoices", page([invoice(**changes)]))
        (document,) = await gathered(prima.read_ledger(None))
        assert document.value is None
        assert document.fault.place == place
        assert document.ref == "INV1"


# probing


def broken(asked: Asked) -> Any:
    return json_answer(b"<html>")


async def test_a_probe_reads_a_page_of_each_and_says_what_is_wrong() -> None:
    async with over_bridge(stock_semantics_confirmed=False) as (prima, stub):
        stub.on("GET", "/v1/items", page([item(), item(status="new")]))
        stub.on("GET", "/v1/customers", problem(403, "forbidden", "no scope customers"))
        stub.on("GET", "/v1/stock", page([stock(), stock("B", free="x")]))
        stub.on("GET", "/v1/price-lists", page([LIST]))
        stub.on("GET", "/v1/price-lists/TRADE/prices", page([price(unit_price="-1")]))
        stub.on("GET", "/v1/orders", broken)
        stub.on("GET", "/v1/shipments", problem(501, "operation-unsupported", "none here"))
        told = {one.what: one for one in await prima.probe()}
        assert next(iter(told)) == "sign-in (contract 1.0.0, prima-solutions)"
        assert (told["stock items"].read, told["stock items"].unreadable) == (1, 1)
        assert "data[1].status" in told["stock items"].problem
        assert "no scope customers" in told["accounts"].denied
        assert told["accounts"].problem == ""
        assert "data[1].free" in told["stock levels"].problem
        assert "must not be negative" in told["price lists (TRADE)"].problem
        assert "the answer" in told["orders"].problem
        assert "none here" in told["shipments"].denied
        assert told["invoices"].problem == ""
        assert "the setting is not true" in told["stock meaning"].problem


@pytest.mark.parametrize(
    "answer", [problem(401, "unauthorised"), json_answer([]), json_answer(b"hello"), problem(403, "forbidden")]
)
async def test_a_sign_in_that_fails_ends_the_probe(answer: Any) -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/capabilities", answer)
        (told,) = await prima.probe()
        assert told.problem or told.denied


async def test_what_the_bridge_does_not_do_is_not_asked_for() -> None:
    async with over_bridge({"operations": {"items.list": "unsupported", "invoices.list": "manual"}}) as (prima, stub):
        with pytest.raises(Unsupported):
            await gathered(prima.read_items(None))
        told = {one.what: one for one in await prima.probe()}
        assert "unsupported" in told["stock items"].denied
        assert "manual" in told["invoices"].denied
        assert stub.calls("GET", "/v1/items") == []


async def test_a_record_that_cannot_be_read_by_its_key_is_a_fault_of_its_own() -> None:
    async with over_bridge() as (prima, stub):
        stub.on("GET", "/v1/items/ST100-080", item(units="none"))
        with pytest.raises(DataFault, match="units"):
            await prima.find_items(["ST100-080"])


async def test_an_item_is_trusted_for_a_while() -> None:
    clock = HandClock()
    async with over_bridge(clock=clock, uom_mode="unit_code") as (prima, stub):
        stub.on("GET", "/v1/price-lists", page([LIST]))
        stub.on("GET", "/v1/price-lists/TRADE/prices", page([price(unit_code="PAIR")]))
        for seconds, asked in ((0, 1), (899, 1), (1, 2)):
            clock.at += timedelta(seconds=seconds)
            await gathered(prima.read_prices(["TRADE"]))
            assert len(stub.calls("GET", "/v1/items/ST100-080")) == asked
