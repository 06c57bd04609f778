"""Who wants to hear what: Admin subscriptions, and the newer ones of a producer.

Admin subscriptions hold basic auth in their URL and mask it on read; producer subscriptions hold it apart and show it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import Json, bad, conflict, not_found
from crossdock.sandbox.scayle.events import catalogue
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.times import iso
from crossdock.sandbox.scayle.views import masked
from crossdock.sandbox.scayle.wire import Call, Reply, number, page, whole_list
from crossdock.sandbox.scayle.world import World

PRODUCER_FIELDS = {
    "externalId": None, "eventName": "", "url": "", "target": None, "enabled": True, "auth": None,
    "customHeaders": None, "rpm": None, "email": None, "isInternal": False,
}  # fmt: skip
TARGET = {
    "type": "object",
    "properties": {"companyId": {"type": "integer"}, "shopCountryId": {"type": "integer"}},
    "required": ["companyId", "shopCountryId"],
}


@dataclass(slots=True)
class Subscription:
    """producer: "" for an Admin subscription. more: the producer fields that only travel."""

    id: int
    event: str
    url: str
    version: int = 1
    filters: list[Json] = field(default_factory=list)
    producer: str = ""
    enabled: bool = True
    more: Json = field(default_factory=dict)
    failures: int = 0
    suspensions: int = 0
    suspended_until: datetime | None = None
    disabled_reason: str | None = None

    def wants(self, merchants: Collection[str]) -> bool:
        """merchants: reference keys an event is about; an event about none passes every filter."""
        if not merchants:
            return True
        for one in self.filters:
            keys = one.get("merchantReferenceKeys") or {}
            if keys.get("include") and not set(keys["include"]) & set(merchants):
                return False
            if keys.get("exclude") and set(merchants) <= set(keys["exclude"]):
                return False
        return True

    def row(self) -> Json:
        if not self.producer:
            shown: Json = {"id": self.id, "event": self.event, "version": self.version, "url": masked(self.url)}
            return {**shown, "filters": self.filters} if self.filters else shown
        row = {"id": self.id, **self.more, "eventName": self.event, "url": self.url, "enabled": self.enabled}
        row["disabledReason"] = self.disabled_reason
        if self.suspended_until is not None:
            row["suspendedUntil"] = iso(self.suspended_until)
        return {
            name: value for name, value in row.items() if value is not None or name in ("externalId", "disabledReason")
        }


class Subscriptions:
    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world = world
        self.faults = faults
        self.rows: dict[int, Subscription] = {}

    def routes(self) -> list[Route]:
        read, write = "globalRead", "globalWrite"
        admin, producer = "/webhooks/subscriptions", "/webhooks/producers/{producer}/subscriptions"
        return [
            Route("GET", "/webhooks/events", read, self.events),
            Route("GET", admin, read, self.list_admin),
            Route("POST", admin, write, self.create),
            Route("GET", admin + "/{subscription}", read, self.show),
            Route("PATCH", admin + "/{subscription}", write, self.change),
            Route("DELETE", admin + "/{subscription}", write, self.delete),
            Route("GET", "/webhooks/producers/{producer}/events", read, self.producer_events),
            Route("GET", producer, read, self.list_producer),
            Route("POST", producer, write, self.create_producer),
            Route("GET", producer + "/{subscription}", read, self.show),
            Route("PUT", producer + "/{subscription}", write, self.replace_producer),
            Route("DELETE", producer + "/{subscription}", write, self.delete),
        ]

    def events(self, call: Call) -> Reply:
        return whole_list(catalogue(self.world.knobs), call, self.faults)

    def _known(self, event: Any, version: Any = 1) -> None:
        if not any(one["event"] == event and one["version"] == version for one in catalogue(self.world.knobs)):
            raise not_found("webhook event", event=event, version=version)

    def _url(self, body: Json) -> str:
        url = body.get("url")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise bad("url must be an HTTP URL.", parameter="url")
        return url

    def _find(self, call: Call) -> Subscription:
        found = self.rows.get(number(call.args["subscription"], "webhook subscription"))
        if found is None or found.producer != call.args.get("producer", ""):
            raise not_found("webhook subscription", subscriptionId=call.args["subscription"])
        return found

    def list_admin(self, call: Call) -> Reply:
        return whole_list([one.row() for one in self.rows.values() if not one.producer], call, self.faults)

    def show(self, call: Call) -> Reply:
        return Reply(200, self._find(call).row())

    def create(self, call: Call) -> Reply:
        body = call.object()
        version = body.get("version", 1)
        self._known(body.get("event"), version)
        id_ = self.world.new_id("subscription")
        self.rows[id_] = Subscription(id_, body["event"], self._url(body), version, list(body.get("filters") or []))
        return Reply(201, self.rows[id_].row())

    def change(self, call: Call) -> Reply:
        """A new URL, and merchants added to or taken from the filters. A masked URL is taken as it is."""
        found, body = self._find(call), call.object()
        if body.get("url") is not None:
            found.url = self._url(body)
        for one in body.get("filters") or []:
            for side, edit in (one.get("merchantReferenceKeys") or {}).items():
                _edit(found.filters, side, edit or {})
        return Reply(200, found.row())

    def delete(self, call: Call) -> Reply:
        del self.rows[self._find(call).id]
        return Reply(204)

    def producer_events(self, call: Call) -> Reply:
        names = sorted({one["event"] for one in catalogue(self.world.knobs)})
        rows: dict[int, Json] = {
            number: {"id": number, "name": name, "description": f"Called on {name}.", "targetSchema": TARGET}
            for number, name in enumerate(names, 1)
        }
        return page(rows, call, self.faults, lambda row: row, limit_max=self.world.knobs.limit_max)

    def list_producer(self, call: Call) -> Reply:
        producer = call.args["producer"]
        return page(
            self.rows, call, self.faults, Subscription.row, limit_max=self.world.knobs.limit_max,
            wanted=lambda one: one.producer == producer,
        )  # fmt: skip

    def create_producer(self, call: Call) -> Reply:
        body = call.object()
        self._known(body.get("eventName"))
        external = body.get("externalId")
        mine = [one for one in self.rows.values() if one.producer == call.args["producer"]]
        if external is not None and any(one.more.get("externalId") == external for one in mine):
            raise conflict("SUBSCRIPTION_EXISTS", "externalId is taken.", externalId=external)
        id_ = self.world.new_id("subscription")
        made = self.rows[id_] = Subscription(id_, body["eventName"], self._url(body), producer=call.args["producer"])
        _fill(made, body)
        return Reply(201, made.row())

    def replace_producer(self, call: Call) -> Reply:
        """Enabling it again ends a suspension."""
        found, body = self._find(call), call.object()
        self._known(body.get("eventName"))
        found.event, found.url = body["eventName"], self._url(body)
        _fill(found, body)
        if found.enabled:
            found.failures = found.suspensions = 0
            found.suspended_until = found.disabled_reason = None
        return Reply(200, found.row())


def _fill(found: Subscription, body: Json) -> None:
    found.enabled = bool(body.get("enabled", True))
    found.more = {name: body.get(name, usual) for name, usual in PRODUCER_FIELDS.items()}


def _edit(filters: list[Json], side: str, edit: Json) -> None:
    if not filters:
        filters.append({"merchantReferenceKeys": {}})
    keys = filters[0].setdefault("merchantReferenceKeys", {})
    left = [key for key in keys.get(side, []) if key not in (edit.get("remove") or [])]
    keys[side] = left + [key for key in edit.get("add") or [] if key not in left]
