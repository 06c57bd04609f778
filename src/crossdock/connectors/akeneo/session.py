"""What every part of the connector shares: the API, the settings, the clock, and what was learned of the PIM."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from crossdock.connectors.akeneo.client import Api
from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.faults import Denied
from crossdock.connectors.akeneo.mapping_changes import By
from crossdock.connectors.akeneo.paging import SEARCH_AFTER, read_pages
from crossdock.connectors.akeneo.values import Reading
from crossdock.ports.runtime import Clock

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Session:
    """One PIM, connected."""

    settings: AkeneoSettings
    api: Api
    clock: Clock
    _by: By | None = None
    _types: Mapping[str, str] = field(default_factory=dict)
    _types_until: datetime | None = None
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def by(self) -> By:
        """Which key products are addressed by: as set, or uuid where such an address exists."""
        if self.settings.product_by != "auto":
            return self.settings.product_by
        async with self._learning:
            if self._by is None:
                query = {**SEARCH_AFTER, "limit": "1"}
                answer = await self.api.read("products-uuid", query, expect=frozenset({404}))
                self._by = "uuid" if answer.ok else "identifier"
            return self._by

    async def products_path(self) -> str:
        return "products-uuid" if await self.by() == "uuid" else "products"

    async def reading(self, rows: list[Any], *, products: bool = True) -> Reading:
        """How values are read. rows: about to be read; where their values do not name their types, the attributes do.

        products: the rows are products, whose key depends on how this PIM addresses them.
        """
        settings = self.settings
        unnamed = any(_unnamed(row) for row in rows)
        return Reading(
            sku_attribute=settings.sku_attribute,
            name_attribute=settings.name_attribute,
            key=await self.by() if products else "auto",
            locales=settings.locales,
            channel=settings.channel,
            media=settings.media,
            base_url=settings.base_url,
            types=await self._attribute_types() if unnamed else {},
            read_as=settings.read_as,
        )

    async def _attribute_types(self) -> Mapping[str, str]:
        """attribute → type. Empty where the credentials may not read attributes: then shapes must do."""
        async with self._learning:
            now = self.clock.now()
            if self._types_until is not None and now < self._types_until:
                return self._types
            found: dict[str, str] = {}
            try:
                async for rows in read_pages(self.api, "attributes", size=self.settings.page_size):
                    found.update({row["code"]: row["type"] for row in rows if _is_typed(row)})
            except Denied as denied:
                log.warning("attribute types unknown; values are read by their shape", why=str(denied))
            self._types, self._types_until = found, now + timedelta(seconds=self.settings.types_max_age_seconds)
            return self._types


def _is_typed(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("code"), str) and isinstance(row.get("type"), str)


def _unnamed(row: Any) -> bool:
    """Whether any value of a record does not say of which type it is."""
    values = row.get("values") if isinstance(row, dict) else None
    cells = values.values() if isinstance(values, dict) else ()
    return any(isinstance(one, dict) and "attribute_type" not in one for cell in cells if isinstance(cell, list)
               for one in cell)  # fmt: skip
