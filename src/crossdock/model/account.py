"""A customer account: the ledger account in the ERP that a storefront company buys on."""

from dataclasses import dataclass
from decimal import Decimal

from crossdock.model.company import Company


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """account_id: never changes; code: what people use and may change. on_stop: no sales orders allowed.

    credit_limit, balance: in `currency`; None when the ERP does not say. po_required: an order must carry a PO number.
    domains: of every e-mail address of the account, lower case. postcodes: of its addresses.
    """

    account_id: str
    code: str
    name: str = ""
    other_ref: str = ""
    email: str = ""
    company_class: str = ""
    currency: str = ""
    tax_reference: str = ""
    on_stop: bool = False
    po_required: bool = False
    credit_limit: Decimal | None = None
    balance: Decimal | None = None
    price_lists: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """A storefront company tied to one ERP account by the account's immutable id."""

    company_ref: str
    account_id: str
    account_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """What the storefront shows of the account a company buys on. None: the ERP does not say, so nothing is shown."""

    company_ref: str
    account_code: str
    on_stop: bool
    credit_limit: Decimal | None = None
    balance: Decimal | None = None
    price_lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened, because a named person said so. ref: ours, by which it is found again, never reused.

    company_class: the ERP's class of such buyers.
    """

    ref: str
    company: Company
    currency: str
    company_class: str = ""
