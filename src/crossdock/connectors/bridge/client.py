"""Request out, response in: the only file of the kit that speaks to a bridge-v1 server."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import structlog

from crossdock.connectors.bridge.auth import Auth, Signature
from crossdock.connectors.bridge.config import BridgeSettings
from crossdock.connectors.bridge.faults import Denied, Problem, Verdict, is_problem, read_problem
from crossdock.connectors.bridge.http import BridgeHttp, NotOffered
from crossdock.connectors.bridge.idempotency import Refusals, idempotency_key
from crossdock.connectors.bridge.json_text import dumps, loads
from crossdock.connectors.http import Reply
from crossdock.model.faults import (
    ConfigFault,
    ReadIncomplete,
    Refused,
    RemoteFault,
    Transient,
    Unanswered,
    Unknown,
    Unsupported,
)
from crossdock.ports.runtime import Clock, Gate, Priority

log = structlog.get_logger(__name__)
JSON = "application/json"
RENEWALS = 2
TRIES = 3  # for an answer that cannot be read, and for a first call that is still under way
WAIT_SECONDS_MAX = 5.0
REQUEST_EVIDENCE_MAX = 2_000
HIDDEN = "[secret]"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came whole. doc: its JSON, None when it has none. problem: why it was refused, else None."""

    status: int
    doc: Any
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    problem: Problem | None = None
    evidence: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return self.problem is None


class BridgeApi:
    """Calls to one bridge-v1 server, signed in. Paths begin with a slash, below base_url: `/v1/orders`."""

    def __init__(self, settings: BridgeSettings, *, gate: Gate, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self._http = BridgeHttp(settings, gate=gate, clock=clock)
        self._auth = Auth(settings, self._http, gate=gate, clock=clock)
        self._refusals = Refusals()
        if settings.auth == "none":
            log.warning("calls are not signed in; only the network keeps others out", base_url=settings.base_url)

    async def close(self) -> None:
        await self._auth.close()
        await self._http.close()

    async def sign_in(self) -> None:
        """Raises ConfigFault or Transient. Schemes without a token ask nobody."""
        await self._auth.sign()

    async def read(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: Any = None,
        expect: frozenset[Verdict] = frozenset({Verdict.ABSENT}),
        priority: Priority = Priority.READ,
    ) -> Answer:
        """GET; with a body a POST that changes nothing over there, as the queries are.

        Returns 2xx with its JSON, or a refusal whose verdict is in `expect`.
        Raises ReadIncomplete when no whole document came, ConfigFault (Denied), Unsupported, Transient.
        """
        method, raw = ("GET", None) if body is None else ("POST", dumps(body))
        what, problem, evidence = f"{method} {path}", "", ""
        for again in range(TRIES):
            await asyncio.sleep(0.1 * again)
            reply = await self._signed(method, path, query, raw, priority=priority, once=False)
            evidence = self.hide(reply.evidence())
            if reply.status >= 300:
                return self._unread(what, reply, expect, evidence)
            try:
                return Answer(reply.status, self._document(reply), reply.headers, reply.body, evidence=evidence)
            except ValueError as error:
                problem = str(error)
        raise ReadIncomplete(f"{what}: the answer {problem}", evidence=evidence)

    async def write(
        self,
        method: str,
        path: str,
        document: Any,
        *,
        operation: str,
        ref: str,
        priority: Priority = Priority.ORDER,
        timeout_seconds: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Refused | Unknown:
        """One call that changes something, sent once under a key made of operation, ref and body.

        Raises ConfigFault, Unsupported and Transient: certainly nothing was done.
        """
        raw = b"" if document is None else dumps(document)
        base = idempotency_key(operation, ref, raw)
        key = idempotency_key(operation, ref, raw, refusals=self._refusals.of(base))
        given = {**(headers or {}), "Idempotency-Key": f'"{key}"'}
        what = f"{method} {path}"
        for again in range(TRIES):
            try:
                reply = await self._signed(
                    method, path, None, raw, headers=given, priority=priority, once=True, timeout=timeout_seconds
                )
            except Unanswered as fault:
                return Unknown(str(fault), evidence=self._evidence(what, raw, fault.evidence))
            evidence = self._evidence(what, raw, reply.evidence())
            if reply.status < 300:
                return self._done(what, reply, evidence)
            outcome = self._turned_down(what, reply, evidence)
            if isinstance(outcome, Refused) and not outcome.duplicate:
                self._refusals.add(base)
            if outcome is not None:
                return outcome
            if again + 1 < TRIES:
                await asyncio.sleep(_wait(reply, again))
        return Unknown(f"{what}: the first call with our key is still under way", evidence=evidence)

    def hide(self, text: str) -> str:
        """The text with every secret of ours taken out."""
        for secret in sorted((*self.settings.secrets(), *self._auth.shown_nowhere), key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    async def _signed(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: bytes | None,
        *,
        priority: Priority,
        once: bool,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """With a token that renews, a 401 is answered by a new token: it means that nothing was done.

        A token may die under us more than once, because others share it; one that is refused time after time was never
        good.
        """
        call = self._http.send if once else self._http.read
        signature = await self._auth.sign()
        what = f"{method} {path}"
        for renewal in range(RENEWALS, -1, -1):
            url, all_headers = _address(path, query, signature), self._headers(signature, headers, body)
            log.debug("calling", call=what, correlation_id=all_headers["X-Correlation-Id"])
            try:
                reply = await call(
                    method, url, headers=all_headers, body=body, priority=priority, timeout_seconds=timeout
                )
            except NotOffered as fault:
                problem = read_problem(fault.reply.body, fault.reply.status)
                raise Unsupported(
                    what, f"this server does not do that: {problem}", evidence=self.hide(fault.evidence)
                ) from None
            except RemoteFault as fault:
                fault.evidence = self.hide(fault.evidence)
                raise
            if reply.status != 401 or not self._auth.renews or not renewal:
                break
            signature = await self._auth.sign(refused=signature.token)
        if reply.status == 401:
            raise self._auth.refused(what, evidence=self.hide(reply.evidence()))
        return reply

    def _headers(self, signature: Signature, headers: Mapping[str, str] | None, body: bytes | None) -> dict[str, str]:
        content = {"Content-Type": JSON} if body else {}
        accept = {"Accept": f"{JSON}, application/problem+json", "X-Correlation-Id": uuid4().hex}
        return {**accept, **content, **signature.headers, **(headers or {})}

    def _document(self, reply: Reply) -> Any:
        """Raises ValueError saying what the answer is instead of JSON."""
        if reply.media_type != JSON and not reply.media_type.endswith("+json"):
            raise ValueError(f"is {reply.media_type or 'of no media type'}, not {JSON}")
        return loads(reply.body)

    def _unread(self, what: str, reply: Reply, expect: frozenset[Verdict], evidence: str) -> Answer:
        problem = read_problem(reply.body, reply.status)
        known = is_problem(reply)
        if known and problem.verdict in expect:
            return Answer(reply.status, None, reply.headers, reply.body, problem, evidence)
        if fault := self._fault(what, reply, problem, known=known, evidence=evidence):
            raise fault
        raise ConfigFault(f"{what}: {self.hide(str(problem))} ({problem.code})", setting="base_url", evidence=evidence)

    def _done(self, what: str, reply: Reply, evidence: str) -> Answer | Unknown:
        if reply.status == 204 or not reply.body:
            return Answer(reply.status, None, reply.headers, reply.body, evidence=evidence)
        try:
            return Answer(reply.status, self._document(reply), reply.headers, reply.body, evidence=evidence)
        except ValueError as error:
            return Unknown(f"{what}: HTTP {reply.status}, the answer {error}", evidence=evidence)

    def _turned_down(self, what: str, reply: Reply, evidence: str) -> Refused | Unknown | None:
        """None: wait and ask again. Raises what an operator or the machine must mend."""
        problem = read_problem(reply.body, reply.status)
        if fault := self._fault(what, reply, problem, known=is_problem(reply), evidence=evidence):
            raise fault
        text = self.hide(str(problem))
        match problem.verdict:
            case Verdict.WAIT:
                return None
            case Verdict.UNKNOWN:
                return Unknown(f"{what}: {text}", evidence=evidence)
            case verdict:
                return Refused(problem.code, text, duplicate=verdict is Verdict.DUPLICATE, evidence=evidence)

    def _fault(self, what: str, reply: Reply, problem: Problem, *, known: bool, evidence: str) -> RemoteFault | None:
        """The fault behind a refusal that is no matter of the record; None when a desk, or the caller, acts."""
        text = f"{what}: HTTP {reply.status}, {self.hide(str(problem))}"
        if 300 <= reply.status < 400:
            to = reply.headers.get("Location", "nowhere")
            return ConfigFault(f"{what}: redirected to {to}; base_url must be the final address", setting="base_url")
        match problem.verdict:
            case Verdict.CREDENTIALS:
                return self._auth.refused(what, evidence=evidence)
            case Verdict.DENIED:
                return Denied(text, setting="auth", evidence=evidence)
            case Verdict.UNSUPPORTED:
                return Unsupported(what, f"this server does not do that: {self.hide(str(problem))}", evidence=evidence)
            case Verdict.AGAIN:
                return Transient(text, evidence=evidence)
            case Verdict.CONFIG:
                return ConfigFault(f"{text} ({problem.code})", setting="base_url", evidence=evidence)
            case Verdict.ABSENT | Verdict.RESTART if not known:
                return ConfigFault(f"{text}; no bridge answers at this address", setting="base_url", evidence=evidence)
        return None

    def _evidence(self, what: str, body: bytes, answer: str) -> str:
        return self.hide(f"{what}\n{body[:REQUEST_EVIDENCE_MAX].decode('utf-8', 'replace')}\n\n{answer}")


def segment(text: str) -> str:
    """One step of a path, whatever characters it holds. `.` and `..` would be taken for steps themselves."""
    return quote(text, safe="").replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def _address(path: str, query: Mapping[str, str] | None, signature: Signature) -> str:
    whole = {**(query or {}), **signature.query}
    return f"{path}?{urlencode(whole, quote_via=quote)}" if whole else path


def _wait(reply: Reply, again: int) -> float:
    try:
        asked = float(reply.headers.get("Retry-After", ""))
    except ValueError:
        asked = 0.2 * 2**again
    return min(max(asked, 0.0), WAIT_SECONDS_MAX) if asked == asked else 0.2
