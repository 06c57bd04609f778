"""Stock items, levels and price lists as they are uploaded."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from crossdock.sandbox.khaos_control.channel.book import Book
from crossdock.sandbox.khaos_control.channel.calls import LEVELS, PRICES, STOCK
from crossdock.sandbox.khaos_control.channel.documents import Ref
from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings
from crossdock.sandbox.khaos_control.figures import available, build_potential, on_order
from crossdock.sandbox.khaos_control.markup import number
from crossdock.sandbox.khaos_control.model import NONE, StockItem
from crossdock.sandbox.khaos_control.money import from_net, pence
from crossdock.sandbox.khaos_control.prices import NO_END, price_bands
from crossdock.sandbox.khaos_control.settings import PriceListSetup
from crossdock.sandbox.khaos_control.store import Store

FIXED, DISCOUNT = 1, 2


def linked(book: Book, only: frozenset[str] | None = None) -> Iterator[StockItem]:
    """Items on this channel. only: of these codes, in lower case."""
    for item in book.store.items.values():
        if item.stock_id not in book.unlinked and (only is None or item.code.casefold() in only):
            yield item


def stock_entries(book: Book, *, everything: bool, only: frozenset[str] | None = None) -> list[dict[str, Any]]:
    entries = [(str(item.stock_id), _item(book, item)) for item in linked(book, only)]
    return [entry for key, entry in entries if book.changed(STOCK, key, entry, everything=everything)]


def _item(book: Book, item: StockItem) -> dict[str, Any]:
    settings = book.store.settings
    percent = settings.tax_codes[item.tax_code]
    return {
        "StockID": str(item.stock_id),
        "StockCode": item.code,
        book.settings.stock_name: item.name,
        "BuyPrice": _price(book.settings, pence(item.net_price * 6 / 10), net=True),
        "SellPrice": _price(
            book.settings,
            item.net_price if settings.prices_net else from_net(pence(item.net_price), percent).gross,
            net=settings.prices_net,
        ),
        "TaxRate": Ref(ID=str(item.tax_code), Code=str(item.tax_code), Name=f"VAT {number(percent)}%"),
        "StockType1": Ref(ID="1", Name="Trade supplies"),
        "StockType2": Ref(ID="11", Name="Ironmongery"),
        "Options": {
            "PublishOnWeb": True, "Discontinued": item.discontinued, "DropShipItem": False,
            "DiscountsDisabled": False, "RunToZero": item.run_to_zero, "VatReliefQualified": False,
            "StockControlled": item.controlled, "FreeText": False, "NonPhysical": False, "CustomOptions": [],
        },
        "OtherRef": item.other_ref,
        "LongDescription": item.name,
        "EposDescription": "",
        "Manufacturer": "",
        "AverageWeight": Decimal("0.5"),
        "ReorderMultiple": 1,
        "SalesMultiple": 1,
        "LeadTime": 7,
        "SupplierInfo": [],
        "Images": [],
        "Barcodes": [{"Barcode": item.barcode, "Type": "EAN"}] if item.barcode else [],
        "UserDefinedFields": [],
    } | item.details  # fmt: skip


def _price(settings: ChannelSettings, value: Decimal, *, net: bool) -> Decimal | dict[str, Decimal]:
    return value if settings.stock_prices == "number" else {"Net" if net else "Gross": value}


def level_entries(
    book: Book, site_id: int, *, everything: bool, only: frozenset[str] | None = None
) -> list[dict[str, Any]]:
    """Entries of one site: Available is free to sell there. Without Levels an item is not stock controlled."""
    entries = [(f"{item.stock_id}@{site_id}", _level(book.store, item, site_id)) for item in linked(book, only)]
    return [entry for key, entry in entries if book.changed(LEVELS, key, entry, everything=everything)]


def _level(store: Store, item: StockItem, site_id: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"StockCode": item.code, "StockID": str(item.stock_id), "SiteID": site_id}
    if item.controlled:
        entry["Levels"] = {"Available": available(store, item, site_id), "OnOrder": on_order(item, site_id)}
    if item.build or item.pack:
        parts = build_potential(store, item, site_id) if item.build else pack_potential(store, item, site_id)
        entry["RelationshipPotential"] = {"FromChildren": parts, "FromParents": 0}
    return entry


def pack_potential(store: Store, item: StockItem, site_id: int) -> Decimal:
    return min((available(store, one, site_id) // per for one, per in item.pack), default=NONE)


def price_entries(book: Book, *, everything: bool) -> list[dict[str, Any]]:
    """Every list of which any price changed, whole."""
    entries = [
        (name, _price_list(book, place, name, setup))
        for place, (name, setup) in enumerate(book.store.settings.price_lists.items(), start=1)
    ]
    return [entry for name, entry in entries if book.changed(PRICES, name, entry, everything=everything)]


def _price_list(book: Book, place: int, name: str, setup: PriceListSetup) -> dict[str, Any]:
    rows = [
        row for item in linked(book) if not item.children for row in _price_rows(book, name, setup, item)
    ]  # fmt: skip
    return {
        "PriceListID": str(place),
        "PriceListName": name,
        "ChannelID": book.settings.channel_id,
        "PriceListNet": book.store.settings.price_lists_net,
        "StockPrices": rows,
    }


def _price_rows(book: Book, name: str, setup: PriceListSetup, item: StockItem) -> Iterator[dict[str, Any]]:
    """The bands of one item: the last first and ends shared, as the vendor's examples have them, unless set tidy."""
    settings, loose = book.store.settings, book.settings.overlapping_bands
    found = price_bands(book.store, name, setup, item)
    starts = list(found)
    ends = [start if loose else start - 1 for start in starts[1:]] + [NO_END]
    rows = list(zip(starts, ends, strict=True))
    for start, end in reversed(rows) if loose else rows:
        net, percent = found[start]
        amount = from_net(net, settings.tax_codes[item.tax_code])
        yield {
            "StockID": str(item.stock_id),
            "StockCode": item.code,
            "StockDesc": item.name,
            "BuyPrice": pence(item.net_price * 6 / 10),
            "SellPrice": item.net_price,
            "QtyStart": start,
            "QtyEnd": end,
            "PriceValue": amount.net if settings.price_lists_net else amount.gross,
            "PriceType": DISCOUNT if percent else FIXED,
        }
