"""Many small wishes, one statement: what arrives while a batch is under way goes together into the next.

This is group commit. A lone caller waits for nothing; under load, hundreds of callers share one round trip.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")


class Coalesce(Generic[Wish, Answer]):
    """Calls `do` with a list of wishes; it answers with a list of the same length and order."""

    def __init__(self, do: Callable[[Sequence[Wish]], Awaitable[Sequence[Answer]]], *, batch_max: int = 256) -> None:
        self._do = do
        self._batch_max = batch_max
        self._waiting: list[tuple[Wish, asyncio.Future[Answer]]] = []
        self._runner: asyncio.Task[None] | None = None

    async def __call__(self, wish: Wish) -> Answer:
        """Raises whatever `do` raised for this wish; what its neighbours wished for is no matter."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            await asyncio.sleep(0)  # let everybody who is ready in this turn of the loop join the batch
            while self._waiting:
                batch, self._waiting = self._waiting[: self._batch_max], self._waiting[self._batch_max :]
                await self._serve(batch)
        finally:
            self._runner = None

    async def _serve(self, batch: Sequence[tuple[Wish, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._do([wish for wish, _ in batch])
        except Exception as error:  # noqa: BLE001 - told to whoever wished for it
            if len(batch) > 1:  # one bad record never stops its neighbours: each is served alone
                for one in batch:
                    await self._serve([one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        except BaseException:
            for _, future in batch:
                future.cancel()
            raise
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
