"""What the channel's documents say, in either of their two forms. Default settings, and no date of receipt."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from crossdock.connectors.khaos_control.channel import orders, returns
from crossdock.connectors.khaos_control.channel.config import ChannelSettings
from crossdock.connectors.khaos_control.channel.document import read, write_json
from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.connectors.khaos_control.channel.uploads import (
    Upload,
    order_statuses,
    price_list_upload,
    stock,
    stock_statuses,
)
from crossdock.model.after_sale import SalesReturn
from crossdock.model.despatch import OrderProgress
from crossdock.model.faults import DataFault
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure, StockItem

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
SETTINGS = ChannelSettings()


def read_sales_orders(raw: bytes) -> Sequence[ResolvedOrder]:
    return [orders.read_order(one) for one in _listed(raw, "Orders")]


def write_sales_order(order: ResolvedOrder) -> bytes:
    """One download of one order. Raises Unsupported where the settings would have to give what the order does not."""
    terms = orders.Terms(channel=SETTINGS)
    return write_json(orders.download([orders.write_order(order, terms)], SETTINGS))


def read_returns(raw: bytes) -> Sequence[SalesReturn]:
    return [returns.read_return(one) for one in _listed(raw, "Returns")]


def write_return(sales_return: SalesReturn) -> bytes:
    terms = orders.Terms(channel=SETTINGS.model_copy(update={"return_reason": "Name=Unwanted"}))
    return write_json(returns.download([returns.write_return(sales_return, terms, created_at=UNDATED)], terms))


def read_order_statuses(raw: bytes) -> Sequence[OrderProgress]:
    return _kept(order_statuses, raw, "order-status")


def read_stock_items(raw: bytes) -> Sequence[StockItem]:
    return _kept(stock, raw, "stock-item")


def read_stock_levels(raw: bytes) -> Sequence[StockFigure]:
    return _kept(stock_statuses, raw, "stock-level")


def read_prices(raw: bytes) -> Sequence[Price]:
    """Of lists that do not say whether they are net, it is taken that they are."""
    settings = SETTINGS.model_copy(update={"price_lists_net": True})
    return [price for block in _kept(price_list_upload, raw, "price-list", settings) for price in block]


def _listed(raw: bytes, name: str) -> Sequence[Node]:
    root = Node(read(raw), "")
    if name not in root.value:
        raise DataFault(name, "is missing")
    return list(root.nodes(name))


def _kept(
    read_upload: Callable[[bytes, ChannelSettings, datetime], Upload],
    raw: bytes,
    kind: str,
    settings: ChannelSettings = SETTINGS,
) -> list[Any]:
    """Every record, or all that is wrong with any of them in one fault."""
    upload = read_upload(raw, settings, UNDATED)
    if upload.faults:
        first, *rest = upload.faults
        told = "; ".join(str(fault) for fault in rest)
        raise DataFault(first.place, f"{first.problem}{f'; {told}' if told else ''}")
    return [one.value for one in upload.kept.get(kind, ())]
