"""What the flows and connectors need from the engine: the time, a remote system's budget, and a way to ask for work."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, with its zone."""
        ...


class Priority(IntEnum):
    """Who goes first at a remote system: a write for an order outranks bulk stock."""

    ORDER = 0
    DESPATCH = 1
    READ = 2
    BULK = 3


class Permit(Protocol):
    """One call's leave to go. Say how it went, so that everybody sharing the budget learns of it.

    call: which it was, as method and address, without a query. problem: what came of it, in plain words.
    """

    def throttled(self, retry_after_seconds: float | None, call: str = "", problem: str = "") -> None:
        """The other side said "too many": nobody calls before the time it named (or a default) is over."""
        ...

    def failed(self, call: str = "", problem: str = "") -> None:
        """No answer, or a 5xx. Enough of these in a row open the circuit."""
        ...


calling: ContextVar[str] = ContextVar("calling", default="")
"""The system this task called last. When a call ends in a fault, that is whose fault it is."""


class Gate(Protocol):
    """The budget of one remote system (rate, concurrency, breaker), shared by every worker on every machine."""

    def call(self, priority: Priority) -> AbstractAsyncContextManager[Permit]:
        """Wait for leave, make one HTTP call inside the block. Raises Transient while the circuit is open."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A wish for one look at something. It carries an id, never state.

    key: while a job with this key waits, another is not queued; None never merges. delay_seconds: not before then.
    """

    entrypoint: str
    subject: str
    key: str | None = None
    delay_seconds: float = 0.0
    priority: int = field(default=0)


class Jobs(Protocol):
    async def ask(self, jobs: Sequence[Job]) -> None:
        """Queue them all, in one statement."""
        ...
