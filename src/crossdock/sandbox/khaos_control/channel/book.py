"""What a channel remembers: where its downloads stand, what it imported, what it sent, what waits to be sent again."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.sandbox.khaos_control.channel.config_file import Endpoint
from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings
from crossdock.sandbox.khaos_control.model import Company, Order, StockItem
from crossdock.sandbox.khaos_control.money import Amount
from crossdock.sandbox.khaos_control.store import Store

LOG_MAX = 2000


@dataclass(slots=True, eq=False)
class ChannelOrder:
    """An order that came down this channel. web_refs, skus: line number → what was sent. payment: how it is paid."""

    order: Order
    custom_data: str
    payment: str
    web_refs: dict[int, str] = field(default_factory=dict)
    skus: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Imported:
    """A row of the Imported Orders screen. raw, config: as downloaded, for Retry Import. xml: how it was written.

    status: Failed, Skipped, Retrying, Ignore or OK. times: how often it came down.
    """

    ref: str
    status: str
    reason: str
    at: datetime
    raw: Any
    config: Any
    xml: bool
    times: int = 1
    code: str = ""


@dataclass(slots=True, eq=False)
class ReturnedLine:
    """One line coming back, or going out in exchange. restock: its reason lets it go back to the shelf."""

    item: StockItem
    quantity: Decimal
    site_id: int
    amount: Amount
    reason: str = ""
    restock: bool = False
    source: Order | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Return:
    """stage: Returned, Processed or Issued. credit_code: of the credit note, once issued."""

    return_id: int
    code: str
    associated_ref: str
    company: Company
    created: datetime
    lines: list[ReturnedLine]
    exchange_order: str = ""
    notes: str = ""
    stage: str = "Returned"
    credit_code: str = ""


@dataclass(slots=True, eq=False)
class Waiting:
    """An upload that was not answered with 200. It is sent again as it was."""

    call: str
    body: bytes
    entries: int
    attempts: int = 1


@dataclass(slots=True)
class Trouble:
    """kind: a key of transport.TROUBLES. call: which, "" for any. left: how many more exchanges it strikes."""

    kind: str
    call: str
    left: int


class Book:
    """One channel of one database."""

    def __init__(self, store: Store, settings: ChannelSettings) -> None:
        self.store = store
        self.settings = settings
        self.endpoints: dict[str, Endpoint] | None = None
        self.fetched: datetime | None = None
        self.continuations: dict[str, str] = {}
        self.orders: dict[int, ChannelOrder] = {}
        self.imported: dict[str, Imported] = {}
        self.returns: dict[str, Return] = {}
        self.return_rows: dict[str, Imported] = {}
        self.stock_rows: dict[str, Imported] = {}
        self.provided_ids: dict[str, StockItem] = {}
        self.unlinked: set[int] = set()
        self.deleted: list[int] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self.waiting: list[Waiting] = []
        self.given_up: list[Waiting] = []
        self.troubles: list[Trouble] = []
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_MAX)

    def change(self, settings: ChannelSettings) -> None:
        """Save the channel's screen; another URL makes it fetch the configuration file again."""
        if settings.url != self.settings.url:
            self.endpoints = self.fetched = None
        self.settings = settings

    def continuation(self, call: str) -> str:
        return self.continuations.get(call, self.settings.start)

    def changed(self, call: str, key: str, entry: Any, *, everything: bool) -> bool:
        """Whether an entry must be sent: not sent before, or another than last time. It counts as sent from then."""
        known = self.sent.setdefault(call, {})
        if not everything and known.get(key) == entry:
            return False
        known[key] = entry
        return True

    def note(
        self, rows: dict[str, Imported], ref: str, status: str, reason: str, source: tuple[Any, Any, bool]
    ) -> Imported:
        """Write the row of a reference. An OK stands: whatever comes down again for it only counts."""
        row = rows.get(ref)
        if row is None:
            row = rows[ref] = Imported(ref, status, reason, self.store.now(), *source, times=0)
        row.times += 1
        if row.status != "OK":
            row.status, row.reason, row.at = status, reason, self.store.now()
            row.raw, row.config, row.xml = source
        return row
