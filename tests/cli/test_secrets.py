"""`crossdock secrets`, as a person would type it."""

from pathlib import Path

import pytest

from tests.cli.world import Cli

VALUE = "hunter2-and-more"


def test_a_secret_is_set_listed_rotated_and_removed_and_never_shown(
    home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    monkeypatch.setenv("USER", "mary")
    file = home / "crossdock.yaml"
    text = file.read_text("utf-8").replace("file:secrets/oro-client-secret", "db:shop")
    assert "db:shop" in text
    file.write_text(text, "utf-8")
    where = ("--config", str(file))
    missing = cli("check", str(file))
    assert (missing.code, "crossdock secrets set shop" in missing.out) == (1, True)
    said = [cli("secrets", "set", "shop", *where, stdin=f"{VALUE}\n")]
    assert said[0].code == 0
    assert cli("check", str(file)).code == 0
    said.append(cli("secrets", "list", *where, "--json"))
    (row,) = said[-1].json["secrets"]
    assert (row["name"], row["set_by"], row["opens"]) == ("shop", "mary", True)
    said.append(cli("secrets", "rotate", "--new-key", *where, "--json"))
    assert said[-1].json["secrets"] == {"resealed": 1, "current": 0, "unopened": 0}
    assert cli("secrets", "list", *where, "--json").json["secrets"][0]["key"] != row["key"]
    said.append(cli("secrets", "rotate", "--forget-old", *where))
    assert cli("check", str(file)).code == 0
    monkeypatch.setenv("CROSSDOCK_KEY", "ab" * 32)
    said.append(cli("check", str(file)))
    assert (said[-1].code, "sealed under key" in said[-1].out) == (1, True)
    assert cli("secrets", "list", *where).code == 1
    assert cli("secrets", "rotate", "--new-key", *where).code == 2
    said.append(cli("secrets", "remove", "shop", *where))
    assert [one.code for one in said] == [0, 0, 0, 0, 1, 0]
    assert cli("secrets", "remove", "shop", *where).code == 2
    assert not [one for one in said if VALUE in one.out + one.err]
