"""What the settings allow, and that no secret is printed."""

from typing import Any

import pytest
from pydantic import ValidationError

from crossdock.connectors.akeneo import SYSTEM
from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.ports import catalogue, systems
from tests.connectors.akeneo.stub import pim, settings_for


@pytest.mark.parametrize(
    "change",
    [
        {"client_secret": None},
        {"username": ""},
        {"auth": "app"},
        {"page_size": 101},
        {"write_batch": 0},
        {"server_timezone": "Mars/Olympus"},
        {"product_by": "sku"},
        {"sku_attribute": ""},
        {"read_as": {"pim_catalog_text": "poem"}},
        {"event_secret_secondary": "x"},
        {"kind": "magento"},
        {"base_url": "pim.example"},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused_before_it_is_saved(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings_for("https://pim.example", **change)


def test_defaults_and_secrets() -> None:
    secrets = {"event_secret": "shh-1", "event_secret_secondary": "shh-2", "status_secret": "shh-3"}
    settings = settings_for("https://pim.example/", **secrets, app_token="t0ken")
    assert settings.base_url == "https://pim.example"
    assert (settings.budget.concurrency, settings.overlap_seconds, settings.page_size) == (4, 300.0, 100)
    said = repr(settings) + str(settings.model_dump())
    for secret in ("s3cr3t", "k9fh27ab", "t0ken", *secrets.values()):
        assert secret not in said


def test_every_setting_says_what_it_is_for() -> None:
    for name, setting in AkeneoSettings.model_fields.items():
        assert setting.description, name


def test_an_app_needs_its_token_alone() -> None:
    settings = AkeneoSettings.model_validate({"base_url": "https://pim.example", "auth": "app", "app_token": "t0ken"})
    assert settings.blamed == "app_token"


async def test_every_capability_is_a_protocol_that_the_connector_fits() -> None:
    async with pim() as (connector, _):
        for name in SYSTEM.capabilities:
            protocol = getattr(catalogue, name, None) or getattr(systems, name)
            wanted = {member for member in vars(protocol) if not member.startswith("_")}
            assert wanted <= set(dir(connector)), name
        assert isinstance(connector, systems.Connector)


def test_events_are_taken_only_with_a_secret() -> None:
    without, with_ = settings_for("https://x"), settings_for("https://x", event_secret="shh")
    assert "WebhookReceiver" not in SYSTEM.capabilities_of(without)
    assert SYSTEM.capabilities_of(with_) == SYSTEM.capabilities
