"""What a merchant's system is sent. Addresses are flat, countries alpha-2, VAT is a percentage, item ids are texts."""

from typing import Any

from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.records import Address
from crossdock.sandbox.scayle.sales import Delegation, Order, Unit
from crossdock.sandbox.scayle.world import World

EMPTY_MAP: list[Any] = []


def delegation_body(world: World, order: Order, one: Delegation) -> Json:
    """Only items that can still be fulfilled. Delivery costs are no line here."""
    country, customer = order.country, order.customer
    units = [unit for unit in order.units if unit.merchant == one.merchant and unit.live]
    return {
        "id": one.id,
        "orderId": order.id,
        "orderReferenceKey": order.delegation_reference,
        "companyId": world.merchant(one.merchant).company_id,
        "shopId": country.id,
        "shopKey": country.shop_key,
        "countryCode": country.code,
        "languageCode": country.language,
        "fulfillingMerchantKey": one.merchant,
        "paymentMethod": order.payments[-1].key,
        "creditCardType": None,
        "carrier": {"key": order.packages[0].carrier},
        "customData": order.custom or EMPTY_MAP,
        "customerPublicKey": None,
        "vendorReferenceKey": None,
        "customer": {
            "email": customer.email,
            "publicKey": str(customer.id),
            "referenceKey": customer.reference_key or str(customer.id),
            "taxNumber": None,
            "vendorReferenceKey": None,
            "customData": customer.custom or EMPTY_MAP,
        },
        "addresses": {
            "billing": _address(order.billing, country.code),
            "shipping": _address(order.shipping, country.code),
        },
        "items": [_item(unit, order, one) for unit in units],
    }


def _address(address: Address, code: str) -> Json:
    return {
        "firstName": address.first_name,
        "lastName": address.last_name,
        "gender": address.gender,
        "street": address.street,
        "houseNumber": address.house_number,
        "streetHouseNumber": " ".join(part for part in (address.street, address.house_number) if part),
        "additional": address.additional,
        "zipCode": address.zip_code,
        "city": address.city,
        "state": None,
        "countryCode": code,
        "phoneNumber": address.phone,
        "collectionPoint": address.collection_point,
    }


def _item(unit: Unit, order: Order, one: Delegation) -> Json:
    percent = unit.rate * 100
    return {
        "id": one.id * 1000 + order.units.index(unit),
        "orderItemId": str(unit.id),
        "merchantKey": unit.merchant,
        "merchantProductVariantId": unit.variant_id,
        "merchantProductVariantReferenceKey": unit.sku,
        "productVariantId": unit.variant_id,
        "merchantReservationKey": None,
        "name": unit.name,
        "localizedName": unit.name,
        "quantity": 1,
        "currencyCode": order.country.currency,
        "price": unit.gross,
        "priceWithoutTax": unit.price.net,
        "tax": int(percent) if percent == int(percent) else float(percent),
        "taxAmount": unit.price.tax,
        "packagingGroupId": None,
        "warehouseReferenceKey": unit.warehouse,
        "shippingWarehouseReferenceKey": unit.warehouse,
        "vendorReferenceKey": None,
        "vendorSize": None,
        "customData": unit.custom or EMPTY_MAP,
    }


def cancellation_body(world: World, order: Order, one: Delegation) -> Json:
    return {
        "orderReferenceKey": order.delegation_reference,
        "fulfillingMerchantKey": one.merchant,
        "merchantKey": one.merchant,
        "companyId": world.merchant(one.merchant).company_id,
        "warehouseIds": [],
    }
