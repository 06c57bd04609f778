"""Which item was meant: the likeliest first, each with its reason."""

from dataclasses import replace

import pytest

from crossdock.decide.suggest import suggest_items, the_likeliest
from crossdock.model.stock import StockItem

GLOVES = StockItem(code="GLV-01", item_id="1", description="Work gloves, leather", other_ref="8817", barcodes=("501",))


@pytest.mark.parametrize(
    ("sku", "description", "reason", "score"),
    [
        ("glv 01", "", "the same letters and digits", 100),
        ("88-17", "", "its other reference is 8817", 98),
        ("501", "", "it carries that barcode", 97),
        ("GLV-01-XL", "", "one code contains the other", 85),
        ("GLV-02", "", "the codes are 80% alike", 64),
        ("ZZZZ", "leather work gloves", "its description shares gloves, leather, work", 60),
        ("ZZZZ", "gloves for gardens", "", 0),
        ("ZZZZ", "", "", 0),
        ("GLV", "", "the codes are 75% alike", 60),
        ("GL", "", "", 0),
    ],
)
def test_why_an_item_is_suggested(sku, description, reason, score):
    found = suggest_items(sku, [GLOVES], description=description)
    assert [(one.code, one.reason, one.score) for one in found] == ([("GLV-01", reason, score)] if reason else [])


def test_an_item_without_other_references_is_not_meant_by_an_empty_code():
    assert suggest_items("--", [replace(GLOVES, other_ref="", barcodes=(), code="A")]) == ()


@pytest.mark.parametrize("change", [{"template": True}, {"discontinued": True}])
def test_what_cannot_be_sold_is_not_suggested(change):
    assert suggest_items("GLV-01", [replace(GLOVES, **change)]) == ()


def test_the_likeliest_come_first_and_few():
    items = [StockItem(code=f"GLV-0{at}", item_id=str(at)) for at in range(9)]
    found = suggest_items("GLV-04", items, most=3)
    assert [one.code for one in found] == ["GLV-04", "GLV-00", "GLV-01"]


@pytest.mark.parametrize(
    ("scored", "filled_in"),
    [
        ([], ""),
        ([("A", 79.9)], ""),
        ([("A", 80.0)], "A"),
        ([("B", 85.0), ("A", 100.0)], "A"),
        ([("A", 97.0), ("B", 97.0)], ""),
        ([("A", 60.0), ("B", 20.0)], ""),
    ],
)
def test_only_what_is_sure_enough_and_ahead_of_all_others_is_filled_in(scored, filled_in):
    assert the_likeliest(scored) == filled_in
