"""The look at a Prima: one line per kind of record, the good and the bad; a failed one stops no other."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, cast

from crossdock.connectors.bridge import Denied
from crossdock.model.faults import DataFault, RemoteFault, Unsupported
from crossdock.ports.systems import Document, ProbeLine, UnreadableFigure, UnreadablePrice

Look = Callable[[], Awaitable[ProbeLine]]


async def line(what: str, look: Look) -> ProbeLine:
    """What came of one look. What the credentials may not see, or the bridge does not do, is denied and no problem."""
    try:
        return await look()
    except (Denied, Unsupported) as fault:
        return ProbeLine(what=what, denied=str(fault))
    except RemoteFault as fault:
        return ProbeLine(what=what, problem=str(fault))


async def first_page(what: str, pages: AsyncIterator[Sequence[Any]]) -> ProbeLine:
    """How many records the first page holds, and where the first unreadable one fails."""
    async with contextlib.aclosing(cast("AsyncGenerator[Sequence[Any]]", pages)) as opened:
        async for page in opened:
            return counted(what, page)
    return ProbeLine(what=what)


def counted(what: str, page: Sequence[Any]) -> ProbeLine:
    faults = [fault for one in page if (fault := fault_in(one)) is not None]
    return ProbeLine(
        what=what, read=len(page) - len(faults), unreadable=len(faults), problem=str(faults[0]) if faults else ""
    )


def fault_in(one: Any) -> DataFault | None:
    return one.fault if isinstance(one, Document | UnreadableFigure | UnreadablePrice) else None
