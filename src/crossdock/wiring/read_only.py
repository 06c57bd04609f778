"""A connector that can only look: every other verb is not there, so a rehearsal cannot write however wrong it goes."""

from typing import Any

from crossdock.ports.systems import Connector

VERBS = ("read_", "find_")
FACTS = frozenset(
    {
        "settle_seconds",
        "price_decimals",
        "stock_batch_max",
        "price_batch_max",
        "price_decimals_max",
        "sale_batch_max",
        "probe",
        "close",
    }
)


class WriteForbidden(RuntimeError):
    """Something asked a read-only connector to write: a defect of ours, and nothing was sent."""


class ReadOnly:
    """Passes on what looks, and refuses the rest by name; a verb nobody has thought of yet is refused too."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    def __getattr__(self, name: str) -> Any:
        if name.startswith(VERBS) or name in FACTS:
            return getattr(self._connector, name)
        raise WriteForbidden(f"{type(self._connector).__name__}.{name} was asked for in a rehearsal")
