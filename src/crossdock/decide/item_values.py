"""What a product says → the fields of a stock item, and every reason why one of them cannot be filled."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ATTRIBUTE_UNMAPPED, ITEM_INVALID_FOR_ERP
from crossdock.decide import catalogue_policy as policies
from crossdock.decide.catalogue_policy import CataloguePolicy, Target
from crossdock.decide.measures import converted
from crossdock.decide.media import media_problem
from crossdock.model.catalogue import AttributeValue
from crossdock.model.item_document import MEASURES, ItemField

SIZES = MEASURES - {ItemField.WEIGHT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A product, or a product model, as far as a stock item can be made of it. name: what people call it."""

    name: str
    family: str
    model: str = ""
    categories: tuple[str, ...] = ()
    values: tuple[AttributeValue, ...] = ()


@dataclass(slots=True)
class Filled:
    """Fields as they come together."""

    texts: dict[ItemField, str] = field(default_factory=dict)
    measures: dict[ItemField, Decimal] = field(default_factory=dict)
    custom: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def has(self, name: ItemField) -> bool:
        return name in self.texts or name in self.measures


def fill(
    said: Said,
    policy: CataloguePolicy,
    *,
    maps: Mapping[str, str],
    paths: Mapping[str, str],
    strict: bool = True,
    ending: str = "",
) -> Filled:
    """maps: "ATTRIBUTE/value" → the ERP's code. paths: category → where it stands in its tree. ending: of a
    description, unless it ends so anyway.

    strict: whether what must be there is asked for; a family's template is sold by nobody and needs only to be sound.
    """
    filled = Filled()
    for name, where in policy.targets.items():
        data = _said(said, name, policy, paths)
        if data is not None:
            _put(filled, said, name, where, data, policy, maps)
    description = filled.texts.get(ItemField.DESCRIPTION, "")
    if description and ending and not description.casefold().endswith(ending.casefold()):
        filled.texts[ItemField.DESCRIPTION] = f"{description} {ending}"
    _check_texts(filled, said, policy)
    if strict:
        _check_required(filled, said, policy)
    return filled


def pick(values: Iterable[AttributeValue], attribute: str, policy: CataloguePolicy) -> Any:
    """The value of the attribute in the pairing's locale and channel, or the one that does not vary; None if none."""
    found = {(one.locale, one.channel): one.data for one in values if one.attribute == attribute}
    for locale in dict.fromkeys((policy.locale, "")):
        for channel in dict.fromkeys((policy.channel, "")):
            if (data := found.get((locale, channel))) not in (None, "", (), []):
                return data
    return None


def plain(data: Any) -> str | None:
    """A value as text; None for one that no text says: prices, rows of a table."""
    match data:
        case bool():
            return "Yes" if data else "No"
        case str():
            return data.strip()
        case Decimal() | int():
            return format(Decimal(data).normalize() + 0, "f")
        case {"amount": amount, "unit": unit}:
            return f"{plain(amount)} {unit}"
        case tuple() | list():
            parts = [one.get("code") if isinstance(one, Mapping) else one for one in data]
            return ", ".join(map(str, parts)) if all(isinstance(one, str) for one in parts) else None
    return None


def mapped(said: Said, attribute: str, data: Any, maps: Mapping[str, str]) -> tuple[str, list[Finding]]:
    """The ERP's codes of a select, and a finding for each that has none."""
    codes = list(data) if isinstance(data, tuple | list) else [plain(data) or ""]
    found, missing = [], []
    for code in codes:
        key = f"{attribute}/{code}"
        if (theirs := maps.get(key)) is None:
            missing.append(ATTRIBUTE_UNMAPPED.about(key, option=str(code), attribute=attribute, sku=said.name))
        else:
            found.append(theirs)
    return ", ".join(found), missing


def invalid(said: Said, problem: str) -> Finding:
    """Something about this one product alone."""
    return ITEM_INVALID_FOR_ERP.about(said.name, sku=said.name, problem=problem)


def of_family(said: Said, problem: str) -> Finding:
    """Something that is amiss with every product of the family that lacks it: one cause, one case."""
    group = f"products of family {said.family}" if said.family else "products without a family"
    return ITEM_INVALID_FOR_ERP.about(f"{group}: {problem}", sku=group, problem=problem)


def _said(said: Said, name: str, policy: CataloguePolicy, paths: Mapping[str, str]) -> Any:
    match name:
        case policies.CATEGORIES:
            return ", ".join(sorted(said.categories)) or None
        case policies.CATEGORY_PATHS:
            return ", ".join(sorted(paths.get(one, one) for one in said.categories)) or None
        case policies.FAMILY:
            return said.family or None
        case policies.MODEL:
            return said.model or None
    return pick(said.values, name, policy)


def _put(
    filled: Filled, said: Said, name: str, where: Target, data: Any, policy: CataloguePolicy, maps: Mapping[str, str]
) -> None:
    if name in policy.mapped:
        codes, missing = mapped(said, name, data, maps)
        filled.findings += missing
        if not missing:
            _text(filled, where, codes)
    elif where.field in MEASURES:
        _measure(filled, said, name, where, data, policy)
    elif where.media:
        _media(filled, said, name, where, data, policy)
    elif (text := plain(data)) is None:
        filled.findings.append(of_family(said, f"{name} holds what no text of a stock item can say"))
    else:
        _text(filled, where, text)


def _text(filled: Filled, where: Target, text: str) -> None:
    if text and where.field is None:
        filled.custom[where.custom] = text
    elif text and where.field is not None:
        filled.texts[where.field] = text


def _measure(filled: Filled, said: Said, name: str, where: Target, data: Any, policy: CataloguePolicy) -> None:
    assert where.field is not None
    into = policy.size_unit if where.field in SIZES else policy.weight_unit
    match data:
        case {"amount": amount, "unit": unit}:
            size = _number(amount)
            number = None if size is None else converted(size, str(unit), into)
            if number is None:
                filled.findings.append(of_family(said, f"{name} is in {unit}, which is not to be had in {into}"))
                return
        case _ if (found := _number(data)) is not None:
            number = found
        case _:
            filled.findings.append(of_family(said, f"{name} is no measure"))
            return
    if number < 0 or (number == 0 and where.field is ItemField.WEIGHT and policy.rules.weight_above_zero):
        filled.findings.append(invalid(said, f"its {where.field} is {number:f}"))
    else:
        filled.measures[where.field] = number


def _number(data: Any) -> Decimal | None:
    if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
        return None
    try:
        number = Decimal(data)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _media(filled: Filled, said: Said, name: str, where: Target, data: Any, policy: CataloguePolicy) -> None:
    addresses = _addresses(data)
    for address in addresses:
        if problem := media_problem(address, policy.private_media):
            filled.findings.append(of_family(said, f"the address in {name} {problem}"))
            return
    filled.custom[where.custom] = " ".join(addresses)


def _addresses(data: Any) -> Sequence[str]:
    """Of an asset its public addresses; a code without any is no address and is told as such."""
    if isinstance(data, str):
        return [data.strip()]
    found: list[str] = []
    for one in data if isinstance(data, tuple | list) else [data]:
        urls = one.get("urls", ()) if isinstance(one, Mapping) else ()
        found += [str(url) for url in urls] or [str(one.get("code", one) if isinstance(one, Mapping) else one)]
    return found


def _check_texts(filled: Filled, said: Said, policy: CataloguePolicy) -> None:
    rules = policy.rules
    longest = {ItemField.DESCRIPTION: rules.description_max, ItemField.BARCODE: rules.barcode_max, **rules.text_max}
    for name, text in filled.texts.items():
        if len(text) > (limit := longest.get(name, len(text))):
            filled.findings.append(invalid(said, f"its {name} has {len(text)} characters; the ERP holds {limit}"))
    description = filled.texts.get(ItemField.DESCRIPTION, "")
    if bad := _forbidden(description, rules.description_forbidden):
        filled.findings.append(invalid(said, f"its description holds {bad}, which the ERP does not take"))
    commodity = filled.texts.get(ItemField.COMMODITY_CODE)
    if commodity is not None and not re.fullmatch(rules.commodity_code, commodity):
        filled.findings.append(invalid(said, f"{commodity!r} is no commodity code"))


def _check_required(filled: Filled, said: Said, policy: CataloguePolicy) -> None:
    waits = {one.facts.get("attribute") for one in filled.findings}
    for name in policy.rules.required:
        sources = [attribute for attribute, where in policy.targets.items() if where.field is name]
        if not filled.has(name) and not waits.intersection(sources):
            filled.findings.append(of_family(said, f"{' or '.join(sources) or name} is missing"))
    for attribute in policy.rules.attributes_of(said.family):
        if pick(said.values, attribute, policy) is None:
            filled.findings.append(of_family(said, f"{attribute} is missing"))


def _forbidden(text: str, characters: str) -> str:
    return " and ".join(one for one in characters if one in text)


def code_problem(code: str, policy: CataloguePolicy) -> str:
    """Why the ERP would not take this stock code; "" when it would."""
    rules = policy.rules
    if code != code.strip():
        return "its SKU begins or ends with a space, which the ERP strips"
    if len(code) > rules.stock_code_max:
        return f"its SKU has {len(code)} characters; the ERP holds {rules.stock_code_max}"
    if bad := _forbidden(code, rules.stock_code_forbidden):
        return f"its SKU holds {bad}, which the ERP does not take"
    return ""
