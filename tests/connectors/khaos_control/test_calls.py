"""How calls are made: credentials, versions, actions, zips, and answers too long for the parser."""

import base64
import io
import zipfile

import pytest
from aiohttp import web
from pydantic import ValidationError

from crossdock.connectors.khaos_control import SYSTEM
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.connector import KhaosControl
from crossdock.model.faults import ReadIncomplete
from tests.connectors.gate import FreeGate, HandClock
from tests.connectors.khaos_control.support import document, everything, fault, returned, rows, serving, settings
from tests.connectors.khaos_control.test_reading_stock import SCRIPT

EMPTY = {"ExportOrderStatusEx": document("<STATUS_LIST/>")}
WSDL = (
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><binding>'
    '<operation name="ExportOrderStatusEx"><soap:operation soapAction="urn:Other#Ex"/></operation></binding>'
    '<service><port><soap:address location="http://inner.example/x"/></port></service></definitions>'
)


async def sent(**more: object) -> tuple[dict[str, str], str, str]:
    """Headers, body and path of one call made with these settings."""
    async with serving(EMPTY, **more) as (khaos, service):
        await khaos.find_order("A1")
        headers, body, path = service.requests[-1]
        return headers, body.decode(), path


async def test_soap_1_1_is_the_default() -> None:
    headers, body, path = await sent()
    assert headers["SOAPAction"] == '"urn:IKosWebIntf-IKosWeb#ExportOrderStatusEx"'
    assert headers["Content-Type"] == "text/xml; charset=utf-8"
    assert path == "/KhaosHPT.exe/soap/IKosWeb"
    assert "Authorization" not in headers
    assert '<IDs xsi:type="xsd:string">A1</IDs><MappingType xsi:type="xsd:int">4</MappingType>' in body


async def test_soap_1_2_when_asked_for() -> None:
    headers, body, _ = await sent(soap_version="1.2")
    assert headers["Content-Type"].endswith('action="urn:IKosWebIntf-IKosWeb#ExportOrderStatusEx"')
    assert "http://www.w3.org/2003/05/soap-envelope" in body


async def test_credentials_go_where_the_setting_says() -> None:
    who = {"username": "ida", "password": "p&ss"}
    headers, _, _ = await sent(auth="http_basic", **who)
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"ida:p&ss").decode()
    _, body, _ = await sent(auth="soap_header", **who)
    assert "<Username>ida</Username><Password>p&amp;ss</Password>" in body
    _, _, path = await sent(auth="query", **who)
    assert path.endswith("?Username=ida&Password=p%26ss")


async def test_the_live_wsdl_says_the_action_and_is_read_once() -> None:
    async with serving({**EMPTY, "WSDL": WSDL}, read_wsdl=True) as (khaos, service):
        await khaos.find_order("A1")
        await khaos.find_order("A1")
        assert [path for _, _, path in service.requests].count("/KhaosHPT.exe/wsdl/IKosWeb") == 1
        assert service.requests[-1][0]["SOAPAction"] == '"urn:Other#Ex"'


@pytest.mark.parametrize("wsdl", [web.Response(status=404), "<html/>", "<!DOCTYPE x>" + WSDL, ""])
async def test_a_server_that_hides_its_wsdl_is_talked_to_all_the_same(wsdl: web.Response | str) -> None:
    async with serving({**EMPTY, "WSDL": wsdl}, read_wsdl=True) as (khaos, service):
        assert await khaos.find_order("A1") is None
        assert service.requests[-1][0]["SOAPAction"] == '"urn:IKosWebIntf-IKosWeb#ExportOrderStatusEx"'


ONE_ITEM = b"<STOCK_ITEMS><STOCK_ITEM><STOCK_CODE>A</STOCK_CODE></STOCK_ITEM></STOCK_ITEMS>"


def zipped(body: bytes = ONE_ITEM) -> str:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stock.xml", body)
    return returned(f"<Data>{base64.b64encode(raw.getvalue()).decode()}</Data>")


async def test_a_compressed_export_is_unpacked() -> None:
    script = {"GetStockList": rows(StockCode=["A"], ParentCode=[""]), "ExportStockCompressed": zipped()}
    async with serving(script, compressed=True) as (khaos, service):
        assert [one.ref for one in await everything(khaos.read_items(None))] == ["A"]
        assert service.asked("ExportStockCompressed")[0]["CompressionMethod"] == "0"


@pytest.mark.parametrize(
    "reply", [returned("<Data>AAAA</Data>"), returned("<Data>?</Data>"), returned(""), zipped(body=b"")]
)
async def test_a_zip_that_is_none_is_half_an_answer(reply: str) -> None:
    script = {"GetStockList": rows(StockCode=["A"], ParentCode=[""]), "ExportStockCompressed": reply}
    async with serving(script, compressed=True) as (khaos, _):
        with pytest.raises(ReadIncomplete):
            await everything(khaos.read_items(None))


async def test_an_answer_longer_than_the_parser_takes_is_read() -> None:
    filler = (
        "<STOCK_ITEM><STOCK_CODE>{}</STOCK_CODE><LONG_DESC>" + "long &amp; dull " * 70_000 + "</LONG_DESC></STOCK_ITEM>"
    )
    items = "".join(filler.format(number) for number in range(12))
    codes = [str(number) for number in range(12)]
    script = {"GetStockList": rows(StockCode=codes), "ExportStock": document(f"<STOCK_ITEMS>{items}</STOCK_ITEMS>")}
    async with serving(script) as (khaos, _):
        assert [one.ref for one in await everything(khaos.read_items(None))] == codes


async def test_a_probe_tries_everything_and_stops_at_nothing() -> None:
    script = {
        **SCRIPT,
        **EMPTY,
        "WSDL": WSDL,
        "GetCompanyList": fault("Access denied"),
        "GetPriceLists": returned("<item>Trade</item>"),
    }
    async with serving(script, site="Moon") as (khaos, _):
        lines = {line.what: line for line in await khaos.probe()}
    assert "ImportOrders" in lines["operations"].problem
    assert lines["order status"].problem == ""
    assert "no site 'Moon'" in lines["sites"].problem
    assert lines["stock items"].read == 6
    assert "Access denied" in lines["companies"].problem
    assert lines["price lists"].read == 1


def test_the_system_says_what_it_can_do_and_does_it() -> None:
    verbs = {
        "OrderSink": ("find_order", "create_order", "settle_seconds", "price_decimals"),
        "FulfilmentSource": ("read_fulfilments",),
        "StockSource": ("read_stock",),
        "ItemSource": ("read_items", "find_items"),
        "AccountSource": ("read_accounts", "find_accounts"),
        "AccountSink": ("find_opened", "create_account"),
        "PriceSource": ("read_prices",),
        "OrderAmender": ("amend_order",),
        "OrderCanceller": ("cancel_order",),
        "StockCountSink": ("write_counts",),
        "Channel": ("answer_channel",),
        "ReturnChannel": ("return_problem",),
        "ItemChannel": ("item_problem",),
        "StockFinder": ("find_stock",),
        "FulfilmentFinder": ("find_fulfilments",),
        "SiteStockSource": ("read_site_stock",),
        "OpenOrderSource": ("read_open_orders",),
        "DespatchBooker": ("book_despatch",),
        "ErpOrderSource": ("read_order_states", "export_orders"),
        "LedgerSource": ("read_ledger",),
    }
    assert set(verbs) == SYSTEM.capabilities
    for names in verbs.values():
        for name in names:
            assert hasattr(KhaosControl, name)


def test_what_not_every_server_has_is_off_until_it_is_switched_on() -> None:
    usual = {
        "OrderSink", "FulfilmentSource", "StockSource", "StockFinder", "ItemSource", "AccountSource", "AccountSink",
        "PriceSource", "FulfilmentFinder", "SiteStockSource",
    }  # fmt: skip
    assert SYSTEM.capabilities_of(settings()) == usual
    some = settings(optional={"cancel_order": True}, channel={"username": "khaos", "password": "x"})
    assert SYSTEM.capabilities_of(some) == usual | {"OrderCanceller", "Channel"}
    returns = settings(channel={"username": "khaos", "password": "x", "return_reason": "Name=Unwanted"})
    assert SYSTEM.capabilities_of(returns) == usual | {"Channel", "ReturnChannel"}
    provided = {"stock_type1": "ID=1", "stock_type2": "ID=11"}
    items = settings(channel={"username": "khaos", "password": "x", "provided": provided})
    assert SYSTEM.capabilities_of(items) == usual | {"Channel", "ItemChannel"}
    orders = settings(channel={"username": "khaos", "password": "x", "provided": provided, "calls": ["orders"]})
    assert SYSTEM.capabilities_of(orders) == usual | {"Channel"}


def test_settings_have_a_budget_one_old_server_can_bear() -> None:
    assert (settings().budget.concurrency, settings().budget.requests_per_second) == (1, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"exe": ""}, {"auth": "http_basic"}, {"overlap_hours": 1}, {"timezone": "Mars/Olympus"},
        {"skip_reasons": {"(": "data"}}, {"stages": {"7": "nowhere"}}, {"colour": "red"}, {"stock_date_types": []},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_a_password_never_prints() -> None:
    given = settings(auth="http_basic", username="ida", password="hunter2")
    assert "hunter2" not in repr(given)
    assert "hunter2" not in repr(KhaosClient(given, gate=FreeGate(), clock=HandClock()))
