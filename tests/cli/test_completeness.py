"""`crossdock completeness`, as a person would type it."""

from pathlib import Path

import pytest

from tests.cli.world import Cli, World, until


def test_what_was_counted_is_shown_and_every_id_is_accounted_for(world: World) -> None:
    found = {}

    def counted() -> bool:
        said = world("completeness", "oro-khaos", "--json", "--list")  # a worker may be counting just then
        found["said"] = said
        return said.code == 0

    until("every id is accounted for", counted)
    report = found["said"].json
    assert report["green"] is True
    assert report["storefront"]["listed"] == len(world.placed)
    assert report["storefront"]["settled"] + report["storefront"]["in_case"] == len(world.placed)
    assert (report["missing"], report["silence"], report["left_out_orders"]) == ([], [], [])
    people = world("completeness", "oro-khaos", "--last")
    assert people.code == 0
    assert "Every id is accounted for." in people.err
    assert "settled: in the ERP, or taken out" in people.out


def test_before_the_first_count_there_is_none_to_show(
    home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    said = cli("completeness", "oro-khaos", "--last", "--json", "--config", str(home / "crossdock.yaml"))
    assert (said.code, said.json["error"]["kind"]) == (1, "no-count")


def test_a_pairing_that_takes_no_orders_has_nothing_to_count(home: Path, cli: Cli) -> None:
    file = home / "crossdock.yaml"
    text = file.read_text("utf-8")
    assert "    erp: khaos" in text
    file.write_text(text.replace("    erp: khaos", "    flows: [despatch]\n    erp: khaos", 1))
    said = cli("completeness", "oro-khaos", "--config", str(file))
    assert said.code == 2
    assert "takes no orders" in said.err
