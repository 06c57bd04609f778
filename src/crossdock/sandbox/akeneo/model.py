"""What the PIM holds: products and product models, with the values each owns itself."""

import copy
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.knobs import EDITIONS, Knobs

Cell = tuple[str | None, str | None]
"""(locale, scope) of one value."""
Values = dict[str, dict[Cell, Any]]
ChannelLocale = tuple[str, str]

PRODUCT, MODEL = "product", "product_model"


@dataclass(slots=True)
class Entity:
    """A product (key: uuid) or a product model (key: code). values, categories and associations are its own: what it
    inherits is worked out when somebody looks. quality is None until the quality job has seen it."""

    kind: str
    key: str
    family: str | None = None
    parent: str | None = None
    family_variant: str | None = None
    enabled: bool = True
    categories: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    values: Values = field(default_factory=dict)
    associations: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    quantified: dict[str, dict[str, list[Json]]] = field(default_factory=dict)
    created: datetime | None = None
    updated: datetime | None = None
    quality: dict[ChannelLocale, str] | None = None

    def content(self) -> tuple[Any, ...]:
        """Everything an editor decides; two equal contents are the same product."""
        return (
            self.family, self.parent, self.family_variant, self.enabled, sorted(self.categories), sorted(self.groups),
            self.values, self.associations, self.quantified,
        )  # fmt: skip

    def clone(self) -> "Entity":
        return copy.deepcopy(self)

    def value(self, attribute: str, locale: str | None = None, scope: str | None = None) -> Any:
        return self.values.get(attribute, {}).get((locale, scope))


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something. type: user, api, job or system. name: the user name, also for a connection."""

    identifier: str
    type: str
    name: str


SYSTEM = Author("system", "system", "system")
EDITOR = Author("57616f6f-1a4d-490e-bc23-c5877d2b30d9", "user", "editor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened. resource: `product`, `category`, … action: created, updated or deleted.
    before, after: the product or model around the change. data: key and more for other resources."""

    resource: str
    action: str
    author: Author
    at: datetime
    before: Entity | None = None
    after: Entity | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One stored file; `code` holds slashes."""

    code: str
    filename: str
    media_type: str
    content: bytes


class Pim:
    """Everything held, the clock and the dice. structure: resource → code → body as the API shows it, plus what is
    hidden under keys that begin with "~". Options are under `options/<attribute>`."""

    def __init__(self, knobs: Knobs, *, clock: Callable[[], datetime], seed: int) -> None:
        self.knobs = knobs
        self.clock = clock
        self.random = random.Random(seed)
        self.zone = ZoneInfo(knobs.server_timezone)
        self.version, self.edition_name = EDITIONS[knobs.edition]
        self.structure: dict[str, dict[str, Json]] = {}
        self.products: dict[str, Entity] = {}
        self.models: dict[str, Entity] = {}
        self.media: dict[str, MediaFile] = {}
        self.asset_media: dict[str, MediaFile] = {}
        self.assets: dict[str, dict[str, Json]] = {}
        self.drafts: dict[str, Json] = {}
        self.protected: dict[str, str] = {}
        self.by_identifier: dict[str, str] = {}
        self.author = SYSTEM
        self.listeners: list[Callable[[Change], None]] = []
        self.base_url = ""

    @property
    def saas(self) -> bool:
        return self.knobs.edition == "saas"

    def now(self) -> datetime:
        """To the second, as the database keeps it."""
        return self.clock().replace(microsecond=0)

    def new_uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def moment(self, at: datetime | None) -> str | None:
        """A date as bodies show it: ISO 8601 with the server's offset."""
        return at.astimezone(self.zone).isoformat(timespec="seconds") if at else None

    def table(self, resource: str) -> dict[str, Json]:
        return self.structure.setdefault(resource, {})

    def attribute(self, code: str) -> Json | None:
        return self.table("attributes").get(code)

    def options(self, attribute: str) -> dict[str, Json]:
        return self.table(f"options/{attribute}")

    @property
    def main_identifier(self) -> str:
        """The attribute whose value is the product's identifier."""
        return next(code for code, one in self.table("attributes").items() if one["is_main_identifier"])

    def identifier(self, product: Entity) -> str | None:
        found = product.value(self.main_identifier)
        return None if found is None else str(found)

    def by_sku(self, identifier: str) -> Entity | None:
        """Case does not count, as in the database's collation."""
        key = self.by_identifier.get(identifier.lower())
        return self.products.get(key) if key is not None else None

    def entities(self, kind: str) -> dict[str, Entity]:
        return self.products if kind == PRODUCT else self.models

    def locale_active(self, code: str) -> bool:
        return any(code in channel["locales"] for channel in self.table("channels").values())

    def channel_locales(self) -> Iterator[ChannelLocale]:
        for code, channel in sorted(self.table("channels").items()):
            for locale in sorted(channel["locales"]):
                yield code, locale

    def tell(self, change: Change) -> None:
        for listener in self.listeners:
            listener(change)

    def tell_structure(self, resource: str, action: str, data: Json) -> None:
        self.tell(Change(resource=resource, action=action, author=self.author, at=self.now(), data=data))
