"""Storefront companies and the ERP accounts they buy on, as people look them up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from crossdock.model import as_json
from crossdock.model.account import Account
from crossdock.model.company import Company
from crossdock.store.database import Pool
from crossdock.store.sorting import FIRST, ByNameOrAge
from crossdock.store.sql import statements

SQL = statements("accounts")
STATES = ("review", "linked", "guest", "new", "set_aside", "unreadable")
LISTS = {
    ByNameOrAge.A_TO_Z: "list_a_z", ByNameOrAge.Z_TO_A: "list_z_a", ByNameOrAge.NEWEST: "list_newest",
    ByNameOrAge.OLDEST: "list_oldest",
}  # fmt: skip
FOUND = {
    ByNameOrAge.A_TO_Z: "found_a_z", ByNameOrAge.Z_TO_A: "found_z_a", ByNameOrAge.NEWEST: "found_newest",
    ByNameOrAge.OLDEST: "found_oldest",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyLine:
    """One company of a storefront. company: None when it cannot be read. account: what it is linked to, as the ERP told
    it at `account_seen_at`; code_lost: the ERP holds it under that code no longer. candidates: what it may be, best
    first. told_problem, shown_problem: why the storefront would not hear of its code, of how it stands. orders: how
    many wait for it. case_id: of the open case about its account, None when there is none."""

    id: int
    pairing: str
    ref: str
    state: str
    company: Company | None
    seen_at: datetime
    review: str
    candidates: Sequence[Mapping[str, Any]]
    account: Account | None
    account_seen_at: datetime | None
    code_lost: bool
    linked_by: str
    linked_at: datetime | None
    told_code: str
    told_problem: str
    shown_problem: str
    orders: int = 0
    case_id: int | None = None

    @property
    def name(self) -> str:
        return (self.company.name if self.company else "") or self.ref

    @property
    def problem(self) -> str:
        return self.told_problem or self.shown_problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLink:
    """Whom the company was linked to at a time, and by whom."""

    at: datetime
    actor: str
    account: str
    account_id: str


async def list_companies(
    pool: Pool,
    tenant: str,
    erps: Mapping[str, str],
    states: Sequence[str] = STATES,
    *,
    words: str = "",
    sort: ByNameOrAge = ByNameOrAge.OLDEST,
    after: int | None = None,
    limit: int = 50,
) -> Sequence[CompanyLine]:
    """By name, or in the order they were first seen. erps: pairing → its ERP. words: the storefront's key, an account's
    code, or how a name begins. after: the id of the last one of the page before."""
    number, name = FIRST[sort]
    if after is not None:
        number, name = after, await pool.fetchval(SQL["name_of"], tenant, after) or name
    given: list[Any] = [tenant, list(erps), list(erps.values()), list(states), number, limit]
    words = words.strip()
    if words:
        begins = words.lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        given += [words, begins]
    if sort in (ByNameOrAge.A_TO_Z, ByNameOrAge.Z_TO_A):
        given.append(name)
    rows = await pool.fetch(SQL[(FOUND if words else LISTS)[sort]], *given)
    return await _lines(pool, rows)


async def companies_of_ref(
    pool: Pool, tenant: str, erps: Mapping[str, str], ref: str, states: Sequence[str] = STATES, *, after: int = 0
) -> Sequence[CompanyLine]:
    """Those that go by the storefront's key: one of each pairing at most, by id."""
    given = (tenant, list(erps), list(erps.values()), list(states), after, ref)
    return await _lines(pool, await pool.fetch(SQL["of_ref"], *given))


async def find_company(pool: Pool, tenant: str, erps: Mapping[str, str], company_id: int) -> CompanyLine | None:
    """None: there is none of that number in these pairings."""
    rows = await pool.fetch(SQL["one"], tenant, list(erps), list(erps.values()), company_id)
    return next(iter(await _lines(pool, rows)), None)


async def count_companies(pool: Pool, tenant: str, pairings: Sequence[str]) -> Mapping[str, int]:
    """State → companies."""
    return {row["state"]: row["companies"] for row in await pool.fetch(SQL["counts"], tenant, list(pairings))}


async def links_of(pool: Pool, tenant: str, pairing: str, company_ref: str) -> Sequence[PastLink]:
    """Every link the company ever had, newest first."""
    return [PastLink(**row) for row in await pool.fetch(SQL["links"], tenant, company_ref, pairing)]


async def _lines(pool: Pool, rows: Sequence[Any]) -> list[CompanyLine]:
    waits = {row["id"]: row for row in await pool.fetch(SQL["waits"], [row["id"] for row in rows])}
    return [_line(row, waits[row["id"]]) for row in rows]


def _line(row: Any, waits: Any) -> CompanyLine:
    return CompanyLine(
        id=row["id"], pairing=row["pairing"], ref=row["ref"], state=row["state"], seen_at=row["seen_at"],
        company=as_json.loads(Company, row["document"]) if row["document"] else None, review=row["review"],
        candidates=orjson.loads(row["candidates"]),
        account=as_json.loads(Account, row["account"]) if row["account"] else None,
        account_seen_at=row["account_seen_at"], code_lost=bool(row["code_lost"]), linked_by=row["linked_by"] or "",
        linked_at=row["linked_at"], told_code=row["told_code"] or "",
        told_problem=row["told_problem"] or "", shown_problem=row["shown_problem"] or "",
        orders=waits["orders"], case_id=waits["case_id"],
    )  # fmt: skip
