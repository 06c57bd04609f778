"""How a pairing makes stock items of a PIM's products."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from crossdock.decide.catalogue_policy import PSEUDO, CataloguePolicy, ItemRules, target
from crossdock.decide.measures import LENGTHS, WEIGHTS
from crossdock.model.item_document import MEASURES, ItemField
from crossdock.ports.config import Settings

Length = Annotated[int, Field(ge=1, le=100_000)]


def _target(text: str) -> str:
    target(text)  # raises InvalidValue, a ValueError: the ERP owns it, or nobody knows it
    return text


def _weight_unit(unit: str) -> str:
    if unit.upper() not in WEIGHTS:
        raise ValueError(f"must be one of {', '.join(WEIGHTS)}")
    return unit.upper()


def _size_unit(unit: str) -> str:
    if unit.upper() not in LENGTHS:
        raise ValueError(f"must be one of {', '.join(LENGTHS)}")
    return unit.upper()


def _pattern(text: str) -> str:
    if "{model}" not in text:
        raise ValueError("must hold {model}, such as {model}-FAMILY")
    return text


Target = Annotated[str, AfterValidator(_target)]
"""A field of the stock item, `custom:NAME`, or `media:NAME`; never one that the ERP owns (law L8)."""


class ItemRuleSettings(Settings):
    """What the ERP asks of a stock item. A product that does not comply waits in a case, with every reason at once."""

    stock_code_max: Length = Field(50, description="longest stock code, in characters")
    stock_code_forbidden: str = Field("#,", description="characters that no stock code may hold")
    description_max: Length = Field(250, description="longest description")
    description_forbidden: str = Field("#", description="characters that no description may hold")
    text_max: dict[ItemField, Length] = Field(
        default_factory=lambda: {ItemField.OTHER_REF: 50}, description="field → its longest text, where one is known"
    )
    barcode_max: Length = Field(50, description="longest barcode")
    commodity_code: str = Field(r"\d{8}(\d{2})?", description="regular expression of a commodity code: 8 digits, or 10")
    weight_above_zero: bool = Field(default=True, description="a weight of nothing is a mistake")
    required: tuple[ItemField, ...] = Field(
        (ItemField.DESCRIPTION,), description="fields that every stock item must have"
    )
    required_by_family: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="family of the PIM, or * for all → attributes that its products must hold"
    )
    required_channel: str = Field(
        "", description="ask also for what the PIM itself requires of a family for this channel; empty for none"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.rules()
        return self

    def rules(self) -> ItemRules:
        """Raises InvalidValue."""
        return ItemRules(**{one.name: getattr(self, one.name) for one in fields(ItemRules)})


class NewItemSettings(Settings):
    """What a stock item is given in the moment it is made. From then on the ERP owns it, and nothing here is sent."""

    tax_attribute: str = Field(
        "", description='attribute whose value says the tax; maps.attribute has "ATTRIBUTE/value" → its percent'
    )
    tax_percent: Decimal | None = Field(None, ge=0, le=100, description="tax of new items that name none")


class ReleaseSettings(Settings):
    """How the PIM is told. A new product is enabled only once the ERP has confirmed it."""

    hold_back: bool = Field(
        default=True,
        description="switch off in the PIM what the ERP does not hold, and on once the ERP has confirmed it; false "
        "leaves that switch to the PIM's own people",
    )
    status_attribute: str = Field("", description="attribute that shows where a product stands; empty for none")
    reasons_attribute: str = Field("", description="attribute that shows why it waits; empty for none")
    confirm_within_seconds: float = Field(
        7200, gt=0, description="how long the ERP may take to confirm an item before a person looks"
    )


class FamilySettings(Settings):
    """Product models and their variants: a size/colour family, a template and its items."""

    template_code: Annotated[str, AfterValidator(_pattern)] = Field(
        "{model}", description="stock code of a model's template"
    )
    template_code_taken: Annotated[str, AfterValidator(_pattern)] = Field(
        "{model}-FAMILY", description="its code where a plain stock item has that one: made a template, it would lose "
        "its stock"
    )  # fmt: skip
    describe_by_axes: bool = Field(
        default=True, description="a variant's description ends with what it differs by: Oslo handle S BLK"
    )
    existing: Literal["link", "ask"] = Field(
        "link",
        description="a plain item that becomes a variant: link it below the template, with its key, stock and orders, "
        "or ask a person",
    )
    replaces_attribute: str = Field(
        "", description="attribute of a model that names the SKU its variants take the place of; empty for none"
    )
    unseen: Literal["ask", "trust"] = Field(
        "ask",
        description="before an item is retired: ask a person to vouch for what the ERP does not tell (orders entered "
        "by hand, purchase orders), or trust that there is none",
    )


class CatalogueSettings(Settings):
    """What of the PIM goes into the ERP, and how."""

    families: tuple[str, ...] = Field((), description="families whose products are taken; empty for all")
    locale: str = Field("", description="which values are taken of an attribute that varies by locale")
    channel: str = Field("", description="which values are taken of an attribute that varies by channel")
    attributes: dict[str, Target] = Field(
        default_factory=lambda: {"name": "description"},
        description="attribute of the PIM, or " + ", ".join(PSEUDO) + " → field of the stock item, custom:NAME for a "
        "user-defined one, media:NAME for one that holds an address",
    )
    mapped: tuple[str, ...] = Field(
        (),
        description="attributes whose every value must have a code of the ERP in maps.attribute; others go as they are",
    )
    weight_unit: Annotated[str, AfterValidator(_weight_unit)] = Field(
        "KILOGRAM", description="unit that weights are sent in"
    )
    size_unit: Annotated[str, AfterValidator(_size_unit)] = Field(
        "CENTIMETER", description="unit that sizes are sent in"
    )
    private_media: tuple[str, ...] = Field(
        ("/api/",), description="parts of an address that only the PIM's own users may fetch: no such address is sent"
    )
    rules: ItemRuleSettings = Field(default_factory=ItemRuleSettings, description="what the ERP asks of a stock item")
    new_items: NewItemSettings = Field(default_factory=NewItemSettings, description="what a new item is given once")
    release: ReleaseSettings = Field(default_factory=ReleaseSettings, description="how the PIM is told")
    structure: FamilySettings = Field(default_factory=FamilySettings, description="models, variants and their items")

    @model_validator(mode="after")
    def _one_attribute_a_field(self) -> Self:
        targets: dict[tuple[ItemField | None, str], str] = {}
        for attribute, where in self.attributes.items():
            found = target(where)
            if (other := targets.setdefault((found.field, found.custom.casefold()), attribute)) != attribute:
                raise ValueError(f"attributes: {other} and {attribute} would both fill {where}; keep one of them")
        if self.mapped and (measured := [one for one in self.mapped if self.attributes.get(one) in set(MEASURES)]):
            raise ValueError(f"mapped: {', '.join(measured)} fills a measure, which has no code")
        if self.release.status_attribute and self.release.status_attribute == self.release.reasons_attribute:
            raise ValueError("release: status_attribute and reasons_attribute must be two attributes")
        return self

    @property
    def template_codes(self) -> tuple[str, str]:
        """The patterns for the code of a model's template: the first, and the one where that is taken."""
        return self.structure.template_code, self.structure.template_code_taken

    def policy(self) -> CataloguePolicy:
        return CataloguePolicy(
            targets={attribute: target(text) for attribute, text in self.attributes.items()},
            mapped=frozenset({*self.mapped, self.new_items.tax_attribute} - {""}),
            locale=self.locale,
            channel=self.channel,
            families=frozenset(self.families),
            weight_unit=self.weight_unit,
            size_unit=self.size_unit,
            rules=self.rules.rules(),
            tax_attribute=self.new_items.tax_attribute,
            tax_percent=self.new_items.tax_percent,
            private_media=self.private_media,
            status_attribute=self.release.status_attribute,
            reasons_attribute=self.release.reasons_attribute,
            hold_back=self.release.hold_back,
            template_code=self.structure.template_code,
            template_code_taken=self.structure.template_code_taken,
            existing=self.structure.existing,
            unseen=self.structure.unseen,
            replaces_attribute=self.structure.replaces_attribute,
            required_channel=self.rules.required_channel,
            describe_by_axes=self.structure.describe_by_axes,
        )


class CatalogueCadence(Settings):
    """How often each list is looked at. Webhooks only make it sooner."""

    products_every_seconds: float = Field(300, gt=0, description="between two looks for changed products and models")
    items_every_seconds: float = Field(900, gt=0, description="between two looks for changed stock items")
    shapes_every_seconds: float = Field(
        3600, gt=0, description="between two reads of families, their variants and categories"
    )
    confirm_every_seconds: float = Field(
        60, gt=0, description="between two looks whether the ERP holds what was laid out"
    )
    compare_every_seconds: float = Field(
        86_400, gt=0, description="between two comparisons of every product with what is held here and in the ERP"
    )
    recheck_every_seconds: float = Field(300, gt=0, description="between two looks at a product that waits in a case")
    net_every_seconds: float = Field(1, gt=0, description="between two looks for whatever is due")
