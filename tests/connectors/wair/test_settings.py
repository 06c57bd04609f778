"""What the settings allow, that no secret is printed, and that no location has two owners."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.config import WairSettings
from crossdock.model.faults import ConfigFault
from crossdock.ports import retail, systems
from tests.connectors.wair.support import SECRET, bridge_settings, gathered, native_settings, retail_stock, wair_ai


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tenant": ""}, "needs tenant"),
        ({"auth": "none"}, "signs in with password_token, not with none"),
        ({"auth": "basic"}, "signs in with password_token, not with basic"),
        ({"password": None}, "needs username and password|needs password"),
        ({"webhook_secrets": [SECRET]}, "has no events"),
        ({"api_prefix": "api/v1"}, "api_prefix"),
        ({"api_prefix": "/api/v1/"}, "api_prefix"),
        ({"chunks": {"stock": 50_001}}, "50000"),
        ({"chunks": {"sales": 0}}, "sales"),
        ({"fields": {"stocks": {}}}, "no dataset 'stocks'"),
        ({"fields": {"stock": {"sku": "x"}}}, "no field 'sku'"),
        ({"fields": {"stock": {"skuId": ""}}}, "cannot be left out"),
        ({"fields": {"stock": {"skuId": "locationId"}}}, "two fields have one name"),
        ({"fields": {"transfers": {"referenceId": ""}}}, "cannot be left out"),
        ({"confirmed_time_zone": "Mars/Olympus"}, "no time zone"),
        ({"sku_ids": {"A": "1"}}, "need ids: mapped"),
        ({"ids": "mapped", "sku_ids": {"A": "1", "B": "1"}}, "A and B have one id"),
        ({"ids": "mapped", "sku_ids": {"A": ""}}, "is empty"),
        ({"ids": "mapped", "locations": {"SOHO": {"owner": "erp"}}}, "location_ids lacks SOHO"),
        ({"ids": "mapped", "sku_id_file": "/nowhere.csv"}, "cannot be read"),
        ({"proposal_passes_max": 1}, "proposal_passes_max"),
        ({"kind": "khaos_control"}, "kind"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_saved(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        native_settings(**change)


@pytest.mark.parametrize(
    "locations",
    [
        {"SOHO": {"owner": ["retail", "erp"]}},
        {"SOHO": {"owner": "both"}},
        {"SOHO": {}},
        {"SOHO": {"owner": "retail"}, "soho": {"owner": "erp"}},
        {"SOHO": {"owner": "retail"}, "SOHO ": {"owner": "erp"}},
    ],
)
def test_a_location_has_one_owner(locations: Any) -> None:
    for settings_for in (native_settings, bridge_settings):
        with pytest.raises(ValidationError):
            settings_for(locations=locations)


async def test_a_location_that_both_sides_claim_stops_the_start() -> None:
    async with retail_stock(locations={"SOHO": {"owner": "erp"}}) as (connector, _):
        with pytest.raises(ConfigFault, match="two owners of SOHO") as caught:
            await gathered(connector.read_retail_stock(None))
        assert caught.value.setting == "locations"
        (line,) = await connector.probe()
        assert "two owners of SOHO" in line.problem


def test_wair_signs_in_its_own_way_unless_told_otherwise() -> None:
    settings = native_settings("https://wair.example/")
    assert (settings.auth, settings.token_url, settings.token_field) == (
        "password_token",
        "/api/v1/Token",
        "accessToken",
    )
    assert settings.static_headers["X-Tenant"].get_secret_value() == "footfall"
    assert settings.page_size == 500
    assert native_settings(api_prefix="/v2").token_url == "/v2/Token"
    assert native_settings(token_url="/Token").token_url == "/Token"
    with_header = native_settings(static_headers={"X-Gateway": "g"})
    assert set(with_header.static_headers) == {"X-Tenant", "X-Gateway"}
    assert bridge_settings().auth == "none"


@pytest.mark.parametrize("name", sorted(SYSTEM.samples))
def test_a_sample_fits_the_settings(name: str) -> None:
    sample = SYSTEM.samples[name]
    secrets = {f"file:{path}": text for path, text in sample.files.items()}
    filled = {key: secrets.get(str(value), value) for key, value in sample.settings.items()}
    settings = WairSettings.model_validate({"kind": "wair", **filled})
    assert settings.profile == {"wair": "wair-ai", "retail-stock": "retail-stock"}[name]


def test_a_bridge_needs_no_tenant_and_a_public_one_a_sign_in() -> None:
    assert bridge_settings().tenant == ""
    with pytest.raises(ValidationError, match="private network"):
        bridge_settings("https://stock.example")


def test_secrets_are_not_shown_and_the_tenants_name_is_none() -> None:
    settings = native_settings(static_headers={"X-Key": "k3y"})
    shown = repr(settings) + str(settings.model_dump())
    assert "pa55" not in shown
    assert "k3y" not in shown
    assert set(settings.secrets()) == {"pa55", "k3y"}


def test_every_setting_says_what_it_is_for() -> None:
    for name, setting in WairSettings.model_fields.items():
        assert setting.description, name


def test_ids_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ids.csv"
    file.write_text("code,id\nDERBY-40,77\n")
    table = native_settings(ids="mapped", sku_id_file=str(file), sku_ids={"DERBY-41": "78"}).id_table()
    assert [table.sku_id("DERBY-40"), table.sku_id("DERBY-41"), table.sku_code("77", "x")] == ["77", "78", "DERBY-40"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sku,id\n", "line 1"),
        ("", "line 1"),
        ("code,id\nA\n", "line 2"),
        ("code,id\nA,1\nB,\n", "line 3"),
        ("code,id\nA,1\nA,2\n", "line 3: A stands there twice"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "ids.csv"
    file.write_text(text)
    with pytest.raises(ValidationError, match=told):
        native_settings(ids="mapped", sku_id_file=str(file))


def test_the_settings_decide_what_it_can_do() -> None:
    native = SYSTEM.capabilities_of(native_settings())
    assert "ProposalSource" in native
    assert not native & {"RetailStockSource", "RetailDespatchSource", "MovementSource", "WebhookReceiver"}
    assert SYSTEM.capabilities_of(bridge_settings()) == SYSTEM.capabilities
    without = SYSTEM.capabilities_of(bridge_settings(webhook_secrets=[]))
    assert SYSTEM.capabilities - without == {"WebhookReceiver"}


async def test_every_capability_is_a_protocol_that_the_connector_fits() -> None:
    async with wair_ai() as (native, _), retail_stock() as (bridge, _):
        for connector, settings in ((native, native_settings()), (bridge, bridge_settings())):
            assert isinstance(connector, systems.Connector)
            for name in SYSTEM.capabilities_of(settings):
                protocol = getattr(retail, name, None) or getattr(systems, name)
                wanted = {member for member in vars(protocol) if not member.startswith("_")}
                assert wanted
                assert wanted <= set(dir(connector)), name
