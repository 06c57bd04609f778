"""The datasets that are uploaded: path, array name, keys, fields, rows per call (docs.wair.ai, one page each).

Where a page shows its body, the names are the vendor's. Where it does not (items, locations, stock, mutations, sales,
transfers, purchase orders), the first name is the likely one and the rest are taken as well unless bodies are strict.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TEXT, NUMBER, FLAG, MOMENT, ROWS = "text", "number", "flag", "moment", "rows"
ALWAYS, STRICT, OPTIONAL = "always", "strict", "optional"

ID_MAX, CODE_MAX = 80, 60


@dataclass(frozen=True, slots=True)
class Field:
    """One field. also: further spellings. need: when it must be there. longest: characters of a text.
    rows: the fields of each row, for an array."""

    name: str
    kind: str = TEXT
    need: str = OPTIONAL
    also: tuple[str, ...] = ()
    longest: int = 0
    rows: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """path: below the prefix. rows: name of the array. key: fields that make a row the same row.
    limit: rows per call, 0 for none published. replaces: `fullLoad=true` removes what was not named."""

    path: str
    rows: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    limit: int = 0
    replaces: bool = True


def _id(name: str, *also: str, need: str = ALWAYS) -> Field:
    return Field(name, need=need, also=also, longest=ID_MAX)


_CODE = Field("code", need=STRICT, longest=CODE_MAX)
_DESCRIPTION = Field("description")
_PRODUCT_LEVEL = tuple(_id(f"{one}Id", need=OPTIONAL) for one in ("season", "brand", "collection", "theme", "category"))


def _coded(path: str, one: str, *more: Field) -> Dataset:
    """Master data: `{xId, code, description}`."""
    return Dataset(path, path[0].lower() + path[1:], (one,), (_id(one, "id"), _CODE, _DESCRIPTION, *more))


MASTER = (
    _coded("Brands", "brandId"),
    _coded("Seasons", "seasonId"),
    _coded("Sizes", "sizeId", Field("sortOrder", NUMBER)),
    _coded("Colors", "colorId"),
    _coded("Categories", "categoryId"),
    _coded("Collections", "collectionId", _id("seasonId", need=OPTIONAL)),
    _coded("Materials", "materialId"),
    _coded("Themes", "themeId"),
    _coded("UnitOfMeasures", "unitOfMeasureId"),
    _coded("Currencies", "currencyId", Field("isDefault", FLAG), Field("startDate", MOMENT),
           Field("currencyFactor", NUMBER)),
    _coded("Vendors", "vendorId"),
    _coded("DiscountReasons", "discountReasonId"),
    _coded("MerchandiseCategories", "merchandiseCategoryId"),
    _coded("MerchandiseCategoryLevels", "merchandiseCategoryLevelId"),
    _coded("MerchandiseCategorySettings", "merchandiseCategorySettingId"),  # deprecated by the vendor, still answered
    Dataset("SaleDiscountCodes", "saleDiscountCodes", ("saleDiscountCodeId",),
            (_id("saleDiscountCodeId", "id"), _id("discountReasonId"))),
)  # fmt: skip

_SKU = (
    _id("skuId", "id"), Field("code", need=STRICT, also=("skuCode", "sku"), longest=CODE_MAX),
    _id("styleId", need=STRICT), _id("sizeId", need=STRICT), _id("colorId", "colourId", need=OPTIONAL),
    Field("barcode", also=("ean", "gtin")), _DESCRIPTION, *_PRODUCT_LEVEL,
)  # fmt: skip
_ITEMS = Dataset(
    "Items", "items", ("itemId",),
    (_id("itemId", "id"), _CODE, _DESCRIPTION, *_PRODUCT_LEVEL, Field("skus", ROWS, STRICT, rows=_SKU)),
    limit=25_000,
)  # fmt: skip
_PREPACKS = Dataset("Prepacks", "prepacks", ("prepackId",), (_id("prepackId", "id"), _CODE), limit=25_000)
_IMAGE_URLS = Dataset(
    "Images/Urls", "images", ("styleId", "url"), (_id("styleId", "itemId", "skuId"), Field("url", need=ALWAYS)),
    limit=1_000,
)  # fmt: skip
_LOCATIONS = Dataset(
    "Locations", "locations", ("locationId",),
    (_id("locationId", "id"), _CODE, Field("description", also=("name",)), Field("type", also=("locationType", "kind")),
     Field("gln", also=("GLN", "locationGLN"))),
)  # fmt: skip

_WHERE = (_id("locationId"), _id("skuId"))
_QUANTITY = Field("quantity", NUMBER, ALWAYS, also=("stockOnHand", "onHand", "stock"))
_STOCK = Dataset("Stock", "stock", ("locationId", "skuId"), (*_WHERE, _QUANTITY), limit=50_000, replaces=False)
_MUTATIONS = Dataset(
    "StockMutations", "stockMutations", ("stockMutationId",),
    (_id("stockMutationId", "id", "mutationId"), *_WHERE, Field("quantity", NUMBER, ALWAYS),
     Field("mutationDateTime", MOMENT, STRICT, also=("dateTime", "mutationDate", "date"))),
    limit=50_000, replaces=False,
)  # fmt: skip
_NOT_FOR_REPLENISHMENT = Dataset(
    "StockNotForReplenishment", "stockNotForReplenishment", ("id",),
    (_id("id"), *_WHERE, Field("startDateTime", MOMENT, ALWAYS), Field("endDateTime", MOMENT),
     Field("quantity", NUMBER, ALWAYS)),
    limit=50_000,
)  # fmt: skip
_SALES = Dataset(
    "Sales", "sales", ("salesId",),
    (_id("salesId", "id", "saleId"), *_WHERE, Field("quantity", NUMBER, ALWAYS),
     Field("saleDateTime", MOMENT, STRICT, also=("salesDateTime", "saleDate", "dateTime", "date", "soldAt")),
     Field("price", NUMBER, STRICT, also=("unitPrice", "salesPrice", "amount")),
     _id("currencyId", need=OPTIONAL), _id("discountReasonId", need=OPTIONAL)),
    limit=10_000, replaces=False,
)  # fmt: skip

_MOVED = (
    _id("skuId", need=ALWAYS), Field("quantity", NUMBER, ALWAYS),
    Field("quantityShipped", NUMBER, STRICT), Field("quantityReceived", NUMBER, STRICT),
    Field("referenceId"),
)  # fmt: skip
_TRANSFERS = Dataset(
    "Transfers", "transfers", ("transferId",),
    (_id("transferId", "id"), _CODE, Field("open", FLAG, ALWAYS, also=("isOpen",)),
     _id("fromLocationId"), _id("toLocationId"), Field("referenceId"),
     Field("lines", ROWS, STRICT, also=("transferLines",), rows=_MOVED),
     _id("skuId", need=OPTIONAL), Field("quantity", NUMBER), Field("quantityShipped", NUMBER),
     Field("quantityReceived", NUMBER)),
    limit=10_000,
)  # fmt: skip
_PURCHASE_ORDERS = Dataset(
    "PurchaseOrders", "purchaseOrders", ("purchaseOrderId",),
    (_id("purchaseOrderId", "id"), _CODE, _id("vendorId", need=OPTIONAL), _id("locationId", need=OPTIONAL),
     Field("orderDueDate", MOMENT, STRICT), Field("completelyReceived", FLAG, STRICT),
     Field("lines", ROWS, STRICT, also=("purchaseOrderLines", "orderLines"),
           rows=(_id("skuId"), Field("quantity", NUMBER, ALWAYS), Field("quantityOutstanding", NUMBER, ALWAYS)))),
    limit=25_000,
)  # fmt: skip

DATASETS: Mapping[str, Dataset] = {
    one.path: one
    for one in (
        *MASTER, _ITEMS, _PREPACKS, _IMAGE_URLS, _LOCATIONS, _STOCK, _MUTATIONS, _NOT_FOR_REPLENISHMENT, _SALES,
        _TRANSFERS, _PURCHASE_ORDERS,
    )
}  # fmt: skip
BY_ROUTE: Mapping[str, Dataset] = {path.lower(): one for path, one in DATASETS.items()}
