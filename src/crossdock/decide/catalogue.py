"""May this product become, or change, a stock item? Every reason why not, at once; or the item it becomes (L2, L8).

A document says only what the PIM owns. Tax and kind are given to an item in the moment it is made, and never again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ATTRIBUTE_UNMAPPED, ITEM_NOT_ON_SALE, STRUCTURE_CHANGE_BLOCKED
from crossdock.decide.catalogue_policy import CataloguePolicy
from crossdock.decide.item_values import Filled, Said, code_problem, fill, invalid, mapped, of_family, pick, plain
from crossdock.model.catalogue import Product, ProductModel
from crossdock.model.item_document import Birth, Family, ItemDocument
from crossdock.model.stock import StockItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The family that a variant belongs to, as far as it is in the ERP. model: code of the root model.

    code: of the template; item_id: the ERP's key of it, "" while the ERP has not confirmed it. axes: attributes that
    its items vary by, in order.
    """

    model: str
    code: str
    item_id: str = ""
    axes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """What is known around one product, all read at one moment.

    item: what the ERP holds under its SKU. known_id, known_code: the ERP's key of it and its code there, once it was
    confirmed. maps: "ATTRIBUTE/value" → the ERP's code. paths: category → where it stands. template: of a variant; None
    when its model is not known here. twin: SKU of another product that the ERP would take for this one.
    """

    item: StockItem | None = None
    known_id: str = ""
    known_code: str = ""
    maps: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    template: Template | None = None
    twin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The same around one root model. item: what the ERP holds under the template's first code; taken_item: under the
    code that is used when the first is taken. known_id, known_code: of the template once it was confirmed.

    sku_alive: a product of the PIM goes by the template's first code.
    """

    axes: tuple[str, ...] = ()
    item: StockItem | None = None
    taken_item: StockItem | None = None
    known_id: str = ""
    known_code: str = ""
    maps: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    sku_alive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """It may go. replaces: stock code of a plain item whose place the model's items take, "" for none."""

    document: ItemDocument
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert:
    """The ERP holds it as a plain item, and it shall be one of a family: a structure change."""

    document: ItemDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Every reason found, so that one visit to the PIM mends the product."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A product that this pairing does not take; counted, never a case."""

    reason: str


Judgement = Fit | Convert | Unfit | LeftOut


def judge_product(product: Product, facts: ProductFacts, policy: CataloguePolicy, *, ref: str) -> Judgement:
    """ref: ours, of its stock item. A variant is fit before its family's template is in the ERP; it waits for that."""
    if not policy.takes(product.family):
        return LeftOut(reason=f"family {product.family or 'none'} is not taken")
    model = facts.template.model if facts.template is not None else ""
    said = Said(
        name=product.sku or product.key, family=product.family, model=model, categories=product.categories,
        values=product.values,
    )  # fmt: skip
    family, amiss = _family(said, product, facts, policy)
    ending = " ".join(family.values) if family is not None and policy.describe_by_axes else ""
    filled = fill(said, policy, maps=facts.maps, paths=facts.paths, ending=ending.strip())
    findings = [*_code(said, product, facts, policy), *filled.findings]
    birth, missing = _birth(said, facts.item, facts.maps, policy)
    findings += [*missing, *amiss, *(_structure(product, facts) if product.sku else ())]
    if findings:
        return Unfit(findings=_once(findings))
    item_id = facts.item.item_id if facts.item is not None else ""
    document = _document(ref, product.sku, item_id, filled, birth=birth, family=family)
    if facts.item is not None and family is not None and not facts.item.parent_code:
        return Convert(document=document)
    return Fit(document=document)


def judge_model(model: ProductModel, facts: ModelFacts, policy: CataloguePolicy, *, ref: str) -> Judgement:
    """A root model becomes a template: what its items have in common, never stocked and never sold."""
    if not policy.takes(model.family):
        return LeftOut(reason=f"family {model.family} is not taken")
    said = Said(
        name=model.code, family=model.family, model=model.code, categories=model.categories, values=model.values
    )  # fmt: skip
    filled = fill(said, policy, maps=facts.maps, paths=facts.paths, strict=False)
    findings = list(filled.findings)
    code, item, replaces = _template_code(model, facts, policy)
    if problem := code_problem(code, policy):
        findings.append(invalid(said, problem.replace("its SKU", "its template's code")))
    if item is not None and not is_template(item):
        problem = f"its template cannot be {code}: the ERP holds a plain stock item of that code"
        findings.append(STRUCTURE_CHANGE_BLOCKED.about(model.code, sku=model.code, problem=problem))
    if not facts.axes:
        findings.append(invalid(said, "nobody says by what its variants differ"))
    birth, missing = _birth(said, item, facts.maps, policy, stock_controlled=False)
    findings += missing
    if findings:
        return Unfit(findings=_once(findings))
    item_id = item.item_id if item is not None else ""
    headings = tuple(heading(axis) for axis in facts.axes)
    return Fit(document=_document(ref, code, item_id, filled, birth=birth, headings=headings), replaces=replaces)


def is_template(item: StockItem) -> bool:
    """Whether an item may be a family's template: it holds no stock of its own, and is neither a pack nor in a family.

    An empty template looks like any item that is not stock controlled: nothing would be lost with it.
    """
    return item.template or not (item.stock_controlled or item.components or item.parent_code)


def heading(axis: str) -> str:
    """frame_colour → Frame colour."""
    return axis.replace("_", " ").strip().capitalize()


def template_codes(model: str, policy: CataloguePolicy) -> tuple[str, str]:
    """The code of a model's template, and the one that is used when a plain item has that."""
    return policy.template_code.replace("{model}", model), policy.template_code_taken.replace("{model}", model)


def _template_code(
    model: ProductModel, facts: ModelFacts, policy: CataloguePolicy
) -> tuple[str, StockItem | None, str]:
    """(code, what the ERP holds under it, the plain item whose place is taken)."""
    first, second = template_codes(model.code, policy)
    named = plain(pick(model.values, policy.replaces_attribute, policy)) or "" if policy.replaces_attribute else ""
    if facts.known_code:
        item = facts.item if facts.known_code.casefold() == first.casefold() else facts.taken_item
        taken = facts.item is not None and not is_template(facts.item) and not facts.sku_alive
        return facts.known_code, item, named or (first if taken else "")
    if facts.item is None or is_template(facts.item):
        return first, facts.item, named
    # A plain item has the code. Made a template it would lose its stock, so the template goes by another one.
    return second, facts.taken_item, named or ("" if facts.sku_alive else first)


def _document(
    ref: str,
    code: str,
    item_id: str,
    filled: Filled,
    *,
    birth: Birth | None,
    family: Family | None = None,
    headings: tuple[str, ...] = (),
) -> ItemDocument:
    return ItemDocument(
        ref=ref, code=code, item_id=item_id, birth=birth, family=family, headings=headings,
        texts=tuple(sorted(filled.texts.items())), measures=tuple(sorted(filled.measures.items())),
        custom=tuple(sorted(filled.custom.items())),
    )  # fmt: skip


def _code(said: Said, product: Product, facts: ProductFacts, policy: CataloguePolicy) -> list[Finding]:
    if not product.sku:
        return [of_family(said, "there is no SKU")]
    findings = []
    if problem := code_problem(product.sku, policy):
        findings.append(invalid(said, problem))
    if facts.twin:
        problem = f"the ERP takes {facts.twin} for the same code"
        findings.append(invalid(said, problem))
    return findings


def _birth(
    said: Said,
    item: StockItem | None,
    maps: Mapping[str, str],
    policy: CataloguePolicy,
    *,
    stock_controlled: bool = True,
) -> tuple[Birth | None, list[Finding]]:
    """What a new item is given; nothing for one that is there: its tax is the ERP's."""
    if item is not None:
        return None, []
    data = pick(said.values, policy.tax_attribute, policy) if policy.tax_attribute else None
    if data is None:
        if policy.tax_percent is None:
            return None, [
                of_family(said, f"{policy.tax_attribute or 'a tax rate'} is missing, and a new item needs one")
            ]
        return Birth(tax_percent=policy.tax_percent, stock_controlled=stock_controlled), []
    text, missing = mapped(said, policy.tax_attribute, data, maps)
    if missing:
        return None, missing
    try:
        percent = Decimal(text)
        if not 0 <= percent <= 100:
            raise InvalidOperation
    except InvalidOperation:
        key = f"{policy.tax_attribute}/{plain(data)}"
        option = f"{plain(data)} (mapped to {text!r}, which is no tax percent)"
        return None, [ATTRIBUTE_UNMAPPED.about(key, option=option, attribute=policy.tax_attribute, sku=said.name)]
    return Birth(tax_percent=percent, stock_controlled=stock_controlled), []


def _family(
    said: Said, product: Product, facts: ProductFacts, policy: CataloguePolicy
) -> tuple[Family | None, list[Finding]]:
    if not product.parent:
        return None, []
    template = facts.template
    if template is None:
        return None, [invalid(said, f"its product model {product.parent} is not known here")]
    values, findings = [], []
    for axis in template.axes:
        data = pick(product.values, axis, policy)
        text = plain(data) if data is not None else None
        if not text:
            findings.append(invalid(said, f"it has no {axis}, by which the variants of {template.model} differ"))
        elif axis in policy.mapped:
            text, missing = mapped(said, axis, data, facts.maps)
            findings += missing
        values.append(text or "")
    return Family(code=template.code, item_id=template.item_id, values=tuple(values)), findings


def _structure(product: Product, facts: ProductFacts) -> list[Finding]:
    """What the ERP holds must be what the PIM means; what no channel can turn into it, a person must."""
    problems = []
    item, template = facts.item, facts.template
    if facts.known_id and item is None and facts.known_code.casefold() == product.sku.casefold():
        missing = "the ERP holds it no more: make it there again, or have it sent again"
        return [ITEM_NOT_ON_SALE.about(product.sku, sku=product.sku, missing=missing)]
    if facts.known_id and (item is None or item.item_id != facts.known_id):
        known = facts.known_code
        problems.append(f"the ERP holds it as {known}; rename it in the ERP, or give it that SKU again in the PIM")
    elif item is not None and item.template:
        problems.append("the ERP holds a family's template under its code, and a template is never sold")
    elif item is not None and item.parent_code and not product.parent:
        problems.append(f"it is a simple product now, and the ERP holds it below {item.parent_code}")
    elif (
        item is not None and template is not None and item.parent_code.casefold() not in ("", template.code.casefold())
    ):
        problems.append(f"the ERP holds it below {item.parent_code}, and it belongs below {template.code} now")
    return [STRUCTURE_CHANGE_BLOCKED.about(product.sku, sku=product.sku, problem=one) for one in problems]


def _once(findings: list[Finding]) -> tuple[Finding, ...]:
    """One finding a cause; what is amiss with one product for several reasons says them all."""
    found: dict[tuple[str, str], Finding] = {}
    for one in findings:
        known = found.setdefault((one.kind.code, one.subject), one)
        if known is not one and "problem" in one.facts:
            both = {**one.facts, "problem": f"{known.facts['problem']}; {one.facts['problem']}"}
            found[one.kind.code, one.subject] = replace(one, facts=both)
    return tuple(found.values())
