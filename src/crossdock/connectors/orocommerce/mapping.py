"""An order as the shop wrote it → our sales order. Pure: no clock, no network, nothing guessed.

What a document must hold is said at once, every gap in one fault, so that one visit mends it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.amounts import LineTax, Taxes, discounts, shipping_net, taxes, with_promotions
from crossdock.connectors.orocommerce.config import STATUS_MEANINGS, StatusMeaning
from crossdock.connectors.orocommerce.jsonapi import (
    Included,
    Resource,
    attributes,
    reference,
    reference_id,
    references,
)
from crossdock.model.faults import DataFault, InvalidValue
from crossdock.model.money import minor_units
from crossdock.model.sales_order import (
    QUANTITY_MAX,
    Address,
    OrderLine,
    SalesOrder,
    Shipping,
    StorefrontStatus,
)

STATES = {
    "open": StorefrontStatus.OPEN,
    "cancelled": StorefrontStatus.CANCELLED,
    "closed": StorefrontStatus.CLOSED,
}


def to_sales_order(
    record: Resource,
    included: Included,
    *,
    place: str = "data",
    statuses: Mapping[str, StatusMeaning] = STATUS_MEANINGS,
    account_field: str = "externalId",
) -> SalesOrder:
    """place: where the record stands in its document. Raises DataFault naming all that is missing or wrong."""
    if record.get("type") != "orders":
        raise DataFault(f"{place}.type", f"must be 'orders', was {record.get('type')!r:.80}")
    order, problems = wire.read(wire.Order, record, place)
    if not str(record.get("id") or ""):
        problems.append((f"{place}.id", "is missing; the document must give it"))
    customer = reference_id(record, "customer")
    if not customer:
        problems.append((f"{place}.relationships.customer", "is missing; an order must name its customer"))
    problems += _unlisted(record, included, place)
    if order is None or problems:
        raise fault_of(problems)
    _check_currency(order.currency, place)
    items = references(record, "lineItems") or []
    reckoned = taxes(record, included, lines=len(items))
    lines = tuple(_line(included[item], order.currency, tax) for item, tax in zip(items, reckoned.lines, strict=True))
    company = included.get(("customers", customer), {})
    user = included.get(reference(record, "customerUser") or ("", ""), {})
    shipping = _shipping(order, record, included, reckoned, place)
    before_discounts = sum((line.net_before_discount for line in lines), shipping.net) + (reckoned.total or 0)
    off = discounts(order, record, included, lines, before_discounts=before_discounts, place=place)
    try:
        return SalesOrder(
            ref=order.identifier,
            storefront_id=str(record["id"]),
            placed_at=order.created_at.astimezone(UTC),
            updated_at=order.updated_at.astimezone(UTC),
            currency=order.currency,
            company_ref=customer,
            company_name=_text(company, "name"),
            account_hint=_text(company, account_field),
            buyer_email=_text(user, "email"),
            po_number=order.po_number or "",
            notes=order.customer_notes or "",
            wanted_by=order.ship_until,
            payment_term=_payment_term(record, included),
            status=_status(record, statuses, place),
            lines=tuple(with_promotions(line, off.of_lines) for line in lines),
            invoice_address=_address(record, "billingAddress", included, place),
            delivery_address=_address(record, "shippingAddress", included, place),
            shipping=shipping,
            discounts=off.of_order,
            tax_total=reckoned.total,
            total=order.total_value,
        )
    except InvalidValue as error:
        raise DataFault(place, str(error)) from error


def fault_of(problems: Sequence[tuple[str, str]]) -> DataFault:
    """One fault for them all: the place of the first, and the others in its words, those alike together."""
    alike: dict[str, list[str]] = {}
    for place, problem in problems:
        alike.setdefault(problem, []).append(place)
    (first, places), *others = alike.items()
    said = [f"{first} (and so with {', '.join(places[1:])})" if places[1:] else first]
    said += [f"{', '.join(where)}: {problem}" for problem, where in others]
    return DataFault(places[0], "; ".join(said))


def _unlisted(record: Resource, included: Included, place: str) -> list[tuple[str, str]]:
    """What the order refers to and cannot be taken without, where the document does not hold it."""
    items = references(record, "lineItems")
    if items is None:
        return [(f"{place}.relationships.lineItems", "is missing; ask for it with fields[orders] or without fields")]
    if not items:
        return [(f"{place}.relationships.lineItems", "is empty; an order needs at least one line")]
    problems = []
    for name in ("lineItems", "billingAddress", "shippingAddress"):
        if missing := [key for key in references(record, name) or () if key not in included]:
            ids = ", ".join(identity for _, identity in missing)
            verb = "is" if len(missing) == 1 else "are"
            said = f"{missing[0][0]} {ids} {verb} referenced by {place}.relationships.{name} and missing"
            problems.append(("included", f"{said}; ask with include={name}"))
    return problems


def _check_currency(currency: str, place: str) -> None:
    try:
        minor_units(currency)
    except InvalidValue as error:
        raise DataFault(f"{place}.attributes.currency", f'{error}; it must be one, such as "EUR"') from error


def _line(record: Resource, currency: str, tax: LineTax) -> OrderLine:
    place = f"included[orderlineitems {record.get('id')}]"
    item, problems = wire.read(wire.OrderLineItem, record, place)
    if item is None:
        raise fault_of(problems)
    if not item.product_sku:
        raise DataFault(f"{place}.attributes.productSku", "is empty; a line must name what was bought")
    if not 0 < item.quantity <= QUANTITY_MAX:
        problem = f"must be above zero and at most {QUANTITY_MAX}, was {item.quantity}"
        raise DataFault(f"{place}.attributes.quantity", problem)
    if item.currency and item.currency != currency:
        problem = f"is {item.currency} in an order in {currency}; both must be the same"
        raise DataFault(f"{place}.attributes.currency", problem)
    unit = item.product_unit_code or reference_id(record, "productUnit")
    if not unit:
        raise DataFault(f"{place}.attributes.productUnitCode", "is empty; a quantity needs its unit")
    try:
        return OrderLine(
            line_ref=str(record["id"]),
            sku=item.product_sku,
            quantity=item.quantity,
            unit=unit,
            unit_price=item.value,
            description=item.product_name or item.free_form_product or "",
            discount=item.row_total_discount_amount or Decimal(0),
            tax=tax.amount if tax.amount is not None else _tax_between_row_totals(item),
            tax_code=tax.code,
            note=item.comment or "",
        )
    except InvalidValue as error:
        raise DataFault(f"{place}.attributes", str(error)) from error


def _tax_between_row_totals(item: wire.OrderLineItem) -> Decimal | None:
    """The shop writes "0.0000" in both when it stored no tax value, which is not a tax of nothing."""
    gross, net = item.row_total_after_discount_including_tax, item.row_total_after_discount_excluding_tax
    return gross - net if gross and net else None


def _shipping(order: wire.Order, record: Resource, included: Included, reckoned: Taxes, place: str) -> Shipping:
    net = shipping_net(order, record, included)
    if net < 0:
        problem = f"exceeds the shipping cost by {-net}; it may take off at most all of it"
        raise DataFault(f"{place}.attributes.shippingDiscount", problem)
    return Shipping(
        method=order.shipping_method or "", net=net, tax=reckoned.shipping.amount, tax_code=reckoned.shipping.code
    )


def _address(record: Resource, name: str, included: Included, place: str) -> Address | None:
    key = reference(record, name)
    if key is None:
        return None
    return to_address(included[key], included, place=f"included[orderaddresses {key[1]}]")


def to_address(there: Resource, included: Included, *, place: str) -> Address:
    """An address of an order or of a company. Raises DataFault."""
    address, problems = wire.read(wire.OrderAddress, there, place)
    if address is None:
        raise fault_of(problems)
    return Address(
        organisation=address.organization or "",
        title=address.name_prefix or "",
        forename=_joined(address.first_name, address.middle_name),
        surname=_joined(address.last_name, address.name_suffix),
        line1=address.street or "",
        line2=address.street2 or "",
        town=address.city or "",
        county=address.custom_region or _region(there, included),
        postcode=address.postal_code or "",
        country=reference_id(there, "country"),
        telephone=address.phone or "",
    )


def _region(address: Resource, included: Included) -> str:
    """A region's name where the document holds it, else the part of its code after the country: US-NY is NY."""
    key = reference(address, "region")
    if key is None:
        return ""
    return _text(included.get(key, {}), "name") or key[1].partition("-")[2] or key[1]


def _status(record: Resource, statuses: Mapping[str, StatusMeaning], place: str) -> StorefrontStatus:
    """internalStatus is the shop's own state: an unknown one fails. status is a list that each site writes for itself:
    it counts where its meaning is known. A cancelled or closed one of the two outweighs an open one."""
    internal, external = reference_id(record, "internalStatus"), reference_id(record, "status")
    if internal and internal not in statuses:
        known = ", ".join(sorted(statuses))
        problem = f"{internal!r} is no order state we know ({known}); say what it means in the setting `statuses`"
        raise DataFault(f"{place}.relationships.internalStatus", problem)
    meanings = {statuses.get(internal, "open"), statuses.get(external, "open")}
    return STATES[next(meaning for meaning in ("cancelled", "closed", "open") if meaning in meanings)]


def _payment_term(record: Resource, included: Included) -> str:
    """Its label, as people write it; the id where the document holds no more."""
    key = reference(record, "paymentTerm")
    return "" if key is None else _text(included.get(key, {}), "label") or key[1]


def _text(record: Resource, name: str) -> str:
    value = attributes(record).get(name)
    return "" if value is None else str(value)


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
