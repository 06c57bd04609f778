"""Where acts are played: everything a person, or the world, can lay hands on, and who is doing it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crossdock.sandbox.akeneo.asset_api import AssetApi
from crossdock.sandbox.akeneo.auth import Auth
from crossdock.sandbox.akeneo.desk import Desk
from crossdock.sandbox.akeneo.errors import Json, PimError
from crossdock.sandbox.akeneo.index import SearchIndex
from crossdock.sandbox.akeneo.legacy_events import LegacyEvents
from crossdock.sandbox.akeneo.limits import Limits
from crossdock.sandbox.akeneo.model import EDITOR, SYSTEM, Author, Entity, Pim
from crossdock.sandbox.akeneo.platform import Platform
from crossdock.sandbox.akeneo.platform_api import PlatformApi
from crossdock.sandbox.akeneo.structure_writer import StructureWriter
from crossdock.sandbox.kernel import ActError


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """pass_time: moves the PIM's clock forward by so many seconds."""

    pim: Pim
    index: SearchIndex
    desk: Desk
    structure: StructureWriter
    assets: AssetApi
    auth: Auth
    limits: Limits
    legacy: LegacyEvents
    platform: Platform
    platform_api: PlatformApi
    pass_time: Callable[[float], None]

    @contextlib.contextmanager
    def editing(self, act: str, author: Author = EDITOR) -> Iterator[None]:
        """The author of what is done in the block; what the PIM refuses there is an ActError."""
        self.pim.author = author
        try:
            yield
        except PimError as error:
            raise ActError(f"act {act}: the PIM refuses: {error}") from error
        finally:
            self.pim.author = SYSTEM

    def product(self, act: str, name: str) -> Entity:
        """By SKU or uuid."""
        found = self.pim.by_sku(str(name)) or self.pim.products.get(str(name).lower())
        if found is None:
            known = sorted(filter(None, map(self.pim.identifier, self.pim.products.values())))[:3]
            raise ActError(f"act {act}: there is no product {name!r}; there is {', '.join(known)}, …")
        return found

    def model(self, act: str, code: str) -> Entity:
        if code not in self.pim.models:
            raise ActError(f"act {act}: there is no product model {code!r}; there is {', '.join(self.pim.models)}")
        return self.pim.models[code]

    def row(self, act: str, table: str, code: str) -> Json:
        held = self.pim.table(table)
        if code not in held:
            raise ActError(f"act {act}: {table} has no {code!r}; it has {', '.join(sorted(held)[:12])}")
        return held[code]
