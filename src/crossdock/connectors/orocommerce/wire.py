"""Records exactly as the back-office API writes them: its names, its types, and nothing it does not promise.

Unknown attributes are a site's custom fields and are left alone. A missing attribute and a null are the same where the
contract lets a field be blank. Money comes as text with four decimals, promotions' sums as JSON numbers.
Source: oroinc/orocommerce, OrderBundle and InventoryBundle, Resources/config/oro/api.yml and Tests/Functional/Api.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from crossdock.connectors.orocommerce.jsonapi import Resource, attributes

Amount = Decimal | None
Text = str | None


class Attributes(BaseModel):
    """The `attributes` of one record."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, coerce_numbers_to_str=True)


W = TypeVar("W", bound=Attributes)


class Order(Attributes):
    """orders. total_value: gross. discount, shipping_discount: promotions' sums. ship_until: a day."""

    identifier: str
    currency: str
    total_value: Decimal
    created_at: AwareDatetime
    updated_at: AwareDatetime
    po_number: Text = None
    customer_notes: Text = None
    ship_until: date | None = None
    shipping_method: Text = None
    shipping_method_type: Text = None
    estimated_shipping_cost_amount: Amount = None
    overridden_shipping_cost_amount: Amount = None
    subtotal_with_discounts: Amount = None
    subtotal_with_discounts_value: Amount = None
    total_discounts_amount: Amount = None
    discount: Amount = None
    shipping_discount: Amount = None


class OrderLineItem(Attributes):
    """orderlineitems. value: per unit. The two row totals with and without tax are "0.0000" when no tax is stored."""

    quantity: Decimal
    value: Decimal
    product_sku: Text = None
    product_name: Text = None
    free_form_product: Text = None
    product_unit_code: Text = None
    currency: Text = None
    comment: Text = None
    row_total_discount_amount: Amount = None
    row_total_after_discount_including_tax: Amount = None
    row_total_after_discount_excluding_tax: Amount = None


class OrderAddress(Attributes):
    """orderaddresses."""

    organization: Text = None
    name_prefix: Text = None
    first_name: Text = None
    middle_name: Text = None
    last_name: Text = None
    name_suffix: Text = None
    street: Text = None
    street2: Text = None
    city: Text = None
    postal_code: Text = None
    custom_region: Text = None
    phone: Text = None


class OrderDiscount(Attributes):
    """orderdiscounts. amount: what comes off, also when the discount was given as a percent."""

    amount: Decimal
    description: Text = None


class OrderSubtotal(Attributes):
    """ordersubtotals. data: for a tax `{"total": {}, "taxes": [], "items": []}`, else an empty list."""

    order_subtotal_type: str
    amount: Amount = None
    label: Text = None
    data: Any = None


class InventoryLevel(Attributes):
    """inventorylevels. quantity: absolute, in the unit of its unit precision."""

    quantity: Amount = None


class PriceList(Attributes):
    """pricelists. price_list_currencies: those its prices may be in."""

    name: str
    price_list_currencies: list[str]


class ProductPrice(Attributes):
    """productprices. quantity: the tier it starts at, in its unit. value: for one unit."""

    quantity: Decimal
    value: Decimal
    currency: str


class Product(Attributes):
    """products. status: enabled or disabled. product_type: simple, configurable or kit."""

    sku: str
    status: str
    product_type: Text = None


class UnitPrecision(Attributes):
    """productunitprecisions. conversion_rate: primary units in one of this unit; null for units not sold."""

    conversion_rate: Amount = None


class ShippingTracking(Attributes):
    """ordershippingtrackings. method: free text, the carrier."""

    method: str
    number: str


class Customer(Attributes):
    """customers: a company."""

    name: str


class CustomerUser(Attributes):
    """customerusers: a person who buys for a company. is_guest: of a checkout without signing in."""

    email: Text = None
    is_guest: bool | None = None
    enabled: bool | None = None


def read(kind: type[W], record: Resource, place: str) -> tuple[W | None, list[tuple[str, str]]]:
    """The record's attributes, or every (place, problem) that stands against them. place: of the record."""
    try:
        return kind.model_validate(attributes(record)), []
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        return None, [(f"{place}.attributes.{_path(problem)}", _problem(problem)) for problem in problems]


def _path(problem: ErrorDetails) -> str:
    return ".".join(str(part) for part in problem["loc"])


WANTED = {
    "missing": "is missing; the document must give it",
    "decimal_parsing": 'must be a number, such as "15.7000"',
    "decimal_type": 'must be a number, such as "15.7000"',
    "finite_number": 'must be a finite number, such as "15.7000"',
    "string_type": "must be text",
    "timezone_aware": 'must name its zone, as "2026-03-02T08:11:00Z" does',
    "datetime_type": 'must be a time, such as "2026-03-02T08:11:00Z"',
    "datetime_from_date_parsing": 'must be a time, such as "2026-03-02T08:11:00Z"',
    "datetime_parsing": 'must be a time, such as "2026-03-02T08:11:00Z"',
    "date_from_datetime_parsing": 'must be a day, such as "2026-03-02"',
    "date_parsing": 'must be a day, such as "2026-03-02"',
    "date_type": 'must be a day, such as "2026-03-02"',
}


def _problem(problem: ErrorDetails) -> str:
    wanted = WANTED.get(problem["type"], problem["msg"])
    return wanted if problem["type"] == "missing" else f"{wanted}; was {problem['input']!r:.80}"


def moment(value: Any) -> datetime | None:
    """A time with its zone, or None when it is nothing of the kind."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
