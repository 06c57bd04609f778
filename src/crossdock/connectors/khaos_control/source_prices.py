"""PriceSource: price lists, by name."""

from collections.abc import AsyncIterator, Sequence

from crossdock.connectors.khaos_control.batches import askable, chunks
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_prices import read_prices
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.wire_results import name_list
from crossdock.connectors.khaos_control.xmldoc import Element
from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete
from crossdock.model.price import Price
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import UnreadablePrice

PAGE = 2_000


class PriceReader:
    """Asks for one list per call, so that a price's list is the one we named."""

    def __init__(self, client: KhaosClient, settings: KhaosControlSettings) -> None:
        self._client = client
        self._type = settings.price_list_type

    async def read(self, price_lists: Sequence[str]) -> AsyncIterator[Sequence[Price | UnreadablePrice]]:
        """Raises Transient, ReadIncomplete, ConfigFault (no list of that name)."""
        for name in price_lists:
            prices = list(read_prices(await self._export(name), name))
            if not prices:
                await self._check(name)
            for page in chunks(prices, PAGE):
                yield page

    async def names(self) -> list[str]:
        """Every price list there is."""
        return name_list(await self._client.read("GetPriceLists"))

    async def _export(self, name: str) -> Element:
        """ExportPriceListEx takes names joined by commas; a name that holds one goes to the older operation."""
        params, method = [Param("PriceLists", name), Param("PriceListType", self._type)], "ExportPriceListEx"
        if not askable(name):
            params, method = [Param("PriceListName", name)], "ExportPriceList"
        try:
            return await self._client.export(method, params, root="PriceLists", priority=Priority.BULK)
        except DataFault as fault:
            raise ReadIncomplete(f"{method} {name}: {fault}", evidence=fault.evidence) from fault

    async def _check(self, name: str) -> None:
        """An empty answer is either an empty list or no list: the answer does not say which."""
        names = await self.names()
        if name.casefold() not in {one.casefold() for one in names}:
            known = ", ".join(names) or "none"
            raise ConfigFault(f"there is no price list {name!r}; there is {known}", setting="price_lists")
