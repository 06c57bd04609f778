"""The calls of the retail-stock bridge v1 (store stock, dispatches, recommendations)."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from aiohttp import web

from crossdock.sandbox.bridge import Bridge, Call, Door, FeedRow, Fields, Json, Problem, refuse_if_wrong, ts
from crossdock.sandbox.retail_stock.incoming import Incoming
from crossdock.sandbox.retail_stock.knobs import OPERATIONS
from crossdock.sandbox.retail_stock.shop import Shop
from crossdock.sandbox.retail_stock.stockroom import Stockroom

V1 = "/v1"


class Api:
    """Handlers over one shop; a reset makes a new one."""

    def __init__(self, shop: Shop, stockroom: Stockroom, bridge: Bridge) -> None:
        self.shop = shop
        self.knobs = shop.knobs
        self.stockroom = stockroom
        self.bridge = bridge
        self.incoming = Incoming(shop, bridge.problems)

    def capabilities(self, _: Call) -> Json:
        offered = {name: "unsupported" if name in self.knobs.not_offered else "supported" for name in OPERATIONS}
        webhooks = self.bridge.knobs.webhooks
        return {
            "contract_version": self.knobs.contract_version,
            "backend": self.knobs.backend,
            "operations": {**offered, "webhooks": "supported" if webhooks else "unsupported"},
            "locations_owned": self.shop.owned(),
            "stock_basis_accepted": self.knobs.stock_basis_accepted,
            "stock_basis_emitted": self.knobs.stock_basis_emitted,
            "emits_sequence": self.knobs.emits_sequence,
            "webhooks": webhooks,
            "max_batch": {name: self.knobs.batch_limit(name) for name in ("items", "stock", "sales", "transfers")},
            "sizing": self.knobs.sizing,
        }

    def _page(self, feed: str, rows: Iterable[FeedRow], call: Call, *, since: str = "updated_since") -> Json:
        query = {("updated_since" if name == since else name): value for name, value in call.query.items()}
        return self.bridge.feeds.page(feed, rows, query, call.label)

    def list_items(self, call: Call) -> Json:
        rows = (
            FeedRow(held.updated_at, str(key), partial(self.shop.item_row, held.content, held.updated_at))
            for key, held in self.shop.items.rows.items()
        )
        return self._page("items", rows, call)

    def put_items(self, call: Call) -> Json:
        return self.incoming.items(call.json())

    def list_locations(self, call: Call) -> Json:
        rows = (
            FeedRow(held.updated_at, str(key), partial(dict, held.content, updated_at=ts(held.updated_at)))
            for key, held in self.shop.locations.rows.items()
        )
        return self._page("locations", rows, call)

    def put_locations(self, call: Call) -> Json:
        return self.incoming.locations(call.json())

    def list_levels(self, call: Call) -> Json:
        return self._page("stock-levels", self.stockroom.level_rows(), call)

    def query_levels(self, call: Call) -> Json:
        """Published levels of the SKUs, at one location or all; SKUs with none are missing, which is not zero."""
        fields = Fields(call.json())
        skus = fields.codes("skus", least=1, most=self.knobs.query_max)
        location = fields.code_or_none("location_code")
        refuse_if_wrong(fields.wrong)
        if location is not None:
            self.shop.location(location)
        wanted = set(skus)
        found = [row.write() for row in self.stockroom.level_rows() if row.key.partition("|")[2] in wanted]
        data = [row for row in found if location in (None, row["location_code"])]
        held = {row["sku"] for row in data}
        return {"data": data, "missing": [sku for sku in dict.fromkeys(skus) if sku not in held]}

    def put_levels(self, call: Call) -> Json:
        return self.incoming.levels(call.json())

    def list_movements(self, call: Call) -> Json:
        return self._page("stock-movements", self.stockroom.movement_rows(), call)

    def replace_commitments(self, call: Call) -> Json:
        return self.incoming.commitments(call.json())

    def post_sales(self, call: Call) -> Json:
        return self.incoming.sales(call.json())

    def put_transfers(self, call: Call) -> Json:
        return self.incoming.transfers(call.json())

    def list_dispatches(self, call: Call) -> Json:
        order_ref = call.query.get("order_ref")
        rows = (
            FeedRow(one.published_at, one.dispatch_id, one.public)
            for one in self.shop.dispatches.values()
            if order_ref in (None, one.order_ref)
        )
        return self._page(f"dispatches order_ref={order_ref or ''}", rows, call)

    def get_dispatch(self, call: Call) -> Json:
        one = self.shop.dispatches.get(call.parts["id"])
        if one is None:
            raise Problem("not-found", f"there is no dispatch {call.parts['id']}")
        return one.public()

    def query_dispatches(self, call: Call) -> Json:
        fields = Fields(call.json())
        refs = fields.codes("order_refs", least=1, most=self.knobs.query_max)
        refuse_if_wrong(fields.wrong)
        data = [one.public() for one in self.shop.dispatches.values() if one.order_ref in set(refs)]
        held = {row["order_ref"] for row in data}
        return {"data": data, "missing": [ref for ref in dict.fromkeys(refs) if ref not in held]}

    def list_recommended(self, call: Call) -> Json:
        """Every open transfer, whoever has read it before."""
        rows = (
            FeedRow(one.confirmed_at, one.reference_id, one.public)
            for one in self.shop.recommended.values()
            if one.status == "open" and one.confirmed_at is not None
        )
        return self._page("recommended-transfers", rows, call, since="confirmed_since")

    def list_targets(self, call: Call) -> Json:
        return self._page("stock-targets", self._target_rows(), call)

    def _target_rows(self) -> Iterator[FeedRow]:
        for key, held in self.shop.targets.rows.items():
            yield FeedRow(held.updated_at, str(key), partial(dict, held.content))


def routes(door: Door, api: Callable[[], Api]) -> list[web.RouteDef]:
    """api: the present one, asked for at each call."""
    calls = (
        ("GET", "/capabilities", "capabilities", "capabilities"),
        ("GET", "/items", "list_items", "items.list"),
        ("PUT", "/items:batch", "put_items", "items.put"),
        ("GET", "/locations", "list_locations", "locations.list"),
        ("PUT", "/locations:batch", "put_locations", "locations.put"),
        ("GET", "/stock-levels", "list_levels", "stock.feed"),
        ("POST", "/stock-levels/query", "query_levels", "stock.query"),
        ("PUT", "/stock-levels:batch", "put_levels", "stock.put"),
        ("GET", "/stock-movements", "list_movements", "movements.feed"),
        ("PUT", "/commitments:replace", "replace_commitments", "commitments.replace"),
        ("GET", "/dispatches", "list_dispatches", "dispatches.feed"),
        ("GET", "/dispatches/{id}", "get_dispatch", "dispatches.get"),
        ("POST", "/dispatches/query", "query_dispatches", "dispatches.query"),
        ("GET", "/recommendations/transfers", "list_recommended", "recommendations.transfers"),
        ("GET", "/recommendations/stock-targets", "list_targets", "recommendations.stock_targets"),
        ("PUT", "/transfers:batch", "put_transfers", "transfers.put"),
    )
    creating = ("POST", "/sales:batch", "post_sales", "sales.post")
    return [
        *(door.route(method, V1 + path, _late(api, name), operation=op) for method, path, name, op in calls),
        door.route(creating[0], V1 + creating[1], _late(api, creating[2]), operation=creating[3], idempotent=True),
    ]


def _late(api: Callable[[], Api], name: str) -> Callable[[Call], Json]:
    def handle(call: Call) -> Json:
        answer: Json = getattr(api(), name)(call)
        return answer

    return handle
