"""What one tenant has uploaded, and the batch that is open."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crossdock.sandbox.wair.datasets import DATASETS, Dataset
from crossdock.sandbox.wair.knobs import Knobs
from crossdock.sandbox.wair.stock import Figures, Ledger, Place, figures
from crossdock.sandbox.wair.wire import Json, Refused, invalid

Key = tuple[str, ...]
LOG_MAX = 50_000


@dataclass(slots=True)
class Upload:
    """One accepted call. more: the caller said further calls of the same series follow. entry: its line in the log,
    where `counts` becomes `yes` or `dropped`."""

    dataset: Dataset
    rows: list[Json]
    full_load: bool
    more: bool
    entry: Json


@dataclass(slots=True)
class Batch:
    number: int
    started_at: str
    staged: list[Upload] = field(default_factory=list)


class Store:
    """tables: dataset path → key → row (stock and mutations are in the ledger). loads: keys named so far by a full
    load that is not finished. log: every upload, with whether it counts. uploaded: what to do about a dataset's rows
    once they count."""

    def __init__(self, knobs: Knobs, clock: Callable[[], datetime]) -> None:
        self.knobs = knobs
        self.clock = clock
        self.tables: dict[str, dict[Key, Json]] = {path: {} for path in DATASETS}
        self.ledger = Ledger()
        self.batch: Batch | None = None
        self.batches: Counter[str] = Counter()
        self.loads: dict[str, set[Key]] = {}
        self.log: deque[Json] = deque(maxlen=LOG_MAX)
        self.deleted: list[Json] = []
        self.uploaded: Callable[[Upload], None] = lambda _: None

    def now(self) -> str:
        return self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def start(self) -> None:
        """`Batch/start`. Raises Refused when one is open and the setting says so."""
        if self.batch is not None:
            if self.knobs.unclosed_batch == "refuse":
                raise Refused(400, f"Batch {self.batch.number} is still open.")
            if self.knobs.unclosed_batch == "keep":
                return
            self.drop_batch()
        self.batches["started"] += 1
        self.batch = Batch(self.batches["started"], self.now())

    def stop(self) -> None:
        """`Batch/stop`: what was uploaded counts from now on. A full load that was not finished removes nothing."""
        if self.batch is None:
            if self.knobs.stop_without_batch == "refuse":
                raise Refused(400, "No batch is open.")
            return
        for upload in self.batch.staged:
            self._apply(upload)
        self.loads.clear()
        self.batch = None
        self.batches["stopped"] += 1

    def drop_batch(self) -> int:
        """Forget the open batch and what it staged; returns how many rows that were."""
        if self.batch is None:
            return 0
        lost = sum(len(one.rows) for one in self.batch.staged)
        for upload in self.batch.staged:
            upload.entry["counts"] = "dropped"
        self.batch = None
        self.loads.clear()
        self.batches["dropped"] += 1
        return lost

    def upload(self, dataset: Dataset, rows: list[Json], *, full_load: bool, more: bool) -> None:
        """Rows that were read without fault. Raises Refused without a batch, or with more rows than recommended."""
        if self.batch is None and self.knobs.outside_batch == "refuse":
            raise Refused(400, "No batch is open: POST /Batch/start first.")
        limit = (self.knobs.call_limits or {}).get(dataset.path, dataset.limit)
        if limit and len(rows) > limit and self.knobs.over_limit == "refuse":
            raise invalid({dataset.rows: [f"The field {dataset.rows} must have at most {limit} elements."]})
        entry: Json = {
            "dataset": dataset.path, "rows": len(rows), "full_load": full_load, "more": more,
            "batch": self.batch.number if self.batch else None, "at": self.now(),
            "over_limit": bool(limit) and len(rows) > limit, "counts": "not yet",
        }  # fmt: skip
        self.log.append(entry)
        upload = Upload(dataset, rows, full_load, more, entry)
        if self.batch is not None and self.knobs.rows_visible == "at_stop":
            self.batch.staged.append(upload)
        else:
            self._apply(upload)

    def _apply(self, upload: Upload) -> None:
        named = {self._put(upload.dataset, row, upload.entry["at"]) for row in upload.rows}
        if upload.full_load and upload.dataset.replaces and self.knobs.full_load == "replace":
            self._full_load(upload, named)
        upload.entry["counts"] = "yes"
        self.uploaded(upload)

    def _put(self, dataset: Dataset, row: Json, at: str) -> Key:
        key = tuple(row[name] for name in dataset.key)
        if dataset.path == "Stock":
            self.ledger.level(row, at)
        elif dataset.path == "StockMutations":
            self.ledger.put(row)
        else:
            self.tables[dataset.path][key] = row  # the whole object: what is not sent is gone
        return key

    def _full_load(self, upload: Upload, named: set[Key]) -> None:
        path = upload.dataset.path
        seen = self.loads.setdefault(path, set())
        seen |= named
        if not upload.more:
            self.tables[path] = {key: row for key, row in self.tables[path].items() if key in seen}
            del self.loads[path]

    def delete(self, dataset: Dataset, id_: str) -> bool:
        """Whether there was such a record. Deletes count at once."""
        gone: Any = None
        if dataset.path == "StockMutations":
            gone = self.ledger.mutations.get(id_)
            self.ledger.remove(id_)
        else:
            gone = self.tables[dataset.path].pop((id_,), None)
        if gone is not None:
            self.deleted.append({"dataset": dataset.path, "id": id_, "at": self.now()})
        return gone is not None

    def rows(self, path: str) -> list[Json]:
        return list(self.tables[path].values())

    def figures(self) -> dict[Place, Figures]:
        return figures(self.ledger, self.rows("StockNotForReplenishment"), self.rows("Transfers"))

    def skus(self) -> dict[str, Json]:
        """SKU id → its fields; what the SKU does not say of season, brand and the like, its item says."""
        found = {}
        for item in self.rows("Items"):
            above = {name: value for name, value in item.items() if name.endswith("Id")}
            for sku in item.get("skus", []):
                found[sku["skuId"]] = {**above, **sku}
        return found
