"""Page name → its text. A test holds each against the file in docs/reference."""

from collections.abc import Callable, Mapping
from pathlib import Path

from crossdock.reference.api import api_page, description
from crossdock.reference.cases import cases_page
from crossdock.reference.checks import checks_page
from crossdock.reference.commands import commands_page
from crossdock.reference.controls import controls_page
from crossdock.reference.lifecycle import lifecycle_page
from crossdock.reference.personal import personal_page
from crossdock.reference.sandbox import sandbox_page
from crossdock.reference.systems import systems_page
from crossdock.reference.tables import tables_page
from crossdock.settings.reference import reference_page
from crossdock.wiring.systems import known_systems

PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": api_page,
    "cases.md": cases_page,
    "checks.md": checks_page,
    "commands.md": commands_page,
    "controls.md": controls_page,
    "database.md": tables_page,
    "lifecycle.md": lifecycle_page,
    "openapi.json": description,
    "personal-data.md": personal_page,
    "sandbox.md": sandbox_page,
    "settings.md": lambda: reference_page(known_systems()),
    "systems.md": systems_page,
}


def write_pages(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), "utf-8")
    return [folder / name for name in PAGES]
