"""What the Prima simulator tests share: a running Prima, a caller at each of its doors, and orders to send."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.prima import PrimaSimulator
from tests.sandbox import calling
from tests.sandbox.bridge_calling import BEARER, Answer, Visitor, fresh_key

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class Caller(Visitor[PrimaSimulator]):
    """At the bridge: get, post. At the SOAP door: soap, and the raw envelope."""

    async def get(self, path: str) -> Answer:
        return await self.call("GET", path)

    async def post(self, path: str, body: Any, key: str | None = None) -> Answer:
        return await self.call("POST", path, json=body, headers={**BEARER, "Idempotency-Key": key or fresh_key()})

    async def walk(self, path: str) -> list[Any]:
        """Every row of a feed, to its end; checks that the run is whole."""
        mark = "&" if "?" in path else "?"
        answer = await self.get(f"{path}{mark}limit=37")
        rows = list(answer.json["data"])
        while answer.json["page"]["has_more"]:
            answer = await self.get(f"{path.partition('?')[0]}?limit=37&cursor={answer.json['page']['next_cursor']}")
            rows += answer.json["data"]
        assert len(rows) == answer.json["page"]["total"]
        return rows

    async def free(self, sku: str) -> int:
        """Over all warehouses."""
        rows = (await self.post("/v1/stock/query", {"skus": [sku]})).json["data"]
        return sum(int(row["free"]) for row in rows)

    async def act(self, name: str, **params: Any) -> Any:
        return await self.simulator.act(name, params)

    def fault(self, **knob: Any) -> None:
        self.simulator.faults.set([knob])

    async def envelope(self, body: str, path: str = "/wsa/prima") -> Answer:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        return await self.call("POST", path, data=body.encode(), headers=headers)

    async def soap(self, document: str, company: str | None = None) -> etree._Element:
        """The document inside the answer's string."""
        name, extra = "wsomhandler", ""
        if company is not None:
            name, extra = "comwsomhandler", f"<ipcCompany>{company}</ipcCompany>"
        answer = await self.envelope(
            f'<S:Envelope xmlns:S="{SOAP}"><S:Body><m:{name} xmlns:m="urn:omlink">{extra}'
            f"<ipcXml>{escape(document)}</ipcXml></m:{name}></S:Body></S:Envelope>"
        )
        assert answer.status == 200, answer.text
        part = etree.fromstring(answer.text.encode()).find(f".//{{urn:omlink}}{name}Response/{{urn:omlink}}opcXml")
        assert part is not None
        assert part.text is not None
        assert part.text.startswith('<?xml version="1.0" encoding="ISO-8859-1"?>')
        return etree.fromstring(part.text.encode("latin-1"))

    async def rows(self, document: str, company: str | None = None) -> list[tuple[str, dict[str, str]]]:
        root = await self.soap(document, company)
        assert root.get("RequestStatus") == "OK", root.get("RequestError")
        return [(str(row.tag), {str(name): str(value) for name, value in row.attrib.items()}) for row in root[0]]

    async def refused(self, document: str) -> str:
        root = await self.soap(document)
        assert root.get("RequestStatus") == "ERROR"
        return root.get("RequestError", "")


@contextlib.asynccontextmanager
async def prima(*, items: int = 30, accounts: int = 30, **settings: Any) -> AsyncIterator[Caller]:
    """A running Prima of the usual made-up merchant."""
    simulator = PrimaSimulator(build_estate(items=items, companies=accounts), seed=1, settings=settings)
    async with calling.visiting(simulator, Caller) as caller:
        yield caller


def line(sku: str = "HP-1001", quantity: str = "2", **changes: Any) -> dict[str, Any]:
    """Two of an each-only item at ten pounds."""
    sent = {
        "line_ref": f"L-{sku}", "sku": sku, "native_key": {"product": sku.replace("-", "")}, "quantity": quantity,
        "unit_code": "each", "base_quantity": "1", "unit_price": "10.00", **changes,
    }  # fmt: skip
    return {name: value for name, value in sent.items() if value != "absent"}


def order(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An order of these lines for a good account; two HP-1001 when none are named."""
    sent = {
        "source": "shop", "external_ref": "WEB-1", "account_code": "HPT1001", "delivery_address_code": "1",
        "currency": "GBP", "prices_include_tax": False, "ordered_at": "2026-01-06T09:00:00Z",
        "lines": list(lines) or [line()], "expected": {"net": "20.00", "tax": "4.00", "gross": "24.00"}, **changes,
    }  # fmt: skip
    return {name: value for name, value in sent.items() if value != "absent"}


def request(request_type: str, inside: str = "<Data/>") -> str:
    return f'<?xml version="1.0" encoding="ISO-8859-1"?><Request RequestType="{request_type}">{inside}</Request>'


def soap_order(number: str = "WEB-1", lines: str = "", data: str = "", header: str = "") -> str:
    """A MultiNewOrder of two HP-1001 at ten pounds, unless lines are given."""
    lines = lines or '<OrderLineData OrderLine="1" Product="HP1001" Quantity="2" Price="10.00"/>'
    return (
        f'<Data OrderNumber="{number}" TPGUID="{number}" Customer="HPT1001" DelivAddrNo="1" VatInclusive="No" {data}>'
        f'<OrderHeaderData Currency="GBP" {header}/>{lines}</Data>'
    )
