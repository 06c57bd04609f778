"""ProvidedStock: stock items and their relations that the other side keeps, downloaded as StockChanges."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from crossdock.sandbox.khaos_control.channel.book import Book, Imported
from crossdock.sandbox.khaos_control.channel.documents import DocumentError
from crossdock.sandbox.khaos_control.channel.reference import TAX, References
from crossdock.sandbox.khaos_control.channel.wire import (
    Flag,
    Needed,
    Number,
    OptionalReference,
    Price,
    Text,
    Text50,
    Wire,
    parse,
)
from crossdock.sandbox.khaos_control.documents import Refused
from crossdock.sandbox.khaos_control.loading import new_item
from crossdock.sandbox.khaos_control.model import NONE, StockItem
from crossdock.sandbox.khaos_control.money import HUNDRED, pence
from crossdock.sandbox.khaos_control.order_header import STANDARD_TAX

OPTIONS_MAX = 4
DETAILS = (
    "LongDescription", "EposDescription", "Manufacturer", "AverageWeight", "Height", "Width", "Depth", "WebProperties",
    "SupplierInfo", "UserDefinedFields", "StockType1", "StockType2",
)  # fmt: skip
"""Kept as sent: nothing here works with them."""


class Options(Wire):
    discontinued: Flag | None = None
    run_to_zero: Flag | None = None
    stock_controlled: Flag | None = None


class Barcode(Wire):
    barcode: Text50


class ProvidedItem(Wire):
    stock_id: Text = Field("", alias="StockID")
    stock_code: Annotated[Needed, Field(max_length=50)]
    name: Annotated[Text, Field(max_length=250)] = Field(
        "", validation_alias=AliasChoices("ShortDescription", "StockDescription")
    )
    sell_price: Price | Number | None = None
    tax_rate: OptionalReference = None
    options: Options = Options()
    other_ref: Text50 = ""
    barcodes: tuple[Barcode, ...] = ()


class ScsParent(Wire):
    headings: tuple[Text, ...] = ()


class ScsChild(Wire):
    parent: Needed = Field(alias="ParentStockID")
    values: tuple[Any, ...] = Field((), alias="SCSValues")
    description: Text = Field("", alias="SCSDescription")


class PackItem(Wire):
    linked: Needed = Field(alias="LinkedStockID")
    quantity: Number


class Relationship(Wire):
    """pack_type and pack_items left out keep what is there; None with an empty list takes it away."""

    stock_id: Needed = Field(alias="StockID")
    parent: ScsParent | None = Field(None, alias="SCSParent")
    child: ScsChild | None = Field(None, alias="SCSChild")
    pack_type: Literal["None", "Build", "Pack"] | None = None
    pack_items: tuple[PackItem, ...] | None = None


def take_stock(book: Book, references: References, values: Mapping[str, Any], *, xml: bool) -> Counter[str]:
    """Create and update items, then relate them. What fails stands in its row; the rest goes on."""
    values = values.get("StockChanges") or values
    done: Counter[str] = Counter()
    for raw in _list(values, "StockItems", "Items"):
        key = str(raw.get("StockCode", "")) if isinstance(raw, dict) else ""
        done[_tried(book, key, raw, xml, lambda raw=raw: _take_item(book, references, raw, xml=xml)).status] += 1
    for raw in _list(values, "Relationships", "Relationships"):
        key = f"relation of {raw.get('StockID', '')}" if isinstance(raw, dict) else "relation"
        done[_tried(book, key, raw, xml, lambda raw=raw: _relate(book, raw, xml=xml)).status] += 1
    return done


def _list(values: Mapping[str, Any], outer: str, inner: str) -> list[Any]:
    block = values.get(outer) or {}
    rows = block.get(inner) if isinstance(block, dict) else block
    if rows is None or rows == "":
        return []
    if not isinstance(rows, list):
        raise DocumentError(f"{outer}.{inner} is no list")
    return rows


def _tried(book: Book, key: str, raw: Any, xml: bool, work: Any) -> Imported:
    """Stock comes again and again: a row shows the last time."""
    book.stock_rows.pop(key, None)
    try:
        code = work()
    except Refused as refused:
        return book.note(book.stock_rows, key, "Failed", str(refused), (raw, None, xml))
    row = book.note(book.stock_rows, key, "OK", "", (raw, None, xml))
    row.code = code
    return row


def _take_item(book: Book, references: References, raw: Any, *, xml: bool) -> str:
    sent = parse(ProvidedItem, raw, xml=xml)
    store, code = book.store, sent.stock_code.strip()
    if "#" in code or "#" in sent.name or not code:
        raise Refused("StockCode, ShortDescription: # is not supported")
    tax_code = references.need(TAX, sent.tax_rate) if sent.tax_rate else None
    item, holder = _known(book, sent.stock_id), store.find_item(code)
    if item is not None and holder not in (None, item):
        raise Refused(f"StockCode: {code} is another item's")
    item = item or holder
    if item is None:
        tax = tax_code or STANDARD_TAX
        item = new_item(store, code=code, name=sent.name or code, net_price=NONE, tax_code=tax, on_hand=NONE)
        item.barcode = ""
        store.add_item(item)
    elif item.code != code:
        store.recode_item(item, code)
    if sent.stock_id:
        book.provided_ids[sent.stock_id] = item
    item.details |= {name: raw[name] for name in DETAILS if name in raw}
    _update(book, item, sent, tax_code)
    return item.code


def _update(book: Book, item: StockItem, sent: ProvidedItem, tax_code: int | None) -> None:
    store = book.store
    item.name = sent.name or item.name
    item.tax_code = tax_code or item.tax_code
    item.other_ref = sent.other_ref or item.other_ref
    item.barcode = sent.barcodes[0].barcode if sent.barcodes else item.barcode
    if sent.sell_price is not None:
        item.net_price = _net(sent.sell_price, store.settings.tax_codes[item.tax_code], item.net_price)
    options = sent.options
    item.discontinued = item.discontinued if options.discontinued is None else options.discontinued
    item.run_to_zero = item.run_to_zero if options.run_to_zero is None else options.run_to_zero
    item.controlled = item.controlled if options.stock_controlled is None else options.stock_controlled
    item.revised = store.wall()
    store.add_item(item)  # its further identifiers lead to it too


def _net(price: Price | Decimal, percent: Decimal, before: Decimal) -> Decimal:
    if isinstance(price, Decimal):
        return price
    if price.net is not None:
        return price.net
    return before if price.gross is None else pence(price.gross * HUNDRED / (HUNDRED + percent))


def _known(book: Book, stock_id: str) -> StockItem | None:
    """By our own STOCK_ID, or the ID under which the other side made it."""
    own = book.store.items.get(int(stock_id)) if stock_id.isdecimal() else None
    return own or book.provided_ids.get(stock_id)


def _relate(book: Book, raw: Any, *, xml: bool) -> str:
    sent = parse(Relationship, raw, xml=xml)
    item = _needed(book, sent.stock_id)
    if sent.parent is not None:
        item.controlled, item.headings = False, sent.parent.headings or item.headings
    if sent.child is not None:
        _make_child(book, item, sent.child)
    if sent.pack_type is not None:
        parts = [(_needed(book, one.linked), one.quantity) for one in sent.pack_items or ()]
        if any(one is item or count <= 0 for one, count in parts):
            raise Refused("PackItems: an item is no part of itself, and none of it is no part")
        if any(one.pack for one, _ in parts) and sent.pack_type == "Pack":
            raise Refused("PackItems: packs cannot nest")
        item.pack = parts if sent.pack_type == "Pack" else []
        item.build = parts if sent.pack_type == "Build" else []
        item.controlled = item.controlled and not item.pack
    item.revised = book.store.wall()
    return item.code


def _make_child(book: Book, item: StockItem, sent: ScsChild) -> None:
    parent = _needed(book, sent.parent)
    options = tuple(str(one) for one in sent.values) or (sent.description or item.code,)
    if parent is item or len(options) > OPTIONS_MAX:
        raise Refused(f"SCSChild: {item.code} has another parent, and one to four values")
    if item.parent is not None:
        item.parent.children.remove(item)
    parent.controlled = False
    item.parent, item.option = parent, options
    parent.children.append(item)


def _needed(book: Book, stock_id: str) -> StockItem:
    item = _known(book, stock_id)
    if item is None:
        raise Refused(f"Stock item not found: {stock_id}")
    return item
