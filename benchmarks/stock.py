"""A million stock levels, one in a hundred changed: our run against the same difference in hand-written SQL."""

from benchmarks.child import child
from benchmarks.database import Server
from benchmarks.measure import Run


async def ours(server: Server, *, count: int) -> Run:
    return await _levels(server, "stock_ours", count)


async def by_hand(server: Server, *, count: int, rows: str) -> Run:
    """rows: figures or tuples; see stock_by_hand."""
    return await _levels(server, "stock_by_hand", count, rows)


async def _levels(server: Server, how: str, count: int, *more: str) -> Run:
    """A fresh database and a fresh process each time."""
    async with server.fresh() as url, child(how, url, count, *more) as run:
        await run.line()
        near = server.cpu()
        await run.tell("go")
        used = await run.line()
        near = (server.cpu() or 0.0) - (near or 0.0)
    stages = {name: used[name] for name in ("stage", "merge", "changes") if name in used}
    return Run(count, used["wall"], used["cpu"], used["peak_mb"], server_cpu=near, notes=stages)
