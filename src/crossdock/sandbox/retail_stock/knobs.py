"""The settings of the retail stock simulator beside those of every bridge server (`bridge.BridgeKnobs`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crossdock.sandbox.bridge import BridgeKnobs
from crossdock.sandbox.kernel import ActError

OPERATIONS = (
    "items.put", "items.list", "locations.list", "locations.put", "stock.feed", "stock.query", "stock.put",
    "movements.feed", "commitments.replace", "sales.post", "dispatches.feed", "dispatches.get", "dispatches.query",
    "recommendations.transfers", "recommendations.stock_targets", "transfers.put",
)  # fmt: skip
BASES = ("physical", "available")
MAX_BATCH: Mapping[str, int] = {"items": 1000, "stock": 1000, "sales": 1000, "transfers": 500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """The simulator's settings, with what each does when nobody says otherwise.

    contract_version, backend: told in capabilities. unsupported: operations answered 501, of OPERATIONS.
    stock_basis_accepted: the figure ERP-owned levels must assert. stock_basis_emitted: the figure of the feed, or None
    when this system emits no stock at all (the stock feed is then unsupported). emits_sequence: levels and movements
    carry one. max_batch: rows per call of `items`, `stock`, `sales`, `transfers`.
    sizing: items carry a readiness block. till_lag_seconds: how long before its publication a thing happened.
    initial_items: `estate`, or `empty` for a system no item was ever sent to. emit_parents: a parent's total is in the
    stock feed too, as some systems have it. omit_zeros: levels of nothing are left out of feed and query.
    batch_key: name of the array in a batch's body; "any" takes `data`, `rows` or the resource's own name.
    query_max: SKUs or order references in one query.
    """

    contract_version: str = "1.0.0"
    backend: str = "retail-stock"
    unsupported: tuple[str, ...] = ()
    stock_basis_accepted: str = "physical"
    stock_basis_emitted: str | None = "physical"
    emits_sequence: bool = True
    max_batch: Mapping[str, int] | None = None
    sizing: bool = True
    till_lag_seconds: float = 0
    initial_items: str = "estate"
    emit_parents: bool = False
    omit_zeros: bool = False
    batch_key: str = "any"
    query_max: int = 200

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Knobs":
        """Raises ActError on a setting nobody knows, or a value it does not take."""
        known = set(cls.__dataclass_fields__)
        if unknown := set(settings) - known - BridgeKnobs.names():
            raise ActError(f"retail-stock settings: unknown {sorted(unknown)}; known {sorted(known)} and the bridge's")
        knobs = cls(**{name: value for name, value in settings.items() if name in known})
        _among("stock_basis_accepted", knobs.stock_basis_accepted, BASES)
        _among("stock_basis_emitted", knobs.stock_basis_emitted, (*BASES, None))
        _among("initial_items", knobs.initial_items, ("estate", "empty"))
        for name in knobs.unsupported:
            _among("unsupported", name, OPERATIONS)
        for name in knobs.max_batch or {}:
            _among("max_batch", name, tuple(MAX_BATCH))
        return knobs

    @property
    def not_offered(self) -> frozenset[str]:
        """Operations answered 501."""
        mute = {"stock.feed", "stock.query", "movements.feed"} if self.stock_basis_emitted is None else set()
        return frozenset(self.unsupported) | mute

    def batch_limit(self, name: str) -> int:
        return {**MAX_BATCH, **(self.max_batch or {})}[name]


def _among(name: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices:
        raise ActError(f"retail-stock settings: {name} must be one of {list(choices)}, not {value!r}")
