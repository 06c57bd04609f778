"""AccountSource: companies of the ERP's sales ledger."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from crossdock.connectors.khaos_control.batches import askable, cannot_be_asked, chunks, gather, unique
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_account import read_company
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.times import since
from crossdock.connectors.khaos_control.wire_results import ListedCompany, company_list
from crossdock.connectors.khaos_control.xmldoc import Element, text
from crossdock.model.account import Account
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.ports.systems import Document

BY_COMPANY_CODE = "1"


class AccountReader:
    """Lists companies, then exports them in batches of codes."""

    def __init__(self, client: KhaosClient, settings: KhaosControlSettings) -> None:
        self._client = client
        self._settings = settings

    async def read(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Account]]]:
        """Raises Transient, ConfigFault, and ReadIncomplete when a listed company was not answered."""
        listed = {row.company_code.casefold(): row for row in await self.listed(changed_since)}
        codes = unique(row.company_code for row in listed.values())
        if refused := [code for code in codes if not askable(code)]:
            yield [Document(ref=code, raw=b"", fault=cannot_be_asked(code)) for code in refused]
        for batch in chunks([code for code in codes if askable(code)], self._settings.batches.company):
            documents, missing = await self._ask(batch, listed)
            if missing:
                more, missing = await self._ask(missing, listed)
                documents.extend(more)
            if missing:
                await self._gone(missing, changed_since)
            yield documents

    async def find(self, codes: Sequence[str]) -> Sequence[Account]:
        """A code with a comma cannot be asked for and counts as not there. Raises DataFault on an unreadable record."""
        found = []
        for batch in chunks([code for code in unique(codes) if askable(code)], self._settings.batches.company):
            documents, missing = await self._ask(batch, {})
            if missing:
                documents.extend((await self._ask(missing, {}))[0])
            for document in documents:
                if document.value is None:
                    raise document.fault or DataFault(f"company {document.ref}", "cannot be read")
                found.append(document.value)
        return found

    async def listed(self, changed_since: datetime | None) -> list[ListedCompany]:
        moment = since(changed_since, self._settings.timezone, self._settings.overlap_hours)
        answer = await self._client.read(
            "GetCompanyList",
            [Param("LastUpdated", moment, "dateTime")],
            timeout_seconds=self._settings.export_timeout_seconds,
        )
        try:
            return company_list(answer)
        except DataFault as fault:
            raise ReadIncomplete(f"GetCompanyList: {fault}") from fault

    async def _gone(self, codes: Sequence[str], changed_since: datetime | None) -> None:
        """Raises ReadIncomplete unless these companies left the list while we were reading (merged, or renamed)."""
        there = {row.company_code.casefold() for row in await self.listed(changed_since)}
        if missing := [code for code in codes if code.casefold() in there]:
            raise ReadIncomplete(
                f"{len(missing)} listed companies were asked for twice and not answered: {missing[:5]}"
            )

    async def _ask(
        self, codes: Sequence[str], listed: dict[str, ListedCompany]
    ) -> tuple[list[Document[Account]], list[str]]:
        """(records of the codes asked for, codes not answered)."""
        answers = await gather(self._export, codes)
        wanted = {code.casefold() for code in codes}
        found: dict[str, Document[Account]] = {}
        for companys in answers.documents:
            for company in companys.iterfind("COMPANY"):
                key = text(company, "COMPANY_CODE").casefold()
                if key in wanted:
                    row = listed.get(key)
                    found.setdefault(key, read_company(company, row.last_updated if row else None))
        for code, fault in answers.blamed.items():
            found.setdefault(code.casefold(), Document(ref=code, raw=b"", fault=fault))
        return list(found.values()), [code for code in codes if code.casefold() not in found]

    async def _export(self, codes: Sequence[str]) -> Element:
        params = [Param("CompanyCode", ",".join(codes)), Param("MappingType", BY_COMPANY_CODE, "int")]
        return await self._client.export("ExportCompany", params, root="COMPANYS")
