"""A stock item's document has no place for what the ERP owns."""

from decimal import Decimal

import pytest

from crossdock.model.faults import InvalidValue
from crossdock.model.item_document import Birth, ItemDocument, ItemField, is_erp_owned


@pytest.mark.parametrize("name", ["cost", "Buy_Price", "VAT code", "vat-code", "stock type 2", "Nominal"])
def test_what_the_erp_owns_is_known_however_it_is_spelt(name: str) -> None:
    assert is_erp_owned(name)


@pytest.mark.parametrize("name", ["supplier", "Commodity code", "Vatican", "Cost centre blurb", ""])
def test_what_only_sounds_like_it_is_not(name: str) -> None:
    assert not is_erp_owned(name)


@pytest.mark.parametrize("field", list(ItemField))
def test_no_field_of_a_description_is_the_erps(field: ItemField) -> None:
    assert not is_erp_owned(field)


def test_an_item_the_erp_holds_is_given_neither_tax_nor_kind() -> None:
    birth = Birth(tax_percent=Decimal(20))
    assert ItemDocument(ref="u", code="HP-1", birth=birth).birth == birth
    with pytest.raises(InvalidValue, match="ERP holds it"):
        ItemDocument(ref="u", code="HP-1", item_id="77", birth=birth)


def test_no_user_defined_field_is_a_way_round_it() -> None:
    with pytest.raises(InvalidValue, match="the ERP owns Buy price"):
        ItemDocument(ref="u", code="HP-1", custom=(("Buy price", "3.10"),))


def test_a_text_that_is_not_said_is_empty() -> None:
    said = ItemDocument(ref="u", code="HP-1", texts=((ItemField.DESCRIPTION, "Lantern"),))
    assert (said.text(ItemField.DESCRIPTION), said.text(ItemField.SUPPLIER)) == ("Lantern", "")
