"""Golden pairs: what SCAYLE says and what we understand, side by side (see golden/README.md)."""

import os
from pathlib import Path

import orjson
import pytest

from crossdock.connectors.scayle import SYSTEM
from crossdock.model.as_json import dumps

FOLDER = Path(__file__).parent / "golden"
REWRITE = bool(os.environ.get("CROSSDOCK_REWRITE_GOLDEN"))


@pytest.mark.parametrize(
    "wire", sorted(FOLDER.glob("*.wire.json")), ids=lambda path: path.name.removesuffix(".wire.json")
)
def test_pair(wire: Path) -> None:
    translation = SYSTEM.translations[wire.name.partition(".")[0]]
    assert translation.read is not None
    values = list(translation.read(wire.read_bytes()))
    understood = dumps(values, pretty=True) + b"\n"
    canonical = wire.with_name(wire.name.replace(".wire.", ".canonical."))
    if REWRITE:
        canonical.write_bytes(understood)
    assert orjson.loads(understood) == orjson.loads(canonical.read_bytes())
    if translation.write is not None:  # what we send is what the pair shows
        said = translation.write(values if isinstance(orjson.loads(wire.read_bytes()), list) else values[0])
        assert orjson.loads(said) == orjson.loads(wire.read_bytes())


def test_every_translation_has_a_pair() -> None:
    assert {path.name.partition(".")[0] for path in FOLDER.glob("*.wire.json")} == set(SYSTEM.translations)
