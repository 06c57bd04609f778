"""Laws: what is told survives the wire of either tongue, and no document is worse than refused."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.bridge import loads
from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.ids import IdTable
from crossdock.connectors.wair.native_speech import Speech
from crossdock.connectors.wair.native_values import dumps
from crossdock.model.faults import DataFault
from crossdock.model.retail import (
    Commitment,
    Location,
    LocationKind,
    Readiness,
    RetailItem,
    RetailSale,
    RetailStock,
    Transfer,
    TransferLine,
)
from crossdock.model.stock import Basis

codes = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=64)
words = codes | st.just("")
amounts = st.decimals(-(10**9), 10**9, places=6, allow_nan=False) | st.integers(-99, 99).map(Decimal)
positive = st.decimals(0, 10**9, places=3, allow_nan=False)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
reasons = st.sampled_from(["", "sale", "return", "receipt", "transfer", "count", "adjustment", "correction"])


@st.composite
def levels(draw: st.DrawFn) -> RetailStock:
    basis = draw(st.sampled_from([Basis.ON_HAND, Basis.AVAILABLE]))
    quantity, allocated = draw(amounts), draw(positive)
    free = quantity if basis is Basis.AVAILABLE else quantity - allocated
    return RetailStock(
        location=draw(codes), sku=draw(codes), basis=basis, quantity=quantity, allocated=allocated,
        available=draw(st.sampled_from([None, free])), sequence=draw(st.none() | st.integers(0, 10**12)),
        occurred_at=draw(moments), published_at=draw(moments), reason=draw(reasons),
    )  # fmt: skip


items = st.builds(
    RetailItem, item_id=codes, sku=codes, style_id=words, leaf=st.booleans(), parent_sku=words, description=words,
    barcode=words, size_id=words, colour_id=words, season_id=words, brand_id=words,
    status=st.sampled_from(["active", "blocked", "discontinued"]), body_map_id=words,
    readiness=st.sampled_from(Readiness), missing_attributes=st.lists(words, max_size=3).map(tuple),
    updated_at=st.none() | moments,
)  # fmt: skip
locations = st.builds(
    Location, code=codes, kind=st.sampled_from(LocationKind), name=words, gln=words,
    owner=st.sampled_from(["retail", "erp"]), street=codes, town=words, postcode=words, country=words,
)  # fmt: skip
commitments = st.builds(
    Commitment, key=codes, location=codes, sku=codes, quantity=amounts, since=moments, until=st.none() | moments,
    source=st.sampled_from(["sales_order", "web_order", "other"]), source_ref=words,
)  # fmt: skip
sales = st.builds(
    RetailSale, key=codes, location=codes, sku=codes, quantity=amounts, unit_price=positive,
    currency=st.sampled_from(["GBP", "EUR", "JPY"]), sold_at=moments, line_no=st.integers(1, 999),
    discount_reason=words,
)  # fmt: skip
lines = st.builds(TransferLine, sku=codes, quantity=positive, shipped=positive, received=positive)
transfers = st.builds(
    Transfer, key=codes, from_location=codes, to_location=codes, open=st.booleans(),
    lines=st.lists(lines, max_size=3).map(tuple), proposal_ref=words,
)  # fmt: skip


def survives(kind: str, value: Any) -> None:
    translation = SYSTEM.translations[kind]
    assert translation.read is not None
    assert translation.write is not None
    assert list(translation.read(translation.write(value))) == [value]


@given(levels())
def test_levels_survive_the_wire(value: RetailStock) -> None:
    survives("stock-level", value)


@given(items)
def test_items_survive_the_wire(value: RetailItem) -> None:
    survives("stock-item", value)


@given(locations)
def test_locations_survive_the_wire(value: Location) -> None:
    survives("location", value)


@given(commitments)
def test_commitments_survive_the_wire(value: Commitment) -> None:
    survives("commitment", value)


@given(sales)
def test_sales_survive_the_wire(value: RetailSale) -> None:
    survives("sale", value)


@given(transfers)
def test_transfers_survive_the_wire(value: Transfer) -> None:
    survives("transfer", value)


SPEECH = Speech()


def said_and_heard(row: Any) -> Any:
    return loads(dumps(row))


@given(levels().filter(lambda one: one.basis is Basis.ON_HAND))
def test_stock_on_hand_survives_wair_ais_wire(value: RetailStock) -> None:
    heard = SPEECH.to_stock(said_and_heard(SPEECH.stock(value)), "x")
    told = RetailStock(
        location=value.location, sku=value.sku, basis=value.basis, quantity=value.quantity,
        occurred_at=value.occurred_at,
    )  # fmt: skip
    assert heard == told


@given(commitments)
def test_commitments_survive_wair_ais_wire(value: Commitment) -> None:
    heard = SPEECH.to_commitment(said_and_heard(SPEECH.commitment(value)), "x")
    assert (heard.key, heard.location, heard.sku, heard.quantity, heard.since, heard.until) == (
        value.key, value.location, value.sku, value.quantity, value.since, value.until,
    )  # fmt: skip


@pytest.mark.parametrize("negative", [True, False])
@given(value=sales)
def test_sales_survive_wair_ais_wire(negative: bool, value: RetailSale) -> None:
    speech = Speech(negative_return_price=negative)
    assert speech.to_sale(said_and_heard(speech.sale(value)), "x") == value


@given(transfers)
def test_transfers_survive_wair_ais_wire(value: Transfer) -> None:
    assert SPEECH.to_transfer(said_and_heard(SPEECH.transfer(value)), "x") == value


@given(locations)
def test_locations_survive_wair_ais_wire(value: Location) -> None:
    heard = SPEECH.to_location(said_and_heard(SPEECH.location(value)), "x")
    assert (heard.code, heard.kind, heard.name, heard.gln, heard.street, heard.town, heard.postcode, heard.country) == (
        value.code, value.kind, value.name, value.gln, value.street, value.town, value.postcode, value.country,
    )  # fmt: skip


@given(items)
def test_items_survive_wair_ais_wire(value: RetailItem) -> None:
    """The id over there is the code; a barcode is a SKU's, so that a parent has none."""
    heard = SPEECH.to_item(said_and_heard(SPEECH.item(value)), "x")
    told = RetailItem(
        item_id=value.sku, sku=value.sku, style_id=value.style_id, leaf=value.leaf, parent_sku=value.parent_sku,
        description=value.description, barcode=value.barcode if value.leaf else "", size_id=value.size_id,
        colour_id=value.colour_id, season_id=value.season_id, brand_id=value.brand_id, status=value.status,
    )  # fmt: skip
    assert heard == told


@given(st.dictionaries(codes, codes, max_size=8))
def test_ids_lead_back_to_their_codes(table: dict[str, str]) -> None:
    if len(set(table.values())) < len(table):
        with pytest.raises(ValueError, match="have one id"):
            IdTable.of(locations={}, skus=table)
        return
    ids = IdTable.of(locations=table, skus=table)
    assert all(ids.sku_code(ids.sku_id(code), "x") == code for code in table)
    assert all(ids.location_code(ids.location_id(code), "x") == code for code in table)


names = st.sampled_from(
    [
        "data", "stock", "transfers", "id", "code", "skus", "lines", "sku", "location_code", "locationId", "skuId",
        "quantity", "referenceId", "type", "open", "parcels", "status", "timestamp", "errors", "dateTime", "physical",
    ]
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1)
    | st.text(max_size=8) | st.just("2026-01-01T00:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6),
    max_leaves=10,
)  # fmt: skip


@given(anything, st.sampled_from(sorted(SYSTEM.translations)))
def test_any_json_is_understood_or_refused_and_never_worse(document: Any, kind: str) -> None:
    read = SYSTEM.translations[kind].read
    assert read is not None
    with contextlib.suppress(DataFault):
        read(orjson.dumps(document))


GOLDEN = {
    path.name.removesuffix(".wire.json"): loads(path.read_bytes())
    for path in sorted((Path(__file__).parent / "golden").glob("*.wire.json"))
}


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in it."""
    yield path
    steps = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for step, inner in steps:
        yield from places(inner, (*path, step))


def spoiled(document: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = spoiled(document[path[0]], path[1:], junk)
    return copy


@given(st.sampled_from(sorted(GOLDEN)), st.data(), anything)
def test_a_good_document_with_one_thing_wrong_is_understood_or_refused(
    name: str, data: st.DataObject, junk: Any
) -> None:
    read = SYSTEM.translations[name.partition(".")[0]].read
    assert read is not None
    document = GOLDEN[name]
    path = data.draw(st.sampled_from(list(places(document))))
    with contextlib.suppress(DataFault):
        read(dumps(spoiled(document, path, junk)))
