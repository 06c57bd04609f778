"""Which items may be sold, in the settings: who says so is checked before anything is written, and what cannot be is
said at start-up."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from crossdock.decide.offers import OfferPolicy
from crossdock.settings.items import ItemSettings
from crossdock.settings.notes import notes
from crossdock.settings.pairing import Flow
from tests.settings.kinds import KINDS, complaints, read
from tests.settings.test_load import SOUND

NO_SWITCH = (
    "oro-khaos: order-entry runs without SaleSwitch of shop: what the ERP does not hold, or nobody has confirmed the "
    "units of, stays on sale there, and its orders wait in cases."
)
NO_NEW = (
    "oro-khaos: product-introduction runs without BareProductSink of shop: it takes no new products with these "
    "settings: items the storefront has not are only listed."
)


def able(monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """The shop can do that too."""
    shop = replace(KINDS["orocommerce"], capabilities=KINDS["orocommerce"].capabilities | set(more))
    monkeypatch.setitem(KINDS, "orocommerce", shop)


def told(folder: Path, text: str) -> list[str]:
    """What is said at start-up of product introduction."""
    return [one for one in notes(read(folder, text, ORO="s"), KINDS) if "SaleSwitch" in one or "BareProductSink" in one]


def test_it_runs_by_itself_where_the_storefront_has_a_switch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    able(monkeypatch, "SaleSwitch")
    assert Flow.PRODUCT_INTRODUCTION in read(tmp_path, SOUND, ORO="s").sales["oro-khaos"].flows
    assert told(tmp_path, SOUND) == []


def test_a_storefront_without_a_switch_is_told_of_at_start_up(tmp_path: Path) -> None:
    assert Flow.PRODUCT_INTRODUCTION not in read(tmp_path, SOUND, ORO="s").sales["oro-khaos"].flows
    assert told(tmp_path, SOUND) == [NO_SWITCH]
    assert told(tmp_path, SOUND + "    flows: [stock-publication]\n") == []  # no order could wait for it


def test_it_cannot_be_asked_for_where_the_storefront_has_no_switch(tmp_path: Path) -> None:
    said = complaints(tmp_path, SOUND + "    flows: [order-entry, product-introduction]\n", ORO="s")
    assert any("product-introduction" in line and "SaleSwitch" in line for line in said), said


def test_no_item_is_switched_where_the_storefront_says_what_is_sold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    able(monkeypatch, "SaleSwitch")
    (said,) = complaints(tmp_path, SOUND + "    owners: {item: storefront}\n", ORO="s")
    assert "the storefront owns the item, and product-introduction would write it there" in said
    assert complaints(tmp_path, SOUND + "    owners: {item: storefront}\n    flows: [order-entry]\n", ORO="s") == []


def test_products_that_cannot_be_made_are_told_of_at_start_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    able(monkeypatch, "SaleSwitch")
    create = SOUND + "    items: {create: true}\n"
    assert told(tmp_path, create) == [NO_NEW]
    able(monkeypatch, "BareProductSink")
    assert told(tmp_path, create) == []


@pytest.mark.parametrize(
    ("given", "where"),
    [("{unknown: delete}", "items.unknown"), ("{hide_max: -1}", "items.hide_max"), ("{unit: \"\"}", "items.unit"),
     ("{readdy: offer}", "items.readdy")],
)  # fmt: skip
def test_a_policy_that_cannot_be_is_refused_at_its_place(tmp_path: Path, given: str, where: str) -> None:
    (said,) = complaints(tmp_path, f"{SOUND}    items: {given}\n", ORO="s")
    assert f"pairings.oro-khaos.{where}" in said


def test_nothing_is_written_until_somebody_says_so() -> None:
    policy = ItemSettings().policy()
    assert policy == OfferPolicy()
    assert (policy.unknown, policy.blocked, policy.ready, policy.create) == ("report", "report", "report", False)


def test_every_part_of_the_policy_is_a_setting() -> None:
    given = {"unknown": "hide", "blocked": "hide", "ready": "offer", "create": True, "unit": "box", "hide_max": 3}
    policy = ItemSettings.model_validate(given).policy("STD")
    told = {one.name: getattr(policy, one.name) for one in fields(OfferPolicy)}
    assert told == {**given, "default_tax_code": "STD"}
