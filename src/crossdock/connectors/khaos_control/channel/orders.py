"""ResolvedOrder ↔ the SalesOrder that Khaos Control fetches. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crossdock.connectors.khaos_control.channel.config import ChannelSettings
from crossdock.connectors.khaos_control.channel.document import Tree
from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.connectors.khaos_control.channel.people import address_of, contact_of, read_address
from crossdock.connectors.khaos_control.mapping_order_read import share_tax
from crossdock.connectors.khaos_control.text import fitted
from crossdock.connectors.khaos_control.times import read_order_date, wall_clock
from crossdock.model.faults import DataFault, InvalidValue, Unsupported
from crossdock.model.money import half_up, minor_units
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder

CALC_METHODS = {"Net": 1, "Gross": 2}  # taxes are added to nets, or taken out of grosses, as our totals do it
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What of the settings an order is written by."""

    channel: ChannelSettings = field(default_factory=ChannelSettings)
    timezone: str = "Europe/London"


def reference(text: str, place: str, *, by: str = "Name") -> Tree:
    """`ID=5` → {"ID": "5"}; a bare text is a `by`. Raises Unsupported when it is empty: the channel asks for it."""
    if not text:
        raise Unsupported(place, "is empty; the channel asks for it: give the order one, or the setting of that name")
    kind, mark, said = text.partition("=")
    return {kind: said} if mark and kind in ("ID", "Code", "Name") else {by: text}


def download(orders: Sequence[Tree], channel: ChannelSettings) -> Tree:
    """ApiVersion is there even when no order is."""
    config = {
        "MatchCompanyOn": list(channel.match_company_on),
        "MatchAddressOn": list(channel.match_address_on),
        "MatchContactOn": list(channel.match_contact_on),
        "DiscontinuedItems": channel.discontinued_items,
        "RunToZeroErrorItems": channel.run_to_zero_items,
        "ImportAsUnconfirmed": channel.import_as_unconfirmed,
    }
    return {"Orders": list(orders), "ApiVersion": channel.api_version, "Config": config}


def write_order(order: ResolvedOrder, terms: Terms) -> Tree:
    """Raises Unsupported for what the channel cannot hold: nothing of the order is put out then."""
    address = order.invoice_address or order.delivery_address
    if address is None:
        raise Unsupported("InvoiceAddress", "the order has no address; the channel asks for one")
    found: Tree = {
        "Customer": _customer(order, terms.channel),
        "InvoiceAddress": address_of(address, "InvoiceAddress"),
        "InvoiceContact": contact_of(address, "InvoiceContact"),
    }
    if order.delivery_address is not None:
        found["DeliveryAddress"] = address_of(order.delivery_address, "DeliveryAddress")
        found["DeliveryContact"] = contact_of(order.delivery_address, "DeliveryContact")
    price = _price_of(order)
    items = [_item(line, price, terms.channel, f"Items[{at}]") for at, line in enumerate(order.lines)]
    return {**found, "Header": _header(order, terms), "Items": items}


def _customer(order: ResolvedOrder, channel: ChannelSettings) -> Tree:
    """A URN is left out when there is none: an empty one spoils the import."""
    customer: Tree = {
        "CreateNew": channel.create_new,
        "CompanyClass": reference(order.company_class or channel.company_class, "Customer.CompanyClass"),
        "Currency": {"Code": order.currency},
    }
    if order.account_code:
        customer["URN"] = order.account_code
    elif "CompanyCode" in channel.match_company_on:
        raise Unsupported("Customer.URN", "the order names no account, and accounts are matched by CompanyCode")
    if order.buyer_email and not order.account_code:
        customer["WebUser"] = fitted(order.buyer_email, 50, "Customer.WebUser")
    if order.company_name:
        customer["CompanyName"] = fitted(order.company_name, 50, "Customer.CompanyName")
    return customer


def _header(order: ResolvedOrder, terms: Terms) -> Tree:
    """The delivery charge is always sent, 0 when free: left out, Khaos Control would make one up. Without a payment
    line RemainderOnAccount makes it an order on account."""
    channel = terms.channel
    header: Tree = {
        "AssociatedRef": fitted(order.ref, 50, "Header.AssociatedRef"),
        "OrderDate": wall_clock(order.placed_at, terms.timezone).isoformat(),
        "Site": reference(order.site or channel.site, "Header.Site"),
        "SalesSource": reference(order.sales_source or channel.sales_source, "Header.SalesSource"),
        "DiscountCodes": [],
        "DeliveryCharge": {"Net": order.delivery_net},
        "DeliveryTaxAmount": order.delivery_tax,
        "RemainderOnAccount": True,
        "CalcMethod": CALC_METHODS[_price_of(order)],
        "GrossTotal": order.total,
        "Currency": {"Code": order.currency},
    }
    if order.courier_code:
        header["Courier"] = {"Code": order.courier_code}
    if brand := order.brand or channel.brand:
        header["Brand"] = reference(brand, "Header.Brand")
    if order.po_number:
        header["PONumber"] = fitted(order.po_number, 30, "Header.PONumber")
    if order.notes:
        header["OrderNote"] = fitted(order.notes, 2000, "Header.OrderNote")
    if order.wanted_by:
        header["RequiredDate"] = f"{order.wanted_by.isoformat()}T00:00:00"
    return header


def _price_of(order: ResolvedOrder) -> str:
    return "Gross" if order.prices_include_tax else "Net"


def _item(line: ResolvedLine, price: str, channel: ChannelSettings, place: str) -> Tree:
    if channel.whole_quantities and line.quantity != line.quantity.to_integral_value():
        problem = f"{line.quantity:f} is no whole number; agree fractions with the vendor, then whole_quantities: false"
        raise Unsupported(f"{place}.Quantity", problem)
    item: Tree = {
        "SKU": line.stock_code,
        "Mapping": channel.mapping,
        "Quantity": line.quantity,
        "UnitPrice": {price: line.unit_price},
        "ExtendedDescription": line.note.split("\n") if line.note else [],
        "ImportRef": line.line_ref,
    }
    if line.free_reason:
        item["FreeItemReason"] = reference(line.free_reason, f"{place}.FreeItemReason")
    return item


def read_order(order: Node, timezone: str = "Europe/London") -> ResolvedOrder:
    """What we, or anybody, once put out. Lines carry no tax: what the total leaves is shared over them by net.

    Raises DataFault naming the place; Unsupported where a price is gross, for its net needs the rate.
    """
    header, customer = _part(order, "Header"), _part(order, "Customer")
    currency = header.reference("Currency") or customer.reference("Currency")
    try:
        decimals = minor_units(currency)
    except InvalidValue as error:
        raise DataFault(customer.at("Currency"), str(error)) from error
    lines = [_read_item(item, decimals) for item in order.nodes("Items")]
    if not lines:
        raise DataFault(order.at("Items"), "the order has no line")
    net, tax, total = (
        _net(header, "DeliveryCharge"),
        header.number("DeliveryTaxAmount", ZERO),
        header.number("GrossTotal"),
    )
    placed = header.text("OrderDate", required=True)
    try:
        placed_at = read_order_date(placed, timezone)
    except ValueError as error:
        raise DataFault(header.at("OrderDate"), f"{placed!r} is no date-time") from error
    return ResolvedOrder(
        ref=header.text("AssociatedRef", required=True),
        placed_at=placed_at,
        currency=currency,
        account_code=customer.text("URN"),
        account_id="",
        lines=share_tax(lines, total - net - tax, decimals),
        delivery_net=net,
        delivery_tax=tax,
        total=total,
        courier_code=header.reference("Courier"),
        site=header.reference("Site"),
        sales_source=header.reference("SalesSource"),
        brand=header.reference("Brand"),
        company_class=customer.reference("CompanyClass"),
        buyer_email=customer.text("WebUser"),
        company_name=customer.text("CompanyName"),
        po_number=header.text("PONumber"),
        notes=header.text("OrderNote"),
        wanted_by=_wanted(header),
        invoice_address=read_address(order.node("InvoiceAddress"), order.node("InvoiceContact")),
        delivery_address=read_address(order.node("DeliveryAddress"), order.node("DeliveryContact")),
    )


def _wanted(header: Node) -> date | None:
    return header.day("RequiredDate")


def _part(order: Node, name: str) -> Node:
    found = order.node(name)
    if found is None:
        raise DataFault(order.at(name), "is missing")
    return found


def _net(holder: Node, name: str) -> Decimal:
    price = holder.node(name)
    if price is None:
        return ZERO
    if not price.has("Net") and price.number("Gross", ZERO) != 0:
        raise Unsupported(price.at("Gross"), "a gross price cannot be split without its tax rate")
    return price.number("Net", ZERO)


def _read_item(item: Node, decimals: int) -> ResolvedLine:
    quantity, price = item.number("Quantity"), _net(item, "UnitPrice")
    if quantity <= 0:
        raise DataFault(item.at("Quantity"), "must be above zero")
    note = item.value.get("ExtendedDescription") or []
    said = note if isinstance(note, list) else [note]
    return ResolvedLine(
        line_ref=item.text("ImportRef", "WebItemRef"),
        stock_code=item.text("SKU", required=True),
        quantity=quantity,
        unit_price=price,
        net=half_up(quantity * price, decimals),
        tax_code="",
        tax=ZERO,
        note="\n".join(str(one) for one in said),
        free_reason=item.reference("FreeItemReason"),
    )
