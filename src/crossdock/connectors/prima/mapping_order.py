"""ResolvedOrder → the order of prima-bridge v1, and such an order → SalesOrder. Pure.

The same document, as plain values, is what the mapping file of the SOAP profile names its fields by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crossdock.connectors.bridge import dec, fault_of, ts
from crossdock.connectors.prima.wire import UomMode
from crossdock.connectors.prima.wire_orders import Address as WireAddress
from crossdock.connectors.prima.wire_orders import OrderRequest
from crossdock.model.faults import ConfigFault, DataFault, InvalidValue, Unsupported
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address, OrderLine, SalesOrder, Shipping
from crossdock.model.stock import StockItem

CODE_MAX = 64
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """How orders are written to one system. sends_price: False where the ERP prices the lines itself."""

    source: str = "crossdock"
    hold: bool = False
    hold_reason: str = ""
    delivery_charge_code: str = ""
    delivery_address_code: str = ""
    invoice_address_code: str = ""
    sends_price: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldAs:
    """What the ERP knows a line's SKU by. unit_code, base_quantity: "" and 1 where it has no units to name."""

    native_key: Mapping[str, str]
    unit_code: str = ""
    base_quantity: Decimal = Decimal(1)


def sold_as(item: StockItem, mode: UomMode, place: str) -> SoldAs:
    """The unit a line of that stock code is counted in: the code's own unit, or its base unit where units are codes.

    Raises DataFault: no such unit, or one that nobody has confirmed; "1 pallet" must never post as "1 each".
    """
    if item.discontinued:
        raise DataFault(f"{place}.sku", f"{item.code} is blocked or discontinued in the ERP")
    if mode == "unit_sku":
        units = [unit for unit in item.units if unit.sku == item.code]
        wanted = f"no unit of {item.code} carries that SKU"
    else:
        units = [unit for unit in item.units if unit.base_quantity == 1 and unit.base_sku == item.code]
        wanted = f"{item.code} has no unit of one that it is itself the base of"
    if len({unit.unit for unit in units}) > 1:
        raise DataFault(f"{place}.unit_code", f"{item.code} has more than one such unit; one must be left")
    if not units:
        raise DataFault(f"{place}.unit_code", wanted)
    unit = units[0]
    if not unit.confirmed:
        raise DataFault(f"{place}.unit_code", f"{unit.unit} of {item.code} is not confirmed in the ERP")
    return SoldAs(native_key=dict(item.native_key), unit_code=unit.unit, base_quantity=unit.base_quantity)


def order_document(order: ResolvedOrder, terms: OrderTerms, sold: Mapping[str, SoldAs]) -> dict[str, Any]:
    """The body of `POST /v1/orders`; what is empty is left out. sold: by stock code.

    Raises DataFault for what the contract cannot hold, ConfigFault for carriage without a charge code.
    """
    if order.prices_include_tax:
        raise Unsupported("prices_include_tax", "gross prices are not posted to Prima; write orders.prices: net")
    tax = sum((line.tax for line in order.lines), order.delivery_tax)
    document = {
        "source": terms.source,
        "external_ref": _code(order.ref, "external_ref"),
        "account_code": _code(order.account_code, "account_code"),
        "currency": order.currency,
        "prices_include_tax": False,
        "ordered_at": ts(order.placed_at),
        "hold": terms.hold,
        "lines": _lines(order, terms, sold),
        "expected": {
            "net": dec(order.total - tax, "expected.net"),
            "tax": dec(tax, "expected.tax"),
            "gross": dec(order.total, "expected.gross"),
        },
        **_delivery(order, terms),
    }
    optional = {
        "invoice_address_code": terms.invoice_address_code,
        "customer_po": order.po_number,
        "requested_on": order.wanted_by.isoformat() if order.wanted_by else "",
        "carrier_code": _code(order.courier_code, "carrier_code") if order.courier_code else "",
        "hold_reason": terms.hold_reason if terms.hold else "",
        "charges": _charges(order, terms),
        "payment": _payment(order),
        "notes": order.notes,  # not in the contract, whose readers leave unknown fields alone
    }
    return document | {name: value for name, value in optional.items() if value}


def line_place(at: int) -> str:
    return f"lines[{at}]"


def _lines(order: ResolvedOrder, terms: OrderTerms, sold: Mapping[str, SoldAs]) -> list[dict[str, Any]]:
    lines, counts = [], dict[str, int]()
    for at, line in enumerate(order.lines):
        counts[line.line_ref] = counts.get(line.line_ref, 0) + 1
        again = f".{counts[line.line_ref]}" if counts[line.line_ref] > 1 else ""
        lines.append(_line(line, f"{line.line_ref}{again}", terms, sold[line.stock_code], line_place(at)))
    return lines


def _line(line: ResolvedLine, ref: str, terms: OrderTerms, sold: SoldAs, place: str) -> dict[str, Any]:
    if line.quantity <= 0:
        raise DataFault(f"{place}.quantity", f"must be above zero, was {line.quantity}")
    document = {
        "line_ref": _code(ref, f"{place}.line_ref"),
        "sku": _code(line.stock_code, f"{place}.sku"),
        "native_key": dict(sold.native_key),
        "quantity": dec(line.quantity, f"{place}.quantity"),
    }
    if sold.unit_code:
        document |= {"unit_code": sold.unit_code, "base_quantity": dec(sold.base_quantity, f"{place}.base_quantity")}
    if terms.sends_price:
        document["unit_price"] = _price(line, place)
    return document


def _price(line: ResolvedLine, place: str) -> str:
    if line.unit_price <= 0:
        raise DataFault(f"{place}.unit_price", f"must be above zero, was {line.unit_price}; nought is no price")
    return dec(line.unit_price, f"{place}.unit_price")


def _charges(order: ResolvedOrder, terms: OrderTerms) -> list[dict[str, str]]:
    if not order.delivery_net:
        return []
    if not terms.delivery_charge_code:
        raise ConfigFault(
            f"order {order.ref} has carriage of {order.delivery_net}, and no charge code is set to post it under",
            setting="delivery_charge_code",
        )
    return [{"code": terms.delivery_charge_code, "amount": dec(order.delivery_net, "charges[0].amount")}]


def _payment(order: ResolvedOrder) -> dict[str, str]:
    """Absent for an order on account."""
    if not order.payment_code:
        return {}
    return {"method": order.payment_code, "reference": order.ref, "amount": dec(order.total, "payment.amount")}


def _delivery(order: ResolvedOrder, terms: OrderTerms) -> dict[str, Any]:
    """The order's own address, the configured address code where it has none, else the invoice address."""
    address = order.delivery_address
    if address is None and terms.delivery_address_code:
        return {"delivery_address_code": terms.delivery_address_code}
    address = address or order.invoice_address
    if address is None:
        raise DataFault("delivery_address", "is missing; the order names no address, and no address code is set")
    return {"delivery_address": _address(address)}


def _address(address: Address) -> dict[str, Any]:
    street = (address.line1, address.line2, address.line3, address.town, address.county)
    fields = {
        "name": " ".join(part for part in (address.title, address.forename, address.surname) if part),
        "organisation": address.organisation,
        "lines": [line for line in street if line],
        "postcode": address.postcode,
        "country": address.country,
        "phone": address.telephone,
        "email": address.email,
    }
    return {name: value for name, value in fields.items() if value}


def _code(value: str, place: str) -> str:
    if not 1 <= len(value) <= CODE_MAX:
        raise DataFault(place, f"must have 1 to {CODE_MAX} characters, has {len(value)}")
    return value


def to_sales_order(request: OrderRequest, *, place: str = "order") -> SalesOrder:
    """Prices must be there, and net. Raises DataFault."""
    problems = [
        (f"{place}.lines[{at}].unit_price", "is not given; the ERP prices this order, so it is worth nothing here")
        for at, line in enumerate(request.lines)
        if line.unit_price is None
    ]
    if request.prices_include_tax:
        problems.append((f"{place}.prices_include_tax", "is true; a sales order's prices are net here"))
    if problems:
        raise fault_of(problems)
    try:
        return _sales_order(request)
    except InvalidValue as error:
        raise DataFault(place, str(error)) from error


def _sales_order(request: OrderRequest) -> SalesOrder:
    return SalesOrder(
        ref=request.external_ref,
        storefront_id=request.external_ref,
        placed_at=request.ordered_at,
        updated_at=request.ordered_at,
        currency=request.currency,
        company_ref=request.account_code,
        account_hint=request.account_code,
        po_number=request.customer_po or "",
        wanted_by=request.requested_on,
        delivery_address=_read_address(request.delivery_address),
        shipping=Shipping(
            method=request.carrier_code or "", net=sum((charge.amount for charge in request.charges), ZERO)
        ),
        lines=tuple(
            OrderLine(
                line_ref=line.line_ref,
                sku=line.sku,
                quantity=line.quantity,
                unit=line.unit_code,
                unit_price=line.unit_price or ZERO,
                discount=line.discount_amount or ZERO,
            )
            for line in request.lines
        ),
        tax_total=request.expected.tax,
        total=request.expected.gross,
    )


def _read_address(address: WireAddress | None) -> Address | None:
    """Lines beyond the third come together, since a country's towns and counties look like any other line."""
    if address is None:
        return None
    lines = [*address.lines[:2], "", "", ""]
    return Address(
        organisation=address.organisation,
        surname=address.name,
        line1=lines[0],
        line2=lines[1],
        line3=", ".join(address.lines[2:]),
        postcode=address.postcode,
        country=address.country,
        telephone=address.phone,
        email=address.email,
    )
