"""`crossdock reconcile`, as a person would type it."""

from pathlib import Path

from tests.cli.world import Cli, World


def test_a_run_is_shown_packed_and_can_be_packed_again(world: World, tmp_path: Path) -> None:
    said = world("reconcile", "oro-khaos", "--object", "money", "--out", str(tmp_path / "pack"), "--json")
    assert said.code == 0, said.err
    (run,) = said.json["runs"]
    assert run["object"] == "money"
    assert run["counts"]["too_recent"] == len(world.placed)  # sold minutes ago: left alone
    assert "invoices and credit notes: khaos does not tell them" in run["unknowns"]
    assert {Path(one).suffix for one in said.json["files"]} == {".xlsx", ".html", ".json", ".csv"}
    again = world("reconcile", "oro-khaos", "--run", str(run["run"]), "--out", str(tmp_path / "again"))
    assert again.code == 0
    assert "Nothing to settle." in again.err
    for path in (tmp_path / "pack").iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_what_is_no_period_and_no_object_is_told_with_the_way_on(world: World) -> None:
    wrong = world("reconcile", "oro-khaos", "--period", "october")
    assert (wrong.code, "write a month, 2026-10" in wrong.err) == (2, True)
    unknown = world("reconcile", "oro-khaos", "--object", "weather")
    assert (unknown.code, "there is no object" in unknown.err) == (2, True)
    assert world("reconcile", "oro-khaos", "--run", "999999").code == 2


def test_a_pairing_nobody_made_is_told(home: Path, cli: Cli) -> None:
    said = cli("reconcile", "oro-kaos", "--config", str(home / "crossdock.yaml"))
    assert (said.code, "oro-khaos" in said.err) == (2, True)
