"""Which flows open which kind of case, and what else the settings must say for it."""

from collections.abc import Callable, Mapping, Sequence

from crossdock.cases.kind import CaseKind
from crossdock.cases.kinds import KINDS
from crossdock.settings.pairing import AnyPairing, Flow, Pairing

ORDERS, STOCK, SENT, PRICES = Flow.ORDER_ENTRY, Flow.STOCK_PUBLICATION, Flow.DESPATCH, Flow.PRICE_PUBLICATION
ACCOUNTS, OFFERS, COMPARE, COUNT = (
    Flow.ACCOUNT_MATCHING, Flow.PRODUCT_INTRODUCTION, Flow.RECONCILIATION, Flow.COMPLETENESS
)  # fmt: skip
SHOPS, SHOP_SENT, FEED = Flow.RETAIL_STOCK_INTAKE, Flow.RETAIL_DESPATCH, Flow.RETAIL_FEED
CHANGE, REFUND, CATALOGUE = Flow.ORDER_CHANGE, Flow.REFUND, Flow.CATALOGUE

EVERY: tuple[Flow, ...] = ()
OPENED_BY: Mapping[str, Sequence[Flow]] = {
    "account-ambiguous": (ORDERS, ACCOUNTS),
    "account-on-stop": (ORDERS,),
    "account-unmatched": (ORDERS, ACCOUNTS, COMPARE),
    "address-unusable": (ORDERS,),
    "alert-undeliverable": EVERY,
    "attribute-unmapped": (CATALOGUE,),
    "carrier-unmapped": (SENT, SHOP_SENT),
    "change-refused-picking": (CHANGE, COMPARE),
    "company-unmapped": (ORDERS,),
    "credentials-rejected": EVERY,
    "credit-limit-exceeded": (ORDERS,),
    "crossdock-defect": EVERY,
    "currency-unmapped": (ORDERS,),
    "despatch-incomplete": (SENT, SHOP_SENT),
    "despatch-missed": (SENT, SHOP_SENT, COUNT, COMPARE, CHANGE),
    "duplicate-order-ref": (ORDERS,),
    "feed-silent": (COUNT,),
    "item-invalid-for-erp": (ORDERS, CATALOGUE, COMPARE),
    "item-not-on-sale": (OFFERS, CATALOGUE, FEED),
    "order-changed-after-posting": (ORDERS, CHANGE, COMPARE),
    "order-outcome-unknown": (ORDERS,),
    "order-refused-by-erp": (ORDERS,),
    "oversold": (STOCK,),
    "payment-term-unmapped": (ORDERS,),
    "po-number-missing": (ORDERS,),
    "price-conflict": (ORDERS,),
    "price-list-unmapped": (PRICES,),
    "price-write-rejected": (PRICES,),
    "price-zero": (ORDERS, PRICES),
    "promotion-staged": (ORDERS,),
    "promotion-unmapped": (ORDERS,),
    "read-incomplete": EVERY,
    "reconciliation-difference": (COMPARE, CATALOGUE),
    "record-never-arrived": (COUNT,),
    "refund-unmatched": (REFUND, COMPARE),
    "schema-surprise": (ORDERS, STOCK, ACCOUNTS, PRICES, COMPARE, CATALOGUE, REFUND, SHOPS, SHOP_SENT, FEED),
    "shipping-method-unmapped": (ORDERS,),
    "stock-code-unknown": (ORDERS, COMPARE, SHOPS, SHOP_SENT, FEED),
    "stock-drift": (COMPARE, SHOPS),
    "stock-stale": (STOCK, SHOPS),
    "stock-write-rejected": (STOCK, SHOPS, FEED),
    "structure-change-blocked": (CATALOGUE,),
    "system-unreachable": EVERY,
    "tax-code-unmapped": (ORDERS,),
    "tax-conflict": (ORDERS,),
    "total-conflict": (ORDERS, SENT, COMPARE),
    "unit-quantity-conflict": (ORDERS, PRICES),
    "unit-unmapped": (ORDERS, PRICES),
}
"""EVERY: any flow can, whenever a system does not do what it should, or we do not."""

ONLY_WHEN: Mapping[str, Callable[[Pairing], bool]] = {
    "credit-limit-exceeded": lambda settings: settings.orders.credit == "hold",
    "price-conflict": lambda settings: settings.orders.price_check == "hold",
    "feed-silent": lambda settings: settings.completeness.silence_least > 0,
}
"""What settings switch off altogether."""


def kinds_of(settings: AnyPairing) -> list[CaseKind]:
    """Every kind of case this pairing can open, by desk and then by code."""
    return sorted((one for one in KINDS.values() if can_open(settings, one)), key=lambda one: (_order(one), one.code))


def can_open(settings: AnyPairing, kind: CaseKind) -> bool:
    flows = OPENED_BY.get(kind.code)
    if flows is None or (flows and not set(flows) & set(settings.runs())):
        return False
    when = ONLY_WHEN.get(kind.code)
    return when is None or not isinstance(settings, Pairing) or when(settings)


def opened_by(settings: AnyPairing, kind: CaseKind) -> list[Flow]:
    """The flows of this pairing that open it."""
    flows = OPENED_BY[kind.code]
    return [flow for flow in settings.runs() if not flows or flow in flows]


def _order(kind: CaseKind) -> int:
    return list(type(kind.desk)).index(kind.desk)
