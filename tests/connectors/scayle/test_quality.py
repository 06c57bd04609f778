"""The connector's claims about itself hold."""

import tomllib

from crossdock.connectors.scayle import SYSTEM
from tests.connectors.quality import problems

assert SYSTEM.manifest is not None
FOLDER = SYSTEM.manifest.parent


def test_every_claim_holds() -> None:
    assert problems(FOLDER) == []


def test_the_manifest_declares_what_the_system_does() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text())
    assert (manifest["id"], manifest["title"], manifest["role"]) == (SYSTEM.kind, SYSTEM.title, SYSTEM.role)
    assert set(manifest["capabilities"]) == SYSTEM.capabilities
    assert set(manifest["documents"]) == set(SYSTEM.translations)
