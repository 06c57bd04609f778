"""One budget per remote system, shared by every worker on every machine through the database.

Concurrency is a set of numbered slots that workers lease for seconds at a time, so a dead worker's slots come back by
themselves. Rate is a token bucket, taken in blocks so that a call costs no round trip. `Retry-After` and the circuit
are columns of the same row: what one worker learns, all obey at their next lease.
"""

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from crossdock.model.faults import Transient
from crossdock.ports.config import Budget
from crossdock.ports.runtime import Priority, calling

LEASE_SECONDS = 3.0
RENEW_SECONDS = 0.25
HUNGRY_SECONDS = 0.03
TURN_SECONDS = 1.0
IDLE_SECONDS = 1.0
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
KEPT_FAILURES = 5  # of each system the newest; and in one place more the newest "too many"
SAID_MAX = 300
THROTTLED_SECONDS = 1.0  # how long to hold back when the other side said "too many" and no more

ENSURE = """
with budget as (
    insert into remote_budget (tenant, system, tokens) values ($1, $2, $3) on conflict do nothing
), surplus as (
    delete from remote_slot where tenant = $1 and system = $2 and slot >= $4
)
insert into remote_slot (tenant, system, slot) select $1, $2, generate_series(0, $4::int - 1) on conflict do nothing
"""
WISH = """
insert into remote_wish (tenant, system, holder, until) values ($1, $2, $3, now() + interval '2 seconds')
on conflict (tenant, system, holder) do update set until = excluded.until
"""
SLOTS = """
with live as (
    select greatest(1, count(*)) as wishers from remote_wish where tenant = $1 and system = $2 and until > now()
), mine as (
    select slot from remote_slot
    where tenant = $1 and system = $2 and (holder = $3 or until <= now())
    order by (holder = $3 and until > now()) desc, slot
    limit (select greatest(ceil($4::float8 / wishers)::int, $6::int) from live)
    for update skip locked
), given_back as (
    update remote_slot set until = '-infinity', holder = ''
    where tenant = $1 and system = $2 and holder = $3 and slot not in (select slot from mine)
), taken as (
    update remote_slot set holder = $3, until = now() + $5::float8 * interval '1 second'
    where tenant = $1 and system = $2 and slot in (select slot from mine) returning 1
)
select (select count(*) from taken) as slots, (select wishers from live) as wishers
"""
TOKENS = """
update remote_budget b
set tokens = w.there - w.takes, filled_at = now()
from (
    select there, least(there, $3::float8) as takes, failures, open_until, blocked_until from (
        select least($4::float8, tokens + $5::float8 * extract(epoch from now() - filled_at)) as there,
               failures, open_until, blocked_until
        from remote_budget where tenant = $1 and system = $2 for update
    ) bucket
) w
where b.tenant = $1 and b.system = $2
returning w.takes as takes, b.failures as failures,
    extract(epoch from greatest(b.open_until, now()) - now()) as open_for,
    extract(epoch from greatest(b.blocked_until, now()) - now()) as blocked_for
"""
GIVE_BACK = """
with slots as (
    update remote_slot set until = '-infinity', holder = '' where tenant = $1 and system = $2 and holder = $3
), wish as (
    delete from remote_wish where tenant = $1 and system = $2 and holder = $3
)
update remote_budget set tokens = tokens + $4 where tenant = $1 and system = $2
"""
NOTED = """
    insert into remote_failure (tenant, system, slot, call, problem) select $1, $2, slot, $4, $5 from told
    on conflict (tenant, system, slot) do update
    set at = excluded.at, call = excluded.call, problem = excluded.problem
"""
THROTTLED = f"""
with told as (
    update remote_budget set blocked_until = greatest(blocked_until, now() + $3::float8 * interval '1 second')
    where tenant = $1 and system = $2 returning {KEPT_FAILURES} as slot
)
{NOTED}
"""  # noqa: S608 - of our own words alone
FAILED = f"""
with told as (
    update remote_budget
    set failures = least(failures + 1, $3), failed_calls = failed_calls + 1,
        open_until = case when failures + 1 >= $3 then now() + $6::float8 * interval '1 second' else open_until end
    where tenant = $1 and system = $2
    returning failed_calls % {KEPT_FAILURES} as slot, failures,
        extract(epoch from greatest(open_until, now()) - now()) as open_for
), noted as (
    {NOTED}
)
select failures, open_for from told
"""  # noqa: S608
HEALED = "update remote_budget set failures = 0, open_until = '-infinity' where tenant = $1 and system = $2"


@dataclass
class CallPermit:
    """How one call went: nothing said means well."""

    retry_after_seconds: float | None = None
    was_throttled: bool = False
    has_failed: bool = False
    call: str = ""
    problem: str = ""

    def throttled(self, retry_after_seconds: float | None, call: str = "", problem: str = "") -> None:
        self.was_throttled = True
        self.retry_after_seconds = retry_after_seconds
        self.call, self.problem = call, problem

    def failed(self, call: str = "", problem: str = "") -> None:
        self.has_failed = True
        self.call, self.problem = call, problem


class SharedGate:
    """The gate of one system in one worker. Waiters go by priority, then by arrival.

    hide: takes secrets out of what is kept of a call that failed.
    """

    def __init__(
        self, pool: Any, *, tenant: str, system: str, budget: Budget, holder: str, hide: Callable[[str], str] = str
    ) -> None:
        self._pool = pool
        self._keys = (tenant, system)
        self._system = system
        self._budget = budget
        self._holder = holder
        self._hide = hide
        self._waiters: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = itertools.count()
        self._in_use = 0
        self._slots = 0
        self._tokens = 0.0
        self._failures = 0
        self._blocked_until = self._open_until = datetime.min.replace(tzinfo=UTC)
        self._weighing_took = 0.0
        self._leased_until = 0.0  # by the loop's clock: beyond it our slots may be somebody else's
        self._keeper: asyncio.Task[None] | None = None
        self._ensured = False
        self._yielding = False
        self._leasing = False

    @contextlib.asynccontextmanager
    async def call(self, priority: Priority) -> AsyncIterator[CallPermit]:
        """Wait for a slot and a token. Raises Transient at once while the circuit is open."""
        calling.set(self._system)
        await self._enter(priority)
        permit = CallPermit()
        try:
            yield permit
        finally:
            self._in_use -= 1
            await self._learn(permit)
            self._dispatch()

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        await self._give_back()

    async def _enter(self, priority: Priority) -> None:
        self._refuse_when_open()
        if not self._waiters and self._may_go():
            self._go()
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (int(priority), next(self._number), waiter))
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep())
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._in_use -= 1
                self._dispatch()
            raise

    def _may_go(self) -> bool:
        slots = self._slots if self._failures < self._budget.breaker_failures - 1 else min(1, self._slots)
        return (
            not self._yielding
            and not self._leasing
            and asyncio.get_running_loop().time() < self._leased_until
            and self._in_use < slots
            and self._tokens >= 1
            and datetime.now(UTC) >= self._blocked_until
        )

    def _go(self) -> None:
        self._in_use += 1
        self._tokens -= 1

    def _dispatch(self) -> None:
        while self._waiters and self._may_go():
            waiter = heapq.heappop(self._waiters)[2]
            if not waiter.done():
                self._go()
                waiter.set_result(None)

    def _refuse_when_open(self) -> None:
        if (fault := self._open_fault()) is not None:
            raise fault

    def _open_fault(self) -> Transient | None:
        left = (self._open_until - datetime.now(UTC)).total_seconds()
        if left <= 0:
            return None
        return Transient(f"{self._system} does not answer: no call for {left:.0f} s", retry_after_seconds=left)

    async def _keep(self) -> None:
        """Renew the lease while there is anything to do; give everything back when idle."""
        turn_began = idle_since = asyncio.get_running_loop().time()
        while True:
            now = asyncio.get_running_loop().time()
            if self._waiters or self._in_use:
                idle_since = now
            elif now - idle_since > IDLE_SECONDS:
                await self._give_back()
                if not self._waiters:
                    return
                idle_since = now  # somebody came while we gave back, and counts on this keeper
            try:
                crowded = await self._lease()
            except Exception as error:  # noqa: BLE001 - the database is away: those who wait must hear of it
                self._slots, self._tokens = 0, 0.0
                self._fail_waiters(Transient(f"the budget of {self._system} cannot be read: {error}"))
                return
            self._dispatch()
            if crowded and now - turn_began > TURN_SECONDS:
                self._yielding = True  # begin no more calls; those under way keep their slots until they end
            if self._yielding and not self._in_use:
                await self._pass_turn()
                turn_began = asyncio.get_running_loop().time()
            hungry = self._waiters and not self._may_go()
            await asyncio.sleep(HUNGRY_SECONDS if hungry and (not self._slots or self._tokens < 1) else RENEW_SECONDS)

    async def _lease(self) -> bool:
        """Renew slots, top up tokens, learn what others learned. True when there are more workers than slots."""
        self._leasing = True  # no call begins while our share is being weighed: it would be counted by nobody
        try:
            return await self._weigh()
        finally:
            self._leasing = False

    async def _weigh(self) -> bool:
        budget, asked_at = self._budget, asyncio.get_running_loop().time()
        async with self._pool.acquire() as connection:
            if not self._ensured:
                await connection.execute(ENSURE, *self._keys, budget.requests_per_second, budget.concurrency)
                self._ensured = True
            await connection.execute(WISH, *self._keys, self._holder)
            slots = await connection.fetchrow(
                SLOTS, *self._keys, self._holder, budget.concurrency, LEASE_SECONDS, self._in_use
            )
            block = max(1.0, budget.requests_per_second * RENEW_SECONDS * 1.5)
            wanted = max(0.0, block - self._tokens)
            burst = max(1.0, budget.requests_per_second)
            row = await connection.fetchrow(TOKENS, *self._keys, wanted, burst, budget.requests_per_second)
        self._slots, self._leased_until = slots["slots"], asked_at + LEASE_SECONDS
        self._weighing_took = asyncio.get_running_loop().time() - asked_at
        self._tokens += row["takes"]
        self._obey(row)
        return bool(slots["wishers"] > budget.concurrency)

    def _obey(self, row: Mapping[str, Any]) -> None:
        now = datetime.now(UTC)
        self._failures = row["failures"]
        self._open_until = now + timedelta(seconds=_seconds(row["open_for"]))
        self._blocked_until = now + timedelta(seconds=_seconds(row["blocked_for"]))
        if (fault := self._open_fault()) is not None:
            self._fail_waiters(fault)

    async def _pass_turn(self) -> None:
        """More workers than slots, and our turn is over: let somebody else have the slot for a moment."""
        await self._give_back()
        await asyncio.sleep(3 * max(HUNGRY_SECONDS, self._weighing_took))  # time for another one to ask and be given it
        self._yielding = False

    async def _give_back(self) -> None:
        tokens, self._tokens, self._slots = self._tokens, 0.0, 0
        with contextlib.suppress(*AWAY):
            await self._pool.execute(GIVE_BACK, *self._keys, self._holder, tokens)

    async def _learn(self, permit: CallPermit) -> None:
        """Tell everybody. What the call brought matters more: a database that is away must not cover it up."""
        with contextlib.suppress(*AWAY):
            await self._tell(permit)

    async def _tell(self, permit: CallPermit) -> None:
        said = self._kept(permit.call), self._kept(permit.problem)
        if permit.was_throttled:
            wait = permit.retry_after_seconds if permit.retry_after_seconds is not None else THROTTLED_SECONDS
            self._blocked_until = max(self._blocked_until, datetime.now(UTC) + timedelta(seconds=wait))
            await self._pool.execute(THROTTLED, *self._keys, wait, *said)
        if permit.has_failed:
            row = await self._pool.fetchrow(
                FAILED, *self._keys, self._budget.breaker_failures, *said, self._budget.breaker_seconds
            )
            if row is not None:
                self._failures = row["failures"]
                self._open_until = datetime.now(UTC) + timedelta(seconds=_seconds(row["open_for"]))
            if (fault := self._open_fault()) is not None:
                self._fail_waiters(fault)
        elif self._failures and not permit.was_throttled:
            self._failures = 0
            self._open_until = datetime.min.replace(tzinfo=UTC)
            await self._pool.execute(HEALED, *self._keys)

    def _kept(self, text: str) -> str:
        """As the database can hold it, without secrets."""
        return self._hide(text).encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:SAID_MAX]

    def _fail_waiters(self, error: Transient) -> None:
        for _, _, waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(error)
        self._waiters.clear()


def _seconds(value: Any) -> float:
    """Seconds from an SQL interval that may be absurdly long."""
    return min(float(value), 86_400.0)
