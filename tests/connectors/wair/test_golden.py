"""Golden pairs: what they say and what we understand, side by side."""

import os
from pathlib import Path

import orjson
import pytest

from crossdock.connectors.wair import SYSTEM
from crossdock.model.as_json import dumps

FOLDER = Path(__file__).parent / "golden"
REWRITE = bool(os.environ.get("CROSSDOCK_REWRITE_GOLDEN"))
WIRES = sorted(FOLDER.glob("*.wire.json"))


@pytest.mark.parametrize("wire", WIRES, ids=lambda path: path.name.removesuffix(".wire.json"))
def test_pair(wire: Path) -> None:
    read = SYSTEM.translations[wire.name.partition(".")[0]].read
    assert read is not None
    understood = dumps(list(read(wire.read_bytes())), pretty=True) + b"\n"
    canonical = wire.with_name(wire.name.replace(".wire.", ".canonical."))
    if REWRITE:
        canonical.write_bytes(understood)
    assert orjson.loads(understood) == orjson.loads(canonical.read_bytes())


def test_every_translation_has_a_pair() -> None:
    assert {path.name.partition(".")[0] for path in WIRES} == set(SYSTEM.translations)
