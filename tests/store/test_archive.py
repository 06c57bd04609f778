"""The vault and its key."""

import asyncio
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from crossdock.store.archive import BadVaultKey, Vault, open_vault
from tests.store.books import Books, document, sale

BODY = b'{"surname": "Hartley", "street": "17 Nobody\'s Business Lane"}'


def test_what_was_sealed_opens_again_and_twice_the_same_looks_different() -> None:
    vault = Vault(bytes(32))
    one, two = vault.seal(BODY), vault.seal(BODY)
    assert (vault.open(one), vault.open(two), one != two, b"Hartley" in one) == (BODY, BODY, True, False)


def test_another_key_opens_nothing_and_addresses_differ() -> None:
    mine, theirs = Vault(bytes(32)), Vault(b"\1" * 32)
    assert mine.digest(BODY) != theirs.digest(BODY)
    with pytest.raises(InvalidTag):
        theirs.open(mine.seal(BODY))


def test_a_sealed_body_that_was_tampered_with_does_not_open() -> None:
    sealed = bytearray(Vault(bytes(32)).seal(BODY))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        Vault(bytes(32)).open(bytes(sealed))


def test_the_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    sealed = open_vault(tmp_path / "data").seal(BODY)
    assert open_vault(tmp_path / "data").open(sealed) == BODY
    (key,) = (tmp_path / "data").iterdir()
    assert (key.name, stat.S_IMODE(key.stat().st_mode)) == ("vault.key", 0o600)


async def test_many_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    vaults = await asyncio.gather(*(asyncio.to_thread(open_vault, tmp_path) for _ in range(16)))
    sealed = vaults[0].seal(BODY)
    assert {vault.open(sealed) for vault in vaults} == {BODY}
    assert open_vault(tmp_path).open(sealed) == BODY


@pytest.mark.parametrize("text", ["", "00" * 31, "zz" * 32])
def test_a_key_file_that_is_no_key_is_named_and_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "vault.key").write_text(text)
    with pytest.raises(BadVaultKey, match=r"vault\.key must hold 64 hex digits"):
        open_vault(tmp_path)
    assert (tmp_path / "vault.key").read_text() == text


def test_the_environment_outranks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSDOCK_KEY", "ab" * 32)
    assert open_vault(tmp_path).digest(BODY) == Vault(bytes.fromhex("ab" * 32)).digest(BODY)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("CROSSDOCK_KEY", "ab" * 16)
    with pytest.raises(BadVaultKey, match="CROSSDOCK_KEY"):
        open_vault(tmp_path)


async def test_a_body_stored_already_is_not_stored_again(books: Books) -> None:
    await books.capture(document(sale("1001"), raw=BODY))
    row = await books.pool.fetchrow("select digest, body from raw_document")
    await books.capture(document(sale("1001"), raw=BODY))
    assert [tuple(one) for one in await books.pool.fetch("select digest, body from raw_document")] == [tuple(row)]
