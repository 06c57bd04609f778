"""What a retail system is told of the ERP's items, stock and sales: leaves once, promises once, and nothing made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from crossdock.model.despatch import Fulfilment, Stage
from crossdock.model.erp_order import Allocation, ErpOrder, ErpOrderLine
from crossdock.model.money import half_up, minor_units
from crossdock.model.retail import Commitment, Location, LocationKind, Readiness, RetailItem, RetailSale
from crossdock.model.stock import StockItem

ZERO, HUNDRED = Decimal(0), Decimal(100)
NOT_RESERVED = frozenset({Stage.ISSUED, Stage.CANCELLED, Stage.AWAITING_STOCK})
LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class LeftOut(StrEnum):
    """Items that a retail system has no use for: counted, and no cases."""

    PACK = "packs"  # moved as what is in it
    SERVICE = "not counted"


@dataclass(frozen=True, slots=True)
class Lacks:
    """An item that cannot be told yet. missing: what the retail system must know of it."""

    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTerms:
    """size, colour: headings of the ERP's families, casefolded. one_size: what an item outside a family has."""

    size: str = "size"
    colour: str = "colour"
    one_size: str = "ONE"


def to_retail_item(item: StockItem, terms: ItemTerms) -> RetailItem | LeftOut | Lacks:
    """A family is told as a parent, which is counted nowhere; each of its sub-items as a leaf."""
    if item.components:
        return LeftOut.PACK
    if not item.stock_controlled and not item.template:
        return LeftOut.SERVICE
    told = {heading.casefold(): said for heading, said in item.options}
    size = told.get(terms.size, "" if item.parent_code else terms.one_size)
    if not item.template and not size:
        return Lacks(("size",))
    colour, above = told.get(terms.colour, ""), item.parent_code or item.code
    return RetailItem(
        item_id=item.item_id, sku=item.code, style_id=f"{above}-{colour}" if colour else above, leaf=not item.template,
        parent_sku=item.parent_code, description=item.description, barcode=next(iter(item.barcodes), ""),
        size_id="" if item.template else size, colour_id=colour,
        status="discontinued" if item.discontinued else "active",
    )  # fmt: skip


def unready(item: RetailItem) -> str:
    """What keeps an item from being sold, by what its sizing layer says; "" for nothing."""
    match item.readiness:
        case Readiness.MISSING:
            return f"the sizing layer lacks {', '.join(item.missing_attributes) or 'its body map'}"
        case Readiness.MISMATCH:
            return f"the sizing layer has another body map than it was told ({item.body_map_id or 'none'})"
        case _:
            return ""


def is_sayable(location: Location) -> bool:
    """A store is told with its address, which weather and customers are reckoned from, or not at all."""
    return location.kind is not LocationKind.STORE or bool(location.street and location.town)


def allocations(stands: Fulfilment, order: ErpOrder | None, *, only_site: str = "") -> tuple[Allocation, ...] | str:
    """What an order has reserved, by item and site; or in words why that cannot be told.

    only_site: the ERP's one site, where it has no other. order: what it asks for and where, needed with more than one.
    """
    reserved: dict[str, Decimal] = {}
    gone = ZERO
    for invoice in stands.invoices:
        if invoice.stage is Stage.ISSUED:
            gone += sum((line.quantity for line in invoice.lines), ZERO)
        elif invoice.stage not in NOT_RESERVED:
            for line in invoice.lines:
                reserved[line.stock_code] = reserved.get(line.stock_code, ZERO) + line.quantity
    if sum(reserved.values(), ZERO) + gone != stands.quantity_assigned:
        told = f"{stands.erp_code} has {stands.quantity_assigned} assigned"
        return f"{told}, and its parts come to {sum(reserved.values(), ZERO) + gone}"
    found = []
    for code, quantity in reserved.items():
        site = only_site or _site_of(code, order)
        if not site:
            return f"{stands.erp_code} does not say at which site {code} is reserved"
        found.append(Allocation(site=site, stock_code=code, quantity=quantity, source_ref=stands.erp_code))
    return tuple(one for one in found if one.quantity)


def _site_of(code: str, order: ErpOrder | None) -> str:
    """The site of the item's own lines; of a component that moves with a pack, that of every line."""
    lines = order.lines if order is not None else ()
    own = {line.site for line in lines if line.stock_code.casefold() == code.casefold()}
    sites = own or {line.site for line in lines}
    return next(iter(sites)) if len(sites) == 1 else ""


def commitments(
    found: Sequence[Allocation], *, location_of: Mapping[str, str], leaves: frozenset[str]
) -> list[Commitment]:
    """What is promised at our own places. location_of: site, casefolded → location. leaves: codes, casefolded, of what
    is counted itself; a pack's own line reserves nothing."""
    return [
        Commitment(
            key=f"{one.source_ref}/{one.stock_code}", location=location_of[one.site.casefold()], sku=one.stock_code,
            quantity=one.quantity, since=LONG_AGO, source_ref=one.source_ref,
        )
        for one in found
        if one.site.casefold() in location_of and one.stock_code.casefold() in leaves
    ]  # fmt: skip


def sales(
    order: ErpOrder, *, location_of: Mapping[str, str], tax_percent: Mapping[str, Decimal | None]
) -> list[RetailSale] | str:
    """One sale a line, at what one piece cost with tax; or in words why that cannot be told.

    location_of: site, casefolded → location. tax_percent: stock code, casefolded → the item's rate.
    """
    found: list[RetailSale] = []
    for number, line in enumerate(order.lines, start=1):
        location = location_of.get(line.site.casefold())
        if location is None:
            return f"line {number}: {line.site or 'no site'} is the site of no location"
        price = _gross(line, tax_percent.get(line.stock_code.casefold()), minor_units(order.currency))
        if price is None:
            return f"line {number}: what {line.stock_code} cost with tax is not told"
        found.append(
            RetailSale(
                key=order.erp_code, location=location, sku=line.stock_code, quantity=line.quantity, unit_price=price,
                currency=order.currency, sold_at=order.ordered_at, line_no=number,
            )
        )  # fmt: skip
    return found


def _gross(line: ErpOrderLine, percent: Decimal | None, decimals: int) -> Decimal | None:
    if line.unit_price is None or (line.price_is_net and percent is None):
        return None
    price = line.unit_price * (HUNDRED - line.discount) / HUNDRED
    if line.price_is_net and percent is not None:
        price = price * (HUNDRED + percent) / HUNDRED
    return half_up(price, decimals)
