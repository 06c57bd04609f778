"""What is remembered of the sale of a storefront's products: where each stands, and what of that was told."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from crossdock.decide.offers import OfferFacts, OfferState
from crossdock.model.offer import Offer, SaleChange
from crossdock.model.stock import StockItem


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFile:
    """A product as it was just read, with all that its sale is judged by."""

    ref: str
    sku: str
    facts: OfferFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlistedItem:
    """An ERP item that is none of the storefront's products. priced: the ERP has a price of it in a published list;
    None where prices are not published."""

    item: StockItem
    priced: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a run made of one product. missing: all that it lacks; told: of that, what a desk shall know of. switch: to
    be put on sale, taken off, or left; the state is the one before that, where the storefront may yet refuse."""

    sku: str
    state: OfferState
    ref: str = ""
    on_sale: bool = False
    missing: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    switch: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A product that does not stand in the cases it should stand in. causes: those it should."""

    id: int
    sku: str
    causes: tuple[str, ...]


class OfferBook(Protocol):
    def run(self) -> AbstractAsyncContextManager["OfferRun"]:
        """The one run over this pairing's products; raises Busy when another worker has it."""
        ...

    async def accept(self, record_ids: Sequence[int], *, cause: str) -> None:
        """A named person takes it that these products lack this. It is told no more, unless it was gone in between."""
        ...


class OfferRun(Protocol):
    async def stage(self, offers: Sequence[Offer]) -> None: ...

    async def prepare(self) -> None:
        """All products are staged: find what the ERP holds for each unit they are sold in."""
        ...

    async def unknown(self) -> Sequence[str]:
        """Stock codes of products on sale that the ERP, as far as we know, does not hold."""
        ...

    def products(self, *, priced: bool, batch: int = 500) -> AsyncIterator[Sequence[OfferFile]]:
        """Every staged product whose units were read. priced: prices are published, so each must have one."""
        ...

    def unlisted(self, *, price_lists: Sequence[str] | None, batch: int = 500) -> AsyncIterator[Sequence[UnlistedItem]]:
        """Items the ERP counts, or makes up of others, that no product is. price_lists: those of the ERP that are
        published; None: prices are not."""
        ...

    async def judge(self, judged: Sequence[Judged]) -> None: ...

    async def hides(self) -> int:
        """How many of the judged are to be taken off sale."""
        ...

    async def withhold(self) -> None:
        """None of them is: they stay on sale, lacking what they lack."""
        ...

    async def keep(self) -> None:
        """Remember what was judged. Before anything is written, so that what we take off sale is known to be ours to
        put on again."""
        ...

    def switches(self, *, batch: int) -> AsyncIterator[Sequence[SaleChange]]:
        """What is to be taken off sale, then what is to be put on; never both in one batch."""
        ...

    async def switching(self, changes: Sequence[SaleChange]) -> None:
        """These are about to be asked of the storefront: the trail says so, whatever becomes of the answer."""
        ...

    async def switched(self, changes: Sequence[SaleChange]) -> None:
        """The storefront did it."""
        ...

    async def making(self, skus: Sequence[str]) -> None:
        """These products are about to be made: the trail says so, and what was remembered of earlier ones is void."""
        ...

    async def refused(self, problems: Mapping[str, str], *, off: bool) -> None:
        """SKU → why the storefront would not. A desk shall know of it. off: take it off sale."""
        ...

    async def telling(self, limit: int = 500) -> Sequence[Telling]: ...

    async def told(self, telling: Telling) -> None: ...

    async def gone(self, limit: int = 500) -> Sequence[int]:
        """Those we remember that are no more, neither here nor there."""
        ...

    async def forget(self, record_ids: Sequence[int]) -> None: ...

    async def counts(self) -> Mapping[str, int]:
        """State → how many."""
        ...
