"""init, check, systems and probe: what can be done before anything runs."""

import json
from pathlib import Path

import pytest

from tests.cli.world import Cli, free_port


def test_init_makes_an_installation_that_checks_well(tmp_path: Path, cli: Cli) -> None:
    made = cli("init", str(tmp_path / "new"), "--json").json
    assert Path(made["folder"]) == tmp_path / "new"
    assert [Path(one).name for one in made["files"]] == [
        "crossdock.yaml", "crossdock.schema.json", "oro-client-secret", ".gitignore",
    ]  # fmt: skip
    said = cli("check", str(tmp_path / "new" / "crossdock.yaml"), "--json")
    assert said.code == 0
    assert said.json["valid"] is True
    assert (said.json["systems"], said.json["pairings"]) == (["shop", "khaos"], ["oro-khaos"])


def test_init_never_touches_what_is_there(home: Path, cli: Cli) -> None:
    before = (home / "crossdock.yaml").read_bytes()
    said = cli("init", str(home), "--json")
    assert said.code == 2
    assert "exists already; nothing was written" in said.json["error"]["text"]
    assert (home / "crossdock.yaml").read_bytes() == before


def test_check_names_every_mistake_with_its_line_and_fix(home: Path, cli: Cli) -> None:
    file = home / "crossdock.yaml"
    file.write_text(file.read_text("utf-8").replace("storefront: shop", "storefront: shpo").replace("exe:", "exee:"))
    said = cli("check", "--config", str(file), "--json")
    assert said.code == 1
    problems = said.json["problems"]
    assert [one["path"] for one in problems] == ["systems.khaos.exee", "pairings.oro-khaos.storefront"]
    assert all(one["line"] > 1 and "Did you mean" in one["fix"] for one in problems)
    people = cli("check", str(file))
    assert people.out.count("Did you mean") == 2
    assert "2 mistakes" in people.err


def test_check_shows_the_stock_buffer_that_a_storefront_asks_for(tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "new"
    cli("init", str(folder), "--pairing", "scayle-khaos")
    file = folder / "crossdock.yaml"
    said = "scayle-khaos: 1 of every item is kept back, as scayle asks; stock.buffer changes it."
    assert said in cli("check", str(file)).out
    assert said in cli("check", str(file), "--json").json["notes"]
    written = file.read_text("utf-8").replace("      # buffer:  #", "      buffer: 0  #", 1)
    assert "buffer: 0" in written
    file.write_text(written, "utf-8")
    assert said not in cli("check", str(file), "--json").json["notes"]


def test_check_says_that_scayle_has_no_switch_for_single_skus(tmp_path: Path, cli: Cli) -> None:
    cli("init", str(tmp_path / "new"), "--pairing", "scayle-khaos")
    said = cli("check", str(tmp_path / "new" / "crossdock.yaml"))
    assert "scayle-khaos: order-entry runs without SaleSwitch of scayle: " in said.out
    cli("init", str(tmp_path / "other"), "--pairing", "oro-prima")
    assert "SaleSwitch" not in cli("check", str(tmp_path / "other" / "crossdock.yaml")).out


def test_check_without_a_file_is_bad_input(tmp_path: Path, cli: Cli) -> None:
    said = cli("check", str(tmp_path / "none.yaml"))
    assert said.code == 2
    assert "crossdock init" in said.out


def test_the_schema_is_for_editors(cli: Cli) -> None:
    assert json.loads(cli("check", "--schema").out)["title"] == "crossdock.yaml"


def test_the_settings_file_may_come_from_the_environment(home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSDOCK_CONFIG", str(home / "crossdock.yaml"))
    assert cli("check").code == 0
    assert [one["name"] for one in cli("systems", "--json").json["systems"]] == ["shop", "khaos"]


def test_systems_shows_who_can_do_what_and_what_a_pairing_runs(home: Path, cli: Cli) -> None:
    file = home / "crossdock.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("    erp: khaos", "    erp: khaos\n    flows: [order-entry]", 1))
    said = cli("systems", "--config", str(file), "--json").json
    shop = said["systems"][0]
    assert (shop["kind"], shop["role"], shop["pairings"]) == ("orocommerce", "storefront", ["oro-khaos"])
    assert "OrderSource" in shop["capabilities"]
    states = {one["flow"]: one["state"] for one in said["pairings"][0]["flows"]}
    assert states.pop("order-entry") == "runs"
    assert {states[flow] for flow in ("stock-publication", "despatch")} == {"possible, not asked for"}
    assert "OrderSource" in cli("systems", "--config", str(file)).out


@pytest.mark.parametrize("command", ["systems", "probe", "status", "run", "worker", "rehearse x", "trace 1"])
def test_settings_that_cannot_be_used_stop_every_command(tmp_path: Path, cli: Cli, command: str) -> None:
    (tmp_path / "crossdock.yaml").write_text("systems: {shop: {kind: orokommerce}}\n")
    said = cli(*command.split(), "--config", str(tmp_path / "crossdock.yaml"), "--json")
    assert said.code == 2
    assert said.json["error"]["kind"] == "settings"
    assert said.json["error"]["problems"][0]["line"] == 1
    assert 'Did you mean "orocommerce"?' in said.err


def test_a_system_that_is_away_is_remote_trouble(home: Path, cli: Cli) -> None:
    file = home / "crossdock.yaml"
    file.write_text(file.read_text("utf-8").replace(":8801", f":{free_port()}").replace(":8802", f":{free_port()}"))
    said = cli("probe", "khaos", "--config", str(file), "--json")
    assert said.code == 3
    khaos = said.json["systems"]["khaos"]
    assert khaos["verdict"] == "unreachable"
    assert all(one["problem"] for one in khaos["lines"])


def test_the_laws_are_judged_on_simulators_only(home: Path, cli: Cli) -> None:
    file = home / "crossdock.yaml"
    file.write_text(file.read_text("utf-8").replace(":8801", f":{free_port()}"))
    said = cli("sandbox", "check-laws", "--config", str(file))
    assert said.code == 3
    assert "does not answer" in said.err
    assert "crossdock sandbox serve" in said.err


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(home: Path, cli: Cli) -> None:
    said = cli("probe", "khaoss", "--config", str(home / "crossdock.yaml"))
    assert said.code == 2
    assert "there is no system 'khaoss'. Did you mean \"khaos\"?" in said.err
