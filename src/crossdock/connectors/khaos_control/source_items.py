"""ItemSource: stock items, sub-items of size/colour families included."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from crossdock.connectors.khaos_control.batches import askable, cannot_be_asked, chunks, gather, unique
from crossdock.connectors.khaos_control.catalogue import Catalogue
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_stock import read_items
from crossdock.connectors.khaos_control.wire_results import ListedStock
from crossdock.model.faults import DataFault
from crossdock.model.stock import StockItem
from crossdock.ports.systems import Document


class ItemReader:
    """Reads items by family: a changed sub-item is exported inside its parent, so the parent is asked for."""

    def __init__(self, catalogue: Catalogue, settings: KhaosControlSettings) -> None:
        self._catalogue = catalogue
        self._batch = settings.batches.export_stock

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[StockItem]]]:
        """Raises Transient, ConfigFault, and ReadIncomplete when a listed item was not answered."""
        rows = await self._catalogue.listed(changed_since)
        families = unique(row.parent_code or row.stock_code for row in rows)
        if refused := [code for code in families if not askable(code)]:
            yield [Document(ref=code, raw=b"", fault=cannot_be_asked(code)) for code in refused]
        sub_items: dict[str, list[ListedStock]] = {}
        for row in rows:
            if row.parent_code:
                sub_items.setdefault(row.parent_code.casefold(), []).append(row)
        for batch in chunks([code for code in families if askable(code)], self._batch):
            documents = await self._whole(batch, changed_since)
            listed = [row.stock_code for code in batch for row in sub_items.get(code.casefold(), ())]
            documents.extend(await self._strays(listed, documents))
            yield documents

    async def find(self, codes: Sequence[str]) -> Sequence[StockItem]:
        """A code with a comma cannot be asked for and counts as not there. Raises DataFault on an unreadable record."""
        wanted = [code for code in unique(codes) if askable(code)]
        found: dict[str, StockItem] = {}
        for batch in chunks(wanted, self._batch):
            await self._take(batch, wanted, found)
        missing = [code for code in wanted if code.casefold() not in found]
        homes = unique([home for code in missing if (home := await self._catalogue.family_of(code))])
        for batch in chunks([home for home in homes if askable(home)], self._batch):
            await self._take(batch, missing, found)
        lost = [code for code in missing if code.casefold() not in found]
        await self._catalogue.gone([code for code in lost if await self._catalogue.family_of(code)], None)
        return list(found.values())

    async def _whole(self, batch: Sequence[str], changed_since: datetime | None) -> list[Document[StockItem]]:
        """Every record of the batch. What was not answered is asked for once more, then looked up in a new list."""
        documents, missing = await self._ask(batch)
        if missing:
            more, missing = await self._ask(missing)
            documents.extend(more)
        await self._catalogue.gone(missing, changed_since)
        return documents

    async def _strays(
        self, listed: Sequence[str], documents: Sequence[Document[StockItem]]
    ) -> list[Document[StockItem]]:
        """Sub-items the list names and their family's export left out: asked for by their own code, else said."""
        there = {document.ref.casefold() for document in documents}
        strays = [code for code in unique(listed) if code.casefold() not in there and askable(code)]
        if not strays:
            return []
        own, _ = await self._ask(strays)
        known = {code.casefold() for code in strays}
        own = [document for document in own if document.ref.casefold() in known]
        answered = {document.ref.casefold() for document in own}
        problem = "is listed as a sub-item and its family's export leaves it out; nothing is known of it"
        silent = [code for code in strays if code.casefold() not in answered]
        return own + [Document(ref=code, raw=b"", fault=DataFault(f"code {code}", problem)) for code in silent]

    async def _ask(self, codes: Sequence[str]) -> tuple[list[Document[StockItem]], list[str]]:
        """(records, codes not answered). A record that comes twice is taken once."""
        answers = await gather(self._catalogue.export, codes)
        found: dict[str, Document[StockItem]] = {}
        for stock_items in answers.documents:
            for document in read_items(stock_items):
                found.setdefault(document.ref.casefold(), document)
        for code, fault in answers.blamed.items():
            found.setdefault(code.casefold(), Document(ref=code, raw=b"", fault=fault))
        return list(found.values()), [code for code in codes if code.casefold() not in found]

    async def _take(self, batch: Sequence[str], wanted: Sequence[str], found: dict[str, StockItem]) -> None:
        """Add those of the batch's records that were wanted. Asks a second time for what was not answered."""
        documents, missing = await self._ask(batch)
        if missing:
            documents.extend((await self._ask(missing))[0])
        keys = {code.casefold() for code in wanted}
        for document in documents:
            if document.ref.casefold() not in keys:
                continue
            if document.value is None:
                raise document.fault or DataFault(f"code {document.ref}", "cannot be read")
            found.setdefault(document.ref.casefold(), document.value)
