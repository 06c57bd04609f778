"""What an upload holds: the records that can be kept, by key, and what is wrong with the others. Pure.

One bad record spoils none of its neighbours. The upload is refused all the same, so that Khaos Control sends it again:
once the word it used is mapped, or the record mended, the next telling settles it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crossdock.connectors.khaos_control.channel.config import ChannelSettings
from crossdock.connectors.khaos_control.channel.document import read
from crossdock.connectors.khaos_control.channel.fields import Node
from crossdock.connectors.khaos_control.channel.prices import price_lists, read_price_list
from crossdock.connectors.khaos_control.channel.statuses import read_status
from crossdock.connectors.khaos_control.channel.stock import read_deleted, read_figure, read_item
from crossdock.model.faults import DataFault
from crossdock.ports.channel import Kept


@dataclass(slots=True)
class Upload:
    """kept: kind of record → records. faults: what is wrong with those that cannot be read."""

    kept: dict[str, list[Kept]] = field(default_factory=dict)
    faults: list[DataFault] = field(default_factory=list)

    def take(self, kind: str, rows: Iterable[Node], key: Callable[[Node], str], value: Callable[[Node], Any]) -> None:
        for row in rows:
            try:
                self.kept.setdefault(kind, []).append(Kept(key=key(row), value=value(row)))
            except DataFault as fault:
                self.faults.append(fault)


def order_statuses(raw: bytes, channel: ChannelSettings, _: datetime) -> Upload:
    found = Upload()
    found.take(
        "order-status",
        _listed(raw, "Statuses"),
        lambda row: row.text("OrderID", required=True),
        lambda row: read_status(row, channel.shipment_stages),
    )
    return found


def stock(raw: bytes, _: ChannelSettings, __: datetime) -> Upload:
    root, found = Node(read(raw), ""), Upload()
    if "Items" not in root.value and "Deleted" not in root.value:
        raise DataFault("Items", "is missing")
    found.take("stock-item", root.nodes("Items"), lambda row: row.text("StockID", required=True), read_item)
    found.kept["stock-item-deleted"] = [Kept(key=one, value={"item_id": one}) for one in read_deleted(root)]
    return found


def stock_statuses(raw: bytes, channel: ChannelSettings, received_at: datetime) -> Upload:
    found = Upload()
    found.take(
        "stock-level",
        _listed(raw, "Statuses"),
        lambda row: f"{row.text('StockID', required=True)}@{row.text('SiteID', required=True)}",
        lambda row: read_figure(row, channel.sites, as_of=received_at),
    )
    return found


def price_list_upload(raw: bytes, channel: ChannelSettings, _: datetime) -> Upload:
    found = Upload()
    found.take(
        "price-list",
        price_lists(Node(read(raw), "")),
        lambda block: block.text("PriceListID", required=True),
        lambda block: read_price_list(
            block,
            currency=channel.price_list_currency,
            net=channel.price_lists_net,
            percents=channel.price_value == "percent",
        ),
    )
    return found


def _listed(raw: bytes, name: str) -> Iterable[Node]:
    """Raises DataFault when the list itself is not there: an empty upload says so with an empty list."""
    root = Node(read(raw), "")
    if name not in root.value:
        raise DataFault(name, "is missing")
    return root.nodes(name)
