"""The gate for a person who tries a system: within everybody's budget, and through a circuit that is open."""

from datetime import UTC, datetime

from crossdock.engine.budget import CallPermit, SharedGate
from crossdock.engine.local_gate import GIVE_UP_AFTER, NOT_AGAIN_SECONDS
from crossdock.model.faults import Transient

PATIENCE_SECONDS = 5.0  # a pause that the other side asked for and that is longer is not sat out


class TrialGate(SharedGate):
    """Implements ports.runtime.Gate. That the system did not answer others is why it is tried; what it asked to wait is
    obeyed. Once four calls in a row failed, all others fail at once. What is learned, everybody learns: a trial that
    goes well closes the circuit."""

    _in_a_row = 0

    def _open_fault(self) -> Transient | None:
        if self._in_a_row >= GIVE_UP_AFTER:
            return Transient("it did not answer before; no call was made", retry_after_seconds=NOT_AGAIN_SECONDS)
        pause = (self._blocked_until - datetime.now(UTC)).total_seconds()
        if pause <= PATIENCE_SECONDS:
            return None
        text = f"it asked us to wait another {pause:.0f} s; no call was made"
        return Transient(text, retry_after_seconds=pause, throttled=True)

    async def _tell(self, permit: CallPermit) -> None:
        self._in_a_row = self._in_a_row + 1 if permit.has_failed else 0
        await super()._tell(permit)
