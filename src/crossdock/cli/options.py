"""The options every command shares, and how it gets its settings."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crossdock.ports.systems import System
    from crossdock.settings.load import Sealed
    from crossdock.settings.tree import Project

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
