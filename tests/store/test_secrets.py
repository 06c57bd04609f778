"""Secrets in the database: sealed, bound to their names, named by their key, and never told."""

import os
import stat
import zlib
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crossdock.settings.load import load
from crossdock.settings.problem import SettingsError
from crossdock.store import secrets as store
from crossdock.store.archive import BadVaultKey, KeyMissing, Vault, archive, find_raw, open_vault, renew_key
from crossdock.store.database import Pool
from crossdock.store.secrets import PgSecrets, Rotated
from crossdock.wiring.secrets import SecretRefused, Secrets, read_sealed, unset
from tests.settings.kinds import KINDS

TENANT, VALUE = "main", "hunter2-and-more"
OLD, NEW = bytes(32), b"\1" * 32


def book(pool: Pool, key: bytes = OLD, *older: bytes, tenant: str = TENANT) -> PgSecrets:
    return PgSecrets(pool, tenant, Vault(key, older=older))


async def everything(pool: Pool) -> str:
    tables = await pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    return "".join(
        [str(dict(row)) for one in tables for row in await pool.fetch(f"select t::text from {one['tablename']} t")]
    )


async def test_a_secret_comes_back_and_stands_nowhere_in_clear(pool: Pool) -> None:
    await book(pool).set("shop", VALUE, actor="mary")
    assert await book(pool).values() == {"shop": VALUE}
    clear = await everything(pool)
    assert VALUE not in clear
    assert VALUE.encode().hex() not in clear
    assert VALUE not in repr(await book(pool).list())
    row = await pool.fetchrow("select actor, action, detail::text from audit_entry")
    assert (row["actor"], row["action"], "shop" in row["detail"]) == ("mary", "secret_set", True)


async def test_another_key_opens_nothing_and_says_which_is_missing(pool: Pool) -> None:
    await book(pool).set("shop", VALUE, actor="mary")
    theirs = book(pool, NEW)
    mine, yours = Vault(OLD).key_id.hex(), Vault(NEW).key_id.hex()
    with pytest.raises(KeyMissing, match=f"sealed under key {mine}.*in use is {yours}"):
        await theirs.values()
    (row,) = await theirs.list()
    assert (row.opens, row.key) == (False, Vault(OLD).key_id.hex())


async def test_a_sealed_secret_cannot_stand_in_for_another(pool: Pool) -> None:
    for name in ("shop", "erp"):
        await book(pool).set(name, f"{VALUE} of {name}", actor="mary")
    await pool.execute("update secret set sealed = (select sealed from secret where name = 'erp') where name = 'shop'")
    with pytest.raises(KeyMissing):
        await book(pool).values()
    await pool.execute("delete from secret where name = 'erp'")
    await pool.execute("update secret set tenant = 'other', name = 'erp'")
    with pytest.raises(KeyMissing):
        await book(pool, tenant="other").values()


async def test_set_again_is_the_new_value_and_removed_is_gone(pool: Pool) -> None:
    secrets = book(pool)
    await secrets.set("shop", VALUE, actor="mary")
    await secrets.set("shop", "new", actor="bob")
    assert await secrets.values() == {"shop": "new"}
    assert [row.set_by for row in await secrets.list()] == ["bob"]
    assert (await secrets.remove("shop", actor="bob"), await secrets.remove("shop", actor="bob")) == (True, False)
    actions = [row["action"] for row in await pool.fetch("select action from audit_entry order by id")]
    assert actions == ["secret_set", "secret_set", "secret_removed"]


def test_what_was_sealed_before_keys_had_names_still_opens() -> None:
    nonce, key = os.urandom(12), AESGCM(OLD)
    legacy = nonce + key.encrypt(nonce, zlib.compress(b"as it was"), None)
    assert Vault(NEW, older=[OLD]).open(legacy) == b"as it was"
    assert not Vault(OLD).is_current(legacy)
    with pytest.raises(InvalidTag):
        Vault(NEW).open(legacy)


async def stored(pool: Pool, count: int) -> list[bytes]:
    async with pool.acquire() as connection:
        return await archive(
            connection, Vault(OLD), tenant=TENANT, source="shop", kind="sales-order",
            documents=[(f"id-{at}", f"body {at}".encode()) for at in range(count)],
        )  # fmt: skip


async def test_a_rotation_seals_everything_anew_and_the_old_key_is_needed_no_more(pool: Pool) -> None:
    await book(pool).set("shop", VALUE, actor="mary")
    digests = await stored(pool, 7)
    person = await pool.fetchval(
        "insert into person (tenant, name, password_hash) values ('main', 'x', '') returning id"
    )
    seed = Vault(OLD).seal(b"seed")
    await pool.execute("insert into person_factor (person_id, sealed) values ($1, $2)", person, seed)
    told = await book(pool, NEW, OLD).rotate(actor="mary")
    assert told == {
        "secrets": Rotated(resealed=1), "documents": Rotated(resealed=7), "second_factors": Rotated(resealed=1),
    }  # fmt: skip
    assert await book(pool, NEW).values() == {"shop": VALUE}
    vault = Vault(NEW)
    assert [await find_raw(pool, vault, tenant=TENANT, digest=one) for one in digests] == [
        f"body {at}".encode() for at in range(7)
    ]
    assert vault.open(await pool.fetchval("select sealed from person_factor")) == b"seed"
    again = await book(pool, NEW).rotate(actor="mary")
    assert again["documents"] == Rotated(current=7)
    text = "select detail::text from audit_entry where action = 'secrets_rotated' order by id limit 1"
    detail = await pool.fetchval(text)
    assert (vault.key_id.hex() in detail, VALUE in detail) == (True, False)


async def test_a_rotation_that_is_cut_off_is_gone_on_with(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    await stored(pool, 7)
    monkeypatch.setattr(store, "BATCH", 2)
    real, calls = PgSecrets._reseal, []

    async def dies(self: PgSecrets, *given: Any) -> str:
        calls.append(await real(self, *given))
        if len(calls) == 4:
            raise ConnectionResetError
        return calls[-1]

    monkeypatch.setattr(PgSecrets, "_reseal", dies)
    with pytest.raises(ConnectionResetError):
        await book(pool, NEW, OLD).rotate(actor="mary")
    monkeypatch.setattr(PgSecrets, "_reseal", real)
    assert (await book(pool, NEW, OLD).rotate(actor="mary"))["documents"] == Rotated(resealed=5, current=2)


async def test_no_key_is_forgotten_while_something_needs_it(pool: Pool, tmp_path: Path) -> None:
    mine = Secrets(pool, TENANT, tmp_path)
    await mine.set("shop", VALUE, actor="mary")
    told = await mine.rotate(actor="mary", new_key=True)
    assert told["secrets"] == Rotated(resealed=1)
    old = tmp_path / "vault.old.keys"
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    await pool.execute("update secret set sealed = $1", Vault(b"\7" * 32).seal(b"of nobody"))
    with pytest.raises(SecretRefused, match="1 could not be opened, so no key was forgotten"):
        await mine.rotate(actor="mary", forget_old=True)
    assert old.exists()
    await mine.remove("shop", actor="mary")
    await mine.rotate(actor="mary", forget_old=True)
    assert not old.exists()


def test_a_new_key_keeps_the_old_one_and_is_the_environments_matter_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_vault(tmp_path)
    sealed = before.seal(b"x")
    after = renew_key(tmp_path)
    assert (after.key_id != before.key_id, after.open(sealed), open_vault(tmp_path).open(sealed)) == (True, b"x", b"x")
    monkeypatch.setenv("CROSSDOCK_KEY", "ab" * 32)
    with pytest.raises(BadVaultKey, match="comes from the environment"):
        renew_key(tmp_path)


def test_the_key_may_stand_in_a_file_and_older_ones_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("ab" * 32 + "\n")
    monkeypatch.setenv("CROSSDOCK_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CROSSDOCK_OLD_KEYS", f"{OLD.hex()}, {NEW.hex()}")
    vault = open_vault(tmp_path / "data")
    assert vault.key_id == Vault(bytes.fromhex("ab" * 32)).key_id
    assert [vault.open(Vault(key).seal(b"x")) for key in (OLD, NEW)] == [b"x", b"x"]
    monkeypatch.setenv("CROSSDOCK_OLD_KEYS", "zz")
    with pytest.raises(BadVaultKey, match="CROSSDOCK_OLD_KEYS must hold"):
        open_vault(tmp_path / "data")
    monkeypatch.setenv("CROSSDOCK_OLD_KEYS", "")
    monkeypatch.setenv("CROSSDOCK_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(BadVaultKey, match="cannot be read"):
        open_vault(tmp_path / "data")


def test_no_key_and_no_value_is_in_a_repr() -> None:
    vault = Vault(NEW, older=[OLD])
    assert not any(key.hex() in repr(vault) for key in (NEW, OLD))


KIOSK = "systems:\n  kiosk:\n    kind: kiosk\n    base_url: http://kiosk.example\n    tokens: [db:shop]\n"


def settings(folder: Path, database: str, text: str = KIOSK, **more: Any) -> Any:
    (folder / "crossdock.yaml").write_text(text, "utf-8")
    environ = {"CROSSDOCK_DATABASE_URL": database}
    return load(folder / "crossdock.yaml", systems=KINDS, environ=environ, **{"sealed": read_sealed, **more})


async def test_settings_may_name_a_secret_in_the_database(pool: Pool, database: str, tmp_path: Path) -> None:
    await Secrets(pool, TENANT, tmp_path / "data").set("shop", VALUE, actor="mary")
    project = settings(tmp_path, database)  # within a running loop, as a command would
    assert project.systems["kiosk"].tokens[0].get_secret_value() == VALUE
    assert VALUE not in repr(project) + project.model_dump_json()


async def test_what_is_missing_or_cannot_be_opened_is_told_plainly(pool: Pool, database: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="the database keeps no secret shop") as caught:
        settings(tmp_path, database)
    assert "crossdock secrets set shop" in str(caught.value)
    await Secrets(pool, TENANT, tmp_path / "elsewhere").set("shop", VALUE, actor="mary")
    with pytest.raises(SettingsError, match="the secret shop cannot be read: sealed under key") as caught:
        settings(tmp_path, database)
    assert "CROSSDOCK_KEY" in str(caught.value)
    assert VALUE not in str(caught.value)
    with pytest.raises(SettingsError, match="the secret shop cannot be read: "):
        settings(tmp_path, "postgresql://127.0.0.1:9/none")


async def test_the_database_is_not_asked_unless_a_secret_of_it_is_named(tmp_path: Path) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("nobody named one")

    text = KIOSK.replace("db:shop", '"${CROSSDOCK_DATABASE_URL}"')
    settings(tmp_path, "postgresql://127.0.0.1:9/none", text, sealed=never)


async def test_the_databases_own_address_cannot_be_in_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is in the database, which is not known yet"):
        settings(tmp_path, "", KIOSK + "database_url: db:url\n")


async def test_a_command_that_sets_secrets_needs_none(tmp_path: Path) -> None:
    assert settings(tmp_path, "", sealed=unset).systems["kiosk"].tokens[0].get_secret_value() == "unset"


@pytest.mark.parametrize(("name", "value"), [("", "x"), ("-x", "x"), ("a b", "x"), ("ok", ""), ("ok", "\0")])
async def test_names_and_values_that_will_not_do(pool: Pool, tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SecretRefused):
        await Secrets(pool, TENANT, tmp_path).set(name, value, actor="mary")
