"""SalesReturn → the CustomerReturn that Khaos Control fetches and turns into a credit note. Pure."""

from collections.abc import Sequence
from datetime import datetime

from crossdock.connectors.khaos_control.channel.document import Tree
from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.connectors.khaos_control.channel.orders import Terms, reference
from crossdock.connectors.khaos_control.channel.people import address_of, contact_of, read_address
from crossdock.connectors.khaos_control.text import fitted
from crossdock.connectors.khaos_control.times import read_order_date, wall_clock
from crossdock.model.after_sale import ReturnLine, SalesReturn
from crossdock.model.faults import DataFault, InvalidValue, Unsupported


def download(returns: Sequence[Tree], terms: Terms) -> Tree:
    channel = terms.channel
    config = {"MatchAddressOn": list(channel.match_address_on), "MatchContactOn": list(channel.match_contact_on)}
    return {"Returns": list(returns), "ApiVersion": channel.api_version, "Config": config}


def write_return(sales_return: SalesReturn, terms: Terms, *, created_at: datetime) -> Tree:
    """created_at: when it was put out, for one that does not say when the goods came. Raises Unsupported."""
    if not sales_return.account_code:
        raise Unsupported("URN", "the return names no account; the channel asks for one that exists")
    if not sales_return.lines:
        raise Unsupported("ReturnedItems", "the return names no goods; the channel knows nothing else")
    if sales_return.address is None:
        raise Unsupported("InvoiceAddress", "the return has no address; the channel asks for one")
    created = wall_clock(sales_return.received_at or created_at, terms.timezone)
    found: Tree = {
        "AssociatedRef": fitted(sales_return.ref, 50, "AssociatedRef"),
        "CreatedDate": created.isoformat(),
        "URN": sales_return.account_code,
        "InvoiceAddress": address_of(sales_return.address, "InvoiceAddress"),
        "InvoiceContact": contact_of(sales_return.address, "InvoiceContact"),
        "ReturnedItems": [_item(line, sales_return, terms, at) for at, line in enumerate(sales_return.lines)],
        "ProcessReturn": terms.channel.process_returns,
    }
    if terms.channel.sales_source:
        found["SalesSource"] = reference(terms.channel.sales_source, "SalesSource")
    if terms.channel.brand:
        found["Brand"] = reference(terms.channel.brand, "Brand")
    if sales_return.notes:
        found["Notes"] = fitted(sales_return.notes, 2000, "Notes")
    return found


def _item(line: ReturnLine, sales_return: SalesReturn, terms: Terms, at: int) -> Tree:
    """The order it came from is given by our reference alone: exactly one key is taken."""
    place, channel = f"ReturnedItems[{at}]", terms.channel
    if channel.whole_quantities and line.quantity != line.quantity.to_integral_value():
        raise Unsupported(f"{place}.Quantity", f"{line.quantity:f} is no whole number")
    item: Tree = {
        "SKU": line.sku,
        "Mapping": [{"Mapping": channel.mapping}],
        "Quantity": line.quantity,
        "ReturnReason": reference(
            channel.return_reasons.get(line.reason, channel.return_reason), f"{place}.ReturnReason"
        ),
        "ExtendedDescription": [],
        "SourceReference": {"AssociatedRef": sales_return.order_ref},
    }
    if line.unit_price is not None:
        item["UnitPrice"] = {"Gross": line.unit_price}
    return item


def read_return(found: Node, timezone: str = "Europe/London") -> SalesReturn:
    """What we, or anybody, once put out. The reason comes back as Khaos Control knows it. Raises DataFault."""
    items = list(found.nodes("ReturnedItems", "ReturnItems"))
    if not items:
        raise DataFault(found.at("ReturnedItems"), "is empty; a return must say what came back")
    created = found.text("CreatedDate", required=True)
    try:
        return SalesReturn(
            ref=found.text("AssociatedRef", required=True),
            order_ref=next((_source(one) for one in items if _source(one)), ""),
            lines=tuple(_read_item(one) for one in items),
            account_code=found.text("URN", required=True),
            received_at=read_order_date(created, timezone),
            notes=found.text("Notes"),
            address=read_address(found.node("InvoiceAddress"), found.node("InvoiceContact")),
        )
    except InvalidValue as error:
        raise DataFault(found.at("ReturnedItems"), str(error)) from error
    except ValueError as error:
        raise DataFault(found.at("CreatedDate"), f"{created!r} is no date-time") from error


def _source(item: Node) -> str:
    """SourceReference by the table and the demo; SourceReturnReference > SourceOrder in the examples."""
    outer = item.node("SourceReturnReference")
    node = item.node("SourceReference") or (outer.node("SourceOrder") if outer else None)
    return "" if node is None else node.text("AssociatedRef", "SOrderCode", "SOrderID")


def _read_item(item: Node) -> ReturnLine:
    price = item.node("UnitPrice")
    gross = price.number("Gross") if price is not None and price.has("Gross") else None
    quantity = item.number("Quantity")
    if quantity <= 0:
        raise DataFault(item.at("Quantity"), "must be above zero")
    return ReturnLine(
        sku=item.text("SKU", required=True),
        quantity=quantity,
        reason=item.reference("ReturnReason"),
        unit_price=gross,
    )
