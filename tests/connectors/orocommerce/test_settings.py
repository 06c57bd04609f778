"""What the settings allow, and that no secret is printed."""

from typing import Any

import pytest
from pydantic import ValidationError

from crossdock.connectors.orocommerce import SYSTEM
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.ports import systems
from crossdock.reference.systems import protocol as protocol_of
from tests.connectors.orocommerce.stub import settings_for


@pytest.mark.parametrize(
    "change",
    [
        {"grant": "password"},
        {"grant": "password", "username": "sync"},
        {"admin_prefix": "admin"},
        {"admin_prefix": "/admin/"},
        {"version": "4.2"},
        {"kind": "magento"},
        {"statuses": {"on_hold": "maybe"}},
        {"colour": "red"},
        {"stock_batch": 0},
    ],
)
def test_what_cannot_be_is_refused_before_it_is_saved(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings_for("https://shop.example", **change)


def test_defaults_and_secrets() -> None:
    settings = settings_for("https://shop.example/", webhook_secret="shh", admin_prefix="")
    assert (settings.base_url, settings.api_path) == ("https://shop.example", "/api")
    assert settings_for("https://x", statuses={"on_hold": "open"}).status_meanings["on_hold"] == "open"
    assert "s3cret" not in repr(settings) + str(settings.model_dump())
    assert "shh" not in repr(settings)


def test_every_setting_says_what_it_is_for() -> None:
    for name, setting in OroCommerceSettings.model_fields.items():
        assert setting.description, name


async def test_every_capability_is_a_protocol_that_the_connector_fits() -> None:
    from tests.connectors.orocommerce.stub import shop

    async with shop() as (connector, _):
        for name in SYSTEM.capabilities:
            protocol = protocol_of(name)
            wanted = {member for member in vars(protocol) if not member.startswith("_")}
            assert wanted <= set(dir(connector)), name
        assert isinstance(connector, systems.Connector)
