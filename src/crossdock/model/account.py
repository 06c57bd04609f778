"""A customer account: the ledger account in the ERP that a storefront company buys on."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """account_id: never changes; code: what people use and may change. on_stop: no sales orders allowed.

    credit_limit, balance: in `currency`; None when the ERP does not say. po_required: an order must carry a PO number.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """A storefront company tied to one ERP account by the account's immutable id."""

    company_ref: str
    account_id: str
    account_code: str
