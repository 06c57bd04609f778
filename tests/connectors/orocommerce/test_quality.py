"""The connector's claims about itself hold, and a false claim is found."""

import tomllib
from pathlib import Path

import pytest

from crossdock.connectors.orocommerce import SYSTEM
from tests.connectors.quality import problems

assert SYSTEM.manifest is not None
FOLDER = SYSTEM.manifest.parent


def test_every_claim_holds() -> None:
    assert problems(FOLDER) == []


def test_the_manifest_declares_what_the_system_does() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text())
    assert manifest["id"] == SYSTEM.kind
    assert set(manifest["capabilities"]) == SYSTEM.capabilities
    assert set(manifest["documents"]) == set(SYSTEM.translations)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ('tier="bronze"\nstatus="done"', "without evidence"),
        ('tier="bronze"\nstatus="done"\nevidence=["tests/nowhere.py"]', "no such evidence"),
        ('tier="bronze"\nstatus="done"\nevidence=["tests/connectors/quality.py::test_nothing"]', "no such evidence"),
        ('tier="bronze"\nstatus="exempt"', "without a reason"),
        ('tier="bronze"\nstatus="exempt"\nreason=" "', "without a reason"),
        ('tier="bronze"\nstatus="todo"', "still to do"),
        ('tier="bronze"\nstatus="soon"', "is none of"),
        ('tier="wood"\nstatus="done"', "is none of"),
        ('tier="gold"\nstatus="todo"', ""),
        ('tier="bronze"\nstatus="exempt"\nreason="no such thing there"', ""),
        ('tier="bronze"\nstatus="done"\nevidence=["tests/connectors/quality.py"]', ""),
    ],
)
def test_a_false_claim_is_found(tmp_path: Path, rule: str, problem: str) -> None:
    (tmp_path / "manifest.toml").write_text('quality = "silver"')
    (tmp_path / "quality.toml").write_text(f"[rules.some-rule]\n{rule}\n")
    found = problems(tmp_path)
    assert (problem in "; ".join(found)) if problem else not found


def test_a_tier_that_does_not_exist_is_found(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_text('quality = "platinum"')
    (tmp_path / "quality.toml").write_text("[rules]\n")
    assert "platinum" in problems(tmp_path)[0]
