"""`ProductAvailableToSell` and `MultiAvailableToSell`: one figure per item, never by page."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lxml import etree

from crossdock.sandbox.prima import figures
from crossdock.sandbox.prima.model import NativeKey
from crossdock.sandbox.prima.soap_documents import RequestError, Row, attributes, ok
from crossdock.sandbox.prima.store import Store

CODES = ("MtrxCode1", "MtrxCode2", "MtrxCode3", "MtrxCode4")


def key_of(values: dict[str, str]) -> NativeKey:
    """The item key in a row's or a line's attributes."""
    return NativeKey(values.get("Product", ""), *(values.get(name, "") for name in CODES))


def key_attributes(key: NativeKey) -> dict[str, str]:
    codes = dict(zip(CODES, (key.m1, key.m2, key.m3, key.m4), strict=True))
    return {"Product": key.product, **codes}


def available_range(store: Store, request: etree._Element, company: str) -> str:
    """Every item from ProductFrom to ProductTo, both inclusive; blank is open-ended, so both blank is everything."""
    data = request.find("Data")
    values = attributes(data) if data is not None else {}
    first, last = values.get("ProductFrom", ""), values.get("ProductTo", "")
    name = store.knobs.row_spelling["ProductAvailableToSell"]
    rows = [
        row
        for sku in sorted(store.saleable, key=lambda sku: _native(store, sku).product)
        if first <= _native(store, sku).product and (not last or _native(store, sku).product <= last)
        for row in _rows(store, sku, name, company)
    ]
    return ok(store.knobs, _struck(store, rows, "ProductAvailableToSell"), {})


def available_for(store: Store, request: etree._Element, company: str) -> str:
    """The items asked for by key, in the order asked for. Raises RequestError: for an unknown one, where so set."""
    name = store.knobs.row_spelling["MultiAvailableToSell"]
    rows: list[Row] = []
    for data in request.findall("Data"):
        for asked in (*data.findall("sku"), *data.findall("SKU")):
            key = key_of(attributes(asked))
            sku = store.by_native.get(key)
            found = list(_rows(store, sku, name, company)) if sku is not None else []
            rows += found or _unknown(store, key, name)
    return ok(store.knobs, _struck(store, rows, "MultiAvailableToSell"), {})


def _native(store: Store, sku: str) -> NativeKey:
    return store.saleable[sku][1].native


def _rows(store: Store, sku: str, name: str, company: str) -> Iterator[Row]:
    warehouses = _warehouses(store, company)
    row = figures.row(store, sku, warehouses, "ALL")
    if row is not None:
        figure = row.free if store.knobs.available_to_sell_net else row.available
        day = f"{row.next_available_on:%d/%m/%Y}" if row.next_available_on else ""
        yield name, {**key_attributes(row.native), "AvailableQuantity": _whole(figure), "AvailableDate": day}


def _warehouses(store: Store, company: str) -> Sequence[str]:
    own = store.knobs.companies.get(company) if store.knobs.ats_per_company else None
    return own or store.knobs.warehouses


def _unknown(store: Store, key: NativeKey, name: str) -> list[Row]:
    if store.knobs.unknown_sku_row == "error":
        raise RequestError(f"Product {key.product} not on file")
    if store.knobs.unknown_sku_row == "omit":
        return []
    return [(name, {**key_attributes(key), "AvailableQuantity": "0", "AvailableDate": ""})]


def _whole(figure: Decimal) -> str:
    """A whole number; a part of one cannot be sold."""
    return str(int(figure // 1))


def _struck(store: Store, rows: list[Row], kind: str) -> list[Row]:
    """Rows go missing or come twice on request; nothing in the answer shows it."""
    if rows and store.faults.draw("short_list", f"SOAP {kind}"):
        rows = rows[: len(rows) - max(1, len(rows) // 3)]
    if rows and store.faults.draw("duplicate_row", f"SOAP {kind}"):
        rows = [rows[0], *rows]
    return rows
