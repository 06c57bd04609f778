"""What can be done to any bridge server from outside its wire: mix these into a simulator's acts."""

from collections.abc import Callable, Mapping
from typing import Any

from crossdock.sandbox.bridge.door import Bridge
from crossdock.sandbox.bridge.values import Json
from crossdock.sandbox.kernel import ActError


class BridgeActs:
    """bridge: the present one, asked for at each act."""

    def __init__(self, bridge: Callable[[], Bridge]) -> None:
        self.bridge = bridge

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (
            self.expire_cursors, self.cut_feed_short, self.back_pressure, self.rotate_webhook_secret,
            self.finish_webhook_rotation, self.send_event,
        )  # fmt: skip
        return {act.__name__: act for act in acts}

    def expire_cursors(self) -> Json:
        """Every cursor that is out becomes 410 cursor-expired."""
        return {"expired": self.bridge().feeds.expire_cursors()}

    def cut_feed_short(self, feed: str, count: int = 1) -> Json:
        """The next `count` pages of this feed that have more behind them say has_more false; total stays true."""
        self.bridge().feeds.cut_short(feed, count)
        return {"feed": feed, "count": count}

    def back_pressure(self, status: int = 503, count: int = 1, retry_after: float = 1) -> Json:
        """The next `count` calls meet 429 rate-limited or 503 backend-unavailable with Retry-After."""
        self.bridge().back_pressure(status, count, retry_after)
        return {"status": status, "count": count}

    def rotate_webhook_secret(self, endpoint: str) -> Json:
        """A new secret for an endpoint; until the rotation is finished deliveries carry two signatures."""
        return {"endpoint": endpoint, "secret": self.bridge().endpoints.rotate(endpoint)}

    def finish_webhook_rotation(self, endpoint: str) -> Json:
        """The endpoint's old secret signs no more."""
        self.bridge().endpoints.finish_rotation(endpoint)
        return {"endpoint": endpoint}

    def send_event(self, type: str, data: Mapping[str, Any] | None = None) -> Json:  # noqa: A002 the wire's name
        """Tell of something that did not happen, or tell it again: a webhook is only a hint."""
        bridge = self.bridge()
        if type not in bridge.endpoints.event_types:
            raise ActError(f"send_event: type {type!r} is none of {', '.join(bridge.endpoints.event_types)}")
        bridge.postman.tell(type, dict(data or {}))
        return {"type": type}
