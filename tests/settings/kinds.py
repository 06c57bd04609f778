"""Kinds of system to load settings for: the two that ship, with all they can do, and a few that can do less."""

from pathlib import Path

from pydantic import Field

from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.ports.config import Secret, Settings, SystemSettings
from crossdock.ports.systems import Connector, System
from crossdock.settings.load import load
from crossdock.settings.problem import SettingsError
from crossdock.settings.tree import Project

SHOP_CAN = frozenset({"OrderSource", "OrderAcknowledger", "DespatchSink", "StockSink"})
ERP_CAN = frozenset({"OrderSink", "FulfilmentSource", "StockSource", "ItemSource", "AccountSource", "PriceSource"})


class Key(Settings):
    """A secret in a group, as some kinds have it."""

    token: Secret = Field(description="a token")


class KioskSettings(SystemSettings):
    """A made-up storefront: its settings go deeper than those that ship."""

    keys: dict[str, Key] = Field(default_factory=dict, description="keys by name")
    tokens: tuple[Secret, ...] = Field((), description="tokens")
    level: int = Field(1, ge=1, description="a number that may come from the environment")


async def _connect(settings: object, gate: object, clock: object) -> Connector:
    raise AssertionError("settings are read without connecting to anything")


def kind(name: str, role: str, settings: type[SystemSettings], can: frozenset[str]) -> System:
    return System(kind=name, title=name.title(), role=role, settings=settings, capabilities=can, connect=_connect)


KINDS = {
    one.kind: one
    for one in (
        kind("orocommerce", "storefront", OroCommerceSettings, SHOP_CAN),
        kind("khaos_control", "erp", KhaosControlSettings, ERP_CAN),
        kind("kiosk", "storefront", KioskSettings, frozenset({"OrderSource", "StockSink"})),
        kind("shelf", "erp", SystemSettings, frozenset({"StockSource"})),
        kind("ledger", "erp", SystemSettings, frozenset({"ItemSource"})),
    )
}


def read(folder: Path, text: str, **environ: str) -> Project:
    """Raises SettingsError."""
    path = folder / "crossdock.yaml"
    path.write_text(text, "utf-8")
    return load(path, systems=KINDS, environ=environ)


def complaints(folder: Path, text: str, **environ: str) -> list[str]:
    """Every line said of the text; none when it is well."""
    try:
        read(folder, text, **environ)
    except SettingsError as error:
        return str(error).splitlines()
    return []
