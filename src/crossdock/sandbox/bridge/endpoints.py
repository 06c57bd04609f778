"""`/v1/webhook-endpoints`: who wants to hear of what."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from crossdock.sandbox.bridge.problems import Problem, refuse_if_wrong
from crossdock.sandbox.bridge.settings import BridgeKnobs
from crossdock.sandbox.bridge.signing import new_secret
from crossdock.sandbox.bridge.values import FieldError, Fields, Json, ts
from crossdock.sandbox.kernel import ActError


@dataclass(slots=True)
class Endpoint:
    """secrets: newest first; two while rotating."""

    id: str
    url: str
    event_types: tuple[str, ...]
    created_at: datetime
    secrets: list[str] = field(default_factory=list)

    def public(self) -> Json:
        """Without the secret, which is told once, at creation."""
        created_at = ts(self.created_at)
        return {"id": self.id, "url": self.url, "event_types": list(self.event_types), "created_at": created_at}


class Endpoints:
    """The registry of one server. event_types: all it can tell of."""

    def __init__(self, knobs: BridgeKnobs, event_types: Sequence[str], seed: int) -> None:
        self.knobs = knobs
        self.event_types = tuple(event_types)
        self.seed = seed
        self.held: dict[str, Endpoint] = {}
        self._made = 0

    def register(self, body: object, now: datetime) -> Json:
        """The 201 body, secret included. Raises Problem request-invalid: for another scheme or an unknown type."""
        fields = Fields(body)
        url = fields.text_or_none("url") or ""
        if not self._acceptable(url):
            fields.wrong.append(FieldError("/url", "url", "the url must be https"))
        types = fields.codes("event_types", least=1)
        for index, one in enumerate(types):
            if one not in self.event_types:
                text = f"{one} is none of {', '.join(self.event_types)}"
                fields.wrong.append(FieldError(f"/event_types/{index}", "enum", text))
        refuse_if_wrong(fields.wrong)
        self._made += 1
        endpoint = Endpoint(f"we_{self._made}", url, tuple(types), now, [self._secret()])
        self.held[endpoint.id] = endpoint
        return {**endpoint.public(), "secret": endpoint.secrets[0]}

    def listed(self) -> Json:
        page = {"next_cursor": None, "has_more": False, "total": len(self.held)}
        return {"data": [one.public() for one in self.held.values()], "page": page}

    def delete(self, id_: str) -> None:
        """Raises Problem not-found."""
        if self.held.pop(id_, None) is None:
            raise Problem("not-found", f"there is no webhook endpoint {id_}")

    def rotate(self, id_: str) -> str:
        """A new secret beside the old one: deliveries carry two signatures. Raises ActError: for an unknown id."""
        endpoint = self._endpoint(id_)
        endpoint.secrets = [self._secret(), *endpoint.secrets[:1]]
        return endpoint.secrets[0]

    def finish_rotation(self, id_: str) -> None:
        """The old secret signs no more. Raises ActError: for an unknown id."""
        endpoint = self._endpoint(id_)
        endpoint.secrets = endpoint.secrets[:1]

    def wanting(self, event_type: str) -> list[Endpoint]:
        return [one for one in self.held.values() if event_type in one.event_types]

    def _endpoint(self, id_: str) -> Endpoint:
        if id_ not in self.held:
            raise ActError(f"webhook endpoint {id_!r} is not there; there are {', '.join(self.held) or 'none'}")
        return self.held[id_]

    def _acceptable(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if parts.scheme == "https":
            return bool(parts.hostname)
        return parts.scheme == "http" and parts.hostname in self.knobs.webhook_http_hosts

    def _secret(self) -> str:
        self._made += 1
        return new_secret(hashlib.sha256(f"secret:{self.seed}:{self._made}".encode()).digest())
