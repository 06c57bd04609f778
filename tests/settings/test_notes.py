"""What a pairing cannot do although its flow runs is said at start-up."""

from pathlib import Path

import pytest
import yaml

from crossdock.settings.load import load
from crossdock.settings.notes import notes
from crossdock.settings.scaffold import create
from crossdock.wiring.systems import known_systems

KINDS = known_systems()


def said(folder: Path, name: str, **khaos: object) -> list[str]:
    path = create(folder, KINDS, pairings=[name])[0]
    tree = yaml.safe_load(path.read_text("utf-8"))
    if khaos:
        tree["systems"]["khaos"] |= khaos
    path.write_text(yaml.safe_dump(tree), "utf-8")
    return notes(load(path, systems=KINDS, environ={}), KINDS)


def test_an_erp_that_takes_no_returns_is_said_to_leave_credit_notes_to_people(tmp_path: Path) -> None:
    then = "each refund becomes a case that says what its credit note comes to; a person makes it there"
    told = said(tmp_path, "scayle-khaos", channel={})
    assert f"scayle-khaos: refund runs without ReturnSink and ReturnChannel of khaos: {then}." in told


def test_an_erp_that_fetches_returns_is_said_nothing_of(tmp_path: Path) -> None:
    assert not [one for one in said(tmp_path, "scayle-khaos") if "refund" in one]


@pytest.mark.parametrize("name", ["oro-khaos", "oro-prima"])
def test_a_shop_that_tells_nothing_of_returns_is_said_to(tmp_path: Path, name: str) -> None:
    then = "it tells nothing of goods that came back, so their credit notes are made in the ERP by hand"
    assert f"{name}: order-entry runs without ReturnSource of shop: {then}." in said(tmp_path, name)


@pytest.mark.parametrize(("site", "told"), [("", 1), ("Main Warehouse", 0)])
def test_shelves_of_shops_in_the_same_ledger_are_warned_of_where_no_site_is_named(
    tmp_path: Path, site: str, told: int
) -> None:
    path = create(tmp_path, KINDS, pairings=["oro-khaos", "wair-khaos"])[0]
    tree = yaml.safe_load(path.read_text("utf-8"))
    tree["systems"]["khaos"]["site"] = site
    path.write_text(yaml.safe_dump(tree), "utf-8")
    said = [one for one in notes(load(path, systems=KINDS, environ={}), KINDS) if "shelves of shops" in one]
    assert (len(said), [one for one in said if "oro-khaos" not in one]) == (told, [])


def test_the_ready_made_pairings_together_name_the_warehouse(tmp_path: Path) -> None:
    path = create(tmp_path, KINDS, pairings=["oro-khaos", "scayle-khaos", "wair-khaos"])[0]
    assert not [one for one in notes(load(path, systems=KINDS, environ={}), KINDS) if "shelves of shops" in one]
