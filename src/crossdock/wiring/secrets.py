"""Secrets kept in the database: for the settings that name them, and for the people who set them."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncpg
from cryptography.exceptions import InvalidTag

from crossdock.decide.secret_names import secret_name_problem
from crossdock.settings.references import SecretsUnreadable
from crossdock.store.archive import BadVaultKey, Vault, forget_old_keys, open_vault, renew_key
from crossdock.store.database import DatabaseUnavailable, Pool, start_embedded
from crossdock.store.secrets import PgSecrets, Rotated, SecretRow

VALUE_MAX = 64 * 1024


class SecretRefused(Exception):
    """It was not done; the text says why, and never holds a value."""


class Unset(dict[str, str]):
    """Stands for every secret where none is read, such as for the command that sets the first one."""

    def __missing__(self, name: str) -> str:
        return "unset"


def unset(url: str | None, data_dir: Path, tenant: str) -> Mapping[str, str]:
    return Unset()


def read_sealed(url: str | None, data_dir: Path, tenant: str) -> Mapping[str, str]:
    """The secrets a database keeps, by name. Raises SecretsUnreadable: no database, or another key.

    Settings are read before anything runs, at times from within a running loop: so it has a thread of its own.
    """
    found: list[Mapping[str, str]] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            found.append(asyncio.run(_read(url or start_embedded(data_dir), open_vault(data_dir), tenant)))
        except (BadVaultKey, DatabaseUnavailable, InvalidTag, OSError, ValueError) as error:
            failed.append(error)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            failed.append(error)

    thread = threading.Thread(target=work, name="secrets")
    thread.start()
    thread.join()
    if failed:
        raise SecretsUnreadable(str(failed[0]) or type(failed[0]).__name__) from failed[0]
    return found[0]


async def _read(url: str, vault: Vault, tenant: str) -> Mapping[str, str]:
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        return await PgSecrets(pool, tenant, vault).values()


class Secrets:
    """Of one tenant, for the doors."""

    def __init__(self, pool: Pool, tenant: str, data_dir: Path) -> None:
        self._pool = pool
        self._tenant = tenant
        self._data_dir = data_dir

    async def set(self, name: str, value: str, *, actor: str) -> None:
        """Raises SecretRefused, BadVaultKey."""
        if problem := secret_name_problem(name):
            raise SecretRefused(problem)
        if not value or "\0" in value or len(value) > VALUE_MAX:
            raise SecretRefused(f"a secret holds 1 to {VALUE_MAX} characters, none of them NUL")
        await (await self._store()).set(name, value, actor=actor)

    async def list(self) -> Sequence[SecretRow]:
        """Names, and never values."""
        return await (await self._store()).list()

    async def remove(self, name: str, *, actor: str) -> None:
        """Raises SecretRefused when there is none."""
        if not await (await self._store()).remove(name, actor=actor):
            raise SecretRefused(f"there is no secret {name!r}")

    async def rotate(self, *, actor: str, new_key: bool = False, forget_old: bool = False) -> Mapping[str, Rotated]:
        """Seal everything under the key in use. new_key: make one first, in the data folder. forget_old: the older ones
        there, when nothing needs them any more. Raises BadVaultKey, SecretRefused."""
        if new_key:
            await asyncio.to_thread(renew_key, self._data_dir)
        told = await (await self._store()).rotate(actor=actor)
        if forget_old:
            if left := sum(one.unopened for one in told.values()):
                raise SecretRefused(
                    f"{left} could not be opened, so no key was forgotten; give the key that sealed them"
                )
            await asyncio.to_thread(forget_old_keys, self._data_dir)
        return told

    async def _store(self) -> PgSecrets:
        vault = await asyncio.to_thread(open_vault, self._data_dir)
        return PgSecrets(self._pool, self._tenant, vault)
