"""The log: on stderr, as coloured lines for a person and as JSON lines for a machine. Secrets never reach it."""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, TextIO, cast

import structlog

from crossdock.telemetry import correlation, tracing
from crossdock.telemetry.hiding import HIDDEN, hider, without_logins

LEVEL, FORMAT = "CROSSDOCK_LOG", "CROSSDOCK_LOG_FORMAT"
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
KNOWN_MIN = 6  # a secret shorter than that would take half the alphabet out of the log

_SECRET_NAME = re.compile(r"secret|password|passwd|token|authorization|api[_-]?key|cookie|credential", re.IGNORECASE)
_hide: Callable[[str], str] = without_logins


def configure(default: str = "warning", *, level: str | None = None, form: str = "auto") -> None:
    """CROSSDOCK_LOG (debug, info, warning, error) and CROSSDOCK_LOG_FORMAT (json, console) outrank the settings, and
    those the command's own default."""
    least = LEVELS.get(os.environ.get(LEVEL, "").lower(), LEVELS[level or default])
    structlog.configure(
        processors=[
            *([] if least <= logging.DEBUG else [leave_out_retries]),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            say_what_it_belongs_to,
            structlog.processors.format_exc_info,  # plain: a pretty traceback shows local variables, maybe secrets
            hide_secrets,
            _last(os.environ.get(FORMAT, "").lower() or form),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("crossdock").setLevel(least)
    logging.root.handlers[:] = [_Forward(level=max(least, logging.WARNING))]


def _last(form: str) -> Any:
    if form == "console" or (form != "json" and sys.stderr.isatty()):
        colors = sys.stderr.isatty()
        return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(default=str)


def keep_out(secrets: Iterable[str]) -> None:
    """These texts are hidden wherever they turn up in a line, whatever they are called there."""
    global _hide  # noqa: PLW0603 - like logging itself, one for the process
    _hide = hider(secrets, least=KNOWN_MIN)


def leave_out_retries(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A read that is tried again is no news; one that failed for good is told by whoever wanted it."""
    if event.get("event") == "stamina.retry_scheduled":
        raise structlog.DropEvent
    return event


def say_what_it_belongs_to(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The id of the request or job, and the trace when there is one."""
    if own := correlation.current():
        event.setdefault("correlation", own)
    if trace := tracing.trace_id():
        event.setdefault("trace_id", trace)
    return event


def hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """By name, by what our settings hold, and passwords in URLs and authorization headers wherever they stand."""
    for name, value in event.items():
        event[name] = HIDDEN if _SECRET_NAME.search(name) else _hidden(value)
    return event


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return _hide(value)
        case dict():
            return {key: HIDDEN if _SECRET_NAME.search(str(key)) else _hidden(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_hidden(one) for one in value]
        case bool() | int() | float() | None:
            return value
    return _hidden(str(value))


class _Stderr:
    """Whatever stderr is at the moment of writing: tests and pipes swap it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _Forward(logging.Handler):
    """What libraries say through the standard library's log, in our form."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)
