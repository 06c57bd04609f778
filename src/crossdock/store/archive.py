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

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crossdock.store.database import Connection, Pool
from crossdock.store.sql import statements

SQL = statements("orders")
KEY_BYTES, KEY_ID_BYTES = 32, 4
MAGIC = b"cdk1"  # how a sealed thing begins; then the id of its key, then the nonce
HEAD = len(MAGIC) + KEY_ID_BYTES
KEY_FILE, OLD_FILE, OLD_KEYS = "vault.key", "vault.old.keys", "CROSSDOCK_OLD_KEYS"


class BadVaultKey(RuntimeError):
    """The key that seals documents and secrets cannot be used; the text says where it stands."""


class KeyMissing(InvalidTag):
    """It was sealed under a key we do not have, or changed since."""


class Vault:
    """Seals under one 256-bit key; opens what that one or an older one sealed. What is sealed names its key."""

    def __init__(self, key: bytes, *, older: Sequence[bytes] = ()) -> None:
        self._key = key
        self.key_id = id_of(key)
        self._ciphers = {id_of(one): AESGCM(one) for one in (*older, key)}

    def digest(self, body: bytes) -> bytes:
        """The document's address: keyed, so that nobody can test from outside whether a known text is stored."""
        return hmac.digest(self._key, body, hashlib.sha256)

    def seal(self, body: bytes, *, context: bytes = b"") -> bytes:
        """context: what must be said again to open it, so that one sealed thing cannot stand in for another."""
        nonce = os.urandom(12)
        cipher = self._ciphers[self.key_id]
        return MAGIC + self.key_id + nonce + cipher.encrypt(nonce, zlib.compress(body, 1), context or None)

    def open(self, sealed: bytes, *, context: bytes = b"") -> bytes:
        """Raises KeyMissing."""
        if sealed.startswith(MAGIC) and (cipher := self._ciphers.get(key_of(sealed))) is not None:
            with contextlib.suppress(InvalidTag):
                return _decrypted(cipher, sealed[HEAD:], context)
        for cipher in self._ciphers.values():  # as it was sealed before keys had names
            with contextlib.suppress(InvalidTag):
                return _decrypted(cipher, sealed, context)
        named = f"key {key_of(sealed).hex()}" if sealed.startswith(MAGIC) else "another key"
        raise KeyMissing(f"sealed under {named}, or changed since; the key in use is {self.key_id.hex()}")

    def is_current(self, sealed: bytes) -> bool:
        """Whether the key in use sealed it."""
        return sealed.startswith(MAGIC + self.key_id)


def id_of(key: bytes) -> bytes:
    """What a key is called. It tells nothing of the key."""
    return hashlib.sha256(b"crossdock key " + key).digest()[:KEY_ID_BYTES]


def key_of(sealed: bytes) -> bytes:
    return sealed[len(MAGIC) : HEAD]


def _decrypted(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    return zlib.decompress(cipher.decrypt(sealed[:12], sealed[12:], context or None))


def open_vault(data_dir: Path) -> Vault:
    """The vault whose key is CROSSDOCK_KEY (64 hex digits), or in the file that CROSSDOCK_KEY_FILE names, else in
    `vault.key` of the data folder, made once. Older ones: CROSSDOCK_OLD_KEYS, commas between, and `vault.old.keys`.

    Raises BadVaultKey.
    """
    older = [_key(text, OLD_KEYS) for text in os.environ.get(OLD_KEYS, "").split(",") if text.strip()]
    kept = data_dir / OLD_FILE
    older += [_key(text, str(kept)) for text in kept.read_text("utf-8").split()] if kept.exists() else []
    return Vault(_current(data_dir), older=older)


def _current(data_dir: Path) -> bytes:
    if text := os.environ.get("CROSSDOCK_KEY"):
        return _key(text, "CROSSDOCK_KEY")
    if named := os.environ.get("CROSSDOCK_KEY_FILE"):
        try:
            return _key(Path(named).read_text("utf-8"), f"the file {named} of CROSSDOCK_KEY_FILE")
        except (OSError, UnicodeDecodeError) as error:
            raise BadVaultKey(f"the file {named} of CROSSDOCK_KEY_FILE cannot be read: {error}") from error
    path = data_dir / KEY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    return _key(path.read_text("utf-8"), str(path))


def renew_key(data_dir: Path) -> Vault:
    """A new key in `vault.key`; the one before goes into `vault.old.keys`, first, so that at no instant it is nowhere.

    Raises BadVaultKey when the key comes from the environment: then it is changed there.
    """
    if os.environ.get("CROSSDOCK_KEY") or os.environ.get("CROSSDOCK_KEY_FILE"):
        text = f"the key comes from the environment: put the old one into {OLD_KEYS} and the new one in its place"
        raise BadVaultKey(text)
    before = _current(data_dir)
    kept = data_dir / OLD_FILE
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
        file.write(before.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    handle, fresh = tempfile.mkstemp(dir=data_dir, prefix=".vault-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    Path(fresh).replace(data_dir / KEY_FILE)
    return open_vault(data_dir)


def forget_old_keys(data_dir: Path) -> None:
    (data_dir / OLD_FILE).unlink(missing_ok=True)


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
