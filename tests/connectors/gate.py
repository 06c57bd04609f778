"""A gate that is always open and remembers what it was told, and a clock that is set by hand."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from crossdock.ports.runtime import Permit, Priority


class FreeGate:
    """Implements ports.runtime.Gate without limits. waits: every `throttled`; failures: how many calls failed;
    problems: what was told of each."""

    def __init__(self) -> None:
        self.calls: list[Priority] = []
        self.waits: list[float | None] = []
        self.failures = 0
        self.problems: list[tuple[str, str]] = []

    @asynccontextmanager
    async def call(self, priority: Priority):
        self.calls.append(priority)
        yield self.permit()

    def permit(self) -> Permit:
        return self

    def throttled(self, retry_after_seconds: float | None, call: str = "", problem: str = "") -> None:
        self.waits.append(retry_after_seconds)
        self.problems.append((call, problem))

    def failed(self, call: str = "", problem: str = "") -> None:
        self.failures += 1
        self.problems.append((call, problem))


class HandClock:
    """Implements ports.runtime.Clock. Stands still until it is moved."""

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
