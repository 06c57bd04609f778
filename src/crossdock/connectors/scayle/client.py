"""Request out, response in: the only file that touches the Admin API. Source: SCAYLE Admin API, Authentication."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from crossdock.connectors.http import HttpClient, Reply
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.faults import (
    RATE_LIMIT,
    WireError,
    config_fault,
    errors_in,
    moved,
    refused,
    rule_for,
)
from crossdock.connectors.scayle.limits import Limits, reset_seconds
from crossdock.connectors.scayle.wire import Malformed, dump, parse
from crossdock.model.faults import ConfigFault, ReadIncomplete, Refused, Transient, Unanswered
from crossdock.ports.runtime import Clock, Gate, Priority

UNREADABLE_TRIES = 3  # an answer that cannot be parsed is asked for again this often
THROTTLED_TRIES = 3
REQUEST_EVIDENCE_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """value: the body as it was parsed, None when there is none. errors: why the call was refused."""

    status: int
    value: Any = None
    raw: bytes = field(default=b"", repr=False)
    errors: tuple[WireError, ...] = ()
    evidence: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def refusal(self) -> Refused:
        return refused(self.status, self.errors, evidence=self.evidence)


class Api:
    """Calls to the Admin API of one tenant."""

    def __init__(self, settings: ScayleSettings, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._limits = Limits()
        self._http = HttpClient(
            settings.base_url,
            gate=gate,
            clock=clock,
            timeout_seconds=settings.timeout_seconds,
            ca_bundle=settings.ca_bundle,
            connections_max=max(settings.budget.concurrency, 4),
            throttled=_limited,
            wait_seconds=lambda reply: reset_seconds(reply.headers),
            exact_paths=True,  # slots are documented as key%3D…
        )

    async def close(self) -> None:
        await self._http.close()

    async def read(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        expect: frozenset[int] = frozenset(),
        priority: Priority = Priority.READ,
    ) -> Answer:
        """GET. path: below the API's own, beginning with a slash. expect: refusals the caller understands.

        Raises ReadIncomplete when no whole JSON came, ConfigFault when none ever will, Transient.
        """
        url, problem, evidence = self._url(path, query), "", ""
        for again in range(UNREADABLE_TRIES):
            await asyncio.sleep(0.1 * again)
            reply = await self._patiently(path, url, priority)
            evidence = reply.evidence()
            if not 200 <= reply.status < 300:
                return self._unread(path, reply, expect)
            try:
                return Answer(reply.status, parse(reply.body), reply.body, evidence=evidence)
            except Malformed as error:
                problem = str(error)
        raise ReadIncomplete(f"GET {path}: the answer {problem}", evidence=evidence)

    async def write(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        priority: Priority = Priority.ORDER,
        for_company: bool = False,
        answered: bool = True,
    ) -> Answer:
        """One call, sent once. A refusal is an Answer with `errors`. answered: a body is due, and must be JSON.

        Raises Unanswered when it left and no usable answer came; Transient and ConfigFault when nothing was done.
        """
        what = f"{method} {path}"
        if (wait := self._limits.wait(method, path, self._clock.now())) > 0:
            raise Transient(f"{what}: the quota is used up", retry_after_seconds=wait, throttled=True)
        sent = dump(body)
        headers = self._headers(for_company=for_company) | {"Content-Type": "application/json"}
        reply = await self._http.send(method, self._url(path, None), headers=headers, body=sent, priority=priority)
        self._limits.note(method, path, reply.headers, self._clock.now())
        evidence = f"{what}\n{sent[:REQUEST_EVIDENCE_MAX].decode(errors='replace')}\n\n{reply.evidence()}"
        if 300 <= reply.status < 400:
            raise moved(what, reply)
        if reply.status >= 400:
            return self._turned_down(what, reply, evidence)
        if not reply.body.strip() and not answered:
            return Answer(reply.status, evidence=evidence)
        try:
            return Answer(reply.status, parse(reply.body), reply.body, evidence=evidence)
        except Malformed as error:
            if not answered:
                return Answer(reply.status, evidence=evidence)
            raise Unanswered(f"{what}: HTTP {reply.status}, the answer {error}", evidence=evidence) from error

    def _turned_down(self, what: str, reply: Reply, evidence: str) -> Answer:
        errors = errors_in(reply.body)
        rule = rule_for(reply.status, errors)
        if rule.unknown:
            raise Unanswered(f"{what}: HTTP {reply.status}", evidence=evidence)
        if rule.setting:
            raise config_fault(what, reply.status, errors, evidence=evidence)
        return Answer(reply.status, errors=errors, evidence=evidence)

    async def _patiently(self, path: str, url: str, priority: Priority) -> Reply:
        """A read waits for its quota, within reason."""
        longest = self._settings.throttle_wait_seconds
        for again in range(THROTTLED_TRIES):
            if (wait := self._limits.wait("GET", path, self._clock.now())) > 0:
                if wait > longest:
                    text = f"GET {path}: the quota is used up"
                    raise Transient(text, retry_after_seconds=wait, throttled=True)
                await asyncio.sleep(wait)
            try:
                reply = await self._http.read("GET", url, headers=self._headers(), priority=priority)
            except Transient as fault:
                wait = fault.retry_after_seconds or 0.0
                if not fault.throttled or wait > longest or again + 1 == THROTTLED_TRIES:
                    raise
                await asyncio.sleep(wait)
                continue
            self._limits.note("GET", path, reply.headers, self._clock.now())
            return reply
        raise AssertionError("unreachable: the last try returns or raises")

    def _unread(self, path: str, reply: Reply, expect: frozenset[int]) -> Answer:
        what = f"GET {path}"
        if 300 <= reply.status < 400:
            raise moved(what, reply)
        errors = errors_in(reply.body)
        if reply.status in expect and (errors or reply.status != 404):
            return Answer(reply.status, errors=errors, evidence=reply.evidence())
        if reply.status == 408:
            raise Transient(f"{what}: HTTP 408", evidence=reply.evidence())
        if reply.status == 404 and not errors:
            text = f"{what}: HTTP 404 without the API's own error; check base_url and api_path"
            raise ConfigFault(text, setting="api_path", evidence=reply.evidence())
        raise config_fault(what, reply.status, errors, evidence=reply.evidence())

    def _headers(self, *, for_company: bool = False) -> dict[str, str]:
        headers = {"Accept": "application/json", "X-Access-Token": self._settings.access_token.get_secret_value()}
        if for_company and self._settings.company_id is not None:
            headers["X-Company-Id"] = str(self._settings.company_id)
        return headers

    def _url(self, path: str, query: Mapping[str, str] | None) -> str:
        return f"{self._settings.path_prefix}{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def _limited(reply: Reply) -> bool:
    """The API's own "too many": RATE_LIMIT_EXCEED under any 4xx."""
    return 400 <= reply.status < 500 and any(error.key == RATE_LIMIT for error in errors_in(reply.body))


def by_key(reference_key: str) -> str:
    """A path slot that takes `key=…`, the whole segment encoded: key%3DSKU-1."""
    return quote(f"key={reference_key}", safe="")
