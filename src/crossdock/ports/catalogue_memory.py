"""What the catalogue flows need remembered of products on their way to the ERP. The store implements it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from crossdock.cases.kind import Finding
from crossdock.decide.structure_change import Change, Step
from crossdock.model.catalogue import Product, ProductModel
from crossdock.model.item_document import ItemDocument
from crossdock.model.product_state import ProductMove, ProductState
from crossdock.model.stock import StockItem
from crossdock.ports.order_book import Captured
from crossdock.ports.systems import Document

RecordKind = Literal["product", "model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the PIM shows, or shall show, of a product. enabled: None leaves it to the PIM's own people."""

    enabled: bool | None = None
    status: str = ""
    reasons: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFile:
    """One product, or product model, as we remember it, with what its judgement needs, all read at one moment.

    version: fences every move. key: the PIM's; code: SKU, or a model's code. root: code of a variant's root model.
    wanted: the item as it was last laid out or confirmed. item_id, item_code: of its item in the ERP once confirmed.
    told: what the PIM shows as far as we know; due: what it shall show. item: what the ERP holds under its code;
    taken_item: of a model, under the code that is used when the first is taken. template_*: of a variant, its root
    model's. twin: SKU of another living product that differs in case or spaces alone. sku_alive: of a model, a living
    product goes by its code.
    """

    id: int
    kind: RecordKind
    key: str
    code: str
    state: ProductState
    version: int
    product: Product | None = None
    model: ProductModel | None = None
    root: str = ""
    wanted: ItemDocument | None = None
    item_id: str = ""
    item_code: str = ""
    put_out_at: datetime | None = None
    released_at: datetime | None = None
    told: Told = field(default_factory=Told)
    due: Told = field(default_factory=Told)
    item: StockItem | None = None
    taken_item: StockItem | None = None
    template_state: ProductState | None = None
    template_code: str = ""
    template_id: str = ""
    template_variant: str = ""
    twin: str = ""
    sku_alive: bool = False

    @property
    def ref(self) -> str:
        """Ours, of its stock item: the same for ever, and no number that an ERP could take for a key of its own."""
        return f"{self.kind}-{self.key}"

    @property
    def told_all(self) -> bool:
        """Whether the PIM shows all that it shall."""
        shown = self.due.enabled in (None, self.told.enabled)
        return shown and (self.due.status, self.due.reasons) == (self.told.status, self.told.reasons)

    @property
    def family_variant(self) -> str:
        """Which says by what the variants of its model differ."""
        return self.model.family_variant if self.model is not None else self.template_variant


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductMoved:
    """A move of one product. look_in_seconds: when to look again; None for not by itself. detail: for the trail."""

    file: ProductFile
    move: ProductMove
    due: Told | None = None
    wanted: ItemDocument | None = None
    item_id: str | None = None
    item_code: str | None = None
    look_in_seconds: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    actor: str = "crossdock"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFile:
    """One structure change as we remember it. record_id: of a link the product, of a replacement the model."""

    id: int
    record_id: int
    version: int
    change: Change
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """The variants of a model, by how far they are. waiting: SKUs of those that are not confirmed yet."""

    confirmed: int = 0
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A confirmed product beside what the whole list of the ERP brought of its item; None when it brought nothing.

    differed: comparisons in a row that found it otherwise. accepted: the difference that a person took as it is.
    """

    id: int
    kind: RecordKind
    code: str
    wanted: ItemDocument
    item: StockItem | None
    differed: int = 0
    accepted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """What shapes products. axes: family variant → attributes that its items vary by, from the first level down.

    required: family → (channel, attribute) it must hold. parents: category → the one above it, "" for a tree.
    """

    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)

    def paths(self, categories: Iterable[str]) -> Mapping[str, str]:
        """Category → where it stands: tree/…/category."""
        return {code: "/".join(reversed(list(self._up(code)))) for code in categories if code in self.parents}

    def _up(self, code: str) -> Iterator[str]:
        seen: set[str] = set()
        while code and code not in seen:
            yield code
            seen.add(code)
            code = self.parents.get(code, "")


class CatalogueBook(Protocol):
    """The products of one pairing."""

    async def capture(
        self, kind: RecordKind, documents: Sequence[Document[Any]], *, ignoring: frozenset[str], at: datetime
    ) -> Captured:
        """Store one page, whole or not at all. ignoring: attributes whose change is no news. at: the read's beginning,
        so that what a whole read no longer brought is known to be gone."""
        ...

    async def store_shapes(self, kind: str, shapes: Mapping[str, Any], *, at: datetime) -> frozenset[str]:
        """Families, family variants or categories, by code. Returns the codes of those that are new or changed."""
        ...

    async def shapes(self) -> Shapes: ...

    async def forget_shapes(self, kind: str, *, not_seen_since: datetime) -> frozenset[str]:
        """Those that a whole read no longer brought."""
        ...

    async def load(self, record_ids: Sequence[int]) -> Sequence[ProductFile]: ...

    async def due(self, states: Sequence[ProductState], limit: int) -> Sequence[ProductFile]:
        """Those whose time to be looked at has come, templates before items."""
        ...

    async def to_tell(self, limit: int) -> Sequence[ProductFile]:
        """Products of which the PIM shows something else than it shall, and those it has not heard are confirmed."""
        ...

    async def tell_later(self, record_ids: Sequence[int], seconds: float) -> None: ...

    async def move(self, moves: Sequence[ProductMoved]) -> Sequence[bool]:
        """Each happens only on the version it was decided on."""
        ...

    async def hold(self, moves: Sequence[ProductMoved], findings: Sequence[Finding], *, evidence: str = "") -> int:
        """Put these products into the findings' cases and into no others, with their moves, in one transaction."""
        ...

    async def told(self, file: ProductFile) -> bool:
        """The PIM shows what was due. False when the product went on meanwhile."""
        ...

    async def look_later(self, record_ids: Sequence[int], seconds: float | None) -> None: ...

    async def let_ready_go(self) -> int:
        """Variants whose template the ERP has confirmed are due. Returns how many."""
        ...

    async def recapture(self, *, categories: Sequence[str] | None = None, models: Sequence[str] | None = None) -> int:
        """Products in any of these categories, or of these models and theirs, are judged anew; None asks for all."""
        ...

    async def begin_change(self, record_id: int, change: Change) -> bool:
        """False when there is one under way for this item already."""
        ...

    async def changes_due(self, limit: int) -> Sequence[ChangeFile]: ...

    async def change_of(self, record_id: int) -> ChangeFile | None:
        """The one under way for this record."""
        ...

    async def step(self, file: ChangeFile, step: Step, *, look_in_seconds: float | None) -> bool:
        """The change has come so far. False when somebody else moved it first."""
        ...

    async def look_at_change(self, change_id: int, seconds: float | None) -> None: ...

    async def hurry_changes(self, model: str) -> None:
        """Changes that wait for something of this family are due."""
        ...

    async def waive_change(self, record_id: int, *, reason: str, actor: str) -> bool: ...

    async def end_change(self, record_id: int, *, reason: str, actor: str) -> bool:
        """A person gave it up, or nothing is left to be changed."""
        ...

    async def children(self, model: str) -> Children: ...

    async def open_orders(self, code: str) -> Sequence[str]:
        """Our references of orders that ask for this stock item and are not wholly despatched."""
        ...

    async def find_record(self, kind: RecordKind, code: str) -> ProductFile | None:
        """By SKU or code, as the ERP compares codes."""
        ...

    async def unseen(self, *, not_seen_since: datetime) -> Sequence[ProductFile]:
        """Those that a whole read no longer brought."""
        ...

    async def vanish(self, files: Sequence[ProductFile]) -> None:
        """They are no longer in the PIM."""
        ...

    async def forget_item(self, file: ProductFile, *, reason: str, actor: str) -> bool:
        """The ERP holds it no more: whatever is made of it next is a new item."""
        ...

    async def accept(self, record_id: int, difference: str, *, reason: str, actor: str) -> None:
        """A named person takes this difference as it is."""
        ...

    async def compared(self, *, items_since: datetime, after_id: int, limit: int) -> Sequence[Compared]:
        """Confirmed products in order of id. items_since: when the whole list of the ERP's items began to be read."""
        ...

    async def differed(self, times: Mapping[int, int]) -> None: ...

    async def erp_only(self, *, items_since: datetime) -> int:
        """Items of the ERP's whole list that no product stands for."""
        ...
