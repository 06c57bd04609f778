"""The `values` of a body, laid into a product or model cell by cell.

Values that belong to an ancestor's level are dropped without a word (ProductAttributeFilter); with SaaS'
`update_parent_values` they are written there instead.
"""

from typing import Any

from crossdock.sandbox.akeneo.errors import Json, bad_value, misfit, php_type, violation
from crossdock.sandbox.akeneo.model import MODEL, PRODUCT, Cell, Entity, Pim
from crossdock.sandbox.akeneo.tree import ancestors, attribute_level, family_variant_of, level_of
from crossdock.sandbox.akeneo.values import Slip, WrongValue, attribute_for, read_data
from crossdock.sandbox.akeneo.writing import Writing, check_form


def apply_values(pim: Pim, entity: Entity, values: Any, writing: Writing) -> None:
    """Changes the entity; what may not stand is added to `writing.found`. Raises PimError for a wrong form."""
    check_form("values", values, "map", writing.anchor)
    for code, cells in dict(values).items():
        attribute = attribute_for(pim, code, unknown=lambda name: _unknown(entity, name, writing))
        checked = _checked_cells(code, cells, writing)
        owner = _owner(pim, entity, attribute, writing)
        if owner is not None:
            _lay(pim, owner, attribute, checked, writing)


def _unknown(entity: Entity, code: str, writing: Writing) -> Exception:
    if entity.kind == MODEL:
        return misfit(f'Property "{code}" does not exist.', writing.anchor)
    return misfit(f"The {code} attribute does not exist in your PIM.", writing.anchor)


def _checked_cells(code: str, cells: Any, writing: Writing) -> dict[Cell, Any]:
    check_form(code, cells, "array", writing.anchor)
    seen: dict[Cell, Any] = {}
    for cell in cells:
        if not isinstance(cell, dict):
            raise misfit(f'Property "{code}" expects an array as data, "{php_type(cell)}" given.', writing.anchor)
        for key in ("locale", "scope", "data"):
            if key not in cell:
                raise misfit(f'Property "{code}" expects an array with the key "{key}".', writing.anchor)
        place = (cell["locale"], cell["scope"])
        if place in seen:
            text = f'You cannot update the same product value on the "{code}" attribute twice, '
            raise misfit(text + "with the same scope and locale.", writing.anchor)
        seen[place] = cell["data"]
    return seen


def _owner(pim: Pim, entity: Entity, attribute: Json, writing: Writing) -> Entity | None:
    """Whose value this is: the entity's, an ancestor's that may be written along, or nobody's here."""
    variant = family_variant_of(pim, entity)
    if variant is None:
        return entity
    level = attribute_level(pim, variant, attribute["code"])
    own = level_of(pim, entity)
    if level is None:
        text = f'Attribute "{attribute["code"]}" does not belong to the family "{variant["~family"]}"'
        writing.found.append(violation("attribute", text))
        return None
    if level == own or (level > own and entity.kind == PRODUCT):
        return entity
    if level < own and entity.kind == PRODUCT and writing.update_parents:
        ancestor = ancestors(pim, entity)[level]
        return writing.touched.setdefault(ancestor.key, ancestor.clone())
    return None


def _lay(pim: Pim, owner: Entity, attribute: Json, cells: dict[Cell, Any], writing: Writing) -> None:
    slip = Slip(pim, attribute, writing.anchor, writing.create_options)
    held = owner.values.setdefault(attribute["code"], {})
    for (locale, scope), data in cells.items():
        try:
            _check_place(pim, attribute, locale, scope)
            kept = read_data(slip, data)
        except WrongValue as wrong:
            writing.found.append(bad_value(attribute["code"], str(wrong), locale, scope))
            continue
        if kept is None:
            held.pop((locale, scope), None)
        else:
            held[locale, scope] = kept
    if not held:
        del owner.values[attribute["code"]]


def _check_place(pim: Pim, attribute: Json, locale: str | None, scope: str | None) -> None:
    code, channels = attribute["code"], pim.table("channels")
    if attribute["scopable"] and scope is None:
        raise WrongValue(f"The {code} attribute requires a value per channel.")
    if not attribute["scopable"] and scope is not None:
        raise WrongValue(
            f"The {code} attribute does not require a value per channel, the {scope} channel was detected."
        )
    if scope is not None and scope not in channels:
        text = f"requires a value per channel. The {scope} channel (scope) must exist in your PIM"
        raise WrongValue(f"The {code} attribute {text}")
    if attribute["localizable"] and locale is None:
        raise WrongValue(f"The {code} attribute requires a value per locale.")
    if not attribute["localizable"] and locale is not None:
        raise WrongValue(f"The {code} attribute does not require a value per locale, the {locale} locale was detected.")
    if locale is None:
        return
    if not pim.locale_active(locale):
        raise WrongValue(f"The {code} attribute requires a valid locale. The {locale} locale does not exist.")
    if scope is not None and locale not in channels[scope]["locales"]:
        raise WrongValue(f"The {code} attribute requires a valid locale. {locale} is not activated for {scope}.")
    if attribute["available_locales"] and locale not in attribute["available_locales"]:
        raise WrongValue(f"The {code} attribute is locale specific. {locale} is none of its locales.")
