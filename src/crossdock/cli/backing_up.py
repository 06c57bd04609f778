"""`crossdock backup` and `crossdock restore`: everything but the settings and the key, in one file."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import say, show_json
from crossdock.cli.settling import Actor, whoever_types
from crossdock.cli.told import PROBLEMS, Stop

if TYPE_CHECKING:
    from crossdock.settings.tree import Project
    from crossdock.store.backup import Restored

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


async def backup(file: File, config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Write the database of this moment to a file. Work may go on meanwhile."""
    from importlib.metadata import version

    from crossdock.store.archive import open_vault
    from crossdock.store.backup import take

    project, _ = load_project(config)
    url = await _url(project)
    taken = await take(url, file, vault=open_vault(project.data_dir), version=version("crossdock"))
    size = file.stat().st_size
    if as_json:
        show_json({"file": str(file), "schema": taken.schema, "taken_at": taken.taken_at, "tables": len(taken.rows),
                   "rows": taken.rows_in_all, "bytes": size})  # fmt: skip
        return
    say(f"{file}: {taken.rows_in_all} rows of {len(taken.rows)} tables, {size} bytes, schema {taken.schema}")
    say("The key that seals documents is not in it: keep CROSSDOCK_KEY, or vault.key of the data folder, elsewhere.")


async def restore(
    file: File,
    another_key: Annotated[
        bool, typer.Option("--another-key", help="Go on although stored documents cannot be opened with the key here.")
    ] = False,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Put a backup back into an empty database: all of it, or nothing. Exits 1 when its audit trail is not whole."""
    from crossdock.store.archive import open_vault
    from crossdock.store.backup import put_back

    project, _ = load_project(config)
    if not another_key and not _has_key(project):
        raise Stop("there is no key here to open stored documents with. Put vault.key into the data folder, or set "
                   "CROSSDOCK_KEY; --another-key goes on without.")  # fmt: skip
    vault = None if another_key else open_vault(project.data_dir)
    done = await put_back(await _url(project), file, vault=vault, actor=actor or whoever_types())
    _tell(file, done, as_json=as_json)
    return PROBLEMS if done.audit_problem else 0


def _tell(file: Path, done: "Restored", *, as_json: bool) -> None:
    was = done.backup
    if as_json:
        show_json({
            "file": str(file), "taken_at": was.taken_at, "schema": was.schema, "schema_now": done.schema,
            "rows": was.rows_in_all, "audit": {"entries": done.audit_entries, "problem": done.audit_problem},
            "forgotten": done.forgotten, "signed_out": done.signed_out,
        })  # fmt: skip
        return
    say(f"{was.rows_in_all} rows of {was.taken_at:%Y-%m-%d %H:%M:%S %Z} are back")
    say(f"schema: {was.schema}, now {done.schema}")
    say(f"audit trail: {done.audit_entries} entries, {done.audit_problem or 'whole'}")
    say(f"{done.forgotten} levels will be shown anew; {done.signed_out} sessions were ended")


def _has_key(project: "Project") -> bool:
    import os

    return bool(os.environ.get("CROSSDOCK_KEY")) or (project.data_dir / "vault.key").exists()


async def _url(project: "Project") -> str:
    from crossdock.store.database import start_embedded
    from crossdock.wiring.installation import database_url

    if (url := database_url(project)) is not None:
        return url
    return await asyncio.to_thread(start_embedded, project.data_dir)
