"""The connector's claims about itself hold."""

import tomllib

from crossdock.connectors.khaos_control import SYSTEM
from crossdock.connectors.khaos_control.channel.config import ChannelSettings, ProvidedStock
from crossdock.connectors.khaos_control.config import KhaosControlSettings, Lengths, OptionalOperations
from tests.connectors.quality import problems

assert SYSTEM.manifest is not None
FOLDER = SYSTEM.manifest.parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_claim_holds() -> None:
    assert problems(FOLDER) == []


def test_the_manifest_declares_what_the_system_does() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert (manifest["id"], manifest["role"], manifest["title"]) == (SYSTEM.kind, SYSTEM.role, SYSTEM.title)
    assert set(manifest["capabilities"]) == SYSTEM.capabilities
    assert set(manifest["documents"]) == set(SYSTEM.translations)


def test_every_setting_that_changes_what_is_done_is_in_the_readme() -> None:
    said_elsewhere = {"kind", "base_url", "timeout_seconds", "ca_bundle", "export_timeout_seconds", "soap_version"}
    defaults_of_orders = {"sales_source", "brand", "company_class"}
    for name in set(KhaosControlSettings.model_fields) - said_elsewhere - defaults_of_orders:
        assert f"`{name}" in README, name
    for name in ChannelSettings.model_fields:
        assert f"`channel.{name}" in README, name


def test_every_setting_says_what_it_is() -> None:
    for model in (KhaosControlSettings, Lengths, OptionalOperations, ChannelSettings, ProvidedStock):
        assert all(field.description for field in model.model_fields.values())
