"""Many records in one request: asynchronous operations and the synchronous mode (oroinc/platform batch-api docs)."""

import asyncio
from collections import ChainMap
from collections.abc import Callable, Coroutine, MutableMapping
from dataclasses import dataclass
from typing import Any

from crossdock.sandbox.orocommerce.errors import ApiError, Json, bad_data, problem
from crossdock.sandbox.orocommerce.saver import UNLINKED, Saved, Saver, bad_meta, meta_flags
from crossdock.sandbox.orocommerce.schema import Resource
from crossdock.sandbox.orocommerce.shop import API_USER, ORGANIZATION, Shop
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.values import instant
from crossdock.sandbox.orocommerce.work import Handle, Included

CHUNK = 100
SYNC_INCLUDED_MAX = 50
TOO_MANY = (
    "The data limit for the synchronous operation exceeded. "
    "The maximum number of records that can be processed by the synchronous operation is {}."
)
NO_BATCH = 'The entity type "{}" is not supported by this batch operation.'

Spawn = Callable[[Coroutine[Any, Any, None]], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """A list document, taken apart."""

    resource: Resource
    items: list[Any]
    included: Included

    @classmethod
    def read(cls, resource: Resource, body: Any) -> "Batch":
        if not isinstance(body, dict) or "data" not in body:
            raise bad_data("The primary data object collection should exist", "/data")
        items = body["data"]
        if not isinstance(items, list):
            raise bad_data("The primary data object collection should be an array", "/data")
        if not items:
            raise bad_data("The primary data object collection should not be empty", "/data")
        included = Included.read(body.get("included"))
        batch = cls(resource, items, included)
        batch._report_unlinked()
        return batch

    def _report_unlinked(self) -> None:
        """An included item no primary record is linked with is an error of the whole request."""
        if not self.included.items:
            return
        linked: set[Handle] = set()
        for item in self.items:
            if isinstance(item, dict):
                linked.update(self.included.reached(item))
        for handle, (index, _) in self.included.items.items():
            if handle not in linked:
                detail = UNLINKED.format("at least one")
                fault = problem(400, "request data constraint", detail, pointer=f"/included/{index}")
                self.included.errors.append(fault)


class Batches:
    """Runs batches against one shop. spawn starts work that goes on after the answer."""

    def __init__(self, shop: Shop, saver: Saver, spawn: Spawn) -> None:
        self.shop = shop
        self.saver = saver
        self.spawn = spawn

    def synchronous(self, batch: Batch) -> list[Saved]:
        """All records or none, in order. Raises ApiError with every fault of every record."""
        if len(batch.items) > CHUNK:
            raise bad_data(TOO_MANY.format(CHUNK), "/data")
        if len(batch.included.items) > SYNC_INCLUDED_MAX:
            raise bad_data(TOO_MANY.format(SYNC_INCLUDED_MAX), "/included")
        errors = list(batch.included.errors)
        handles: dict[Handle, Row] = {}
        saved: list[Saved] = []
        with self.shop.store.transaction():
            for index, item in enumerate(batch.items):
                try:
                    saved.append(self._save(batch, item, index, handles))
                except ApiError as error:
                    errors.extend(_located(error.errors, index))
            if errors:
                raise ApiError(400, errors)
        return saved

    def asynchronous(self, batch: Batch) -> Row:
        """Accept a batch of any size. It is worked off behind the answer while the message queue runs."""
        operation = self.shop.new("asyncoperations")
        operation.attributes.update(entityType=batch.resource.type, status="new", progress=None, elapsedTime=0)
        operation.relations.update(owner=API_USER, organization=ORGANIZATION)
        operation.hidden["errors"] = []
        operation.hidden["batch"] = batch
        self.shop.store.insert(operation)
        if self.shop.knobs.mq_running:
            self.spawn(self._run(operation, batch))
        return operation

    async def _run(self, operation: Row, batch: Batch) -> None:
        await asyncio.sleep(self.shop.knobs.batch_seconds)
        started = self.shop.clock()
        counts = {"readCount": 0, "writeCount": 0, "errorCount": 0, "createCount": 0, "updateCount": 0}
        self._show(operation, status="running", progress=0)
        for number, error in enumerate(batch.included.errors, start=1):
            self._note(operation, 0, number, error)
        handles: dict[Handle, Row] = {}
        for chunk, start in enumerate(range(0, len(batch.items), CHUNK), start=1):
            await asyncio.sleep(0)
            self._chunk(operation, batch, chunk, start, handles, counts)
            done = min(1, (start + CHUNK) / len(batch.items))
            self._show(operation, progress=round(done, 4), elapsedTime=self._elapsed(started))
        counts["errorCount"] = len(operation.hidden["errors"])
        spent = int((self.shop.clock() - started).total_seconds() * 1000)
        elapsed = self._elapsed(started)
        self._show(
            operation, status="success", progress=1, elapsedTime=elapsed, summary={"aggregateTime": spent, **counts}
        )
        operation.hidden.pop("batch", None)

    def _elapsed(self, started: Any) -> int:
        return int((self.shop.clock() - started).total_seconds())

    def _show(self, operation: Row, **attributes: Any) -> None:
        operation.attributes.update(attributes, updatedAt=instant(self.shop.clock()))
        self.shop.store.touch(operation)

    def _chunk(
        self, operation: Row, batch: Batch, chunk: int, start: int, handles: dict[Handle, Row], counts: dict[str, int]
    ) -> None:
        """One chunk: faulty records are reported and skipped, the others are kept."""
        number = 0
        for index, item in enumerate(batch.items[start : start + CHUNK], start=start):
            counts["readCount"] += 1
            made: dict[Handle, Row] = {}
            try:
                with self.shop.store.transaction():
                    saved = self._save(batch, item, index, ChainMap(made, handles))
            except ApiError as error:
                for one in _located(error.errors, index):
                    number += 1
                    self._note(operation, chunk, number, one)
                continue
            handles.update(made)
            counts["writeCount"] += 1
            counts["createCount" if saved.created else "updateCount"] += 1

    def _save(self, batch: Batch, item: Any, index: int, handles: MutableMapping[Handle, Row]) -> Saved:
        pointer = f"/data/{index}"
        if not isinstance(item, dict):
            raise bad_data("The item should be an object", pointer)
        type_ = item.get("type")
        if type_ != batch.resource.type:
            detail = NO_BATCH.format(type_) if type_ else "The entity class must be set in the context."
            raise ApiError(400, [problem(400, "entity type constraint", detail, pointer=pointer)])
        flags = meta_flags(item, pointer)
        if flags.get("validate"):
            raise bad_meta("The validate operation is not allowed.", f"{pointer}/meta/validate")
        return self.saver.item(batch.resource, item, batch.included, handles, pointer=pointer, id_=None, flags=flags)

    def _note(self, operation: Row, chunk: int, number: int, error: Json) -> None:
        resource = self.shop.resources["asyncoperationerrors"]
        shown = {name: error.get(name) for name in ("title", "detail", "source")}
        attributes = {"status": int(error["status"]), **shown}
        operation.hidden["errors"].append(Row(resource, f"{operation.id}-{chunk}-{number}", attributes, {}))


def _located(errors: list[Json], index: int) -> list[Json]:
    """Errors without a place are about the record itself."""
    return [error if "source" in error else {**error, "source": {"pointer": f"/data/{index}"}} for error in errors]
