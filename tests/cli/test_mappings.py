"""`crossdock mappings`, as a person would type it; no system has to be up for what asks none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.world import Cli, Said

Mappings = Callable[..., Said]
PAIRING = "oro-khaos"


@pytest.fixture
def mappings(home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch) -> Mappings:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    monkeypatch.setenv("USER", "jane")

    def run(*words: str, stdin: str | bytes | None = None) -> Said:
        return cli("mappings", *words, "--config", str(home / "crossdock.yaml"), stdin=stdin)

    return run


def test_an_entry_is_set_shown_and_retired_with_who_and_why(mappings: Mappings) -> None:
    given = (PAIRING, "tax", "NEW", "--set", "code=5", "--set", "percent=5")
    tried = mappings("set", *given, "--dry-run")
    assert (tried.code, "NEW would stand for 5 at 5 %." in tried.out, "Nothing was changed" in tried.err) == (
        0,
        True,
        True,
    )
    assert mappings("show", PAIRING, "tax", "NEW").code == 1
    saved = mappings("set", *given, "--reason", "a new rate", "--json").json
    assert (saved["applied"], saved["value"], saved["actor"]) == (True, {"code": "5", "percent": "5"}, "jane")
    shown = mappings("show", PAIRING, "tax", "NEW", "--json").json
    assert [(one["actor"], one["reason"]) for one in shown["versions"]] == [("jane", "a new rate")]
    assert "a new rate" in mappings("list", PAIRING, "tax", "--search", "new").out
    assert mappings("retire", PAIRING, "tax", "NEW", "--reason", "never came", "--actor", "ann").code == 0
    assert "ann never came" in mappings("show", PAIRING, "tax", "NEW").out
    assert mappings("retire", PAIRING, "tax", "NEW", "--reason", "again").code == 1


def test_what_was_changed_meanwhile_is_not_overwritten(mappings: Mappings) -> None:
    mappings("set", PAIRING, "courier", "DPD", "--set", "code=DPD", "--reason", "first")
    late = mappings(
        "set", PAIRING, "courier", "DPD", "--set", "code=GLS", "--reason", "late", "--version", "0", "--json"
    )
    assert (late.code, late.json["error"]["kind"] if "error" in late.json else late.json) == (2, "remedy-refused")
    assert "was changed by jane" in late.out
    assert mappings("list", PAIRING, "courier", "--json").json["mappings"][0]["value"] == {"code": "DPD"}


def test_a_change_needs_a_reason_and_a_map_that_there_is(mappings: Mappings) -> None:
    refused = mappings("set", PAIRING, "courier", "X", "--set", "code=Y")
    assert (refused.code, "needs a reason" in refused.err) == (2, True)
    assert "there is no map" in mappings("list", PAIRING, "curier-x").err


def test_what_is_exported_is_imported_and_every_mistake_is_told(mappings: Mappings, tmp_path: Path) -> None:
    out = tmp_path / "maps.csv"
    assert mappings("export", PAIRING, "--out", str(out)).code == 0
    same = mappings("import", PAIRING, str(out), "--dry-run", "--json").json
    assert (same["applied"], same["counts"]["add"], same["problems"]) == (False, 0, [])
    rows = "map,key,code,percent,units\ncourier,A,B,,\nunit,box,,,6\n"
    done = mappings("import", PAIRING, "-", "--reason", "from the office", "--json", stdin=rows).json
    assert (done["applied"], done["counts"]["add"]) == (True, 2)
    wrong = mappings("import", PAIRING, "-", "--reason", "x", stdin="map,key,units\nunit,box,none\nmagic,a,b\n")
    assert (wrong.code, "line 2: units='none' is no number" in wrong.out, "line 3:" in wrong.out) == (2, True, True)
    listed = mappings("export", PAIRING, "--map", "courier").out
    assert "courier,A,B" in listed
