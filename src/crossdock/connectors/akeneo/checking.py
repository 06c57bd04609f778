"""Whether a record says what was sent. The PIM answers 204 and leaves out in silence what a record may not hold.

So it does with values that belong to a product model above, and with everything when the user may edit and not own
(the change waits as a draft). Source: Akeneo REST API, "Products"; pim-community-dev, ProductAttributeFilter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from crossdock.connectors.akeneo import wire
from crossdock.connectors.akeneo.mapping import to_cell
from crossdock.connectors.akeneo.value_readers import Cell, Wrong
from crossdock.connectors.akeneo.values import Reading
from crossdock.connectors.akeneo.values_written import alike

EMPTY: tuple[Any, ...] = (None, "", [], {})
PLAIN = ("enabled", "family", "family_variant", "parent")


def differences(sent: Mapping[str, Any], kept: Mapping[str, Any], reading: Reading) -> list[str]:
    """What of a body the record does not say, each as a person would put it; empty when all of it is so."""
    reading = replace(reading, media="code")  # what was sent is a code, and the address of what is there proves nothing
    found = [
        f"{name} is {kept.get(name)!r}, not {sent[name]!r}"
        for name in PLAIN
        if name in sent and _folded(kept.get(name) or None) != _folded(sent[name] or None)
    ]
    if "categories" in sent and not _in_categories(sent["categories"], kept):
        found.append(f"categories are {kept.get('categories')!r}, not {sent['categories']!r}")
    return found + [f"{name} was left as it is" for name in _values(sent, kept, reading)]


def _in_categories(sent: list[str], kept: Mapping[str, Any]) -> bool:
    """A record with a parent also shows its parent's categories."""
    there = kept.get("categories")
    held = set(_folded(tuple(there))) if isinstance(there, list) else set()
    wanted = set(_folded(tuple(sent)))
    return wanted <= held if kept.get("parent") else wanted == held


def _folded(code: Any) -> Any:
    """Codes are the same in any case, and are kept in the case they were made in."""
    if isinstance(code, tuple):
        return tuple(_folded(one) for one in code)
    return code.casefold() if isinstance(code, str) else code


def _values(sent: Mapping[str, Any], kept: Mapping[str, Any], reading: Reading) -> Iterator[str]:
    there = kept.get("values")
    there = there if isinstance(there, dict) else {}
    for attribute, cells in sent.get("values", {}).items():
        for cell in cells:
            same = _cell(there.get(attribute), cell["locale"], cell["scope"])
            if not _same(attribute, cell["data"], same, reading):
                yield "/".join(part for part in (attribute, cell["locale"], cell["scope"]) if part)


def _cell(cells: Any, locale: str | None, scope: str | None) -> wire.Cell | None:
    for one in cells if isinstance(cells, list) else ():
        found, _ = wire.read(wire.Cell, one)
        if found is not None and (found.locale, found.scope) == (locale, scope):
            return found
    return None


def _same(attribute: str, data: Any, there: wire.Cell | None, reading: Reading) -> bool:
    if data in EMPTY and not isinstance(data, bool):
        return there is None or there.data in EMPTY
    if there is None:
        return False
    kept = to_cell(there)
    try:
        wanted = reading.read(attribute, Cell(data=data, kind=kept.kind, links=kept.links, linked=kept.linked))
        held = reading.read(attribute, kept)
    except Wrong:
        return False
    if reading.how(attribute, kept) in ("code", "codes"):
        wanted, held = _folded(wanted), _folded(held)
    return alike(wanted, held)
