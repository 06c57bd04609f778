"""What an item without stock of its own is: ExportStockStatus says only "not stock controlled", the item says why."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto

from crossdock.connectors.khaos_control.batches import chunks, gather
from crossdock.connectors.khaos_control.catalogue import Catalogue
from crossdock.connectors.khaos_control.mapping_levels import Components
from crossdock.connectors.khaos_control.mapping_stock import pack_components
from crossdock.connectors.khaos_control.xmldoc import Element, text


class Kind(Enum):
    """FREE: a service, always to be had. PACK: goes as far as its components. FAMILY: a template, never sold."""

    FREE = auto()
    PACK = auto()
    FAMILY = auto()


class Kinds:
    """Remembers the kind of every stock-free item met. `forget` at each full read: a service may become a pack."""

    def __init__(self, catalogue: Catalogue, batch: int) -> None:
        self._catalogue = catalogue
        self._batch = batch
        self._known: dict[str, Kind] = {}
        self._packs: dict[str, tuple[str, Components]] = {}  # casefolded code → as it is spelt, what is in it

    def forget(self) -> None:
        self._known.clear()
        self._packs.clear()

    def components(self, code: str) -> Components:
        """What is in a pack; nothing for anything else."""
        return self._packs[code.casefold()][1] if code.casefold() in self._packs else ()

    def packs_with(self, codes: Iterable[str]) -> list[str]:
        """Packs met so far that hold one of these: their figure moves when a component's does."""
        changed = {code.casefold() for code in codes}
        return [pack for pack, parts in self._packs.values() if any(code.casefold() in changed for code, _ in parts)]

    async def learn(self, codes: Sequence[str]) -> None:
        """Look up those not known yet. One that is not readably exported stays unknown: reading items says so."""
        for batch in chunks([code for code in codes if self.of(code) is None], self._batch):
            await self._ask(batch)
            if silent := [code for code in batch if self.of(code) is None]:
                await self._ask(silent)
            for code in silent:
                home = await self._catalogue.family_of(code) or code
                if self.of(code) is None and home.casefold() != code.casefold():
                    self._known[code.casefold()] = Kind.FREE  # a sub-item is exported inside its family only

    def of(self, code: str) -> Kind | None:
        return self._known.get(code.casefold())

    async def _ask(self, codes: Sequence[str]) -> None:
        answers = await gather(self._catalogue.export, codes)
        for stock_items in answers.documents:
            for item in stock_items.iterfind("STOCK_ITEM"):
                self._take(item)

    def _take(self, item: Element) -> None:
        code, parts = text(item, "STOCK_CODE"), pack_components(item)
        if item.find("SCS") is not None:
            self._known[code.casefold()] = Kind.FAMILY
        elif parts:
            self._known[code.casefold()] = Kind.PACK
            self._packs[code.casefold()] = (code, parts)
        else:
            self._known[code.casefold()] = Kind.FREE
