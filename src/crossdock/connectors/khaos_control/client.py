"""Calls to the web service: request out, answer in, and what a failed call means. The only file on the network."""

import asyncio
import base64
import contextlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from urllib.parse import urlencode

import stamina

from crossdock.connectors.http import HttpClient
from crossdock.connectors.khaos_control import soap, xmldoc
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.faults import (
    REQUEST_STATUSES,
    STATUS_SETTINGS,
    Blame,
    Broke,
    read_fault,
    rule_for,
)
from crossdock.connectors.khaos_control.soap import Answer, Param, SoapFault
from crossdock.connectors.khaos_control.wsdl import Wsdl, read_wsdl
from crossdock.connectors.khaos_control.xmldoc import Element
from crossdock.model.faults import (
    ConfigFault,
    DataFault,
    ReadIncomplete,
    Refused,
    RemoteFault,
    Unanswered,
    Unknown,
)
from crossdock.ports.runtime import Clock, Gate, Priority

READ_ATTEMPTS = 3
UNZIPPED_MAX = 512 * 1024 * 1024


class KhaosClient:
    """One company database behind one executable."""

    def __init__(self, settings: KhaosControlSettings, *, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._http = HttpClient(
            settings.base_url,
            gate=gate,
            clock=clock,
            timeout_seconds=settings.timeout_seconds,
            ca_bundle=settings.ca_bundle,
            connections_max=settings.budget.concurrency,
            answers=frozenset({500}),
        )
        password = settings.password.get_secret_value()
        self._headers: dict[str, str] = {}
        self._soap_header = ""
        self._query = ""
        if settings.auth == "http_basic":
            token = base64.b64encode(f"{settings.username}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"
        elif settings.auth == "soap_header":
            self._soap_header = soap.credentials(settings.username, password)
        elif settings.auth == "query":
            self._query = "?" + urlencode({"Username": settings.username, "Password": password})
        self._wsdl = Wsdl()
        self._learned = False
        self._learning = asyncio.Lock()

    async def close(self) -> None:
        await self._http.close()

    async def read(
        self,
        method: str,
        params: Sequence[Param] = (),
        *,
        priority: Priority = Priority.READ,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """A call that changes nothing, tried three times. Raises Transient, ReadIncomplete, ConfigFault, and DataFault
        when the server says that what was asked for is at fault."""
        async for attempt in stamina.retry_context(
            on=(Broke, ReadIncomplete), attempts=READ_ATTEMPTS, wait_initial=0.1, wait_max=2.0, timeout=None
        ):
            with attempt:
                return await self._read_once(method, params, priority, timeout_seconds)
        raise AssertionError("unreachable: the loop above returns or raises")

    async def export(
        self,
        method: str,
        params: Sequence[Param],
        *,
        root: str,
        priority: Priority = Priority.READ,
        quick: bool = False,
    ) -> Element:
        """The XML document inside a result string, or inside the zip of a `...Compressed` operation.

        quick: a look-up, which may take no longer than an ordinary call. Raises as `read` does, ReadIncomplete when
        there is no such document, and DataFault when there is one and it cannot be parsed.
        """
        timeout = None if quick else self._settings.export_timeout_seconds
        answer = await self.read(method, params, priority=priority, timeout_seconds=timeout)
        if method.endswith("Compressed"):
            return _document(method, _unzipped(method, answer.field(answer.follow(answer.element), "Data")), root)
        return _document(method, answer.string(), root)

    async def write(self, method: str, params: Sequence[Param]) -> tuple[Answer, str] | Refused | Unknown:
        """A call that changes something, sent once. Returns the answer with its evidence, or how the write ended.

        Raises Transient and ConfigFault: certainly nothing was done.
        """
        await self._learn()
        try:
            reply = await self._http.send(
                "POST", self._path, headers=self._headers_of(method), body=self._body_of(method, params)
            )
        except Unanswered as fault:
            return Unknown(str(fault), evidence=fault.evidence)
        evidence = reply.evidence()
        if setting := STATUS_SETTINGS.get(reply.status):
            raise ConfigFault(f"{method}: HTTP {reply.status}", setting=setting, evidence=evidence)
        if reply.status in REQUEST_STATUSES:
            return Refused("request", f"HTTP {reply.status}: the server did not take the request", evidence=evidence)
        if reply.status not in (200, 500):
            return Unknown(f"{method}: HTTP {reply.status}", evidence=evidence)
        try:
            answer = soap.read_answer(reply)
        except Unanswered as fault:
            return Unknown(f"{method}: {fault}", evidence=fault.evidence)
        if isinstance(answer, SoapFault):
            return _write_fault(method, answer, evidence)
        if reply.status == 500:
            return Unknown(f"{method}: HTTP 500 without a fault", evidence=evidence)
        return answer, evidence

    async def operations(self) -> Wsdl:
        """What the server offers, read anew. Raises ConfigFault, Transient or DataFault."""
        reply = await self._http.read("GET", self._settings.wsdl + self._query, headers=self._headers)
        if reply.status != 200:
            setting = STATUS_SETTINGS.get(reply.status, "wsdl_suffix")
            raise ConfigFault(f"WSDL: HTTP {reply.status}", setting=setting, evidence=reply.evidence())
        self._wsdl = read_wsdl(reply.body)
        return self._wsdl

    async def _read_once(
        self, method: str, params: Sequence[Param], priority: Priority, timeout_seconds: float | None
    ) -> Answer:
        await self._learn()
        reply = await self._http.read(
            "POST",
            self._path,
            headers=self._headers_of(method),
            body=self._body_of(method, params),
            priority=priority,
            timeout_seconds=timeout_seconds,
        )
        evidence = reply.evidence()
        if setting := STATUS_SETTINGS.get(reply.status):
            raise ConfigFault(f"{method}: HTTP {reply.status}", setting=setting, evidence=evidence)
        if reply.status in REQUEST_STATUSES:
            raise DataFault(method, f"HTTP {reply.status}: the server did not take the request", evidence=evidence)
        if reply.status not in (200, 500):
            raise Broke(f"{method}: HTTP {reply.status}", evidence=evidence)
        try:
            answer = soap.read_answer(reply)
        except Unanswered as fault:
            kind = Broke if reply.status == 500 else ReadIncomplete
            raise kind(f"{method}: {fault}", evidence=fault.evidence) from fault
        if isinstance(answer, SoapFault):
            raise read_fault(method, answer, evidence=evidence)
        return answer

    async def _learn(self) -> None:
        """Read the WSDL once; a server that hides it is talked to as the contract says."""
        if self._learned:
            return
        async with self._learning:
            if not self._learned and self._settings.read_wsdl:
                with contextlib.suppress(RemoteFault):  # the call itself will say what is wrong, if anything is
                    reply = await self._http.send(
                        "GET", self._settings.wsdl + self._query, headers=self._headers, priority=Priority.READ
                    )
                    self._wsdl = read_wsdl(reply.body) if reply.status == 200 else self._wsdl
            self._learned = True

    @property
    def _path(self) -> str:
        return self._settings.endpoint + self._query

    def _headers_of(self, method: str) -> dict[str, str]:
        action = self._wsdl.action(method)
        return {**soap.headers(action, version=self._settings.soap_version), **self._headers}

    def _body_of(self, method: str, params: Sequence[Param]) -> bytes:
        return soap.envelope(method, params, version=self._settings.soap_version, header=self._soap_header)


def _write_fault(method: str, fault: SoapFault, evidence: str) -> Refused | Unknown:
    rule, text = rule_for(fault), fault.text or fault.code or "a fault without words"
    if rule.blame is Blame.SETTING:
        raise ConfigFault(f"{method}: {text}", setting=rule.setting, evidence=evidence)
    if rule.blame is Blame.REQUEST:
        return Refused("request", text, evidence=evidence)
    return Unknown(f"{method}: {text}", evidence=evidence)


def _document(method: str, text: str, root: str) -> Element:
    if not text.strip():
        raise ReadIncomplete(f"{method}: the result string is empty; even an empty {root} has its root")
    found = xmldoc.parse(text)
    if found.tag != root:
        raise ReadIncomplete(f"{method}: the result is a {found.tag} document, not {root}")
    return found


def _unzipped(method: str, data: str) -> str:
    """Raises ReadIncomplete: no zip, or one that unpacks to more than can be meant."""
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(data))) as archive:
            first = archive.infolist()[0]
            if first.file_size > UNZIPPED_MAX:
                raise ReadIncomplete(f"{method}: the zip unpacks to {first.file_size} bytes; that is no export")
            return xmldoc.decode(archive.read(first))
    except (ValueError, IndexError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ReadIncomplete(f"{method}: Data is no readable zip: {error}") from error
