"""Prima's own service, through the mapping file that comes with us."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from crossdock.connectors.prima.config import MAPPING_FILE
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Stage
from crossdock.model.faults import (
    Accepted,
    ConfigFault,
    DataFault,
    ReadIncomplete,
    Refused,
    Transient,
    Unknown,
    Unsupported,
)
from crossdock.model.stock import Basis, StockFigure
from crossdock.ports.systems import UnreadableFigure
from tests.connectors.prima.support import (
    ENVELOPE,
    ORDER,
    enveloped,
    error,
    gathered,
    line,
    ok,
    over_soap,
    soap_fault,
    status,
)

SHIPPED = MAPPING_FILE.read_text()


def mapping(folder: Path, *changes: tuple[str, str]) -> str:
    text = SHIPPED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "mapping.yaml"
    path.write_text(text)
    return str(path)


async def test_an_order_is_looked_up_and_then_sent(tmp_path: Path) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("MultiNewOrder", ok())
        assert await prima.create_order(ORDER) == Accepted("B2B-1")
        assert [one.get("RequestType") for one in fake.requests] == ["OrderStatus", "MultiNewOrder"]
        headers = fake.calls[0].headers
        assert (headers["SOAPAction"], headers["Content-Type"]) == ('""', "text/xml; charset=utf-8")
        assert fake.names == ["wsomhandler"] * 2


async def test_a_company_has_its_own_operation(tmp_path: Path) -> None:
    async with over_soap(tmp_path, company_id="02") as (prima, fake):
        await prima.find_order("B2B-1")
        assert fake.names == ["comwsomhandler"]
        assert b"<om:ipFirm>02</om:ipFirm><om:ipXml>" in fake.calls[0].raw


async def test_an_order_that_is_there_is_not_sent_again(tmp_path: Path) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        for word in ("Despatched", "A word nobody has mapped"):
            fake.on("OrderStatus", status(word))
            refused = await prima.create_order(ORDER)
            assert isinstance(refused, Refused)
            assert refused.duplicate
        assert fake.sent("MultiNewOrder") == []


UNCONFIRMED: list[tuple[dict[str, Any], str]] = [
    ({"price_meaning": None}, "price_meaning"),
    ({"pricing_mode": "erp_prices"}, "blank_price"),
    ({"not_found_on_error": None}, "not_found_on_error"),
    ({"delivery_charge_code": ""}, "delivery_charge_code"),
]


@pytest.mark.parametrize(("settings", "named"), UNCONFIRMED)
async def test_nothing_is_posted_before_it_is_confirmed(tmp_path: Path, settings: dict[str, Any], named: str) -> None:
    async with over_soap(tmp_path, **settings) as (prima, fake):
        with pytest.raises(ConfigFault) as caught:
            await prima.create_order(ORDER)
        assert caught.value.setting == named
        assert fake.sent("MultiNewOrder") == []


async def test_a_line_price_needs_a_mapping_that_writes_it(tmp_path: Path) -> None:
    mine = mapping(tmp_path, ("Price: {from: price,", "Price: {from: unit_price,"))
    async with over_soap(tmp_path, mapping_file=mine, price_meaning="line") as (prima, fake):
        with pytest.raises(ConfigFault) as caught:
            await prima.create_order(ORDER)
        assert caught.value.setting == "mapping_file"
        assert fake.requests == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (error("Product not on file"), Refused),
        (soap_fault(), Unknown),
        (web.Response(status=500, text="boom"), Unknown),
        (web.Response(status=502), Unknown),
        (b"<html>", Unknown),
        (enveloped("<Response/>"), Unknown),
        (enveloped("no xml"), Unknown),
        (enveloped("<a><b></a>"), Unknown),
        (ENVELOPE.format("<r/>").encode(), Unknown),
    ],
)
async def test_every_send_ends_as_something(tmp_path: Path, answer: Any, outcome: type) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("MultiNewOrder", answer)
        got = await prima.create_order(ORDER)
        assert isinstance(got, outcome)
        assert len(fake.sent("MultiNewOrder")) == 1
        if isinstance(got, Refused):
            assert (got.code, got.text, got.duplicate) == ("vendor-rejected", "Product not on file", False)


async def test_a_text_that_may_pass_is_tried_again(tmp_path: Path) -> None:
    rules = 'error_rules: [{contains: "locked", code: backend-unavailable, retryable: true}]'
    async with over_soap(tmp_path, mapping_file=mapping(tmp_path, ("error_rules: []", rules))) as (prima, fake):
        fake.on("MultiNewOrder", error("Record locked"))
        with pytest.raises(Transient, match="Record locked"):
            await prima.create_order(ORDER)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"lines": (line(stock_code="ST100-999"),)}, "lines[0].sku"),
        ({"lines": (line(unit_price=0 * line().unit_price),)}, "lines[0].unit_price"),
        ({"po_number": "\x01"}, "Request/Data/@CustomerRef"),
        (
            {
                "delivery_address": replace(
                    ORDER.delivery_address, line2="a", line3="b", county="c\nd", organisation="e"
                )
            },
            "",
        ),
    ],
)
async def test_what_cannot_be_said_is_not_sent(tmp_path: Path, changes: dict[str, Any], place: str) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("MultiNewOrder", ok())
        if not place:
            assert isinstance(await prima.create_order(replace(ORDER, **changes)), Accepted)
            assert fake.sent("MultiNewOrder")[0][0].get("AddrLine6") == "c\nd"
            return
        with pytest.raises(DataFault) as caught:
            await prima.create_order(replace(ORDER, **changes))
        assert caught.value.place == place
        assert fake.sent("MultiNewOrder") == []


# where they stand


@pytest.mark.parametrize(
    ("word", "stage", "complete", "cancelled"),
    [
        ("Despatched", Stage.ISSUED, True, False),
        ("Part Despatched", Stage.SHIPPING, False, False),
        ("Cancelled", Stage.CANCELLED, False, True),
        ("Open", Stage.RELEASED, False, False),
    ],
)
async def test_a_status_word_is_all_there_is(
    tmp_path: Path, word: str, stage: Stage, complete: bool, cancelled: bool
) -> None:
    async with over_soap(tmp_path, order_statuses={"Open": "accepted"}) as (prima, fake):
        fake.on("OrderStatus", status(word))
        found = await prima.find_order("B2B-1")
        assert found is not None
        assert (found.complete, found.cancelled, found.erp_code) == (complete, cancelled, "B2B-1")
        assert [(part.stage, part.stage_text) for part in found.invoices] == [(stage, word)]


@pytest.mark.parametrize("word", ["despatched", "Shipped", "", "Part  Despatched"])
async def test_an_unknown_word_is_for_a_person(tmp_path: Path, word: str) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("OrderStatus", status(word))
        found = await prima.read_fulfilments(["B2B-1"])
        assert isinstance(found["B2B-1"], DataFault)
        assert found["B2B-1"].place == "/Response/Data/@OrderStatus"


async def test_an_error_means_what_was_confirmed(tmp_path: Path) -> None:
    async with over_soap(tmp_path, not_found_on_error=None) as (prima, _):
        with pytest.raises(ConfigFault) as caught:
            await prima.find_order("B2B-1")
        assert caught.value.setting == "not_found_on_error"
    rules = 'error_rules: [{contains: "not found", code: order-unknown}, {contains: "dead", code: x}]'
    mine = mapping(tmp_path, ("error_rules: []", rules))
    async with over_soap(tmp_path, not_found_on_error=None, mapping_file=mine) as (prima, fake):
        assert await prima.find_order("B2B-1") is None
        assert await prima.read_fulfilments(["B2B-1"]) == {}
        fake.on("OrderStatus", error("database dead"))
        with pytest.raises(ReadIncomplete, match="dead"):
            await prima.find_order("B2B-1")


async def test_another_order_is_not_taken_for_ours(tmp_path: Path) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("OrderStatus", ok('<Data OrderNumber="B2B-9" OrderStatus="Despatched"/>'))
        with pytest.raises(DataFault, match="B2B-1 was asked for"):
            await prima.find_order("B2B-1")


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([soap_fault(), status("Despatched")], None),
        ([soap_fault()], Transient),
        ([b"garbage"], ReadIncomplete),
        ([web.Response(status=404)], ConfigFault),
        ([web.Response(status=302, headers={"Location": "http://x"})], ConfigFault),
        ([web.Response(status=403)], ConfigFault),
    ],
)
async def test_a_read_that_fails_has_an_owner(tmp_path: Path, answers: list[Any], kind: type | None) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("OrderStatus", *answers)
        if kind is None:
            assert await prima.find_order("B2B-1") is not None
            return
        with pytest.raises(kind):
            await prima.find_order("B2B-1")


async def test_a_fault_is_told_with_its_request(tmp_path: Path) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("OrderStatus", soap_fault("Server unavailable"))
        with pytest.raises(Transient, match=r"Server unavailable; Failed \(request r-1\)"):
            await prima.find_order("B2B-1")


CANCEL = """  orders.cancel:
    evidence: seen at this customer's
    request:
      element: Request
      attrs: {RequestType: {const: CancelOrder}}
      children: [{element: Data, attrs: {OrderNumber: {from: external_ref, required: true}}}]
"""
WISH = Cancellation(key="c", order_ref="B2B-1")


async def test_an_order_is_cancelled_only_where_the_mapping_knows_a_way(tmp_path: Path) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        with pytest.raises(Unsupported):
            await prima.cancel_order(WISH)
    mine = mapping(tmp_path, ("  customers.list:", f"{CANCEL}  customers.list:"))
    async with over_soap(tmp_path, mapping_file=mine, order_statuses={"Open": "accepted"}) as (prima, fake):
        assert isinstance(await prima.cancel_order(WISH), Refused)  # there is none
        fake.on("OrderStatus", status("Open"))
        fake.on("CancelOrder", ok())
        assert await prima.cancel_order(WISH) == Accepted("B2B-1")
        fake.on("OrderStatus", status("Cancelled"))
        assert await prima.cancel_order(WISH) == Accepted("B2B-1")
        assert len(fake.sent("CancelOrder")) == 1


# stock


def row(size: str = "080", quantity: Any = 7, spelling: str = "sku", product: str = "ST100") -> str:
    return (
        f'<{spelling} Product="{product}" MtrxCode1="F" MtrxCode2="{size}" MtrxCode3="" MtrxCode4="" '
        f'AvailableQuantity="{quantity}" AvailableDate="someday"/>'
    )


def data(*rows: str) -> str:
    return ok(f"<Data>{''.join(rows)}</Data>")


async def test_stock_is_read_by_the_key_table(tmp_path: Path) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("ProductAvailableToSell", data(row(), row("085", -1, "SKU"), row("999"), row(quantity="", product="X")))
        figures = await gathered(prima.read_stock(None))
        assert [one for one in figures if isinstance(one, StockFigure)] == [
            StockFigure(stock_code=code, site="ALL", basis=Basis.FREE, quantity=quantity, as_of=figures[0].as_of)
            for code, quantity in (("ST100-080", 7), ("ST100-085", -1))
        ]
        unknown = [one for one in figures if isinstance(one, UnreadableFigure)]
        assert [one.stock_code for one in unknown] == ["ST100/F/999", "X/F/080"]
        assert "no SKU of ours is known" in unknown[0].fault.problem
        request = fake.sent("ProductAvailableToSell")[0][0]
        assert dict(request.attrib) == {"ProductFrom": "", "ProductTo": ""}


async def test_a_whole_catalogue_of_strangers_is_read_in_time(tmp_path: Path) -> None:
    async with over_soap(tmp_path, timeout_seconds=20) as (prima, fake):
        fake.on("ProductAvailableToSell", data(row(), *[row(str(1000 + number)) for number in range(30_000)]))
        figures = await gathered(prima.read_stock(None))
        assert len(figures) == 30_002
        assert figures[-2].fault.place == "/Response/Data/sku[30001]"


async def test_a_sku_that_is_not_answered_is_unknown_not_nought(tmp_path: Path) -> None:
    async with over_soap(tmp_path) as (prima, fake):
        fake.on("ProductAvailableToSell", data(row(quantity="x")))
        one, other = await gathered(prima.read_stock(None))
        assert (one.stock_code, one.fault.place) == ("ST100-080", "/Response/Data/sku[1]/@AvailableQuantity")
        assert (other.stock_code, other.fault.place) == ("ST100-085", "Data")
        fake.on("ProductAvailableToSell", data())
        with pytest.raises(ReadIncomplete, match="none of the 2 SKUs"):
            await gathered(prima.read_stock(None))


RANGES = ("ranges: []", 'ranges: [{from: "A", to: "M"}, {from: "N", to: "Z"}]')


async def test_one_slice_that_fails_fails_the_read(tmp_path: Path) -> None:
    async with over_soap(tmp_path, mapping_file=mapping(tmp_path, RANGES)) as (prima, fake):
        fake.on("ProductAvailableToSell", data(row()), data(row("085"), row()))
        assert [one.stock_code for one in await gathered(prima.read_stock(None))] == ["ST100-080", "ST100-085"]
        asked = [(one[0].get("ProductFrom"), one[0].get("ProductTo")) for one in fake.requests]
        assert asked == [("A", "M"), ("N", "Z")]
        for second in (error("no"), data(row(quantity=8)), b"<cut"):
            fake.on("ProductAvailableToSell", data(row()), second)
            with pytest.raises(ReadIncomplete):
                await gathered(prima.read_stock(None))


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"stock_semantics_confirmed": False}, "stock_semantics_confirmed"), ({"key_table": None}, "key_table")],
)
async def test_stock_is_not_given_out_before_it_is_understood(
    tmp_path: Path, settings: dict[str, Any], named: str
) -> None:
    async with over_soap(tmp_path, **settings) as (prima, fake):
        with pytest.raises(ConfigFault) as caught:
            await gathered(prima.read_stock(None))
        assert caught.value.setting == named
        assert fake.requests == []


async def test_a_probe_says_what_is_confirmed_and_what_is_not(tmp_path: Path) -> None:
    async with over_soap(tmp_path, stock_semantics_confirmed=False, price_meaning=None) as (prima, fake):
        fake.on("ProductAvailableToSell", data(row(), row("999")))
        told = {one.what: one for one in await prima.probe()}
        assert told["operations (parameter ipXml)"].problem == ""
        assert told["order status"].problem == ""
        assert (told["stock levels"].read, told["stock levels"].unreadable) == (1, 1)
        assert "ST100/F/999 is not in the key table" in told["stock levels"].problem
        assert "per unit or for the line" in told["order entry"].problem
        assert "AvailableQuantity" in told["stock meaning"].problem
    async with over_soap(tmp_path, company_id="02", not_found_on_error=None) as (prima, fake):
        fake.on("ProductAvailableToSell", soap_fault())
        told = {one.what: one for one in await prima.probe()}
        assert told["operations (parameter ipXml)"].read == 1
        assert "nobody has confirmed" in told["order status"].problem
        assert "Not connected" in told["stock levels"].problem


async def test_a_proxy_before_it_asks_who_we_are(tmp_path: Path) -> None:
    async with over_soap(tmp_path, auth="basic", username="us", password="s3cret") as (prima, fake):
        fake.on("OrderStatus", web.Response(status=401, text="not s3cret"))
        with pytest.raises(ConfigFault) as caught:
            await prima.find_order("B2B-1")
        assert caught.value.setting == "password"
        assert "s3cret" not in str(caught.value) + caught.value.evidence
