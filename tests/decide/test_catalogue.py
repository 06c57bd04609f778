"""What may become a stock item, and every reason why not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crossdock.decide.catalogue import Convert, Fit, LeftOut, ProductFacts, is_template, judge_product
from crossdock.decide.catalogue_policy import CataloguePolicy, ItemRules
from crossdock.model.catalogue import Product
from crossdock.model.item_document import Birth, Family, ItemField
from crossdock.model.stock import StockItem
from tests.decide.goods import (
    BELOW,
    FACTS,
    HELMET,
    KNOWN,
    MODEL,
    MODEL_FACTS,
    POLICY,
    TEMPLATE,
    VARIANT,
    causes,
    findings,
    judged,
    judged_model,
    value,
    with_value,
)


def test_a_new_product_is_given_its_tax_once_and_says_only_what_the_pim_owns() -> None:
    fit = judged()
    assert isinstance(fit, Fit)
    said = fit.document
    assert (said.ref, said.code, said.item_id, said.birth) == (
        "product-u-1", "NSC-09", "", Birth(tax_percent=Decimal(20)),
    )  # fmt: skip
    assert dict(said.texts) == {
        ItemField.DESCRIPTION: "Aurora helmet", ItemField.BARCODE: "5012345678900",
        ItemField.COMMODITY_CODE: "65061010", ItemField.SUPPLIER: "ACM01",
    }  # fmt: skip
    assert dict(said.measures) == {ItemField.WEIGHT: Decimal("0.268")}
    assert dict(said.custom) == {
        "Image URL": "https://cdn.norrsken.example/aurora.jpg", "Material": "abs, foam",
        "Category": "master/helmets/road",
    }  # fmt: skip


def test_one_the_erp_holds_is_given_nothing_of_what_the_erp_owns() -> None:
    fit = judged(facts=replace(FACTS, item=KNOWN))
    assert isinstance(fit, Fit)
    assert (fit.document.item_id, fit.document.birth) == ("77", None)


def test_every_reason_at_once() -> None:
    bad = with_value(with_value(HELMET, "name", "x#" * 130), "commodity", "12")
    bad = with_value(with_value(bad, "supplier", "nobody"), "tax_class", "LUX")
    bad = replace(bad, sku="A,B " + "x" * 60)
    assert sorted(one.kind.code for one in findings(judged(bad))) == [
        "attribute-unmapped", "attribute-unmapped", *["item-invalid-for-erp"],
    ]  # fmt: skip
    told = " ".join(causes(judged(bad)))
    for problem in ("has 64 characters", "has 260 characters", "its description holds #", "'12' is no commodity code"):
        assert problem in told
    assert "nobody of attribute supplier" in told
    assert "LUX of attribute tax_class" in told


@pytest.mark.parametrize(
    ("product", "facts", "told"),
    [
        (replace(HELMET, sku=""), FACTS, "products of family helmets cannot go into the ERP: there is no SKU."),
        (replace(HELMET, sku=" NSC"), FACTS, "begins or ends with a space"),
        (replace(HELMET, sku="N" * 51), FACTS, "has 51 characters; the ERP holds 50"),
        (replace(HELMET, sku="N#1,2"), FACTS, "holds # and ,"),
        (HELMET, replace(FACTS, twin="nsc-09"), "the ERP takes nsc-09 for the same code"),
        (with_value(HELMET, "name", "x" * 251), FACTS, "its description has 251 characters; the ERP holds 250"),
        (with_value(HELMET, "name", "No # here"), FACTS, "its description holds #"),
        (with_value(HELMET, "name", None), FACTS, "products of family helmets cannot go into the ERP: name is"),
        (replace(with_value(HELMET, "name", None), family=""), FACTS, "products without a family cannot go"),
        (with_value(HELMET, "ean", "1" * 51), FACTS, "its barcode has 51 characters"),
        (with_value(HELMET, "commodity", "650610"), FACTS, "'650610' is no commodity code"),
        (with_value(HELMET, "weight", {"amount": "1", "unit": "STONE"}), FACTS, "weight is in STONE, which is"),
        (with_value(HELMET, "weight", {"amount": "x", "unit": "GRAM"}), FACTS, "weight is in GRAM, which is"),
        (with_value(HELMET, "weight", {"amount": "0", "unit": "GRAM"}), FACTS, "its weight is 0"),
        (with_value(HELMET, "weight", "heavy"), FACTS, "weight is no measure"),
        (with_value(HELMET, "weight", "NaN"), FACTS, "weight is no measure"),
        (with_value(HELMET, "weight", True), FACTS, "weight is no measure"),
        (with_value(HELMET, "supplier", "nobody"), FACTS, "nobody of attribute supplier has no counterpart"),
        (with_value(HELMET, "tax_class", None), FACTS, "tax_class is missing, and a new item needs one"),
        (with_value(HELMET, "picture", ("aurora", {"code": "b", "urls": ("https://a.example/b.jpg",)})), FACTS,
         "the address in picture is no address"),
        (with_value(HELMET, "picture", "aurora.jpg"), FACTS, "the address in picture is no address that begins with"),
        (with_value(HELMET, "material", ({"amount": "1", "currency": "EUR"},)), FACTS, "material holds what no text"),
        (with_value(HELMET, "material", ({"row": 1},)), FACTS, "material holds what no text"),
        (replace(HELMET, parent="AURORA"), FACTS, "its product model AURORA is not known here"),
        (replace(VARIANT, values=HELMET.values), BELOW, "it has no size, by which the variants of AURORA differ"),
        (HELMET, replace(FACTS, item=replace(KNOWN, template=True)), "holds a family's template under its code"),
        (HELMET, replace(FACTS, item=replace(KNOWN, parent_code="RIGA")), "a simple product now, and the ERP"),
        (
            VARIANT, replace(BELOW, item=replace(KNOWN, parent_code="RIGA")),
            "the ERP holds it below RIGA, and it belongs below AURORA now",
        ),
        (HELMET, replace(FACTS, known_id="77", known_code="OLD-1"), "the ERP holds it as OLD-1; rename it"),
        (HELMET, replace(FACTS, known_id="78", known_code="OLD-1", item=KNOWN), "the ERP holds it as OLD-1; rename it"),
        (HELMET, replace(FACTS, known_id="77", known_code="nsc-09"), "the ERP holds it no more"),
    ],
)  # fmt: skip
def test_what_is_amiss_is_said_in_plain_words(product: Product, facts: ProductFacts, told: str) -> None:
    (cause,) = causes(judged(product, facts))
    assert told in cause


def test_one_cause_is_one_case_for_every_product_of_the_family() -> None:
    first = findings(judged(with_value(HELMET, "name", None)))
    second = findings(judged(with_value(replace(HELMET, key="u-2", sku="NSC-10"), "name", None)))
    assert [(one.kind.code, one.subject) for one in first] == [(one.kind.code, one.subject) for one in second]
    alone = findings(judged(replace(HELMET, sku="N#1")))
    other = findings(judged(replace(HELMET, sku="N#2")))
    assert alone[0].subject != other[0].subject


def test_what_a_family_requires_is_asked_for() -> None:
    rules = ItemRules(required_by_family={"*": ("colour", "material"), "helmets": ("norm",), "shoes": ("heel",)})
    told = causes(judged(policy=replace(POLICY, rules=rules)))
    assert [one.split(": ")[1] for one in told] == ["colour is missing.", "norm is missing."]


def test_a_field_that_waits_for_its_map_is_not_called_missing_too() -> None:
    both = ItemRules(required=(ItemField.DESCRIPTION, ItemField.SUPPLIER))
    assert isinstance(judged(policy=replace(POLICY, rules=both)), Fit)
    rules = ItemRules(required=(ItemField.SUPPLIER,))
    (finding,) = findings(judged(with_value(HELMET, "supplier", "nobody"), policy=replace(POLICY, rules=rules)))
    assert (finding.kind.code, finding.subject) == ("attribute-unmapped", "supplier/nobody")
    (finding,) = findings(judged(with_value(HELMET, "supplier", None), policy=replace(POLICY, rules=rules)))
    assert "supplier is missing" in finding.cause
    unsaid = replace(POLICY, rules=ItemRules(required=(ItemField.HEIGHT,)))
    assert "height is missing" in causes(judged(policy=unsaid))[0]


def test_a_bare_number_is_a_measure_and_an_empty_code_is_no_text() -> None:
    fit = judged(with_value(HELMET, "weight", "2.50"), replace(FACTS, maps={**FACTS.maps, "supplier/acme": ""}))
    assert isinstance(fit, Fit)
    assert dict(fit.document.measures) == {ItemField.WEIGHT: Decimal("2.50")}
    assert fit.document.text(ItemField.SUPPLIER) == ""
    blank = judged(with_value(HELMET, "material", "  "))
    assert isinstance(blank, Fit)
    assert "Material" not in dict(blank.document.custom)


def test_other_families_are_left_out_and_are_no_case() -> None:
    policy = replace(POLICY, families=frozenset({"shoes"}))
    assert judged(policy=policy) == LeftOut(reason="family helmets is not taken")
    assert judged(replace(HELMET, family=""), policy=policy) == LeftOut(reason="family none is not taken")
    assert isinstance(judged_model(policy=policy), LeftOut)


@pytest.mark.parametrize("said", ["x", "101", "-1", "NaN", ""])
def test_a_tax_that_is_mapped_to_no_percent_waits_for_a_better_map(said: str) -> None:
    facts = replace(FACTS, maps={**FACTS.maps, "tax_class/STD": said})
    (finding,) = findings(judged(facts=facts))
    assert (finding.kind.code, finding.subject) == ("attribute-unmapped", "tax_class/STD")
    assert "which is no tax percent" in finding.cause


def test_a_product_without_a_tax_class_takes_the_pairings_own() -> None:
    fit = judged(with_value(HELMET, "tax_class", None), policy=replace(POLICY, tax_percent=Decimal(5)))
    assert isinstance(fit, Fit)
    assert fit.document.birth == Birth(tax_percent=Decimal(5))
    bare = judged(policy=replace(POLICY, tax_attribute="", tax_percent=Decimal(5)))
    assert isinstance(bare, Fit)
    assert "a tax rate is missing" in causes(judged(policy=replace(POLICY, tax_attribute="")))[0]


def test_a_variant_says_its_place_and_ends_its_description_with_it() -> None:
    fit = judged(VARIANT, BELOW)
    assert isinstance(fit, Fit)
    assert fit.document.family == Family(code="AURORA", item_id="900", values=("M",))
    assert fit.document.text(ItemField.DESCRIPTION) == "Aurora helmet M"
    again = judged(with_value(VARIANT, "name", "Aurora helmet m"), BELOW)
    assert isinstance(again, Fit)
    assert again.document.text(ItemField.DESCRIPTION) == "Aurora helmet m"
    plain = judged(VARIANT, BELOW, replace(POLICY, describe_by_axes=False))
    assert isinstance(plain, Fit)
    assert plain.document.text(ItemField.DESCRIPTION) == "Aurora helmet"


def test_an_axis_may_be_mapped() -> None:
    policy = replace(POLICY, mapped=POLICY.mapped | {"size"})
    assert "M of attribute size has no counterpart" in causes(judged(VARIANT, BELOW, policy))[0]
    fit = judged(VARIANT, replace(BELOW, maps={**BELOW.maps, "size/M": "Medium"}), policy)
    assert isinstance(fit, Fit)
    assert fit.document.family is not None
    assert fit.document.family.values == ("Medium",)


def test_a_plain_item_that_shall_be_one_of_a_family_is_a_change_of_structure() -> None:
    change = judged(VARIANT, replace(BELOW, item=replace(KNOWN, code="NSC-09-M")))
    assert isinstance(change, Convert)
    assert (change.document.item_id, change.document.birth) == ("77", None)
    there = judged(VARIANT, replace(BELOW, item=replace(KNOWN, code="NSC-09-M", parent_code="aurora")))
    assert isinstance(there, Fit)


def test_where_a_category_stands_follows_the_tree() -> None:
    moved = judged(facts=replace(FACTS, paths={"road": "master/sale/road"}))
    assert isinstance(moved, Fit)
    assert ("Category", "master/sale/road") in moved.document.custom
    unknown = judged(facts=replace(FACTS, paths={}))
    assert isinstance(unknown, Fit)
    assert ("Category", "road") in unknown.document.custom


def test_what_a_product_says_beside_its_attributes_can_be_sent_too() -> None:
    from crossdock.decide.catalogue_policy import target

    names = {"@categories": "custom:Categories", "@family": "custom:Family", "@model": "custom:Model"}
    policy = replace(POLICY, targets={name: target(text) for name, text in names.items()}, rules=ItemRules(required=()))
    fit = judged(VARIANT, BELOW, policy)
    assert isinstance(fit, Fit)
    assert dict(fit.document.custom) == {"Categories": "road", "Family": "helmets", "Model": "AURORA"}
    bare = judged(replace(HELMET, categories=(), family=""), policy=policy)
    assert isinstance(bare, Fit)
    assert bare.document.custom == ()


# --- models


def test_a_model_becomes_a_template_that_holds_no_stock() -> None:
    fit = judged_model()
    assert isinstance(fit, Fit)
    said = fit.document
    assert (said.code, said.headings, said.birth) == (
        "AURORA", ("Size",), Birth(tax_percent=Decimal(20), stock_controlled=False),
    )  # fmt: skip
    assert fit.replaces == ""


def test_a_template_that_is_there_is_taken_and_given_nothing() -> None:
    there = replace(MODEL_FACTS, item=StockItem(code="AURORA", item_id="900", stock_controlled=False))
    fit = judged_model(facts=there)
    assert isinstance(fit, Fit)
    assert (fit.document.item_id, fit.document.birth, fit.replaces) == ("900", None, "")


def test_a_plain_item_of_its_code_is_never_made_a_template() -> None:
    """It would lose its stock. The template goes by another code, and the plain item's place is taken later."""
    plain = replace(MODEL_FACTS, item=StockItem(code="AURORA", item_id="77"))
    fit = judged_model(facts=plain)
    assert isinstance(fit, Fit)
    assert (fit.document.code, fit.document.item_id, fit.replaces) == ("AURORA-FAMILY", "", "AURORA")
    alive = judged_model(facts=replace(plain, sku_alive=True))
    assert isinstance(alive, Fit)
    assert (alive.document.code, alive.replaces) == ("AURORA-FAMILY", "")
    both = replace(plain, taken_item=StockItem(code="AURORA-FAMILY", item_id="78"))
    assert "the ERP holds a plain stock item of that code" in causes(judged_model(facts=both))[0]


def test_a_template_keeps_the_code_it_was_confirmed_under() -> None:
    made = StockItem(code="AURORA-FAMILY", item_id="900", stock_controlled=False)
    facts = replace(
        MODEL_FACTS, item=StockItem(code="AURORA", item_id="77"), taken_item=made, known_id="900",
        known_code="AURORA-FAMILY",
    )  # fmt: skip
    fit = judged_model(facts=facts)
    assert isinstance(fit, Fit)
    assert (fit.document.code, fit.document.item_id, fit.replaces) == ("AURORA-FAMILY", "900", "AURORA")
    alive = judged_model(facts=replace(facts, sku_alive=True))
    assert isinstance(alive, Fit)
    assert alive.replaces == ""
    first = replace(facts, item=replace(made, code="AURORA"), known_code="aurora")
    own = judged_model(facts=first)
    assert isinstance(own, Fit)
    assert (own.document.code, own.replaces) == ("aurora", "")


def test_a_model_may_name_what_its_variants_take_the_place_of() -> None:
    policy = replace(POLICY, tax_percent=Decimal(20), replaces_attribute="replaces")
    naming = replace(MODEL, values=(*MODEL.values, value("replaces", "OLD-9")))
    fit = judged_model(naming, policy=policy)
    assert isinstance(fit, Fit)
    assert fit.replaces == "OLD-9"
    silent = judged_model(policy=policy)
    assert isinstance(silent, Fit)
    assert silent.replaces == ""


def test_a_model_that_cannot_be_a_template_says_why() -> None:
    told = causes(
        judged_model(replace(MODEL, code="A#"), replace(MODEL_FACTS, axes=()), replace(POLICY, tax_percent=None))
    )
    own, family = told
    assert "its template's code holds #, which the ERP does not take; nobody says by what its variants differ" in own
    assert "tax_class is missing" in family
    axes = causes(judged_model(facts=replace(MODEL_FACTS, axes=())))
    assert axes == ["AURORA cannot go into the ERP: nobody says by what its variants differ."]


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        (StockItem(code="A", item_id="1"), False),
        (StockItem(code="A", item_id="1", stock_controlled=False), True),
        (StockItem(code="A", item_id="1", stock_controlled=False, components=(("B", Decimal(1)),)), False),
        (StockItem(code="A", item_id="1", stock_controlled=False, parent_code="P"), False),
        (StockItem(code="A", item_id="1", template=True), True),
    ],
)
def test_what_may_be_a_template(item: StockItem, answer: bool) -> None:
    assert is_template(item) is answer


def test_judging_again_says_the_same() -> None:
    assert judge_product(VARIANT, BELOW, POLICY, ref="r") == judge_product(VARIANT, BELOW, POLICY, ref="r")
    assert TEMPLATE.item_id
    assert CataloguePolicy().takes("anything")
