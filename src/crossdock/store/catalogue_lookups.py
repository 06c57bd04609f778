"""Questions people ask about products on their way to the ERP: read-only."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from crossdock.store.database import Pool
from crossdock.store.lookups import Happening
from crossdock.store.sql import statements

SQL = statements("catalogue")


async def list_products(
    pool: Pool, tenant: str, pairing: str, *, state: str | None = None, code: str | None = None, after_id: int = 0,
    limit: int = 200,
) -> Sequence[dict[str, Any]]:  # fmt: skip
    """Products and models in order of id, each with the open cases that hold it and its change of structure."""
    rows = await pool.fetch(SQL["listing"], tenant, pairing, state, code, after_id, limit)
    return [
        {
            **dict(row), "told": orjson.loads(row["told"]), "cases": orjson.loads(row["cases"]),
            "change": None if row["change"] is None else orjson.loads(row["change"]),
        }
        for row in rows
    ]  # fmt: skip


async def count_products(pool: Pool, tenant: str, pairing: str) -> Mapping[str, Mapping[str, int]]:
    """product or model → state → how many."""
    found: dict[str, dict[str, int]] = {"product": {}, "model": {}}
    for row in await pool.fetch(SQL["counts"], tenant, pairing):
        found[row["kind"]][row["state"]] = row["products"]
    return found


async def product_timeline(pool: Pool, tenant: str, kind: str, record_id: int) -> Sequence[Happening]:
    """What happened to it, and to its change of structure, by the audit trail."""
    rows = await pool.fetch(SQL["timeline"], tenant, kind, record_id)
    return [
        Happening(at=row["at"], actor=row["actor"], action=row["action"], detail=orjson.loads(row["detail"]))
        for row in rows
    ]
