"""Law L8: whatever the PIM says, no document holds anything that the ERP owns; neither ours nor the one on the wire."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.khaos_control.channel.config import ChannelSettings
from crossdock.connectors.khaos_control.channel.orders import Terms
from crossdock.connectors.khaos_control.channel.provided import write_item
from crossdock.decide.catalogue import Convert, Fit, ProductFacts, Template, judge_product
from crossdock.decide.catalogue_policy import CataloguePolicy, ItemRules, target
from crossdock.model.catalogue import AttributeValue, Product
from crossdock.model.faults import InvalidValue, Unsupported
from crossdock.model.item_document import ERP_OWNED, ItemField, is_erp_owned
from crossdock.model.stock import StockItem

ON_THE_WIRE = frozenset({
    "BuyPrice", "SellPrice", "ChannelListingPrice", "ListingPrices", "TaxRate", "StockType1", "StockType2",
    "StockType3", "StockType4", "Options", "MinLevel", "SafeLevel", "ReorderMultiple", "SalesMultiple", "LeadTime",
    "Availability", "Levels", "Available", "WebsitePrice",
})  # fmt: skip
NAMES = st.sampled_from(["name", "cost", "vat", "price", "stock", "tax_class", "weight", "ean", "blurb", "size"])
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
UNITS = st.sampled_from(["GRAM", "METER", "STONE"])
DATA = st.one_of(
    TEXT, st.booleans(), st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.lists(TEXT, max_size=3).map(tuple),
    st.fixed_dictionaries({"amount": st.decimals(-9, 99, places=2), "unit": UNITS}),
    st.lists(st.fixed_dictionaries({"amount": st.just("1"), "currency": st.just("GBP")}), max_size=2).map(tuple),
)  # fmt: skip
VALUES = st.lists(
    st.builds(AttributeValue, attribute=NAMES, data=DATA, locale=st.sampled_from(["", "en_GB"])), max_size=12
)
FIELDS = st.sampled_from([*ItemField, "custom:Colour", "custom:Blurb", "media:Image URL"])
TERMS = Terms(
    channel=ChannelSettings.model_validate(
        {
            "username": "khaos", "password": "x",
            "provided": {
                "stock_type1": "ID=1", "stock_type2": "ID=11", "tax_rates": {20: "Code=1"},
                "commodity_code_field": "Tariff", "country_field": "Origin",
            },
        }
    )
)  # fmt: skip


@given(
    values=VALUES,
    attributes=st.dictionaries(NAMES, FIELDS, max_size=8),
    parent=st.sampled_from(["", "AURORA"]),
    known=st.booleans(),
    maps=st.dictionaries(st.sampled_from(["tax_class/STD", "name/x"]), TEXT, max_size=2),
)
def test_an_item_the_erp_holds_is_never_told_what_the_erp_owns(
    values: list[AttributeValue], attributes: Mapping[str, str], parent: str, known: bool, maps: Mapping[str, str]
) -> None:
    policy = CataloguePolicy(
        targets={name: target(str(text)) for name, text in attributes.items()}, tax_attribute="tax_class",
        mapped=frozenset({"tax_class"}), tax_percent=Decimal(20), rules=ItemRules(required=(), commodity_code=".*"),
    )  # fmt: skip
    product = Product(key="u", sku="NSC-1", family="f", parent=parent, values=tuple(values))
    item = StockItem(code="NSC-1", item_id="77", tax_percent=Decimal(5), sell_price=Decimal(3)) if known else None
    template = Template(model="AURORA", code="AURORA", item_id="9", axes=("size",)) if parent else None
    judged = judge_product(product, ProductFacts(item=item, template=template, maps=maps), policy, ref="product-u")
    if not isinstance(judged, Fit | Convert):
        return
    document = judged.document
    assert (document.birth is None) is known
    assert not any(is_erp_owned(name) for name, _ in document.custom)
    try:
        tree = write_item(document, TERMS)
    except Unsupported:
        return
    told = set(keys(tree)) & ON_THE_WIRE
    assert told == (set() if known else {"TaxRate", "StockType1", "StockType2", "Options"})
    assert {"BuyPrice", "SellPrice", "ListingPrices", "Levels"}.isdisjoint(told)


def keys(tree: Any) -> Iterator[str]:
    match tree:
        case dict():
            for name, value in tree.items():
                yield name
                yield from keys(value)
        case list() | tuple():
            for value in tree:
                yield from keys(value)


@given(
    name=st.sampled_from(sorted(ERP_OWNED)),
    mark=st.sampled_from(["", "custom:", "media:"]),
    joint=st.sampled_from([" ", "_", "-", ""]),
    upper=st.booleans(),
)
def test_no_map_reaches_a_field_the_erp_owns_however_it_is_spelt(name: str, mark: str, joint: str, upper: bool) -> None:
    text = mark + (name.upper() if upper else name).replace(" ", joint)
    with pytest.raises(InvalidValue, match="the ERP owns"):
        target(text)
