"""The web side of a generic channel, as the vendor's README asks: Basic auth, a configuration file, 200, 400 or 500."""

import base64
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web
from lxml import etree

from tests.sandbox.khaos_wire import Khaos, khaos
from tests.serving import served

USER, PASSWORD = "kc", "s3cret"
DOWNLOADS = {"OrderDownload": "Orders", "CReturnDownload": "Returns", "ProvidedStock": ""}
UPLOADS = ("StockUpload", "StockStatusUpload", "OrderStatusUpload", "PriceListUpload")
ITEM_NAMES = {
    "Orders": "SalesOrder", "Items": "OrderItem", "Payments": "OrderPayment", "Returns": "CustomerReturn",
    "ReturnedItems": "ReturnedItem", "ExchangeItems": "ExchangeItem",
}  # fmt: skip


@dataclass
class Post:
    call: str
    headers: dict[str, str]
    body: Any
    raw: bytes


@dataclass
class Web:
    """page: rows of one download. script: call → statuses to answer next, before it answers properly again."""

    form: str = "JSON"
    page: int = 1000
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    config: dict[str, Any] = field(default_factory=dict)
    stock: dict[str, Any] = field(default_factory=dict)
    endpoints: dict[str, Any] = field(default_factory=dict)
    script: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    gets: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    refused: int = 0
    api_version: int | None = 1000
    url: str = ""

    def of(self, call: str) -> list[Any]:
        """The bodies taken for a call, in order."""
        return [one.body for one in self.posts if one.call == call]

    def entries(self, call: str, name: str = "Statuses") -> list[dict[str, Any]]:
        return [entry for body in self.of(call) for entry in body[name]]

    async def handle(self, request: web.Request) -> web.Response:
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {token}":
            self.refused += 1
            return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        call = request.path.strip("/")
        raw = await request.read()
        if call == "config":
            self.gets.append((call, dict(request.headers)))
            return web.Response(body=self._config(), content_type="text/plain")
        if request.method == "GET":
            self.gets.append((call, dict(request.headers)))
        if self.script[call]:
            return web.Response(status=self.script[call].pop(0))
        return self._download(call, request) if request.method == "GET" else self._upload(call, request, raw)

    def _config(self) -> bytes:
        calls = {
            name: {"URL": f"{self.url}/{name}", "Format": self.form, "Frequency": 5} for name in (*DOWNLOADS, *UPLOADS)
        }
        calls = {name: one for name, one in {**calls, **self.endpoints}.items() if one is not None}
        return self.write("EndpointConfig", calls)

    def _download(self, call: str, request: web.Request) -> web.Response:
        if call == "ProvidedStock":
            return web.Response(body=self.write("StockChanges", self.stock))
        name = DOWNLOADS[call]
        wanted = request.headers.get("SpecificIDs", request.headers.get("Specificids"))
        rows, headers = self.rows[call], {}
        if wanted is None:
            since = request.headers["Sirion-Continuation"]
            start = int(since.removeprefix("from:")) if since.startswith("from:") else 0
            rows = rows[start : start + self.page]
            headers = {"Sirion-Continuation": f"from:{start + len(rows)}"}
        else:
            ids = wanted.replace('"', "").split(",")
            rows = [row for row in rows if row.get("Header", row)["AssociatedRef"] in ids]
        answer: dict[str, Any] = {name: rows, "Config": self.config}
        if self.api_version is not None:
            answer["ApiVersion"] = self.api_version
        root = "SalesOrderImport" if call == "OrderDownload" else "CustomerReturnImport"
        return web.Response(body=self.write(root, answer), headers=headers)

    def _upload(self, call: str, request: web.Request, raw: bytes) -> web.Response:
        try:
            body = json.loads(raw) if self.form == "JSON" else etree.fromstring(raw)
        except (ValueError, etree.XMLSyntaxError):
            return web.Response(status=400)
        self.posts.append(Post(call, dict(request.headers), body, raw))
        return web.Response()

    def write(self, root: str, values: dict[str, Any]) -> bytes:
        return (json.dumps(values) if self.form == "JSON" else xml(root, values)).encode()


def xml(name: str, value: Any) -> str:
    if isinstance(value, dict) and set(value) <= {"ID", "Code", "Name"} and value:
        return f"<{name} {' '.join(f'{key}={quoteattr(one)}' for key, one in value.items())}/>"
    if isinstance(value, dict):
        return f"<{name}>{''.join(xml(key, one) for key, one in value.items())}</{name}>"
    if isinstance(value, list):
        return f"<{name}>{''.join(xml(ITEM_NAMES.get(name, 'string'), one) for one in value)}</{name}>"
    return f"<{name}>{escape(str(value).lower() if isinstance(value, bool) else str(value))}</{name}>"


MATCH_EMAIL = {"MatchCompanyOn": ["Email"], "MatchAddressOn": ["Postcode"], "MatchContactOn": ["Email"]}
MATCH_CODE = {**MATCH_EMAIL, "MatchCompanyOn": ["CompanyCode"]}


def item(sku: str, quantity: Any = 1, **fields: Any) -> dict[str, Any]:
    return {
        "SKU": sku, "Mapping": "StockCode", "Quantity": quantity, "UnitPrice": {"Net": 10.0},
        "ExtendedDescription": [], "ImportRef": f"L-{sku}", "WebItemRef": f"W-{sku}", **fields,
    }  # fmt: skip


def order(ref: str, *items: dict[str, Any], **blocks: dict[str, Any]) -> dict[str, Any]:
    """A sales order for account HPT1001. blocks: Header, Customer, ... with what is different; None takes it out."""
    whole: dict[str, Any] = {
        "Customer": {
            "CreateNew": "IfNoMatch", "URN": "HPT1001", "CompanyClass": {"Name": "Trade"}, "Currency": {"Code": "GBP"},
        },
        "InvoiceAddress": {"Line1": "1 Foss Lane", "Town": "York", "Postcode": "YO1 9AA", "Country": {"Code": "GB"}},
        "InvoiceContact": {"Forename": "Ida", "Surname": "Shaw", "Email": "ida@example.org"},
        "Header": {
            "AssociatedRef": ref, "OrderDate": "2025-03-01T10:00:00", "Site": {"ID": "1"},
            "SalesSource": {"Name": "Web"}, "DiscountCodes": [], "DeliveryCharge": {"Net": 0},
        },
        "Items": list(items) or [item("HP-1001")],
        "Payments": [],
    }  # fmt: skip
    for name, changes in blocks.items():
        whole[name] = {key: one for key, one in {**whole.get(name, {}), **changes}.items() if one is not None}
    return whole


@dataclass
class Channel:
    kc: Khaos
    web: Web

    async def act(self, act: str, **parameters: Any) -> Any:
        return await self.kc.act(act, **parameters)

    async def state(self) -> Any:
        return (await self.kc.state())["channel"]

    async def log(self) -> Any:
        return (await self.kc.state())["channel_log"]

    async def row(self, ref: str) -> Any:
        return next(one for one in (await self.state())["imported_orders"] if one["ref"] == ref)

    async def take(self, *orders: dict[str, Any]) -> Any:
        """Put orders on offer and have them downloaded."""
        self.web.rows["OrderDownload"] += orders
        return await self.act("download_orders")


@contextlib.asynccontextmanager
async def channel(form: str = "JSON", *, site: dict[str, Any] | None = None, **settings: Any) -> AsyncIterator[Channel]:
    """site: settings of the simulator; the others are the channel's."""
    side = Web(form=form, config=dict(MATCH_CODE))
    async with served(side.handle) as side.url:
        setup = {"url": f"{side.url}/config", "user": USER, "password": PASSWORD, **settings}
        async with khaos(channel=setup, **(site or {})) as kc:
            yield Channel(kc, side)
