"""The calls below the prefix: batches, uploads, deletes, and recommendations out."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.wair.datasets import BY_ROUTE, Dataset
from crossdock.sandbox.wair.reading import read_rows
from crossdock.sandbox.wair.recommendations import PROCESSED, Recommendations
from crossdock.sandbox.wair.store import Store
from crossdock.sandbox.wair.wire import Call, Json, Refused, invalid, parsed

SHORT_ROWS = 3


class Api:
    """faults: read at each call, as a reset brings new ones."""

    def __init__(self, store: Store, recommendations: Recommendations, faults: Callable[[], FaultPlan]) -> None:
        self.store = store
        self.knobs = store.knobs
        self.recommendations = recommendations
        self.faults = faults
        self.reads: Counter[str] = Counter()
        self._calls: dict[tuple[str, str], Callable[[Call], Json | None]] = {
            ("POST", "batch/start"): self._start,
            ("POST", "batch/stop"): self._stop,
            ("GET", "recommendations/transfers"): self._transfers,
            ("GET", "recommendations/stocktargets"): self._targets,
            ("GET", "recommendations/productdescriptions"): self._texts,
        }

    def answer(self, call: Call) -> Json | None:
        """The body of a 200, None for none. Raises Refused."""
        route = call.path.strip("/").lower()
        found = self._calls.get((call.method, route))
        if found is not None:
            return found(call)
        if call.method == "POST" and route in BY_ROUTE:
            self._upload(BY_ROUTE[route], call)
            return None
        parent, _, id_ = call.path.strip("/").rpartition("/")
        if call.method == "DELETE" and parent.lower() in BY_ROUTE:
            self._delete(BY_ROUTE[parent.lower()], id_)
            return None
        known = {path for _, path in self._calls} | set(BY_ROUTE)
        raise Refused(405, "Method Not Allowed") if route in known else Refused(404, "Not Found")

    def _start(self, _: Call) -> None:
        self.store.start()

    def _stop(self, _: Call) -> None:
        self.store.stop()

    def _upload(self, dataset: Dataset, call: Call) -> None:
        array = (self.knobs.rows_keys or {}).get(dataset.path, dataset.rows)
        full_load, more = call.flag("fullLoad"), call.flag("moreRecordsAvailable")
        rows = read_rows(dataset, parsed(call.body), array, strict=self.knobs.bodies == "strict")
        self.store.upload(dataset, rows, full_load=full_load, more=more)

    def _delete(self, dataset: Dataset, id_: str) -> None:
        if not self.store.delete(dataset, id_):
            raise Refused(404, "Not Found")

    def _transfers(self, call: Call) -> Json:
        if self.knobs.output == "stock_targets":
            return self._page(call, "transfers", [], echo=self.knobs.limit_echo)
        rows = self.recommendations.list_transfers(call)
        page = self._page(call, "transfers", rows, echo=self.knobs.limit_echo)
        others = self.recommendations.open()[: self.knobs.processed_per_read]
        self.recommendations.close(others, PROCESSED, "others")
        return page

    def _targets(self, call: Call) -> Json:
        rows = [] if self.knobs.output == "transfers" else self.recommendations.list_targets()
        return self._page(call, "stockTargets", rows, echo="asked")

    def _texts(self, call: Call) -> Json:
        return self._page(call, "styles", self.recommendations.list_texts(call), echo=self.knobs.limit_echo)

    def _page(self, call: Call, name: str, rows: list[Json], *, echo: str) -> Json:
        """Rows by position in the list of this very moment: between two pages it may have moved. Raises Refused."""
        offset, asked = call.whole("Offset", 0), call.whole("Limit", 0)
        if asked > self.knobs.limit_max and self.knobs.limit_over == "refuse":
            raise invalid({"Limit": [f"The field Limit must be between 0 and {self.knobs.limit_max}."]})
        limit = min(asked or self.knobs.limit_default, self.knobs.limit_max)
        self.reads[name] += 1
        page: list[Any] = rows[offset : offset + limit]
        faults = self.faults()
        if page and faults.draw("short_list", call.label):
            page = page[:-SHORT_ROWS]
        if page and faults.draw("duplicate_row", call.label):
            page = [*page, page[0]]
        more = offset + limit < len(rows)
        return {name: page, "offset": offset, "limit": asked if echo == "asked" else 0, "moreRecordsAvailable": more}
