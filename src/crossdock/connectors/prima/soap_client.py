"""Request out, answer in: the only file of the SOAP profile that speaks to Prima."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from crossdock.connectors.bridge.auth import Auth
from crossdock.connectors.bridge.client import RENEWALS
from crossdock.connectors.bridge.http import BridgeHttp, NotOffered
from crossdock.connectors.http import Reply
from crossdock.connectors.prima import soap, wsdl
from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.engine import VendorError, read_status, write_request
from crossdock.connectors.prima.mapping_file import Mapped
from crossdock.connectors.prima.soap import SoapFault
from crossdock.connectors.prima.wsdl import Parameters
from crossdock.connectors.prima.xmldoc import Element
from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete, RemoteFault, Transient, Unanswered, Unknown
from crossdock.ports.runtime import Clock, Gate, Priority

TRIES = 3  # of a read whose answer is a fault or cannot be understood
HIDDEN = "[secret]"
REQUEST_EVIDENCE_MAX = 4_000


class SoapClient:
    """Calls by the name of the mapping file's operations."""

    def __init__(self, settings: PrimaSettings, mapped: Mapped, *, gate: Gate, clock: Clock) -> None:
        self.mapped = mapped
        self._settings = settings
        self._transport = mapped.file.transport
        self._http = BridgeHttp(settings, gate=gate, clock=clock, answers=frozenset({500}))
        self._auth = Auth(settings, self._http, gate=gate, clock=clock)
        self._parameters: Parameters | None = None

    async def close(self) -> None:
        await self._auth.close()
        await self._http.close()

    async def read(
        self, operation: str, values: Mapping[str, Any], *, priority: Priority = Priority.READ
    ) -> Element | VendorError:
        """A question. Raises DataFault (it cannot be asked), Transient, ReadIncomplete, ConfigFault."""
        body = await self._envelope(operation, values)
        said: SoapFault | DataFault | None = None
        evidence = ""
        for again in range(TRIES):
            await asyncio.sleep(0.2 * again)
            reply = await self._send(body, priority=priority, once=False)
            evidence = self._evidence(body, reply)
            try:
                answer = self._opened(reply)
                if not isinstance(answer, SoapFault):
                    return read_status(self.mapped, answer) or answer
                said = answer
            except DataFault as fault:
                said = fault
        if isinstance(said, SoapFault):
            raise Transient(f"{operation}: {said}", evidence=evidence)
        raise ReadIncomplete(f"{operation}: the answer cannot be read: {said}", evidence=evidence)

    async def write(
        self, operation: str, values: Mapping[str, Any], *, priority: Priority = Priority.ORDER
    ) -> tuple[Element | VendorError | Unknown, str]:
        """(what came of it, evidence), sent once. A fault may come after the work was done, so it is Unknown.

        Raises DataFault (nothing was sent), Transient and ConfigFault (nothing was done).
        """
        body = await self._envelope(operation, values)
        try:
            reply = await self._send(body, priority=priority, once=True)
        except Unanswered as fault:
            return Unknown(f"{operation}: {fault}", evidence=fault.evidence), fault.evidence
        evidence = self._evidence(body, reply)
        try:
            answer = self._opened(reply)
            if isinstance(answer, SoapFault):
                return Unknown(f"{operation}: {answer}", evidence=evidence), evidence
            return read_status(self.mapped, answer) or answer, evidence
        except DataFault as fault:
            return Unknown(f"{operation}: the answer cannot be read: {fault}", evidence=evidence), evidence

    async def learn(self) -> Parameters:
        """How the operation's parameters are called, by its WSDL. Raises ConfigFault, Transient."""
        reply = await self._signed("GET", self._transport.wsdl_suffix, None, {}, priority=Priority.READ, once=False)
        self._refuse(reply)
        try:
            return wsdl.learned(reply.body, self._transport, company=bool(self._company))
        except DataFault as fault:
            text = (
                f"the description at {self._transport.wsdl_suffix} does not say how to call {self._operation}: {fault}"
            )
            evidence = self.hide(reply.evidence())
            raise ConfigFault(
                f"{text}; give transport.argument there", setting="mapping_file", evidence=evidence
            ) from fault

    def hide(self, text: str) -> str:
        for secret in sorted((*self._settings.secrets(), *self._auth.shown_nowhere), key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    @property
    def _company(self) -> str:
        return self._settings.company_id or self._transport.company_id or ""

    @property
    def _operation(self) -> str:
        return self._transport.company_operation if self._company else self._transport.operation

    async def _envelope(self, operation: str, values: Mapping[str, Any]) -> bytes:
        document = write_request(self.mapped, operation, values)
        if self._parameters is None:
            self._parameters = wsdl.told(self._transport, company=bool(self._company)) or await self.learn()
        return soap.envelope(self._transport, self._parameters, document, self._company)

    async def _send(self, body: bytes, *, priority: Priority, once: bool) -> Reply:
        reply = await self._signed(
            "POST", self._transport.service_suffix, body, soap.headers(self._transport), priority=priority, once=once
        )
        self._refuse(reply)
        return reply

    async def _signed(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        priority: Priority,
        once: bool,
    ) -> Reply:
        call = self._http.send if once else self._http.read
        signature = await self._auth.sign()
        for renewal in range(RENEWALS, -1, -1):
            try:
                reply = await call(
                    method,
                    _address(path, signature.query),
                    headers={**headers, **signature.headers},
                    body=body,
                    priority=priority,
                )
            except NotOffered as fault:
                raise ConfigFault("HTTP 501: nothing answers SOAP here", setting="base_url") from fault
            except RemoteFault as fault:
                fault.evidence = self.hide(fault.evidence)
                raise
            if reply.status == 401 and self._auth.renews and renewal:
                signature = await self._auth.sign(refused=signature.token)
                continue
            break
        if reply.status == 401:
            raise self._auth.refused(method, evidence=self.hide(reply.evidence()))
        return reply

    def _refuse(self, reply: Reply) -> None:
        """SOAP answers with 200, its faults with 500; anything else came from something on the way."""
        if reply.status in (200, 500):
            return
        setting = "auth" if reply.status in (403, 407) else "base_url"
        to = f", redirected to {reply.headers.get('Location', 'nowhere')}" if 300 <= reply.status < 400 else ""
        raise ConfigFault(
            f"HTTP {reply.status}{to}: no SOAP service answers here",
            setting=setting,
            evidence=self.hide(reply.evidence()),
        )

    def _opened(self, reply: Reply) -> Element | SoapFault:
        if reply.status == 500 and b"Fault" not in reply.body:
            return SoapFault("Server", "HTTP 500 without a SOAP fault")
        return soap.read_answer(reply.body)

    def _evidence(self, body: bytes, reply: Reply) -> str:
        return self.hide(f"{body[:REQUEST_EVIDENCE_MAX].decode('utf-8', 'replace')}\n\n{reply.evidence()}")


def _address(path: str, query: Mapping[str, str]) -> str:
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query, quote_via=quote)}"
