"""What the settings allow, that no secret is printed, and that every capability is there."""

from typing import Any

import pytest
from pydantic import ValidationError

from crossdock.connectors.scayle import SYSTEM
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.ports import after_sale, catalogue, channel, completeness, systems
from tests.connectors.scayle.stub import settings_for, shop


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "magento"},
        {"access_token": " "},
        {"shop_key": ""},
        {"api_path": "api/admin/v1"},
        {"api_path": "/api/admin/v1/"},
        {"statuses": {"on_hold": "maybe"}},
        {"colour": "red"},
        {"stock_batch": 0},
        {"stock_batch": 1001},
        {"order_number": "referenceKey"},
        {"cancellation_refused_status": 201},
        {"webhook_password": ""},
        {"base_url": "acme"},
    ],
)
def test_what_cannot_be_is_refused_before_it_is_saved(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings_for(**change)


def test_defaults_and_secrets() -> None:
    settings = settings_for(
        webhook_password="pa55", webhook_path_secret="s3gment", webhook_header="X-Key", webhook_header_value="h3ader"
    )
    printed = repr(settings) + str(settings.model_dump())
    assert not [secret for secret in ("t0ken", "pa55", "s3gment", "h3ader") if secret in printed]
    assert settings.path_prefix == "/api/admin/v1"
    assert settings_for("https://acme-live.admin.api.scayle.cloud/api/admin/v1").path_prefix == ""


def test_every_setting_says_what_it_is_for() -> None:
    for name, setting in ScayleSettings.model_fields.items():
        assert setting.description, name


async def test_every_capability_is_a_protocol_that_the_connector_fits() -> None:
    async with shop() as (connector, _):
        for name in SYSTEM.capabilities:
            rooms = [room for room in (systems, after_sale, catalogue, channel, completeness) if hasattr(room, name)]
            wanted = {member for member in vars(getattr(rooms[0], name)) if not member.startswith("_")}
            assert wanted <= set(dir(connector)), name
        assert isinstance(connector, systems.Connector | channel.Channel)


def test_the_word_in_the_channel_address() -> None:
    assert (SYSTEM.kind, SYSTEM.role, SYSTEM.channel) == ("scayle", "storefront", "scayle")
