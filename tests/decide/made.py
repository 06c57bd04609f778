"""One good order and everything that is known of it; each test spoils the part it is about."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crossdock.cases.kind import Finding
from crossdock.decide.order_entry import Hold, OrderFacts, Post, decide_order
from crossdock.decide.policy import OrderPolicy
from crossdock.model.code_map import CodeMaps
from crossdock.model.sales_order import OrderLine, SalesOrder, Shipping
from crossdock.model.stock import StockItem
from tests.strategies import ACCOUNT, KASSEL, PLACED, TAXES

GLOVES = OrderLine(
    line_ref="1501", sku="GLOVES", quantity=Decimal(2), unit="case", unit_price=Decimal("59.50"), tax=Decimal("23.80"),
    tax_code="STANDARD", description="Work gloves",
)  # fmt: skip
MANUAL = OrderLine(
    line_ref="1502", sku="MANUAL", quantity=Decimal(1), unit="item", unit_price=Decimal("12.00"), tax=Decimal("0.00"),
    tax_code="ZERO", note="signed copy",
)  # fmt: skip
ORDER = SalesOrder(
    ref="B2B-812", storefront_id="812", placed_at=PLACED, updated_at=PLACED, currency="GBP", company_ref="9",
    company_name="Meyer Bau GmbH", lines=(GLOVES, MANUAL), total=Decimal("160.80"), tax_total=Decimal("24.80"),
    po_number="PO-77", notes="ring twice", payment_term="net 30", delivery_address=KASSEL,
    shipping=Shipping(method="flat_rate_1", net=Decimal("5.00"), tax=Decimal("1.00"), tax_code="STANDARD"),
)  # fmt: skip
FACTS = OrderFacts(
    items={
        "GLOVES": StockItem(code="GLV-01", item_id="71"),
        "MANUAL": StockItem(code="MAN/2", item_id="72", stock_controlled=False),
    },
    maps=CodeMaps(
        tax=TAXES, unit={"item": Fraction(1), "GLOVES/case": Fraction(10)}, shipping={"flat_rate_1": "UPS"},
        payment_term={"net 30": "ACC"},
    ),
    account=ACCOUNT,
)  # fmt: skip
POLICY = OrderPolicy(
    currencies=frozenset({"GBP", "EUR"}), site="Main", sales_source="WEB", company_class="TRADE", price_decimals=4
)


def gloves(**changes: Any) -> SalesOrder:
    """The order with its first line changed; its totals are left as they were."""
    return replace(ORDER, lines=(replace(GLOVES, **changes), MANUAL))


def facts(**changes: Any) -> OrderFacts:
    return replace(FACTS, **changes)


def mapped(**changes: Mapping[str, Any]) -> OrderFacts:
    return replace(FACTS, maps=replace(FACTS.maps, **changes))


def findings(order: SalesOrder = ORDER, known: OrderFacts = FACTS, **policy: Any) -> dict[tuple[str, str], Finding]:
    """What holds the order, by kind and subject; the order must be held or posted."""
    decision = decide_order(order, known, replace(POLICY, **policy))
    assert isinstance(decision, Hold | Post)
    held = decision.findings if isinstance(decision, Hold) else ()
    assert len({(one.kind.code, one.subject) for one in held}) == len(held), "one root cause, one finding"
    return {(one.kind.code, one.subject): one for one in held}


def posted(order: SalesOrder = ORDER, known: OrderFacts = FACTS, **policy: Any) -> Post:
    decision = decide_order(order, known, replace(POLICY, **policy))
    assert isinstance(decision, Post), [finding.cause for finding in decision.findings]  # type: ignore[union-attr]
    return decision
