"""What happened here, told to whoever registered: at once, or later in whatever order somebody chooses."""

from collections import deque
from dataclasses import dataclass, field

from crossdock.sandbox.bridge import Json, Postman

EVENT_TYPES = (
    "stock.level_changed", "stock.movement", "dispatch.confirmed", "dispatch.amended", "dispatch.cancelled",
    "transfer.recommended", "item.rejected", "item.readiness_changed",
)  # fmt: skip
TOLD_MAX = 20_000


@dataclass(slots=True)
class Outbox:
    """held: events waiting while `holding`. told: every event, sent or not. lost: how many never will be."""

    postman: Postman
    holding: bool = False
    held: list[tuple[str, Json]] = field(default_factory=list)
    told: deque[Json] = field(default_factory=lambda: deque(maxlen=TOLD_MAX))
    lost: int = 0

    def tell(self, event_type: str, data: Json) -> None:
        self.told.append({"type": event_type, "data": data})
        if self.holding:
            self.held.append((event_type, data))
        else:
            self.postman.tell(event_type, data)

    def release(self, order: list[int]) -> int:
        """Send the held events by position (one may come twice, one may be left out) and hold no more."""
        for position in order:
            self.postman.tell(*self.held[position])
        self.lost += len(set(range(len(self.held))) - set(order))
        self.held, self.holding = [], False
        return len(order)
