"""PgQueuer itself: jobs enqueued like ours, and a handler that does nothing. A child: DATABASE_URL JOBS IN_FLIGHT."""

import sys
from datetime import timedelta

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.models import Job
from pgqueuer.types import QueueExecutionMode

from benchmarks.child import heard, measured, run_child, say

PAGE = 100


async def main(url: str, jobs: int, in_flight: int) -> None:
    connection = await asyncpg.connect(url)
    await Queries(AsyncpgDriver(connection)).install()
    await connection.close()
    async with asyncpg.create_pool(url, min_size=2, max_size=16) as pool:
        queue = PgQueuer.from_asyncpg_pool(pool)
        done = 0

        @queue.entrypoint("order")
        async def nothing(job: Job) -> None:
            nonlocal done
            done += 1

        for start in range(0, jobs, PAGE):
            numbers = range(start, min(jobs, start + PAGE))
            await queue.qm.queries.enqueue(
                ["order" for _ in numbers], [f"oro-khaos/{number}".encode() for number in numbers],
                [10 for _ in numbers], dedupe_key=[f"order/{number}/1" for number in numbers],
            )  # fmt: skip
        say({"ready": jobs})
        await heard()
        with measured() as usage:
            await queue.qm.run(
                dequeue_timeout=timedelta(seconds=1), batch_size=in_flight, max_concurrent_tasks=2 * in_flight,
                mode=QueueExecutionMode.drain, log_aggregation_interval=timedelta(0),
            )  # fmt: skip
        say({"done": done, **usage.public()})
        await heard()


if __name__ == "__main__":
    run_child(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
