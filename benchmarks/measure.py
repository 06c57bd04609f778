"""One measurement."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """things: orders, jobs or levels. cpu: of our process; server_cpu: PostgreSQL's; far_cpu: the simulators'.

    All times in seconds. notes: further figures by name.
    """

    things: int
    wall: float
    cpu: float
    peak_mb: float
    far_cpu: float = 0.0
    server_cpu: float = 0.0
    notes: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.things / self.wall

    @property
    def cpu_ms(self) -> float:
        return self.cpu * 1000 / self.things
