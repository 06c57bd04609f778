"""Request out, response in: the only file that touches the REST API."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from crossdock.connectors.akeneo.auth import TokenSource
from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.faults import config_fault, error_in
from crossdock.connectors.akeneo.jsondoc import Malformed, parse
from crossdock.connectors.akeneo.records import WireError
from crossdock.connectors.akeneo.value_readers import API_PATH
from crossdock.connectors.http import HttpClient, Reply
from crossdock.connectors.tokens import signed
from crossdock.model.faults import ConfigFault, ReadIncomplete, Transient, Unanswered
from crossdock.ports.runtime import Clock, Gate, Priority

JSON = "application/json"
BULK = "application/vnd.akeneo.collection+json"
UNREADABLE_TRIES = 3  # an answer that cannot be parsed is asked for again this often
REQUEST_EVIDENCE_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A call that was answered. body: the document of a read. error: why it was refused, in the PIM's words."""

    status: int
    raw: bytes = field(repr=False)
    body: Any = field(default=None, repr=False)
    error: WireError | None = None
    evidence: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def too_large(self) -> bool:
        """413; or a 403 that is not the PIM's own, which the platform answers to a body that is too large."""
        return self.status == 413 or (self.status == 403 and self.error is None)


class Api:
    """Calls to the REST API of one PIM, signed in."""

    def __init__(self, settings: AkeneoSettings, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._http = HttpClient(
            settings.base_url,
            gate=gate,
            clock=clock,
            timeout_seconds=settings.timeout_seconds,
            ca_bundle=settings.ca_bundle,
            connections_max=max(settings.budget.concurrency, 2),
        )
        self._tokens = TokenSource(self._http, settings, clock)

    @property
    def follows_short_pages(self) -> bool:
        return self._settings.short_pages == "follow"

    async def close(self) -> None:
        await self._http.close()

    async def sign_in(self) -> None:
        await self._tokens.current()

    async def read(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        expect: frozenset[int] = frozenset(),
        setting: str = "",
        priority: Priority = Priority.READ,
    ) -> Answer:
        """GET. path: below /api/rest/v1/, codes already quoted. expect: refusals that the caller understands.

        setting: to blame when the PIM refuses what is asked. Raises ReadIncomplete when no whole JSON document came,
        ConfigFault when none ever will (Denied: for want of a permission), Transient.
        """
        problem, reply = "", None
        for again in range(UNREADABLE_TRIES):
            await asyncio.sleep(0.1 * again)
            reply = await self._signed("GET", self._url(path, query), headers={"Accept": JSON}, priority=priority)
            if reply.status == 408:
                raise Transient(f"GET {path}: HTTP 408", evidence=reply.evidence())
            if reply.status != 200:
                return self._unread(path, reply, expect, setting)
            try:
                return Answer(200, reply.body, parse(reply.body))
            except Malformed as error:
                problem = str(error)
        raise ReadIncomplete(f"GET {path}: {problem}", evidence=reply.evidence() if reply else "")

    async def write(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        media_type: str = JSON,
        query: Mapping[str, str] | None = None,
        priority: Priority = Priority.BULK,
    ) -> Answer:
        """One call, sent once. A refusal is an Answer with its status, and `error` where the PIM gave a reason.

        Raises Unanswered when it left and no usable answer came; Transient and ConfigFault when nothing was done.
        """
        headers = {"Content-Type": media_type, "Accept": "*/*"}
        url = self._url(path, query)
        reply = await self._signed(method, url, headers=headers, body=body, priority=priority, once=True)
        what = f"{method} {path}"
        shown = body[:REQUEST_EVIDENCE_MAX].decode("utf-8", "replace")
        evidence = f"{what}\n{shown}\n\n{reply.evidence()}"
        if reply.status == 408:
            raise Unanswered(f"{what}: HTTP 408", evidence=evidence)
        if 300 <= reply.status < 400:
            raise config_fault(what, reply, blamed=self._settings.blamed)
        error = error_in(reply.body) if reply.status >= 400 else None
        return Answer(reply.status, reply.body, None, error, evidence)

    def denial(self, what: str, answer: Answer) -> ConfigFault:
        """A whole write that was refused for a reason that no record can mend."""
        reply = Reply(answer.status, "", {}, answer.raw)
        return config_fault(what, reply, blamed=self._settings.blamed)

    async def _signed(self, method: str, url: str, *, once: bool = False, **call: Any) -> Reply:
        """Raises ConfigFault when no token is good. A secret made anew kills all tokens there are."""
        send = self._http.send if once else self._http.read

        def with_token(token: str) -> Awaitable[Reply]:
            headers = {**call["headers"], "Authorization": f"Bearer {token}"}
            return send(method, url, **{**call, "headers": headers})

        reply = await signed(self._tokens, with_token)
        if reply.status != 401:
            return reply
        raise ConfigFault(
            f"{method} {url.split('?')[0]}: one new access token after another is refused; does a proxy strip the "
            "Authorization header?",
            setting="client_secret",
            evidence=reply.evidence(),
        )

    def _unread(self, path: str, reply: Reply, expect: frozenset[int], setting: str) -> Answer:
        error = error_in(reply.body)
        if reply.status in expect and error is not None:
            return Answer(reply.status, reply.body, None, error, reply.evidence())
        raise config_fault(f"GET {path}", reply, blamed=self._settings.blamed, setting=setting)

    def _url(self, path: str, query: Mapping[str, str] | None) -> str:
        return f"{API_PATH}{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def quoted(code: str) -> str:
    """A code or identifier in an address: a space as %20, and a slash as it is, because %2F is not found."""
    return quote(code, safe="/")
