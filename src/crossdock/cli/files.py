"""`crossdock init` and `crossdock check`: the settings file, made and judged."""

from pathlib import Path
from typing import Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, MaybeConfig
from crossdock.cli.output import say, show, show_json, write
from crossdock.cli.told import BAD_INPUT, PROBLEMS
from crossdock.cli.words import one_of


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the installation shall live.")],
    extra: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="SYSTEM", help="Begin with this system too, or with all; may be repeated."),
    ] = None,
    pairing: Annotated[
        list[str] | None,
        typer.Option("--pairing", metavar="NAME", help="Begin with this ready-made pairing; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new installation: a commented crossdock.yaml that works against the simulators as it stands."""
    from crossdock.settings.presets import presets
    from crossdock.settings.scaffold import FIRST, create, samples
    from crossdock.wiring.systems import known_systems

    kinds = known_systems()
    there = samples(kinds)
    chosen = (
        list(there) if extra == ["all"] else [one_of(one, there, what="system to begin with") for one in extra or ()]
    )
    ready = [one_of(one, presets(), what="ready-made pairing") for one in pairing or (FIRST,)]
    files = create(folder, kinds, list(dict.fromkeys(chosen)), list(dict.fromkeys(ready)))
    if as_json:
        show_json({"folder": str(folder), "files": [str(path) for path in files]})
        return
    show(*(f"wrote {path}" for path in files))
    enter = "" if folder.resolve() == Path.cwd() else f"cd {folder}, then "
    say(f"Next: {enter}`crossdock sandbox serve` in one terminal and `crossdock run` in another.")


def check(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The settings file.")] = None,
    config: MaybeConfig = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema for editors, and check nothing.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Check the settings: every mistake at once, with its line and the way to mend it."""
    import os

    from crossdock.settings.load import load
    from crossdock.settings.notes import notes
    from crossdock.settings.problem import SettingsError
    from crossdock.settings.schema import schema_text
    from crossdock.wiring.secrets import read_sealed
    from crossdock.wiring.systems import known_systems

    kinds = known_systems()
    if schema:
        write(schema_text(kinds).encode())
        return 0
    path = file or config or DEFAULT_FILE
    try:
        project = load(path, systems=kinds, environ=os.environ, sealed=read_sealed)
    except SettingsError as error:
        if as_json:
            show_json({"file": str(path), "valid": False, "problems": error.problems})
        else:
            show(str(error))
            count = len(error.problems)
            say(f"{path}: {count} {'mistake' if count == 1 else 'mistakes'}")
        return PROBLEMS if path.is_file() else BAD_INPUT
    if as_json:
        names = {"systems": list(project.systems), "pairings": list(project.pairings)}
        show_json({"file": str(path), "valid": True, "problems": [], "notes": notes(project, kinds), **names})
    else:
        systems, pairings = ", ".join(project.systems), ", ".join(project.pairings) or "none"
        show(f"{path}: well. Systems: {systems}. Pairings: {pairings}.", *notes(project, kinds))
    return 0
