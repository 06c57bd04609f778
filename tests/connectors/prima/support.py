"""Records as a bridge and as Prima's own service would write them, about a made-up shoe merchant, both connected."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from crossdock.connectors.prima import SYSTEM
from crossdock.connectors.prima.bridge_system import PrimaBridge
from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.soap_system import PrimaSoap
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address
from tests.connectors.bridge.stub import Asked, Stub, page, serving
from tests.connectors.gate import FreeGate, HandClock

AT = "2026-03-02T08:30:00Z"
DAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
CAPABILITIES: dict[str, Any] = {
    "contract_version": "1.0.0",
    "backend": "prima-solutions",
    "companies": ["01"],
    "operations": {},
    "stock": {"free_field": "AvailableQuantity", "semantics_confirmed": True, "per_warehouse": True, "delta": True},
    "uom_mode": "unit_sku",
    "pricing_mode": "send_price",
    "tax_mode": "erp_calculates",
    "webhooks": True,
    "amend": False,
    "cancel": True,
}


def item(sku: str = "ST100-080", **changes: Any) -> dict[str, Any]:
    unit = {"unit_code": "PAIR", "sku": sku, "base_sku": sku, "base_quantity": "1", "confirmed": True}
    key = {"product": "ST100", "m1": "F", "m2": sku[-3:]}
    return {"sku": sku, "native_key": key, "style_code": "ST100", "description": "Derby", "barcode": "5012345678900",
            "status": "active", "vat_code": "S", "units": [unit], "updated_at": AT, **changes}  # fmt: skip


def stock(sku: str = "ST100-080", free: str = "7", **changes: Any) -> dict[str, Any]:
    return {"sku": sku, "native_key": {"product": "ST100", "m2": sku[-3:]}, "warehouse_code": "MAIN", "free": free,
            "as_of": AT, "sequence": 4, **changes}  # fmt: skip


def customer(code: str = "FOOT01", **changes: Any) -> dict[str, Any]:
    address = {"address_code": "1", "kind": "both", "lines": ["1 High St"], "postcode": "LE1 1AA", "country": "GB",
               "is_default": True}  # fmt: skip
    return {"account_code": code, "name": "Footfall & Sons", "status": "active", "price_list_code": "TRADE",
            "payment_terms_code": "30EOM", "currency": "GBP", "tax_status_code": "S", "vat_number": "GB123456789",
            "credit_limit": "5000.00", "credit_hold": False, "addresses": [address], "updated_at": AT,
            **changes}  # fmt: skip


def order(ref: str = "B2B-1", **changes: Any) -> dict[str, Any]:
    line = {"line_ref": "1", "erp_line_no": "1", "sku": "ST100-080", "quantity": "3", "unit_price": "20.00",
            "shipped_quantity": "0", "invoiced_quantity": "0"}  # fmt: skip
    totals = {"net": "65.00", "tax": "13.00", "gross": "78.00", "currency": "GBP", "stage": "order"}
    return {"erp_order_number": f"SO-{ref}", "external_ref": ref, "status": "accepted", "lines": [line],
            "totals": totals, "variance": None, "updated_at": AT, **changes}  # fmt: skip


def shipment(number: str = "SH1", ref: str = "B2B-1", quantity: str = "3", **changes: Any) -> dict[str, Any]:
    return {"shipment_id": number, "erp_order_number": f"SO-{ref}", "external_ref": ref, "despatched_at": AT,
            "warehouse_code": "MAIN", "carrier_code": "DPD", "service_code": "NEXT",
            "tracking": [{"number": f"T-{number}", "url": f"https://track.example/{number}"}],
            "lines": [{"line_ref": "1", "sku": "ST100-080", "quantity": quantity}], "is_final": True, "revision": 1,
            "updated_at": AT, **changes}  # fmt: skip


def invoice(number: str = "INV1", **changes: Any) -> dict[str, Any]:
    line = {"line_ref": "1", "sku": "ST100-080", "quantity": "3", "net": "65.00", "tax": "13.00", "vat_code": "S"}
    return {"number": number, "kind": "invoice", "erp_order_numbers": ["SO-B2B-1"], "external_refs": ["B2B-1"],
            "account_code": "FOOT01", "issued_on": "2026-03-02", "due_on": "2026-04-30", "currency": "GBP",
            "totals": {"net": "65.00", "tax": "13.00", "gross": "78.00"},
            "tax_breakdown": [{"vat_code": "S", "rate": "20", "net": "65.00", "tax": "13.00"}], "lines": [line],
            "updated_at": AT, **changes}  # fmt: skip


def line(**changes: Any) -> ResolvedLine:
    given: dict[str, Any] = {
        "line_ref": "1", "stock_code": "ST100-080", "quantity": Decimal(3), "unit_price": Decimal("20.00"),
        "net": Decimal("60.00"), "tax_code": "S", "tax": Decimal("12.00"),
    }  # fmt: skip
    return ResolvedLine(**{**given, **changes})


ADDRESS = Address(
    organisation='Smith & "Sons" <Ltd>', forename="Łukasz", surname="Ångström", line1="1 High St", town="Leicester",
    postcode="LE1 1AA", country="GB", telephone="0116 496 0000",
)  # fmt: skip
ORDER = ResolvedOrder(
    ref="B2B-1", placed_at=DAY, currency="GBP", account_code="FOOT01", account_id="FOOT01", lines=(line(),),
    delivery_net=Decimal("5.00"), delivery_tax=Decimal("1.00"), total=Decimal("78.00"), courier_code="DPD",
    po_number="PO 7", notes="Ring the bell", delivery_address=ADDRESS,
)  # fmt: skip


def bridge_settings(url: str = "http://127.0.0.1", **changes: Any) -> PrimaSettings:
    given = {"profile": "bridge-v1", "base_url": url, "timeout_seconds": 1.0, "stock_semantics_confirmed": True,
             "delivery_charge_code": "CARR", "allocation_probe_seconds": 0}  # fmt: skip
    return PrimaSettings.model_validate({**given, **changes})


@asynccontextmanager
async def over_bridge(
    capabilities: Mapping[str, Any] | None = None, *, clock: HandClock | None = None, **settings: Any
) -> AsyncIterator[tuple[PrimaBridge, Stub]]:
    """A bridge that knows one item and nothing else."""
    async with serving() as stub:
        stub.on("GET", "/v1/capabilities", {**CAPABILITIES, **(capabilities or {})})
        stub.on("GET", "/v1/items/ST100-080", item())
        for path in ("items", "stock", "customers", "price-lists", "orders", "shipments", "invoices"):
            stub.on("GET", f"/v1/{path}", page([]))
        prima = await SYSTEM.connect(bridge_settings(stub.url, **settings), FreeGate(), clock or HandClock())
        assert isinstance(prima, PrimaBridge)
        try:
            yield prima, stub
        finally:
            await prima.close()


# Prima's own service

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">'
    "<SOAP-ENV:Body>{}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
KEYS = "sku,product,m1,m2,m3,m4\nST100-080,ST100,F,080,,\nST100-085,ST100,F,085,,\n"


def enveloped(document: str) -> bytes:
    body = f'<wsomhandlerResponse xmlns="urn:omlink"><result>{escape(document)}</result></wsomhandlerResponse>'
    return ENVELOPE.format(body).encode()


def soap_fault(message: str = "Not connected") -> web.Response:
    detail = (
        f"<detail><FaultDetail><errorMessage>{message}</errorMessage><requestID>r-1</requestID></FaultDetail></detail>"
    )
    words = "<faultcode>SOAP-ENV:Server</faultcode><faultstring>Failed</faultstring>"
    fault = f"<SOAP-ENV:Fault>{words}{detail}</SOAP-ENV:Fault>"
    return web.Response(status=500, body=ENVELOPE.format(fault).encode(), content_type="text/xml")


def ok(inner: str = "") -> str:
    return f'<?xml version="1.0" encoding="ISO-8859-1"?><Response RequestStatus="OK" RequestError="">{inner}</Response>'


def error(text: str) -> str:
    return f'<Response RequestStatus="ERROR" RequestError="{text}"/>'


def status(word: str) -> str:
    return ok(f'<Data OrderStatus="{word}"/>')


WSDL = (
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><types>'
    '<xsd:schema targetNamespace="urn:omlink" elementFormDefault="qualified">'
    '<xsd:element name="wsomhandler"><xsd:complexType><xsd:sequence><xsd:element name="ipXml"/></xsd:sequence>'
    '</xsd:complexType></xsd:element><xsd:element name="comwsomhandler"><xsd:complexType><xsd:sequence>'
    '<xsd:element name="ipFirm"/><xsd:element name="ipXml"/></xsd:sequence></xsd:complexType></xsd:element>'
    "</xsd:schema></types></definitions>"
)


@dataclass
class FakePrima:
    """Answers by request type; the last answer is kept. requests: the XML strings it was given."""

    answers: dict[str, list[Any]] = field(default_factory=dict)
    requests: list[etree._Element] = field(default_factory=list)
    calls: list[Asked] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def on(self, request_type: str, *answers: Any) -> None:
        self.answers[request_type] = list(answers)

    def sent(self, request_type: str) -> list[etree._Element]:
        return [one for one in self.requests if one.get("RequestType") == request_type]

    def answer(self, asked: Asked) -> web.StreamResponse:
        body = etree.fromstring(asked.raw)[0]
        self.calls.append(asked)
        self.names.append(etree.QName(body[0]).localname)
        text = next(one.text for one in body[0] if (one.text or "").startswith("<"))
        request = etree.fromstring(text.encode("ISO-8859-1"))
        self.requests.append(request)
        queue = self.answers.get(str(request.get("RequestType")), [error("unknown request")])
        said = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(said, web.Response):
            return web.Response(status=said.status, body=said.body, headers=said.headers)
        return web.Response(body=said if isinstance(said, bytes) else enveloped(said), content_type="text/xml")


def soap_settings(url: str = "http://127.0.0.1", **changes: Any) -> PrimaSettings:
    given = {"base_url": url, "timeout_seconds": 1.0, "stock_semantics_confirmed": True, "price_meaning": "unit",
             "not_found_on_error": "absent", "delivery_charge_code": "CARR", "allocation_probe_seconds": 0}  # fmt: skip
    return PrimaSettings.model_validate({**given, **changes})


@asynccontextmanager
async def over_soap(folder: Path, *, wsdl: str = WSDL, **settings: Any) -> AsyncIterator[tuple[PrimaSoap, FakePrima]]:
    """A Prima that knows no order."""
    table = folder / "keys.csv"
    table.write_text(KEYS)
    async with serving() as stub:
        fake = FakePrima()
        fake.on("OrderStatus", error("order not found"))
        stub.on("POST", "/wsa/prima", fake.answer)
        stub.on("GET", "/wsa/prima/wsdl", web.Response(text=wsdl, content_type="text/xml"))
        given = {"key_table": str(table), **settings}
        prima = await SYSTEM.connect(soap_settings(f"{stub.url}/wsa/prima", **given), FreeGate(), HandClock())
        assert isinstance(prima, PrimaSoap)
        try:
            yield prima, fake
        finally:
            await prima.close()


async def gathered(pages: Any) -> list[Any]:
    return [one async for page_ in pages for one in page_]
