"""Whose stock a place holds: one owner each, told the same everywhere (law L8)."""

from pathlib import Path

import pytest

from crossdock.settings.load import load
from crossdock.settings.problem import SettingsError
from crossdock.settings.tree import Project
from crossdock.wiring.systems import known_systems

SOUND = """\
systems:
  tills:
    kind: wair
    profile: retail-stock
    base_url: http://127.0.0.1:8807
  khaos:
    kind: khaos_control
    base_url: https://khaos.example
    exe: KhaosHPT.exe
    optional: {import_stock_status: true}
pairings:
  shops-khaos:
    retail_stock: tills
    erp: khaos
    flows: [retail-stock-intake]
    locations:
      YORK: {owner: retail, site: York}
      MAIN: {owner: erp, site: Main Warehouse}
"""
OTHER = """\
  more-shops:
    retail_stock: tills
    erp: khaos
    flows: [retail-stock-intake]
    locations:
      LEEDS: {owner: retail, site: york}
"""


def read(folder: Path, text: str) -> Project:
    path = folder / "crossdock.yaml"
    path.write_text(text, "utf-8")
    return load(path, systems=known_systems(), environ={})


def said(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as raised:
        read(folder, text)
    return str(raised.value)


def test_each_place_has_its_owner_and_its_site(tmp_path: Path) -> None:
    policy = read(tmp_path, SOUND).retail["shops-khaos"].policy()
    assert {code: (one.owner, one.site) for code, one in policy.places.items()} == {
        "YORK": ("retail", "York"), "MAIN": ("erp", "Main Warehouse"),
    }  # fmt: skip
    assert list(policy.owned_by("retail")) == ["YORK"]


@pytest.mark.parametrize(
    ("find", "put", "says"),
    [
        ("YORK: {owner: retail, ", "YORK: {", "locations.YORK.owner: is missing"),
        ("owner: retail", "owner: both", "locations.YORK.owner"),
        ("MAIN: {owner: erp, site: Main Warehouse}", "york: {owner: erp, site: Main}", "one location told twice"),
        ("site: Main Warehouse", "site: YORK", "YORK and MAIN are one site told twice"),
        ("owner: retail", "owner: erp", "retail-stock-intake has nothing to do: no location is owned by retail"),
    ],
)
def test_a_place_owned_by_both_or_by_neither_is_refused(tmp_path: Path, find: str, put: str, says: str) -> None:
    assert says in said(tmp_path, SOUND.replace(find, put, 1))


def test_an_owner_that_the_retail_system_is_told_otherwise_is_refused(tmp_path: Path) -> None:
    told = SOUND.replace("profile: retail-stock\n", "profile: retail-stock\n    locations: {york: {owner: erp}}\n")
    assert "says that retail owns it, and tills is told that erp does" in said(tmp_path, told)


def test_two_pairings_never_count_into_one_site(tmp_path: Path) -> None:
    assert "is the site of a location of pairing shops-khaos too" in said(tmp_path, SOUND + OTHER)


def test_the_erp_owning_what_shops_count_is_refused_with_the_intake(tmp_path: Path) -> None:
    text = SOUND.replace("    locations:", "    owners: {store_stock: erp}\n    locations:")
    assert "the erp owns the store_stock, and retail-stock-intake would write it there" in said(tmp_path, text)
