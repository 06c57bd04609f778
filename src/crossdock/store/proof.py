"""What was typed as a second factor: found right first, and taken in the transaction of what it opens."""

from dataclasses import dataclass

from crossdock.store.database import Connection
from crossdock.store.sql import statements

SQL = statements("factors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was typed, found right but not taken yet: a code of the app by its counter, or a recovery code's digest."""

    counter: int = 0
    recovery: bytes = b""


async def take(connection: Connection, person_id: int, proof: Proof) -> bool:
    """False: it was taken before."""
    if proof.recovery:
        return await connection.fetchval(SQL["take_recovery"], person_id, proof.recovery) is not None
    return await connection.fetchval(SQL["take_code"], person_id, proof.counter) is not None
