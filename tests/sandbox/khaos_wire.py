"""A bare SOAP caller for the Khaos Control tests: envelopes by hand, so that nothing here reads its own work."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from crossdock.sandbox.estate import Estate, build_estate
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from tests.sandbox.calling import Caller, visiting

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
ENDPOINT = "/KhaosHPT.exe/soap/IKosWeb"


class Fault(AssertionError):
    """The server answered HTTP 500 with this faultstring."""


def envelope(method: str, parameters: Mapping[str, Any], *, version: str = SOAP_11, header: str = "") -> str:
    body = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in parameters.items())
    return (
        f'<s:Envelope xmlns:s="{version}"><s:Header>{header}</s:Header><s:Body>'
        f'<m:{method} xmlns:m="urn:IKosWebIntf-IKosWeb">{body}</m:{method}></s:Body></s:Envelope>'
    )


def action(method: str) -> dict[str, str]:
    return {"SOAPAction": f'"urn:IKosWebIntf-IKosWeb#{method}"', "Content-Type": "text/xml; charset=utf-8"}


def plain(element: etree._Element) -> Any:
    """A typed result as dicts, lists and text."""
    kind = element.get("{http://www.w3.org/2001/XMLSchema-instance}type", "")
    if kind.endswith(":Array"):
        return [plain(one) for one in element]
    if kind.startswith("NS2:"):
        return {one.tag: plain(one) for one in element}
    return element.text or ""


class Khaos(Caller[KhaosControlSimulator]):
    async def post(self, body: str | bytes, headers: Mapping[str, str], path: str = ENDPOINT) -> tuple[int, str]:
        async with self.session.post(self.url + path, data=body, headers=headers) as reply:
            return reply.status, await reply.text()

    async def call(self, method: str, **parameters: Any) -> Any:
        """The `return` part. Raises Fault: on HTTP 500."""
        status, text = await self.post(envelope(method, parameters), action(method))
        root = etree.fromstring(text.encode())
        if status == 500:
            raise Fault(root.findtext(".//faultstring"))
        assert status == 200
        response = root[0][0]
        assert etree.QName(response).localname == f"{method}Response"
        assert response[0].tag == "return"
        return plain(response[0])

    async def document(self, method: str, **parameters: Any) -> etree._Element:
        text = await self.call(method, **parameters)
        assert not text.startswith("<?xml")
        return etree.fromstring(text)

    async def place(self, *orders: "Order") -> dict[str, Any]:
        return await self.call("ImportOrders", Orders=document(*orders))

    async def status(self, *refs: str, **parameters: Any) -> etree._Element:
        asked = {"IDs": ",".join(refs), "MappingType": 4, "IncludeTracking": "true", "IncludeCancelled": "true"}
        return await self.document("ExportOrderStatusEx", **{**asked, **parameters})

    async def levels(self, *skus: str, **parameters: Any) -> dict[str, Decimal]:
        rows = await self.document("ExportStockStatus", StockCodes=",".join(skus), MappingType=1, **parameters)
        return {row.get("CODE"): Decimal(row.findtext("LEVEL")) for row in rows}

    async def order(self, ref: str) -> dict[str, Any]:
        return next(one for one in (await self.state())["orders"] if ref in (one["associated_ref"], one["code"]))


@contextlib.asynccontextmanager
async def khaos(estate: Estate | None = None, **settings: Any) -> AsyncIterator[Khaos]:
    simulator = KhaosControlSimulator(estate or build_estate(items=14, companies=20), settings=settings)
    async with visiting(simulator, Khaos) as kc:
        yield kc


def line(sku: str, quantity: Any = 1, **fields: Any) -> dict[str, Any]:
    return {"STOCK_CODE": sku, "MAPPING_TYPE": 1, "ORDER_QTY": quantity, "PRICE_NET": "10.00", **fields}


@dataclass
class Order:
    """One SALES_ORDER; None leaves an element out."""

    ref: str | None
    lines: list[dict[str, Any]] = field(default_factory=lambda: [line("HP-1001")])
    customer: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    invoice_address: dict[str, Any] = field(default_factory=dict)
    payments: list[dict[str, Any]] = field(default_factory=list)

    def xml(self) -> str:
        customer = {"IS_NEW_CUSTOMER": 0, "COMPANY_CODE": "HPT1001", "COMPANY_CLASS": "Trade", **self.customer}
        header = {"ASSOCIATED_REF": self.ref, "ORDER_DATE": "2025-03-01", "DELIVERY_NET": 0, **self.header}
        address = {"IADDRESS1": "1 Foss Lane", "ITOWN": "York", "IPOSTCODE": "YO1 9AA", "ISURNAME": "Shaw"}
        return (
            f"<SALES_ORDER><CUSTOMER_DETAIL>{_elements(customer)}"
            f"<ADDRESSES><INVADDR>{_elements({**address, **self.invoice_address})}</INVADDR><DELADDR/></ADDRESSES>"
            f"</CUSTOMER_DETAIL>"
            f"<PAYMENTS>{''.join(f'<PAYMENT_DETAIL>{_elements(one)}</PAYMENT_DETAIL>' for one in self.payments)}"
            f"</PAYMENTS><ORDER_HEADER>{_elements(header)}</ORDER_HEADER>"
            f"<ORDER_ITEMS>{''.join(f'<ORDER_ITEM>{_elements(one)}</ORDER_ITEM>' for one in self.lines)}</ORDER_ITEMS>"
            "</SALES_ORDER>"
        )


def document(*orders: Order) -> str:
    return f"<SALES_ORDERS>{''.join(order.xml() for order in orders)}</SALES_ORDERS>"


def _elements(values: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{escape(str(one))}</{name}>" for name, one in values.items() if one is not None)
