"""The ready-made pairings: each one works as it is written, and two of them never serve one shop."""

from pathlib import Path

import pytest
import yaml

from crossdock.settings.checks import possible_flows, sides_of
from crossdock.settings.load import load
from crossdock.settings.presets import presets, switched_on
from crossdock.settings.problem import SettingsError
from crossdock.settings.scaffold import create
from crossdock.settings.schema import settings_schema
from crossdock.wiring.systems import known_systems
from tests.settings.json_schema import errors

KINDS = known_systems()


@pytest.mark.parametrize("name", presets())
def test_a_ready_made_pairing_loads_and_does_all_that_its_systems_can(tmp_path: Path, name: str) -> None:
    path = create(tmp_path, KINDS, pairings=[name])[0]
    project = load(path, systems=KINDS, environ={})
    assert list(project.pairings) == [name]
    assert set(project.systems) == set(presets()[name].systems.values())
    pairing = project.pairings[name]
    known = {one: KINDS[system.kind].with_settings(system) for one, system in project.systems.items()}
    sides = sides_of(presets()[name].pairing, known)
    assert list(pairing.runs()) == possible_flows(sides)
    assert pairing.runs()


@pytest.mark.parametrize("name", presets())
def test_a_ready_made_pairing_fits_the_schema(tmp_path: Path, name: str) -> None:
    path = create(tmp_path, KINDS, pairings=[name])[0]
    schema = settings_schema(KINDS)
    assert errors(schema, yaml.safe_load(path.read_text("utf-8")), whole=schema) == []


def test_one_shops_orders_never_go_to_two_erps(tmp_path: Path) -> None:
    path = create(tmp_path, KINDS, pairings=["oro-khaos", "oro-prima"])[0]
    with pytest.raises(SettingsError) as refused:
        load(path, systems=KINDS, environ={})
    said = [problem.message for problem in refused.value.problems]
    assert said == [
        "would do order-entry for shop, whose orders are in the hands of pairing oro-khaos",
        "would do product-introduction for shop, whose products on sale are in the hands of pairing oro-khaos",
        "would do stock-publication for shop, whose stock levels are in the hands of pairing oro-khaos",
    ]


def test_what_two_pairings_need_of_one_system_is_switched_on_together() -> None:
    channel = switched_on("khaos", ["akeneo-khaos", "scayle-khaos"])["channel"]
    assert channel["return_reason"]
    assert channel["provided"]["stock_type1"]
    assert "return_reason" not in switched_on("khaos", ["akeneo-khaos"])["channel"]  # nothing is left behind in it
