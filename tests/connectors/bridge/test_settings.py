"""What can be signed in to, and what is refused before it is saved."""

from typing import Any

import pytest
from pydantic import ValidationError

from crossdock.connectors.bridge import BridgeApi
from crossdock.connectors.bridge.hosts import is_private
from crossdock.model.faults import ConfigFault
from tests.connectors.bridge.support import WEBHOOK_SECRET, settings_for
from tests.connectors.gate import FreeGate, HandClock


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://10.1.2.3", True),
        ("http://192.168.7.7", True),
        ("http://[::1]:80", True),
        ("http://[fd00::1]", True),
        ("http://gateway", True),
        ("http://prima.internal", True),
        ("http://prima.LOCAL.", True),
        ("http://8.8.8.8", False),
        ("http://[::ffff:8.8.8.8]", False),
        ("http://[2001:4860:4860::8888]", False),
        ("http://0.0.0.0", False),
        ("http://134744072", False),  # 8.8.8.8 in one number
        ("http://0x08080808", False),
        ("https://erp.example.com", False),
        ("https://internal.example.com", False),
        ("https://", False),
    ],
)
def test_a_private_address_is_told_by_its_name(url: str, private: bool) -> None:
    assert is_private(url) is private


def test_calls_that_are_not_signed_in_stay_in_the_private_network() -> None:
    with pytest.raises(ValidationError, match="auth none is for a private network"):
        settings_for("https://erp.example.com")
    assert settings_for("https://erp.example.com", private_hosts=["ERP.example.com"]).auth == "none"
    assert settings_for("https://erp.example.com", client_certificate="/etc/ssl/ours.pem").auth == "none"
    with pytest.raises(ValidationError, match="auth none is for a private network"):
        settings_for("http://erp.example.com", client_certificate="/etc/ssl/ours.pem")  # no TLS, nobody sees it


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"auth": "basic", "username": "x"}, "basic needs password"),
        ({"auth": "api_key"}, "api_key needs api_key"),
        ({"auth": "bearer_static"}, "needs bearer_token"),
        ({"auth": "oauth2_client_credentials", "client_id": "x"}, "needs client_secret"),
        ({"auth": "password_token"}, "needs username and password"),
        ({"auth": "kerberos"}, "Input should be"),
        ({"client_key": "/etc/ssl/ours.key"}, "client_key needs client_certificate"),
        ({"page_size": 501}, "less than or equal to 500"),
        ({"webhook_secrets": ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]}, "begins with whsec_"),
        ({"webhook_secrets": ["whsec_AAEC"]}, "at least 24 bytes"),
        ({"webhook_secrets": ["whsec_not base64!"]}, "must be base64"),
        ({"webhook_secrets": [WEBHOOK_SECRET] * 3}, "at most 2 items"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_saved(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        settings_for(**changes)


def test_secrets_are_not_printed() -> None:
    settings = settings_for(
        auth="basic", username="u", password="s3cret-one", static_headers={"X-Tenant": "s3cret-two"},
        webhook_secrets=[WEBHOOK_SECRET],
    )  # fmt: skip
    shown = f"{settings!r} {settings} {settings.model_dump_json()}"
    assert "s3cret" not in shown
    assert WEBHOOK_SECRET not in shown
    assert set(settings.secrets()) == {"s3cret-one", "s3cret-two", WEBHOOK_SECRET}


def test_a_certificate_that_cannot_be_used_is_the_operators() -> None:
    settings = settings_for(client_certificate="/nowhere/ours.pem")
    with pytest.raises(ConfigFault) as caught:
        BridgeApi(settings, gate=FreeGate(), clock=HandClock())
    assert caught.value.setting == "client_certificate"


def test_every_setting_says_what_it_does() -> None:
    fields = type(settings_for()).model_fields
    assert [name for name, field in fields.items() if not field.description] == []
