"""The connector's claims about itself hold."""

import tomllib

from crossdock.connectors.akeneo import SYSTEM
from tests.connectors.quality import problems

assert SYSTEM.manifest is not None
FOLDER = SYSTEM.manifest.parent


def test_every_claim_holds() -> None:
    assert problems(FOLDER) == []


def test_the_manifest_declares_what_the_system_does() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text())
    assert (manifest["id"], manifest["role"], manifest["title"]) == (SYSTEM.kind, SYSTEM.role, SYSTEM.title)
    assert set(manifest["capabilities"]) == SYSTEM.capabilities
    assert set(manifest["documents"]) == set(SYSTEM.translations)


def test_the_readme_names_every_setting_that_an_assumption_hangs_on() -> None:
    readme = (FOLDER / "README.md").read_text()
    for setting in ("product_by", "sku_attribute", "overlap_seconds", "server_timezone", "follow_models", "read_as",
                    "update_parent_values", "platform_event_max_age_seconds", "skip_own_events"):  # fmt: skip
        assert f"`{setting}`" in readme, setting
