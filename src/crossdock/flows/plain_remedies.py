"""What people do from the cases of a pairing that captures no orders, and what the machine does when a cause is gone.

As `remedies`, which adds orders to it: a remedy is told beforehand, written with who and why, and everything held is
looked at again with the facts as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from crossdock.cases.kind import Remedy
from crossdock.decide.mappings import MAPS, map_value
from crossdock.flows.held_records import RecordKind, by_kind
from crossdock.flows.pairing import Ground, Result
from crossdock.flows.remedies import check_wish, map_key, why
from crossdock.flows.wish import Rehearsal, Wish
from crossdock.model.code_map import MapKind
from crossdock.model.faults import RemoteFault
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.systems import ItemSource

G = TypeVar("G", bound=Ground)
AGAIN = "be looked at again"
ASKED_BY_NAME = frozenset({"stock-code-unknown", "item-invalid-for-erp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies(Generic[G]):
    """Those of one kind of pairing. records: name of the record that cases hold → what can be done about it."""

    records: Mapping[str, RecordKind[G]]

    async def rehearse(self, pairing: G, case: CaseRow, wish: Wish) -> Rehearsal:
        """What would come of everything held. Changes nothing. Raises RemedyRefused."""
        await check_wish(pairing, case, wish)
        held = await pairing.cases.held(case.id)
        would: dict[str, int] = {}
        for name, records in by_kind(held, self.records).items():
            for words, count in (await self._foresee(name, pairing, case, records, wish)).items():
                would[words] = would.get(words, 0) + count
        return Rehearsal(held=len(held), would=would or {AGAIN: len(held)})

    async def _foresee(
        self, name: str, pairing: G, case: CaseRow, records: Sequence[Held], wish: Wish
    ) -> Mapping[str, int]:
        foresee = self.records[name].foresee
        return {AGAIN: len(records)} if foresee is None else await foresee(pairing, case, records, wish)

    async def apply(self, pairing: G, case: CaseRow, wish: Wish) -> Rehearsal:
        """Rehearse, write the change with who and why, then look again at everything held. Returns the rehearsal."""
        rehearsal = await self.rehearse(pairing, case, wish)
        if wish.remedy is Remedy.MAP_CODE:
            await _map(pairing, case, wish)
        for name, records in by_kind(await pairing.cases.held(case.id), self.records).items():
            if (settle := self.records[name].settle.get(wish.remedy)) is not None:
                await settle(pairing, case, records, wish)
        detail = {"params": dict(wish.params), "reason": wish.reason, "rehearsal": str(rehearsal)}
        await pairing.cases.note(case.id, str(wish.remedy), detail, actor=wish.actor)
        await pairing.cases.unstick(case.id)
        await self.recheck(pairing, case.id, actor=wish.actor)
        return rehearsal

    async def recheck(self, pairing: G, case_id: int, *, actor: str = "crossdock") -> int:
        """Look again at every record a case holds, with today's facts. Returns how many it let go."""
        case = await pairing.cases.find_case(case_id)
        if case is None or case.state != "open":
            return 0
        await _ask_by_name(pairing, case)
        held = [one for one in await pairing.cases.held(case_id) if not one.sticky]
        for name, records in by_kind(held, self.records).items():
            for one in records:
                await self.records[name].recheck(pairing, one, actor)
        await pairing.cases.checked(case_id)
        return len(held) - sum(1 for one in await pairing.cases.held(case_id) if not one.sticky)

    async def recheck_due(self, pairing: G) -> Result:
        """Every open case in turn: whose cause went away without anybody telling us?"""
        due = await pairing.cases.to_recheck(
            50, older_than_seconds=pairing.recheck_every_seconds, records=list(self.records)
        )
        freed = 0
        for case_id in due:
            freed += await self.recheck(pairing, case_id)
        return {"cases": len(due), "freed": freed}


async def _map(pairing: Ground, case: CaseRow, wish: Wish) -> None:
    kind, items = MAPS[case.kind], pairing.of_erp(ItemSource)
    if kind is MapKind.SKU and items is not None:
        await pairing.reference.store_items(await items.find_items([wish.params["code"]]))
    value = map_value(kind, wish.params)
    key = map_key(case, wish.params)
    await pairing.reference.map_code(kind, key, value, actor=wish.actor, reason=why(case, wish))


async def _ask_by_name(pairing: Ground, case: CaseRow) -> None:
    """The cause may have gone over there: ask before deciding with what we remember."""
    if (items := pairing.of_erp(ItemSource)) is None or case.kind not in ASKED_BY_NAME:
        return
    try:
        await pairing.reference.store_items(await items.find_items([case.subject]))
    except RemoteFault:
        return  # decided with what we know; the next re-check asks again
