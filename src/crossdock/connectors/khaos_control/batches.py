"""Asking for many records by code: in batches, with the one bad record singled out and nothing silently missing."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from crossdock.connectors.khaos_control.xmldoc import Element
from crossdock.model.faults import DataFault, ReadIncomplete

T = TypeVar("T")
Ask = Callable[[Sequence[str]], Awaitable[Element]]

BLAMED_MAX = 3
"""More bad records than this in one batch are no bad records: the server is unwell."""


@dataclass(slots=True)
class Gathered:
    """Answers to one batch. blamed: code → why even asking for it alone brought nothing that can be read."""

    documents: list[Element] = field(default_factory=list)
    blamed: dict[str, DataFault] = field(default_factory=dict)


async def gather(ask: Ask, codes: Sequence[str]) -> Gathered:
    """Ask for all; a batch that cannot be read is asked for again in halves, down to the record to blame.

    Raises what `ask` raises save DataFault, and ReadIncomplete when too many would be blamed.
    """
    found = Gathered()
    await _ask(ask, codes, found)
    return found


async def _ask(ask: Ask, codes: Sequence[str], found: Gathered) -> None:
    try:
        found.documents.append(await ask(codes))
    except DataFault as fault:
        if len(codes) > 1:
            middle = len(codes) // 2
            await _ask(ask, codes[:middle], found)
            await _ask(ask, codes[middle:], found)
            return
        found.blamed[codes[0]] = fault
        if len(found.blamed) > BLAMED_MAX:
            text = f"{len(found.blamed)} records in one batch cannot be read, the last because: {fault}"
            raise ReadIncomplete(text, evidence=fault.evidence) from fault


def chunks(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))


def unique(codes: Iterable[str]) -> list[str]:
    """Each code once, the first spelling wins: Khaos Control does not tell upper from lower case."""
    found: dict[str, str] = {}
    for code in codes:
        if plain := code.strip():
            found.setdefault(plain.casefold(), plain)
    return list(found.values())


def askable(code: str) -> bool:
    """Codes are joined by commas, so one that holds a comma cannot be asked for."""
    return "," not in code


def cannot_be_asked(code: str) -> DataFault:
    return DataFault(f"code {code!r}", "holds a comma, so Khaos Control cannot be asked for it; rename it there")
