"""Bodies from the vendor's own tests, where they are at hand: each is understood, or refused by name."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from crossdock.connectors.orocommerce import SYSTEM
from crossdock.model.faults import DataFault

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "orocommerce"
KINDS = {
    "sales-order": "orders",
    "account": "customers",
    "stock-level": "inventorylevels",
    "despatch": "ordershippingtrackings",
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no vendor documents at {FOLDER}")


def documents() -> Iterator[tuple[str, Path]]:
    for kind, resource in KINDS.items():
        for path in sorted((FOLDER / resource / "response").glob("*.json")):
            yield kind, path


@pytest.mark.parametrize(("kind", "path"), list(documents()), ids=lambda part: getattr(part, "stem", part))
def test_a_document_is_understood_or_refused_by_name(kind: str, path: Path) -> None:
    read = SYSTEM.translations[kind].read
    assert read is not None
    try:
        found = read(path.read_bytes())
    except DataFault as refusal:
        fault = refusal
    else:
        fault = None
    if fault is not None:
        assert fault.place
        assert fault.problem
        return
    data = orjson.loads(path.read_bytes())["data"]
    assert len(found) == (len(data) if isinstance(data, list) else 1)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no vendor documents")
def test_a_document_with_its_lines_is_an_order_and_one_without_names_them() -> None:
    read = SYSTEM.translations["sales-order"].read
    assert read is not None
    folder = FOLDER / "orders" / "response"
    (order,) = read((folder / "orders__get_order_include_order_line_items.json").read_bytes())
    assert [(line.sku, str(line.unit_price), line.unit) for line in order.lines] == [
        ("product-1", "15.7000", "bottle"),
        ("product-2", "30.5000", "box"),
    ]
    for name in ("orders__get_order.json", "orders__v5.1__get_order.json"):
        with pytest.raises(DataFault, match=r"orderlineitems 458, 462 are referenced by data.relationships.lineItems"):
            read((folder / name).read_bytes())


def test_errors_are_read() -> None:
    read = SYSTEM.translations["error"].read
    assert read is not None
    for path in FOLDER.glob("*/error/*.json"):
        assert read(path.read_bytes()), path.name
    for path in (FOLDER / "asyncoperations" / "response").glob("*Errors*.json"):
        for error in read(path.read_bytes()):
            assert error.title, path.name
