"""Bulk requests: many calls in one, worked off later, each with a status of its own (SCAYLE docs, Bulk Requests).

`processed` means answered: an operation that was refused counts among `failedOperations` and shows its status code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import ApiError, Json, bad, conflict, not_found
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.wire import Call, Reply, number, whole_list
from crossdock.sandbox.scayle.world import World

ALLOWED = {"stocks": ("variants", "*", "stocks"), "prices": ("variants", "*", "prices")}
Dispatch = Callable[[str, tuple[str, ...], bytes], Reply]
Nudge = Callable[[str, Json], None]


@dataclass(slots=True)
class Operation:
    key: str
    url: str
    method: str
    body: Any
    status: str = "new"
    code: int = 0
    answer: Any = None

    @property
    def failed(self) -> bool:
        return self.code >= 400


@dataclass(slots=True)
class Request:
    key: int
    kind: str
    status: str = "new"
    operations: list[Operation] = field(default_factory=list)
    request_url: str | None = None
    operation_url: str | None = None
    complete: bool = False


class Bulk:
    """dispatch: plays one operation as a call of its own. nudge: posts to a callback URL."""

    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world = world
        self.faults = faults
        self.requests: dict[int, Request] = {}
        self.dispatch: Dispatch = lambda *_: Reply(500)
        self.nudge: Nudge = lambda *_: None

    def routes(self) -> list[Route]:
        one = "/bulk-requests/{request}"
        return [
            Route("POST", "/variants/stocks/bulk-requests", "stocksWrite", lambda call: self.create(call, "stocks")),
            Route("POST", "/variants/prices/bulk-requests", "pricesWrite", lambda call: self.create(call, "prices")),
            Route("GET", "/bulk-requests", "globalRead", self.requests_list),
            Route("GET", one + "/status", "globalRead", self.status),
            Route("GET", one + "/operations/{operation}/status", "globalRead", self.operation_status),
            Route("PUT", one + "/cancel", "globalWrite", self.cancel),
        ]

    def create(self, call: Call, kind: str) -> Reply:
        """A first chunk, or a further one of the request named in `callbacks.bulkRequestKey`."""
        body = call.object()
        callbacks = body.get("callbacks") or {}
        operations = self._operations(body)
        known = callbacks.get("bulkRequestKey")
        request = self._open(known, kind) if known is not None else self._new(kind, callbacks)
        request.operations += operations
        if callbacks.get("requestStatus", "complete") == "complete":
            request.complete, request.status = True, "pending"
            self.world.later(self.world.knobs.bulk_seconds, lambda: self._work(request))
        return Reply(201, {"key": request.key})

    def _operations(self, body: Json) -> list[Operation]:
        rows = body.get("operations")
        if not isinstance(rows, list) or not rows:
            raise bad("operations must be a list with at least one entry.", parameter="operations")
        if len(rows) > self.world.knobs.bulk_operations_max:
            raise ApiError(413, "TOO_MANY_OPERATIONS", "Too many operations in one call.", count=len(rows))
        found = [
            Operation(str(row.get("key", "")), str(row.get("url", "")), str(row.get("method", "")), row.get("body"))
            for row in rows
        ]
        if len({one.key for one in found}) != len(found) or not all(one.key for one in found):
            raise bad("Each operation needs a key of its own.", parameter="operations")
        running = sum(one.status == "new" for request in self.requests.values() for one in request.operations)
        if running + len(found) > self.world.knobs.bulk_running_max:
            raise ApiError(413, "TOO_MANY_OPERATIONS", "Too many operations are still running.", running=running)
        return found

    def _open(self, key: Any, kind: str) -> Request:
        request = self.requests.get(key)
        if request is None or request.kind != kind:
            raise not_found("bulk request", key=key)
        if request.complete or request.status == "cancelled":
            raise conflict("BULK_REQUEST_COMPLETE", "A complete request cannot be extended.", key=key)
        return request

    def _new(self, kind: str, callbacks: Json) -> Request:
        key = 123 + len(self.requests)
        urls = (callbacks.get("requestUrl"), callbacks.get("operationUrl"))
        request = self.requests[key] = Request(key, kind, request_url=urls[0], operation_url=urls[1])
        return request

    def _work(self, request: Request) -> None:
        if request.status == "cancelled":
            return
        for operation in request.operations:
            self._play(operation, request.kind)
            if request.operation_url:
                self.nudge(request.operation_url, self._operation_row(operation, request))
        request.status = "processed"
        if request.request_url:
            self.nudge(request.request_url, self._row(request))

    def _play(self, operation: Operation, kind: str) -> None:
        parts = tuple(unquote(part) for part in operation.url.split("/") if part)
        if not _allowed(parts, ALLOWED[kind]):
            refusal = ApiError(400, "OPERATION_NOT_ALLOWED", f"Not an operation of a {kind} request.")
            reply = Reply(400, refusal.body())
        else:
            reply = self.dispatch(operation.method, parts, orjson.dumps(operation.body))
        operation.code, operation.answer = reply.status, reply.body
        operation.status = self.world.knobs.bulk_error_status if operation.failed else "processed"

    def _request(self, call: Call) -> Request:
        request = self.requests.get(number(call.args["request"], "bulk request"))
        if request is None:
            raise not_found("bulk request", key=call.args["request"])
        return request

    def _row(self, request: Request) -> Json:
        done = [one for one in request.operations if one.status != "new"]
        progress = {
            "totalOperations": len(request.operations),
            "processedOperations": len(done),
            "failedOperations": sum(one.failed for one in done),
        }
        return {"key": request.key, "status": request.status, "progress": progress}

    def _operation_row(self, operation: Operation, request: Request) -> Json:
        row: Json = {"key": operation.key, "status": operation.status}
        if operation.code:
            row["response"] = {"statusCode": operation.code, "body": operation.answer}
        return {**row, "bulkRequest": self._row(request)}

    def requests_list(self, call: Call) -> Reply:
        return whole_list([self._row(one) for one in self.requests.values()], call, self.faults)

    def status(self, call: Call) -> Reply:
        return Reply(200, self._row(self._request(call)))

    def operation_status(self, call: Call) -> Reply:
        request = self._request(call)
        for operation in request.operations:
            if operation.key == call.args["operation"]:
                return Reply(200, self._operation_row(operation, request))
        raise not_found("bulk operation", key=call.args["operation"])

    def cancel(self, call: Call) -> Reply:
        """What has been worked off stays done."""
        request = self._request(call)
        if request.status == "processed":
            raise conflict("BULK_REQUEST_PROCESSED", "A processed request cannot be cancelled.", key=request.key)
        request.status = "cancelled"
        return Reply(200, {"key": request.key, "status": request.status})

    def picture(self) -> list[Json]:
        """Every request with its operations, as plain JSON."""
        return [
            {**self._row(one), "kind": one.kind, "operations": [_told(operation) for operation in one.operations]}
            for one in self.requests.values()
        ]  # fmt: skip


def _told(operation: Operation) -> Json:
    return {"key": operation.key, "url": operation.url, "status": operation.status, "code": operation.code}


def _allowed(parts: tuple[str, ...], template: tuple[str, ...]) -> bool:
    return len(parts) == len(template) and all(want in ("*", got) for want, got in zip(template, parts, strict=True))
