"""Each structure resource's own rules. References are checked for form (documented 422), rules for sense (errors[])."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, invalid, misfit, violation
from crossdock.sandbox.akeneo.model import Pim
from crossdock.sandbox.akeneo.values import NAMES, TYPES

IDENTIFIERS_MAX = 10
AXIS_TYPES = frozenset({NAMES["select"], NAMES["boolean"], NAMES["metric"], NAMES["record"]})
LEVELS_MAX = 2
Rule = Callable[[Pim, Json | None, Json], list[Json]]
Reference = Callable[[Pim, Json, str], None]


def _refer(name: str, table: str, noun: str) -> Reference:
    """A code, or each of a list, that must be in a table."""

    def check(pim: Pim, after: Json, anchor: str) -> None:
        value = after[name]
        for code in value if isinstance(value, list) else [value]:
            if code is not None and code not in pim.table(table):
                text = (
                    f'Property "{name}" expects a valid {_kind(name, noun)}. The {noun} does not exist, "{code}" given.'
                )
                raise misfit(text, anchor)

    return check


def _kind(name: str, noun: str) -> str:
    return "code" if name in ("group", "attribute_requirements") else f"{noun} code"


def _requirements(pim: Pim, after: Json, anchor: str) -> None:
    for channel in after["attribute_requirements"]:
        if channel not in pim.table("channels"):
            text = f'The channel does not exist, "{channel}" given.'
            raise misfit(f'Property "attribute_requirements" expects a valid code. {text}', anchor)


def _attribute_type(_: Pim, after: Json, anchor: str) -> None:
    if after["type"] == "":
        raise misfit('Property "type" does not expect an empty value.', anchor)
    if after["type"] is not None and after["type"] not in TYPES:
        text = f'The attribute type does not exist, "{after["type"]}" given.'
        raise misfit(f'Property "type" expects a valid attribute type. {text}', anchor)


def _sets(pim: Pim, after: Json, anchor: str) -> None:
    sets = after["variant_attribute_sets"]
    if not all(isinstance(one, dict) for one in sets):
        raise misfit('Property "variant_attribute_sets" expects an array of objects as data.', anchor)
    for one in sets:
        one.setdefault("axes", [])
        one.setdefault("attributes", [])
        for code in [*one["axes"], *one["attributes"]]:
            if pim.attribute(code) is None:
                text = f'The attribute does not exist, "{code}" given.'
                raise misfit(f'Property "variant_attribute_sets" expects a valid attribute code. {text}', anchor)


def _family(pim: Pim, _: Json | None, after: Json) -> list[Json]:
    """The main identifier is always in a family, and always required."""
    main = pim.main_identifier
    if main not in after["attributes"]:
        after["attributes"].insert(0, main)
    for channel in pim.table("channels"):
        required = after["attribute_requirements"].setdefault(channel, [])
        if main not in required:
            required.insert(0, main)
    after["attribute_as_label"] = after["attribute_as_label"] or main
    found = [
        violation("attribute_requirements", _not_of_family(code, channel))
        for channel, codes in after["attribute_requirements"].items() for code in codes
        if code not in after["attributes"]
    ]  # fmt: skip
    found += [
        violation(name, f'Property "{name}" must belong to the family')
        for name in ("attribute_as_label", "attribute_as_image")
        if after[name] is not None and after[name] not in after["attributes"]
    ]  # fmt: skip
    label = pim.attribute(after["attribute_as_label"])
    if label is None or label["type"] not in (NAMES["identifier"], NAMES["text"]):
        text = f'"{NAMES["identifier"]}" and "{NAMES["text"]}" attribute types'
        found.append(
            violation("attribute_as_label", f'Property "attribute_as_label" only supports {text} for the family')
        )
    return found


def _not_of_family(code: str, channel: str) -> str:
    text = f'The attribute "{code}" cannot be an attribute required for the channel "{channel}"'
    return f"{text} as it does not belong to this family"


def _attribute(pim: Pim, before: Json | None, after: Json) -> list[Json]:
    identifiers = [code for code, one in pim.table("attributes").items() if one["type"] == NAMES["identifier"]]
    if before is None and after["type"] == NAMES["identifier"] and len(identifiers) >= IDENTIFIERS_MAX:
        text = f'Limit of "{IDENTIFIERS_MAX}" identifier attributes is reached. The following identifier has not been '
        return [violation("", text + "created ")]
    if after["type"] == NAMES["metric"] and after["metric_family"] not in pim.table("measurement_families"):
        return [violation("metric_family", "Please specify a valid metric family")]
    return []


def _category(pim: Pim, before: Json | None, after: Json) -> list[Json]:
    trees = {one["category_tree"] for one in pim.table("channels").values()}
    if before is not None and before["parent"] is None and after["parent"] is not None and after["code"] in trees:
        raise invalid("You can't move a category tree linked to a channel.")
    above = after["parent"]
    while above is not None:
        if above == after["code"]:
            return [violation("parent", "A category cannot be its own ancestor.")]
        above = pim.table("categories").get(above, {}).get("parent")
    return []


def _channel(pim: Pim, _: Json | None, after: Json) -> list[Json]:
    empty = "This collection should contain 1 element or more."
    found = [violation(name, empty) for name in ("locales", "currencies") if not after[name]]
    currencies = pim.table("currencies")
    asleep = [code for code in after["currencies"] if not currencies.get(code, {}).get("enabled")]
    found += [violation("currencies", f'The currency "{code}" has to be activated.') for code in asleep]
    if not found:
        for code in after["locales"]:
            pim.table("locales")[code]["enabled"] = True
    return found


def _variant(pim: Pim, before: Json | None, after: Json) -> list[Json]:
    sets: Sequence[Json] = after["variant_attribute_sets"]
    if before is not None and len(sets) != len(before["variant_attribute_sets"]):
        raise misfit(
            "The number of variant attribute sets cannot be changed.", "patch_families__family_code__variants__code__"
        )
    name = "variant_attribute_sets"
    levels = [one.get("level") for one in sets]
    missing = [level for level in range(1, max(len(sets), 1) + 1) if level not in levels]
    found = [violation(name, f'There is no variant attribute set for level "{level}"') for level in missing]
    if len(sets) > LEVELS_MAX:
        found.append(violation(name, f"The number of levels cannot be greater than {LEVELS_MAX}"))
    if before is not None and _axes(before) != _axes(after):
        found.append(violation("axes", "This property cannot be changed."))
    for one in sets:
        found += _axis_rules(pim, one)
        one["attributes"] = list(dict.fromkeys([*one["axes"], *one["attributes"]]))
    twice = _repeated([code for one in sets for code in one["attributes"]])
    if twice:
        text = f'Attributes must be unique, "{",".join(twice)}" are used several times in variant attributes sets'
        found.append(violation(name, text))
    return found


def _axes(variant: Json) -> list[Any]:
    return [(one.get("level"), one["axes"]) for one in variant["variant_attribute_sets"]]


def _axis_rules(pim: Pim, one: Json) -> list[Json]:
    name, level = "variant_attribute_sets", one.get("level")
    if not one["axes"]:
        return [violation(name, f'There should be at least one attribute defined as axis for level "{level}"')]
    if len(one["axes"]) > pim.knobs.axes_max:
        text = f'There are too many attributes defined as axis for level "{level}" ({pim.knobs.axes_max} allowed)'
        return [violation(name, text)]
    found = []
    for code in one["axes"]:
        attribute = pim.table("attributes")[code]
        if attribute["type"] not in AXIS_TYPES:
            found.append(violation(name, f'Attribute "{code}" can not be used as a variant axis'))
        elif attribute["localizable"] or attribute["scopable"] or attribute["unique"] or attribute["available_locales"]:
            text = "is localizable, scopable, locale specific or unique"
            found.append(violation(name, f'Attribute "{code}" {text}: it can not be a variant axis'))
    return found


def _repeated(codes: Sequence[str]) -> list[str]:
    return [code for number, code in enumerate(codes) if code in codes[:number]]


REFERENCES: Mapping[str, tuple[Reference, ...]] = {
    "families": (_refer("attributes", "attributes", "attribute"), _requirements),
    "attributes": (
        _attribute_type, _refer("group", "attribute_groups", "attribute group"),
        _refer("available_locales", "locales", "locale"),
    ),
    "attribute_groups": (_refer("attributes", "attributes", "attribute"),),
    "categories": (_refer("parent", "categories", "category"),),
    "channels": (_refer("locales", "locales", "locale"), _refer("category_tree", "categories", "category")),
    "family_variants": (_sets,),
}  # fmt: skip
CHECKS: Mapping[str, Rule] = {
    "families": _family, "attributes": _attribute, "categories": _category, "channels": _channel,
    "family_variants": _variant,
}  # fmt: skip
