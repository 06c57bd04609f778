"""Questions people ask about shops: read-only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from crossdock.decide.lag import Lag, judge_lag
from crossdock.decide.retail_policy import RetailPolicy
from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("retail_lookups")
Row = dict[str, Any]


async def read_lag(pool: Pool, tenant: str, pairing: str, policy: RetailPolicy, *, now: datetime) -> Lag:
    """How long shop figures took in the last stretch of time, and how long those have waited that are not booked."""
    since = now - timedelta(seconds=policy.intake.window_seconds)
    counts = {row["seconds"]: row["figures"] for row in await pool.fetch(SQL["lags"], tenant, pairing, since)}
    waiting: Any = await pool.fetchrow(SQL["waiting"], tenant, pairing, list(policy.owned_by("retail")))
    oldest = 0.0 if waiting["since"] is None else max(0.0, (now - waiting["since"]).total_seconds())
    return judge_lag(
        counts, waiting=waiting["shelves"], oldest_seconds=oldest, target_seconds=policy.intake.target_seconds,
        share=policy.intake.target_share,
    )  # fmt: skip


async def read_places(pool: Pool, tenant: str, pairing: str, policy: RetailPolicy) -> Sequence[Row]:
    """Every location with its owner; how many figures are held of it, wait or stand in a case; when one was last in."""
    ours = await pool.fetch(SQL["places"], tenant, pairing)
    told = await pool.fetch(SQL["told_places"], tenant, pairing, list(policy.owned_by("erp")))
    counts = {row["location"]: dict(row) for row in (*ours, *told)}
    nothing = {"shelves": 0, "waiting": 0, "in_case": 0, "newest": None}
    return [
        {"location": code, "owner": place.owner, "site": place.site, "kind": str(place.location.kind)}
        | {name: counts.get(code, nothing)[name] for name in nothing}
        for code, place in policy.places.items()
    ]


async def read_shops(pool: Pool, tenant: str, pairing: str, *, listed_max: int) -> Mapping[str, Any]:
    """told: what the retail system was told, by kind and state. not_ready: items that may not be sold yet, and why.
    despatches: state → how many. left_out_orders: those of companies that are no trade. proposals: open ones. flows:
    flow → its last result."""

    async def rows(name: str) -> list[Row]:
        return [dict(row) for row in await pool.fetch(SQL[name], tenant, pairing, listed_max)]

    return {
        "told": [dict(row) for row in await pool.fetch(SQL["told"], tenant, pairing)],
        "not_ready": await rows("not_ready"),
        "left_out_orders": await rows("left_out"),
        "despatches": {row["state"]: row["despatches"] for row in await pool.fetch(SQL["despatches"], tenant, pairing)},
        "proposals": [
            {**orjson.loads(row["document"]), "first_seen_at": row["first_seen_at"]} for row in await rows("proposals")
        ],
        "flows": {row["flow"]: orjson.loads(row["result"]) for row in await pool.fetch(SQL["flows"], tenant, pairing)},
    }
