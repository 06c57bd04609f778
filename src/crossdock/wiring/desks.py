"""The desks: what each owns, who is behind it, and how it is reached. Read by the console, alerts and the handbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossdock.cases.kind import CaseKind, Desk
from crossdock.cases.kinds import KINDS
from crossdock.decide.contacts import Contact, contact_problem
from crossdock.decide.rights import SETTLES
from crossdock.settings.tree import DeskSettings
from crossdock.store.desks import ContactRow, read_contacts, set_contact
from crossdock.store.people import PersonRow, PgPeople
from crossdock.wiring.installation import Installation


class ContactRefused(Exception):
    """It was not stored; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFile:
    """contact: what was said in the console, else what the settings say. people: whoever may settle its cases and is
    not disabled. members: the addresses in the settings."""

    desk: Desk
    team: str
    contact: Contact
    said: ContactRow | None
    kinds: Sequence[CaseKind]
    people: Sequence[PersonRow]
    members: Sequence[str]


async def read_desks(here: Installation) -> Sequence[DeskFile]:
    """All desks, in their order."""
    said = await read_contacts(here.pool, here.tenant)
    people = [one for one in await PgPeople(here.pool, here.tenant).list() if one.disabled_at is None]
    return [_file(desk, here.project.desks.get(desk, DeskSettings()), said.get(desk), people) for desk in Desk]


async def contacts(here: Installation) -> Mapping[Desk, Contact]:
    """How each desk is reached, for whoever must write to it."""
    said = await read_contacts(here.pool, here.tenant)
    return {desk: _contact(here.project.desks.get(desk, DeskSettings()), said.get(desk)) for desk in Desk}


async def say_contact(here: Installation, desk: str, contact: Contact, *, actor: str) -> bool:
    """False: it stood so already. Raises ContactRefused."""
    if desk not in list(Desk):
        raise ContactRefused(f"there is no desk {desk!r}")
    if problem := contact_problem(contact):
        raise ContactRefused(problem)
    return await set_contact(here.pool, here.tenant, desk, contact, actor=actor)


def _file(desk: Desk, settings: DeskSettings, said: ContactRow | None, people: Sequence[PersonRow]) -> DeskFile:
    mine = [
        one for one in people
        if any(grant.role in SETTLES and grant.desk in ("", desk) for grant in one.grants)
    ]  # fmt: skip
    return DeskFile(
        desk=desk, team=settings.team or desk, contact=_contact(settings, said), said=said,
        kinds=[kind for kind in KINDS.values() if kind.desk is desk], people=mine, members=settings.people,
    )  # fmt: skip


def _contact(settings: DeskSettings, said: ContactRow | None) -> Contact:
    """What was said in the console stands as a whole: a field left empty there is empty. Else the settings: the first
    member's address, and whoever is told of what is overdue, which may be words there."""
    if said is not None:
        return said.contact
    return Contact(
        words=settings.team, address=settings.people[0] if settings.people else "", escalation=settings.escalation
    )
