"""Companies out of the shop, and their account codes into it.

A company's `updatedAt` moves when its own record changes; whether a new user or address moves it is not told anywhere,
so whoever wants to be certain reads the whole list now and then.
Source: oroinc/orocommerce and customer-portal, CustomerBundle, api.yml and doc/api; externalId since 6.1.10 and 7.0.2.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.company_mapping import to_company
from crossdock.connectors.orocommerce.fields import FieldWriter, Kept, Written
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, attributes, with_its_own
from crossdock.connectors.orocommerce.paging import BY_CHANGE, Listing, sweep
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.account import AccountLink
from crossdock.model.company import Company
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Document

INCLUDES: tuple[tuple[str, ...], ...] = (("users", "addresses"), ("users",), ())
EXTERNAL_ID, EXTERNAL_ID_MAX = "externalId", 36


class Companies:
    """Implements CompanySource and AccountLinkSink."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._links = FieldWriter(session, "customers", Priority.READ)

    def companies_listing(self) -> Listing:
        size = self._session.settings.page_size
        return Listing(self._session.api, "customers", {"sort": BY_CHANGE}, size=size, includes=INCLUDES)

    async def read_companies(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Company]]]:
        async for rows, included in sweep(self.companies_listing(), changed_since):
            yield self.companies(rows, included)

    def companies(self, rows: Sequence[Resource], included: Included) -> list[Document[Company]]:
        return [self._company(row, included) for row in rows]

    def _company(self, row: Resource, included: Included) -> Document[Company]:
        settings = self._session.settings
        value, fault = None, None
        try:
            value = to_company(row, included, account_field=settings.account_field, vat_field=settings.vat_field)
        except DataFault as problem:
            fault = problem
        there = attributes(row)
        return Document(
            ref=str(row.get("id") or ""), raw=with_its_own(row, included), value=value, fault=fault,
            updated_at=wire.moment(there.get("updatedAt")), label=str(there.get("name") or ""),
        )  # fmt: skip

    async def write_account_links(self, links: Sequence[AccountLink]) -> Sequence[Outcome]:
        field = self._session.settings.account_field
        outcomes: dict[int, Outcome] = {}
        for at, link in enumerate(links):
            if field == EXTERNAL_ID and len(link.account_code) > EXTERNAL_ID_MAX:
                text = (
                    f"account code {link.account_code!r} is longer than the {EXTERNAL_ID_MAX} characters of externalId"
                )
                outcomes[at] = Refused("unsupported", text)
        left = [at for at in range(len(links)) if at not in outcomes]
        written = await self._links.write([(links[at].company_ref, {field: links[at].account_code}) for at in left])
        outcomes |= {at: self._linked(links[at], one) for at, one in zip(left, written, strict=True)}
        return [outcomes[at] for at in range(len(links))]

    def _linked(self, link: AccountLink, written: Written) -> Outcome:
        """A shop before 6.1.10 has no externalId: that is how it is, unless another field was named for it."""
        if isinstance(written, Kept):
            return Accepted(link.account_code, link.company_ref)
        field = self._session.settings.account_field
        if isinstance(written, Refused) and written.code in ("unknown-field", "ignored"):
            if field == EXTERNAL_ID and written.code == "unknown-field":
                return Refused("unsupported", "this shop's customers have no externalId (6.1.10, 7.0.2 and later have)")
            raise ConfigFault(
                f"customer {link.company_ref}: {written.text}", setting="account_field", evidence=written.evidence
            )
        return written
