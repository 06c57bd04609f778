"""The SOAP face: addresses, actions, envelopes, faults, credentials, and the trouble that can be asked for."""

import asyncio
import base64

import aiohttp
import pytest
from lxml import etree

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from tests.sandbox.khaos_wire import SOAP_11, SOAP_12, Fault, Order, action, envelope, khaos

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
WSDL_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"


@pytest.mark.parametrize("path", ["/KhaosHPT.exe/wsdl/IKosWeb", "/KHAOShpt.EXE/wsdl/IKosWeb?wsdl"])
async def test_the_wsdl_describes_the_service_under_any_case_of_the_executable(path: str) -> None:
    async with khaos() as kc, kc.session.get(kc.url + path) as reply:
        assert reply.content_type == "text/xml"
        root = etree.fromstring(await reply.read())
    address = root.find(f"{WSDL}service/{WSDL}port/{WSDL_SOAP}address")
    assert root.find(f"{WSDL}service").get("name") == "IKosWebservice"
    assert address.get("location") == f"{kc.url}/KhaosHPT.exe/soap/IKosWeb"
    actions = {one.get("soapAction") for one in root.iter(f"{WSDL_SOAP}operation")}
    assert "urn:IKosWebIntf-IKosWeb#ImportOrders" in actions
    assert "urn:IKosWebIntf-IKosWeb#CancelOrder" not in actions
    named = {one.get("name") for one in root.iter("{http://www.w3.org/2001/XMLSchema}complexType")}
    used = {
        one.get("type").removeprefix("ns2:") for one in root.iter(f"{WSDL}part") if one.get("type").startswith("ns2:")
    }
    assert used <= named


async def test_the_code_setting_names_the_executable() -> None:
    async with khaos(code="abc") as kc:
        body = envelope("GetSaleSource", {})
        assert (await kc.post(body, action("GetSaleSource")))[0] == 404
        assert (await kc.post(body, action("GetSaleSource"), "/KhaosABC.exe/soap/IKosWeb"))[0] == 200


async def test_optional_operations_appear_in_the_wsdl_when_switched_on() -> None:
    async with (
        khaos(optional_operations=["CancelOrder"]) as kc,
        kc.session.get(f"{kc.url}/khaoshpt.exe/wsdl/IKosWeb") as r,
    ):
        assert "IKosWeb#CancelOrder" in await r.text()


DTD = '<!DOCTYPE s [<!ENTITY e "x">]>'
LAUGHS = '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<not xml", "Malformed XML"),
        ("", "Malformed XML"),
        ("<a/>", "not a SOAP envelope"),
        (f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body/></s:Envelope>', "no call"),
        (DTD + envelope("GetSaleSource", {}), "document type"),
        (LAUGHS + envelope("GetSaleSource", {}).replace("<s:Header>", "<s:Header>&b;"), "document type"),
        (envelope("GetSaleSource", {"Sort": 1}), "takes 0 parameters"),
        (envelope("GetSaleSource", {}).replace("GetSaleSource", "GetEverything"), "SOAPAction"),
    ],
)
async def test_what_cannot_be_read_is_a_fault(body: str, reason: str) -> None:
    async with khaos() as kc:
        status, text = await kc.post(body, action("GetSaleSource"))
        assert status == 500
        assert reason in etree.fromstring(text.encode()).findtext(".//faultstring")


async def test_an_unknown_method_or_parameter_is_a_fault() -> None:
    async with khaos() as kc:
        with pytest.raises(Fault, match="GetEverything"):
            await kc.call("GetEverything")
        with pytest.raises(Fault, match="CancelOrder"):
            await kc.call("CancelOrder", AssociatedRef="W1")
        with pytest.raises(Fault, match="unknown parameter Codes"):
            await kc.call("ExportStockStatus", Codes="HP-1001")
        with pytest.raises(Fault, match="not a valid date"):
            await kc.call("GetCompanyList", LastUpdated="2025-01-01T00:00:00Z")


@pytest.mark.parametrize("document", ["<SALES_ORDERS>", "", "<ORDERS/>", DTD + "<SALES_ORDERS/>"])
async def test_a_malformed_order_document_is_a_fault(document: str) -> None:
    async with khaos() as kc:
        with pytest.raises(Fault, match="Malformed XML"):
            await kc.call("ImportOrders", Orders=document)


async def test_an_order_document_may_carry_a_declaration() -> None:
    async with khaos() as kc:
        document = '<?xml version="1.0" encoding="utf-8"?>\n<SALES_ORDERS/>'
        assert (await kc.call("ImportOrders", Orders=document))["ImportedCount"] == "0"


async def test_soap_11_needs_its_action_and_soap_12_does_not() -> None:
    async with khaos() as kc:
        status, text = await kc.post(envelope("GetSaleSource", {}), {"Content-Type": "text/xml"})
        assert (status, "SOAPAction is missing" in text) == (500, True)
        body = envelope("GetSaleSource", {}, version=SOAP_12)
        async with kc.session.post(
            f"{kc.url}/KhaosHPT.exe/soap/IKosWeb", data=body, headers={"Content-Type": "application/soap+xml"}
        ) as reply:
            assert (reply.status, reply.content_type) == (200, "application/soap+xml")
            assert etree.fromstring(await reply.read()).tag == f"{{{SOAP_12}}}Envelope"
        status, text = await kc.post(body.replace("GetSaleSource", "Nothing"), {"Content-Type": "application/soap+xml"})
        assert status == 500
        assert "Receiver" in text


async def test_soap_12_action_stands_in_the_media_type() -> None:
    async with khaos() as kc:
        headers = {"Content-Type": 'application/soap+xml; action="urn:IKosWebIntf-IKosWeb#GetSiteList"'}
        assert (await kc.post(envelope("GetSiteList", {}, version=SOAP_12), headers))[0] == 200
        assert (await kc.state())["calls"]["SOAP GetSiteList"] == 1


async def test_http_basic() -> None:
    async with khaos(auth="http_basic", username="ida", password="pw") as kc:
        body = envelope("GetSaleSource", {})
        async with kc.session.post(f"{kc.url}/KhaosHPT.exe/soap/IKosWeb", data=body) as reply:
            assert reply.status == 401
            assert reply.headers["WWW-Authenticate"].startswith("Basic")
        right = {**action("GetSaleSource"), "Authorization": "Basic " + base64.b64encode(b"ida:pw").decode()}
        assert (await kc.post(body, right))[0] == 200
        async with kc.session.get(f"{kc.url}/KhaosHPT.exe/wsdl/IKosWeb") as reply:
            assert reply.status == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 500),
        ("<Auth><Username>ida</Username><Password>no</Password></Auth>", 500),
        ('<a:Auth xmlns:a="urn:a"><a:Username>ida</a:Username><a:Password>pw</a:Password></a:Auth>', 200),
    ],
)
async def test_a_soap_header_with_credentials(header: str, status: int) -> None:
    async with khaos(auth="soap_header", username="ida", password="pw") as kc:
        body = envelope("GetSaleSource", {}, header=header)
        assert (await kc.post(body, action("GetSaleSource")))[0] == status


async def test_a_lost_reply_leaves_the_order_in() -> None:
    async with khaos() as kc:
        await kc.faults({"kind": "lost_reply", "match": "SOAP ImportOrders", "count": 1})
        with pytest.raises(aiohttp.ClientError):
            await kc.place(Order("W1"))
        assert (await kc.status("W1"))[0].get("SORDER_CODE")
        again = await kc.place(Order("W1"))
        assert again["OrderSkipped"] == [{"OrderRef": "W1", "SkipReason": "Duplicate associated ref"}]
        state = await kc.state()
        assert (len(state["orders"]), state["imports_by_ref"]) == (1, {"W1": 2})


async def test_a_slow_reply_has_committed_before_it_is_late() -> None:
    async with khaos() as kc:
        await kc.faults({"kind": "slow_reply", "match": "SOAP ImportOrders", "seconds": 5})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(kc.place(Order("W1")), 0.2)
        assert len(await kc.status("W1")) == 1


async def test_a_short_list_counts_rows_it_leaves_out() -> None:
    async with khaos() as kc:
        await kc.faults({"kind": "short_list", "match": "SOAP GetStockList"})
        rows = await kc.call("GetStockList", DateType=-1)
        assert len(rows["List"]) < int(rows["Count"])
        await kc.faults({"kind": "short_list", "match": "SOAP ExportStockStatus"})
        assert len(await kc.levels("HP-1001", "HP-1002", "HP-1003")) == 2


@pytest.mark.parametrize("settings", [{"colour": "red"}, {"auth": "magic"}, {"optional_operations": ["Nothing"]},
                                      {"tax_codes": 3}, {"credit_limit": "lots"}])  # fmt: skip
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ActError, match="khaos_control settings"):
        KhaosControlSimulator(build_estate(items=14, companies=2), settings=settings)


async def test_every_act_says_what_it_does_and_a_reset_forgets() -> None:
    async with khaos() as kc:
        async with kc.session.get(f"{kc.url}/_sandbox/act") as reply:
            acts = await reply.json()
        assert all(acts.values())
        assert {"despatch", "goods_in", "sell", "lock_company", "merge_company"} <= set(acts)
        await kc.place(Order("W1"))
        async with kc.session.post(f"{kc.url}/_sandbox/reset", json={"settings": {"code": "KHAOSABC"}}) as reply:
            assert reply.status == 200
        assert (await kc.state())["orders"] == []
        assert (await kc.post(envelope("GetSiteList", {}), action("GetSiteList")))[0] == 404
