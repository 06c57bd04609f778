"""What happens to an order after it was placed: units cancelled, goods sent back, money settled elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crossdock.model.faults import InvalidValue
from crossdock.model.sales_order import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledLine:
    """Part of an order that shall not be sent. line_ref: the storefront's id of the line or unit, "" when not told."""

    sku: str
    quantity: Decimal
    line_ref: str = ""

    def __post_init__(self) -> None:
        if not self.quantity.is_finite() or self.quantity <= 0:
            raise InvalidValue(f"{self.sku or self.line_ref}: a cancelled quantity must be above zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A wish that an order, or lines of it, shall not be sent. key: the same for every telling of one wish.

    order_ref: our reference; storefront_id: the storefront's key; at least one of them is given.
    lines: empty means the whole order.
    """

    key: str
    order_ref: str
    storefront_id: str = ""
    lines: tuple[CancelledLine, ...] = ()
    reason: str = ""
    asked_at: datetime | None = None

    def __post_init__(self) -> None:
        if not (self.order_ref or self.storefront_id):
            raise InvalidValue("a cancellation must name its order")

    @property
    def whole(self) -> bool:
        return not self.lines


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRefusal:
    """A change that was not made. what: in words, after "the order was". reason: why not."""

    storefront_id: str
    order_ref: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """Goods of one line that came back. unit_price: gross paid for one, None when not told. reason: the code or words
    of whoever took them back."""

    sku: str
    quantity: Decimal
    line_ref: str = ""
    reason: str = ""
    unit_price: Decimal | None = None

    def __post_init__(self) -> None:
        if not self.quantity.is_finite() or self.quantity <= 0:
            raise InvalidValue(f"{self.sku or self.line_ref}: a returned quantity must be above zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesReturn:
    """Goods of one order that came back together. ref: our reference of the return, for ever.

    lines: none where money went back and nobody says for which goods. address: the buyer's, as on the order's invoice;
    None when not told.
    """

    ref: str
    order_ref: str
    lines: tuple[ReturnLine, ...]
    storefront_id: str = ""
    account_code: str = ""
    currency: str = ""
    received_at: datetime | None = None
    notes: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingNote:
    """How the money of an order stands, settled outside the storefront. state: completed, partially-refunded,
    refunded or cancelled. lines: the storefront's ids of the units it speaks of; empty means the whole order."""

    storefront_id: str
    state: str
    reason: str
    line_refs: tuple[str, ...] = ()
