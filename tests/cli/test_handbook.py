"""`crossdock handbook` and `crossdock evidence`, as a person would type them."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.world import World


def test_a_handbook_in_every_form(world: World, tmp_path: Path) -> None:
    for form, begins in (("html", "<!doctype html>"), ("md", "# Handbook of oro-khaos"), ("json", "{")):
        said = world(
            "handbook", "oro-khaos", "--out", str(tmp_path / f"book.{form}"), "--console", "https://desk.example/"
        )
        assert said.code == 0
        assert (tmp_path / f"book.{form}").read_text("utf-8").startswith(begins)
    assert 'href="https://desk.example/cases"' in (tmp_path / "book.html").read_text("utf-8")
    assert world.json("handbook", "oro-khaos")["title"] == "Handbook of oro-khaos"
    assert world("handbook", "oro-khaos").out.startswith("# Handbook of oro-khaos")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--out", "book.pdf"), "name the --format"),
        (("--json", "--format", "html"), "name a file with --out"),
        (("--console", "ftp://desk.example"), "must begin with http"),
    ],
)
def test_what_makes_no_sense_is_told(world: World, words: tuple[str, ...], why: str) -> None:
    said = world("handbook", "oro-khaos", *words)
    assert (said.code, why in said.err) == (2, True)


def test_evidence_is_exported_and_its_hashes_are_right(world: World, tmp_path: Path) -> None:
    out = tmp_path / "evidence.zip"
    said = world.json("evidence", "--out", str(out))
    assert said["problems"] == []
    with zipfile.ZipFile(out) as file:
        raw = file.read("manifest.json")
        assert hashlib.sha256(raw).hexdigest() == said["manifest_sha256"]
        for name, one in json.loads(raw)["files"].items():
            assert hashlib.sha256(file.read(name)).hexdigest() == one["sha256"], name
    again = world("evidence", "--out", str(out))
    assert (again.code, "name a new file" in again.err) == (2, True)


def test_what_is_attested_is_evidence(world: World, tmp_path: Path) -> None:
    said = world.json("attest", "restore-test", "--note", "Whole, in 9 minutes", "--actor", "mary")
    assert (said["what"], said["actor"]) == ("restore-test", "mary")
    world.json("evidence", "--out", str(tmp_path / "out"))
    assert "Whole, in 9 minutes" in (tmp_path / "out" / "proofs.csv").read_text("utf-8")
    refused = world("attest", "backup", "--note", " ")
    assert (refused.code, "in one line" in refused.err) == (2, True)


def test_a_period_that_is_none_is_told(world: World, tmp_path: Path) -> None:
    said = world("evidence", "--from", "last week", "--out", str(tmp_path / "e.zip"))
    assert (said.code, "is no moment" in said.err) == (2, True)
    assert not (tmp_path / "e.zip").exists()
