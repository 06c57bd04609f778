"""The SOAP door: WSDL, envelope, faults, available to sell, order status, unknown words."""

import pytest
from lxml import etree

from tests.sandbox.prima_caller import SOAP, Caller, order, prima, request, soap_order

STOCK = '<Data><sku Product="HP1001" MtrxCode1="" MtrxCode2=""/></Data>'
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


async def available(caller: Caller, product: str = "HP1001", company: str | None = None) -> int:
    rows = await caller.rows(request("MultiAvailableToSell", f'<Data><sku Product="{product}"/></Data>'), company)
    return int(rows[0][1]["AvailableQuantity"])


async def test_the_wsdl_names_the_two_operations_and_the_address() -> None:
    async with prima() as caller:
        answer = await caller.get("/wsa/prima/wsdl?targetURI=urn:omlink")
        root = etree.fromstring(answer.text.encode())
        assert root.get("targetNamespace") == "urn:omlink"
        names = [one.get("name") for one in root.findall(f"{WSDL}portType/{WSDL}operation")]
        assert names == ["wsomhandler", "comwsomhandler"]
        assert f'location="{caller.url}/wsa/prima"' in answer.text
        assert (await caller.get("/wsa/prima/wsdl")).status == 404
    async with prima(soap_path="/soap", wsdl_path="/soap/wsdl") as caller:
        assert (await caller.get("/soap/wsdl?targetURI=urn:omlink")).status == 200
        assert (await caller.get("/wsa/prima/wsdl?targetURI=urn:omlink")).status == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("no xml", "not well-formed"),
        ("<x/>", "not a SOAP 1.1 envelope"),
        (f'<S:Envelope xmlns:S="{SOAP}"><S:Body/></S:Envelope>', "one operation"),
        (f'<S:Envelope xmlns:S="{SOAP}"><S:Body><other/></S:Body></S:Envelope>', "other is not one"),
        (f'<S:Envelope xmlns:S="{SOAP}"><S:Body><wsomhandler/></S:Body></S:Envelope>', "needs the parameter ipcXml"),
        (f'<S:Envelope xmlns:S="{SOAP}"><S:Body><comwsomhandler><ipcXml/></comwsomhandler></S:Body></S:Envelope>',
         "ipcCompany"),
        (f'<!DOCTYPE a [<!ENTITY b "c">]><S:Envelope xmlns:S="{SOAP}"><S:Body>&b;</S:Body></S:Envelope>',
         "document type"),
    ],
)  # fmt: skip
async def test_what_is_no_call_is_a_soap_fault(body: str, message: str) -> None:
    async with prima() as caller:
        answer = await caller.envelope(body)
        assert (answer.status, answer.headers["Content-Type"]) == (500, "text/xml; charset=utf-8")
        fault = etree.fromstring(answer.text.encode()).find(f".//{{{SOAP}}}Fault")
        assert fault is not None
        assert fault.findtext("faultcode") == "SOAP-ENV:Server"
        detail = {etree.QName(one).localname: one.text or "" for one in fault.find("detail")[0]}  # type: ignore[index]
        assert message in detail["errorMessage"]
        assert detail["requestID"]


async def test_a_server_that_is_down_for_one_kind_of_call() -> None:
    async with prima() as caller:
        await caller.act("break_down_soap", request_type="MultiNewOrder", count=1)
        with pytest.raises(AssertionError, match="unavailable"):
            await caller.soap(request("MultiNewOrder", soap_order()))
        assert caller.simulator.state()["orders"] == []
        assert (await caller.soap(request("MultiNewOrder", soap_order()))).get("RequestStatus") == "OK"


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("<Request", "Invalid XML"),
        ("<Other/>", "Request expected"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Request RequestType="&b;"/>', "document type"),
        (request("CustomerList"), "Unknown request type CustomerList"),
        (request("OrderStatus", '<Data OrderNumber="X"/>'), "Order X not found"),
        (request("OrderStatus", ""), "Order  not found"),
    ],
)
async def test_a_business_refusal_is_an_http_success(document: str, text: str) -> None:
    async with prima() as caller:
        assert text in await caller.refused(document)


async def test_the_two_spellings_of_a_row_and_a_date_that_is_empty() -> None:
    async with prima() as caller:
        whole = await caller.rows(request("ProductAvailableToSell", '<Data ProductFrom="" ProductTo=""/>'))
        some = await caller.rows(request("MultiAvailableToSell", STOCK))
        assert {name for name, _ in whole} == {"sku"}
        assert [name for name, _ in some] == ["SKU"]
        assert set(some[0][1]) == {"Product", "MtrxCode1", "MtrxCode2", "MtrxCode3", "MtrxCode4",
                                   "AvailableQuantity", "AvailableDate"}  # fmt: skip
        assert some[0][1]["AvailableDate"] == ""
        on_hand = caller.simulator.estate.item("HP-1001").on_hand
        assert int(some[0][1]["AvailableQuantity"]) == on_hand
        await caller.act("expect_goods", sku="HP-1001", quantity=50, on="2026-03-09")
        assert (await caller.rows(request("MultiAvailableToSell", STOCK)))[0][1]["AvailableDate"] == "09/03/2026"
    async with prima(row_spelling={"MultiAvailableToSell": "sku"}, reply_root="Reply") as caller:
        assert (await caller.soap(request("MultiAvailableToSell", STOCK))).tag == "Reply"
        assert [name for name, _ in await caller.rows(request("MultiAvailableToSell", STOCK))] == ["sku"]


async def test_ranges_of_products_and_no_paging() -> None:
    async with prima(items=120) as caller:

        async def read(first: str, last: str) -> list[str]:
            inside = f'<Data ProductFrom="{first}" ProductTo="{last}"/>'
            return [row["Product"] for _, row in await caller.rows(request("ProductAvailableToSell", inside))]

        whole = await read("", "")
        assert len(whole) == len(set(caller.simulator.store.items)) > 100
        assert await read("HP1003", "HP1005") == ["HP1003", "HP1004", "HP1005"]
        middle = "HP1060"
        assert await read("", middle) + (await read(middle, ""))[1:] == whole
        assert await read("OSLO", "OSLO") == ["OSLO"] * 4


async def test_available_to_sell_is_net_of_allocations_or_is_not() -> None:
    for net, fell in ((True, 2), (False, 0)):
        async with prima(available_to_sell_net=net) as caller:
            before = await available(caller)
            await caller.soap(request("MultiNewOrder", soap_order(data='HoldOrder="Yes" HoldOrderNarrative="probe"')))
            assert before - await available(caller) == fell
            await caller.act("cancel_order", order="WEB-1")
            assert await available(caller) == before


async def test_products_nobody_has_on_file() -> None:
    asked = request("MultiAvailableToSell", '<Data><sku Product="GHOST01"/><SKU Product="HP1001"/></Data>')
    answers = {"omit": ["HP1001"], "zero": ["GHOST01", "HP1001"]}
    for how, products in answers.items():
        async with prima(unknown_sku_row=how) as caller:
            assert [row["Product"] for _, row in await caller.rows(asked)] == products
    async with prima(unknown_sku_row="error") as caller:
        assert await caller.refused(asked) == "Product GHOST01 not on file"


async def test_a_matrix_item_is_asked_for_by_its_codes() -> None:
    async with prima() as caller:
        asked = '<Data><sku Product="OSLO" MtrxCode1="BLK" MtrxCode2="S"/></Data>'
        (row,) = await caller.rows(request("MultiAvailableToSell", asked))
        assert (row[1]["MtrxCode1"], row[1]["MtrxCode2"], row[1]["AvailableQuantity"]) == ("BLK", "S", "60")


async def test_companies_with_their_own_warehouses() -> None:
    async with prima(companies={"1": ["MAIN"], "2": ["TRADE"]}, company_required=True) as caller:
        one, two = await available(caller, company="1"), await available(caller, company="2")
        assert one + two == caller.simulator.estate.item("HP-1001").on_hand
        assert await caller.refused(request("MultiAvailableToSell", STOCK)) == "Company must be entered"
        answer = await caller.soap(request("MultiAvailableToSell", STOCK), company="3")
        assert answer.get("RequestError") == "Company 3 not on file"
    async with prima(companies={"1": ["MAIN"]}, ats_per_company=False) as caller:
        assert await available(caller, company="1") == await available(caller) == one + two


async def test_rows_that_are_left_out_or_come_twice() -> None:
    async with prima() as caller:
        whole = await caller.rows(request("ProductAvailableToSell"))
        caller.fault(kind="short_list", match="SOAP ProductAvailableToSell", count=1)
        short = await caller.rows(request("ProductAvailableToSell"))
        assert short == whole[: len(short)]
        assert len(short) < len(whole)
        caller.fault(kind="duplicate_row", match="SOAP ProductAvailableToSell", count=1)
        assert await caller.rows(request("ProductAvailableToSell")) == [whole[0], *whole]


async def test_one_state_behind_both_doors() -> None:
    async with prima() as caller:
        before = await available(caller)
        assert (await caller.post("/v1/orders", order())).status == 201
        assert before - await available(caller) == 2
        status = request("OrderStatus", '<Data OrderNumber="WEB-1"/>')
        words = []
        for lines in ({"L-HP-1001": 1}, None):
            await caller.act("despatch_order", order="WEB-1", lines=lines)
            words.append((await caller.soap(status))[0].get("OrderStatus"))
        assert words == ["Part Despatched", "Despatched"]
        assert await available(caller) == before - 2
        await caller.soap(request("MultiNewOrder", soap_order("WEB-2")))
        told = (await caller.get("/v1/orders/WEB-2")).json
        assert (told["status"], told["source"], told["totals"]["gross"]) == ("accepted", "soap", "24.00")


async def test_status_words_in_another_spelling() -> None:
    async with prima(status_words={"accepted": "PICKLIST"}) as caller:
        await caller.soap(request("NewOrder", soap_order()))
        answer = await caller.soap(request("OrderStatus", '<Data OrderNumber="WEB-1"/>'))
        assert answer[0].get("OrderStatus") == "PICKLIST"


async def test_only_one_of_the_doors() -> None:
    async with prima(doors=["soap"]) as caller:
        assert await available(caller) > 0
        assert (await caller.get("/v1/capabilities")).status == 404
    async with prima(doors=["bridge"]) as caller:
        assert (await caller.envelope("<x/>")).status == 404
