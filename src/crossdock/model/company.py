"""A storefront company: who registered there and buys there, whether or not an ERP account is known for it."""

from dataclasses import dataclass
from datetime import datetime

from crossdock.model.faults import InvalidValue
from crossdock.model.sales_order import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """ref: the storefront's key. account_code: the ERP account code the storefront holds for it, "" if none.

    vat_number: as typed. domains: of its people's e-mail addresses, lower case, each once. email: of one of them, to
    write to. guest: nobody registered; somebody bought once without signing in. changed_at: as the storefront says.
    Raises InvalidValue on a company without a key.
    """

    ref: str
    name: str
    account_code: str = ""
    vat_number: str = ""
    domains: tuple[str, ...] = ()
    email: str = ""
    address: Address | None = None
    guest: bool = False
    changed_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.ref:
            raise InvalidValue("a company needs its key in the storefront")


def domain_of(email: str) -> str:
    """The part of an e-mail address that says whose it is, in lower case; "" for what is no address."""
    name, at, domain = email.strip().rpartition("@")
    return domain.lower().strip(".") if name and at and "." in domain else ""
