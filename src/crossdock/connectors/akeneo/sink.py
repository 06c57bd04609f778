"""Products and product models into the PIM, and the look whether they say what was sent.

Every write is an upsert, so that twice is once; a product without a key is looked for by its SKU, and made under a
uuid that follows from the SKU, so that a lost answer leads to no second one.
Source: Akeneo REST API, "Products", "Update behaviour"; pim-community-dev, PartialUpdateListProductWithUuidEndToEnd.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from crossdock.connectors.akeneo.bulk import Bulk, End, Written
from crossdock.connectors.akeneo.checking import differences
from crossdock.connectors.akeneo.client import quoted
from crossdock.connectors.akeneo.mapping import key_in, label_in
from crossdock.connectors.akeneo.mapping_changes import By, product_body, product_model_body
from crossdock.connectors.akeneo.session import Session
from crossdock.connectors.akeneo.source import ProductReads
from crossdock.connectors.akeneo.values import Reading
from crossdock.model.catalogue import ProductChange, ProductModelChange
from crossdock.model.faults import Accepted, Outcome, Refused, RemoteFault, Unknown, Unsupported

NAMESPACE = uuid5(NAMESPACE_URL, "urn:crossdock:akeneo:product")
NO_SUCH = frozenset({400, 404, 422})  # not there, or no key that could be
KEY_TRIES = 9  # uuids of products that once had this SKU and have another now
IGNORED = (
    "{ref}: the PIM answered that it took the change, and {what}. Values that a product model owns are written on the "
    "model (or with update_parent_values); a user who may edit and not own makes a draft"
)


@dataclass(slots=True)
class Wish:
    """One change on its way. body: as sent. ref: what people call it. creating: it had no key."""

    at: int
    ref: str
    key: str
    body: dict[str, Any]
    creating: bool = False


@dataclass(slots=True)
class Plan:
    wishes: list[Wish] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def rounds(self) -> Iterator[list[Wish]]:
        """In order, no key twice in a round: the second would overtake the look at the first."""
        waiting = self.wishes
        while waiting:
            turn: dict[str, Wish] = {}
            waiting = [wish for wish in waiting if turn.setdefault(wish.key.casefold(), wish) is not wish]
            yield list(turn.values())


class ProductWrites:
    """Implements ProductSink."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._reads = ProductReads(session)

    @property
    def product_batch_max(self) -> int:
        return self._session.settings.write_batch

    async def write_products(self, changes: Sequence[ProductChange]) -> Sequence[Outcome]:
        by = await self._session.by()
        bulk = self._bulk(await self._session.products_path(), by)
        plan = await self._planned(changes, bulk, by)
        await self._carry_out(plan, bulk)
        return [plan.outcomes[at] for at in range(len(changes))]

    async def write_product_models(self, changes: Sequence[ProductModelChange]) -> Sequence[Outcome]:
        plan = Plan()
        for at, change in enumerate(changes):
            try:
                plan.wishes.append(Wish(at, change.code, change.code, product_model_body(change)))
            except Unsupported as fault:
                plan.outcomes[at] = Refused("unsupported", str(fault))
        await self._carry_out(plan, self._bulk("product-models", "code"))
        return [plan.outcomes[at] for at in range(len(changes))]

    def _bulk(self, path: str, key: str) -> Bulk:
        settings = self._session.settings
        query = {"create_missing_options": "true"} if settings.create_missing_options else {}
        if self._one_by_one(path):
            query["update_parent_values"] = "true"
        return Bulk(self._session.api, path, key, query)

    def _one_by_one(self, path: str) -> bool:
        return self._session.settings.update_parent_values and path != "product-models"

    async def _planned(self, changes: Sequence[ProductChange], bulk: Bulk, by: By) -> Plan:
        plan, reading = Plan(), await self._session.reading([])
        known = await self._keys([change.sku for change in changes if not change.key], by)
        there = await self._seen(bulk, [change.key for change in changes if change.key])
        new: set[str] = set()  # a second change of one that is new says its SKU too: the first may be refused
        for at, change in enumerate(changes):
            try:
                found = known.get(change.sku.casefold(), [])
                if not change.key and len(found) > 1:
                    text = f"{change.sku!r} is the SKU of {len(found)} products: {', '.join(found)}"
                    plan.outcomes[at] = Refused("ambiguous", text)
                    continue
                key = change.key or "".join(found)
                if change.key and not await self._exists(bulk, change.key, there):
                    plan.outcomes[at] = Refused("not-found", f"no product {change.key!r}; writing it would make one")
                    continue
                if not key:
                    key = await self._new_key(change.sku) if by == "uuid" else change.sku
                    known[change.sku.casefold()] = [key]
                    new.add(key)
                body = product_body(change, reading, by=by, key=key, name_sku=key in new)
            except Unsupported as fault:
                plan.outcomes[at] = Refused("unsupported", str(fault))
            else:
                plan.wishes.append(Wish(at, change.sku or key, key, body, creating=key in new))
        return plan

    async def _exists(self, bulk: Bulk, key: str, there: Mapping[str, Any]) -> bool:
        return key.casefold() in there or await self._look(bulk.path, key) is not None

    async def _keys(self, skus: Sequence[str], by: By) -> dict[str, list[str]]:
        """SKU → uuids of those that are found. By identifier the SKU is the key."""
        found: dict[str, list[str]] = {}
        if by == "identifier":
            return found
        reading = Reading(sku_attribute=self._session.settings.sku_attribute)
        for row in await self._reads.rows_by_sku(skus):
            found.setdefault(label_in(row, reading).casefold(), []).append(key_in(row, "uuid"))
        return found

    async def _new_key(self, sku: str) -> str:
        """A uuid that follows from the SKU, and is not that of a product whose SKU has since become another."""
        if not sku:
            raise Unsupported("sku", "is empty, and so is the key; nothing says which product is meant")
        reading = Reading(sku_attribute=self._session.settings.sku_attribute)
        for turn in range(KEY_TRIES):
            key = str(uuid5(NAMESPACE, sku if not turn else f"{sku}#{turn}"))
            there = await self._look("products-uuid", key)
            if there is None or label_in(there, reading).casefold() in ("", sku.casefold()):
                return key
        raise Unsupported("sku", f"{sku!r} was given up by {KEY_TRIES} products that were made under it")

    async def _carry_out(self, plan: Plan, bulk: Bulk) -> None:
        for turn in plan.rounds():
            try:
                ends = await self._send(bulk, turn)
            except RemoteFault as fault:
                if not any(isinstance(outcome, Accepted | Unknown) for outcome in plan.outcomes.values()):
                    raise
                plan.outcomes.update({wish.at: Unknown(f"not sent: {fault}", fault.evidence) for wish in turn})
                continue
            plan.outcomes.update(await self._checked(bulk, turn, ends))

    async def _send(self, bulk: Bulk, turn: Sequence[Wish]) -> list[End]:
        bodies = [wish.body for wish in turn]
        send = bulk.patch_each if self._one_by_one(bulk.path) else bulk.patch
        ends = await send(bodies)
        met = [at for at, end in enumerate(ends) if isinstance(end, Refused) and end.code == "identifier"]
        for at in met:
            if turn[at].creating:
                ends[at] = await self._under_its_own_key(bulk, turn[at], ends[at])
        return ends

    async def _under_its_own_key(self, bulk: Bulk, wish: Wish, refusal: End) -> End:
        """A product with this SKU may have come between the search and the write; then that one is meant."""
        try:
            known = await self._keys([wish.ref], "uuid")
            found = known.get(wish.ref.casefold(), [])
            if len(found) != 1:
                return refusal
            (key,) = found
            wish.key = key
            wish.body["uuid"] = key
            (end,) = await bulk.patch([wish.body])
        except RemoteFault:  # nothing was done, so that the refusal stands
            return refusal
        return end

    async def _checked(self, bulk: Bulk, turn: Sequence[Wish], ends: Sequence[End]) -> dict[int, Outcome]:
        """Each end made an outcome: what was taken, or may have been, is read back and compared."""
        outcomes: dict[int, Outcome] = {wish.at: end for wish, end in zip(turn, ends, strict=True)
                                        if isinstance(end, Refused)}  # fmt: skip
        open_ = [(wish, end) for wish, end in zip(turn, ends, strict=True) if not isinstance(end, Refused)]
        try:
            seen = await self._seen(bulk, [wish.key for wish, _ in open_])
            reading = await self._reading(bulk, list(seen.values()))
        except RemoteFault as fault:
            doubt = Unknown(f"sent, and could not be read back: {fault}", fault.evidence)
            return outcomes | {wish.at: end if isinstance(end, Unknown) else doubt for wish, end in open_}
        for wish, end in open_:
            outcomes[wish.at] = await self._outcome(bulk, wish, end, seen.get(wish.key.casefold()), reading)
        return outcomes

    async def _outcome(self, bulk: Bulk, wish: Wish, end: End, there: Any, reading: Reading) -> Outcome:
        """A list may be a little behind, so what it says amiss is asked for by its key, which is never behind."""
        if there is None or differences(wish.body, there, reading):
            try:
                there = await self._look(bulk.path, wish.key)
                reading = await self._reading(bulk, [there])
            except RemoteFault as fault:
                return end if isinstance(end, Unknown) else Unknown(f"sent, not read back: {fault}", fault.evidence)
        assert not isinstance(end, Refused)
        if there is None:
            return end if isinstance(end, Unknown) else Unknown(f"{wish.ref}: taken, and not found since")
        amiss = differences(wish.body, there, reading)
        if not amiss:
            return Accepted(wish.ref, wish.key)
        if isinstance(end, Written):
            return Refused("ignored", IGNORED.format(ref=wish.ref, what="; ".join(amiss)))
        return end

    async def _reading(self, bulk: Bulk, rows: list[Any]) -> Reading:
        return await self._session.reading(rows, products=bulk.key != "code")

    async def _seen(self, bulk: Bulk, keys: Sequence[str]) -> dict[str, Any]:
        """key → record, of those that the lists show."""
        settings = self._session.settings
        filters = {"uuid": "uuid", "identifier": settings.sku_attribute, "code": "identifier"}
        rows = await self._reads.found(bulk.path, filters[bulk.key], keys)
        return {key_in(row, bulk.key).casefold(): row for row in rows}

    async def _look(self, path: str, key: str) -> Any:
        """One record by its key; None where there is none (or none that we may see)."""
        answer = await self._session.api.read(f"{path}/{quoted(key)}", expect=NO_SUCH)
        return answer.body if answer.ok and isinstance(answer.body, dict) else None
