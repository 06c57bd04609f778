"""Structure out of the PIM: families, their variants, categories, attributes and their options.

Source: Akeneo REST API, "Catalog structure".
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from crossdock.connectors.akeneo import mapping_structure as mapping
from crossdock.connectors.akeneo import wire
from crossdock.connectors.akeneo.client import quoted
from crossdock.connectors.akeneo.jsondoc import dump
from crossdock.connectors.akeneo.mapping import key_in
from crossdock.connectors.akeneo.paging import read_pages
from crossdock.connectors.akeneo.session import Session
from crossdock.model.catalogue import Attribute, AttributeOption, Category, Family, FamilyVariant
from crossdock.model.faults import DataFault
from crossdock.ports.systems import Document

T = TypeVar("T")
NOTHING = frozenset({404})  # no such family, or an attribute that has no options


class StructureReads:
    """Implements StructureSource."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_families(self) -> AsyncIterator[Sequence[Document[Family]]]:
        return self._read("families", mapping.to_family)

    def read_family_variants(self, family: str) -> AsyncIterator[Sequence[Document[FamilyVariant]]]:
        """Those of one family; none where there is no such family."""
        path = f"families/{quoted(family)}/variants"
        return self._read(path, lambda row: mapping.to_family_variant(row, family=family), nothing_on=NOTHING)

    def read_categories(self) -> AsyncIterator[Sequence[Document[Category]]]:
        return self._read("categories", mapping.to_category)

    def read_attributes(self) -> AsyncIterator[Sequence[Document[Attribute]]]:
        return self._read("attributes", mapping.to_attribute)

    def read_attribute_options(self, attribute: str) -> AsyncIterator[Sequence[Document[AttributeOption]]]:
        """Those of one select; none where there is no such attribute, or one without options."""
        path = f"attributes/{quoted(attribute)}/options"
        return self._read(path, lambda row: mapping.to_attribute_option(row, attribute=attribute), nothing_on=NOTHING)

    async def _read(
        self, path: str, read: Callable[[Any], T], *, nothing_on: frozenset[int] = frozenset()
    ) -> AsyncIterator[Sequence[Document[T]]]:
        given: set[str] = set()  # a row that is inserted while pages are counted pushes another onto the next page
        size = self._session.settings.page_size
        async for rows in read_pages(self._session.api, path, size=size, nothing_on=nothing_on):
            found = [document(row, read) for row in rows]
            fresh = [one for one in found if not one.ref or one.ref not in given]
            given.update(one.ref for one in fresh)
            if fresh:
                yield fresh


def document(row: Any, read: Callable[[Any], T]) -> Document[T]:
    """One row by itself: what is wrong with it stops no other."""
    value, fault = None, None
    try:
        value = read(row)
    except DataFault as problem:
        fault = problem
    code = key_in(row, "code")
    changed = wire.moment(row.get("updated")) if isinstance(row, dict) else None
    return Document(ref=code, raw=dump(row), value=value, fault=fault, updated_at=changed, label=code)
