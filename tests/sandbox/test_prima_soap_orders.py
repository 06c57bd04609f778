"""The SOAP door, ordering: attributes word for word, repeats, what a Price means, characters, all or nothing."""

import aiohttp
import pytest

from tests.sandbox.prima_caller import Caller, prima, request, soap_order

LINE = '<OrderLineData OrderLine="1" LineReference="A" Product="HP1001" Quantity="2" {price}/>'


def orders(caller: Caller) -> list[dict[str, object]]:
    return list(caller.simulator.state()["orders"])


async def send(caller: Caller, inside: str, kind: str = "MultiNewOrder") -> str | None:
    """None when taken, else the RequestError."""
    answer = await caller.soap(request(kind, inside))
    return None if answer.get("RequestStatus") == "OK" else answer.get("RequestError")


async def test_an_order_with_everything_the_integrator_sends() -> None:
    async with prima() as caller:
        inside = (
            '<Data OrderNumber="WEB-7" TPGUID="WEB-7" UniqueId="12345678" OrderChannel="web" Customer="HPT1013"'
            ' CustomerRef="PO 9" DelivAddrNo="" InvcAddrNo="1" VatInclusive="Yes" HoldOrder="No"'
            ' AddrLine1="1 Foss Lane" PostCode="YO1" Country="GB"><OrderHeaderData Currency="GBP" Carrier="DPD"'
            ' CarrServ="24"/><OrderInvoiceData Name="Shaw"/><OrderLineData OrderLine="1" LineReference="A"'
            ' Product="OSLO" MtrxCode1="BLK" MtrxCode2="S" Quantity="2" Price="12.00"/><OrderChargeData Charge="CARR"'
            ' ChargeValue="6.00"/><OrderPaymentData PayMethod="CARD" TransactionID="T1" TranAmount="30.00"/></Data>'
        )
        answer = await caller.soap(request("MultiNewOrder", inside))
        assert {str(name): str(value) for name, value in answer.attrib.items()} == {"RequestStatus": "OK"}
        (held,) = orders(caller)
        assert (held["code"], held["source"], held["door"], held["courier"]) == ("WEB-7", "web", "soap", "DPD")
        assert (held["net_total"], held["gross_total"], held["po_number"]) == ("25.00", "30.00", "PO 9")
        assert held["delivery_address"] == {"AddrLine1": "1 Foss Lane", "PostCode": "YO1", "Country": "GB"}
        assert held["lines"][0]["sku"] == "OSLO-S-BLK"  # type: ignore[index]
        assert held["sent"]["Data"]["UniqueId"] == "12345678"  # type: ignore[index]
        assert held["sent"]["OrderInvoiceData"] == [{"Name": "Shaw"}]  # type: ignore[index]


@pytest.mark.parametrize(
    ("means", "price", "net"), [("unit", "10.00", "20.00"), ("line", "10.00", "10.00"), ("line", "3.33", "3.33")]
)
async def test_a_price_is_one_unit_s_or_the_line_s(means: str, price: str, net: str) -> None:
    async with prima(price_means=means) as caller:
        assert await send(caller, soap_order(lines=LINE.format(price=f'Price="{price}"'))) is None
        assert orders(caller)[0]["net_total"] == net
        assert (await caller.get("/v1/orders/WEB-1")).status == 200


async def test_a_line_value_that_does_not_divide() -> None:
    async with prima(price_means="line") as caller:
        third = LINE.replace('"2"', '"3"').format(price='Price="10.00"')
        assert await send(caller, soap_order(lines=third)) is None
        told = (await caller.get("/v1/orders/WEB-1")).json
        assert (told["totals"]["net"], told["lines"][0]["unit_price"]) == ("10.00", "3.333333")


async def test_a_blank_price() -> None:
    blank = soap_order(lines=LINE.format(price='Price=""'))
    async with prima() as caller:
        assert await send(caller, blank) is None
        assert orders(caller)[0]["net_total"] == str(2 * caller.simulator.estate.item("HP-1001").net_price)
    async with prima(blank_price="zero") as caller:
        assert await send(caller, blank) is None
        assert orders(caller)[0]["net_total"] == "0.00"
    async with prima(blank_price="error") as caller:
        assert await send(caller, blank) == "Price must be entered for product HP-1001"
        assert orders(caller) == []


async def test_a_repeated_order_number() -> None:
    kept = {"rejected": 1, "duplicated": 2, "ignored": 1}
    for how, count in kept.items():
        async with prima(repeated_order_number=how) as caller:
            assert await send(caller, soap_order()) is None
            told = await send(caller, soap_order())
            assert told == ("Order WEB-1 already exists" if how == "rejected" else None)
            assert len(orders(caller)) == count
            assert caller.simulator.state()["imports_by_ref"] == {"WEB-1": 2}
            if how == "duplicated":
                rows = (await caller.get("/v1/orders?external_ref=WEB-1")).json["data"]
                assert [row["erp_order_number"] for row in rows] == ["WEB-1", "WEB-1"]


async def test_a_reply_lost_after_the_order_was_taken_is_found_by_its_number() -> None:
    async with prima() as caller:
        caller.fault(kind="lost_reply", match="POST /wsa/prima", count=1)
        with pytest.raises(aiohttp.ClientError):
            await caller.soap(request("MultiNewOrder", soap_order()))
        answer = await caller.soap(request("OrderStatus", '<Data OrderNumber="WEB-1"/>'))
        assert answer[0].get("OrderStatus") == "Open"


@pytest.mark.parametrize(("kind", "held"), [("lost_request", 0), ("lost_reply", 1)])
async def test_trouble_for_one_kind_of_request_only(kind: str, held: int) -> None:
    async with prima() as caller:
        caller.fault(kind=kind, match="SOAP MultiNewOrder", count=1)
        assert await caller.refused(request("OrderStatus", '<Data OrderNumber="WEB-1"/>')) == "Order WEB-1 not found"
        with pytest.raises(aiohttp.ClientError):
            await send(caller, soap_order())
        assert len(orders(caller)) == held


async def test_quotes_ampersands_and_letters_beyond_latin_1() -> None:
    sent = 'HoldOrderNarrative="a &amp; b &quot;c&quot; &lt;d&gt; Brontë &#346;wi&#261;tek"'
    async with prima() as caller:
        assert await send(caller, soap_order(data=f'HoldOrder="Yes" {sent}')) is None
        assert orders(caller)[0]["hold_reason"] == 'a & b "c" <d> Brontë Świątek'
    raw = soap_order(data='HoldOrder="Yes" HoldOrderNarrative="Brontë Świątek"')
    for how, kept in (("question_mark", "Brontë ?wi?tek"), ("keep", "Brontë Świątek")):
        async with prima(non_latin1=how) as caller:
            assert await send(caller, raw) is None
            assert orders(caller)[0]["hold_reason"] == kept
    async with prima(non_latin1="error") as caller:
        assert await send(caller, raw) == "Invalid character in request"


async def test_what_is_said_back_survives_latin_1_too() -> None:
    async with prima() as caller:
        told = await caller.refused(request("OrderStatus", '<Data OrderNumber="&#346;&amp;&quot;ë"/>'))
        assert told == 'Order Ś&"ë not found'


async def test_several_orders_are_all_taken_or_none_of_them() -> None:
    both = soap_order("WEB-1") + soap_order("WEB-2", lines=LINE.replace("HP1001", "GHOST01").format(price='Price="1"'))
    for atomic, taken in ((True, []), (False, ["WEB-1"])):
        async with prima(multi_order_atomic=atomic) as caller:
            assert await send(caller, both) == "Product GHOST01 not on file"
            assert [one["code"] for one in orders(caller)] == taken
    async with prima() as caller:
        assert await send(caller, soap_order() + soap_order()) == "Order number is there twice"
        assert orders(caller) == []
        assert await send(caller, soap_order("A") + soap_order("B")) is None
        assert await send(caller, soap_order("C") + soap_order("D"), "NewOrder") == "NewOrder takes one order"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("", "No order in request"),
        (soap_order(number=""), "Order number must be entered"),
        (soap_order().replace("HPT1001", "HPT9"), "Customer HPT9 not on file"),
        (soap_order().replace("HPT1001", ""), "Customer must be entered"),
        (soap_order().replace("HPT1001", "HPT1017"), "Customer HPT1017 is on stop"),
        (soap_order().replace('Quantity="2"', 'Quantity=""'), "Quantity of product HP1001 must be entered"),
        (soap_order().replace('Quantity="2"', 'Quantity="two"'), "Quantity two is not a number"),
        (soap_order().replace('Price="10.00"', 'Price="1e15"'), "Price 1e15 is not a number"),
        (soap_order(data='HoldOrder="true"'), "HoldOrder must be Yes or No"),
        (soap_order().replace('DelivAddrNo="1"', 'DelivAddrNo="7"'),
         "Delivery address 7 not on file for customer HPT1001"),
        ('<Data OrderNumber="WEB-1" Customer="HPT1001"/>', "Order WEB-1 has no lines"),
    ],
)  # fmt: skip
async def test_refusals_are_texts_without_codes(inside: str, text: str) -> None:
    async with prima() as caller:
        assert await send(caller, inside) == text
        assert orders(caller) == []


async def test_a_pallet_is_a_product_of_its_own() -> None:
    async with prima() as caller:
        before = await caller.free("HP-1000")
        pallet = '<OrderLineData OrderLine="1" Product="HP1000" MtrxCode3="PALLET" Quantity="1" Price="900"/>'
        assert await send(caller, soap_order(lines=pallet)) is None
        holds = caller.simulator.estate.item("HP-1000").units["case"] * 40
        assert before - await caller.free("HP-1000") == holds
