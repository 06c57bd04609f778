"""The Event Platform's management API: `/api/v1/subscribers` and below, three headers on every call.

Its real host is not the PIM's; here it is served beside it. The shape of its errors is not public: `code`, `message`.
"""

import copy
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crossdock.sandbox.akeneo.auth import Auth
from crossdock.sandbox.akeneo.errors import Json, PimError, invalid, plain
from crossdock.sandbox.akeneo.event_filter import FilterError, read_filter
from crossdock.sandbox.akeneo.event_types import TYPES
from crossdock.sandbox.akeneo.model import Pim
from crossdock.sandbox.akeneo.platform import ACTIVE, DELETED, SUSPENDED, Platform, Subscription
from crossdock.sandbox.akeneo.wire import Call, Reply, json_reply, parsed_object

SUBSCRIBERS_MAX = SUBSCRIPTIONS_MAX = 20
HEADERS_MAX, HEADER_NAME_MAX, HEADER_VALUE_MAX = 5, 128, 256
RESERVED = re.compile(r"authorization|cookie|host|content-type|user-agent|x-correlation-id|x-akeneo-signature-.*", re.I)
HEADER_NAME, HEADER_VALUE = re.compile(r"[a-zA-Z0-9-]+"), re.compile(r"[\x20-\x7e]*")
SECRET_LENGTHS = range(16, 257)


class PlatformApi:
    def __init__(self, pim: Pim, platform: Platform, auth: Auth) -> None:
        self.pim, self.platform, self.auth = pim, platform, auth

    def answer(self, call: Call) -> Reply:
        """tail: the path below `/api/v1/`."""
        self._admit(call)
        parts = call.tail.strip("/").split("/")
        if parts[:1] != ["subscribers"] or len(parts) > 5 or (len(parts) > 2 and parts[2] != "subscriptions"):
            raise plain(404, "Not found")
        if len(parts) <= 2:
            return self._subscriber_call(call, parts)
        return self._subscription_call(call, self._subscriber(parts[1]), parts[3:])

    def _admit(self, call: Call) -> None:
        if not self.pim.saas or not self.pim.knobs.platform_allowed:
            raise plain(403, "This PIM, or this connection, may not use the Event Platform.")
        missing = [name for name in ("X-PIM-URL", "X-PIM-TOKEN", "X-PIM-CLIENT-ID") if not call.headers.get(name)]
        if missing:
            raise plain(401, f"Missing headers: {', '.join(missing)}")
        caller = self.auth.caller(f"Bearer {call.headers['X-PIM-TOKEN']}")
        known = self.pim.knobs.client_id if caller.kind == "connection" else self.pim.knobs.app_client_id
        if call.headers["X-PIM-CLIENT-ID"] != known:
            raise plain(401, "The client id does not belong to the token.")

    def _subscriber_call(self, call: Call, parts: list[str]) -> Reply:
        held = self.platform.subscribers
        if len(parts) == 1:
            if call.method == "GET":
                return json_reply([one for one in held.values() if one["status"] != DELETED])
            self._only(call, "POST")
            return self._new_subscriber(call)
        one = self._subscriber(parts[1])
        if call.method == "PATCH":
            body = parsed_object(call.body)
            one["name"] = body.get("name", one["name"])
            one["contact"] = _contact({**one["contact"], **body.get("contact", {})})
            one["updated_at"] = self._time(self.pim.clock())
        elif call.method == "DELETE":
            one["status"] = DELETED
            for subscription in self._of(one["id"]):
                subscription.status = DELETED
            return Reply(204)
        else:
            self._only(call, "GET")
        return json_reply(one)

    def _new_subscriber(self, call: Call) -> Reply:
        held, body = self.platform.subscribers, parsed_object(call.body)
        if sum(1 for one in held.values() if one["status"] != DELETED) >= SUBSCRIBERS_MAX:
            raise invalid(f"A PIM has at most {SUBSCRIBERS_MAX} subscribers.")
        if not isinstance(body.get("name"), str) or not isinstance(body.get("contact"), dict):
            raise invalid('A subscriber has a "name" and a "contact" with a "technical_email".')
        now, id_ = self._time(self.pim.clock()), self.pim.new_uuid()
        held[id_] = {
            "id": id_, "name": body["name"], "subject": call.headers["X-PIM-URL"], "status": ACTIVE,
            "contact": _contact(body["contact"]), "created_at": now, "updated_at": now,
        }  # fmt: skip
        return json_reply(held[id_], 201)

    def _subscription_call(self, call: Call, subscriber: Json, parts: list[str]) -> Reply:
        if not parts:
            if call.method == "GET":
                return json_reply([self._shown(one) for one in self._of(subscriber["id"])])
            self._only(call, "POST")
            return self._new_subscription(call, subscriber)
        one = self.platform.subscriptions.get(parts[0])
        if one is None or one.subscriber != subscriber["id"] or one.status == DELETED:
            raise plain(404, "Subscription not found")
        if parts[1:]:
            return self._switch(call, one, parts[1])
        if call.method == "PATCH":
            self._change(one, parsed_object(call.body))
        elif call.method == "DELETE":
            one.status = DELETED
            return Reply(204)
        else:
            self._only(call, "GET")
        return json_reply(self._shown(one))

    def _switch(self, call: Call, one: Subscription, word: str) -> Reply:
        self._only(call, "POST")
        if word == "suspend":
            self.platform.suspend(one, "suspended by its owner", by="user")
        elif word == "resume":
            if one.status != SUSPENDED:
                raise invalid(f"The subscription is {one.status}.")
            self.platform.resume(one)
        else:
            raise plain(404, "Not found")
        return json_reply(self._shown(one))

    def _new_subscription(self, call: Call, subscriber: Json) -> Reply:
        body = parsed_object(call.body)
        if len(self._of(subscriber["id"])) >= SUBSCRIPTIONS_MAX:
            raise invalid(f"A subscriber has at most {SUBSCRIPTIONS_MAX} subscriptions.")
        one = self.subscribe(subscriber, body)
        return json_reply(self._shown(one), 201)

    def subscribe(self, subscriber: Json, body: Json) -> Subscription:
        """Raises the 422 for a body that makes no subscription."""
        checked = _checked(body)
        one = Subscription(
            id=self.pim.new_uuid(), subscriber=subscriber["id"], body=checked, test=_filter(checked.get("filter", "")),
            active_from=self.pim.clock() + timedelta(seconds=self.pim.knobs.activation_seconds),
        )  # fmt: skip
        self.platform.subscriptions[one.id] = one
        return one

    def _change(self, one: Subscription, body: Json) -> None:
        config = {**one.body["config"], **body.get("config", {})}
        config["secret"] = {**one.body["config"]["secret"], **body.get("config", {}).get("secret", {})}
        checked = _checked({**one.body, **body, "config": config})
        one.test = _filter(checked.get("filter", ""))
        one.body = checked

    def _shown(self, one: Subscription) -> Json:
        """Secrets are not read back, custom headers are redacted."""
        body = copy.deepcopy(one.body)
        body["config"].pop("secret", None)
        if body["config"].get("headers"):
            body["config"]["headers"] = dict.fromkeys(body["config"]["headers"], "***")
        return {"id": one.id, "subscriber_id": one.subscriber, "status": one.status, **body}

    def _of(self, subscriber: str) -> list[Subscription]:
        held = self.platform.subscriptions.values()
        return [one for one in held if one.subscriber == subscriber and one.status != DELETED]

    def _subscriber(self, id_: str) -> Json:
        one = self.platform.subscribers.get(id_)
        if one is None or one["status"] == DELETED:
            raise plain(404, "Subscriber not found")
        return one

    def _only(self, call: Call, method: str) -> None:
        if call.method != method:
            raise PimError(405, {"message": "Method not allowed"}, {"Allow": method})

    def _time(self, at: datetime) -> str:
        return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 100_000}Z"


def _contact(contact: Json) -> Json:
    if "@" not in str(contact.get("technical_email", "")):
        raise invalid('"technical_email" is no e-mail address.')
    if "webhook" in contact.get("notification_channels", ()):
        secret = str(contact.get("notification_webhook_secret", ""))
        if len(secret) not in SECRET_LENGTHS or not contact.get("notification_webhook_url"):
            raise invalid("A notification webhook has a URL and a secret of 16 to 256 characters.")
    return contact


def _checked(body: Json) -> Json:
    config = body.get("config")
    if body.get("source") != "pim" or body.get("type") not in ("https", "pubsub", "kafka"):
        raise invalid('A subscription has the "source" pim and a "type": https, pubsub or kafka.')
    if body["type"] != "https":
        raise invalid("Only https destinations can be reached from here.")
    events = body.get("events")
    if not isinstance(events, list) or not events or (unknown := [one for one in events if one not in TYPES]):
        raise invalid(f"Unknown events: {unknown if isinstance(events, list) and events else events}")
    secret = config.get("secret") if isinstance(config, dict) else None
    if (
        not isinstance(config, dict)
        or not isinstance(secret, dict)
        or not config.get("url")
        or not secret.get("primary")
    ):
        raise invalid('The "config" of an https subscription has a "url" and a "secret" with "primary".')
    _check_headers(config.get("headers", {}))
    kept = ("source", "subject", "type", "send_product_identifier", "events", "config", "filter")
    return {"send_product_identifier": False, **{name: body[name] for name in kept if name in body}}


def _check_headers(headers: Mapping[str, Any]) -> None:
    if len(headers) > HEADERS_MAX:
        raise invalid(f"At most {HEADERS_MAX} custom headers.")
    for name, value in headers.items():
        named = HEADER_NAME.fullmatch(name) and len(name) <= HEADER_NAME_MAX and not RESERVED.fullmatch(name)
        fits = isinstance(value, str) and len(value) <= HEADER_VALUE_MAX and HEADER_VALUE.fullmatch(value)
        if not named or not fits:
            raise invalid(f'The custom header "{name}" is not allowed.')


def _filter(text: str) -> Any:
    if not text:
        return lambda _: True
    try:
        return read_filter(text)
    except FilterError as error:
        raise invalid(f"Invalid filter: {error}") from error
