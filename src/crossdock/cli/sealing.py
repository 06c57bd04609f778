"""`crossdock secrets`: secrets kept sealed in the database, and the key that seals them."""

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, say, show, show_json, table
from crossdock.cli.passwords import at_a_terminal
from crossdock.cli.settling import Actor, whoever_types
from crossdock.cli.told import PROBLEMS, Stop

if TYPE_CHECKING:
    from crossdock.wiring.secrets import Secrets

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the settings call it: db:NAME.")]


async def set_(name: Name, actor: Actor = "", config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Seal a secret in the database. It is typed twice, unseen, or read from stdin: all of it but a last line end."""
    value = _typed()
    async with _secrets(config) as secrets:
        await secrets.set(name, value, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "set": True})
    else:
        say(f"{name} is sealed. Write db:{name} where the settings want it. Running workers read it when they start.")


async def list_(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> int:
    """List the secrets: when each was set, by whom, and under which key. Values are never shown."""
    async with _secrets(config) as secrets:
        rows = await secrets.list()
    if as_json:
        show_json(
            {
                "secrets": [
                    {"name": row.name, "set_at": row.set_at, "set_by": row.set_by, "key": row.key, "opens": row.opens}
                    for row in rows
                ]
            }
        )
    else:
        lines = [
            (row.name, ago(row.set_at), row.set_by, row.key, "" if row.opens else "cannot be opened") for row in rows
        ]
        show(table("name", "set", "by", "key", "state", rows=lines))
    return 0 if all(row.opens for row in rows) else PROBLEMS


async def remove(name: Name, actor: Actor = "", config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Remove a secret. Whatever names it will not start until it is set again."""
    async with _secrets(config) as secrets:
        await secrets.remove(name, actor=actor or whoever_types())
    if as_json:
        show_json({"name": name, "removed": True})
    else:
        say(f"{name} is gone.")


async def rotate(
    new_key: Annotated[
        bool, typer.Option("--new-key", help="First make a new key in the data folder; stop every worker before.")
    ] = False,
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Delete the older keys of the data folder, once nothing needs them.")
    ] = False,
    actor: Actor = "",
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Seal every secret and every stored document anew under the key in use. Cut off, it goes on when run again."""
    async with _secrets(config) as secrets:
        told = await secrets.rotate(actor=actor or whoever_types(), new_key=new_key, forget_old=forget_old)
    if as_json:
        show_json(
            {what: {"resealed": one.resealed, "current": one.current, "unopened": one.unopened}
             for what, one in told.items()}
        )  # fmt: skip
    else:
        rows = [(what, one.resealed, one.current, one.unopened) for what, one in told.items()]
        show(table("what", "#sealed anew", "#already", "#cannot be opened", rows=rows))
    return PROBLEMS if any(one.unopened for one in told.values()) else 0


def _typed() -> str:
    """Never as an argument, which every user of the machine could read."""
    if at_a_terminal():
        return str(typer.prompt("Secret", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


@contextlib.asynccontextmanager
async def _secrets(config: Path) -> "AsyncIterator[Secrets]":
    from crossdock.store.archive import BadVaultKey
    from crossdock.wiring.secrets import SecretRefused, Secrets, unset

    project, _ = load_project(config, sealed=unset)
    async with pool_of(project) as pool:
        try:
            yield Secrets(pool, project.tenant, project.data_dir)
        except (SecretRefused, BadVaultKey) as error:
            raise Stop(f"{error}.") from error
