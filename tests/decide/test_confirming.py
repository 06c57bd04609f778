"""Whether the ERP holds an item as it was laid out, by what it gives to read."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crossdock.decide.confirming import is_readable, unconfirmed
from crossdock.model.item_document import Family, ItemDocument, ItemField
from crossdock.model.stock import StockItem

SAID = ItemDocument(
    ref="product-u", code="A-1",
    texts=((ItemField.BARCODE, "501"), (ItemField.DESCRIPTION, "Lamp  M"), (ItemField.OTHER_REF, "R")),
)  # fmt: skip
THERE = StockItem(code="a-1", item_id="77", description="Lamp M", other_ref="R", barcodes=("501", "502"))
FAMILY = Family(code="LAMPS", item_id="9", values=("M",))


@pytest.mark.parametrize(
    ("said", "item", "differs"),
    [
        (SAID, THERE, []),
        (SAID, None, ["stock item"]),
        (SAID, replace(THERE, description="Desk Lamp M"), []),  # its family's words before its own
        (SAID, replace(THERE, description="Desk lamp"), ["description"]),
        (SAID, replace(THERE, other_ref=""), ["other_ref"]),
        (SAID, replace(THERE, barcodes=()), ["barcode"]),
        (SAID, replace(THERE, discontinued=True), ["discontinued"]),
        (replace(SAID, item_id="77"), THERE, []),
        (replace(SAID, item_id="78"), THERE, ["key"]),
        (replace(SAID, family=FAMILY), THERE, ["template"]),
        (replace(SAID, family=FAMILY), replace(THERE, parent_code="lamps"), []),
        (ItemDocument(ref="m", code="A-1", headings=("Size",)), THERE, ["kind"]),
        (ItemDocument(ref="m", code="A-1", headings=("Size",)), replace(THERE, stock_controlled=False), []),
        (ItemDocument(ref="m", code="A-1", headings=("Size",)), replace(THERE, template=True), []),
        (ItemDocument(ref="r", code="A-1", retired=True), THERE, ["discontinued"]),
        (ItemDocument(ref="r", code="A-1", retired=True), replace(THERE, discontinued=True), []),
        (ItemDocument(ref="b", code="A-1"), THERE, []),
    ],
)
def test_what_is_not_so_yet(said: ItemDocument, item: StockItem | None, differs: list[str]) -> None:
    assert list(unconfirmed(said, item)) == differs


def test_what_the_erp_does_not_give_to_read_is_known_for_it() -> None:
    assert is_readable(SAID)
    assert not is_readable(replace(SAID, custom=(("Colour", "red"),)))
    assert not is_readable(replace(SAID, measures=((ItemField.WEIGHT, Decimal(1)),)))
    assert not is_readable(replace(SAID, texts=((ItemField.SUPPLIER, "ACM"),)))
