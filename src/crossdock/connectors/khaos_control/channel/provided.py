"""StockItem → the StockChanges that Khaos Control fetches. Pure. Cost is Khaos Control's own: none is ever sent."""

from collections.abc import Sequence

from crossdock.connectors.khaos_control.channel.document import Tree
from crossdock.connectors.khaos_control.channel.orders import Terms, reference
from crossdock.connectors.khaos_control.text import fitted
from crossdock.model.faults import Unsupported
from crossdock.model.stock import StockItem


def download(items: Sequence[tuple[StockItem, Tree]]) -> Tree:
    """items: each with what `write_item` made of it."""
    links = [_relationship(item) for item, _ in items if item.parent_code or item.components]
    found: Tree = {"StockItems": {"Items": [tree for _, tree in items]}}
    if links:
        found["Relationships"] = {"Relationships": links}
    return found


def write_item(item: StockItem, terms: Terms) -> Tree:
    """Raises Unsupported for what the channel cannot hold."""
    place, provided = f"Items[{item.code}]", terms.channel.provided
    found: Tree = {
        "StockID": item.item_id,
        "StockCode": fitted(item.code, 50, f"{place}.StockCode"),
        "ShortDescription": fitted(item.description or item.code, 250, f"{place}.ShortDescription"),
        "TaxRate": reference(_tax_rate(item, terms, place), f"{place}.TaxRate", by="Code"),
        "StockType1": reference(provided.stock_type1, f"{place}.StockType1"),
        "StockType2": reference(provided.stock_type2, f"{place}.StockType2"),
        "Options": {
            "PublishOnWeb": True,
            "Discontinued": item.discontinued,
            "DropShipItem": False,
            "DiscountsDisabled": False,
            "RunToZero": item.run_to_zero,
            "VatReliefQualified": False,
            "StockControlled": item.stock_controlled,
            "FreeText": False,
        },
        "Barcodes": [{"Barcode": one} for one in item.barcodes],
    }
    if item.other_ref:
        found["OtherRef"] = fitted(item.other_ref, 50, f"{place}.OtherRef")
    if provided.sell_price and item.sell_price is not None:
        found["SellPrice"] = {"Net" if item.sell_price_is_net else "Gross": item.sell_price}
    return found


def _tax_rate(item: StockItem, terms: Terms, place: str) -> str:
    if item.tax_percent is None:
        raise Unsupported(f"{place}.TaxRate", "the item has no tax rate; the channel asks for one")
    rate = terms.channel.provided.tax_rates.get(item.tax_percent)
    if rate is None:
        problem = f"{item.tax_percent:f} per cent is not in channel.provided.tax_rates"
        raise Unsupported(f"{place}.TaxRate", problem)
    return rate


def _relationship(item: StockItem) -> Tree:
    """A size or colour names its family; a pack names what is in it. Without either, existing links are left alone."""
    found: Tree = {"StockID": item.item_id}
    if item.parent_code:
        found["SCSChild"] = {"ParentStockID": item.parent_code}
    if item.components:
        links = [{"LinkedStockID": code, "Quantity": quantity} for code, quantity in item.components]
        found |= {"PackType": "Pack", "PackItems": links}
    return found
