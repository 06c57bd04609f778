"""The connector's claims about itself hold."""

import tomllib

from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.fields import DATASETS, ROWS
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


def test_the_readme_names_every_capability_and_every_assumption() -> None:
    readme = (FOLDER / "README.md").read_text()
    for name in SYSTEM.capabilities:
        assert name in readme


def test_every_name_that_no_page_shows_is_listed_as_an_assumption() -> None:
    rows = {
        cells[1].strip(): cells[2]
        for line in (FOLDER / "README.md").read_text().splitlines()
        if len(cells := line.split("|")) == 4
    }
    for name, dataset in DATASETS.items():
        assumed = {theirs for ours, theirs in dataset.names.items() if ours not in dataset.documented and ours != ROWS}
        assert set(rows.get(name, "").replace("`", "").split()) == assumed, name
