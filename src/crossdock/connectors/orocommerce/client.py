"""Request out, response in: the only file that touches the back-office API."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from crossdock.connectors.http import HttpClient, Reply
from crossdock.connectors.orocommerce.auth import TokenSource
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.faults import config_fault, moved
from crossdock.connectors.orocommerce.jsonapi import MEDIA_TYPE, Doc, Malformed, WireError, errors_in, parse
from crossdock.connectors.tokens import signed
from crossdock.model.faults import ConfigFault, ReadIncomplete, Unanswered
from crossdock.ports.runtime import Clock, Gate, Priority

UNREADABLE_TRIES = 3  # an answer that cannot be parsed is asked for again this often
REQUEST_EVIDENCE_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """status: of a call that was answered. doc: its document, None when there is none. errors: why it was refused."""

    status: int
    doc: Doc | None
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    errors: tuple[WireError, ...] = ()
    evidence: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Api:
    """Calls to the back-office API of one shop, signed in."""

    def __init__(self, settings: OroCommerceSettings, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._http = HttpClient(
            settings.base_url,
            gate=gate,
            clock=clock,
            timeout_seconds=settings.timeout_seconds,
            ca_bundle=settings.ca_bundle,
            connections_max=max(settings.budget.concurrency, 4),
        )
        self._tokens = TokenSource(self._http, settings, clock)

    async def close(self) -> None:
        await self._http.close()

    async def sign_in(self) -> None:
        await self._tokens.current()

    async def read(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        expect: frozenset[int] = frozenset(),
        priority: Priority = Priority.READ,
    ) -> Answer:
        """GET. path: below /api/. expect: statuses besides 200 that the caller understands.

        Raises ReadIncomplete when no whole JSON:API document came, ConfigFault when none ever will, Transient.
        """
        problem, reply = "", None
        for again in range(UNREADABLE_TRIES):
            await asyncio.sleep(0.1 * again)
            reply = await self._signed("GET", self._url(path, query), headers=headers, priority=priority)
            if reply.status != 200:
                return self._unread(path, reply, expect)
            if reply.media_type != MEDIA_TYPE:
                problem = f"answered {reply.media_type or 'no media type'}, not {MEDIA_TYPE}"
                continue
            try:
                return Answer(200, parse(reply.body), reply.headers, reply.body)
            except Malformed as error:
                problem = str(error)
        raise ReadIncomplete(f"GET {path}: {problem}", evidence=reply.evidence() if reply else "")

    async def write(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        priority: Priority = Priority.ORDER,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """One call, sent once; only a DELETE may go out twice, as connectors.http says. A refusal is an Answer with
        `errors`.

        Raises Unanswered when it left and no usable answer came; Transient and ConfigFault when nothing was done.
        """
        headers = {"Content-Type": MEDIA_TYPE, **(headers or {})}
        url = self._url(path, query)
        reply = await self._signed(
            method, url, headers=headers, body=body, priority=priority, timeout_seconds=timeout_seconds, once=True
        )
        what = f"{method} {path}"
        evidence = f"{what}\n{body[:REQUEST_EVIDENCE_MAX].decode()}\n\n{reply.evidence()}"
        if 300 <= reply.status < 400:
            raise moved(what, reply)
        if reply.status >= 400:
            return Answer(reply.status, None, reply.headers, reply.body, errors_in(reply.body), evidence)
        if reply.status == 204:
            return Answer(204, None, reply.headers, reply.body, evidence=evidence)
        if reply.media_type != MEDIA_TYPE:
            said = reply.media_type or "no media type"
            raise Unanswered(f"{what}: HTTP {reply.status} {said}, not {MEDIA_TYPE}", evidence=evidence)
        try:
            doc = parse(reply.body)
        except Malformed as error:
            raise Unanswered(f"{what}: HTTP {reply.status}, {error}", evidence=evidence) from error
        return Answer(reply.status, doc, reply.headers, reply.body, evidence=evidence)

    async def _signed(self, method: str, url: str, *, once: bool = False, **call: Any) -> Reply:
        """Raises ConfigFault when no token is good. A 401 has no body."""
        send = self._http.send if once else self._http.read

        def with_token(token: str) -> Awaitable[Reply]:
            return send(method, url, **{**call, "headers": _headers(token, call["headers"])})

        reply = await signed(self._tokens, with_token)
        if reply.status != 401:
            return reply
        raise ConfigFault(
            f"{method} {url.split('?')[0]}: one new access token after another is refused; check the OAuth application "
            "and its user (a storefront application's token does not open the back office)",
            setting="client_secret",
            evidence=reply.evidence(),
        )

    def _unread(self, path: str, reply: Reply, expect: frozenset[int]) -> Answer:
        what = f"GET {path}"
        if 300 <= reply.status < 400:
            raise moved(what, reply)
        errors = errors_in(reply.body)
        if reply.status in expect and errors:
            return Answer(reply.status, None, reply.headers, reply.body, errors, reply.evidence())
        raise config_fault(what, reply)

    def _url(self, path: str, query: Mapping[str, str] | None) -> str:
        return f"{self._settings.api_path}/{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def _headers(token: str, headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"Accept": MEDIA_TYPE, "Authorization": f"Bearer {token}", **(headers or {})}
