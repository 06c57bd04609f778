"""Despatches as they are remembered: found, on their way to be told, told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crossdock.model.despatch import Despatch
from crossdock.ports.order_book import OrderMove
from crossdock.ports.runtime import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class DespatchFile:
    """One despatch as we remember it. state: found, sending, published, waiting (in a case) or dropped.

    is_early: the time to look at it again has not come; while it is `sending`, somebody is at it or just was.
    """

    id: int
    despatch: Despatch
    order_id: int
    order_ref: str
    storefront_id: str
    state: str
    version: int
    attempts: int
    is_early: bool = False


class DespatchBook(Protocol):
    async def known(self, order_ids: Sequence[int]) -> Mapping[int, tuple[Despatch, ...]]: ...

    async def found(
        self, order_id: int, despatches: Sequence[Despatch], *, move: OrderMove | None, known: int | None = None
    ) -> bool:
        """Remember new despatches and make the order's move, in one transaction; False if somebody was there first.

        known: how many despatches of the order these were decided on; when there are others by now, nothing is stored.
        """
        ...

    async def load(self, despatch_id: int) -> DespatchFile | None: ...

    async def move(
        self,
        file: DespatchFile,
        state: str,
        *,
        look_in_seconds: float | None = None,
        detail: Mapping[str, Any] | None = None,
        actor: str = "crossdock",
    ) -> bool:
        """False when somebody else moved it first. `sending` counts as an attempt; `found` begins the count anew."""
        ...

    async def look_later(self, despatch_id: int, version: int, seconds: float) -> None:
        """It stays as it is; look at it again then."""
        ...

    async def all_told(self, order_id: int) -> bool:
        """Whether the storefront was told of every despatch of the order that it will be told of."""
        ...

    async def must_wait(self, file: DespatchFile) -> bool:
        """Whether an earlier despatch of the same order has not been told yet: they go out in order."""
        ...

    async def due(self, limit: int) -> Sequence[Job]: ...
