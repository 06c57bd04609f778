"""What wair.ai calls things: one table for each dataset. Names of bodies that its pages show in part are assumptions,
made after its master data (`{xId, code, description}`); the setting `fields` puts others in their place, or leaves a
field out with "".

Source: docs.wair.ai, "POST /Items", "/Locations", "/Stock", "/StockNotForReplenishment", "/Sales", "/Transfers",
"GET /Recommendations/transfers" and "/stockTargets".
"""

from collections.abc import Mapping
from dataclasses import dataclass

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dataset:
    """path: below the prefix. names: our name → theirs; `rows` is the member of the body that holds the list.

    documented: those of the names that a page of the vendor shows. due: without which a row says nothing.
    """

    path: str
    names: Names
    documented: frozenset[str]
    due: frozenset[str]


ROWS = "rows"


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


DATASETS: Mapping[str, Dataset] = {
    "items": Dataset(
        "/Items",
        {
            ROWS: "items", **_same("itemId", "code", "description", "parentId", "status", "skus", "skuId", "barcode"),
            **_same("styleId", "sizeId", "colorId", "seasonId", "brandId"),
        },
        frozenset({"code", "styleId", "sizeId", "colorId", "seasonId", "brandId"}),
        frozenset({"itemId", "code", "skus", "skuId"}),
    ),
    "locations": Dataset(
        "/Locations",
        {
            ROWS: "locations", **_same("locationId", "code", "description", "type", "gln"),
            **_same("street", "city", "postalCode", "countryCode"),
        },
        frozenset({"code"}),
        frozenset({"locationId", "code"}),
    ),
    "stock": Dataset(
        "/Stock",
        {ROWS: "stock", **_same("id", "locationId", "skuId", "quantity", "dateTime")},
        frozenset({"locationId", "skuId"}),
        frozenset({"locationId", "skuId", "quantity"}),
    ),
    "commitments": Dataset(
        "/StockNotForReplenishment",
        {
            ROWS: "stockNotForReplenishment",
            **_same("id", "locationId", "skuId", "startDateTime", "endDateTime", "quantity"),
        },
        frozenset({"id", "locationId", "skuId", "startDateTime", "endDateTime", "quantity"}),
        frozenset({"id", "locationId", "skuId", "startDateTime", "quantity"}),
    ),
    "sales": Dataset(
        "/Sales",
        {
            ROWS: "sales",
            **_same("saleId", "code", "locationId", "skuId", "quantity", "price", "currencyId", "dateTime"),
            **_same("discountReasonId"),
        },
        frozenset({"locationId", "skuId"}),
        frozenset({"saleId", "locationId", "skuId", "quantity", "price"}),
    ),
    "transfers": Dataset(
        "/Transfers",
        {
            ROWS: "transfers",
            **_same("transferId", "code", "referenceId", "fromLocationId", "toLocationId", "open", "lines"),
            **_same("skuId", "quantity", "quantityShipped", "quantityReceived"),
        },
        frozenset({"open", "quantityShipped", "quantityReceived"}),
        frozenset(
            {"transferId", "fromLocationId", "toLocationId", "referenceId", "open", "lines", "skuId", "quantity"}
        ),
    ),
    "transfer_proposals": Dataset(
        "/Recommendations/transfers",
        {
            ROWS: "transfers",
            **_same("referenceId", "fromLocationId", "toLocationId", "skuId", "quantity", "transferType"),
            **_same("approvalBatchId", "approvalBatchDescription", "plannedDispatchDate"),
        },
        frozenset(
            {
                "referenceId", "fromLocationId", "toLocationId", "skuId", "quantity", "transferType",
                "approvalBatchId", "approvalBatchDescription", "plannedDispatchDate",
            }
        ),
        frozenset({"referenceId", "fromLocationId", "toLocationId", "skuId", "quantity"}),
    ),
    "stock_goals": Dataset(
        "/Recommendations/stockTargets",
        {ROWS: "stockTargets", **_same("locationId", "skuId", "targetQuantity", "forecastDate")},
        frozenset({"locationId", "skuId", "targetQuantity", "forecastDate"}),
        frozenset({"locationId", "skuId", "targetQuantity"}),
    ),
}  # fmt: skip


def names_of(dataset: str, others: Names | None = None) -> Names:
    """Our name → theirs. Raises ValueError: a name there is none of, one that is due left out, or two fields of one."""
    table = DATASETS[dataset]
    for ours, theirs in (others or {}).items():
        if ours not in table.names:
            raise ValueError(f"{dataset} has no field {ours!r}; it has {', '.join(table.names)}")
        if not theirs and ours in table.due:
            raise ValueError(f"{dataset}.{ours} cannot be left out")
    names = {**table.names, **(others or {})}
    given = [theirs for ours, theirs in names.items() if theirs and ours != ROWS]
    if len(set(given)) < len(given):
        raise ValueError(f"{dataset}: two fields have one name")
    return names
