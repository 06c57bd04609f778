"""How complete a product is on each channel and locale, and the letter the quality job gives it."""

from collections.abc import Mapping
from typing import Any

from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.model import Cell, ChannelLocale, Entity, Pim, Values
from crossdock.sandbox.akeneo.tree import merged_values

LETTERS = ((100, "A"), (80, "B"), (60, "C"), (40, "D"), (0, "E"))


def completeness(pim: Pim, product: Entity) -> dict[ChannelLocale, int]:
    """Percent, rounded down, from the family's attribute requirements. No family: nothing to be complete about."""
    family = pim.table("families").get(product.family or "")
    if family is None:
        return {}
    values = merged_values(pim, product)
    found: dict[ChannelLocale, int] = {}
    for channel, locale in pim.channel_locales():
        required = [
            one for code in family["attribute_requirements"].get(channel, ())
            if (one := pim.attribute(code)) and _asked_in(one, locale)
        ]  # fmt: skip
        filled = sum(1 for one in required if _filled(pim, one, values, channel, locale))
        found[channel, locale] = 100 * filled // len(required) if required else 100
    return found


def complete_on(pim: Pim, product: Entity) -> frozenset[ChannelLocale]:
    return frozenset(place for place, percent in completeness(pim, product).items() if percent >= 100)


def letters(percents: Mapping[ChannelLocale, int]) -> dict[ChannelLocale, str]:
    """A stands for complete. The real job weighs spelling and images too; only the scale is Akeneo's."""
    return {place: next(letter for floor, letter in LETTERS if percent >= floor) for place, percent in percents.items()}


def _asked_in(attribute: Json, locale: str) -> bool:
    """A locale specific attribute is asked for in its locales only."""
    return not attribute["available_locales"] or locale in attribute["available_locales"]


def _filled(pim: Pim, attribute: Json, values: Values, channel: str, locale: str) -> bool:
    data = cell_of(attribute, values.get(attribute["code"], {}), locale, channel)
    if data is None:
        return False
    if attribute["type"] != "pim_catalog_price_collection":
        return True
    wanted = set(pim.table("channels")[channel]["currencies"])
    return wanted <= {price["currency"] for price in data}


def cell_of(attribute: Json, cells: Mapping[Cell, Any], locale: str | None, scope: str | None) -> Any:
    """The value a reader of one locale and channel sees."""
    return cells.get((locale if attribute["localizable"] else None, scope if attribute["scopable"] else None))
