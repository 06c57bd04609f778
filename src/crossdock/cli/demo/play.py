"""What every part of the demo's day works with: the estate, one pairing, and a pen to tell the story with."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.estate import DemoEstate
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.kernel import Simulator
from crossdock.store.cases import list_cases
from crossdock.store.runs import read_book
from crossdock.wiring.settling import settler
from crossdock.wiring.work import run_now

WAVES = 12
REST_DEADLINE_SECONDS = 180.0
DAY_BEGINS_MINUTES, WAVE_MINUTES = 8 * 60, 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the day's story. at: the day's own clock."""

    at: str
    pairing: str
    text: str


@dataclass(kw_only=True)
class Script:
    """What the parts of one day share. wave: of WAVES, 0 before the doors open. say: called with each line."""

    estate: DemoEstate
    seed: int
    say: Callable[[Event], None]
    wave: int = 0
    story: list[Event] = field(default_factory=list)

    def note(self, pairing: str, text: str) -> None:
        minutes = DAY_BEGINS_MINUTES + self.wave * WAVE_MINUTES
        event = Event(at=f"{minutes // 60:02d}:{minutes % 60:02d}", pairing=pairing, text=text)
        self.story.append(event)
        self.say(event)


class Play:
    """One pairing's part of the day. `trade` plays one wave; `is_settled` says whether everything has come to rest."""

    name: ClassVar[str]

    def __init__(self, script: Script) -> None:
        self.script = script
        self.estate = script.estate
        self.here = script.estate.here
        self.struck: dict[str, int] = {}

    @property
    def wave(self) -> int:
        return self.script.wave

    def systems(self) -> Sequence[Simulator]:
        """The simulators whose trouble is this part's own."""
        return ()

    async def open(self) -> None:
        """Before the doors open."""

    async def trade(self) -> None:
        """One wave."""

    async def close(self) -> None:
        """After the last wave: whatever is under way comes to its end."""

    async def is_settled(self) -> bool:
        return True

    async def documents_now(self) -> dict[str, int]:
        """documents_in, settled, waiting: how many this pairing took in and what became of them."""
        raise AssertionError(f"{type(self).__name__} must count its documents")

    def end_trouble(self) -> None:
        """Take the faults away, and remember how often each kind struck."""
        for simulator in self.systems():
            for fault in simulator.faults.faults:
                self.struck[fault.kind] = self.struck.get(fault.kind, 0) + fault.struck
            simulator.faults.reset()

    def note(self, text: str) -> None:
        self.script.note(self.name, text)

    async def run(self, flow: str) -> bool:
        """Run one flow now, as its cadence would; True when it went to its end."""
        result = await run_now(self.here, self.name, flow)
        return "problem" not in result and "skipped" not in result

    async def cases(self, kind: str | None = None, state: str = "open") -> list[CaseRow]:
        rows = await list_cases(self.here.pool, self.here.tenant, state=state, kind=kind, limit=10_000)
        return [one for one in rows if one.pairing == self.name]

    async def book(self) -> list[dict[str, Any]]:
        """This pairing's orders as Crossdock has them."""
        book = await read_book(self.here.pool, self.here.tenant)
        return [row for row in book["orders"] if row["pairing"] == self.name]

    async def refunds(self) -> list[dict[str, Any]]:
        """What came back of this pairing's orders, as Crossdock has it."""
        book = await read_book(self.here.pool, self.here.tenant)
        return [row for row in book["refunds"] if row["pairing"] == self.name]

    async def settle(
        self,
        kind: str,
        who: str,
        remedy: Remedy,
        params: Mapping[str, str] | None = None,
        reason: str = "",
        subject: str = "",
    ) -> None:
        """A person takes the oldest case of that kind, or that subject's, and the rehearsal is told with it."""
        cases = [one for one in await self.cases(kind) if subject in ("", one.subject)]
        if not cases:
            return
        case, params = cases[0], dict(params or {})
        wish = Wish(remedy=remedy, params=params, reason=reason, actor=who)
        rehearsal = await self.apply(case, wish)
        shown = " ".join(f"{name}={value}" for name, value in params.items())
        self.note(f"the {who} settles {kind} {case.subject} ({remedy} {shown}".rstrip() + f"). {rehearsal}")

    async def apply(self, case: CaseRow, wish: Wish) -> Any:
        at = settler(self.here, case.pairing)
        assert at is not None  # the demo's own pairings stay configured
        return await at.apply(case, wish)

    async def until(self, done: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + REST_DEADLINE_SECONDS
        while not await done():
            if time.monotonic() > deadline:
                self.note(f"gave up waiting until {what}")
                return
            await asyncio.sleep(0.1)
