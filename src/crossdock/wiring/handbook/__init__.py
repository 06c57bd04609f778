"""The handbook of a pairing: its operating manual, made from the settings in force and the very tables that run."""

from collections.abc import Collection

from crossdock.reports.manual.parts import Code, Manual, Text, joined
from crossdock.wiring.handbook.cases import cases
from crossdock.wiring.handbook.checks import checks
from crossdock.wiring.handbook.desks import desks
from crossdock.wiring.handbook.events import events
from crossdock.wiring.handbook.flows import owners, places
from crossdock.wiring.handbook.ground import Ground, read_ground
from crossdock.wiring.handbook.rules import appendix, rules
from crossdock.wiring.handbook.systems import systems
from crossdock.wiring.handbook.words import ROLES
from crossdock.wiring.installation import Installation

PAGES = (
    "/", "/cases", "/orders", "/stock", "/accounts", "/mappings", "/systems", "/reconciliation", "/month-end", "/audit",
    "/handbook", "/settings",
)  # fmt: skip
"""Those that every console has. `tests/wiring/test_handbook.py` holds them against its menu."""


async def handbook(here: Installation, name: str, *, console: str = "", pages: Collection[str] = PAGES) -> Manual:
    """console: its address, for links; else where it listens. pages: those the console has."""
    ground, there = await read_ground(here, name), frozenset(pages)
    http = here.project.http
    return Manual(
        title=f"Handbook of {name}",
        subtitle=_subtitle(ground),
        made_at=ground.now,
        console=(console or f"http://{http.host}:{http.port}").rstrip("/"),
        facts=_facts(ground),
        chapters=[
            owners(ground), places(ground), rules(ground), checks(ground, there), cases(ground), desks(ground),
            events(ground, there), systems(ground), appendix(ground),
        ],
    )  # fmt: skip


def _subtitle(ground: Ground) -> str:
    far, erp = (ground.kinds[role].title for role in ground.settings.ROLES)
    return f"{far} with {erp}: who owns what, how it flows, what to look at, and what to do."


def _facts(ground: Ground) -> list[tuple[str, Text]]:
    roles: list[tuple[str, Text]] = [(ROLES[role], Code(ground.system(role))) for role in ground.settings.ROLES]
    return [
        *roles,
        ("flows", joined([Code(flow) for flow in ground.settings.runs()])),
        ("installation", ground.project.tenant),
        ("desks", ", ".join(str(one.desk) for one in ground.desks)),
    ]
