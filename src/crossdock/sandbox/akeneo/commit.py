"""Writing a product or model down, and taking it away. What did not change is not saved: `updated` stays."""

from crossdock.sandbox.akeneo.associations import mirror
from crossdock.sandbox.akeneo.model import PRODUCT, Change, Entity, Pim
from crossdock.sandbox.akeneo.tree import descendants


def save(pim: Pim, before: Entity | None, after: Entity) -> bool:
    """Store `after` in place of `before`; False when they are the same (ProductSaver skips clean objects)."""
    if before is not None and before.content() == after.content():
        return False
    partners = mirror(pim, before, after)
    _store(pim, before, after)
    for old, new in partners:
        _store(pim, old, new)
    return True


def _store(pim: Pim, before: Entity | None, after: Entity) -> None:
    after.updated = pim.now()
    after.created = before.created if before is not None else after.updated
    pim.entities(after.kind)[after.key] = after
    if after.kind == PRODUCT:
        _rename(pim, before, after)
    action = "created" if before is None else "updated"
    pim.tell(Change(
        resource=after.kind, action=action, author=pim.author, at=after.updated, before=before, after=after
    ))  # fmt: skip


def _rename(pim: Pim, before: Entity | None, after: Entity) -> None:
    old = pim.identifier(before) if before is not None else None
    if old is not None:
        pim.by_identifier.pop(old.lower(), None)
    new = pim.identifier(after)
    if new is not None:
        pim.by_identifier[new.lower()] = after.key


def remove(pim: Pim, entity: Entity) -> list[str]:
    """Delete an entity with everything below it; the keys that went, the entity's own last."""
    gone = [*reversed(list(descendants(pim, entity))), entity]
    for one in gone:
        identifier = pim.identifier(one) if one.kind == PRODUCT else None
        if identifier is not None:
            pim.by_identifier.pop(identifier.lower(), None)
        del pim.entities(one.kind)[one.key]
        pim.drafts.pop(one.key, None)
    _forget_links(pim, {one.key for one in gone})
    for one in gone:
        pim.tell(Change(resource=one.kind, action="deleted", author=pim.author, at=pim.now(), before=one))
    return [one.key for one in gone]


def _forget_links(pim: Pim, keys: set[str]) -> None:
    """Link rows go with their partner; nobody's `updated` moves for that."""
    for one in [*pim.products.values(), *pim.models.values()]:
        for kinds in one.associations.values():
            for kind, partners in kinds.items():
                kinds[kind] = [key for key in partners if key not in keys]
        for held in one.quantified.values():
            for kind, links in held.items():
                held[kind] = [link for link in links if link["key"] not in keys]
