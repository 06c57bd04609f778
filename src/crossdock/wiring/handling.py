"""What people do with a case short of settling it: take it, put it off, say something; and the views they keep."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from crossdock.decide.put_off import comment_problem, put_off_problem
from crossdock.decide.rights import may_settle
from crossdock.flows.wish import CaseClosed, RemedyRefused
from crossdock.ports.case_book import CaseRow
from crossdock.store.database import Pool
from crossdock.store.people import PgPeople
from crossdock.store.sql import statements

SQL = statements("handling")
PLACES = ("cases", "orders")
VIEWS_MAX = 50
QUERY_MAX = 1_000
NAME_MAX = 80
CLOSED = "Case {} is closed; nothing is to be done about it."


async def assign(pool: Pool, tenant: str, case: CaseRow, *, to: str, actor: str) -> None:
    """to: a person's name, "" for nobody. Raises RemedyRefused for one who may not settle it."""
    _open(case)
    if to:
        known = await PgPeople(pool, tenant).find(to.lower())
        if known is None or known.disabled or not may_settle(known.person, desk=case.desk, pairing=case.pairing):
            raise RemedyRefused(f"{to} does not settle cases of the {case.desk} desk in {case.pairing}.")
    await pool.fetchval(SQL["assign"], tenant, case.id, to, actor)


async def snooze(pool: Pool, tenant: str, case: CaseRow, *, until: datetime, reason: str, actor: str) -> None:
    """Out of the queue until then. Raises RemedyRefused."""
    _open(case)
    if problem := put_off_problem(datetime.now(UTC), until, reason):
        raise RemedyRefused(problem)
    await pool.fetchval(SQL["snooze"], tenant, case.id, until, actor, reason.strip())


async def wake(pool: Pool, tenant: str, case: CaseRow, *, actor: str) -> None:
    """Back into the queue now."""
    _open(case)
    await pool.fetchval(SQL["wake"], tenant, case.id, actor)


async def comment(pool: Pool, tenant: str, case: CaseRow, *, text: str, actor: str) -> None:
    """Into the case's history, of a closed one too. Raises RemedyRefused."""
    if problem := comment_problem(text):
        raise RemedyRefused(problem)
    await pool.fetchval(SQL["comment"], tenant, case.id, actor, text.strip())


async def views(pool: Pool, tenant: str, person_id: int, place: str) -> Sequence[Mapping[str, Any]]:
    """id, name and query of the views that a person keeps of a place."""
    return [dict(row) for row in await pool.fetch(SQL["views"], tenant, person_id, place)]


async def save_view(pool: Pool, tenant: str, person_id: int, *, place: str, name: str, query: str) -> str:
    """One of that name is replaced. query: what stands after the question mark of the list; returns it as it is kept.
    Raises RemedyRefused."""
    if place not in PLACES:
        raise RemedyRefused(f"Views are kept of {' and of '.join(PLACES)}.")
    if not name.strip() or len(name) > NAME_MAX or not name.isprintable():
        raise RemedyRefused(f"Give the view a name of {NAME_MAX} characters at most.")
    kept = urlencode(parse_qsl(query[:QUERY_MAX]))
    if not await pool.fetchval(SQL["save_view"], tenant, person_id, place, name.strip(), kept, VIEWS_MAX):
        raise RemedyRefused(f"You keep {VIEWS_MAX} views already: drop one first.")
    return kept


async def drop_view(pool: Pool, tenant: str, person_id: int, view_id: int) -> bool:
    """False: this person keeps no such view."""
    return await pool.fetchval(SQL["drop_view"], tenant, person_id, view_id) is not None


def _open(case: CaseRow) -> None:
    if case.state != "open":
        raise CaseClosed(CLOSED.format(case.id))
