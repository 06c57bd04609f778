"""What people do from the case of a target that cannot be told: send what waits once more."""

from dataclasses import dataclass

from crossdock.cases.kind import Remedy
from crossdock.cases.kinds import ALERT_UNDELIVERABLE
from crossdock.flows.wish import Rehearsal, RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.settings.tree import Project
from crossdock.store.cases import PgCaseBook
from crossdock.store.database import Pool
from crossdock.wiring.alert_delivery import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What belongs to no pairing, and has cases all the same."""

    delivery: Delivery

    @property
    def cases(self) -> PgCaseBook:
        return self.delivery.cases

    async def rehearse(self, case: CaseRow, wish: Wish) -> Rehearsal:
        """Changes nothing. Raises RemedyRefused."""
        if case.kind != ALERT_UNDELIVERABLE.code or wish.remedy is not Remedy.RETRY:
            raise RemedyRefused(f"{wish.remedy} is no remedy of {case.kind}.")
        if case.state != "open":
            raise RemedyRefused(f"Case {case.id} is closed already.")
        waiting = await self.delivery.given_up(case.subject)
        return Rehearsal(held=waiting, would={"be sent again": waiting})

    async def apply(self, case: CaseRow, wish: Wish) -> Rehearsal:
        """What was given up is due again; the case closes with the first that goes through."""
        rehearsal = await self.rehearse(case, wish)
        await self.cases.note(case.id, str(wish.remedy), {"rehearsal": str(rehearsal)}, actor=wish.actor)
        await self.delivery.try_again(case.subject)
        return rehearsal


def house(pool: Pool, project: Project) -> House:
    return House(delivery=Delivery(pool, project))
