"""A compressed trading day: every pairing plays its part at once, and at the end the laws are judged from outside."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from crossdock.cases.kinds import KINDS
from crossdock.cli.demo.akeneo_khaos import AkeneoKhaos
from crossdock.cli.demo.estate import DemoEstate
from crossdock.cli.demo.judging import judge_all
from crossdock.cli.demo.oro_khaos import OroKhaos
from crossdock.cli.demo.oro_prima import OroPrima
from crossdock.cli.demo.play import WAVES, Event, Play, Script
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scayle_khaos import ScayleKhaos
from crossdock.cli.demo.wair_khaos import WairKhaos
from crossdock.ports.case_book import CaseRow
from crossdock.store import audit
from crossdock.store.cases import list_cases
from crossdock.store.runs import read_book, read_status

SCAYLE_SHARE, PRIMA_SHARE = 0.2, 0.15  # of the day's orders; the trade shop has the rest


@dataclass(kw_only=True)
class Day:
    """What the day came to. Everything but `story` is what `--json` prints."""

    orders: Mapping[str, int]
    stock: Mapping[str, int]
    despatches: Mapping[str, int]
    cases: Mapping[str, int]
    open_cases: list[Mapping[str, Any]]
    kinds_not_seen: list[str]
    laws: Mapping[str, Mapping[str, Any]]
    pairings: list[Mapping[str, Any]]
    trouble: Mapping[str, int]
    seconds: float
    story: list[Event] = field(default_factory=list)

    def public(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "story"}


class TradingDay:
    """Plays waves of orders and what happens around them. say: called with each line of the story as it is written."""

    def __init__(self, estate: DemoEstate, *, orders: int, seed: int, say: Callable[[Event], None]) -> None:
        self.estate = estate
        self.script = Script(estate=estate, seed=seed, say=say)
        home, outlet = round(orders * SCAYLE_SHARE), round(orders * PRIMA_SHARE)
        trade = max(1, orders - home - outlet)
        self.plays: Sequence[Play] = (
            OroKhaos(self.script, orders=trade),
            ScayleKhaos(self.script, orders=home),
            OroPrima(self.script, orders=outlet),
            AkeneoKhaos(self.script),
            WairKhaos(self.script),
        )

    async def play(self) -> Day:
        began = time.monotonic()
        work = asyncio.create_task(self.estate.worker.run())
        try:
            await self._all(Play.open)
            for wave in range(1, WAVES + 1):
                self.script.wave = wave
                await self._all(Play.trade)
            for play in self.plays:
                play.end_trouble()
            await self._all(Play.close)
            return await self._reckon(time.monotonic() - began)
        finally:
            self.estate.worker.stop()
            await asyncio.wait_for(work, timeout=30)

    async def _all(self, part: Callable[[Play], Any]) -> None:
        await asyncio.gather(*(getattr(play, part.__name__)() for play in self.plays))

    async def _reckon(self, seconds: float) -> Day:
        here = self.estate.here
        while await audit.seal(here.pool, here.tenant):
            pass
        book = {**await read_book(here.pool, here.tenant), "audit": asdict(await audit.verify(here.pool, here.tenant))}
        cases = await list_cases(here.pool, here.tenant, limit=10_000)
        flows = (await read_status(here.pool, here.tenant))["flows"]
        sales = [play for play in self.plays if isinstance(play, SalesPlay)]
        states = [(play.shop_state(), play.erp_state()) for play in sales]
        counts = [_orders(play, *state, book["orders"]) for play, state in zip(sales, states, strict=True)]
        laws = judge_all(self.estate, book)
        struck = sum((Counter(play.struck) for play in self.plays), Counter[str]())
        return Day(
            orders=_sum(counts),
            stock={
                "published": sum(len(shop["inventory_writes"]) for shop, _ in states),
                "oversold": _oversold(sales),
            },
            despatches={"published": sum(1 for row in book["despatches"] if row["state"] == "published")},
            cases=dict(sorted(Counter(one.kind for one in cases).items())),
            open_cases=[_public(one) for one in cases if one.state == "open"],
            kinds_not_seen=sorted(set(KINDS) - {one.kind for one in cases}),
            laws=laws,
            pairings=[await self._pairing(play, cases, flows) for play in self.plays],
            trouble=dict(sorted(struck.items())),
            seconds=round(seconds, 1),
            story=self.script.story,
        )

    async def _pairing(
        self, play: Play, cases: Sequence[CaseRow], flows: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        project = self.estate.here.project
        settings = project.pairings[play.name]
        mine = [one for one in cases if one.pairing == play.name]
        return {
            "name": play.name,
            "systems": [project.systems[name].kind for name in settings.systems()],
            "flows": [str(flow) for flow in settings.runs()],
            "flows_run": sorted(row["flow"] for row in flows if row["pairing"] == play.name and row["ended_at"]),
            **await play.documents_now(),
            "cases": dict(sorted(Counter(one.kind for one in mine).items())),
            "open_cases": sum(1 for one in mine if one.state == "open"),
        }


def _public(one: CaseRow) -> dict[str, Any]:
    return {
        "id": one.id, "pairing": one.pairing, "kind": one.kind, "desk": one.desk, "subject": one.subject,
        "records": one.records, "cause": one.cause,
    }  # fmt: skip


def _oversold(sales: Sequence[SalesPlay]) -> int:
    """Each system counts once, however many pairings it is in."""
    states = {play.shop_name: play.shop_state() for play in sales} | {play.erp_name: play.erp_state() for play in sales}
    return sum(len(state["oversold"]) for state in states.values())


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(one[name] for one in counts) for name in counts[0]}


def _orders(
    play: SalesPlay, shop: Mapping[str, Any], erp: Mapping[str, Any], book: Sequence[Mapping[str, Any]]
) -> dict[str, int]:
    """Counted from what the simulators hold."""
    sold = {order["identifier"]: order["id"] for order in shop["orders"] if order["placed_by"] == "shopper"}
    made = Counter(order["associated_ref"] for order in erp["orders"] if order["associated_ref"] in sold)
    rows = {row["storefront_id"]: row for row in book if row["pairing"] == play.name}
    unposted = [rows.get(storefront_id) for ref, storefront_id in sold.items() if ref not in made]
    waiting = sum(1 for row in unposted if row is not None and row["open_cases"])
    withdrawn = sum(1 for row in unposted if row is not None and row["state"] in ("withdrawn", "set_aside"))
    return {
        "captured": len(rows),
        "posted": len(made),
        "waiting": waiting,
        "withdrawn": withdrawn,
        "lost": len(unposted) - waiting - withdrawn,
        "duplicated": sum(1 for count in made.values() if count > 1),
    }
