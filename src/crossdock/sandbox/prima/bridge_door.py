"""The gateway's door: `/v1/…` of the bridge contract over Prima's state."""

from collections.abc import Callable, Iterable, Iterator

from aiohttp import web

from crossdock.sandbox.bridge import (
    Answer,
    Bridge,
    Call,
    Door,
    FeedRow,
    FieldError,
    Fields,
    Json,
    Problem,
    refuse_if_wrong,
)
from crossdock.sandbox.prima import bridge_orders as orders
from crossdock.sandbox.prima import bridge_view as view
from crossdock.sandbox.prima import figures
from crossdock.sandbox.prima.loading import LOADED
from crossdock.sandbox.prima.model import ZERO, Price, PriceList
from crossdock.sandbox.prima.pricing import valid
from crossdock.sandbox.prima.store import Store

SKUS_MAX = 200
Handler = Callable[[Store, Bridge, Call], Answer]


class BridgeDoor:
    """held: the present store and bridge, asked for at each call; a reset replaces them. What a queue owes is decided
    before a call is answered."""

    def __init__(self, held: Callable[[], tuple[Store, Bridge]]) -> None:
        self.held = held
        self.door = Door(lambda: held()[1])

    def routes(self, token_path: str) -> list[web.RouteDef]:
        get, post = "GET", "POST"
        table: list[tuple[str, str, str, Handler, bool]] = [
            (get, "/v1/capabilities", "capabilities", _capabilities, False),
            (get, "/v1/items", "items.list", _items, False),
            (get, "/v1/items/{sku}", "items.get", _item, False),
            (get, "/v1/stock", "stock.list", _stock, False),
            (post, "/v1/stock/query", "stock.query", _stock_query, False),
            (get, "/v1/customers", "customers.list", _customers, False),
            (get, "/v1/customers/{account_code}", "customers.get", _customer, False),
            (get, "/v1/price-lists", "price_lists.list", _price_lists, False),
            (get, "/v1/price-lists/{code}/prices", "price_lists.prices", _prices, False),
            (post, "/v1/orders/validate", "orders.validate", _stored(orders.validate), False),
            (post, "/v1/orders", "orders.create", _stored(orders.create), True),
            (get, "/v1/orders", "orders.list", orders.listed, False),
            (get, "/v1/orders/{number}", "orders.status", _stored(orders.get), False),
            (post, "/v1/orders/{number}/cancel", "orders.cancel", _stored(orders.cancel), True),
            (get, "/v1/orders/{number}/shipments", "shipments.list", _order_shipments, False),
            (get, "/v1/shipments", "shipments.list", _shipments, False),
            (get, "/v1/invoices", "invoices.list", _invoices, False),
            (get, "/v1/invoices/{number}", "invoices.get", _invoice, False),
        ]
        routes = [
            self.door.route(method, path, self._bound(handler), operation=operation, idempotent=once)
            for method, path, operation, handler, once in table
        ]
        return [*routes, *self.door.webhook_routes(), self.door.token_route(token_path)]

    def _bound(self, handler: Handler) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            store, bridge = self.held()
            orders.decide_due(store)
            return handler(store, bridge, call)

        return answer


def _stored(handler: Callable[[Store, Call], Answer]) -> Handler:
    return lambda store, _bridge, call: handler(store, call)


def _capabilities(store: Store, bridge: Bridge, _call: Call) -> Answer:
    return view.capabilities(store, webhooks=bridge.knobs.webhooks)


def _items(store: Store, bridge: Bridge, call: Call) -> Answer:
    return bridge.feeds.page("items", _item_rows(store), call.query, call.label)


def _item_rows(store: Store) -> Iterator[FeedRow]:
    for sku, (item, _unit) in store.saleable.items():
        if sku == item.sku or store.knobs.unit_items:
            yield FeedRow(item.updated_at, sku, lambda sku=sku: _item_json(store, sku))  # type: ignore[misc]


def _item_json(store: Store, sku: str) -> Json:
    item, unit = store.saleable[sku]
    return view.item_json(store, item) if sku == item.sku else view.unit_item_json(store, item, unit)


def _item(store: Store, _bridge: Bridge, call: Call) -> Answer:
    sku = call.parts["sku"]
    if sku not in store.saleable or (sku not in store.items and not store.knobs.unit_items):
        raise Problem("not-found", f"there is no item {sku}")
    return _item_json(store, sku)


def _stock(store: Store, bridge: Bridge, call: Call) -> Answer:
    if "updated_since" in call.query and not store.knobs.stock_delta:
        raise Problem("operation-unsupported", "stock is only told whole here")
    return bridge.feeds.page("stock", _stock_rows(store), call.query, call.label)


def _stock_rows(store: Store) -> Iterator[FeedRow]:
    for sku in store.saleable:
        for inside, name in figures.places(store):
            changed = figures.changed_at(store, sku, inside)
            if changed is not None:
                yield FeedRow(changed, f"{sku}|{name}", lambda sku=sku, name=name: _stock_json(store, sku, name))  # type: ignore[misc]


def _stock_json(store: Store, sku: str, name: str) -> Json:
    (row,) = figures.bridge_rows(store, sku, name)
    return view.stock_json(store, row)


def _stock_query(store: Store, _bridge: Bridge, call: Call) -> Answer:
    fields = Fields(call.json())
    skus = fields.codes("skus", least=1, most=SKUS_MAX)
    warehouse = fields.code_or_none("warehouse_code")
    places = store.knobs.warehouses if store.knobs.per_warehouse else ("ALL",)
    if warehouse is not None and warehouse not in places:
        text = f"there is no warehouse {warehouse}; there are {', '.join(places)}"
        fields.wrong.append(FieldError("/warehouse_code", "enum", text))
    refuse_if_wrong(fields.wrong)
    wanted = list(dict.fromkeys(skus))
    found = {sku: figures.bridge_rows(store, sku, warehouse) if sku in store.saleable else [] for sku in wanted}
    data = [view.stock_json(store, row) for rows in found.values() for row in rows]
    return {"data": data, "missing": [sku for sku, rows in found.items() if not rows]}


def _customers(store: Store, bridge: Bridge, call: Call) -> Answer:
    rows = (
        FeedRow(one.updated_at, one.account_code, lambda one=one: view.account_json(one))  # type: ignore[misc]
        for one in store.accounts.values()
    )
    return bridge.feeds.page("customers", rows, call.query, call.label)


def _customer(store: Store, _bridge: Bridge, call: Call) -> Answer:
    code = call.parts["account_code"]
    if code not in store.accounts:
        raise Problem("not-found", f"there is no account {code}")
    return view.account_json(store.accounts[code])


def _price_lists(store: Store, bridge: Bridge, call: Call) -> Answer:
    rows = (
        FeedRow(one.updated_at, one.code, lambda one=one: view.price_list_json(one))  # type: ignore[misc]
        for one in store.price_lists.values()
    )
    return bridge.feeds.page("price-lists", rows, call.query, call.label)


def _prices(store: Store, bridge: Bridge, call: Call) -> Answer:
    code = call.parts["code"]
    if code not in store.price_lists:
        raise Problem("not-found", f"there is no price list {code}")
    rows = (
        FeedRow(one.updated_at, one.key, lambda one=one: view.price_json(one))  # type: ignore[misc]
        for one in _told_prices(store, store.price_lists[code])
    )
    return bridge.feeds.page(f"price-lists/{code}", rows, call.query, call.label)


def _told_prices(store: Store, prices: PriceList) -> Iterable[Price]:
    """The list's prices; with the trap set, what has none is told at 0.00 instead of left out."""
    yield from prices.prices.values()
    if store.knobs.zero_price_trap:
        today = store.now().date()
        priced = {price.sku for price in prices.prices.values() if valid(price, today)}
        unit_code = "" if store.knobs.uom_mode == "unit_sku" else "each"
        for sku in (*store.saleable, *store.strangers):
            if sku not in priced:
                yield Price(sku, unit_code, ZERO + 1, ZERO, LOADED)


def _order_shipments(store: Store, bridge: Bridge, call: Call) -> Answer:
    order = orders.find(store, call.parts["number"])
    rows = [row for row in _shipment_rows(store) if store.shipments[row.key].order is order]
    return bridge.feeds.page(f"orders/{order.id}/shipments", rows, call.query, call.label)


def _shipments(store: Store, bridge: Bridge, call: Call) -> Answer:
    return bridge.feeds.page("shipments", _shipment_rows(store), call.query, call.label)


def _shipment_rows(store: Store) -> Iterator[FeedRow]:
    for one in store.shipments.values():
        yield FeedRow(one.updated_at, one.shipment_id, lambda one=one: view.shipment_json(one))  # type: ignore[misc]


def _invoices(store: Store, bridge: Bridge, call: Call) -> Answer:
    rows = (
        FeedRow(one.updated_at, one.number, lambda one=one: view.invoice_json(store, one))  # type: ignore[misc]
        for one in store.invoices.values()
    )
    return bridge.feeds.page("invoices", rows, call.query, call.label)


def _invoice(store: Store, _bridge: Bridge, call: Call) -> Answer:
    number = call.parts["number"]
    if number not in store.invoices:
        raise Problem("not-found", f"there is no invoice {number}")
    return view.invoice_json(store, store.invoices[number])
