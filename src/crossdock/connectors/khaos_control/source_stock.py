"""StockSource: how much of each stock item is free to sell at our site."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from crossdock.connectors.khaos_control.batches import askable, chunks, gather, unique
from crossdock.connectors.khaos_control.catalogue import BY_STOCK_CODE, Catalogue
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.kinds import Kind, Kinds
from crossdock.connectors.khaos_control.mapping_levels import (
    NOT_STOCK_CONTROLLED,
    Components,
    FigureRule,
    by_code,
    read_figure,
)
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.times import NO_DATE
from crossdock.connectors.khaos_control.wire_results import Site, site_list
from crossdock.connectors.khaos_control.xmldoc import Element, attribute, text
from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete
from crossdock.model.stock import StockFigure
from crossdock.ports.runtime import Clock, Priority
from crossdock.ports.systems import UnreadableFigure

DEFAULT_SITE = Site(-1, "")


class StockReader:
    """Reads levels by code; families are left out, their sub-items each counted once."""

    def __init__(self, client: KhaosClient, catalogue: Catalogue, settings: KhaosControlSettings, clock: Clock) -> None:
        self._client = client
        self._catalogue = catalogue
        self._settings = settings
        self._clock = clock
        self._site: Site | None = None
        self._kinds = Kinds(catalogue, settings.batches.export_stock)

    async def read(
        self, changed_since: datetime | None, site_name: str | None = None
    ) -> AsyncIterator[Sequence[StockFigure | UnreadableFigure]]:
        """site_name: None for the site of the settings. Of a site that is named nothing is told that could be built:
        it stands nowhere yet.

        Raises Transient, ConfigFault (the site), ReadIncomplete: a code that is not answered.

        Rows that cannot be read are the last page. A code that holds a comma cannot be asked for; reading items makes a
        case of it.
        """
        site = await self.site() if site_name is None else await self._look_up_site(site_name)
        if changed_since is None:
            self._kinds.forget()
        rows = await self._catalogue.listed(changed_since)
        families = {row.parent_code.casefold() for row in rows}
        changed = [row.stock_code for row in rows]
        codes = [code for code in unique(changed + self._kinds.packs_with(changed)) if code.casefold() not in families]
        faults: list[UnreadableFigure] = []
        for batch in chunks([code for code in codes if askable(code)], self._settings.batches.stock_status):
            if figures := await self._figures(batch, site, changed_since, faults, built=site_name is None):
                yield figures
        if faults:
            yield faults

    async def find(self, codes: Sequence[str]) -> list[StockFigure | UnreadableFigure]:
        """Those of the codes that the ERP tells a level of; a code that cannot be asked for is one it does not.

        Raises Transient, ConfigFault, ReadIncomplete: a listed code that is not answered.
        """
        site, faults = await self.site(), list[UnreadableFigure]()
        found: list[StockFigure | UnreadableFigure] = []
        self._kinds.forget()
        for batch in chunks([code for code in unique(codes) if askable(code)], self._settings.batches.stock_status):
            found += await self._figures(batch, site, None, faults)
        return [*found, *faults]

    async def site(self) -> Site:
        """The site figures are read for. Raises ConfigFault when there is none of the name in the settings."""
        if self._site is None:
            self._site = await self._look_up_site(self._settings.site) if self._settings.site else DEFAULT_SITE
        return self._site

    async def sites(self) -> list[Site]:
        answer = await self._client.read("GetSiteList")
        try:
            return site_list(answer)
        except DataFault as fault:
            raise ReadIncomplete(f"GetSiteList: {fault}") from fault

    async def _look_up_site(self, name: str) -> Site:
        sites = await self.sites()
        for site in sites:
            if site.site_name.casefold() == name.casefold():
                return site
        names = ", ".join(site.site_name for site in sites) or "none"
        raise ConfigFault(f"there is no site {name!r}; there is {names}", setting="site")

    async def _figures(
        self,
        batch: Sequence[str],
        site: Site,
        changed_since: datetime | None,
        faults: list[UnreadableFigure],
        *,
        built: bool = True,
    ) -> list[StockFigure]:
        """built: with what could be built from components, where the settings ask for it."""
        as_of = self._clock.now()
        rows, missing = await self._rows(batch, site, faults)
        if missing:
            more, missing = await self._rows(missing, site, faults)
            rows.extend(more)
            await self._catalogue.gone(missing, changed_since)
        return await self._read(rows, site, as_of, faults, built=built)

    async def _read(
        self, rows: Sequence[Element], site: Site, as_of: datetime, faults: list[UnreadableFigure], *, built: bool
    ) -> list[StockFigure]:
        free = unique(attribute(row, "CODE") for row in rows if text(row, "STATUS") == NOT_STOCK_CONTROLLED)
        await self._kinds.learn(free)
        packs = {code.casefold(): self._kinds.components(code) for code in free if self._kinds.of(code) is Kind.PACK}
        rule = FigureRule(
            site=site.site_name,
            plus_build=built and self._settings.stock_figure == "available_plus_build",
            packs=packs,
            levels=await self._component_levels(packs, rows, site, faults) if packs else {},
        )
        left_out = {code.casefold() for code in free if self._kinds.of(code) in (None, Kind.FAMILY)}
        found: dict[tuple[str, str], StockFigure] = {}
        elsewhere: set[str] = set()
        for row in rows:
            code = attribute(row, "CODE").casefold()
            if code in left_out:
                continue
            try:
                figure = read_figure(row, rule, as_of=as_of)
            except DataFault as fault:
                faults.append(UnreadableFigure(attribute(row, "CODE"), fault))
                continue
            if site.site_name and figure.site != site.site_name:
                elsewhere.add(code)
            elif found.setdefault((code, figure.site), figure) != figure:
                raise ReadIncomplete(f"{figure.stock_code} is answered twice with two figures")
        if lost := elsewhere - {code for code, _ in found}:
            raise ReadIncomplete(f"{len(lost)} codes are answered for other sites than {site.site_name}: {min(lost)}")
        return list(found.values())

    async def _component_levels(
        self, packs: Mapping[str, Components], rows: Sequence[Element], site: Site, faults: list[UnreadableFigure]
    ) -> dict[tuple[str, str], Decimal | None]:
        """(casefolded code, site) → free quantity of every component, None where it is not stock controlled."""
        here = {attribute(row, "CODE").casefold() for row in rows}
        parts = unique(code for components in packs.values() for code, _ in components if askable(code))
        wanted = [code for code in parts if code.casefold() not in here]
        others: list[Element] = []
        for batch in chunks(wanted, self._settings.batches.stock_status):
            more, missing = await self._rows(batch, site, faults)
            others.extend(more)
            if missing:
                more, missing = await self._rows(missing, site, faults)
                others.extend(more)
            await self._catalogue.gone(missing, None)
        found: dict[tuple[str, str], Decimal | None] = {}
        rule = FigureRule(site=site.site_name)
        for row in (*rows, *others):
            try:
                figure = read_figure(row, rule, as_of=self._clock.now())
            except DataFault:
                continue  # told where the row itself is read; until then its packs are none
            found[figure.stock_code.casefold(), figure.site] = None if figure.unlimited else figure.quantity
        return found

    async def _rows(
        self, codes: Sequence[str], site: Site, faults: list[UnreadableFigure]
    ) -> tuple[list[Element], list[str]]:
        """(rows of the codes asked for, codes not answered)."""

        async def ask(some: Sequence[str]) -> Element:
            params = [
                Param("StockCodes", ",".join(some)),
                Param("MappingType", BY_STOCK_CODE, "int"),
                Param("LastUpdated", NO_DATE, "dateTime"),
                Param("SiteID", str(site.site_id), "int"),
                Param("PotentialLeadTime", "0", "int"),
            ]
            return await self._client.export("ExportStockStatus", params, root="STOCK_STATUS", priority=Priority.BULK)

        answers = await gather(ask, codes)
        faults.extend(UnreadableFigure(code, fault) for code, fault in answers.blamed.items())
        there: dict[str, list[Element]] = {}
        for stock_status in answers.documents:
            for code, rows in by_code(stock_status).items():
                there.setdefault(code, []).extend(rows)
        missing = [code for code in codes if code.casefold() not in there and code not in answers.blamed]
        return [row for code in codes for row in there.get(code.casefold(), ())], missing
