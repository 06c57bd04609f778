"""The log: on stderr, as coloured lines for a person and as JSON lines for a machine. Secrets never reach it."""

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

LEVEL = "CROSSDOCK_LOG"
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

_SECRET_NAME = re.compile(r"secret|password|passwd|token|authorization|api[_-]?key|cookie|credential", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"(://[^/\s:@]+:)[^/\s@]+@|(\b(?:Bearer|Basic) )[\w.~+/=-]{8,}")


def configure(default: str = "warning") -> None:
    """CROSSDOCK_LOG (debug, info, warning, error) outranks the command's own default."""
    level = LEVELS.get(os.environ.get(LEVEL, "").lower(), LEVELS[default])
    is_terminal = sys.stderr.isatty()
    last: list[Any]
    if is_terminal:  # a plain traceback: the pretty one shows local variables, and those may be secrets
        last = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    else:
        last = [structlog.processors.format_exc_info, hide_secrets, structlog.processors.JSONRenderer(default=str)]
    structlog.configure(
        processors=[
            *([] if level <= logging.DEBUG else [leave_out_retries]),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())),
        cache_logger_on_first_use=False,
    )
    logging.root.handlers[:] = [_Forward(level=max(level, logging.WARNING))]


def leave_out_retries(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A read that is tried again is no news; one that failed for good is told by whoever wanted it."""
    if event.get("event") == "stamina.retry_scheduled":
        raise structlog.DropEvent
    return event


def hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """By name, and passwords in URLs and authorization headers wherever they stand."""
    for name, value in event.items():
        if _SECRET_NAME.search(name):
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = _SECRET_TEXT.sub(lambda found: f"{found[1]}***@" if found[1] else f"{found[2]}***", value)
    return event


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
