"""Golden pairs: a document on the wire and what we understand by it (see golden/README.md)."""

import os
from pathlib import Path

import pytest

from crossdock.connectors.khaos_control import SYSTEM
from crossdock.model.as_json import dumps
from tests.connectors.khaos_control.support import PAID_ORDER

GOLDEN = Path(__file__).with_name("golden")
REWRITE = bool(os.environ.get("CROSSDOCK_REWRITE_GOLDEN"))
WIRES = sorted(path.name for path in GOLDEN.glob("*.wire.*"))


@pytest.mark.parametrize("wire", WIRES)
def test_a_document_is_understood_as_it_was(wire: str) -> None:
    name = wire.partition(".wire.")[0]
    translation = SYSTEM.translations[name.partition(".")[0]]
    assert translation.read is not None
    said = dumps(translation.read((GOLDEN / wire).read_bytes()), pretty=True) + b"\n"
    path = GOLDEN / f"{name}.canonical.json"
    if REWRITE:
        path.write_bytes(said)
    assert said == path.read_bytes()


def test_an_order_is_written_as_it_was() -> None:
    write = SYSTEM.translations["sales-order"].write
    assert write is not None
    path, said = GOLDEN / "sales-order.paid.wire.xml", write(PAID_ORDER).replace(b"><", b">\n<") + b"\n"
    if REWRITE:
        path.write_bytes(said)
    assert said == path.read_bytes()


def test_every_kind_of_document_has_a_golden_pair() -> None:
    assert {name.partition(".")[0] for name in WIRES} == set(SYSTEM.translations)
