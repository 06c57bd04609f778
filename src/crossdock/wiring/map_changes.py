"""A change to code maps, by a person: its effect told before it is saved, and what waits for it looked at again after.

A change of one entry and a file of thousands go the same way. What each entry said when the person looked is part of
the wish: when somebody changed one of them meanwhile, nothing is written and the person is told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from crossdock.cases.kind import Remedy, Severity
from crossdock.cases.kinds import PRICE_LIST_UNMAPPED
from crossdock.decide.mappings import MAPS, MapChange, tail_of
from crossdock.flows.held_records import by_kind
from crossdock.flows.pairing import Ground, Pairing
from crossdock.flows.plain_remedies import AGAIN
from crossdock.flows.price_publication import foresee_list
from crossdock.flows.remedies import count_decisions
from crossdock.flows.wish import Rehearsal, RemedyRefused, Wish
from crossdock.model.code_map import MapKind
from crossdock.model.stock import StockItem
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.systems import ItemSource
from crossdock.store.mappings import (
    Moved,
    by_map,
    cases_about,
    cases_holding,
    listings,
    open_orders,
    save_maps,
    unknown_codes,
)
from crossdock.store.reference import PgReferenceBook
from crossdock.store.rehearsal import forgetting
from crossdock.store.scope import Scope
from crossdock.wiring.installation import Installation
from crossdock.wiring.settling import Looker, looker

OTHERS_MAX = 500  # open orders that do not wait for these entries, and are decided all the same to tell what changes
CASES_MAX = 50
NONE = Rehearsal(held=0)


class MapsChanged(RemedyRefused):
    """Somebody changed an entry since the person looked at it; nothing was written. moved: those entries."""

    def __init__(self, moved: Sequence[Moved]) -> None:
        self.moved = moved
        said = "; ".join(_who(one) for one in moved[:5]) or "the mappings are not what they were when you looked"
        super().__init__(f"{said}. Look again before you change them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change would do. held: what waits for these entries. now, then: what becomes of open orders that use them
    and do not wait for them, as things are and after the change. more: there are more of those than were tried.
    elsewhere: what else would come of it, in words → how many."""

    held: Rehearsal
    now: Rehearsal = NONE
    then: Rehearsal = NONE
    more: bool = False
    elsewhere: Mapping[str, int] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        found = [str(self.held) if self.held.held else "Nothing waits for it."]
        if self.then.held:
            others = f"the first {self.then.held}" if self.more else str(self.then.held)
            found.append(f"Of {others} other open orders that use it: {_tell(self.then)}")
            found.append("Nothing changes for them." if self.now == self.then else f"As things are: {_tell(self.now)}")
        return found + [f"{what}: {count}." for what, count in sorted(self.elsewhere.items()) if count]

    def __str__(self) -> str:
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Everything that a change concerns. items: those of the ERP that we had not heard of."""

    at: Looker
    changes: Sequence[MapChange]
    items: Sequence[StockItem]
    cases: Sequence[tuple[CaseRow, Sequence[Held]]]
    others: Sequence[int]
    more: bool

    @property
    def held(self) -> Mapping[tuple[str, int], Held]:
        return {(one.record, one.record_id): one for _, held in self.cases for one in held}


async def rehearse_changes(here: Installation, pairing: str, changes: Sequence[MapChange], *, actor: str) -> Effect:
    """What would happen: the change is made and every record it concerns decided, in a transaction that is rolled
    back. Raises RemedyRefused, MapsChanged."""
    return await _effect(here, await _plan(here, pairing, changes), actor)


async def save_changes(
    here: Installation, pairing: str, changes: Sequence[MapChange], *, actor: str, reason: str
) -> Effect:
    """Rehearse, write all of it or nothing with who and why, then look again at everything it concerns.

    Raises RemedyRefused, MapsChanged.
    """
    if not reason.strip():
        raise RemedyRefused("a change of a mapping needs a reason: it is what the next person will read")
    plan = await _plan(here, pairing, changes)
    effect = await _effect(here, plan, actor)
    book, scope = plan.at.pairing.reference, scope_of(plan.at.pairing)
    if plan.items:
        await book.store_items(plan.items)
    if moved := await save_maps(
        scope, changes, actor=actor, reason=reason.strip(), detail={"rehearsal": str(effect)}
    ):  # fmt: skip
        raise MapsChanged(moved)
    if any(one.kind is MapKind.SKU for one in changes):
        await book.share_out()
    await _look_again(plan, scope, actor, reason.strip())
    return effect


def ground_of(here: Installation, pairing: str) -> Looker:
    """Raises RemedyRefused: the settings have no such pairing."""
    if (at := looker(here, pairing)) is None:
        raise RemedyRefused(f"the settings have no pairing {pairing!r}")
    return at


def scope_of(ground: Ground) -> Scope:
    """Where the pairing's memory is kept."""
    return cast("PgReferenceBook", ground.reference).scope


async def _plan(here: Installation, pairing: str, changes: Sequence[MapChange]) -> _Plan:
    if not changes:
        raise RemedyRefused("nothing is to be changed")
    at = ground_of(here, pairing)
    scope = scope_of(at.pairing)
    items = await _items(at.pairing, scope, changes)
    book = at.pairing.cases
    about = [await book.find_case(case_id) for case_id in await cases_about(scope, changes)]
    cases = [(case, await book.held(case.id)) for case in about if case is not None]
    waiting = {one.record_id for _, held in cases for one in held if one.record == "order"}
    using = [
        one for one in await open_orders(scope, changes, limit=OTHERS_MAX + len(waiting) + 1) if one not in waiting
    ]
    others = using[:OTHERS_MAX] if isinstance(at.pairing, Pairing) else []
    return _Plan(at=at, changes=changes, items=items, cases=cases, others=others, more=len(using) > len(others))


async def missing_items(
    ground: Ground, scope: Scope, changes: Sequence[MapChange]
) -> tuple[Sequence[StockItem], Sequence[str]]:
    """Stock codes that these entries name and we never heard of: the items of those that the ERP holds, and the codes
    of those it does not."""
    codes = {one.value["code"] for one in changes if one.kind is MapKind.SKU and one.value is not None}
    unknown = await unknown_codes(scope, sorted(codes)) if codes else ()
    source = ground.of_erp(ItemSource)
    found = await source.find_items(unknown) if unknown and source is not None else ()
    held = {one.code.casefold() for one in found}
    return found, [code for code in unknown if code.casefold() not in held]


async def _items(ground: Ground, scope: Scope, changes: Sequence[MapChange]) -> Sequence[StockItem]:
    """A mapping to what is not there would only move the problem."""
    found, missing = await missing_items(ground, scope, changes)
    if missing:
        names = ", ".join(repr(code) for code in missing[:10]) + (" and others" if len(missing) > 10 else "")
        raise RemedyRefused(f"the ERP holds no stock item {names}; give one it holds")
    return found


async def _effect(here: Installation, plan: _Plan, actor: str) -> Effect:
    would, elsewhere = await _foreseen(plan, actor), await _elsewhere(plan, actor)
    ground, held = plan.at.pairing, plan.held
    if not isinstance(ground, Pairing):
        async with forgetting(here.pool) as pool:
            await _pretend(replace(scope_of(ground), pool=pool), plan)
        return Effect(held=Rehearsal(held=len(held), would=would or {AGAIN: len(held)}), elsewhere=elsewhere)
    orders = [number for record, number in held if record == "order"]
    now = NONE
    if plan.others:
        async with ground.rehearsal() as stage:
            now = await count_decisions(stage, plan.others, len(plan.others), {})
    async with ground.rehearsal() as stage:
        if plan.items:
            await stage.reference.store_items(plan.items)
        await _pretend(scope_of(stage), plan)
        then = await count_decisions(stage, plan.others, len(plan.others), {})
        waiting = await count_decisions(stage, orders, len(held), would)
    return Effect(held=waiting, now=now, then=then, more=plan.more, elsewhere=elsewhere)


async def _pretend(scope: Scope, plan: _Plan) -> None:
    if moved := await save_maps(scope, plan.changes, actor="rehearsal", reason="", detail={}):
        raise MapsChanged(moved)


async def _foreseen(plan: _Plan, actor: str) -> dict[str, int]:
    """What would come of everything held that is not an order, as words → how many."""
    would: Counter[str] = Counter()
    for case, held in plan.cases:
        wish = _wish(case, plan.changes, actor)
        for name, records in by_kind(held, plan.at.records).items():
            foresee = plan.at.records[name].foresee
            if foresee is None or wish is None:
                would[AGAIN] += len(records)
            else:
                would.update(await foresee(plan.at.pairing, case, records, wish))
    return dict(would)


async def _elsewhere(plan: _Plan, actor: str) -> Mapping[str, int]:
    """What a change does beyond the orders: what the storefront shows."""
    ground, found = plan.at.pairing, Counter[str]()
    if not isinstance(ground, Pairing):
        return found
    for kind, keys in by_map(plan.changes).items():
        if kind in (MapKind.SKU, MapKind.UNIT) and "stock-publication" in ground.flows:
            words = "Stock levels of the storefront to be worked out anew"
            found[words] = max(found[words], await listings(scope_of(ground), kind, keys))
    for one in plan.changes:
        if one.kind is MapKind.PRICE_LIST and one.value is not None:
            case = _as_if(ground, one.key)
            wish = Wish(remedy=Remedy.MAP_CODE, params=one.value, actor=actor)
            for words, count in (await foresee_list(ground, case, (), wish)).items():
                found[f"Prices that would {words}"] += count
    return found


def _as_if(ground: Pairing, key: str) -> CaseRow:
    """The case that there would be if nobody had mapped this price list."""
    kind, now = PRICE_LIST_UNMAPPED, ground.clock.now()
    return CaseRow(
        id=0, pairing=ground.name, kind=kind.code, subject=key, state="open", desk=str(kind.desk),
        severity=str(Severity.HIGH), cause="", opened_at=now, due_at=now,
    )  # fmt: skip


async def _look_again(plan: _Plan, scope: Scope, actor: str, reason: str) -> None:
    """As a remedy does, in every case about these entries; and in those that hold other orders that use them."""
    about = {case.id for case, _ in plan.cases}
    for case, held in plan.cases:
        wish = _wish(case, plan.changes, actor)
        for name, records in by_kind(held, plan.at.records).items():
            if wish is not None and (settle := plan.at.records[name].settle.get(Remedy.MAP_CODE)) is not None:
                await settle(plan.at.pairing, case, records, wish)
        detail = {"params": dict(wish.params) if wish else {}, "reason": reason, "where": "mappings"}
        await plan.at.pairing.cases.note(case.id, str(Remedy.MAP_CODE), detail, actor=actor)
        await plan.at.pairing.cases.unstick(case.id)
        await plan.at.recheck(case.id, actor=actor)
    for case_id in await cases_holding(scope, plan.others, limit=CASES_MAX) if plan.others else ():
        if case_id not in about:
            await plan.at.recheck(case_id, actor=actor)


def _wish(case: CaseRow, changes: Sequence[MapChange], actor: str) -> Wish | None:
    """The remedy that the change comes to in a case; None where it takes an entry away."""
    wanted = [
        one for one in changes if one.kind is MAPS[case.kind] and one.key in (case.subject, tail_of(case.subject))
    ]
    closest = max(wanted, key=lambda one: len(one.key), default=None)
    if closest is None or closest.value is None:
        return None
    return Wish(remedy=Remedy.MAP_CODE, params=closest.value, actor=actor)


def _tell(one: Rehearsal) -> str:
    """Without how many there are: that was said before."""
    return str(one).partition(": ")[2]


def _who(one: Moved) -> str:
    by = f" by {one.actor}" if one.actor else ""
    return f"{one.key} ({one.kind}) was changed{by}" + (f" at {one.at:%Y-%m-%d %H:%M} UTC" if one.at else " meanwhile")
