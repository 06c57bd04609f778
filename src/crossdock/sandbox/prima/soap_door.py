"""The SOAP door: one generic operation, the verb in `RequestType`; no authentication, no paging, no sign of a limit."""

from collections import Counter
from collections.abc import Callable, Mapping

from aiohttp import web
from lxml import etree

from crossdock.sandbox.prima import soap_documents as documents
from crossdock.sandbox.prima.bridge_orders import decide_due
from crossdock.sandbox.prima.knobs import Knobs
from crossdock.sandbox.prima.soap_documents import RequestError
from crossdock.sandbox.prima.soap_orders import new_order, new_orders, order_status
from crossdock.sandbox.prima.soap_stock import available_for, available_range
from crossdock.sandbox.prima.soap_wire import SoapCall, SoapFault, fault, read_call, reply, wsdl
from crossdock.sandbox.prima.store import Store

Answerer = Callable[[Store, etree._Element, str], str]
REQUESTS: Mapping[str, Answerer] = {
    "NewOrder": new_order,
    "MultiNewOrder": new_orders,
    "OrderStatus": order_status,
    "ProductAvailableToSell": available_range,
    "MultiAvailableToSell": available_for,
}


class Lost(Exception):
    """The connection breaks for this kind of request."""


class SoapDoor:
    """store: the present one. calls: counts what was asked for, as `SOAP RequestType`."""

    def __init__(self, store: Callable[[], Store], calls: Counter[str]) -> None:
        self.store = store
        self.calls = calls

    def routes(self, knobs: Knobs) -> list[web.RouteDef]:
        return [web.get(knobs.wsdl_path, self._wsdl), web.post(knobs.soap_path, self._call)]

    async def _wsdl(self, request: web.Request) -> web.Response:
        knobs = self.store().knobs
        if request.query.get("targetURI") != knobs.target_uri:
            return web.Response(status=404, text="Unable to find the WSDL document")
        address = f"{request.scheme}://{request.host}{knobs.soap_path}"
        return web.Response(text=wsdl(address, knobs), content_type="text/xml", charset="utf-8")

    async def _call(self, request: web.Request) -> web.Response:
        store = self.store()
        try:
            if "SOAPAction" not in request.headers:
                raise SoapFault("The SOAPAction HTTP header is missing")
            call = read_call(await request.read(), store.knobs)
            body, status = reply(call, self.answer(store, call), store.knobs), 200
        except Lost:
            return _drop(request)
        except SoapFault as refused:
            address = f"{request.scheme}://{request.host}{store.knobs.soap_path}"
            body, status = fault(str(refused), f"{store.next_request():016x}:-8000#1f", address), 500
        return web.Response(body=body.encode(), status=status, headers={"Content-Type": "text/xml; charset=utf-8"})

    def answer(self, store: Store, call: SoapCall) -> str:
        """The XML string that answers an XML string. Raises SoapFault, Lost."""
        decide_due(store)
        try:
            self._check_company(store.knobs, call)
            request = documents.read(call.document, store.knobs)
            kind = request.get("RequestType", "")
            self._check_up(store, kind)
            if kind not in REQUESTS:
                raise RequestError(f"Unknown request type {kind}")
            self.calls[f"SOAP {kind}"] += 1
            _lose(store, "lost_request", kind)
            answer = REQUESTS[kind](store, request, call.company)
            _lose(store, "lost_reply", kind)
            return answer
        except RequestError as refused:
            return documents.error(store.knobs, str(refused))

    def _check_company(self, knobs: Knobs, call: SoapCall) -> None:
        if call.operation == "wsomhandler" and knobs.company_required:
            raise RequestError("Company must be entered")
        if call.operation == "comwsomhandler" and call.company not in knobs.companies:
            raise RequestError(f"Company {call.company} not on file")

    def _check_up(self, store: Store, kind: str) -> None:
        for name in (kind, ""):
            left, text = store.down.get(name, (0, ""))
            if left > 0:
                store.down[name] = (left - 1, text)
                raise SoapFault(text)


def _lose(store: Store, fault: str, kind: str) -> None:
    """Strike knobs that name a RequestType (`SOAP MultiNewOrder`); all others are struck around the whole call.

    Raises Lost."""
    named = any(one.kind == fault and "SOAP" in one.match for one in store.faults.faults)
    if named and store.faults.draw(fault, f"SOAP {kind}"):
        raise Lost


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
