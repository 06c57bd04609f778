"""The HTTP face: a web service executable per company database, its WSDL and its SOAP endpoint."""

import base64
import hmac
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from aiohttp import web
from lxml import etree

from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.khaos_control import soap
from crossdock.sandbox.khaos_control.acts import all_acts
from crossdock.sandbox.khaos_control.channel.acts import ChannelActs
from crossdock.sandbox.khaos_control.channel.clockwork import Clockwork
from crossdock.sandbox.khaos_control.channel.poller import Poller
from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings
from crossdock.sandbox.khaos_control.channel.view import channel_state
from crossdock.sandbox.khaos_control.loading import load_store
from crossdock.sandbox.khaos_control.operations import OPERATIONS, Operation
from crossdock.sandbox.khaos_control.results import encode
from crossdock.sandbox.khaos_control.settings import OPTIONAL_OPERATIONS, Settings
from crossdock.sandbox.khaos_control.view import whole_state
from crossdock.sandbox.khaos_control.wsdl import write_wsdl

CAN_BE_CUT_SHORT = frozenset({"GetStockList", "ExportStockStatus"})


class KhaosControlSimulator(Simulator):
    """Khaos Control behind its IKosWeb SOAP service, and the generic channel with which it calls a web server."""

    kind = "khaos_control"
    default_port = 8802
    served: ClassVar[Mapping[str, Any]] = {  # of a merchant with shops, who has every optional operation
        "optional_operations": OPTIONAL_OPERATIONS,
        "more_sites": ("York", "Leeds", "Hull", "Web"),
    }
    sheets: ClassVar[tuple[type, ...]] = (
        Settings,
        ChannelSettings,
    )
    labels: ClassVar[str] = (
        "`SOAP operation`, such as `SOAP ImportOrders`; a call of the channel is `CHANNEL name`, such as "
        "`CHANNEL OrderDownload`"
    )
    troubles: ClassVar[frozenset[str]] = frozenset({"short_list", "expired_token", "duplicate_webhook"})
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = ({}, "sell", {"sku": "HP-1001", "quantity": 1})

    def load(self) -> None:
        config = Settings.parse(self.settings)
        self.config = config
        self.store = load_store(self.estate, config, self.now)
        if not hasattr(self, "clockwork"):
            self.poller = Poller(lambda: self.faults)
            self.clockwork = Clockwork(self.poller)
        self.poller.bind(self.store, config.channel)
        self.clockwork.again()
        self.executable = f"Khaos{config.code.upper().removeprefix('KHAOS')}.exe"
        hidden = set(OPTIONAL_OPERATIONS) - set(config.optional_operations)
        self.operations: Mapping[str, Operation] = {
            name: operation for name, operation in OPERATIONS.items() if name not in hidden
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{executable}/wsdl/IKosWeb", self._wsdl),
            web.post("/{executable}/soap/IKosWeb", self._soap),
        ]

    def label(self, request: web.Request) -> str:
        if request.method == "POST" and request.path.endswith("/soap/IKosWeb"):
            return f"SOAP {_action(request).rpartition('#')[2]}"
        return super().label(request)

    def state(self) -> dict[str, Any]:
        return {
            **whole_state(self.store),
            "channel": channel_state(self.poller),
            "channel_log": list(self.poller.book.log),
        }

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return {**all_acts(self.store), **ChannelActs(self.store, self.clockwork).acts()}

    async def started(self, base_url: str) -> None:
        await super().started(base_url)
        await self.clockwork.start()

    async def stopped(self) -> None:
        await self.clockwork.stop()
        await super().stopped()

    async def _wsdl(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        address = f"{request.scheme}://{request.host}/{self.executable}/soap/IKosWeb"
        signatures = {name: (one.parameters, one.result) for name, one in self.operations.items()}
        return web.Response(text=write_wsdl(signatures, address), content_type="text/xml", charset="utf-8")

    async def _soap(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        version = soap.SOAP_11
        try:
            call = soap.read_call(await request.read())
            version = call.version
            body, status = self._answer(call, request), 200
        except soap.SoapFault as fault:
            body, status = soap.fault(version, str(fault)), 500
        return web.Response(
            body=body.encode(),
            status=status,
            headers={"Content-Type": f"{soap.MEDIA_TYPES[version]}; charset=utf-8"},
        )

    def _answer(self, call: soap.Call, request: web.Request) -> str:
        self._check_action(call, request)
        self._check_header(call.header)
        operation = self.operations.get(call.method)
        if operation is None:
            raise soap.SoapFault(f"Method {call.method} of interface IKosWeb is not known")
        short = (
            call.method in CAN_BE_CUT_SHORT and self.faults.draw("short_list", f"SOAP {call.method}") is not None
        )  # fmt: skip
        arguments = operation.bind(call.method, call.parameters, short=short)
        answer = operation.answer(self.store, arguments)
        return soap.result(call.version, call.method, encode("return", answer, operation.result))

    def _refusal(self, request: web.Request) -> web.Response | None:
        """404 for another executable (its name has no case), 401 without the Basic credentials asked for."""
        if request.match_info["executable"].lower() != self.executable.lower():
            return web.Response(status=404, text="Not found")
        if self.config.auth != "http_basic":
            return None
        wanted = base64.b64encode(f"{self.config.username}:{self.config.password}".encode()).decode()
        sent = request.headers.get("Authorization", "")
        if hmac.compare_digest(sent.encode(), f"Basic {wanted}".encode()):
            return None
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Khaos Control"'})

    def _check_action(self, call: soap.Call, request: web.Request) -> None:
        """SOAP 1.1 must send a SOAPAction; what is sent, in either version, must be the method's own."""
        if call.version == soap.SOAP_11 and "SOAPAction" not in request.headers:
            raise soap.SoapFault("SOAPAction is missing")
        action = _action(request)
        if action and action != f"{soap.NAMESPACE}#{call.method}":
            raise soap.SoapFault(f"SOAPAction {action} is not the action of {call.method}")

    def _check_header(self, header: etree._Element | None) -> None:
        if self.config.auth != "soap_header":
            return
        sent: dict[str, str] = {}
        for element in header.iter() if header is not None else ():
            sent[etree.QName(element).localname] = (element.text or "").strip()
        user, password = sent.get("Username", ""), sent.get("Password", "")
        right = hmac.compare_digest(user.encode(), self.config.username.encode())
        if not (hmac.compare_digest(password.encode(), self.config.password.encode()) and right):
            raise soap.SoapFault("Access denied: user name or password is wrong")


def _action(request: web.Request) -> str:
    """From the SOAPAction header, or the action parameter that SOAP 1.2 puts in its media type."""
    if (action := request.headers.get("SOAPAction")) is not None:
        return action.strip().strip('"')
    for part in request.headers.get("Content-Type", "").split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.lower() == "action":
            return value.strip().strip('"')
    return ""
