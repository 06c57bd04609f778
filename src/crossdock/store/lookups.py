"""Questions people ask of the store: read-only, each answered at one moment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.model import as_json
from crossdock.model.refund import CreditNote
from crossdock.model.stock import StockItem
from crossdock.store.archive import Vault, find_raw
from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("lookups")
ORDERS, CASES = statements("orders"), statements("cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One entry of the audit trail."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """A change of the order that somebody asked for. origin: who; what: in words; reason: why it was refused."""

    key: str
    origin: str
    state: str
    what: str
    reason: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """A refund at the storefront. erp_ref: of its credit note, which comes to `gross`; None before it is settled."""

    key: str
    state: str
    erp_ref: str
    gross: Decimal | None
    currency: str
    found_at: datetime
    credited_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of one order. document: as the storefront wrote it; resolved: as it went to the ERP.

    shown_state: why it waits, as the storefront shows it; shown_problem: why it would not.
    """

    id: int
    pairing: str
    ref: str
    storefront_id: str
    erp_ref: str
    state: str
    currency: str
    total: Decimal | None
    company_ref: str
    company_name: str
    account_code: str
    attempts: int
    placed_at: datetime | None
    captured_at: datetime
    sent_at: datetime | None
    posted_at: datetime | None
    acknowledged_at: datetime | None
    acknowledge_problem: str
    shown_state: str
    shown_problem: str
    look_at: datetime | None
    checked_at: datetime | None
    accepted: tuple[tuple[str, str], ...]
    document: dict[str, Any] | None
    resolved: dict[str, Any] | None
    timeline: tuple[Happening, ...]
    cases: tuple[dict[str, Any], ...]
    despatches: tuple[dict[str, Any], ...]
    changes: tuple[OrderWish, ...]
    refunds: tuple[GivenBack, ...]
    raw_digest: bytes | None


async def find_stories(pool: Pool, tenant: str, reference: str) -> Sequence[Story]:
    """Every order that goes by this reference, however it is meant."""
    return [await _story(pool, tenant, row) for row in await pool.fetch(SQL["orders_by_reference"], tenant, reference)]


async def find_story(pool: Pool, tenant: str, order_id: int) -> Story | None:
    row = await pool.fetchrow(SQL["order_by_id"], tenant, order_id)
    return None if row is None else await _story(pool, tenant, row)


async def _story(pool: Pool, tenant: str, row: Any) -> Story:
    timeline = await pool.fetch(ORDERS["timeline"], tenant, row["id"])
    cases = await pool.fetch(SQL["order_cases"], tenant, row["id"])
    despatches = await pool.fetch(SQL["order_despatches"], row["id"])
    changes = await pool.fetch(SQL["order_changes"], row["id"])
    refunds = await pool.fetch(SQL["order_refunds"], row["id"])
    given = dict(row)
    waivers = orjson.loads(given.pop("waivers"))
    return Story(
        **{**given, "document": _json(row["document"]), "resolved": _json(row["resolved"])},
        accepted=tuple((kind, subject) for kind, subject in waivers),
        timeline=tuple(_happening(one) for one in timeline),
        cases=tuple(dict(one) for one in cases),
        despatches=tuple({**dict(one), "document": _json(one["document"])} for one in despatches),
        changes=tuple(OrderWish(**one) for one in changes),
        refunds=tuple(_given_back(one) for one in refunds),
    )


def _given_back(row: Any) -> GivenBack:
    credit = as_json.loads(CreditNote, row["credit"]) if row["credit"] else None
    return GivenBack(
        **{name: row[name] for name in ("key", "state", "erp_ref", "found_at", "credited_at")},
        gross=credit.gross if credit else None,
        currency=credit.currency if credit else "",
    )


async def read_raw(pool: Pool, vault: Vault, tenant: str, story: Story, *, actor: str) -> bytes | None:
    """The document as the storefront sent it, opened; None when it is no longer kept. It holds people's names and
    addresses, so that who read it is written into the audit trail. Raises KeyMissing."""
    if story.raw_digest is None:
        return None
    body = await find_raw(pool, vault, tenant=tenant, digest=story.raw_digest)
    if body is not None:
        await pool.execute(SQL["opened"], tenant, actor, story.id, "as the storefront sent it")
    return body


async def case_history(pool: Pool, tenant: str, case_id: int) -> Sequence[Happening]:
    return [_happening(row) for row in await pool.fetch(CASES["history"], tenant, case_id)]


async def held_records(pool: Pool, case_id: int) -> Sequence[dict[str, Any]]:
    """What a case holds, with what each is worth."""
    return [dict(row) for row in await pool.fetch(CASES["holds"], case_id)]


async def open_cases(pool: Pool, tenant: str) -> Sequence[dict[str, Any]]:
    """Counts by pairing, kind and desk, with the oldest and the next due of each."""
    return [dict(row) for row in await pool.fetch(SQL["open_cases"], tenant)]


async def order_ids(pool: Pool, tenant: str, pairing: str) -> Sequence[int]:
    return [row["id"] for row in await pool.fetch(SQL["order_ids"], tenant, pairing)]


async def known_items(pool: Pool, tenant: str, erp: str) -> Sequence[StockItem]:
    """The whole catalogue; it is read in a thread, so that whoever else is served waits for none of it."""
    rows = await pool.fetch(SQL["items"], tenant, erp)
    return await asyncio.to_thread(lambda: [as_json.loads(StockItem, row["document"]) for row in rows])


async def unknown_skus(pool: Pool, tenant: str, pairing: str, storefront: str, erp: str) -> Sequence[str]:
    """What the storefront sells and the ERP does not hold, through today's SKU map."""
    rows = await pool.fetch(SQL["targets_without_item"], tenant, pairing, storefront, erp)
    return [row["sku"] for row in rows]


async def sold_items(
    pool: Pool, tenant: str, pairing: str, storefront: str, erp: str
) -> AsyncIterator[tuple[str, StockItem]]:
    """Every SKU that the storefront sells, with the item it stands for."""
    async with pool.acquire() as connection, connection.transaction():
        async for row in connection.cursor(SQL["items_of_targets"], tenant, pairing, storefront, erp, prefetch=1000):
            yield row["sku"], as_json.loads(StockItem, row["document"])


async def skus_twice(pool: Pool, tenant: str, storefront: str) -> Sequence[Sequence[str]]:
    """SKUs that differ in nothing but their case."""
    return [row["names"] for row in await pool.fetch(SQL["targets_twice"], tenant, storefront)]


async def line_description(pool: Pool, case_id: int, sku: str) -> str:
    """What the storefront calls the SKU of a case; "" when no order held by it says."""
    return str(await pool.fetchval(SQL["line_description"], case_id, sku) or "")


def _happening(row: Any) -> Happening:
    return Happening(at=row["at"], actor=row["actor"], action=row["action"], detail=orjson.loads(row["detail"]))


def _json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)
