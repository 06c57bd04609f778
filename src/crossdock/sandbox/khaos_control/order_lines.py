"""ORDER_ITEM: which stock item it means, how many, at what price."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from crossdock.sandbox.khaos_control.documents import ORDER_LENGTHS, Refused, check_lengths, decimal, invalid
from crossdock.sandbox.khaos_control.fulfilment import add_line
from crossdock.sandbox.khaos_control.model import NONE, Order, StockItem
from crossdock.sandbox.khaos_control.money import HUNDRED, Amount, line_amount
from crossdock.sandbox.khaos_control.soap import children
from crossdock.sandbox.khaos_control.store import Store


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line that passed every check of its own. price: for one, net or gross as `is_net` says; discount: percent."""

    item: StockItem
    values: Mapping[str, str]
    quantity: Decimal
    price: Decimal
    is_net: bool
    discount: Decimal
    tax_code: int
    site_id: int
    amount: Amount


def read_line(store: Store, element: etree._Element, site_id: int) -> DraftLine:
    """site_id: where the order is placed; a line may name its own. Raises Refused."""
    values = children(element)
    check_lengths(values, ORDER_LENGTHS, refused="Invalid order")
    item = _find(store, values)
    quantity = decimal(values, "ORDER_QTY")
    if quantity is None or quantity <= 0:
        raise invalid("ORDER_QTY")
    net, gross = decimal(values, "PRICE_NET"), decimal(values, "PRICE_GRS")
    price = gross if net is None else net  # if both are sent, only net is used
    if price is None:
        raise invalid("PRICE_NET")
    discount = decimal(values, "KSD_DISCOUNT") or NONE
    if not 0 <= discount <= HUNDRED:
        raise invalid("KSD_DISCOUNT")
    tax_code = _tax_code(store, values, item)
    percent = store.settings.tax_codes[tax_code]
    return DraftLine(
        item=item,
        values=values,
        quantity=quantity,
        price=price,
        is_net=net is not None,
        discount=discount,
        tax_code=tax_code,
        site_id=read_site(store, values, default=site_id),
        amount=line_amount(quantity, price, is_net=net is not None, discount=discount, percent=percent),
    )


def read_site(store: Store, values: Mapping[str, str], *, default: int) -> int:
    """By name, in any case; blank is the default."""
    name = values.get("SITE", "")
    if not name:
        return default
    site_id = store.site_id(name)
    if site_id is None:
        raise Refused(f"Site not found: {name}")
    return site_id


def save_line(store: Store, order: Order, draft: DraftLine) -> None:
    line = add_line(store, order, draft.item, draft.quantity, draft.site_id)
    line.amount = draft.amount
    line.price_net = draft.price if draft.is_net else None
    line.price_gross = None if draft.is_net else draft.price
    line.discount = draft.discount
    line.tax_code = draft.tax_code
    line.description = draft.values.get("STOCK_DESC", "") or draft.item.name
    line.import_ref = draft.values.get("IMPORT_REF", "")
    line.free_reason = known_reason(store, draft.values.get("FREEITEM_REASON", ""))


def known_reason(store: Store, said: str) -> str:
    """In any case; one that was never set up is left out, without a word."""
    return next((one for one in store.settings.free_item_reasons if one.casefold() == said.casefold()), "")


def _tax_code(store: Store, values: Mapping[str, str], item: StockItem) -> int:
    """TAX_RATE is a code, not a percent; omitted, it is the item's own."""
    sent = values.get("TAX_RATE", "")
    if not sent:
        return item.tax_code
    if not sent.isdecimal() or int(sent) not in store.settings.tax_codes:
        raise invalid("TAX_RATE")
    return int(sent)


def _find(store: Store, values: Mapping[str, str]) -> StockItem:
    """By MAPPING_TYPE: 1 stock code, 2 other ref, 4 description, 5 barcode, -1 all of these in turn."""
    code = values.get("STOCK_CODE", "")
    if not code:
        raise invalid("STOCK_CODE")
    folded = code.casefold()
    name = values.get("STOCK_DESC", "").casefold()
    match values.get("MAPPING_TYPE", ""):
        case "1":
            item = store.items_by_code.get(folded)
        case "2":
            item = store.items_by_ref.get(folded)
        case "4":
            item = store.items_by_name.get(name)
        case "5":
            item = store.items_by_barcode.get(code)
        case "-1":
            item = (
                store.items_by_code.get(folded)
                or store.items_by_ref.get(folded)
                or store.items_by_barcode.get(code)
                or store.items_by_name.get(name)
            )
        case "3" | "6" | "7":  # an external mapping file, web categories, a catalogue: none are set up here
            item = None
        case _:
            raise invalid("MAPPING_TYPE")
    if item is None:
        raise Refused(f"Stock item not found: {code}")
    return item
