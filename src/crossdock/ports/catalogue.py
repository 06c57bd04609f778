"""What a PIM, or a storefront's catalogue, can do. Rules of reading and writing as in `systems`."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from crossdock.model.catalogue import (
    Attribute,
    AttributeOption,
    Category,
    Family,
    FamilyVariant,
    Product,
    ProductChange,
    ProductModel,
    ProductModelChange,
)
from crossdock.model.faults import Outcome
from crossdock.ports.systems import Document


class ProductSource(Protocol):
    def read_products(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Product]]]: ...

    async def find_products(self, skus: Sequence[str]) -> Sequence[Product]:
        """Those of the SKUs that exist."""
        ...


class ProductModelSource(Protocol):
    def read_product_models(
        self, changed_since: datetime | None
    ) -> AsyncIterator[Sequence[Document[ProductModel]]]: ...

    async def find_product_models(self, codes: Sequence[str]) -> Sequence[ProductModel]: ...


class StructureSource(Protocol):
    def read_families(self) -> AsyncIterator[Sequence[Document[Family]]]: ...

    def read_family_variants(self, family: str) -> AsyncIterator[Sequence[Document[FamilyVariant]]]: ...

    def read_categories(self) -> AsyncIterator[Sequence[Document[Category]]]: ...

    def read_attributes(self) -> AsyncIterator[Sequence[Document[Attribute]]]: ...

    def read_attribute_options(self, attribute: str) -> AsyncIterator[Sequence[Document[AttributeOption]]]: ...


class ProductSink(Protocol):
    @property
    def product_batch_max(self) -> int: ...

    async def write_products(self, changes: Sequence[ProductChange]) -> Sequence[Outcome]:
        """At most `product_batch_max`; one outcome per change, in order. Written is only what was read back as such:
        a value the system dropped in silence is refused as `ignored`."""
        ...

    async def write_product_models(self, changes: Sequence[ProductModelChange]) -> Sequence[Outcome]: ...
