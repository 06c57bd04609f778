"""The kit of every simulator that serves a bridge-v1 contract over HTTP/JSON.

A simulator builds a `Bridge` in `load` (one `Postman` outlives the resets), makes its routes with a `Door`, writes
each list with `bridge.feeds.page`, refuses by raising `Problem`, reads request bodies with `Fields`, and tells of
changes with `bridge.postman.tell`. Typical use:

    def load(self):
        if not hasattr(self, "postman"):
            self.postman = Postman(self.now, lambda: self.faults)
        knobs = BridgeKnobs.read(self.settings)
        self.bridge = Bridge(knobs, clock=self.now, faults=self.faults, seed=self.seed, postman=self.postman,
                             event_types=EVENT_TYPES)
        self.door = Door(lambda: self.bridge)

    def routes(self):
        return [self.door.route("GET", "/v1/items", self._items, operation="items.list"),
                *self.door.webhook_routes(), self.door.token_route(self.bridge.knobs.auth.token_path)]

    def _items(self, call):
        rows = (FeedRow(item.updated_at, item.sku, item.public) for item in self.store.items.values())
        return self.bridge.feeds.page("items", rows, call.query, call.label)

`started` and `stopped` call `postman.start()` and `postman.stop()`; `acts` merges `BridgeActs(...).by_name()`.
"""

from crossdock.sandbox.bridge.acts import BridgeActs
from crossdock.sandbox.bridge.auth import Gate
from crossdock.sandbox.bridge.deliveries import Postman
from crossdock.sandbox.bridge.door import Answer, Bridge, Call, Door, Reply
from crossdock.sandbox.bridge.endpoints import Endpoint, Endpoints
from crossdock.sandbox.bridge.idempotency import IdempotencyStore
from crossdock.sandbox.bridge.paging import FeedRow, Feeds
from crossdock.sandbox.bridge.problems import SHARED, Kind, Problem, ProblemTable, refuse_if_wrong
from crossdock.sandbox.bridge.settings import AuthSettings, BridgeKnobs
from crossdock.sandbox.bridge.signing import new_secret, signature, signed_headers
from crossdock.sandbox.bridge.values import (
    FieldError,
    Fields,
    Json,
    Stamps,
    dec,
    later,
    money,
    parse_code,
    parse_date,
    parse_dec,
    parse_ts,
    stamp,
    ts,
)

__all__ = [
    "SHARED", "Answer", "AuthSettings", "Bridge", "BridgeActs", "BridgeKnobs", "Call", "Door", "Endpoint", "Endpoints",
    "FeedRow", "Feeds", "FieldError", "Fields", "Gate", "IdempotencyStore", "Json", "Kind", "Postman", "Problem",
    "ProblemTable", "Reply", "Stamps", "dec", "later", "money", "new_secret", "parse_code", "parse_date", "parse_dec",
    "parse_ts", "refuse_if_wrong", "signature", "signed_headers", "stamp", "ts",
]  # fmt: skip
