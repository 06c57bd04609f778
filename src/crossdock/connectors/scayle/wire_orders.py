"""Orders as the Admin API writes them: one item row is one unit. Source: SCAYLE Admin API, Orders; the vendor's SDKs.

Two misspellings are the vendor's: undiscountedWithOutTax, and withOutTax of a price reduced by a voucher. `payment` is
a list with a singular name. availableQuantity is the warehouse's stock and not what was ordered, so it is not read.
"""

from typing import Annotated, Any

from pydantic import Field

from crossdock.connectors.scayle.wire import At, Day, Flag, Id, LooseMinor, Minor, Number, Text, Wire


class Vat(Wire):
    """amount: smallest coins. rate: a fraction, 0.19."""

    amount: LooseMinor | None = None
    rate: Number | None = None


class Tax(Wire):
    vat: Vat | None = None


class ReductionAmount(Wire):
    absolute_with_tax: Minor | None = None
    relative: Number | None = None


class Reduction(Wire):
    """What a sale, campaign, promotion or voucher took off. The absolute amount counts, never the relative one."""

    category: Text
    type: Text | None = None
    amount: ReductionAmount = ReductionAmount()
    code: Text | None = None
    display_name: Text | None = None


class VoucherPrice(Wire):
    """What is left of a unit's price after the absolute voucher that was loaded on it."""

    with_tax: Minor
    without_tax: Annotated[Minor | None, Field(alias="withOutTax")] = None
    tax: Tax = Tax()


class ItemPrice(Wire):
    """with_tax: after every reduction of the item itself. override_…: 0 where there is none."""

    with_tax: Minor | None = None
    without_tax: Minor | None = None
    tax: Tax = Tax()
    undiscounted_with_tax: Minor | None = None
    undiscounted_without_tax: Annotated[Minor | None, Field(alias="undiscountedWithOutTax")] = None
    override_with_tax: Minor | None = None
    applied_reductions: tuple[Reduction, ...] | None = None
    absolute_voucher_reduced_price: VoucherPrice | None = None


class Variant(Wire):
    id: Id | None = None
    reference_key: Text | None = None


class ItemProduct(Wire):
    id: Id | None = None
    name: Text | None = None


class ItemMerchant(Wire):
    reference_key: Text | None = None


class Item(Wire):
    """One unit. promotions, promotion: those it took part in, `{id, name, code, ...}`; they only name what the price
    already says, so nothing in them makes an order unreadable."""

    id: Id
    status: Text | None = None
    key: Text | None = None
    currency: Text | None = None
    price: ItemPrice
    variant: Variant | None = None
    product: ItemProduct | None = None
    merchant: ItemMerchant | None = None
    promotions: Any = None
    promotion: Any = None
    campaign_key: Text | None = None
    package_id: Id | None = None
    warehouse_id: Id | None = None
    created_at: At | None = None
    updated_at: At | None = None
    delegated_at: At | None = None
    shipped_at: At | None = None
    cancelled_at: At | None = None
    returned_at: At | None = None


class FeeAmount(Wire):
    with_tax: Minor | None = None
    without_tax: Minor | None = None


class Fee(Wire):
    category: Text
    key: Text | None = None
    amount: FeeAmount
    tax: Tax = Tax()


class Cost(Wire):
    """with_tax: of the whole order, fees and reductions in it."""

    with_tax: Minor | None = None
    without_tax: Minor | None = None
    tax: Tax = Tax()
    applied_fees: tuple[Fee, ...] | None = None
    applied_reductions: tuple[Reduction, ...] | None = None
    has_external_prices: Flag | None = None


class CollectionPoint(Wire):
    key: Text | None = None
    type: Text | None = None
    description: Text | None = None
    customer_key: Text | None = None


class Recipient(Wire):
    title: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    type: Text | None = None


class Address(Wire):
    """country_code: alpha-3 here, unlike everywhere else. street may hold the house number."""

    street: Text | None = None
    house_number: Text | None = None
    additional: Text | None = None
    zip_code: Text | None = None
    city: Text | None = None
    state: Text | None = None
    country_code: Text | None = None
    phone: Text | None = None
    collection_point: CollectionPoint | None = None
    recipient: Recipient | None = None


class Addresses(Wire):
    billing: Address | None = None
    shipping: Address | None = None
    forward: Address | None = None


class CustomerStatus(Wire):
    is_active: Flag | None = None
    is_guest_customer: Flag | None = None


class Customer(Wire):
    """company, phone: of no stated type over there."""

    id: Id | None = None
    reference_key: Text | None = None
    public_key: Text | None = None
    email: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    type: Text | None = None
    groups: tuple[Text, ...] | None = None
    status: CustomerStatus | None = None
    company: Any = None
    phone: Any = None
    updated_at: At | None = None


class Payment(Wire):
    """Several are a split payment, such as a gift card and a credit card."""

    key: Text | None = None
    amount: Minor | None = None
    is_gift_card: Flag | None = None


class DeliveryDate(Wire):
    minimum: Day | None = None
    maximum: Day | None = None
    desired: Day | None = None


class Tracking(Wire):
    id: Text | None = None
    url: Text | None = None


class Package(Wire):
    """Planned at checkout and cut anew when the real parcels leave."""

    id: Id | None = None
    shipment_key: Text | None = None
    carrier_key: Text | None = None
    delivery_date: DeliveryDate | None = None
    delivery_status: Text | None = None
    tracking: Tracking | None = None
    shipped_at: At | None = None


class State(Wire):
    """code alone counts: the name is in the tenant's language."""

    code: Text | None = None


class DetailedStatus(Wire):
    order: State | None = None
    billing: State | None = None
    shipping: State | None = None


class OrderShopCountry(Wire):
    id: Id | None = None
    shop_key: Text | None = None
    country_code: Text | None = None


class MembershipDiscount(Wire):
    reduction_value: Minor | None = None


class OrderShipping(Wire):
    policy: Text | None = None


class Contact(Wire):
    type: Text | None = None
    value: Text | None = None


class Order(Wire):
    """public_key: the customer's number; reference_key: ours, written back."""

    id: Id
    public_key: Text | None = None
    reference_key: Text | None = None
    status: Text | None = None
    detailed_status: DetailedStatus | None = None
    currency_code: Text
    created_at: At | None = None
    confirmed_at: At | None = None
    updated_at: At | None = None
    invoiced_at: At | None = None
    shop_country: OrderShopCountry | None = None
    customer: Customer | None = None
    address: Addresses | None = None
    contacts: tuple[Contact, ...] | None = None
    items: tuple[Item, ...] | None = None
    cost: Cost
    payment: tuple[Payment, ...] | None = None
    packages: tuple[Package, ...] | None = None
    shipping: OrderShipping | None = None
    membership_discount: MembershipDiscount | None = None
