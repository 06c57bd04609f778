"""A sales order as the customer placed it, in the storefront's own codes."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from crossdock.model.faults import InvalidValue
from crossdock.model.money import Money, minor_units

QUANTITY_MAX = Decimal(1_000_000)  # beyond this a line is a slip of the finger or a broken feed, not an order
AMOUNT_MAX = Decimal(10) ** 12  # the same for money; sums of such amounts are still exact


def _check_amounts(what: str, *amounts: Decimal | None) -> None:
    for amount in amounts:
        if amount is not None and not (amount.is_finite() and abs(amount) <= AMOUNT_MAX):
            raise InvalidValue(f"{what}: an amount must be a number and at most {AMOUNT_MAX:f}, was {amount}")


class StorefrontStatus(StrEnum):
    """What the storefront says of the order. Only `open` ones are posted."""

    OPEN = "open"
    CANCELLED = "cancelled"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to send or bill. country: ISO 3166 alpha-2. Empty text means not given."""

    organisation: str = ""
    title: str = ""
    forename: str = ""
    surname: str = ""
    line1: str = ""
    line2: str = ""
    line3: str = ""
    town: str = ""
    county: str = ""
    postcode: str = ""
    country: str = ""
    telephone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePromotion:
    """What took money off one line. mechanic: sale, campaign, voucher, promotion, promotion-code, ... ref: its id or
    code at the storefront, "" for one without. amount: net, off the whole line, a part of the line's discount.
    Raises InvalidValue on a negative or an absurd amount.
    """

    mechanic: str
    amount: Decimal
    ref: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        _check_amounts("promotion", self.amount)
        if self.amount < 0:
            raise InvalidValue(f"promotion {self.ref or self.mechanic}: must not be negative, was {self.amount}")

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.ref or self.mechanic


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line, as placed.

    line_ref: the storefront's id of the line. quantity: in `unit`, the unit ordered in. unit_price: per `unit`, net,
    in the order's currency, unrounded. discount: off this line alone, net, for the whole line, not negative.
    tax: for the whole line after every discount, as the storefront reckoned it; None when it did not say.
    tax_code: the storefront's; "" when it did not say. promotions: what the discount is made of, as far as told.
    surcharge: a fee and no goods; no discount of the order comes off it.
    Raises InvalidValue on a quantity that is not above zero, on a negative price or discount, on promotions that take
    off more than the discount, and on absurd figures.
    """

    line_ref: str
    sku: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    description: str = ""
    discount: Decimal = Decimal(0)
    tax: Decimal | None = None
    tax_code: str = ""
    note: str = ""
    promotions: tuple[LinePromotion, ...] = ()
    surcharge: bool = False

    def __post_init__(self) -> None:
        what = f"line {self.line_ref} ({self.sku or 'no SKU'})"
        if not self.sku:
            raise InvalidValue(f"{what}: a line must name a SKU")
        if not self.quantity.is_finite() or not 0 < self.quantity <= QUANTITY_MAX:
            raise InvalidValue(f"{what}: quantity must be above zero and at most {QUANTITY_MAX}, was {self.quantity}")
        _check_amounts(what, self.unit_price, self.discount, self.tax)
        if self.unit_price < 0 or self.discount < 0:
            raise InvalidValue(f"{what}: price and discount must not be negative")
        if self.promotions and (taken := sum(one.amount for one in self.promotions)) > self.discount:
            raise InvalidValue(f"{what}: its promotions take {taken} off, and its discount is {self.discount}")

    @property
    def net_before_discount(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDiscount:
    """Something taken off the whole order: net, above zero. mechanic: coupon, promotion, manual, ... ref: its id or
    code at the storefront, "" for one without."""

    mechanic: str
    description: str
    amount: Decimal
    ref: str = ""

    def __post_init__(self) -> None:
        _check_amounts("discount", self.amount)
        if self.amount <= 0:
            raise InvalidValue(f"discount {self.description or self.mechanic}: must be above zero, was {self.amount}")

    @property
    def name(self) -> str:
        """What people know it by."""
        return self.ref or self.mechanic


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """What carriage costs. net: after any shipping discount. tax: as the storefront reckoned it, None if not said."""

    method: str = ""
    net: Decimal = Decimal(0)
    tax: Decimal | None = None
    tax_code: str = ""

    def __post_init__(self) -> None:
        _check_amounts("shipping", self.net, self.tax)
        if self.net < 0:
            raise InvalidValue(f"shipping {self.method}: must not be negative, was {self.net}")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A sum of the storefront's that does not close. what: does not, in words. stated, own: as told, and what its parts
    come to; in the order's currency."""

    what: str
    stated: Decimal
    own: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesOrder:
    """One order. ref: the order number people use, our reference in every system, for ever.

    storefront_id: the storefront's key. company_ref, company_name: the buyer there; account_hint: the ERP account code
    the storefront already holds for it, "" if none. guest: bought without an account there. total: gross,
    authoritative where the pairing says so. discrepancies: what of it does not add up, as its reader found.
    Raises InvalidValue: no lines, an unknown currency, a time without zone, an absurd total.
    """

    ref: str
    storefront_id: str
    placed_at: datetime
    updated_at: datetime
    currency: str
    company_ref: str
    lines: tuple[OrderLine, ...]
    total: Decimal
    company_name: str = ""
    account_hint: str = ""
    buyer_email: str = ""
    po_number: str = ""
    notes: str = ""
    wanted_by: date | None = None
    payment_term: str = ""
    status: StorefrontStatus = StorefrontStatus.OPEN
    invoice_address: Address | None = None
    delivery_address: Address | None = None
    shipping: Shipping = field(default_factory=Shipping)
    discounts: tuple[OrderDiscount, ...] = ()
    tax_total: Decimal | None = None
    guest: bool = False
    discrepancies: tuple[Discrepancy, ...] = ()

    def __post_init__(self) -> None:
        if not self.ref:
            raise InvalidValue("an order needs a number")
        if not self.lines:
            raise InvalidValue(f"order {self.ref}: an order needs at least one line")
        minor_units(self.currency)
        _check_amounts(f"order {self.ref}", self.total, self.tax_total)
        for name in ("placed_at", "updated_at"):
            if getattr(self, name).tzinfo is None:
                raise InvalidValue(f"order {self.ref}: {name} has no time zone")

    @property
    def total_money(self) -> Money:
        return Money(self.total, self.currency)
