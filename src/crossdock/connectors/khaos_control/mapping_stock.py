"""A STOCK_ITEMS document (ExportStock) → StockItem, sub-items included. Pure.

A size/colour family is one STOCK_ITEM that is never stocked itself; its sub-items are SCS_ITEMs at the leaves of up to
four levels of STYLE. A leaf without SCS_ITEM is normal and is no deletion.
"""

from collections.abc import Iterator
from decimal import Decimal

from crossdock.connectors.khaos_control.xmldoc import (
    Element,
    attribute,
    decimal_or_none,
    flag,
    raw,
    required,
    text,
    value,
)
from crossdock.model.faults import DataFault
from crossdock.model.stock import StockItem
from crossdock.ports.systems import Document

PACK_LINK = "3"


def read_items(stock_items: Element) -> Iterator[Document[StockItem]]:
    """Every item of the document, each family's sub-items after it. An unreadable one says why in its `fault`."""
    for item in stock_items.iterfind("STOCK_ITEM"):
        yield _document(item, None)
        for leaf in item.iterfind("SCS//SCS_ITEM"):
            yield _document(leaf, item)


def pack_components(item: Element) -> tuple[tuple[str, Decimal], ...]:
    """(stock code, quantity) of what moves with a pack; empty for anything else."""
    return tuple(
        (required(link, "STOCK_CODE"), decimal_or_none(link, "LINK_VALUE") or Decimal(1))
        for link in item.iterfind("LINKED_ITEMS/LINK_ITEM")
        if text(link, "LINK_TYPE") == PACK_LINK
    )


def _document(item: Element, family: Element | None) -> Document[StockItem]:
    try:
        return Document(ref=text(item, "STOCK_CODE"), raw=raw(item), value=_item(item, family))
    except DataFault as fault:
        return Document(ref=text(item, "STOCK_CODE"), raw=raw(item), fault=fault)


def _item(item: Element, family: Element | None) -> StockItem:
    """STOCK_ID never changes, STOCK_CODE may. A price that does not say whether it is net is left out, not guessed."""
    code = required(item, "STOCK_CODE")
    is_net = _price_is_net(item) if family is None or _price_is_net(item) is not None else _price_is_net(family)
    return StockItem(
        code=code,
        item_id=text(item, "STOCK_ID") or code,
        description=text(item, "STOCK_DESC") if family is None else _described(item, family),
        other_ref=text(item, "ASSOCIATED_REF"),
        barcodes=tuple(found for one in item.iterfind("BARCODES/BARCODE") if (found := (one.text or "").strip())),
        tax_percent=decimal_or_none(item, "VAT_RATE"),
        sell_price=None if is_net is None else decimal_or_none(item, "SELL_PRICE"),
        sell_price_is_net=is_net is not False,
        stock_controlled=flag(item, "STOCK_CONTROLLED") if value(item, "STOCK_CONTROLLED") else True,
        discontinued=flag(item, "DISCONTINUED"),
        run_to_zero=flag(item, "RUN_TO_ZERO"),
        parent_code="" if family is None else required(family, "STOCK_CODE"),
        template=item.find("SCS") is not None,
        components=pack_components(item) if family is None else (),
        options=() if family is None else _options(item, family),
    )


def _options(leaf: Element, family: Element) -> tuple[tuple[str, str], ...]:
    """(heading, what it says) of each level of STYLE above a sub-item, the outermost first."""
    headings = {attribute(one, "LEVEL"): (one.text or "").strip() for one in family.iterfind("SCS/HEADING")}
    styles = list(leaf.iterancestors("STYLE"))[::-1]
    told = [(headings.get(str(level), ""), text(style, "DESCRIPTION")) for level, style in enumerate(styles, start=1)]
    return tuple((heading, said) for heading, said in told if heading and said)


def _price_is_net(item: Element) -> bool | None:
    """-1 net, 0 gross; a sub-item does not say and follows its family."""
    price = item.find("SELL_PRICE")
    return flag(price, "@IS_NET") if price is not None and value(price, "@IS_NET") else None


def _described(leaf: Element, family: Element) -> str:
    """The family's words and the leaf's own: `Oslo handle Small / Black`."""
    whole, own = text(family, "STOCK_DESC"), text(leaf, "DESCRIPTION")
    return own if own.casefold().startswith(whole.casefold()) else f"{whole} {own}".strip()
