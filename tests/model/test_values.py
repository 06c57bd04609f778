"""The smaller values: stock, despatch, maps, faults, and their JSON."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from crossdock.model import as_json
from crossdock.model.code_map import CodeMaps
from crossdock.model.despatch import FLOOR_BEGAN, Fulfilment, Invoice, Parcel, Stage
from crossdock.model.faults import ConfigFault, DataFault, InvalidValue, ReadIncomplete, Transient, Unsupported
from crossdock.model.price import Price
from crossdock.model.stock import Basis, StockFigure, StockTarget
from tests.strategies import fulfilments, law


def test_a_stock_figure_knows_when_it_was_read():
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    figure = StockFigure(stock_code="A", site="1", basis=Basis.AVAILABLE, quantity=Decimal(3), as_of=at)
    assert figure.as_of == at
    with pytest.raises(InvalidValue, match="stock figure of A: as_of has no time zone"):
        StockFigure(stock_code="A", site="1", basis=Basis.AVAILABLE, quantity=Decimal(3), as_of=datetime(2026, 3, 2))


def test_the_unit_of_one_item_outranks_the_unit_of_all():
    maps = CodeMaps(unit={"case": Fraction(24), "TEA/case": Fraction(12)})
    assert maps.stock_units("TEA", "case") == 12
    assert maps.stock_units("COFFEE", "case") == 24
    assert maps.stock_units("TEA", "pallet") is None


@pytest.mark.parametrize(
    ("shipped_on", "parcel_shipped", "shipped"),
    [(None, False, False), (date(2026, 3, 3), False, True), (None, True, True)],
)
def test_an_invoice_has_shipped_when_it_or_one_of_its_boxes_has(shipped_on, parcel_shipped, shipped):
    parcel = Parcel(consignment_ref="", courier="", lines=(), shipped=parcel_shipped)
    invoice = Invoice(
        code="", stage=Stage.SHIPPING, stage_text="Shipping", lines=(), parcels=(parcel,), shipped_on=shipped_on
    )
    assert invoice.shipped is shipped


def test_the_floor_begins_with_picking():
    assert Stage.PICKING in FLOOR_BEGAN
    assert Stage.AWAITING_STOCK not in FLOOR_BEGAN


def test_faults_say_what_whoever_acts_needs():
    slow = Transient("try later", evidence="GET /", retry_after_seconds=3, throttled=True)
    assert (str(slow), slow.evidence, slow.retry_after_seconds, slow.throttled) == ("try later", "GET /", 3, True)
    assert isinstance(ReadIncomplete("page 3 is missing"), Transient)
    assert ConfigFault("wrong key", setting="systems.shop.client_id").setting == "systems.shop.client_id"
    broken = Unsupported("lines[0].sku", "is longer than 50")
    assert isinstance(broken, DataFault)
    assert (str(broken), broken.place, broken.problem) == (
        "lines[0].sku: is longer than 50", "lines[0].sku", "is longer than 50",
    )  # fmt: skip


def test_values_without_a_json_form_of_their_own_are_text():
    target = StockTarget(ref="7", sku="TEA", unit="case", stock_units=Fraction(1, 3), shown=Decimal("1E+2"))
    written = as_json.dumps(target)
    assert b'"1/3"' in written
    assert b'"100"' in written
    assert as_json.loads(StockTarget, written) == target
    assert as_json.dumps(frozenset("ba")) == b'["a","b"]'
    assert as_json.dumps({"a": 1}, pretty=True) == b'{\n  "a": 1\n}'
    with pytest.raises(TypeError, match="object"):
        as_json.dumps(object())


@law
@given(fulfilment=fulfilments())
def test_a_fulfilment_survives_json(fulfilment):
    assert as_json.loads(Fulfilment, as_json.dumps(fulfilment)) == fulfilment


def test_a_price_is_for_one_from_one_on():
    price = Price(price_list="TRADE", stock_code="A", currency="GBP", price=Decimal(1), is_net=True)
    assert (price.quantity_from, price.quantity_to) == (1, None)
