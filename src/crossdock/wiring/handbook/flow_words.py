"""What each flow does, for people; and what each run of the schedule is."""

from collections.abc import Mapping
from dataclasses import dataclass

from crossdock.settings.pairing import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowWords:
    """does: one sentence. thing: what flows. source, target: by role; "far" is the side that is not the ERP, "both" and
    "" for none."""

    does: str
    thing: str
    source: str
    target: str


FLOW_WORDS: Mapping[Flow, FlowWords] = {
    Flow.ORDER_ENTRY: FlowWords(
        does="Reads new and changed orders, checks every reference, unit, tax and total, posts each once, and tells "
        "the storefront its number.", thing="sales orders", source="far", target="erp",
    ),
    Flow.ORDER_CHANGE: FlowWords(
        does="Takes cancellations and changes of orders that were posted, after a look at how far picking is.",
        thing="changes and cancellations", source="far", target="erp",
    ),
    Flow.REFUND: FlowWords(
        does="Makes one credit note of each refund or return.", thing="refunds and returns", source="far", target="erp",
    ),
    Flow.STOCK_PUBLICATION: FlowWords(
        does="Shows what may be sold: the ERP's figure less the buffer and what is sold but not yet in the ERP.",
        thing="stock levels", source="erp", target="far",
    ),
    Flow.PRICE_PUBLICATION: FlowWords(
        does="Shows the ERP's price lists, breaks and units in the storefront's lists.", thing="prices", source="erp",
        target="far",
    ),
    Flow.PRODUCT_INTRODUCTION: FlowWords(
        does="Finds which products may be sold, and what the others lack.", thing="products on sale", source="erp",
        target="far",
    ),
    Flow.DESPATCH: FlowWords(
        does="Tells the storefront what left the warehouse: parcels, carriers, tracking numbers.", thing="despatches",
        source="erp", target="far",
    ),
    Flow.ACCOUNT_MATCHING: FlowWords(
        does="Finds the ERP account of each company, or puts it before a person.", thing="customer accounts",
        source="both", target="far",
    ),
    Flow.ACCOUNT_STATUS: FlowWords(
        does="Shows at the storefront how each account stands.", thing="credit, balance, stop", source="erp",
        target="far",
    ),
    Flow.ORDER_STATE: FlowWords(
        does="Shows at the storefront why an order waits.", thing="reasons for waiting", source="", target="far",
    ),
    Flow.COMPLETENESS: FlowWords(
        does="Counts every order id on both sides, and finds what never arrived and which feeds went quiet.",
        thing="ids", source="both", target="",
    ),
    Flow.RECONCILIATION: FlowWords(
        does="Compares both sides whole each night, and the money of a period to the penny.", thing="everything",
        source="both", target="",
    ),
    Flow.CATALOGUE: FlowWords(
        does="Makes and changes stock items of the PIM's products, and lets a product go on sale once the ERP has it.",
        thing="products", source="far", target="erp",
    ),
    Flow.RETAIL_STOCK_INTAKE: FlowWords(
        does="Books the figures of the shops in the ERP, place by place.", thing="shop stock", source="far",
        target="erp",
    ),
    Flow.RETAIL_DESPATCH: FlowWords(
        does="Books on the ERP's orders what left the shops.", thing="shop despatches", source="far", target="erp",
    ),
    Flow.RETAIL_FEED: FlowWords(
        does="Tells the shops of items, places, stock, promises and sales.", thing="items, stock, sales", source="erp",
        target="far",
    ),
}  # fmt: skip

RUNS: Mapping[str, str] = {
    "account-status": "show how accounts stand",
    "accounts": "read changed accounts of the ERP",
    "acknowledge": "tell the storefront the numbers of its orders",
    "changes": "look for cancellations and changes",
    "companies": "read changed companies, and match them",
    "compare": "compare every product with what is held here and in the ERP",
    "completeness": "count the ids of both sides",
    "despatches": "look for what left the warehouse",
    "items": "read changed stock items of the ERP",
    "net": "catch work that should have been done by now",
    "order-states": "show why orders wait",
    "orders": "look for new and changed orders",
    "price-publication": "read the price lists, and publish them",
    "prices": "read the price lists that orders are compared with",
    "product-introduction": "find which products may be sold",
    "products": "read changed products and models",
    "recheck": "look again at what waits in cases",
    "reconciliation": "see whether the nightly compare is due",
    "retail-despatches": "look for what left the shops",
    "retail-drift": "compare the shelves with the ERP",
    "retail-items": "tell the shops of items",
    "retail-levels": "tell the shops of stock",
    "retail-missed": "sweep for despatches that were missed",
    "retail-places": "tell the shops of places",
    "retail-proposals": "read recommended transfers",
    "retail-sales": "tell the shops of sales",
    "retail-stock": "look for changed shop figures, and book them",
    "returns": "look for goods that came back",
    "shapes": "read families, variants and categories",
    "silence": "look for feeds that went quiet",
    "stock": "read stock figures, and show what may be sold",
    "targets": "read what the storefront sells, by unit",
}
