"""How a pairing makes stock items of products: what may be said there, and what never."""

from dataclasses import replace

import pytest

from crossdock.decide.catalogue_policy import CataloguePolicy, ItemRules, Target, target
from crossdock.decide.item_values import plain
from crossdock.model.faults import InvalidValue
from crossdock.model.item_document import ItemField


def test_where_a_value_goes() -> None:
    assert target("weight") == Target(ItemField.WEIGHT)
    assert target("custom:Frame colour") == Target(None, custom="Frame colour")
    assert target("media: Image URL ") == Target(None, custom="Image URL", media=True)


@pytest.mark.parametrize("text", ["cost", "custom:Buy price", "media:Stock", "vat_rate", "nominal"])
def test_what_the_erp_owns_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="the ERP owns"):
        target(text)


@pytest.mark.parametrize("text", ["colour", "custom:", "custom", "image:URL"])
def test_what_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="is no field of a stock item"):
        target(text)


def test_a_rule_that_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(InvalidValue, match="is no regular expression"):
        ItemRules(commodity_code="(")


def test_what_the_pim_requires_for_the_channel_is_asked_for_too() -> None:
    policy = CataloguePolicy(required_channel="shop", rules=ItemRules(required_by_family={"helmets": ("norm",)}))
    asking = policy.asking("helmets", [("shop", "norm"), ("shop", "colour"), ("print", "text")])
    assert asking.rules.attributes_of("helmets") == ("norm", "colour")
    assert policy.asking("helmets", [("print", "text")]) is policy
    assert replace(policy, required_channel="").asking("helmets", [("", "x"), ("shop", "y")]).rules == policy.rules


def test_only_what_we_write_is_no_news() -> None:
    assert CataloguePolicy(status_attribute="erp_status").told_by_us == {"erp_status"}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (True, "Yes"), (False, "No"), (" x ", "x"), (7, "7"), ({"amount": "2", "unit": "GRAM"}, "2 GRAM"),
        (("a", {"code": "b", "urls": ()}), "a, b"), ([{"amount": "1"}], None), (None, None),
    ],
)  # fmt: skip
def test_values_as_text(data: object, text: str | None) -> None:
    assert plain(data) == text
