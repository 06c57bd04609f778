"""Systems that call us: a channel is a set of addresses that a remote system fetches from and posts to.

The connector speaks the wire (who may call, what a body says, which status to answer); the desk is what the platform
lets it take and give. Nothing is answered with success before the desk has stored it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from crossdock.model.after_sale import Cancellation, SalesReturn
from crossdock.model.faults import DataFault
from crossdock.model.item_document import ItemDocument
from crossdock.ports.systems import WebhookEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRequest:
    """One call. tail: the path below the channel's own address, without a leading slash. headers: any-case lookup.

    base_url: the channel's own address as the caller sees it, without a trailing slash.
    """

    method: str
    tail: str
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    base_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReply:
    status: int
    body: bytes = field(default=b"", repr=False)
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One document put out for the other side to fetch. position: rises with the time it was put out, never reused.

    value: canonical (ResolvedOrder for `sales-order`, SalesReturn for `return`, ItemDocument for `stock-item`).
    """

    position: int
    ref: str
    value: Any
    put_out_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One record of an upload. key: the other side's, stable; a later upload of the same key takes its place."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What came of a wish. accepted: None while nobody has decided."""

    accepted: bool | None
    reason: str = ""


class ChannelDesk(Protocol):
    """What one pairing's channel may take and give. Every method is durable when it returns, and safe to repeat.

    Any of them may raise Transient: the store does not answer, so neither may we say yes; and those that take may
    raise DataFault: a text that cannot be kept, such as one with a NUL character.
    """

    async def waiting(self, kind: str, *, after: int, limit: int) -> Sequence[Waiting]:
        """Documents put out after that position, oldest first. kind: sales-order, return or stock-item."""
        ...

    async def waiting_since(self, kind: str, *, since: datetime, limit: int) -> Sequence[Waiting]:
        """Documents put out at or after that moment, oldest first."""
        ...

    async def named(self, kind: str, refs: Sequence[str]) -> Sequence[Waiting]:
        """Those of the named documents that were ever put out."""
        ...

    async def keep(self, kind: str, records: Sequence[Kept], raw: bytes) -> None:
        """What came of a call: uploads (`order-status`, `stock-item`, `stock-item-deleted`, `stock-level`,
        `price-list`), and `unsayable`: documents put out that cannot be said in the other side's tongue."""
        ...

    async def take_event(self, event: WebhookEvent, raw: bytes) -> bool:
        """Remember that something happened and look at the orders it names. False when it was known already."""
        ...

    async def take_cancellation(self, cancellation: Cancellation, raw: bytes) -> Decision:
        """Remember the wish, and say what came of it so far."""
        ...


class Outbox(Protocol):
    """The other side of a desk: what a flow lays out for a system that fetches, and what that system brought."""

    async def put_out(self, kind: str, documents: Mapping[str, Any]) -> frozenset[str]:
        """Lay documents out, by our reference (kinds as for `waiting`); returns those that were not out already."""
        ...

    async def replace(self, kind: str, documents: Mapping[str, Any], *, again: bool = False) -> frozenset[str]:
        """The same for kinds of which the latest word counts: one that says something else than what is out takes its
        place and is fetched anew. again: also one that says the same. Returns what is out anew."""
        ...

    async def kept(self, kind: str, keys: Sequence[str] | None = None) -> Mapping[str, str]:
        """Key → the newest canonical document of it, as JSON, of what came. keys: None for all."""
        ...

    async def fetched(self, kind: str, refs: Sequence[str]) -> frozenset[str]:
        """Those of the named documents that the other side has: it went on to ask for what comes after them."""
        ...

    async def take_back(self, kind: str, refs: Sequence[str]) -> frozenset[str]:
        """Lay them out no longer; those that the other side has stay as they are. Returns what was taken back."""
        ...

    async def wishes(self, limit: int) -> Sequence[Cancellation]:
        """Cancellations that nobody has decided yet, oldest first."""
        ...

    async def decide(self, key: str, *, accepted: bool, reason: str, actor: str) -> bool:
        """Settle a wish, once; False when it was settled already or is not known."""
        ...


class ReturnChannel(Protocol):
    """A system that fetches goods that came back, laid out for it, and makes a credit note of each."""

    def return_problem(self, sales_return: SalesReturn) -> DataFault | None:
        """Why this return cannot be said in the system's tongue; None when it can. Asks nobody."""
        ...


class ItemChannel(Protocol):
    """A system that fetches stock items laid out for it, and makes or changes its own by them."""

    def item_problem(self, document: ItemDocument) -> DataFault | None:
        """Why this item cannot be said in the system's tongue; None when it can. Asks nobody."""
        ...


@runtime_checkable
class Channel(Protocol):
    async def answer_channel(self, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        """One call answered. Raises nothing but defects: every refusal is a reply in the system's own form."""
        ...
