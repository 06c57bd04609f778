"""Prices and the sale of items in the settings: who owns what is checked before anything is published."""

from dataclasses import replace
from pathlib import Path

import pytest

from crossdock.settings.pairing import Flow
from tests.settings.kinds import KINDS, complaints, read
from tests.settings.test_load import SOUND

MORE = {"PriceSink"}


@pytest.fixture(autouse=True)
def _a_shop_with_price_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    able = replace(KINDS["orocommerce"], capabilities=KINDS["orocommerce"].capabilities | MORE)
    monkeypatch.setitem(KINDS, "orocommerce", able)


def test_prices_are_published_where_both_systems_can(tmp_path: Path) -> None:
    assert Flow.PRICE_PUBLICATION in read(tmp_path, SOUND, ORO="s").sales["oro-khaos"].flows


def test_nothing_is_published_into_the_side_that_owns_the_prices(tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, SOUND + "    owners: {price: storefront}\n", ORO="s")
    assert "the storefront owns the price, and price-publication would write it there" in said


def test_an_order_is_compared_with_what_was_published_only_where_it_was(tmp_path: Path) -> None:
    text = SOUND + "    prices: {hold: gross, decimals: 5}\n"
    pairing = read(tmp_path, text, ORO="s").sales["oro-khaos"]
    published = pairing.order_policy(4, shown_decimals=3).published
    assert published is not None
    assert (published.net, published.decimals_of("GBP")) == (False, 3)
    without = text.replace("erp: khaos", "erp: khaos\n    flows: [order-entry]")
    assert read(tmp_path, without, ORO="s").sales["oro-khaos"].order_policy(4).published is None
