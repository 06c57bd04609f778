"""Documents of both tongues, recognised by their shape; and what is none, refused by name."""

from decimal import Decimal
from typing import Any

import orjson
import pytest

from crossdock.connectors.bridge import Problem
from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.mapping_goods import item_row
from crossdock.connectors.wair.native_faults import Refusal
from crossdock.connectors.wair.native_speech import Speech
from crossdock.model.faults import DataFault
from crossdock.model.stock import Basis
from tests.connectors.wair.support import (
    commitment,
    despatch_row,
    goal_row,
    item,
    level,
    level_row,
    listed,
    place,
    proposal_row,
    sale,
    transfer,
)

SPEECH = Speech()


def read(kind: str, document: Any) -> list[Any]:
    found = SYSTEM.translations[kind].read
    assert found is not None
    return list(found(document if isinstance(document, bytes) else orjson.dumps(document, default=float)))


def test_a_level_in_both_tongues() -> None:
    (native,) = read("stock-level", {"stock": [SPEECH.stock(level())]})
    (bridged,) = read("stock-level", {"data": [level_row()]})
    assert (native.location, native.sku, native.quantity) == (bridged.location, bridged.sku, bridged.quantity)
    assert (native.basis, native.allocated, bridged.allocated) == (Basis.ON_HAND, None, Decimal(3))


def test_a_page_of_recommendations() -> None:
    assert [one.ref for one in read("transfer-proposal", listed([proposal_row(), proposal_row("R-2")]))] == [
        "R-1",
        "R-2",
    ]
    assert read("stock-goal", listed([goal_row()], wrapper="stockTargets"))[0].quantity == 6


@pytest.mark.parametrize("kind", ["retail-despatch", "despatch"])
def test_a_despatch_under_both_names(kind: str) -> None:
    (one,) = read(kind, despatch_row())
    assert one.key == "D-1"


@pytest.mark.parametrize(
    ("kind", "document", "told"),
    [
        ("stock-level", b"", "document: is no whole JSON document"),
        ("stock-level", b"[", "document: is no whole JSON document"),
        ("stock-level", b"NaN", "document: is no whole JSON document"),
        ("stock-level", [3], "[0]: must be a JSON object"),
        ("stock-level", {"data": {}}, "data: must be a list"),
        ("stock-level", {"stock": [{"locationId": "SOHO", "skuId": "A"}]}, "stock[0].quantity: is missing"),
        ("stock-level", {"data": [level_row(), level_row(physical=1)]}, "data[1].physical: must be a decimal"),
        (
            "stock-level",
            {"stock": [{"locationId": "SOHO", "skuId": "A", "quantity": 1, "dateTime": "2026-03-02T08:30:00"}]},
            "stock[0].dateTime: has no time zone",
        ),
        ("stock-item", {**item_row(item()), "size_id": None}, "document.size_id: is missing"),
        ("location", {"locationId": "1", "code": "1", "type": "kiosk"}, "document.type: is 'kiosk'"),
        ("stock-item", {"itemId": "1", "code": "A", "skus": [{}, {}]}, "document.skus: holds 2 SKUs"),
        ("sale", {**SPEECH.sale(sale()), "saleId": "T-1"}, "document.saleId: must be the code and the line's number"),
        ("transfer", {**SPEECH.transfer(transfer()), "open": "true"}, "document.open: must be true or false"),
        ("transfer", {**SPEECH.transfer(transfer()), "lines": [{}]}, "document.lines[0].skuId: is missing"),
        ("event", {"type": "x"}, "timestamp: is missing"),
        ("error", [], "document: must be a JSON object"),
        ("error", {}, "document: is no refusal"),
        ("retail-despatch", despatch_row(parcels=[]), "document.parcels: dispatch-incomplete"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(kind: str, document: Any, told: str) -> None:
    with pytest.raises(DataFault) as caught:
        read(kind, document)
    assert str(caught.value).startswith(told)


def test_all_that_is_wrong_is_told_at_once() -> None:
    rows = [{**level_row(physical=1), "sku": None}, level_row(), level_row(basis="x")]
    with pytest.raises(DataFault) as caught:
        read("stock-level", rows)
    for place_ in ("[0].physical", "[0].sku", "[2].basis"):
        assert place_ in str(caught.value)


def test_a_refusal_of_either() -> None:
    (bridged,) = read("error", {"type": "x", "code": "sku-not-found", "status": 422, "detail": "A is not known"})
    assert isinstance(bridged, Problem)
    assert (bridged.code, bridged.status) == ("sku-not-found", 422)
    (native,) = read("error", {"title": "Bad", "status": 400, "errors": {"stock[0].skuId": ["is unknown"]}})
    assert isinstance(native, Refusal)
    assert native.text == "Bad; stock[0].skuId: is unknown"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("stock-level", level(allocated=Decimal(3), published_at=level().occurred_at)),
        ("stock-item", item()),
        ("location", place(owner="erp")),
        ("commitment", commitment()),
        ("sale", sale()),
        ("transfer", transfer()),
    ],
)
def test_one_and_several_can_be_written(kind: str, value: Any) -> None:
    write = SYSTEM.translations[kind].write
    assert write is not None
    assert read(kind, write(value)) == [value]
    assert read(kind, write([value, value])) == [value, value]


def test_a_figure_without_a_word_cannot_be_written() -> None:
    write = SYSTEM.translations["stock-level"].write
    assert write is not None
    with pytest.raises(DataFault, match="buildable"):
        write(level(basis=Basis.BUILDABLE))
    with pytest.raises(DataFault, match="allocated"):
        write(level())
