"""`crossdock audit`, as a person would type it."""

from pathlib import Path

from tests.cli.world import Cli, World

GHOST = "GHOST-01"


def test_an_audit_of_a_running_pairing_tells_the_gaps_worst_first(world: World) -> None:
    page = world.folder / "gaps.html"
    said = world("audit", "oro-khaos", "--json", "--out", str(page))
    assert said.code == 1
    document = said.json
    assert document["read"]["orders"] == len(world.placed)
    ghosts = [one for one in world.placed if "unknown_sku" in one["trouble"]]
    gap = next(one for one in document["gaps"] if one["subject"] == GHOST)
    assert gap["orders"] in (0, len(ghosts))  # another test maps it
    assert [one["orders"] for one in document["gaps"]] == sorted(
        (one["orders"] for one in document["gaps"]), reverse=True
    )
    assert "Audit of oro-khaos" in page.read_text("utf-8")
    people = world("audit", "oro-khaos", "--days", "2")
    assert people.code == 1
    assert "worst first" in people.out
    assert not (world.folder / "data" / "audit" / "oro-khaos").exists()


def test_a_report_of_another_kind_is_refused_before_anything_is_read(home: Path, cli: Cli) -> None:
    said = cli("audit", "oro-khaos", "--out", "gaps.pdf", "--config", str(home / "crossdock.yaml"))
    assert said.code == 2
    assert ".html or .csv" in said.err
