"""ExportStock, GetStockList and their kin: stock items as XML documents, variants inside their parent."""

import base64
import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from crossdock.sandbox.khaos_control.markup import attr, cdata, el, flag, number, text, wrap
from crossdock.sandbox.khaos_control.model import StockItem
from crossdock.sandbox.khaos_control.money import from_net, pence
from crossdock.sandbox.khaos_control.parameters import codes
from crossdock.sandbox.khaos_control.soap import SoapFault
from crossdock.sandbox.khaos_control.store import Store

REVISION, MOVEMENT, EITHER = 0, 2, -1
BY_CODE, BY_OTHER_REF, BY_DESCRIPTION = 1, 2, 4
HEADINGS = ("Size", "Colour", "Style", "Fit")


def stock_list(store: Store, date_type: int, since: datetime | None) -> dict[str, Any]:
    """GetStockList. DateType 0 looks at revisions, 2 at movements, -1 at either: a level change is no revision."""
    if date_type not in (REVISION, MOVEMENT, EITHER):
        raise SoapFault(f"DateType: {date_type} is not known")
    rows = [
        {"StockCode": item.code, "ParentCode": item.parent.code if item.parent and nested(store) else ""}
        for item in store.items.values()
        if since is None
        or (date_type != MOVEMENT and item.revised >= since)
        or (date_type != REVISION and item.moved >= since)
    ]
    return {"Count": len(rows), "List": rows}


def nested(store: Store) -> bool:
    return store.settings.variants == "nested"


def select(store: Store, wanted: str, mapping: int) -> list[StockItem]:
    """The items named by comma-joined identifiers, each once; none named means all. Unknown ones are left out."""
    if not wanted.strip():
        return list(store.items.values())
    indexes = {BY_CODE: store.items_by_code, BY_OTHER_REF: store.items_by_ref, BY_DESCRIPTION: store.items_by_name}
    index = indexes.get(mapping)
    if index is None:
        raise SoapFault(f"MappingType: {mapping} is not known here")
    found = (index.get(code.casefold()) for code in codes(wanted))
    return list(dict.fromkeys(item for item in found if item is not None))


def export_stock(store: Store, wanted: str, mapping: int, since: datetime | None) -> str:
    """STOCK_ITEMS. Children come inside their parent; a date leaves unchanged children out of its style tree."""
    return wrap("STOCK_ITEMS", "".join(_documents(store, select(store, wanted, mapping), since)))


def compressed(name: str, document: str) -> dict[str, Any]:
    """A zip whose first entry is the document."""
    blob = io.BytesIO()
    with zipfile.ZipFile(blob, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, document)
    return {"Data": base64.b64encode(blob.getvalue()).decode()}


def _documents(store: Store, items: Iterable[StockItem], since: datetime | None) -> Iterable[str]:
    for item in items:
        if nested(store) and item.parent is not None:
            continue
        children = item.children if nested(store) else []
        if since is None or item.revised >= since or any(child.revised >= since for child in children):
            yield _item(store, item, since)


def _item(store: Store, item: StockItem, since: datetime | None) -> str:
    family = _family(store, item, since) if item.children and nested(store) else ""
    return (
        f"<STOCK_ITEM>{_identity(item)}{cdata('STOCK_DESC', item.name)}{cdata('LONG_DESC', item.name)}"
        f"{_prices(store, item, priced_net=True)}{_facts(store, item)}{_packs(item)}{family}</STOCK_ITEM>"
    )


def _variant(store: Store, item: StockItem) -> str:
    """SCS_ITEM: the text is DESCRIPTION, there is no STOCK_DESC, and prices inherit IS_NET from the parent."""
    return (
        f"<SCS_ITEM>{_identity(item)}{cdata('DESCRIPTION', item.name)}{cdata('LONG_DESC', item.name)}"
        f"{_prices(store, item, priced_net=False)}{_facts(store, item)}</SCS_ITEM>"
    )


def _identity(item: StockItem) -> str:
    barcodes = f'<BARCODES><BARCODE DESC="EAN">{text(item.barcode)}</BARCODE></BARCODES>' if item.barcode else ""
    return (
        f"<STOCK_ID>{item.stock_id}</STOCK_ID>{cdata('STOCK_CODE', item.code)}"
        f"{cdata('ASSOCIATED_REF', item.other_ref)}{barcodes or '<BARCODES/>'}"
    )


def _prices(store: Store, item: StockItem, *, priced_net: bool) -> str:
    """priced_net: say with IS_NET whether prices are net."""
    net = store.settings.prices_net
    sell = item.net_price
    if not net:
        sell = from_net(pence(sell), store.settings.tax_codes[item.tax_code]).gross
    mark = f' IS_NET="{flag(net)}"' if priced_net else ""
    buy_mark = ' IS_NET="-1"' if priced_net else ""
    return (
        f"<BUY_PRICE{buy_mark}>{number(pence(item.net_price * 6 / 10))}</BUY_PRICE>"
        f"<SELL_PRICE{mark}>{number(sell)}</SELL_PRICE><SELL_PRICE_WEB>0</SELL_PRICE_WEB><DISCOUNT_CODE/>"
    )


def _facts(store: Store, item: StockItem) -> str:
    return (
        f"<VAT_RATE>{number(store.settings.tax_codes[item.tax_code])}</VAT_RATE>"
        "<VAT_RELIEF_QUALIFIED>0</VAT_RELIEF_QUALIFIED>"
        '<STOCK_TTYPE EPOS_DESC="">Trade supplies</STOCK_TTYPE><STOCK_TTYPE_ID>1</STOCK_TTYPE_ID>'
        '<STOCK_TYPE EPOS_DESC="">Ironmongery</STOCK_TYPE><STOCK_TYPE_ID>11</STOCK_TYPE_ID>'
        f"<DELETED>{flag(item.discontinued)}</DELETED><WEB>-1</WEB>"
        f"<DISCONTINUED>{flag(item.discontinued)}</DISCONTINUED><DROP_SHIP>0</DROP_SHIP>"
        f"<DISCOUNTS_DISABLED>0</DISCOUNTS_DISABLED><RUN_TO_ZERO>{flag(item.run_to_zero)}</RUN_TO_ZERO>"
        f"<STOCK_CONTROLLED>{flag(item.controlled)}</STOCK_CONTROLLED>"
        "<MANUFACTURER/><LEAD_TIME>7</LEAD_TIME><MIN_LEVEL>0</MIN_LEVEL><SAFE_LEVEL>0</SAFE_LEVEL>"
        "<REORDER_MULTIPLE>1</REORDER_MULTIPLE><SALES_MULTIPLE>1</SALES_MULTIPLE><WEIGHT>0.5</WEIGHT>"
        "<HEIGHT>0</HEIGHT><WIDTH>0</WIDTH><DEPTH>0</DEPTH><STOCK_IMAGES/>"
        f"{el('ICN_CODE', item.harmonisation)}"
    )


def _packs(item: StockItem) -> str:
    """LINK_TYPE 3 is a pack; LINK_VALUE is then how many go with one."""
    links = "".join(
        f"<LINK_ITEM>{cdata('STOCK_CODE', component.code)}<LINK_TYPE>3</LINK_TYPE>"
        f"<LINK_VALUE>{number(per)}</LINK_VALUE><AUTO_ADD>-1</AUTO_ADD></LINK_ITEM>"
        for component, per in item.pack
    )
    return wrap("LINKED_ITEMS", links)


def _family(store: Store, parent: StockItem, since: datetime | None) -> str:
    levels = max(len(child.option) for child in parent.children)
    headings = "".join(
        f'<HEADING LEVEL="{level}">{attr(HEADINGS[level - 1])}</HEADING>' for level in range(1, levels + 1)
    )
    return f"<SCS>{headings}{_styles(store, parent.children, 0, since)}</SCS>"


def _styles(store: Store, children: list[StockItem], depth: int, since: datetime | None) -> str:
    """One STYLE per element at this depth; the leaf holds the item, unless it is unchanged since the date asked for."""
    groups: dict[str, list[StockItem]] = {}
    for child in children:
        groups.setdefault(child.option[depth], []).append(child)
    written = []
    for option, group in groups.items():
        deeper = [child for child in group if len(child.option) > depth + 1]
        here = [child for child in group if len(child.option) == depth + 1]
        inner = _styles(store, deeper, depth + 1, since) if deeper else ""
        inner += "".join(_variant(store, child) for child in here if since is None or child.revised >= since)
        written.append(
            f"<STYLE>{cdata('DESCRIPTION', option)}{cdata('SCS_CODE_SUFFIX', option)}{inner}</STYLE>"
        )  # fmt: skip
    return "".join(written)
