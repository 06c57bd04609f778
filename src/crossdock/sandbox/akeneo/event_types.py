"""What a change means on the Event Platform: the event types it makes and what each carries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crossdock.sandbox.akeneo.completeness import complete_on
from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.event_filter import Facts
from crossdock.sandbox.akeneo.model import MODEL, PRODUCT, Author, Change, ChannelLocale, Entity, Pim
from crossdock.sandbox.akeneo.tree import variants
from crossdock.sandbox.akeneo.values import show_data

PREFIX = "com.akeneo.pim.v1."
RESOURCES = (
    "product", "product-model", "family", "attribute", "attribute-option", "attribute-group", "category", "asset",
)  # fmt: skip
TYPES = (
    *(f"{PREFIX}{one}.{action}" for one in RESOURCES for action in ("created", "updated", "deleted")),
    *(f"{PREFIX}{one}.updated.delta" for one in ("product", "product-model")),
    *(f"{PREFIX}product.{one}" for one in ("became-complete", "became-incomplete")),
    *(f"{PREFIX}{one}" for one in ("app.deleted", "connection.deleted", "workflow.task.created")),
    *(f"{PREFIX}reference-entity-record.{one}" for one in ("created", "updated", "deleted")),
    *(f"{PREFIX}job.{one}.status-changed" for one in ("export", "import", "mass-edit")),
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event before it is addressed. data: without author. product: the product's uuid and identifier."""

    type: str
    data: Json
    author: Author | None
    identifier: str | None = None
    facts: Facts = field(default_factory=dict)


class EventMaker:
    """Turns changes into events. It remembers where products were complete, to see when that flips."""

    def __init__(self, pim: Pim) -> None:
        self.pim = pim
        self.complete: dict[str, frozenset[ChannelLocale]] = {}

    def remember(self) -> None:
        self.complete = {key: complete_on(self.pim, one) for key, one in self.pim.products.items()}

    def events(self, change: Change) -> Iterator[Event]:
        if change.resource in (PRODUCT, MODEL):
            yield from self._entity(change)
        elif change.resource != "channel":
            name = change.resource.replace("_", "-")
            data = {change.resource: _named(change)}
            yield Event(f"{PREFIX}{name}.{change.action}", data, change.author, facts=_facts(change.author, {}))
        yield from self._flips(change)

    def _entity(self, change: Change) -> Iterator[Event]:
        entity = change.after or change.before
        if entity is None:
            return
        name = "product" if entity.kind == PRODUCT else "product-model"
        key: Json = {"uuid": entity.key} if entity.kind == PRODUCT else {"code": entity.key}
        identifier = self.pim.identifier(entity) if entity.kind == PRODUCT else None
        who = _facts(change.author, {})
        yield Event(f"{PREFIX}{name}.{change.action}", {entity.kind: key}, change.author, identifier, who)
        if change.action == "updated" and change.before is not None and change.after is not None:
            changes = delta(self.pim, change.before, change.after)
            at = {"date": f"{change.at:%Y-%m-%d %H:%M:%S}.000000", "timezone": "UTC"}
            data = {entity.kind: {**key, "updated_at": at, "changes": changes}}
            facts = _facts(change.author, changes)
            yield Event(f"{PREFIX}{name}.updated.delta", data, change.author, identifier, facts)

    def _flips(self, change: Change) -> Iterator[Event]:
        """became-complete and became-incomplete carry no author; one change to a model may flip many variants."""
        entity = change.after or change.before
        if change.resource in (PRODUCT, MODEL) and entity is not None:
            touched = variants(self.pim, entity) if change.action != "deleted" else []
            if change.action == "deleted":
                self.complete.pop(entity.key, None)
        elif change.resource in ("family", "channel"):
            touched = list(self.pim.products.values())
        else:
            return
        for product in touched:
            now, then = complete_on(self.pim, product), self.complete.get(product.key, frozenset())
            self.complete[product.key] = now
            for places, word in ((now - then, "complete"), (then - now, "incomplete")):
                if places:
                    on = [{"locale": locale, "scope": scope} for scope, locale in sorted(places)]
                    data = {"product": {"uuid": product.key, f"{word}_on": on}}
                    yield Event(f"{PREFIX}product.became-{word}", data, None, self.pim.identifier(product))


def _named(change: Change) -> Json:
    """An option names its attribute, an asset its family."""
    data = dict(change.data)
    for name in ("attribute", "asset_family"):
        if name in data:
            data[name] = {"code": data[name]}
    return data


def delta(pim: Pim, before: Entity, after: Entity) -> Json:
    """What an entity's own content changed from and to."""
    changes: Json = {}
    for name in ("enabled", "family", "parent"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new and not (name == "enabled" and after.kind == MODEL):
            changes[name] = {"previous": old, "new": new}
    for name in ("categories", "groups"):
        was, now = set(getattr(before, name)), set(getattr(after, name))
        if was != now:
            changes[name] = {"added": sorted(now - was), "removed": sorted(was - now)}
    values = _value_changes(pim, before, after)
    if values:
        changes["values"] = values
    if before.associations != after.associations:
        changes["associations"] = {"previous": before.associations, "new": after.associations}
    if before.quantified != after.quantified:
        changes["quantified_associations"] = {"previous": _counted(before), "new": _counted(after)}
    return changes


def _counted(entity: Entity) -> Json:
    """Event Platform deltas print models under `code`."""
    return {
        type_: {
            kind: [{"uuid" if kind == "products" else "code": one["key"], "quantity": one["quantity"]} for one in links]
            for kind, links in kinds.items()
        }
        for type_, kinds in entity.quantified.items()
    }


def _value_changes(pim: Pim, before: Entity, after: Entity) -> Json:
    found: Json = {}
    for code in sorted({*before.values, *after.values}):
        attribute = pim.attribute(code)
        if attribute is None:
            continue
        old, new = before.values.get(code, {}), after.values.get(code, {})
        cells = [
            {
                "previous": _data(pim, attribute, old.get(place)), "new": _data(pim, attribute, new.get(place)),
                "type": attribute["type"], "locale": place[0], "scope": place[1],
            }
            for place in sorted({*old, *new}, key=lambda one: (one[0] or "", one[1] or ""))
            if old.get(place) != new.get(place)
        ]  # fmt: skip
        if cells:
            found[code] = cells
    return found


def _data(pim: Pim, attribute: Json, data: Any) -> Any:
    return None if data is None else show_data(pim, attribute, data)


def _facts(author: Author, changes: Json) -> Facts:
    cells = [(code, cell) for code, held in changes.get("values", {}).items() for cell in held]
    return {
        "user": frozenset({author.identifier, author.name}), "user_type": frozenset({author.type}),
        "attribute": frozenset(code for code, _ in cells), "scope": frozenset(cell["scope"] for _, cell in cells),
        "locale": frozenset(cell["locale"] for _, cell in cells),
    }  # fmt: skip
