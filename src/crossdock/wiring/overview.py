"""Is money flowing, and what needs whom: as far as a person's grants reach, for every door."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from crossdock.decide.attention import needs_attention
from crossdock.decide.rights import Person, pairings_of
from crossdock.store import desk
from crossdock.store.case_lists import Queue, Waiting, by_desk, waiting
from crossdock.store.runs import read_flows
from crossdock.wiring.installation import Installation

LAGS = {
    "orders": "orders read", "stock": "stock told", "despatches": "despatches read",
    "products": "products read", "compare": "compared with the ERP",
    "retail-stock": "shop figures taken", "retail-despatches": "despatches taken", "retail-levels": "levels told",
}  # fmt: skip
"""The flows whose lag everybody should see, and what each did last."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingState:
    """sells: whether orders are sold here. orders, settled: captured in the last 24 hours, and settled of them.
    waiting, on_the_way: of all there are. worth: of orders that are not settled, by currency. oldest: when the oldest
    of those was captured. hours: orders captured in each of the last 24 hours, the oldest hour first. cases: open ones
    that the person sees, those put off aside; oldest_case: since when the longest of them waits."""

    name: str
    sells: bool
    orders: int
    settled: int
    waiting: int
    on_the_way: int
    worth: Mapping[str, Decimal]
    oldest: datetime | None
    hours: Sequence[int]
    cases: int
    oldest_case: datetime | None
    flows: Sequence[Row]

    @property
    def most(self) -> int:
        return max(self.hours, default=0)

    @property
    def failing(self) -> Sequence[Row]:
        return [one for one in self.flows if one["failures"]]

    @property
    def lags(self) -> Sequence[tuple[str, datetime | None, int]]:
        """What was done, when it was done last, and how often it failed since."""
        return [(LAGS[one["flow"]], one["ended_at"], one["failures"]) for one in self.flows if one["flow"] in LAGS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """attention: what somebody should look at now, in sentences. queues: of the desks."""

    pairings: Sequence[PairingState]
    queues: Sequence[Queue]
    attention: Sequence[str]


async def read_overview(here: Installation, person: Person) -> Overview:
    mine = visible(here, person)
    found = await read_flows(here.pool, here.tenant)
    under_way = await desk.flowing(here.pool, here.tenant, mine)
    day = await desk.day(here.pool, here.tenant, mine)
    cases = await waiting(here.pool, here.tenant, person.grants)
    return Overview(
        pairings=[
            _pairing(name, found, under_way, day[name], cases, sells=name in here.project.sales) for name in mine
        ],
        queues=by_desk(cases),
        attention=_attention(datetime.now(UTC), found, mine),
    )


def visible(here: Installation, person: Person) -> list[str]:
    """The configured pairings that a person may see."""
    mine = pairings_of(person)
    return [name for name in here.project.pairings if mine is None or name in mine]


def known(at: datetime | None) -> datetime | None:
    """The database's "never" is None here."""
    return None if at is None or at.year < 2000 else at


def _attention(now: datetime, found: Row, mine: Sequence[str]) -> Sequence[str]:
    flows = [one for one in found["flows"] if one["pairing"] in mine]
    budgets = [{**one, "open_until": known(one["open_until"])} for one in found["budgets"]]
    return needs_attention(now, flows=flows, cases=(), budgets=budgets, audit_problem="")


def _pairing(
    name: str, found: Row, under_way: Sequence[Row], day: desk.Hours, cases: Sequence[Waiting], *, sells: bool
) -> PairingState:
    here = [one for one in cases if one.pairing == name]
    orders = [one for one in under_way if one["pairing"] == name]
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for one in orders:
        if one["value"] is not None:
            worth[one["currency"]] += one["value"]
    return PairingState(
        name=name,
        sells=sells,
        orders=sum(day.orders),
        settled=day.settled,
        waiting=_count(orders, {"waiting", "unreadable"}),
        on_the_way=_count(orders, {"captured", "posting"}),
        worth=dict(worth),
        oldest=min((one["oldest"] for one in orders), default=None),
        hours=day.orders,
        cases=sum(one.cases for one in here),
        oldest_case=min((one.oldest for one in here), default=None),
        flows=[one for one in found["flows"] if one["pairing"] == name],
    )


def _count(rows: Iterable[Row], states: Iterable[str]) -> int:
    wanted = set(states)
    return sum(one["orders"] for one in rows if one["state"] in wanted)
