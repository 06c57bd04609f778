"""Every system that ships: begun by `init`, served by its simulator, probed, and nothing amiss."""

import json
from pathlib import Path

import pytest

from crossdock.cli.sandbox import configured
from crossdock.cli.told import Stop
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.registry import simulators
from crossdock.settings.load import load
from crossdock.settings.scaffold import SYSTEMS, create, samples
from crossdock.wiring.single import connected
from crossdock.wiring.systems import known_systems
from tests.cli.world import Cli

KINDS = known_systems()
NAMES = [*SYSTEMS, *samples(KINDS)]
STANDS_IN = {  # name in the settings → simulator
    "shop": "orocommerce", "khaos": "khaos_control", "scayle": "scayle", "akeneo": "akeneo", "prima": "prima",
    "prima-bridge": "prima", "wair": "wair", "retail-stock": "retail-stock",
}  # fmt: skip


def test_there_is_a_simulator_for_each_and_an_example_of_each() -> None:
    assert set(STANDS_IN) == set(NAMES)
    assert set(STANDS_IN.values()) == set(simulators())
    assert len(simulators()) == 7


@pytest.mark.parametrize("name", NAMES)
async def test_what_init_writes_is_probed_and_all_is_well(tmp_path: Path, name: str) -> None:
    path = create(tmp_path, KINDS, [] if name in SYSTEMS else [name])[0]
    one = simulators()[STANDS_IN[name]]
    async with running(one(build_estate(), seed=7, settings=one.served)) as url:
        text = path.read_text("utf-8").replace(f"http://127.0.0.1:{one.default_port}", url)
        path.write_text(text, "utf-8")
        project = load(path, systems=KINDS, environ={})
        assert project.systems[name].base_url.startswith(url)
        async with connected(project, KINDS, name) as connector:
            lines = await connector.probe()
    amiss = [line for line in lines if line.problem or line.denied or line.unreadable]
    assert amiss == []
    assert sum(line.read for line in lines) > 0


@pytest.mark.parametrize("name", NAMES)
async def test_a_system_that_is_away_is_said_to_be_away(tmp_path: Path, name: str) -> None:
    path = create(tmp_path, KINDS, [] if name in SYSTEMS else [name])[0]
    one = simulators()[STANDS_IN[name]]
    path.write_text(path.read_text("utf-8").replace(f":{one.default_port}", ":9"), "utf-8")  # where nobody listens
    project = load(path, systems=KINDS, environ={})
    async with connected(project, KINDS, name) as connector:
        lines = await connector.probe()
    assert any(line.problem for line in lines)
    assert not any(line.read for line in lines if line.problem)


@pytest.mark.parametrize("name", NAMES)
def test_the_simulator_that_stands_in_is_known(tmp_path: Path, name: str) -> None:
    path = create(tmp_path, KINDS, [] if name in SYSTEMS else [name])[0]
    settings = load(path, systems=KINDS, environ={}).systems[name]
    assert KINDS[settings.kind].simulator_of(settings) == STANDS_IN[name]


def test_two_doors_of_one_simulator_are_served_once(tmp_path: Path) -> None:
    path = create(tmp_path, KINDS, ["prima", "prima-bridge", "retail-stock"])[0]
    assert configured(path, list(simulators())) == [
        ("orocommerce", 8801), ("khaos_control", 8802), ("prima", 8805), ("retail-stock", 8807),
    ]  # fmt: skip
    assert configured(path, ["retail-stock"]) == [("retail-stock", 8807)]
    with pytest.raises(Stop, match="has no system for akeneo"):
        configured(path, ["akeneo"])


def test_every_kind_of_document_is_listed_with_its_system(cli: Cli) -> None:
    listed = json.loads(cli("translate", "--list", "--json").out)
    kinds = {(row["system"], row["kind"]) for row in listed}
    for system in ("scayle", "akeneo", "prima", "wair", "khaos-control", "orocommerce"):
        assert (system, "error") in kinds
    wanted = {("scayle", "sales-order"), ("scayle", "return"), ("akeneo", "product-model"), ("wair", "stock-level")}
    assert wanted <= kinds
    assert all(row["reads"] or row["writes"] for row in listed)
