"""A web service that answers as scripted, and an order."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.connector import KhaosControl, connect
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address
from tests.connectors.gate import HandClock
from tests.connectors.stub import connected
from tests.serving import served

NOON = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)
EXE = "KhaosHPT.exe"

Params = Mapping[str, str]
Reply = str | bytes | web.Response
Script = Mapping[str, Reply | Callable[[Params], Reply]]

JOINERS = Address(
    organisation="Brontë Joinery & Sons",
    forename="Aisha",
    surname="O'Neill",
    line1="12 Foss Lane",
    town="York",
    postcode="YO1 9AA",
    country="GB",
    telephone="01904 555123",
    email="buyer3@customer3.example",
)
PAID_ORDER = ResolvedOrder(
    ref="SO-100042",
    placed_at=datetime(2025, 7, 1, 9, 30, 15, tzinfo=UTC),
    currency="GBP",
    account_code="HPT1001",
    account_id="50001",
    lines=(
        ResolvedLine(
            line_ref="9001",
            stock_code="HP-1000",
            quantity=Decimal(3),
            unit_price=Decimal("12.3450"),
            net=Decimal("37.04"),
            tax_code="1",
            tax=Decimal("7.41"),
            note="Cut to <1 m> & sanded",
        ),
        ResolvedLine(
            line_ref="9002",
            stock_code="HP-1005",
            quantity=Decimal("2.5"),
            unit_price=Decimal("4.00"),
            net=Decimal("10.00"),
            tax_code="2",
            tax=Decimal("0.00"),
        ),
    ),
    delivery_net=Decimal("7.90"),
    delivery_tax=Decimal("1.58"),
    total=Decimal("63.93"),
    courier_code="DPD",
    site="Main Warehouse",
    sales_source="Web",
    company_name="Brontë Joinery & Sons",
    po_number="PO 77/A",
    notes="Ring the bell twice.\nLeave with number 14.",
    invoice_address=JOINERS,
    delivery_address=replace(JOINERS, line1="Unit 4, Quay Lane", town="Hull", postcode="HU1 1UU"),
)


def settings(base_url: str = "http://127.0.0.1:9", **more: Any) -> KhaosControlSettings:
    given = {"kind": "khaos_control", "base_url": base_url, "exe": EXE, "read_wsdl": False, **more}
    return KhaosControlSettings.model_validate(given)


def returned(inner: str, method: str = "Any") -> str:
    """A response whose return part holds this XML."""
    return (
        '<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Body>'
        f'<NS1:{method}Response xmlns:NS1="urn:IKosWebIntf-IKosWeb"><return>{inner}</return></NS1:{method}Response>'
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def document(xml: str) -> str:
    """A response whose result string is this document."""
    return returned(escape(xml))


def rows(**columns: list[str]) -> str:
    """A counted list response: rows(StockCode=["A"], ParentCode=[""])."""
    count = len(next(iter(columns.values()), []))
    items = "".join(
        "<item>" + "".join(f"<{name}>{escape(values[n])}</{name}>" for name, values in columns.items()) + "</item>"
        for n in range(count)
    )
    return returned(f"<Count>{count}</Count><List>{items}</List>")


def fault(text: str, code: str = "SOAP-ENV:Server") -> web.Response:
    body = (
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{escape(text)}</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body>"
        "</SOAP-ENV:Envelope>"
    )
    return web.Response(status=500, text=body, content_type="text/xml")


class Service:
    """What was called: (method, parameters), and the raw requests."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.requests: list[tuple[dict[str, str], bytes, str]] = []

    def asked(self, method: str) -> list[dict[str, str]]:
        return [params for name, params in self.calls if name == method]

    async def answer(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.requests.append((dict(request.headers), raw, request.path_qs))
        if request.method == "GET":
            reply = self.script.get("WSDL", web.Response(status=404))
            return _response(reply({}) if callable(reply) else reply)
        operation = etree.fromstring(raw).find("{*}Body")[0]
        method = etree.QName(operation).localname
        params = {etree.QName(one).localname: one.text or "" for one in operation}
        self.calls.append((method, params))
        reply = self.script[method]
        return _response(reply(params) if callable(reply) else reply)


def _response(reply: Reply) -> web.Response:
    if isinstance(reply, web.Response):  # a response can be sent once only
        body = reply.body if isinstance(reply.body, bytes) else b""
        return web.Response(status=reply.status, body=body, headers=reply.headers)
    body = reply.encode() if isinstance(reply, str) else reply
    return web.Response(body=body, content_type="text/xml")


@contextlib.asynccontextmanager
async def serving(script: Script, **more: Any) -> AsyncIterator[tuple[KhaosControl, Service]]:
    """A connector talking to a service that answers as scripted. more: settings."""
    service = Service(script)
    async with (
        served(service.answer) as url,
        connected(connect, settings(url, **more), KhaosControl, clock=HandClock(NOON)) as kc,
    ):
        yield kc, service


async def everything(pages: AsyncIterator[Any]) -> list[Any]:
    return [one async for page in pages for one in page]
