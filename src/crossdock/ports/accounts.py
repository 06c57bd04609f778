"""What a remote system can do about companies and their accounts. Rules of reading and writing as in `systems`."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crossdock.model.account import Account, AccountLink, AccountStatus, NewAccount
from crossdock.model.company import Company
from crossdock.model.faults import Outcome
from crossdock.ports.systems import Document


class CompanySource(Protocol):
    def read_companies(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Company]]]:
        """Every company of the storefront changed at or after that moment, registered ones and guests."""
        ...


class AccountLinkSink(Protocol):
    async def write_account_links(self, links: Sequence[AccountLink]) -> Sequence[Outcome]:
        """Let the storefront hold the account code of each company; one outcome per link, in order. Safe to repeat.
        Written is only what was read back as such."""
        ...


class AccountStatusSink(Protocol):
    @property
    def account_status_shape(self) -> str:
        """Another one when more, or something else, is shown of an account: then all are written anew."""
        ...

    async def write_account_status(self, statuses: Sequence[AccountStatus]) -> Sequence[Outcome]:
        """Show how each company's account stands; one outcome per status, in order. Safe to repeat. Written is only
        what was read back as such; a field that is dropped for every company is the operator's: ConfigFault."""
        ...


class AccountSink(Protocol):
    async def find_opened(self, ref: str) -> Account | None:
        """The account that was opened under our reference; None if the ERP answered that it has none."""
        ...

    async def create_account(self, wanted: NewAccount) -> Outcome:
        """Open an account. One that carries our reference already is not opened twice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStanding:
    """What the customer service desk reads of an order at the storefront. waits_for: in plain words; "" it goes on."""

    storefront_id: str
    order_ref: str
    waits_for: str = ""


class OrderStateSink(Protocol):
    async def write_order_states(self, standings: Sequence[OrderStanding]) -> Sequence[Outcome]:
        """Show why each order waits, or that it does not; one outcome each, in order. Safe to repeat."""
        ...
