"""Raw documents: content-addressed, compressed and sealed, because they hold people's names and addresses."""

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crossdock.store.database import Connection, Pool
from crossdock.store.sql import statements

SQL = statements("orders")
KEY_BYTES = 32


class BadVaultKey(RuntimeError):
    """The key that seals documents cannot be used; the text says where it stands."""


class Vault:
    """Seals and opens documents under one 256-bit key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)

    def digest(self, body: bytes) -> bytes:
        """The document's address: keyed, so that nobody can test from outside whether a known text is stored."""
        return hmac.digest(self._key, body, hashlib.sha256)

    def seal(self, body: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, zlib.compress(body, 1), None)

    def open(self, sealed: bytes) -> bytes:
        return zlib.decompress(self._cipher.decrypt(sealed[:12], sealed[12:], None))


def open_vault(data_dir: Path) -> Vault:
    """The vault whose key is CROSSDOCK_KEY (64 hex digits), else the file `vault.key` in the data folder, made once.

    Raises BadVaultKey.
    """
    if text := os.environ.get("CROSSDOCK_KEY"):
        return Vault(_key(text, "CROSSDOCK_KEY"))
    path = data_dir / "vault.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    return Vault(_key(path.read_text("utf-8"), str(path)))


def _make_key(path: Path) -> None:
    """Whoever is first wins. The key is written where nobody else can read or write it, then linked to its name."""
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".vault-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # a link never overwrites
    finally:
        Path(fresh).unlink()


def _key(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadVaultKey(f"{where} must hold {2 * KEY_BYTES} hex digits; without the right key nothing can be opened")
    return key


async def archive(
    connection: Connection, vault: Vault, *, tenant: str, source: str, kind: str, documents: Sequence[tuple[str, bytes]]
) -> list[bytes]:
    """Store (ref, body) documents; returns their digests, in order. What is stored already is not sealed again."""
    digests = [vault.digest(body) for _, body in documents]
    rows = await connection.fetch(SQL["archived"], tenant, digests)
    stored = {row["digest"] for row in rows}
    fresh = [(digest, *one) for digest, one in zip(digests, documents, strict=True) if digest not in stored]
    if fresh:
        await connection.execute(
            SQL["archive"], tenant, source, kind, [digest for digest, _, _ in fresh], [ref for _, ref, _ in fresh],
            [vault.seal(body) for _, _, body in fresh],
        )  # fmt: skip
    return digests


async def find_raw(pool: Pool, vault: Vault, *, tenant: str, digest: bytes) -> bytes | None:
    sealed = await pool.fetchval("select body from raw_document where tenant = $1 and digest = $2", tenant, digest)
    return None if sealed is None else vault.open(sealed)
