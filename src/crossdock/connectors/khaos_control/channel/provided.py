"""ItemDocument → the StockChanges that Khaos Control fetches. Pure.

What Khaos Control owns (cost, prices, tax, stock types and with them the nominals, options) is said once, of an item
that it does not hold yet, and never again. That what is left out stays as it is, is assumed.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crossdock.connectors.khaos_control.channel.config import ProvidedStock
from crossdock.connectors.khaos_control.channel.document import Tree
from crossdock.connectors.khaos_control.channel.orders import Terms, reference
from crossdock.connectors.khaos_control.text import fitted
from crossdock.model.faults import Unsupported
from crossdock.model.item_document import Birth, ItemDocument, ItemField

TEXTS: Mapping[ItemField, tuple[str, int | None]] = {
    ItemField.DESCRIPTION: ("ShortDescription", 250),
    ItemField.LONG_DESCRIPTION: ("LongDescription", None),
    ItemField.EPOS_DESCRIPTION: ("EposDescription", None),
    ItemField.MANUFACTURER: ("Manufacturer", None),
    ItemField.OTHER_REF: ("OtherRef", 50),
}
"""Field → property of a StockItem, and the longest text that is known to fit."""

WEB_TEXTS: Mapping[ItemField, str] = {
    ItemField.WEB_TEASER: "WebTeaser",
    ItemField.META_TITLE: "MetaTitle",
    ItemField.META_DESCRIPTION: "MetaDescription",
    ItemField.META_KEYWORDS: "MetaKeywords",
}
MEASURES: Mapping[ItemField, str] = {
    ItemField.WEIGHT: "AverageWeight",
    ItemField.HEIGHT: "Height",
    ItemField.WIDTH: "Width",
    ItemField.DEPTH: "Depth",
}
BY_USER_FIELD = {ItemField.COMMODITY_CODE: "commodity_code_field", ItemField.COUNTRY_OF_ORIGIN: "country_field"}
"""No property of a StockItem holds these; a user-defined field may, once a setting names it."""

FORBIDDEN = "#"  # "not supported" in a code or a short description


def download(items: Sequence[tuple[ItemDocument, Tree]]) -> Tree:
    """items: each with what `write_item` made of it."""
    links = [
        _relationship(item) for item, _ in items if not item.retired and (item.headings or item.family is not None)
    ]
    found: Tree = {"StockItems": {"Items": [tree for _, tree in items]}}
    if links:
        found["Relationships"] = {"Relationships": links}
    return found


def write_item(item: ItemDocument, terms: Terms) -> Tree:
    """Raises Unsupported for what the channel cannot hold: nothing of the item is put out then."""
    place, provided = f"Items[{item.code}]", terms.channel.provided
    code = _plain(fitted(item.code, 50, f"{place}.StockCode"), f"{place}.StockCode")
    found: Tree = {"StockID": item.item_id or item.ref, "StockCode": code}
    if item.retired:
        return found | {"Options": {"Discontinued": True}}
    for field, (name, longest) in TEXTS.items():
        if text := item.text(field):
            found[name] = fitted(text, longest or len(text), f"{place}.{name}")
    if "ShortDescription" in found:
        _plain(found["ShortDescription"], f"{place}.ShortDescription")
    if web := {name: text for field, name in WEB_TEXTS.items() if (text := item.text(field))}:
        found["WebProperties"] = web
    if barcode := item.text(ItemField.BARCODE):
        found["Barcodes"] = [{"Barcode": fitted(barcode, 50, f"{place}.Barcodes")}]
    if supplier := item.text(ItemField.SUPPLIER):
        found["SupplierInfo"] = [{"URN": supplier, "IsPreferred": True}]
    found |= {MEASURES[field]: amount for field, amount in item.measures}
    if user := _user_defined(item, provided, place):
        found["UserDefinedFields"] = user
    return found | (_born(item.birth, terms, place) if item.birth is not None else {})


def _born(birth: Birth, terms: Terms, place: str) -> Tree:
    provided = terms.channel.provided
    return {
        "TaxRate": reference(_tax_rate(birth.tax_percent, provided, place), f"{place}.TaxRate", by="Code"),
        "StockType1": reference(provided.stock_type1, f"{place}.StockType1"),
        "StockType2": reference(provided.stock_type2, f"{place}.StockType2"),
        "Options": {
            "PublishOnWeb": True,
            "Discontinued": False,
            "DropShipItem": False,
            "DiscountsDisabled": False,
            "RunToZero": False,
            "VatReliefQualified": False,
            "StockControlled": birth.stock_controlled,
            "FreeText": False,
        },
    }


def _tax_rate(percent: Decimal, provided: ProvidedStock, place: str) -> str:
    rate = provided.tax_rates.get(percent)
    if rate is None:
        raise Unsupported(f"{place}.TaxRate", f"{percent:f} per cent is not in channel.provided.tax_rates")
    return rate


def _user_defined(item: ItemDocument, provided: ProvidedStock, place: str) -> list[Tree]:
    fields = list(item.custom)
    for field, setting in BY_USER_FIELD.items():
        if text := item.text(field):
            if not (name := getattr(provided, setting)):
                raise Unsupported(f"{place}.{field}", f"channel.provided.{setting} names no user-defined field for it")
            fields.append((name, text))
    return [{"Name": name, "Value": value} for name, value in fields]


def _plain(text: str, place: str) -> str:
    if FORBIDDEN in text:
        raise Unsupported(place, f"{text!r} holds {FORBIDDEN}, which Khaos Control does not support there")
    return text


def _relationship(item: ItemDocument) -> Tree:
    """A template says what its items vary by; an item names its template, by the key Khaos Control gave it."""
    found: Tree = {"StockID": item.item_id or item.ref}
    if item.headings:
        found["SCSParent"] = {"Headings": list(item.headings)}
    if item.family is not None:
        values = list(item.family.values)
        found["SCSChild"] = {
            "ParentStockID": item.family.item_id,
            "SCSValues": values,
            "SCSDescription": " ".join(values),
        }
    return found
