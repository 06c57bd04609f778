"""`/v1/orders…` of the bridge: validate, create, read, cancel; and what a queue decides later."""

from collections.abc import Callable
from datetime import timedelta

from crossdock.sandbox.bridge import Answer, Bridge, Call, FeedRow, FieldError, Fields, Json, Problem, Reply
from crossdock.sandbox.prima import bridge_view as view
from crossdock.sandbox.prima import fulfilment
from crossdock.sandbox.prima.intake import OrderRefused, Terms, build, file, take, vendor
from crossdock.sandbox.prima.model import Order, OrderIntent
from crossdock.sandbox.prima.order_reading import read_order
from crossdock.sandbox.prima.store import Store


def terms(store: Store) -> Terms:
    """A bridge line without a price is priced by the ERP only where the ERP prices every line."""
    return Terms(mode=store.knobs.pricing_mode, blank="error", strict=True)


def problem_for(refused: OrderRefused, request_id: str) -> Problem:
    """The first refusal names the problem; all of them are in `errors`."""
    first = refused.refusals[0]
    errors = [FieldError(one.pointer, one.code, one.text) for one in refused.refusals]
    return Problem(first.code, first.text, errors=errors, vendor=vendor(first, request_id))


def decide(store: Store, order: Order) -> None:
    """A queued order is taken, or rejected with what Prima says."""
    try:
        take(store, order.intent, terms(store), door=order.door, order=order)
    except OrderRefused as refused:
        first = refused.refusals[0]
        order.rejection = (first.code, first.text)
        store.touch_order(order, "rejected")


def decide_due(store: Store, limit: int | None = None, *, due_only: bool = True) -> list[Order]:
    """Decide queued orders, oldest first: those whose time has come, or any."""
    wait = store.knobs.queue_seconds
    if due_only and wait is None:
        return []
    until = store.now() - timedelta(seconds=wait or 0)
    queued = [one for one in store.queue() if not due_only or one.created_at <= until]
    for order in queued[:limit]:
        decide(store, order)
    return queued[:limit]


def validate(store: Store, call: Call) -> Answer:
    intent = read_order(call.json())
    try:
        order = build(store, intent, terms(store))
    except OrderRefused as refused:
        if store.knobs.validate_answers == "problem":
            raise problem_for(refused, _request_id(store)) from refused
        told = [{"pointer": one.pointer, "code": one.code, "detail": one.text} for one in refused.refusals]
        return {"valid": False, "problems": told}
    shown = view.order_json(store, order)
    return {"valid": True, "totals": shown["totals"], "variance": shown["variance"]}


def create(store: Store, call: Call) -> Answer:
    """201 for a new order, 202 for a queued one, 200 for one that is there already. Raises Problem."""
    intent = read_order(call.json())
    store.imports_by_ref[intent.external_ref] += 1
    if (standing := _standing(store, intent)) is not None:
        return Reply(200, view.order_json(store, standing))
    if store.knobs.queue:
        return Reply(202, view.order_json(store, file(store, intent, "bridge")))
    try:
        order = take(store, intent, terms(store), door="bridge")
    except OrderRefused as refused:
        raise problem_for(refused, _request_id(store)) from refused
    return Reply(201, view.order_json(store, order))


def _standing(store: Store, intent: OrderIntent) -> Order | None:
    order = store.order_for(intent.source, intent.external_ref)
    if order is not None and order.status == "rejected" and store.knobs.rejected_ref == "reusable":
        return None
    if order is not None and order.intent == intent:
        return order
    taken = store.knobs.erp_number == "external_ref" and store.orders_numbered(intent.external_ref)
    if order is not None or taken:
        raise Problem("order-ref-conflict", f"Order {intent.external_ref} is on file with other contents")
    return None


def find(store: Store, number: str) -> Order:
    """The newest order of that number. Raises Problem not-found."""
    orders = store.orders_numbered(number)
    if not orders:
        raise Problem("not-found", f"there is no order {number}")
    return orders[-1]


def get(store: Store, call: Call) -> Answer:
    return view.order_json(store, find(store, call.parts["number"]))


def listed(store: Store, bridge: Bridge, call: Call) -> Json:
    """All orders by change, or those of an `external_ref` (and `source`)."""
    wanted = {name: call.query[name] for name in ("external_ref", "source") if name in call.query}
    feed = "orders" + "".join(f"&{name}={value}" for name, value in wanted.items())
    rows = (
        FeedRow(order.updated_at, f"{order.number}|{order.id:09d}", _writer(store, order))
        for order in store.orders.values()
        if all(getattr(order.intent, name) == value for name, value in wanted.items())
    )
    return bridge.feeds.page(feed, rows, call.query, call.label)


def _writer(store: Store, order: Order) -> Callable[[], Json]:
    return lambda: view.order_json(store, order)


def cancel(store: Store, call: Call) -> Answer:
    """Raises Problem: not-found, order-not-cancellable. The body, if any, may say a `reason`."""
    order = find(store, call.parts["number"])
    reason = Fields(call.json()).text_or_none("reason") if call.body else None
    try:
        fulfilment.cancel(store, order)
    except fulfilment.NotNow as late:
        raise Problem("order-not-cancellable", str(late)) from late
    store.writes.append({"what": "cancel", "door": "bridge", "order": order.number, "reason": reason})
    return view.order_json(store, order)


def _request_id(store: Store) -> str:
    return f"PRM{store.next_request():08d}"
