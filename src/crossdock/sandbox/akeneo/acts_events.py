"""What is done to the two event systems: subscribing, testing, sending again, suspending, changing secrets."""

from collections.abc import Sequence

from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.event_types import PREFIX
from crossdock.sandbox.akeneo.office import Office
from crossdock.sandbox.akeneo.platform import Subscription
from crossdock.sandbox.kernel import ActError

USUAL_EVENTS = (
    f"{PREFIX}product.created", f"{PREFIX}product.updated", f"{PREFIX}product.deleted",
    f"{PREFIX}product-model.created", f"{PREFIX}product-model.updated", f"{PREFIX}product-model.deleted",
)  # fmt: skip


class EventActs:
    def __init__(self, office: Office) -> None:
        self._office, self._legacy, self._platform = office, office.legacy, office.platform

    def register_events_api(self, url: str, secret: str = "") -> Json:
        """An administrator enters the Events API URL of the connection; "" removes it. secret "" keeps the old one."""
        self._legacy.url = url
        self._legacy.secret = secret or self._legacy.secret
        self._legacy.enabled = True
        return {"url": url, "secret": self._legacy.secret}

    def enable_events_api(self, enabled: bool) -> Json:
        """An administrator switches the connection's Events API on or off; events meanwhile are lost."""
        self._legacy.enabled = bool(enabled)
        return {"enabled": self._legacy.enabled}

    def test_events_api(self) -> Json:
        """An administrator presses "Test": a signed call without events goes to the URL."""
        if not self._legacy.url:
            raise ActError("act test_events_api: there is no URL; register_events_api enters one")
        self._legacy.send_test()
        return {"url": self._legacy.url}

    def rotate_events_api_secret(self, secret: str) -> Json:
        """An administrator regenerates the Events API secret: the old one signs nothing any more."""
        self._legacy.secret = secret
        return {"secret": secret}

    def subscribe(
        self,
        url: str,
        events: Sequence[str] = USUAL_EVENTS,
        primary: str = "sandbox-primary-secret",
        secondary: str = "",
        filter: str = "",  # noqa: A002 the wire's word
        send_product_identifier: bool = False,
    ) -> Json:
        """Somebody subscribes a URL on the Event Platform, as the management API would; events by type."""
        subscriber = next(iter(self._platform.subscribers.values()), None) or self._subscriber()
        body = {
            "source": "pim", "subject": subscriber["subject"], "type": "https", "events": list(events),
            "filter": filter, "config": {"url": url, "secret": {"primary": primary, "secondary": secondary}},
            "send_product_identifier": send_product_identifier,
        }  # fmt: skip
        with self._office.editing("subscribe"):
            one = self._office.platform_api.subscribe(subscriber, body)
        return {"subscriber": one.subscriber, "subscription": one.id}

    def suspend_subscription(self, subscription: str) -> Json:
        """Somebody suspends a subscription; events meanwhile are lost for good."""
        one = self._subscription("suspend_subscription", subscription)
        self._platform.suspend(one, "suspended by its owner", by="user")
        return {"subscription": one.id, "status": one.status}

    def resume_subscription(self, subscription: str) -> Json:
        """Somebody resumes a suspended subscription."""
        one = self._subscription("resume_subscription", subscription)
        self._platform.resume(one)
        return {"subscription": one.id, "status": one.status}

    def rotate_secrets(self, subscription: str, primary: str, secondary: str = "") -> Json:
        """Somebody changes a subscription's secrets; to change over, give the old one as secondary."""
        one = self._subscription("rotate_secrets", subscription)
        one.body["config"]["secret"] = {"primary": primary, "secondary": secondary}
        return {"subscription": one.id}

    def test_subscription(self, subscription: str) -> Json:
        """A test event goes to a subscription: of the first type it has, about a product nobody has."""
        return {"event_id": self._platform.send_test(self._subscription("test_subscription", subscription))}

    def redeliver(self, event_id: str) -> Json:
        """An event is delivered once more, with the same id, as "at least once" allows."""
        if event_id in self._platform.messages:
            self._platform.dispatch(self._platform.messages[event_id])
        elif event_id in self._legacy.sent:
            self._legacy.emit(self._legacy.sent[event_id])
        else:
            raise ActError(f"act redeliver: there is no event {event_id!r}; GET /_sandbox/state lists them in the logs")
        return {"event_id": event_id}

    def delete_connection(self) -> Json:
        """An administrator deletes the connection: tokens end, its Events API stops, subscriptions are revoked."""
        self._office.auth.expire_all(refresh_too=True)
        self._office.auth.secret = ""
        self._legacy.url = ""
        self._platform.revoke_all()
        return {"deleted": self._office.pim.knobs.connection_code}

    def _subscriber(self) -> Json:
        pim = self._office.pim
        if not pim.saas:
            raise ActError("act subscribe: only the saas edition has the Event Platform")
        one: Json = {
            "id": pim.new_uuid(), "name": "crossdock", "subject": pim.base_url, "status": "active",
            "contact": {"technical_email": "ops@harbourandpine.example"},
        }  # fmt: skip
        self._platform.subscribers[one["id"]] = one
        return one

    def _subscription(self, act: str, id_: str) -> Subscription:
        found = self._platform.subscriptions.get(id_)
        if found is None:
            known = ", ".join(self._platform.subscriptions) or "none"
            raise ActError(f"act {act}: there is no subscription {id_!r}; there is {known}")
        return found
