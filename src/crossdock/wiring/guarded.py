"""Connections for Apprise that go only where they may: each name is resolved once, judged, and spoken to at exactly the
addresses that were judged; no redirect is followed, and no proxy or password of the environment is taken.

Apprise's plugins use `requests` and `smtplib` by those names in their modules. `put_before` gives them these in their
place; a call without a guard is refused, so that nothing of theirs can go out any other way.
"""

import contextlib
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from crossdock.decide.outbound import address_problem, host_problem

ANSWER_BYTES = 64 * 1024
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_current = threading.local()


class Refused(OSError):
    """Not spoken to; the text says why."""


@dataclass(slots=True)
class Guard:
    """hosts None: whatever host the plugin knows. problem: the last thing that went wrong, without any secret."""

    hosts: frozenset[str] | None
    private_hosts: frozenset[str]
    problem: str = ""

    def addresses(self, host: str, port: int) -> list[str]:
        """Raises Refused; a name that nobody knows too."""
        problem = host_problem(host, self.hosts) if self.hosts is not None else ""
        if problem:
            raise self.refused(problem)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise self.refused(f"the host {host} is not known") from None
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if problem := address_problem(host, addresses, self.private_hosts):
            raise self.refused(problem)
        return addresses

    def first(self, host: str, port: int, connect: Callable[[str], Any]) -> Any:
        """A connection to the first address that takes one."""
        for one in (addresses := self.addresses(host, port)):
            try:
                return connect(one)
            except (HTTPError, OSError) as error:
                self.problem = f"{host} does not answer: {type(error).__name__}"
                if one == addresses[-1]:
                    raise
        raise AssertionError  # there is at least one address, or it was refused

    def refused(self, problem: str) -> Refused:
        self.problem = problem
        return Refused(problem)


@contextlib.contextmanager
def guarded_by(guard: Guard) -> Iterator[None]:
    """In this thread, until the end of the block."""
    _current.guard = guard
    try:
        yield
    finally:
        _current.guard = None


def current() -> Guard:
    guard: Guard | None = getattr(_current, "guard", None)
    if guard is None:
        raise Refused("nothing is sent without a guard")
    return guard


def put_before(module: ModuleType) -> None:
    """Give a plugin's module these in place of what it imported."""
    if hasattr(module, "requests"):
        module.requests = REQUESTS  # type: ignore[attr-defined]
    if hasattr(module, "smtplib"):
        module.smtplib = SMTPLIB  # type: ignore[attr-defined]


class _Known:
    """Connects to the judged addresses; the name stays what certificates and the Host header are held against."""

    _dns_host: str
    host: str
    port: Any

    def _new_conn(self) -> Any:
        name = self._dns_host

        def connect(address: str) -> Any:
            self._dns_host = address
            try:
                return super(_Known, self)._new_conn()  # type: ignore[misc]
            finally:
                self._dns_host = name

        return current().first(self.host, self.port, connect)


class _Plain(_Known, HTTPConnection):
    pass


class _Tls(_Known, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


class Session(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.adapters.clear()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def request(self, method: Any, url: Any, *args: Any, **more: Any) -> requests.Response:
        guard = current()
        more |= {"allow_redirects": False, "stream": True}
        try:
            response = super().request(method, url, *args, **more)
            with response:
                response._content = response.raw.read(ANSWER_BYTES, decode_content=True) or b""
        except requests.RequestException as error:
            guard.problem = guard.problem or f"no answer: {type(error).__name__}"
            raise
        except (HTTPError, OSError) as error:
            guard.problem = f"no readable answer: {type(error).__name__}"
            raise requests.ConnectionError(guard.problem) from None
        if response.is_redirect or 300 <= response.status_code < 400:
            guard.problem = f"it answered {response.status_code}, a redirect, which is not followed"
        elif response.status_code >= 400:
            guard.problem = f"it answered {response.status_code}"
        return response


class _Smtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        def connect(address: str) -> socket.socket:
            return socket.create_connection((address, port), timeout)

        found: socket.socket = current().first(host, port, connect)
        return found

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        if code >= 400:
            current().problem = f"the mail server answered {code}"
        return code, text


class _SmtpTls(smtplib.SMTP_SSL, _Smtp):
    """What smtplib wraps in TLS is the guarded connection."""


class _Instead:
    """A module, but for what is given."""

    def __init__(self, module: ModuleType, given: dict[str, Any]) -> None:
        self._module, self._given = module, given

    def __getattr__(self, name: str) -> Any:
        return self._given[name] if name in self._given else getattr(self._module, name)


def _request(method: str, url: str, **more: Any) -> requests.Response:
    with Session() as session:
        return session.request(method, url, **more)


def _verb(name: str) -> Callable[..., requests.Response]:
    def call(url: str, data: Any = None, **more: Any) -> requests.Response:
        return _request(name, url, data=data, **more)

    return call


REQUESTS = _Instead(
    requests,
    {**{name: _verb(name) for name in VERBS}, "request": _request, "Session": Session, "session": Session},
)
SMTPLIB = _Instead(smtplib, {"SMTP": _Smtp, "SMTP_SSL": _SmtpTls})
