"""Lists of a retail-stock bridge as Documents, page by page to their proven end."""

from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from crossdock.connectors.bridge import Wire, read_all, take
from crossdock.connectors.bridge.faults import Verdict
from crossdock.connectors.bridge.json_text import as_read
from crossdock.connectors.bridge.paging import read_page
from crossdock.connectors.wair.session import Session
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Document

W = TypeVar("W", bound=Wire)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Feed(Generic[W, T]):
    """keys: members that tell rows apart. stamp: the member that says when a row was last changed, "" for none. label:
    the member that people know it by, "" for its key."""

    path: str
    operation: str
    keys: tuple[str, ...]
    model: type[W]
    to: Callable[[W, str], T]
    stamp: str = ""
    priority: Priority = Priority.READ
    label: str = ""

    def key(self, row: Mapping[str, Any]) -> Hashable:
        parts = tuple(row.get(key) for key in self.keys)
        return parts if all(isinstance(part, str) and part for part in parts) else None

    def ref(self, row: Any) -> str:
        """The key, as far as it can be read, parts joined by a slash."""
        known = row if isinstance(row, dict) else {}
        return "/".join(str(part) for key in self.keys if isinstance(part := known.get(key), str | int))

    def document(self, row: Any, place: str) -> Document[T]:
        """A row as a Document: its value, or what is wrong with it."""
        updated_at, value, fault = None, None, None
        try:
            record = take(self.model, row, place)
            updated_at = getattr(record, self.stamp) if self.stamp else None
            value = self.to(record, place)
        except DataFault as problem:
            fault = problem
        ref = self.ref(row)
        name = row.get(self.label) if self.label and isinstance(row, dict) else None
        label = name if isinstance(name, str) and name else ref
        return Document(ref=ref, raw=as_read(row), value=value, fault=fault, updated_at=updated_at, label=label)

    def documents(self, rows: Sequence[Any]) -> list[Document[T]]:
        return [self.document(row, f"data[{at}]") for at, row in enumerate(rows)]


async def read_feed(
    session: Session, feed: Feed[W, T], since: datetime | None = None, query: Mapping[str, str] | None = None
) -> AsyncIterator[Sequence[Document[T]]]:
    """Raises ReadIncomplete, Unsupported, ConfigFault, Transient."""
    await session.need(feed.operation)
    pages = read_all(session.api, feed.path, key=feed.key, since=since, query=query, priority=feed.priority)
    async for page in pages:
        if page.rows:
            yield feed.documents(page.rows)


async def first_rows(session: Session, feed: Feed[W, T]) -> Sequence[Document[T]]:
    """One page as it stands, for a look."""
    await session.need(feed.operation)
    return feed.documents((await read_page(session.api, feed.path)).rows)


async def ask(session: Session, path: str, body: Mapping[str, Any]) -> list[Any]:
    """The rows that a query answers.

    Raises ReadIncomplete: no list, or not all of it. Raises DataFault: what we ask for is not known there.
    """
    answer = await session.api.read(path, body=body, expect=frozenset({Verdict.REFUSED}))
    if answer.problem is not None:
        raise DataFault(f"POST {path}", f"{answer.problem} ({answer.problem.code})", evidence=answer.evidence)
    rows = answer.doc.get("data") if isinstance(answer.doc, dict) else None
    if not isinstance(rows, list):
        raise ReadIncomplete(f"POST {path}: the answer holds no list `data`", evidence=answer.evidence)
    page = answer.doc.get("page")
    if isinstance(page, dict) and page.get("has_more") is not False:
        raise ReadIncomplete(f"POST {path}: the answer says that there is more", evidence=answer.evidence)
    return rows
