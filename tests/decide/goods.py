"""One good product, one good model, and everything that is known around them; each test spoils the part it is about."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from crossdock.cases.kind import Finding
from crossdock.decide.catalogue import Judgement, ModelFacts, ProductFacts, Template, Unfit, judge_model, judge_product
from crossdock.decide.catalogue_policy import CataloguePolicy, target
from crossdock.model.catalogue import AttributeValue, Product, ProductModel
from crossdock.model.stock import StockItem

POLICY = CataloguePolicy(
    targets={
        "name": target("description"), "ean": target("barcode"), "weight": target("weight"),
        "commodity": target("commodity_code"), "supplier": target("supplier"), "picture": target("media:Image URL"),
        "material": target("custom:Material"), "@category_paths": target("custom:Category"),
    },
    mapped=frozenset({"supplier", "tax_class"}),
    locale="en_GB", channel="ecommerce", tax_attribute="tax_class", private_media=("/api/",),
)  # fmt: skip
MAPS = {"supplier/acme": "ACM01", "tax_class/STD": "20"}


def value(attribute: str, data: Any, locale: str = "", channel: str = "") -> AttributeValue:
    return AttributeValue(attribute=attribute, data=data, locale=locale, channel=channel)


VALUES = (
    value("name", "Aurora helmet", "en_GB"), value("name", "Aurora-Helm", "de_DE"), value("ean", "5012345678900"),
    value("weight", {"amount": "268.0000", "unit": "GRAM"}), value("commodity", "65061010"), value("supplier", "acme"),
    value("tax_class", "STD"), value("material", ("abs", "foam")),
    value("picture", "https://cdn.norrsken.example/aurora.jpg"),
)  # fmt: skip
HELMET = Product(key="u-1", sku="NSC-09", family="helmets", categories=("road",), values=VALUES)
MODEL = ProductModel(
    code="AURORA", family="helmets", family_variant="by_size", values=(value("name", "Aurora helmet", "en_GB"),)
)
VARIANT = replace(HELMET, sku="NSC-09-M", parent="AURORA", values=(*VALUES, value("size", "M")))
TEMPLATE = Template(model="AURORA", code="AURORA", item_id="900", axes=("size",))
FACTS = ProductFacts(maps=MAPS, paths={"road": "master/helmets/road"})
BELOW = replace(FACTS, template=TEMPLATE)
KNOWN = StockItem(code="NSC-09", item_id="77")
MODEL_FACTS = ModelFacts(axes=("size",), maps={**MAPS})


def judged(product: Product = HELMET, facts: ProductFacts = FACTS, policy: CataloguePolicy = POLICY) -> Judgement:
    return judge_product(product, facts, policy, ref=f"product-{product.key}")


def judged_model(
    model: ProductModel = MODEL, facts: ModelFacts = MODEL_FACTS, policy: CataloguePolicy | None = None
) -> Judgement:
    return judge_model(model, facts, policy or replace(POLICY, tax_percent=Decimal(20)), ref=f"model-{model.code}")


def findings(judgement: Judgement) -> tuple[Finding, ...]:
    assert isinstance(judgement, Unfit), judgement
    return judgement.findings


def causes(judgement: Judgement) -> list[str]:
    return [one.cause for one in findings(judgement)]


def with_value(product: Product, attribute: str, data: Any) -> Product:
    """The same with that value alone for the attribute; None takes it away."""
    kept = tuple(one for one in product.values if one.attribute != attribute)
    return replace(product, values=kept if data is None else (*kept, value(attribute, data)))
