"""Every act by its name."""

from collections.abc import Callable, Mapping
from typing import Any

from crossdock.sandbox.akeneo.acts_access import AccessActs
from crossdock.sandbox.akeneo.acts_events import EventActs
from crossdock.sandbox.akeneo.acts_products import ProductActs
from crossdock.sandbox.akeneo.acts_structure import StructureActs
from crossdock.sandbox.akeneo.office import Office


def acts_of(office: Office) -> Mapping[str, Callable[..., Any]]:
    rooms = (ProductActs(office), StructureActs(office), EventActs(office), AccessActs(office))
    return {
        name: getattr(room, name) for room in rooms for name in vars(type(room)) if not name.startswith("_")
    }  # fmt: skip
