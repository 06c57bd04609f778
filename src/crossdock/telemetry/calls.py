"""One call to a remote system, as it is counted, timed, traced and logged."""

import logging
import re
import time
from types import TracebackType
from typing import Self

import structlog

from crossdock.model.faults import Transient, Unanswered
from crossdock.telemetry import metrics, tracing

log = structlog.get_logger()
FINE = logging.getLogger("crossdock")  # its level says whether a line for each call is wanted

_USER = re.compile(r"//[^/@]*@")


class RemoteCall:
    """Around one exchange. Say `answered` with the status of an answer that came whole; an error speaks for itself."""

    def __init__(self, system: str, method: str, url: str) -> None:
        self._system = system or "unnamed"
        self._method = method
        self._url = _USER.sub("//", url.partition("?")[0])
        self._status = 0
        self._began = 0.0
        self._span = tracing.span(
            f"{method} {self._system}", kind="client", crossdock_system=self._system, http_request_method=method,
            url_full=self._url,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._seen = self._span.__enter__()
        self._began = time.perf_counter()
        return self

    def answered(self, status: int) -> None:
        self._status = status

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = time.perf_counter() - self._began
        outcome = self._outcome(error)
        metrics.CALLS.labels(self._system, outcome).inc()
        metrics.CALL_SECONDS.labels(self._system).observe(seconds)
        if self._status:
            self._seen.set_attribute("http.response.status_code", self._status)
        self._seen.set_attribute("crossdock.outcome", outcome)
        self._span.__exit__(kind, error, trace)
        if not FINE.isEnabledFor(logging.DEBUG):
            return
        log.debug(
            "remote call", system=self._system, method=self._method, url=self._url, status=self._status or None,
            outcome=outcome, milliseconds=round(seconds * 1000, 1),
        )  # fmt: skip

    def _outcome(self, error: BaseException | None) -> str:
        match error:
            case None:
                return "answered" if self._status < 400 else "refused"
            case Transient(throttled=True):
                return "throttled"
            case Transient():
                return "unreached"
            case Unanswered():
                return "unanswered"
        return "given_up"
