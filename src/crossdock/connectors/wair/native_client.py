"""Request out, response in: the only file that speaks to wair.ai. The token and the tenant's name go with every call.

Source: docs.wair.ai, "POST /Token": `Authorization: Bearer`, and `X-Tenant` on every call, that one included.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from crossdock.connectors.bridge import Denied, loads
from crossdock.connectors.bridge.auth import Auth
from crossdock.connectors.bridge.http import BridgeHttp, NotOffered
from crossdock.connectors.http import Reply
from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.native_faults import Refusal, fault_of_status, read_refusal
from crossdock.connectors.wair.native_values import dumps
from crossdock.model.faults import ConfigFault, ReadIncomplete, RemoteFault, Unanswered, Unsupported
from crossdock.ports.runtime import Clock, Gate, Priority

JSON = "application/json"
PAGES = frozenset({"text/html", "application/xhtml+xml"})
TRIES = 3
HIDDEN = "[secret]"
SHORT_BODY = 2_000


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of an upload that was answered. refusal: None when it was taken."""

    refusal: Refusal | None
    evidence: str = field(default="", repr=False)


class NativeApi:
    """Calls to one tenant. Paths begin with a slash, below the prefix: `/Stock`."""

    def __init__(self, settings: WairSettings, *, gate: Gate, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self._http = BridgeHttp(settings, gate=gate, clock=clock)
        self._auth = Auth(settings, self._http, gate=gate, clock=clock)

    async def close(self) -> None:
        await self._auth.close()
        await self._http.close()

    async def sign_in(self) -> None:
        """Raises ConfigFault or Transient."""
        await self._auth.sign()

    async def read(self, path: str, query: Mapping[str, str]) -> Any:
        """The JSON of one answer, numbers with a point as Decimal.

        Raises ReadIncomplete when no whole document came, ConfigFault (Denied), Unsupported, Transient.
        """
        what, problem, evidence = f"GET {path}", "", ""
        for again in range(TRIES):
            await asyncio.sleep(0.1 * again)
            reply = await self._signed("GET", path, query, None, priority=Priority.READ, once=False)
            evidence = self.hide(reply.evidence())
            if reply.status >= 300:
                raise self._unread(what, reply, evidence)
            try:
                return self._document(reply)
            except ValueError as error:
                problem = str(error)
        raise ReadIncomplete(f"{what}: the answer {problem}", evidence=evidence)

    async def post(self, path: str, document: Any = None, query: Mapping[str, str] | None = None) -> Posted:
        """One call, sent once. Any 2xx is yes, for no page shows what the answer holds; but a page for people, which is
        the answer of something in between, says nothing.

        Raises Unanswered: it may be done. Raises Transient, ConfigFault, Unsupported: certainly nothing was done.
        """
        raw = b"" if document is None else dumps(document)
        what = f"POST {path}"
        reply = await self._signed("POST", path, query, raw, priority=Priority.BULK, once=True)
        shown = raw[:SHORT_BODY].decode("utf-8", "replace")
        evidence = self.hide(f"{what}\n{shown}\n\n{reply.evidence()}")
        if reply.status < 300 and reply.media_type in PAGES:
            raise Unanswered(
                f"{what}: the answer is {reply.media_type}, which is not of this system", evidence=evidence
            )
        if reply.status < 300:
            return Posted(None, evidence)
        refusal = self._refusal(reply)
        if fault := fault_of_status(what, refusal, evidence):
            raise fault
        return Posted(refusal, evidence)

    def hide(self, text: str) -> str:
        """The text with every secret of ours taken out."""
        for secret in sorted((*self.settings.secrets(), *self._auth.shown_nowhere), key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    async def _signed(
        self, method: str, path: str, query: Mapping[str, str] | None, body: bytes | None, *, priority: Priority,
        once: bool,
    ) -> Reply:  # fmt: skip
        """A 401 means that nothing was done: it is answered by one new token, and one more call."""
        call = self._http.send if once else self._http.read
        content = {"Content-Type": JSON} if body else {}
        what, signature = f"{method} {path}", await self._auth.sign()
        for renewal in (True, False):
            headers = {"Accept": JSON, **content, **signature.headers}
            url = self._address(path, {**(query or {}), **signature.query})
            try:
                reply = await call(method, url, headers=headers, body=body, priority=priority)
            except NotOffered as fault:
                evidence = self.hide(fault.evidence)
                raise Unsupported(what, "this server says that it does not do that", evidence=evidence) from None
            except RemoteFault as fault:
                fault.evidence = self.hide(fault.evidence)
                raise
            if reply.status != 401 or not self._auth.renews or not renewal:
                break
            signature = await self._auth.sign(refused=signature.token)
        if reply.status == 401:
            raise self._auth.refused(what, evidence=self.hide(reply.evidence()))
        return reply

    def _address(self, path: str, query: Mapping[str, str]) -> str:
        whole = self.settings.api_prefix + path
        return f"{whole}?{urlencode(query, quote_via=quote)}" if query else whole

    def _document(self, reply: Reply) -> Any:
        """Raises ValueError saying what the answer is instead of JSON."""
        if reply.media_type != JSON and not reply.media_type.endswith("+json"):
            raise ValueError(f"is {reply.media_type or 'of no media type'}, not {JSON}")
        return loads(reply.body)

    def _unread(self, what: str, reply: Reply, evidence: str) -> ConfigFault | Denied | RemoteFault:
        refusal = self._refusal(reply)
        text = f"{what}: HTTP {refusal.status}, {refusal.text}"
        found = fault_of_status(what, refusal, evidence)
        return found or ConfigFault(text, setting="page_size", evidence=evidence)

    def _refusal(self, reply: Reply) -> Refusal:
        refusal = read_refusal(reply.body, reply.status)
        fields = tuple((name, self.hide(text)) for name, text in refusal.fields)
        return Refusal(status=refusal.status, code=refusal.code, text=self.hide(refusal.text), fields=fields)
