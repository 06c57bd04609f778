"""The seven calls of a generic channel, by the names the configuration file gives them."""

from collections.abc import Mapping
from dataclasses import dataclass

ORDERS, RETURNS, PROVIDED = "OrderDownload", "CReturnDownload", "ProvidedStock"
STOCK, LEVELS, STATUSES, PRICES = "StockUpload", "StockStatusUpload", "OrderStatusUpload", "PriceListUpload"
CONFIG = "EndpointConfig"


@dataclass(frozen=True, slots=True)
class Call:
    """upload: a POST of ours; otherwise a GET. required: the configuration file must have it. also: another spelling.

    items: list → what one of it is called in XML, where a list is an element that holds one child per entry.
    """

    name: str
    upload: bool
    required: bool
    items: Mapping[str, str]
    also: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.upload else "GET"


_STOCK_ITEMS = {
    "Items": "StockItem", "Deleted": "DeletedItem", "Barcodes": "Barcode", "SupplierInfo": "Supplier",
    "Images": "Image", "UserDefinedFields": "UserDefinedField", "CustomOptions": "CustomOption",
}  # fmt: skip

CALLS: Mapping[str, Call] = {
    one.name: one
    for one in (
        Call(STOCK, upload=True, required=True, items=_STOCK_ITEMS),
        Call(LEVELS, upload=True, required=True, items={"Statuses": "StockStatus"}),
        Call(PRICES, upload=True, required=False, items={"UploadPriceLists": "PriceList", "StockPrices": "StockPrice"}),
        Call(PROVIDED, upload=False, required=False, items={}),
        Call(ORDERS, upload=False, required=True, items={}),
        Call(RETURNS, upload=False, required=False, items={}, also="CustomerReturnDownload"),
        Call(
            STATUSES,
            upload=True,
            required=False,
            items={
                "Statuses": "OrderStatus", "Shipments": "Shipment", "Items": "ShipmentItem", "Packages": "Package",
            },
        ),
    )
}  # fmt: skip
"""In the order one round of all of them is made."""
