"""Orders, their papers, and the few things a caller may write on them."""

from collections.abc import Mapping
from typing import Any

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import ApiError, Json, bad, conflict, not_found
from crossdock.sandbox.scayle.lifecycle import Lifecycle
from crossdock.sandbox.scayle.order_view import item_row, order_row
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.sales import Document, Order
from crossdock.sandbox.scayle.status import coarse, detailed
from crossdock.sandbox.scayle.times import iso
from crossdock.sandbox.scayle.wire import Call, Reply, heeded, identified, number, page
from crossdock.sandbox.scayle.world import World

BILLING_CODES = frozenset(
    {"billing_completed", "billing_partially_refunded", "billing_refunded", "billing_payment_cancelled"}
)
BASE = "/shops/{shop}/countries/{country}/orders"


class OrdersApi:
    def __init__(self, world: World, lifecycle: Lifecycle, faults: FaultPlan) -> None:
        self.world = world
        self.lifecycle = lifecycle
        self.faults = faults

    def routes(self) -> list[Route]:
        one, read, write = BASE + "/{order}", "ordersRead", "ordersWrite"
        return [
            Route("GET", BASE, read, self.orders),
            Route("GET", one, read, self.order),
            Route("GET", one + "/status", read, self.status),
            Route("PUT", one + "/reference-key", write, self.set_reference_key),
            Route("GET", one + "/invoices", read, self.invoices),
            Route("GET", one + "/invoices/{document}", read, self.paper),
            Route("GET", one + "/documents", read, self.documents),
            Route("GET", one + "/documents/{document}/file", read, self.paper),
            Route("PUT", one + "/legacy-custom-data", write, self.set_custom_data),
            Route("PUT", one + "/items/{item}/legacy-custom-data", write, self.set_item_custom_data),
            Route("POST", one + "/payment/manual-capture", write, self.manual_capture),
            Route("PATCH", one + "/billing-status", write, self.set_billing_status),
        ]

    def orders(self, call: Call) -> Reply:
        """Of the shop country in the path."""
        knobs = self.world.knobs
        country = self.world.country(call.args["shop"], call.args["country"])
        filters, asked = heeded(call.query, knobs.order_filters), call.asked

        def wanted(order: Order) -> bool:
            return order.country is country and (not filters or self._matches(order, filters))

        return page(
            self.world.orders, call, self.faults, lambda order: order_row(order, knobs, asked),
            limit_max=knobs.limit_max, wanted=wanted,
        )  # fmt: skip

    def _matches(self, order: Order, filters: Mapping[str, str]) -> bool:
        row = order_row(order, self.world.knobs)
        return all(str(row.get(name)) == text for name, text in filters.items())

    def _order(self, call: Call) -> Order:
        """Shop and country must exist; they do not filter."""
        self.world.country(call.args["shop"], call.args["country"])
        return identified(self.world.orders, call.args["order"], "order", lambda one: one.reference_key)

    def _order_by_id(self, call: Call) -> Order:
        number(call.args["order"], "order")
        return self._order(call)

    def order(self, call: Call) -> Reply:
        return Reply(200, order_row(self._order(call), self.world.knobs, call.asked))

    def status(self, call: Call) -> Reply:
        order = self._order(call)
        return Reply(200, {"status": coarse(order), "detailedStatus": detailed(order)})

    def set_reference_key(self, call: Call) -> Reply:
        order, key = self._order_by_id(call), call.object().get("referenceKey")
        if not isinstance(key, str) or not key:
            raise bad("referenceKey must be a text and not empty.", parameter="referenceKey")
        if any(one.reference_key == key and one is not order for one in self.world.orders.values()):
            raise conflict("ORDER_REFERENCE_KEY_EXISTS", "Another order has the reference key.", referenceKey=key)
        order.reference_key = key
        self.lifecycle.touch(order)
        return Reply(200, order_row(order, self.world.knobs))

    def invoices(self, call: Call) -> Reply:
        """Papers with an invoice number. The list carries no amounts."""
        papers = {one.id: one for one in self._order(call).documents if one.number}
        return page(papers, call, self.faults, _invoice_row, limit_max=self.world.knobs.limit_max)

    def documents(self, call: Call) -> Reply:
        papers = {one.id: one for one in self._order(call).documents}
        return page(papers, call, self.faults, _document_row, limit_max=self.world.knobs.limit_max)

    def paper(self, call: Call) -> Reply:
        wanted = number(call.args["document"], "document")
        for one in self._order(call).documents:
            if one.id == wanted:
                return Reply(200, _pdf(one), media="application/pdf")
        raise not_found("document", documentId=wanted)

    def _custom(self, held: Mapping[str, Any], call: Call) -> dict[str, Any]:
        given = call.object()
        return {**held, **given} if self.world.knobs.custom_data_put == "merge" else given

    def set_custom_data(self, call: Call) -> Reply:
        order = self._order(call)
        before, order.custom = order.custom, self._custom(order.custom, call)
        names = sorted({*before, *order.custom})
        diff = {
            name: {"old": before.get(name), "new": order.custom.get(name)}
            for name in names if before.get(name) != order.custom.get(name)
        }  # fmt: skip
        self.lifecycle.touch(order)
        self.lifecycle.emit("order-custom-data-updated", order, legacyCustomDataDiff=diff)
        return Reply(200, order_row(order, self.world.knobs, ["legacyCustomData"]))

    def set_item_custom_data(self, call: Call) -> Reply:
        order = self._order_by_id(call)
        unit = order.unit(number(call.args["item"], "order item"))
        if unit is None:
            raise not_found("order item", orderId=order.id, orderItemId=call.args["item"])
        unit.custom = self._custom(unit.custom, call)
        self.lifecycle.touch(order)
        return Reply(200, item_row(unit, order, self.world.knobs, custom=True))

    def manual_capture(self, call: Call) -> Reply:
        order = self._order(call)
        self.lifecycle.capture_rest(order)
        self.lifecycle.touch(order)
        return Reply(200, order_row(order, self.world.knobs))

    def set_billing_status(self, call: Call) -> Reply:
        order, body = self._order_by_id(call), call.object()
        record_billing(order, body)
        self.lifecycle.touch(order)
        return Reply(200, order_row(order, self.world.knobs))


def record_billing(order: Order, body: Mapping[str, Any]) -> None:
    """Note an outcome reached outside SCAYLE; no money moves. Raises 400 or 404 and changes nothing."""
    rows = body.get("items") or []
    for code in (body.get("code"), *(row.get("code") for row in rows)):
        if code not in BILLING_CODES:
            raise ApiError(400, "INVALID_PARAMETER", f"code must be one of {sorted(BILLING_CODES)}.", code=code)
    for row in rows:
        if order.unit(int(row.get("id") or 0)) is None:
            raise not_found("order item", orderId=order.id, orderItemId=row.get("id"))
    order.billing_code = body["code"]
    order.billing_notes.append({"code": body["code"], "reason": body.get("reason"), "items": list(rows)})


def _invoice_row(paper: Document) -> Json:
    numbers = {"number": paper.number, "fullNumber": paper.full_number}
    return {
        "id": paper.id, "createdAt": iso(paper.created_at), "type": paper.kind, "invoice": numbers, "available": True,
    }  # fmt: skip


def _document_row(paper: Document) -> Json:
    return {
        "id": paper.id, "availabilityStatus": True, "createdAt": iso(paper.created_at), "format": paper.format,
        "type": f"merchant_{paper.kind}",
    }  # fmt: skip


def _pdf(paper: Document) -> bytes:
    return f"%PDF-1.4\n% {paper.full_number}\n%%EOF\n".encode()
