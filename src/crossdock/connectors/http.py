"""One HTTP call under a system's budget, and what its failure means: was anything done over there, or not?

The only question that matters after a failed call is whether the other side may have acted. So failures are sorted
here, once, for every connector: nothing done (Transient), or it left and no usable answer came (Unanswered).
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import aiohttp
import stamina
from yarl import URL

from crossdock.connectors.hosts import GuardedResolver, joined
from crossdock.model.faults import ConfigFault, Transient, Unanswered
from crossdock.ports.runtime import Clock, Gate, Permit, Priority, calling
from crossdock.telemetry import tracing
from crossdock.telemetry.calls import RemoteCall

EVIDENCE_MAX = 4_000
READ_ATTEMPTS = 4
NOT_NOW = frozenset({423, 425, 429})  # the call was turned away at the door


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that arrived whole. media_type: lower case, without parameters. headers: any-case lookup."""

    status: int
    media_type: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def evidence(self) -> str:
        """Status, media type and the first part of the body, for a case or an error."""
        return f"HTTP {self.status} {self.media_type}\n{self.body[:EVIDENCE_MAX].decode('utf-8', 'replace')}"


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What TLS may ask us for, as PEM files. key: none when the certificate's file holds it."""

    file: str
    key: str | None = None
    password: str = field(default="", repr=False)


class HttpClient:
    """Calls to one base URL. Follows no redirect, keeps connections, verifies TLS unless told which bundle to use."""

    def __init__(
        self,
        base_url: str,
        *,
        gate: Gate,
        clock: Clock,
        timeout_seconds: float = 30.0,
        ca_bundle: str | None = None,
        connections_max: int = 32,
        certificate: ClientCertificate | None = None,
        answers: frozenset[int] = frozenset(),
        throttled: Callable[[Reply], bool] | None = None,
        wait_seconds: Callable[[Reply], float | None] | None = None,
        exact_paths: bool = False,
    ) -> None:
        """answers: 5xx statuses that are the system's own way of answering, as 500 is of SOAP faults.

        throttled: whether an answer says "too many" in the system's own way, besides 423, 425 and 429.
        wait_seconds: how long the system's own headers ask us to wait; None leaves it to Retry-After.
        exact_paths: a path is sent as it is written; else it is requoted, which makes an "=" of a %3D.
        Raises ConfigFault when our certificate cannot be used.
        """
        self.base_url = base_url.rstrip("/")
        self._gate = gate
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._tls = _tls(ca_bundle, certificate)
        self._connections_max = connections_max
        self._answers = answers
        self._throttled = throttled
        self._wait_seconds = wait_seconds
        self._exact_paths = exact_paths
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def read(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        priority: Priority = Priority.READ,
        timeout_seconds: float | None = None,
    ) -> Reply:
        """A call that changes nothing over there, tried up to four times. Raises Transient when all failed."""
        try:
            async for attempt in stamina.retry_context(
                on=_worth_another_read, attempts=READ_ATTEMPTS, wait_initial=0.05, wait_max=2.0, timeout=120.0
            ):
                with attempt:
                    return await self.send(
                        method, path, headers=headers, body=body, priority=priority, timeout_seconds=timeout_seconds
                    )
        except Unanswered as fault:
            raise Transient(str(fault), evidence=fault.evidence) from fault
        raise AssertionError("unreachable: the loop above returns or raises")

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        priority: Priority = Priority.ORDER,
        timeout_seconds: float | None = None,
    ) -> Reply:
        """One call, once. path: joined to the base URL, or a whole URL under it. Only a PUT or DELETE may go out twice:
        aiohttp repeats it by itself when a kept connection turns out broken, so it must be safe to repeat.

        Returns any answer that came back whole, whatever its status, but those below.
        Raises ConfigFault: the path leads to another server, or the name to an address that is not for us.
        Raises Transient: nothing was done (no connection, or turned away: 423, 425, 429, or in the system's own way).
        Raises Unanswered: it left, and no usable answer came (timeout, reset, 500, 502, 503, 504, ...).
        """
        url = joined(self.base_url, path)
        what = f"{method} {url.split('?')[0]}"
        async with self._gate.call(priority) as permit:
            system = calling.get()
            with RemoteCall(system, method, url) as call:
                if told := tracing.context_for(system):
                    headers = {**(headers or {}), **told}
                return await self._sent(call, permit, what, method, url, headers, body, timeout_seconds)

    async def _sent(
        self,
        call: RemoteCall,
        permit: Permit,
        what: str,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        timeout_seconds: float | None,
    ) -> Reply:
        try:
            reply = await self._exchange(method, url, headers, body, timeout_seconds or self._timeout_seconds)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            permit.failed(what, f"could not be reached: {error}")
            raise Transient(f"{what}: cannot connect: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            permit.failed(what, f"gave no answer: {type(error).__name__} {error}".rstrip())
            raise Unanswered(f"{what}: no answer: {type(error).__name__} {error}".rstrip()) from error
        call.answered(reply.status)
        if reply.status in NOT_NOW or (self._throttled is not None and self._throttled(reply)):
            wait = self._wait(reply)
            permit.throttled(wait, what, f"turned the call away: HTTP {reply.status}")
            text = f"{what}: HTTP {reply.status}, turned away"
            raise Transient(text, evidence=reply.evidence(), retry_after_seconds=wait, throttled=True)
        if reply.status == 503 and "Retry-After" in reply.headers:
            permit.throttled(self._wait(reply), what, "asked for a pause: HTTP 503")
            raise Unanswered(f"{what}: HTTP 503", evidence=reply.evidence())
        if reply.status >= 500 and reply.status not in self._answers:
            permit.failed(what, f"failed by itself: HTTP {reply.status}")
            raise Unanswered(f"{what}: HTTP {reply.status}", evidence=reply.evidence())
        return reply

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes | None, timeout_seconds: float
    ) -> Reply:
        timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=min(10.0, timeout_seconds))
        address = self._as_written(url) if self._exact_paths else url
        async with self._open().request(
            method, address, headers=headers, data=body, timeout=timeout, allow_redirects=False
        ) as answer:
            media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Reply(answer.status, media_type, answer.headers, await answer.read())

    def _as_written(self, url: str) -> URL:
        base = str(URL(self.base_url)).rstrip("/")
        return URL(base + url.removeprefix(self.base_url), encoded=True)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # An idle connection that the other side closed makes the next order's outcome unknown, so none idles long.
            connector = aiohttp.TCPConnector(
                limit=self._connections_max, ssl=self._tls, keepalive_timeout=5.0, resolver=GuardedResolver()
            )
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _wait(self, reply: Reply) -> float | None:
        wait = self._wait_seconds(reply) if self._wait_seconds is not None else None
        return self._retry_after(reply) if wait is None else wait

    def _retry_after(self, reply: Reply) -> float | None:
        text = reply.headers.get("Retry-After", "").strip()
        if not text:
            return None
        try:
            return max(0.0, float(text))
        except ValueError:
            pass
        try:
            return max(0.0, (parsedate_to_datetime(text) - self._clock.now()).total_seconds())
        except (ValueError, TypeError):
            return None


def _tls(ca_bundle: str | None, certificate: ClientCertificate | None) -> ssl.SSLContext | bool:
    if certificate is None:
        return ssl.create_default_context(cafile=ca_bundle) if ca_bundle else True
    context = ssl.create_default_context(cafile=ca_bundle)
    try:
        # An empty password rather than none: OpenSSL would otherwise stop and ask at the terminal.
        context.load_cert_chain(certificate.file, certificate.key, password=certificate.password)
    except (OSError, ssl.SSLError) as error:
        problem = f"the certificate {certificate.file} cannot be used: {type(error).__name__} {error}"
        raise ConfigFault(problem, setting="client_certificate") from error
    return context


def _worth_another_read(error: Exception) -> bool | float:
    """Retry what may pass; wait as long as we were asked to, if that is not too long to sit here for."""
    if isinstance(error, Transient):
        wait = error.retry_after_seconds
        return wait if wait is not None and wait <= 5 else wait is None
    return isinstance(error, Unanswered | asyncio.IncompleteReadError)
