"""`crossdock retention`, as a person would type it."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from crossdock.store.retention import Kept
from tests.cli.world import Cli


def test_it_shows_what_is_kept_rehearses_and_lets_go(
    home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    file = ("--config", str(home / "crossdock.yaml"))
    asyncio.run(an_old_key(database))
    shown = cli("retention", "show", *file, "--json").json
    assert [one["kind"] for one in shown["kinds"]] == list(Kept)
    assert "for ever" in shown["audit_trail"]
    keys = next(one for one in shown["kinds"] if one["kind"] == "webhook_keys")
    assert (keys["days"], keys["last_at"], keys["last_removed"]) == (30, None, 0)
    for dry_run, removed in ((True, 1), (True, 1), (False, 1), (False, 0)):
        said = cli("retention", "run", *(["--dry-run"] if dry_run else []), *file, "--json").json
        assert (said["dry_run"], said["removed"]["webhook_keys"]) == (dry_run, removed)
    keys = next(one for one in cli("retention", "show", *file, "--json").json["kinds"] if one["kind"] == "webhook_keys")
    assert (keys["last_removed"], keys["last_at"] is not None) == (1, True)
    assert "webhook_keys" in cli("retention", "show", *file).out


async def an_old_key(database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("insert into webhook_seen values ('main', 'shop', 'old', 'order.created', '2020-01-01')")
    await connection.close()
