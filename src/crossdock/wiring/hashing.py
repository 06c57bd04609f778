"""argon2id, with the library's default profile (RFC 9106, low memory), two at once: each takes 64 MiB and a core."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2

HASHER = PasswordHasher()
T = TypeVar("T")


async def hashed(password: str) -> str:
    return await _apart(partial(HASHER.hash, password))


async def verified(password_hash: str | None, password: str) -> bool:
    """password_hash None: there is no such person. It takes as long as for one there is, and is never right."""
    return await _apart(partial(_verify, password_hash, password))


def is_old(password_hash: str) -> bool:
    """Whether it was made under another profile than today's."""
    return HASHER.check_needs_rehash(password_hash)


def _verify(password_hash: str | None, password: str) -> bool:
    other = _nobodys()  # made for everyone, so that the first unknown name takes no longer either
    try:
        return HASHER.verify(password_hash or other, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))


async def _apart(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads(), work)


@cache
def _threads() -> ThreadPoolExecutor:
    """Of the whole process: what waits its turn holds up nothing else."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
