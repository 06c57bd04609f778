"""How a remote system does, in one word and one sentence, and how many calls it may be given now."""

from datetime import datetime
from enum import StrEnum


class Health(StrEnum):
    """In the order in which somebody should look."""

    STOPPED = "stopped"  # too many calls failed in a row: none is made for a while
    FAILING = "failing"  # the newest calls failed, or a flow is stopped by it
    TOLD_TO_WAIT = "told to wait"  # by the system itself
    NOT_CALLED = "not called yet"
    WELL = "well"

    @property
    def urgency(self) -> int:
        """0 is looked at first."""
        return list(Health).index(self)


def health(
    now: datetime, *, called: bool, failures: int, flows: int, stopped: datetime | None, told: datetime | None
) -> Health:
    """failures: in a row. flows: how many it stops. stopped, told: until when no call is made, and whose word that is:
    ours, or its own."""
    if stopped is not None and stopped > now:
        return Health.STOPPED
    if failures or flows:
        return Health.FAILING
    if told is not None and told > now:
        return Health.TOLD_TO_WAIT
    return Health.WELL if called else Health.NOT_CALLED


def calls_left(*, tokens: float, since_seconds: float, per_second: float) -> int:
    """Calls that may begin at once. tokens: as they were counted, `since_seconds` ago. Never more than burst."""
    return max(0, int(min(burst(per_second), tokens + per_second * since_seconds)))


def burst(per_second: float) -> float:
    """Calls that may begin at once after a quiet time."""
    return max(1.0, per_second)
