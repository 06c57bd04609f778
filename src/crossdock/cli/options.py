"""The options every command shares, and how it gets its settings."""

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from crossdock.ports.systems import System
    from crossdock.settings.load import Sealed
    from crossdock.settings.tree import Project
    from crossdock.store.database import Pool

DEFAULT_FILE = Path("crossdock.yaml")

Config = Annotated[
    Path,
    typer.Option("--config", "-c", metavar="FILE", envvar="CROSSDOCK_CONFIG", help="The settings file."),
]
MaybeConfig = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", envvar="CROSSDOCK_CONFIG", help="The settings file."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]


def load_project(config: Path, *, sealed: "Sealed | None" = None) -> "tuple[Project, Mapping[str, System]]":
    """The settings, and the kinds of system there are. sealed: how to read what the database keeps, if not as usual.

    Raises SettingsError, BadPlugin.
    """
    from crossdock.settings.load import load
    from crossdock.wiring.secrets import read_sealed
    from crossdock.wiring.systems import known_systems

    kinds = known_systems()
    return load(config, systems=kinds, environ=os.environ, sealed=sealed or read_sealed), kinds


@contextlib.asynccontextmanager
async def pool_of(project: "Project") -> "AsyncIterator[Pool]":
    """The database alone, for a command that needs no system. Raises DatabaseUnavailable."""
    from crossdock.store.database import open_database
    from crossdock.wiring.installation import database_url

    async with open_database(database_url(project), project.data_dir, pool_max=4) as pool:
        yield pool
