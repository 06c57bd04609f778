"""What the checks of one pairing ask of the store: read-only, each answered at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("checks")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CheckBook:
    pool: Pool
    tenant: str
    pairing: str

    async def flows(self) -> dict[str, Row]:
        """Flow → began_at, ended_at, failures, result."""
        return {row["flow"]: {**row, "result": orjson.loads(row["result"])} for row in await self._rows("flows_of")}

    async def watermarks(self) -> dict[str, datetime]:
        """List → when its watermark moved last."""
        return {row["feed"]: row["moved_at"] for row in await self._rows("watermarks_of")}

    async def cases(self) -> Sequence[Row]:
        return await self._rows("cases_of")

    async def unacknowledged(self, seconds: float) -> tuple[int, datetime | None]:
        return await self._late("unacknowledged_since", seconds)

    async def orders_stuck(self, seconds: float) -> tuple[int, datetime | None]:
        """Orders that are neither settled nor in a case."""
        return await self._late("orders_stuck", seconds)

    async def despatches_untold(self, seconds: float) -> tuple[int, datetime | None]:
        """Despatches that are neither told nor in a case."""
        return await self._late("despatches_untold", seconds)

    async def shop_despatches_unbooked(self, seconds: float) -> tuple[int, datetime | None]:
        """Goods that left a shop, and are neither booked nor in a case."""
        return await self._late("shop_despatches_unbooked", seconds)

    async def untold_to_shops(self, seconds: float) -> tuple[int, datetime | None]:
        """What a retail system was told without an answer, or refused without a case."""
        return await self._late("untold_to_shops", seconds)

    async def levels_unsure(self) -> int:
        return int(await self.pool.fetchval(SQL["levels_unsure"], self.tenant, self.pairing))

    async def budgets(self, systems: Sequence[str]) -> Sequence[Row]:
        return [dict(row) for row in await self.pool.fetch(SQL["budgets_of"], self.tenant, list(systems))]

    async def jobs_late(self, seconds: float) -> tuple[int, datetime | None]:
        """Jobs of this pairing that should have been taken by now."""
        row = await self.pool.fetchrow(SQL["jobs_late"], self.pairing, seconds)
        return (0, None) if row is None else (row["records"], row["oldest"])

    async def silent_feeds(self) -> int:
        return int(await self.pool.fetchval(SQL["silent_feeds"], self.tenant, self.pairing))

    async def left_out_lately(self) -> Sequence[Row]:
        return await self._rows("left_out_lately")

    async def maps_unused(self, days: int) -> Sequence[Row]:
        return await self._rows("maps_unused", days)

    async def accepted_lately(self) -> Sequence[Row]:
        return await self._rows("accepted_lately")

    async def _rows(self, name: str, *given: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(SQL[name], self.tenant, self.pairing, *given)]

    async def _late(self, name: str, seconds: float) -> tuple[int, datetime | None]:
        (row,) = await self._rows(name, seconds)
        return row["records"], row["oldest"]
