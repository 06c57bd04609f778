"""Lists read to their proven end. Source: SCAYLE Admin API, Pagination: `limit` and `cursor` in, `cursor.next` out.

The last page says so with `"next": null`. Some collections have no cursor at all and are whole in one answer; where a
cursor is due and missing, the end is not proven.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from crossdock.connectors.scayle.client import Answer
from crossdock.connectors.scayle.session import Session
from crossdock.model.faults import ReadIncomplete

PAGES_MAX = 100_000
TRIES = 3  # for a page that is too short to be whole


async def pages(
    session: Session, path: str, query: Mapping[str, str], *, cursored: bool = True
) -> AsyncIterator[Sequence[Any]]:
    """The rows of each page. Raises ReadIncomplete: a cursor that is missing, strange or repeated; a page short of
    rows before the last; no end."""
    asked = {**query, "limit": str(session.settings.page_size)} if cursored else dict(query)
    seen: set[str] = set()
    for _ in range(PAGES_MAX):
        rows, cursor = await _whole_page(session, path, asked, cursored=cursored)
        yield rows
        if cursor is None:
            return
        if cursor in seen:
            raise ReadIncomplete(f"GET {path}: the cursor {cursor!r:.80} came back")
        seen.add(cursor)
        asked["cursor"] = cursor
    raise ReadIncomplete(f"GET {path}: no end after {PAGES_MAX} pages")


async def _whole_page(
    session: Session, path: str, asked: Mapping[str, str], *, cursored: bool
) -> tuple[list[Any], str | None]:
    """Nothing counts the rows of a list. But one that goes on has filled its page; if it has not, rows are missing."""
    settings = session.settings
    rows: list[Any] = []
    for again in range(TRIES):
        await asyncio.sleep(0.1 * again)
        rows, cursor = page(await session.api.read(path, asked), path, cursored=cursored)
        if cursor is None or len(rows) >= settings.page_size or settings.short_pages == "accept":
            return rows, cursor
    problem = f"a page that is not the last holds {len(rows)} rows where {settings.page_size} were asked for"
    raise ReadIncomplete(f"GET {path}: {problem}; see the settings page_size and short_pages")


def page(answer: Answer, path: str, *, cursored: bool) -> tuple[list[Any], str | None]:
    """(rows, cursor of the next page or None)."""

    def broken(problem: str) -> ReadIncomplete:
        return ReadIncomplete(f"GET {path}: {problem}", evidence=answer.evidence)

    body = answer.value
    rows = body.get("entities") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise broken("the answer holds no list of entities")
    cursor = body.get("cursor")
    if cursor is None and "cursor" not in body and not cursored:
        return rows, None
    if not isinstance(cursor, dict) or "next" not in cursor:
        raise broken("the cursor is missing, so that the end cannot be proven")
    following = cursor["next"]
    if following is not None and (not isinstance(following, str) or not following):
        raise broken(f"the next cursor must be text or null, was {following!r:.80}")
    return rows, following
