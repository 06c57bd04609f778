"""A simulated day in which a storefront and a counter in the ERP sell the same last units. No clock, no network.

Shoppers buy what the storefront shows; the counter buys what the ERP has. Between them run our own sums
(`decide.stock.sellable`) with everything that takes time in the real thing: orders are captured late, posted later, and
a level is worked out from figures that were read before it is shown. `policy.in_flight` off is what a plain figure copy
does.
"""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from crossdock.decide.stock import sellable

DAY = 86_400.0
OPEN, CLOSE = 8 * 3600.0, 20 * 3600.0  # the counter's hours; shoppers never sleep
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """latency: seconds from reading figures to showing levels, the same again until the next read, and twice that from
    a sale to its order in the ERP. look: seconds between the last look for orders and the write it precedes.
    in_flight: whether what was sold and is not in the figure yet is taken off it."""

    latency: float
    buffer: int = 0
    in_flight: bool = True
    look: float = 0.0

    @property
    def exposed_seconds(self) -> float:
        """For how long the counter can sell behind a level's back: the age of a level at its oldest, and then the time
        until the ERP hears of what was sold at that level."""
        return 3 * self.latency + self.look + 2 * self.latency


@dataclass
class Item:
    """One stock item and what each side believes of it. counter, shoppers: when either sold how many. short: units
    that were promised and not there, at the worst moment."""

    erp: int  # free in the ERP's own books
    shown: int = 0
    figure: int = 0  # the ERP's, when it was last read
    in_figure: int = 0  # of the storefront's sales, those that the figure holds
    sold: int = 0  # by the storefront
    posted: int = 0  # of those, in the ERP
    short: int = 0
    counter: list[tuple[float, int]] = field(default_factory=list)
    shoppers: list[tuple[float, int]] = field(default_factory=list)

    @property
    def free(self) -> int:
        """What nobody bought yet, whoever knows of it; below zero it is oversold."""
        return self.erp - (self.sold - self.posted)

    def promised(self, policy: Policy) -> int:
        """The most that may be short: what the counter sold within any stretch it was exposed for, and shoppers between
        any last look and its write, less the buffer."""
        behind = _most(self.counter, policy.exposed_seconds)
        unseen = _most(self.shoppers, policy.look) if policy.look else 0
        return max(0, behind + unseen - policy.buffer)


def _most(sales: Sequence[tuple[float, int]], seconds: float) -> int:
    """The most units sold within any stretch of that length."""
    return max((sum(n for at, n in sales if begin <= at <= begin + seconds) for begin, _ in sales), default=0)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """sold: units, by both. oversold: units that were promised and not there. lost: shoppers who found nothing on show
    though there was something."""

    sold: int
    oversold: int
    lost: int
    items: Sequence[Item]


class SellingDay:
    """items: how many stock items, each with 4 to 12 units in the morning and one delivery in the day."""

    def __init__(self, policy: Policy, *, items: int = 60, seed: int = 7) -> None:
        self.policy = policy
        self._chance = random.Random(seed)
        self.items = [Item(erp=self._chance.randint(4, 12)) for _ in range(items)]
        self._events: list[tuple[float, int, str, int, int]] = []
        self._count = 0
        self._lost = 0

    def play(self) -> Outcome:
        self._crowd()
        self._at(0.0, "read", -1)
        while self._events and self._events[0][0] < DAY:
            at, _, what, number, units = heapq.heappop(self._events)
            getattr(self, f"_{what}")(at, number, units)
        sold = sum(one.sold + sum(n for _, n in one.counter) for one in self.items)
        return Outcome(
            sold=sold, oversold=sum(one.short for one in self.items), lost=self._lost, items=tuple(self.items)
        )

    def _at(self, at: float, what: str, number: int, units: int = 0) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, what, number, units))

    def _crowd(self) -> None:
        """Who comes when; the same for every policy of one seed."""
        for number in range(len(self.items)):
            for _ in range(self._chance.randint(6, 14)):
                self._at(self._chance.uniform(0, DAY), "shopper", number, self._chance.choice((1, 1, 1, 2)))
            for _ in range(self._chance.randint(3, 9)):
                self._at(self._chance.uniform(OPEN, CLOSE), "counter", number, self._chance.choice((1, 1, 2)))
            self._at(self._chance.uniform(OPEN, CLOSE), "delivery", number, self._chance.randint(3, 8))

    def _shopper(self, at: float, number: int, units: int) -> None:
        item = self.items[number]
        if item.shown < units:
            self._lost += item.free >= units
            return
        item.shown -= units
        item.sold += units
        item.shoppers.append((at, units))
        item.short = max(item.short, -item.free)
        self._at(at + 2 * self.policy.latency, "post", number, units)

    def _post(self, at: float, number: int, units: int) -> None:
        """The ERP has the order; our figure does not know of it before it is read again."""
        item = self.items[number]
        item.erp -= units
        item.posted += units

    def _counter(self, at: float, number: int, units: int) -> None:
        item = self.items[number]
        if item.erp < units:
            return
        item.erp -= units
        item.counter.append((at, units))
        item.short = max(item.short, -item.free)

    def _delivery(self, at: float, number: int, units: int) -> None:
        self.items[number].erp += units

    def _read(self, at: float, number: int, units: int) -> None:
        """One whole read of the ERP's figures; what it says is shown a latency later, and then it is read again."""
        for one in self.items:
            one.figure, one.in_figure = one.erp, one.posted
        self._at(at + self.policy.latency, "look", -1)

    def _look(self, at: float, number: int, units: int) -> None:
        """The sweep for orders right before the levels are worked out: of every sale until now it is known."""
        for index, one in enumerate(self.items):
            if (level := self._level(one)) != one.shown:
                self._at(at + self.policy.look, "show", index, level)
        self._at(at + self.policy.latency, "read", -1)

    def _level(self, item: Item) -> int:
        in_flight = item.sold - item.in_figure if self.policy.in_flight else 0
        level = sellable(
            Decimal(item.figure), unlimited=False, stock_units=Fraction(1), buffer=Decimal(self.policy.buffer),
            in_flight=Decimal(in_flight), unlimited_shown=NOTHING,
        )  # fmt: skip
        return int(level or 0)

    def _show(self, at: float, number: int, level: int) -> None:
        self.items[number].shown = level
