"""One HTTP exchange with the web server, and the trouble it can meet on the way.

Only 200, 400 and 500 are answers a web server may give here; anything but 200 means that the same is sent again.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.khaos_control.channel.book import Book, Trouble

WRONG_PASSWORD, CUT, LOST_REQUEST, LOST_REPLY, TWICE = "wrong_password", "cut", "lose_request", "lose_reply", "twice"
TROUBLES: Mapping[str, str] = {
    WRONG_PASSWORD: "expired_token", CUT: "truncated_body", LOST_REQUEST: "lost_request", LOST_REPLY: "lost_reply",
    TWICE: "duplicate_webhook",
}  # fmt: skip
"""Trouble → the kind of fault knob that makes it as well, for calls labelled `CHANNEL StockUpload` and the like."""

EXPECTED = frozenset({200, 400, 500})


@dataclass(slots=True)
class Exchange:
    """What went and what came. outcome: accepted, refused, unexpected status, lost, or not sent."""

    call: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    entries: int = 0
    attempt: int = 1
    troubles: list[str] = field(default_factory=list)
    status: int | None = None
    sent: bytes = b""
    reply: bytes = b""
    reply_headers: dict[str, str] = field(default_factory=dict)
    outcome: str = "not sent"

    @property
    def accepted(self) -> bool:
        return self.outcome == "accepted"


class Transport:
    """Sends what it is given, once or, where trouble has it so, twice, and writes every exchange into the log."""

    def __init__(self, faults: Callable[[], FaultPlan]) -> None:
        self.faults = faults

    async def exchange(self, book: Book, one: Exchange) -> Exchange:
        one.troubles = self._draw(book, one)
        password = book.settings.password + ("-wrong" if WRONG_PASSWORD in one.troubles else "")
        for _ in range(2 if TWICE in one.troubles else 1):
            await self._once(book, one, password)
            self._log(book, one)
        return one

    async def _once(self, book: Book, one: Exchange, password: str) -> None:
        one.status, one.sent, one.reply, one.reply_headers, one.outcome = None, b"", b"", {}, "lost"
        if LOST_REQUEST in one.troubles:
            return
        token = base64.b64encode(f"{book.settings.user}:{password}".encode()).decode()
        one.sent = one.body[: len(one.body) // 2] if CUT in one.troubles else one.body
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=book.settings.timeout_seconds)) as session,
                session.request(
                    one.method,
                    one.url,
                    data=one.sent if one.method == "POST" else None,
                    headers={**one.headers, "Authorization": f"Basic {token}"},
                    allow_redirects=False,
                ) as response,
            ):
                if LOST_REPLY in one.troubles:  # the work is done there; the connection breaks before it says so
                    response.close()
                    return
                one.reply = await response.read()
                one.status = response.status
                one.reply_headers = {name.lower(): value for name, value in response.headers.items()}
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            one.outcome = f"lost: {type(error).__name__}"
            return
        one.outcome = _outcome(one.status)

    def _draw(self, book: Book, one: Exchange) -> list[str]:
        """Ordered by somebody for this exchange, or by the fault knobs."""
        struck = []
        for kind, knob in TROUBLES.items():
            if kind in (CUT, TWICE) and one.method != "POST":
                continue
            ordered = next((t for t in book.troubles if t.kind == kind and t.call in ("", one.call)), None)
            if ordered is not None:
                _spend(book, ordered)
                struck.append(kind)
            elif self.faults().draw(knob, f"CHANNEL {one.call}"):
                struck.append(kind)
        return struck

    def _log(self, book: Book, one: Exchange) -> None:
        limit = book.settings.log_text
        book.log.append({
            "at": book.store.now().isoformat(),
            "call": one.call,
            "method": one.method,
            "url": one.url,
            "headers": dict(one.headers),
            "user": book.settings.user,
            "request": one.sent.decode("utf-8", "replace")[:limit],
            "entries": one.entries,
            "attempt": one.attempt,
            "trouble": list(one.troubles),
            "status": one.status,
            "reply_headers": one.reply_headers,
            "reply": one.reply.decode("utf-8", "replace")[:limit],
            "outcome": one.outcome,
        })  # fmt: skip


def _outcome(status: int) -> str:
    if status == 200:
        return "accepted"
    return "refused" if status in EXPECTED else "unexpected status"


def _spend(book: Book, trouble: Trouble) -> None:
    trouble.left -= 1
    if trouble.left <= 0:
        book.troubles.remove(trouble)
