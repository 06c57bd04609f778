"""Golden pairs: what the PIM says and what we understand, side by side (see golden/README.md)."""

import os
from pathlib import Path

import pytest

from crossdock.connectors.akeneo import SYSTEM
from crossdock.model.as_json import dumps

FOLDER = Path(__file__).parent / "golden"
REWRITE = bool(os.environ.get("CROSSDOCK_REWRITE_GOLDEN"))


@pytest.mark.parametrize("wire", sorted(FOLDER.glob("*.wire.json")), ids=lambda path: path.name.partition(".wire")[0])
def test_a_document_is_understood_as_it_was(wire: Path) -> None:
    read = SYSTEM.translations[wire.name.partition(".")[0]].read
    assert read is not None
    understood = dumps(list(read(wire.read_bytes())), pretty=True) + b"\n"
    canonical = wire.with_name(wire.name.replace(".wire.", ".canonical."))
    if REWRITE:
        canonical.write_bytes(understood)
    assert understood == canonical.read_bytes()


def test_every_kind_of_document_has_a_golden_pair() -> None:
    assert {path.name.partition(".")[0] for path in FOLDER.glob("*.wire.json")} == set(SYSTEM.translations)
