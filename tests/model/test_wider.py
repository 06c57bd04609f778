"""What PIMs, retail stock and ledgers say survives being remembered: as JSON and back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crossdock.model import as_json
from crossdock.model.after_sale import BillingNote, Cancellation, CancelledLine, ReturnLine, SalesReturn
from crossdock.model.catalogue import (
    Attribute,
    AttributeOption,
    AttributeValue,
    Category,
    Family,
    FamilyVariant,
    Product,
    ProductChange,
    ProductModel,
    ProductModelChange,
)
from crossdock.model.despatch import OrderProgress
from crossdock.model.ledger import LedgerDocument, LedgerKind, LedgerLine
from crossdock.model.retail import (
    Commitment,
    Location,
    LocationKind,
    Readiness,
    RetailDespatch,
    RetailDespatchLine,
    RetailDespatchStatus,
    RetailItem,
    RetailParcel,
    RetailSale,
    RetailStock,
    StockGoal,
    StockMovement,
    Transfer,
    TransferLine,
    TransferProposal,
)
from crossdock.model.stock import Basis, ItemUnit, StockItem

NOON, TODAY, TWO = datetime(2026, 3, 2, 12, tzinfo=UTC), date(2026, 3, 2), Decimal(2)
VALUE = AttributeValue(attribute="name", data="Lantern", locale="en_GB")
VALUES = (
    Product(key="u-1", sku="HP-1", family="trade", values=(VALUE,), updated_at=NOON),
    ProductModel(code="OSLO", family="handles", family_variant="by_size", values=(VALUE,)),
    ProductChange(sku="HP-1", enabled=False, categories=(), values=(VALUE,)),
    ProductModelChange(code="OSLO", values=(VALUE,)),
    Attribute(code="name", kind="text", labels=(("en_GB", "Name"),)),
    AttributeOption(attribute="colour", code="black"),
    Family(code="handles", attributes=("sku", "name"), required=(("web", "name"),)),
    FamilyVariant(code="by_size", family="handles", levels=((("size",), ("sku", "ean")),)),
    Category(code="hinges", parent="ironmongery"),
    LedgerDocument(
        number="INV-1", kind=LedgerKind.CREDIT_NOTE, account_code="A1", currency="GBP", net=TWO, tax=Decimal("0.40"),
        gross=Decimal("2.40"), issued_on=TODAY, order_refs=("SO-1",),
        lines=(LedgerLine(sku="HP-1", quantity=TWO, net=TWO, tax=Decimal("0.40")),),
    ),
    RetailStock(location="YORK", sku="HP-1", basis=Basis.ON_HAND, quantity=TWO, sequence=7, occurred_at=NOON),
    RetailItem(item_id="7", sku="HP-1", style_id="HP", readiness=Readiness.MISSING, missing_attributes=("chest",)),
    Location(code="YORK", kind=LocationKind.STORE, owner="retail"),
    StockMovement(key="m1", location="YORK", sku="HP-1", quantity=-TWO, occurred_at=NOON),
    Commitment(key="c1", location="YORK", sku="HP-1", quantity=TWO, since=NOON),
    RetailSale(key="s1", location="YORK", sku="HP-1", quantity=TWO, unit_price=TWO, currency="GBP", sold_at=NOON),
    RetailDespatch(
        key="D-1", revision=2, order_ref="SO-1", location="YORK", status=RetailDespatchStatus.PART_DESPATCHED,
        carrier="DPD", service="next day", parcels=(RetailParcel(tracking_number="155"),),
        lines=(RetailDespatchLine(sku="HP-1", quantity=TWO),), final=False, despatched_at=NOON,
    ),
    TransferProposal(ref="p1", from_location="MAIN", to_location="YORK", sku="HP-1", quantity=TWO, planned_on=TODAY),
    StockGoal(location="YORK", sku="HP-1", quantity=TWO),
    Transfer(key="t1", from_location="MAIN", to_location="YORK", open=True,
             lines=(TransferLine(sku="HP-1", quantity=TWO, shipped=TWO),)),
    Cancellation(key="c", order_ref="SO-1", lines=(CancelledLine(sku="HP-1", quantity=TWO),), asked_at=NOON),
    SalesReturn(ref="R-1", order_ref="SO-1", lines=(ReturnLine(sku="HP-1", quantity=TWO, unit_price=TWO),)),
    BillingNote(storefront_id="880001", state="refunded", reason="at the till"),
    OrderProgress(ref="SO-1", erp_code="SO100", erp_id="42", started=True, complete=False, cancelled=False),
    StockItem(code="HP-1", item_id="7", units=(ItemUnit(unit="case", base_sku="HP-1", base_quantity=TWO),),
              native_key=(("product", "HP1"),)),
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_it_comes_back_as_it_went(value: object) -> None:
    assert as_json.loads(type(value), as_json.dumps(value)) == value
