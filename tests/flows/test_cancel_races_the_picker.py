"""Cancel racing the picker, a thousand times (law L6): never shipped after an accepted cancel, never cancelled after
picking began.

The picker gets a turn before and after every call that reaches the ERP, so the two meet in every order there is. What
happens to an order hangs on the seed and its number alone, not on how fast anything is.
"""

import random
from collections import Counter
from typing import Any

from aiohttp import web

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.khaos_control.soap import Call
from tests.flows.conftest import Opener
from tests.world import PLENTY, World

RACES, SEED = 1000, 20261121
STEPS = ("pick", "pack", "despatch")
QUICK = {"budget": {"concurrency": 24, "requests_per_second": 10_000, "breaker_failures": 10_000}}


class Floor:
    """The warehouse, with a mind of its own about every order. seen: what happened to each, in order."""

    def __init__(self, erp: KhaosControlSimulator) -> None:
        self.erp = erp
        self.open = False
        self.minds: dict[str, random.Random] = {}
        self.done: Counter[str] = Counter()
        self.seen: dict[str, list[str]] = {}

    def mind(self, ref: str) -> random.Random:
        return self.minds.setdefault(ref, random.Random(f"{SEED}/{ref}"))

    def turn(self, ref: str) -> None:
        """Sometimes nothing, sometimes the next step or two."""
        mind = self.mind(ref)
        while mind.random() < 0.22 and self.done[ref] < len(STEPS):
            step = STEPS[self.done[ref]]
            acts = self.erp.acts()
            try:
                if step == "pack":
                    acts["stage"](ref=ref, stage_id=13)
                else:
                    acts[step](ref=ref)
            except ActError:
                self.note(ref, f"{step}: nothing there")
                self.done[ref] = len(STEPS)
                return
            self.done[ref] += 1
            self.note(ref, step)

    def note(self, ref: str, what: str) -> None:
        self.seen.setdefault(ref, []).append(what)


class RacingKhaos(KhaosControlSimulator):
    """A Khaos Control whose floor works between any two calls, and whose line goes dead now and then."""

    floor: Floor

    def load(self) -> None:
        super().load()
        self.floor = Floor(self)

    async def _soap(self, request: web.Request) -> web.Response:
        ref = _meant(await request.text()) if self.floor.open else ""
        if not ref:
            return await super()._soap(request)
        mind = self.floor.mind(ref)
        self.floor.turn(ref)
        is_cancel = self.label(request) == "SOAP CancelOrder"
        if is_cancel and mind.random() < 0.1:
            self.floor.note(ref, "request lost")
            return _dead(request)
        answer = await super()._soap(request)
        if is_cancel:
            self.floor.note(ref, "asked to cancel")
        self.floor.turn(ref)
        if is_cancel and mind.random() < 0.15:
            self.floor.note(ref, "reply lost")
            return _dead(request)
        return answer

    def _answer(self, call: Call, request: web.Request) -> str:
        before = len(self.store.changes)
        text = super()._answer(call, request)
        for change in self.store.changes[before:]:
            self.floor.note(str(change["ref"]), "cancelled")
        return text


def _meant(body: str) -> str:
    """The order a call is about, where it is about one."""
    for name in ("AssociatedRef", "IDs"):
        start = body.find(f"<{name}")
        if start >= 0:
            said = body[body.find(">", start) + 1 : body.find(f"</{name}", start)]
            return said if "," not in said else ""
    return ""


def _dead(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def test_cancel_racing_the_picker_a_thousand_times(opened: Opener) -> None:
    """Never shipped after an accepted cancel, never cancelled after picking began, and everybody told the same."""
    async with opened(
        erp={"optional_operations": ["CancelOrder"]}, erp_class=RacingKhaos,
        system={"khaos": {"optional": {"cancel_order": True}, "settle_seconds": 1, **QUICK}},
    ) as world:  # fmt: skip
        await world.erp.act("goods_in", {"sku": PLENTY, "quantity": RACES})
        refs = [await world.sell((PLENTY, 1), force=True) for _ in range(RACES)]
        await world.deliver()
        assert {row["state"] for row in await rows(world, "select state from sales_order")} == {"posted"}
        for ref in refs:
            await world.shop.act("cancel_order", {"order": ref})
        world.erp.floor.open = True
        for ref in refs:
            world.erp.floor.turn(ref)
        await world.deliver()
        for _ in range(20):
            if not await rows(world, "select 1 from order_change where state in ('asked', 'sending', 'answering')"):
                break
            await world.pass_time(60)
        world.erp.floor.open = False
        await judge(world, refs)


async def judge(world: World, refs: list[str]) -> None:
    seen, theirs = world.erp.floor.seen, {one["associated_ref"]: one for one in world.erp.state()["orders"]}
    for ref in refs:
        story = seen.get(ref, [])
        if "cancelled" in story:
            assert not set(STEPS) & set(story), (ref, story)  # nothing was picked before it, nothing left after it
        assert ("cancelled" in story) == (theirs[ref]["cancelled"] is not None), (ref, story)
        assert story.count("cancelled") <= 1
    found = await rows(
        world, "select o.ref, o.state, c.state as change from sales_order o join order_change c on c.order_id = o.id"
    )
    said = {row["ref"]: (row["state"], row["change"]) for row in found}
    assert len(said) == RACES
    for ref in refs:
        expected = ("cancelled", "applied") if theirs[ref]["cancelled"] else ("posted", "refused")
        assert said[ref] == expected, (ref, seen.get(ref))
    ends = Counter(said.values())
    assert min(ends.values()) > RACES / 5, ends  # both ends came often, or nothing was proved
    lost = Counter(note for story in seen.values() for note in story if note.endswith("lost"))
    assert min(lost["request lost"], lost["reply lost"]) > RACES / 50, lost
    (case,) = {one.kind for one in await world.cases()}
    assert case == "change-refused-picking"
    assert (await world.broken_laws()).get("L6") is None


async def rows(world: World, query: str) -> list[Any]:
    return list(await world.here.pool.fetch(query))
