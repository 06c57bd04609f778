"""Structure, media and the rest: wire → canonical, or a record of our own folder. Pure.

Source: Akeneo REST API, "Catalog structure", "Target market settings", "Media files", "Asset Manager".
"""

import re
from typing import Any
from urllib.parse import unquote

from crossdock.connectors.akeneo import records, wire
from crossdock.connectors.akeneo import wire_structure as structure
from crossdock.connectors.akeneo.mapping import DEFAULT, to_values
from crossdock.connectors.akeneo.records import labels
from crossdock.connectors.akeneo.value_readers import Wrong, amount, rehosted
from crossdock.connectors.akeneo.values import Reading
from crossdock.model.catalogue import Attribute, AttributeOption, AttributeValue, Category, Family, FamilyVariant
from crossdock.model.faults import DataFault

FAMILY_IN_LINK = re.compile(r"/families/([^/?]+)/variants")
ASSET_FAMILY_IN_LINK = re.compile(r"/asset-families/([^/?]+)/assets")
ENTITY_IN_LINK = re.compile(r"/reference-entities/([^/?]+)/records")


def to_family(record: Any, place: str = "") -> Family:
    found = wire.take(structure.Family, record, place)
    required = found.attribute_requirements.items()
    return Family(
        code=found.code,
        attributes=tuple(found.attributes),
        label_attribute=found.attribute_as_label or "",
        required=tuple((channel, attribute) for channel, attributes in required for attribute in attributes),
    )


def to_family_variant(record: Any, place: str = "", *, family: str = "") -> FamilyVariant:
    """family: as asked for; else as its own link says it, "" when nothing does. Raises DataFault for levels amiss."""
    found = wire.take(structure.FamilyVariant, record, place)
    levels = sorted(found.variant_attribute_sets, key=lambda one: one.level)
    if [one.level for one in levels] != list(range(1, len(levels) + 1)):
        told = [one.level for one in found.variant_attribute_sets]
        raise DataFault(wire.joined(place, "variant_attribute_sets"), f"must be level 1, then 2; was {told}")
    return FamilyVariant(
        code=found.code,
        family=family or in_link(found.links, FAMILY_IN_LINK),
        levels=tuple((tuple(one.axes), tuple(one.attributes)) for one in levels),
    )


def in_link(links: Any, pattern: re.Pattern[str]) -> str:
    """The part of a record's own address that the pattern names; "" when there is none."""
    own = links.get("self") if isinstance(links, dict) else None
    found = pattern.search(str(own.get("href") or "")) if isinstance(own, dict) else None
    return unquote(found[1]) if found else ""


def to_category(record: Any, place: str = "") -> Category:
    found = wire.take(structure.Category, record, place)
    return Category(code=found.code, parent=found.parent or "", labels=labels(found.labels), updated_at=found.updated)


def to_attribute(record: Any, place: str = "") -> Attribute:
    found = wire.take(structure.Attribute, record, place)
    return Attribute(
        code=found.code,
        kind=found.type,
        localizable=found.localizable,
        scopable=found.scopable,
        unique=found.unique,
        group=found.group or "",
        labels=labels(found.labels),
    )


def to_attribute_option(record: Any, place: str = "", *, attribute: str = "") -> AttributeOption:
    found = wire.take(structure.AttributeOption, record, place)
    return AttributeOption(attribute=found.attribute or attribute, code=found.code, labels=labels(found.labels))


def to_attribute_group(record: Any, place: str = "") -> records.AttributeGroup:
    found = wire.take(structure.AttributeGroup, record, place)
    attributes = tuple(found.attributes)
    return records.AttributeGroup(
        code=found.code, position=found.sort_order, attributes=attributes, labels=labels(found.labels)
    )


def to_channel(record: Any, place: str = "") -> records.Channel:
    found = wire.take(structure.Channel, record, place)
    return records.Channel(
        code=found.code,
        category_tree=found.category_tree,
        locales=tuple(found.locales),
        currencies=tuple(found.currencies),
        units=tuple((name, unit) for name, unit in found.conversion_units.items() if isinstance(unit, str)),
        labels=labels(found.labels),
    )


def to_locale(record: Any, place: str = "") -> records.Locale:
    found = wire.take(structure.Switch, record, place)
    return records.Locale(code=found.code, enabled=found.enabled)


def to_currency(record: Any, place: str = "") -> records.Currency:
    found = wire.take(structure.Switch, record, place)
    return records.Currency(code=found.code, enabled=found.enabled)


def to_association_type(record: Any, place: str = "") -> records.AssociationType:
    found = wire.take(structure.AssociationType, record, place)
    return records.AssociationType(
        code=found.code, two_way=found.is_two_way, quantified=found.is_quantified, labels=labels(found.labels)
    )


def to_measurement_family(record: Any, place: str = "") -> records.MeasurementFamily:
    found = wire.take(structure.MeasurementFamily, record, place)
    units = [_unit(one, wire.joined(place, f"units.{name}")) for name, one in found.units.items()]
    return records.MeasurementFamily(
        code=found.code, standard_unit=found.standard_unit_code, units=tuple(units), labels=labels(found.labels)
    )


def _unit(found: structure.Unit, place: str) -> records.Unit:
    steps = []
    for at, step in enumerate(found.convert_from_standard):
        try:
            steps.append((step.operator, format(amount(step.value), "f")))
        except Wrong as wrong:
            raise DataFault(f"{place}.convert_from_standard[{at}].value", wrong.problem) from wrong
    return records.Unit(code=found.code, symbol=found.symbol or "", to_standard=tuple(steps))


def to_media_file(record: Any, place: str = "", *, base_url: str = "") -> records.MediaFile:
    found = wire.take(structure.MediaFile, record, place)
    link = found.links.get("download")
    href = str(link.get("href") or "") if isinstance(link, dict) else ""
    return records.MediaFile(
        code=found.code,
        file_name=found.original_filename,
        media_type=found.mime_type or "",
        size=found.size,
        url=rehosted(href, base_url),
    )


def to_asset(record: Any, place: str = "") -> records.Asset | records.AssetFamily:
    """An asset; or an asset family, which has no values."""
    if isinstance(record, dict) and "values" not in record:
        named = wire.take(structure.NamedCode, record, place)
        return records.AssetFamily(code=named.code, labels=labels(named.labels))
    found, values = _with_values(record, place)
    family = in_link(found.links, ASSET_FAMILY_IN_LINK)
    return records.Asset(code=found.code, family=family, values=values, updated_at=found.updated)


def to_reference_entity(record: Any, place: str = "") -> records.ReferenceEntity | records.ReferenceRecord:
    """A reference entity, or a record of one, which has values."""
    if isinstance(record, dict) and "values" not in record:
        named = wire.take(structure.NamedCode, record, place)
        return records.ReferenceEntity(code=named.code, labels=labels(named.labels), image=named.image or "")
    found, values = _with_values(record, place)
    entity = in_link(found.links, ENTITY_IN_LINK)
    return records.ReferenceRecord(code=found.code, entity=entity, values=values, updated_at=found.updated)


def _with_values(record: Any, place: str, reading: Reading = DEFAULT
                 ) -> tuple[structure.Asset, tuple[AttributeValue, ...]]:  # fmt: skip
    found = wire.take(structure.Asset, record, place)
    problems: wire.Problems = []
    values = to_values(found.values, reading, place, problems)
    if problems:
        raise wire.fault_of(problems)
    return found, values


def to_catalog(record: Any, place: str = "") -> records.Catalog | records.CatalogProduct:
    """A catalog; or one of its products, of which the list says the uuid alone."""
    if isinstance(record, str) and record:
        return records.CatalogProduct(key=record)
    found = wire.take(structure.Catalog, record, place)
    return records.Catalog(key=found.id, name=found.name, enabled=found.enabled)


def to_token_terms(record: Any, place: str = "") -> records.TokenTerms:
    if isinstance(record, dict) and ("code" in record or "error" in record):
        raise DataFault(place or "document", "is a refusal, no token")
    found, problems = wire.read(structure.Token, record, place)
    if found is None:  # what stands there may be a secret: it is not repeated
        raise wire.fault_of([(where, "is missing, or not what a token answer holds there") for where, _ in problems])
    return records.TokenTerms(
        kind=found.token_type or "",
        seconds=found.expires_in,
        scope=found.scope or "",
        renewable=bool(found.refresh_token),
    )
