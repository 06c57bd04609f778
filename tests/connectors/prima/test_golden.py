"""Golden pairs: a document on the wire and what we understand by it (see golden/README.md)."""

import os
from pathlib import Path
from typing import Any

import pytest

from crossdock.connectors.prima import SYSTEM
from crossdock.connectors.prima.config import MAPPING_FILE
from crossdock.connectors.prima.engine import write_request
from crossdock.connectors.prima.key_table import KeyTable
from crossdock.connectors.prima.mapping_file import load_mapping
from crossdock.connectors.prima.soap_orders import order_values, terms_of
from crossdock.model.after_sale import Cancellation
from crossdock.model.as_json import dumps
from tests.connectors.prima.support import ORDER, soap_settings

GOLDEN = Path(__file__).with_name("golden")
REWRITE = bool(os.environ.get("CROSSDOCK_REWRITE_GOLDEN"))
WIRES = sorted(path.name for path in GOLDEN.glob("*.wire.*"))
WRITTEN: list[tuple[str, str, Any]] = [
    ("sales-order.written", "sales-order", ORDER),
    ("cancellation.written", "cancellation", Cancellation(key="c", order_ref="B2B-1", reason="changed their mind")),
]


def check(path: Path, said: bytes) -> None:
    if REWRITE:
        path.write_bytes(said)
    assert said == path.read_bytes()


@pytest.mark.parametrize("name", WIRES)
def test_a_document_is_understood_as_it_was(name: str) -> None:
    read = SYSTEM.translations[name.partition(".")[0]].read
    assert read is not None
    said = dumps(read((GOLDEN / name).read_bytes()), pretty=True) + b"\n"
    check(GOLDEN / f"{name.partition('.wire.')[0]}.canonical.json", said)


@pytest.mark.parametrize(("name", "kind", "value"), WRITTEN)
def test_a_document_is_written_as_it_was(name: str, kind: str, value: Any) -> None:
    write = SYSTEM.translations[kind].write
    assert write is not None
    check(GOLDEN / f"{name}.wire.json", write(value) + b"\n")


def test_an_order_is_written_in_primas_own_words_as_it_was() -> None:
    chosen = soap_settings()
    values = order_values(ORDER, chosen, terms_of(chosen), KeyTable({"ST100-080": ("ST100", "F", "080", "", "")}))
    text = write_request(load_mapping(MAPPING_FILE), "orders.create", values)
    check(
        GOLDEN / "sales-order.prima.wire.xml", text.replace("><", ">\n<").encode("ascii", "xmlcharrefreplace") + b"\n"
    )


def test_every_kind_of_document_has_a_golden_pair() -> None:
    assert {name.partition(".")[0] for name in WIRES} == set(SYSTEM.translations)
