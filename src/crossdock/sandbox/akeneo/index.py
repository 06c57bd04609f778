"""The search index: what lists and filters see. It lags behind writes, and it dates a variant by its whole lineage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crossdock.sandbox.akeneo.completeness import completeness
from crossdock.sandbox.akeneo.model import MODEL, PRODUCT, Change, ChannelLocale, Entity, Pim, Values
from crossdock.sandbox.akeneo.tree import ancestors, descendants, lineage, merged_categories, merged_values


@dataclass(frozen=True, slots=True)
class Row:
    """One product or model as it was when it was last indexed. updated: the latest of it and its ancestors.
    chain: the codes above it, root first."""

    key: str
    kind: str
    identifier: str | None
    family: str | None
    parent: str | None
    chain: tuple[str, ...]
    categories: frozenset[str]
    groups: frozenset[str]
    enabled: bool
    values: Values
    created: datetime
    updated: datetime
    completeness: Mapping[ChannelLocale, int]
    quality: Mapping[ChannelLocale, str]


class SearchIndex:
    """Rows by kind and key. It hears of changes and looks at the store when their delay has passed."""

    def __init__(self, pim: Pim) -> None:
        self.pim = pim
        self.rows: dict[str, dict[str, Row]] = {PRODUCT: {}, MODEL: {}}
        self.due: dict[tuple[str, str], datetime] = {}

    def heard(self, change: Change) -> None:
        if change.resource in (PRODUCT, MODEL):
            entity = change.after or change.before
            if entity is not None:
                self._mark(entity)
        elif change.resource in ("family", "channel", "category", "attribute", "attribute_option"):
            for one in [*self.pim.products.values(), *self.pim.models.values()]:
                self._mark(one, alone=True)

    def _mark(self, entity: Entity, *, alone: bool = False) -> None:
        due = self.pim.clock() + timedelta(seconds=self.pim.knobs.index_delay_seconds)
        below = [] if alone else list(descendants(self.pim, entity))
        for one in [entity, *below]:
            self.due.setdefault((one.kind, one.key), due)

    def catch_up(self, *, all_of_it: bool = False) -> int:
        """Index what is due; how many rows were looked at."""
        now = self.pim.clock()
        ready = [place for place, due in self.due.items() if all_of_it or due <= now]
        for kind, key in ready:
            del self.due[kind, key]
            entity = self.pim.entities(kind).get(key)
            if entity is None:
                self.rows[kind].pop(key, None)
            else:
                self.rows[kind][key] = self._row(entity)
        return len(ready)

    def rebuild(self) -> None:
        for one in [*self.pim.products.values(), *self.pim.models.values()]:
            self.rows[one.kind][one.key] = self._row(one)

    def _row(self, entity: Entity) -> Row:
        pim = self.pim
        line = lineage(pim, entity)
        return Row(
            key=entity.key, kind=entity.kind,
            identifier=pim.identifier(entity) if entity.kind == PRODUCT else entity.key,
            family=entity.family, parent=entity.parent,
            chain=tuple(one.key for one in ancestors(pim, entity)),
            categories=frozenset(merged_categories(pim, entity)), groups=frozenset(entity.groups),
            enabled=entity.enabled, values=merged_values(pim, entity),
            created=entity.created or pim.now(),
            updated=max((one.updated for one in line if one.updated is not None), default=pim.now()),
            completeness=completeness(pim, entity) if entity.kind == PRODUCT else {},
            quality=dict(entity.quality or {}),
        )  # fmt: skip

    def below(self, code: str) -> list[Row]:
        """The variants under a model, at any depth."""
        return [row for row in self.rows[PRODUCT].values() if code in row.chain]
