"""Is money flowing, and what needs whom: the page of each morning."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from crossdock.console.entrance import Me, menu
from crossdock.console.render import page
from crossdock.decide.attention import needs_attention
from crossdock.decide.rights import Person, pairings_of
from crossdock.store import desk
from crossdock.store.runs import read_status
from crossdock.wiring.installation import Installation

router = APIRouter()
SETTLED = frozenset({"posted", "part_despatched", "despatched", "cancelled", "closed", "withdrawn", "set_aside"})
Row = Mapping[str, Any]


@router.get("/")
async def overview(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    mine = visible(here, me.person)
    found = await read_status(here.pool, here.tenant)
    queues = await desk.queues(here.pool, here.tenant, me.person.grants)
    day = await desk.day(here.pool, here.tenant, mine)
    now = datetime.now(UTC)
    pairings = [_pairing(name, found, day.get(name, ()), sells=name in here.project.sales) for name in mine]
    template = "overview_live.html" if request.headers.get("hx-request") else "overview.html"
    return page(
        request, template, pairings=pairings, queues=queues, attention=_attention(now, found, mine),
        oldest=min((one["due"] for one in queues), default=None), **menu(me, "overview"),
    )  # fmt: skip


def visible(here: Installation, person: Person) -> list[str]:
    """The configured pairings that a person may see."""
    mine = pairings_of(person)
    return [name for name in here.project.pairings if mine is None or name in mine]


def _attention(now: datetime, found: Row, mine: Sequence[str]) -> Sequence[str]:
    flows = [one for one in found["flows"] if one["pairing"] in mine]
    budgets = [{**one, "open_until": known(one["open_until"])} for one in found["budgets"]]
    return needs_attention(now, flows=flows, cases=(), budgets=budgets, audit_problem="")


def known(at: datetime | None) -> datetime | None:
    """The database's "never" is None here."""
    return None if at is None or at.year < 2000 else at


def _pairing(name: str, found: Row, hours: Sequence[int], *, sells: bool) -> dict[str, Any]:
    orders = [one for one in found["orders"] if one["pairing"] == name]
    flows = [one for one in found["flows"] if one["pairing"] == name]
    worth: dict[str, Any] = defaultdict(int)
    for one in orders:
        if one["state"] not in SETTLED and one["value"] is not None:
            worth[one["currency"]] += one["value"]
    return {
        "name": name,
        "sells": sells,
        "orders": sum(one["orders"] for one in orders),
        "settled": _count(orders, SETTLED),
        "waiting": _count(orders, {"waiting", "unreadable"}),
        "on_the_way": _count(orders, {"captured", "posting"}),
        "worth": dict(worth),
        "oldest": min((one["oldest"] for one in orders if one["state"] not in SETTLED), default=None),
        "hours": hours,
        "most": max(hours, default=0),
        "flows": flows,
        "failing": [one for one in flows if one["failures"]],
    }


def _count(rows: Iterable[Row], states: Iterable[str]) -> int:
    wanted = set(states)
    return sum(one["orders"] for one in rows if one["state"] in wanted)
