"""A system of a plug-in that answers a probe with what a test wants, in place of one that is configured."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crossdock.ports.config import SystemSettings
from crossdock.ports.runtime import Clock, Gate, Priority
from crossdock.ports.systems import ProbeLine
from crossdock.wiring.installation import Installation


@dataclass
class Told:
    """Implements ports.systems.Connector. trouble: raised by the probe. calls: made through the gate before it
    answers. stays: it never does."""

    lines: Sequence[ProbeLine] = ()
    trouble: Exception | None = None
    calls: int = 0
    stays: Any = None
    probes: int = 0
    closed: int = 0
    settings: list[SystemSettings] = field(default_factory=list)
    gate: Gate | None = None

    async def connect(self, settings: Any, gate: Gate, clock: Clock) -> "Told":
        self.settings.append(settings)
        self.gate = gate
        return self

    async def probe(self) -> Sequence[ProbeLine]:
        self.probes += 1
        assert self.gate is not None
        for _ in range(self.calls):
            async with self.gate.call(Priority.READ):
                pass
        if self.stays is not None:
            await self.stays.wait()
        if self.trouble is not None:
            raise self.trouble
        return self.lines

    async def close(self) -> None:
        self.closed += 1


def instead(here: Installation, name: str, told: Told) -> None:
    """From now on the system of that name answers probes so."""
    settings = here.project.systems[name]
    here.kinds = {**here.kinds, settings.kind: replace(here.kinds[settings.kind], connect=told.connect)}
