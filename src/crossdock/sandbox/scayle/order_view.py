"""An order as the Admin API shows it, spelling mistakes of the interface included."""

from collections.abc import Sequence
from typing import Any

from crossdock.sandbox.scayle import status
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.knobs import Knobs
from crossdock.sandbox.scayle.money import Taxed
from crossdock.sandbox.scayle.pricing import order_net
from crossdock.sandbox.scayle.records import Address, Customer, ShopCountry
from crossdock.sandbox.scayle.sales import Order, Package, Payment, Reduction, Unit
from crossdock.sandbox.scayle.times import iso


def present(**fields: Any) -> Json:
    """Only what there is: what has not happened is absent."""
    return {name: value for name, value in fields.items() if value is not None}


def php_map(value: Any, knobs: Knobs) -> Any:
    """An empty map comes out of PHP as a list."""
    return [] if knobs.empty_maps_as_lists and not value else value


def order_row(order: Order, knobs: Knobs, asked: Sequence[str] = ()) -> Json:
    """asked: the parts named in `with`; custom data is shown only on request."""
    row = present(
        id=order.id, referenceKey=order.reference_key, publicKey=order.public_key, basketKey=order.basket_key,
        campaignKey=order.units[0].campaign, createdAt=iso(order.created_at), updatedAt=iso(order.updated_at),
        confirmedAt=iso(order.confirmed_at), invoicedAt=iso(order.invoiced_at), currencyCode=order.country.currency,
        status=status.coarse(order), detailedStatus=status.detailed(order), channel=order.channel,
    )  # fmt: skip
    row["address"] = {"billing": address_row(order.billing), "shipping": address_row(order.shipping)}
    row["customer"] = customer_row(order.customer, knobs, custom="customer.legacyCustomData" in asked)
    row["items"] = [item_row(unit, order, knobs, custom="items.legacyCustomData" in asked) for unit in order.units]
    row["packages"] = [package_row(package) for package in order.packages]
    row["payment"] = [payment_row(payment) for payment in order.payments]
    row["cost"] = cost_row(order, knobs)
    row["shipping"] = _shipping(order)
    row["vouchers"] = order.vouchers
    row["promotion"] = order.promotions
    row["shopCountry"] = country_brief(order.country)
    if order.shipping.phone:
        row["contacts"] = [{"type": "carrier", "value": order.shipping.phone}]
    if "legacyCustomData" in asked:
        row["legacyCustomData"] = php_map(order.custom, knobs)
    if knobs.extra_fields:
        row["orderTags"] = []
    return row


def country_brief(country: ShopCountry) -> Json:
    return {
        "id": country.id, "shopKey": country.shop_key, "countryCode": country.code,
        "defaultLanguageCode": country.language, "supportedLanguageCodes": [country.language], "priceGroupKey": None,
        "url": f"https://{country.code.lower()}.shop.example", "active": True, "currencyCode": country.currency,
        "deleted": False,
    }  # fmt: skip


def address_row(address: Address) -> Json:
    row = present(
        id=address.id, referenceKey=address.reference_key, street=address.street, houseNumber=address.house_number,
        additional=address.additional, zipCode=address.zip_code, city=address.city, countryCode=address.country,
        phone=address.phone, collectionPoint=address.collection_point,
    )  # fmt: skip
    row["isDefault"] = {"billing": address.billing, "shipping": address.shipping}
    names = {"firstName": address.first_name, "lastName": address.last_name}
    row["recipient"] = {**names, "gender": address.gender, "type": "personal"}
    return row


def customer_row(customer: Customer, knobs: Knobs, *, custom: bool) -> Json:
    row = present(
        id=customer.id, referenceKey=customer.reference_key, publicKey=f"customer-{customer.id}", email=customer.email,
        firstName=customer.first_name, lastName=customer.last_name, gender=customer.gender, phone=customer.phone,
        createdAt=iso(customer.created_at), updatedAt=iso(customer.created_at),
    )  # fmt: skip
    row.update(type="personal", groups=list(customer.groups))
    row["status"] = {"isActive": True, "isGuestCustomer": customer.guest}
    if custom:
        row["legacyCustomData"] = php_map(customer.custom, knobs)
    return row


def item_row(unit: Unit, order: Order, knobs: Knobs, *, custom: bool) -> Json:
    times = present(
        createdAt=iso(unit.created_at), updatedAt=iso(unit.updated_at), delegatedAt=iso(unit.delegated_at),
        shippedAt=iso(unit.shipped_at), cancelledAt=iso(unit.cancelled_at), returnedAt=iso(unit.returned_at),
        campaignKey=unit.campaign, promotion=unit.promotions[0] if unit.promotions else None,
    )  # fmt: skip
    row: Json = {
        "id": unit.id,
        "key": unit.key,
        "status": unit.status,
        "currency": order.country.currency,
        "availableQuantity": unit.available,
        "packageId": unit.package_id,
        "warehouseId": unit.warehouse_id,
        "variant": {"id": unit.variant_id, "referenceKey": unit.sku, "stock": {"supplierId": unit.warehouse_id}},
        "product": present(id=unit.product_id, name=None if order.external_prices else unit.name),
        "merchant": {"referenceKey": unit.merchant},
        "price": _external_price(unit) if order.external_prices else _price(unit, knobs),
        "promotions": unit.promotions,
        **times,
    }
    if custom:
        row["legacyCustomData"] = php_map(unit.custom, knobs)
    return row


def vat(amount: Taxed) -> Json:
    return {"vat": {"amount": amount.tax, "rate": float(amount.rate)}}


def _price(unit: Unit, knobs: Knobs) -> Json:
    before = Taxed(unit.undiscounted, unit.rate)
    row: Json = {
        "withTax": unit.gross,
        "withoutTax": unit.price.net,
        "tax": vat(unit.price),
        "undiscountedWithTax": before.gross,
        "undiscountedWithOutTax": before.net,
        "appliedReductions": [_reduction(one, knobs) for one in unit.reductions],
    }
    if unit.voucher_gross is not None:
        row["absoluteVoucherReducedPrice"] = {
            "withTax": unit.final.gross, "withOutTax": unit.final.net, "tax": vat(unit.final),
        }  # fmt: skip
    return row


def _external_price(unit: Unit) -> Json:
    """A marketplace set it: most of the price is missing."""
    return {"withTax": unit.gross, "tax": vat(unit.price)}


def _reduction(one: Reduction, knobs: Knobs) -> Json:
    row = present(category=one.category, type=one.kind, code=one.code, displayName=one.name)
    row["amount"] = {"absoluteWithTax": one.amount, "relative": float(one.relative)}
    if knobs.extra_fields:
        row["isEffective"] = True
    return row


def cost_row(order: Order, knobs: Knobs) -> Json:
    gross, net = order.gross, order_net(order)
    gift = sum(payment.amount for payment in order.payments if payment.gift_card)
    fees = [
        present(category=fee.category, key=fee.key, option=fee.option)
        | {"amount": {"withTax": fee.amount.gross, "withoutTax": fee.amount.net}, "tax": vat(fee.amount)}
        for fee in order.fees
    ]
    row: Json = {
        "withTax": gross,
        "withoutTax": net,
        "tax": {"vat": {"amount": gross - net}},
        "costCapture": gross - gift,
        "withTaxWithMembershipDiscountWithoutServiceCosts": gross - sum(fee.amount.gross for fee in order.fees),
        "withoutTaxWithMembershipDiscount": net,
        "appliedFees": fees,
        "hasExternalPrices": order.external_prices,
    }
    if order.reductions:
        row["appliedReductions"] = [_reduction(one, knobs) for one in order.reductions]
    return row


def _shipping(order: Order) -> Json:
    paid = sum(fee.amount.gross for fee in order.fees if fee.category == "delivery")
    usual, express = (0, paid) if order.express else (paid, 0)
    before = order.fee_before_discount
    if order.external_prices:
        return {"policy": "least_packages"}
    return {
        "policy": "express" if order.express else "least_packages",
        "deliveryCosts": usual,
        "deliveryCostsWithoutDiscount": 0 if order.express else before,
        "expressDeliveryCosts": express,
        "expressDeliveryCostsWithoutDiscount": before if order.express else 0,
    }


def package_row(package: Package) -> Json:
    row = present(
        id=package.id, carrierKey=package.carrier, shipmentKey=package.shipment_key,
        returnIdentCode=package.return_ident_code, shippedAt=iso(package.shipped_at),
    )  # fmt: skip
    row["deliveryDate"] = {"minimum": package.minimum, "maximum": package.maximum}
    row["deliveryStatus"] = package.status
    if package.shipment_key:
        row["tracking"] = present(id=package.shipment_key, url=package.tracking_url)
    return row


def payment_row(payment: Payment) -> Json:
    row = {"key": payment.key, "amount": payment.amount, "transactionKey": payment.transaction, "data": {}}
    return {**row, "isGiftCard": True} if payment.gift_card else row
