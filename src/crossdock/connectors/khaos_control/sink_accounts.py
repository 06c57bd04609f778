"""AccountSink: an account opened by ImportCompany, and found again by our reference."""

from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_company_write import NORMAL, outcome_of_import, write_company
from crossdock.connectors.khaos_control.mapping_outcome import same_reference
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.source_accounts import AccountReader
from crossdock.connectors.khaos_control.wire_results import imported_companies
from crossdock.model.account import Account, NewAccount
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unknown


class AccountDesk:
    """Opens accounts one per call, so that an answer belongs to one for certain."""

    def __init__(self, client: KhaosClient, accounts: AccountReader, settings: KhaosControlSettings) -> None:
        self._client = client
        self._accounts = accounts
        self._settings = settings

    async def find(self, ref: str) -> Account | None:
        """There is no look-up by OTHER_REF, so the list of companies is read for it.

        Raises DataFault: it is on more than one account.
        """
        codes = [row.company_code for row in await self._accounts.listed(None) if same_reference(row.other_ref, ref)]
        if len(codes) > 1:
            raise DataFault("OTHER_REF", f"{ref} is on more than one account: {', '.join(codes)}")
        return next(iter(await self._accounts.find(codes)), None) if codes else None

    async def create(self, wanted: NewAccount) -> Outcome:
        settings = self._settings
        there = await self.find(wanted.ref)
        if there is not None:
            return Accepted(there.code, there.account_id)
        document = write_company(
            wanted, settings.lengths, company_class=settings.company_class, refuse=settings.refuse_over_length
        )
        answer = await self._client.write(
            "ImportCompany", [Param("Customers", document), Param("Method", NORMAL, "int")]
        )
        if isinstance(answer, Refused | Unknown):
            return answer
        result, evidence = answer
        return outcome_of_import(wanted.ref, imported_companies(result), evidence=evidence)
