"""Price lists of the ERP, and what each list of the storefront shows."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from crossdock.decide.price_lists import PricePolicy
from crossdock.model.price import Price, ShownPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFed:
    """An ERP price list and the storefront's list it is shown in, by its key there. currencies: those it takes."""

    price_list: str
    shown_in: str
    currencies: frozenset[str]
    is_net: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedUnit:
    """A unit something is sold in, that may not be. problem: unmapped, or conflict: the storefront declares another
    number of stock units in one than the ERP lists."""

    sku: str
    unit: str
    problem: str
    declared: Fraction
    listed: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What a comparison of price lists found. wanted: prices there should be. zero: (list, SKU) priced at nought.

    foreign: (list, currency) that the storefront's list does not take.
    """

    wanted: int
    writes: int
    removals: int
    zero: tuple[tuple[str, str], ...] = ()
    unconfirmed: tuple[UnconfirmedUnit, ...] = ()
    foreign: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDrift:
    """A price that the storefront should show and does not, or shows and should not (`removes`). shown: what it shows
    instead, None for nothing. moved: that is other than we believed before we looked, so somebody else changed it."""

    price: ShownPrice
    shown: Decimal | None
    removes: bool
    moved: bool = False


class PriceBook(Protocol):
    def run(self) -> AbstractAsyncContextManager["PriceRun"]:
        """The one run over this pairing's prices; raises Busy when another worker has it."""
        ...


class PriceRun(Protocol):
    """Lists are named in the ERP's words where they are read, by the storefront's keys where they are shown."""

    async def begin(self) -> None:
        """Forget what was staged: another list comes."""
        ...

    async def stage(self, prices: Sequence[Price]) -> None: ...

    async def missing(self, price_list: str) -> int:
        """How many prices we know of that list did not come with what was staged."""
        ...

    async def kinds(self) -> frozenset[bool]:
        """Whether what was staged is net, gross, or both."""
        ...

    async def take(self, price_list: str, *, unreadable: Sequence[str], whole: bool) -> int:
        """Take the staged list over. What it does not bring is gone when it is whole, but for those of these codes.

        Returns how many prices changed.
        """
        ...

    async def lists_shown(self) -> Sequence[str]:
        """The storefront's lists that we remember anything of."""
        ...

    async def forget_lists(self, gone: Sequence[str], *, fed: Sequence[str]) -> None:
        """Lists that are no more; and of those that are not fed, all that is not ours."""
        ...

    async def see(self, prices: Sequence[ShownPrice]) -> None: ...

    async def seen(self, price_list: str, *, began: datetime) -> None:
        """What was seen since the last call is all that the storefront shows in the list."""
        ...

    async def compare(
        self,
        lists: Sequence[ListFed],
        *,
        fed: Sequence[str],
        doubtful: Sequence[tuple[str, str]],
        policy: PricePolicy,
        today: date,
    ) -> Differences:
        """What these lists should show, against what they show. fed: all that are fed, now or at another time; what is
        ours in any other goes. doubtful: (the storefront's list, stock code) of which nothing may be removed; "" for
        every code."""
        ...

    def differences(self, *, removals: bool, batch: int) -> AsyncIterator[Sequence[ShownPrice]]:
        """What the comparison found: prices to write, or to remove."""
        ...

    async def believe(self, run_id: int) -> None:
        """Keep for a reconciliation run what each list shows as far as we know, before anybody looks."""
        ...

    def drift(self, run_id: int, *, batch: int) -> AsyncIterator[Sequence[PriceDrift]]:
        """What the last compare found to differ, with what is shown instead; moved: against what that run believed."""
        ...

    async def writing(self, prices: Sequence[ShownPrice], *, at: datetime) -> None:
        """About to be written: until the storefront's word is in, what it shows is unsure, and is written again."""
        ...

    async def written(self, prices: Sequence[ShownPrice]) -> None:
        """The storefront shows these, under these keys."""
        ...

    async def refused(self, prices: Sequence[ShownPrice]) -> None:
        """The storefront shows what it showed before."""
        ...

    async def removing(self, prices: Sequence[ShownPrice], *, at: datetime) -> None: ...

    async def removed(self, prices: Sequence[ShownPrice]) -> None: ...
