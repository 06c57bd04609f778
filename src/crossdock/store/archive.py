"""Raw documents: content-addressed, compressed and sealed, because they hold people's names and addresses."""

import hashlib
import hmac
import os
import secrets
import zlib
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crossdock.store.database import Connection, Pool
from crossdock.store.sql import statements

SQL = statements("orders")


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
    """The vault whose key is CROSSDOCK_KEY (64 hex digits), else the file `vault.key` in the data folder, made once."""
    if text := os.environ.get("CROSSDOCK_KEY"):
        return Vault(bytes.fromhex(text))
    path = data_dir / "vault.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(secrets.token_hex(32), "utf-8")
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)  # whoever is first wins; a link never overwrites
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return Vault(bytes.fromhex(path.read_text("utf-8").strip()))


async def archive(
    connection: Connection, vault: Vault, *, tenant: str, source: str, kind: str, documents: Sequence[tuple[str, bytes]]
) -> list[bytes]:
    """Store (ref, body) documents; returns their digests, in order."""
    digests = [vault.digest(body) for _, body in documents]
    await connection.execute(
        SQL["archive"], tenant, source, kind, digests, [ref for ref, _ in documents],
        [vault.seal(body) for _, body in documents],
    )  # fmt: skip
    return digests


async def find_raw(pool: Pool, vault: Vault, *, tenant: str, digest: bytes) -> bytes | None:
    sealed = await pool.fetchval("select body from raw_document where tenant = $1 and digest = $2", tenant, digest)
    return None if sealed is None else vault.open(sealed)
