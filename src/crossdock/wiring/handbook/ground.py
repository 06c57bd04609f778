"""What every chapter of a handbook is made from, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossdock.decide.rights import Role
from crossdock.engine.worker import Cadence
from crossdock.ports.systems import System
from crossdock.settings.notes import notes
from crossdock.settings.pairing import AnyPairing
from crossdock.settings.tree import Project
from crossdock.store.people import PersonRow, PgPeople
from crossdock.store.sql import statements
from crossdock.wiring.desks import DeskFile, read_desks
from crossdock.wiring.installation import Installation
from crossdock.wiring.work import cadences

SQL = statements("handbook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """kinds: the kind of each system of the pairing, by role, able to do what its settings switch on. every: its runs.
    maps: how many entries each code map holds, and who touched it last. notes: what its flows do without."""

    name: str
    settings: AnyPairing
    project: Project
    kinds: Mapping[str, System]
    every: Sequence[Cadence]
    maps: Sequence[Mapping[str, Any]]
    desks: Sequence[DeskFile]
    admins: Sequence[PersonRow]
    notes: Sequence[str]
    now: datetime

    def system(self, role: str) -> str:
        """The name of the system in that role."""
        return str(getattr(self.settings, role))

    @property
    def far(self) -> str:
        """The role of the side that is not the ERP."""
        return self.settings.ROLES[0]


async def read_ground(here: Installation, name: str) -> Ground:
    settings = here.project.pairings[name]
    people = [one for one in await PgPeople(here.pool, here.tenant).list() if one.disabled_at is None]
    rows = await here.pool.fetch(SQL["maps"], here.tenant, name)
    return Ground(
        name=name,
        settings=settings,
        project=here.project,
        kinds={role: here.kind_of(getattr(settings, role)) for role in settings.ROLES},
        every=[one for one in cadences(here) if one.pairing == name],
        maps=[dict(row) for row in rows],
        desks=await read_desks(here),
        admins=[one for one in people if any(grant.role is Role.ADMIN and grant.everything for grant in one.grants)],
        notes=[one.removeprefix(f"{name}: ") for one in notes(here.project, here.kinds) if one.startswith(f"{name}: ")],
        now=await here.pool.fetchval("select now()"),
    )
