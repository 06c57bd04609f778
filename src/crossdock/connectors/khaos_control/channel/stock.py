"""Stock and stock status uploads → StockItem, StockFigure. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.model.faults import DataFault
from crossdock.model.stock import Basis, StockFigure, StockItem

ZERO = Decimal(0)


def read_item(item: Node) -> StockItem:
    """StockID never changes, StockCode may. A price that says neither Net nor Gross is left out."""
    code = item.text("StockCode", required=True)
    options = item.node("Options") or Node({}, item.at("Options"))
    price = item.node("SellPrice")
    net = price is not None and price.has("Net")
    given = price is not None and (net or price.has("Gross"))
    return StockItem(
        code=code,
        item_id=item.text("StockID", required=True),
        description=item.text("ShortDescription", "StockDescription"),
        other_ref=item.text("OtherRef"),
        barcodes=tuple(one.text("Barcode", required=True) for one in item.nodes("Barcodes")),
        sell_price=price.number("Net" if net else "Gross") if given and price is not None else None,
        sell_price_is_net=net or not given,
        stock_controlled=options.flag("StockControlled", default=True),
        discontinued=options.flag("Discontinued", default=False),
        run_to_zero=options.flag("RunToZero", default=False),
    )


def read_deleted(root: Node) -> Iterator[str]:
    """StockIDs of items that are gone: objects by the README's table, bare texts in the vendor's demo."""
    said = root.value.get("Deleted")
    rows = said if isinstance(said, list) else [] if said in (None, "") else [said]
    for at, one in enumerate(rows):
        place = f"{root.at('Deleted')}[{at}]"
        if isinstance(one, dict):
            yield Node(one, place).text("StockID", required=True)
        elif isinstance(one, str | int) and not isinstance(one, bool) and str(one).strip():
            yield str(one).strip()
        else:
            raise DataFault(place, "names no StockID")


def read_figure(row: Node, sites: Mapping[int, str], *, as_of: datetime) -> StockFigure:
    """One StockStatus. Levels.Available alone where Levels is there; else what could be built from components; with
    neither the item is not stock controlled. A status has no time of its own: as_of is when it came.

    Raises DataFault: no code, no site, no number. A negative figure is passed on, not corrected.
    """
    code, site = row.text("StockCode", required=True), row.number("SiteID")
    levels, potential = row.node("Levels"), row.node("RelationshipPotential")
    if levels is not None:
        basis, quantity = Basis.AVAILABLE, levels.number("Available")
    elif potential is not None:
        basis, quantity = Basis.BUILDABLE, potential.number("FromChildren")
    else:
        basis, quantity = Basis.AVAILABLE, ZERO
    if site != site.to_integral_value():
        raise DataFault(row.at("SiteID"), f"must be a whole number, was {site}")
    return StockFigure(
        stock_code=code,
        site=sites.get(int(site), str(int(site))),
        basis=basis,
        quantity=quantity,
        as_of=as_of,
        unlimited=levels is None and potential is None,
    )
