"""A secret comes from a file or the environment, and is shown nowhere."""

import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import field_validator

from crossdock.ports.config import Secret, SystemSettings
from crossdock.settings.problem import SettingsError
from tests.settings.kinds import KINDS, KioskSettings, complaints, kind, read

KIOSK = """\
systems:
  kiosk:
    kind: kiosk
    base_url: http://${HOST}:${PORT}
    level: ${LEVEL}
    keys:
      first: {token: file:secrets/first}
      second: {token: "a-${PART}-z"}
    tokens: ["${PART}"]
"""
WHOLE = {"HOST": "kiosk.example", "PORT": "81", "LEVEL": "3", "PART": "b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/first").write_text("p@ss word\n", "utf-8")
    return tmp_path


def test_references_are_resolved_wherever_they_stand(folder: Path) -> None:
    kiosk = read(folder, KIOSK, **WHOLE).systems["kiosk"]
    assert isinstance(kiosk, KioskSettings)
    assert (kiosk.base_url, kiosk.level) == ("http://kiosk.example:81", 3)
    assert {name: key.token.get_secret_value() for name, key in kiosk.keys.items()} == {
        "first": "p@ss word",
        "second": "a-b-z",
    }
    assert kiosk.tokens[0].get_secret_value() == "b"


def test_nothing_shows_a_secret(folder: Path) -> None:
    project = read(folder, KIOSK, **{**WHOLE, "PART": "hunter2"})
    for shown in (repr(project), str(project), project.model_dump_json(), repr(project.systems["kiosk"])):
        assert "hunter2" not in shown
        assert "p@ss" not in shown


def test_a_file_reference_may_come_from_an_absolute_path_and_a_variable(folder: Path) -> None:
    text = KIOSK.replace("file:secrets/first", '"file:${DIR}/first"')
    kiosk = read(folder, text, DIR=str(folder / "secrets"), **WHOLE).systems["kiosk"]
    assert isinstance(kiosk, KioskSettings)
    assert kiosk.keys["first"].token.get_secret_value() == "p@ss word"


def test_an_environment_variable_is_never_taken_for_a_file(folder: Path) -> None:
    kiosk = read(folder, KIOSK, **{**WHOLE, "PART": "file:secrets/first"}).systems["kiosk"]
    assert isinstance(kiosk, KioskSettings)
    assert kiosk.tokens[0].get_secret_value() == "file:secrets/first"


def test_a_plain_dollar_brace_can_be_written(folder: Path) -> None:
    text = KIOSK.replace("http://${HOST}", "http://$${HOST}")
    assert read(folder, text, **WHOLE).systems["kiosk"].base_url == "http://${HOST}:81"


def test_every_reference_that_leads_nowhere_is_named(folder: Path) -> None:
    (folder / "secrets/first").write_text("\n", "utf-8")
    said = [line.partition("  ")[2] for line in complaints(folder, KIOSK, LEVEL="high")]
    secret = "the environment variable PART is not set. Set PART before starting."
    ports = "the environment variable HOST, PORT is not set. Set HOST, PORT before starting."
    empty = "the file secrets/first is empty. Put the secret into it, and nothing else."
    assert said == [
        f"systems.kiosk.base_url: {ports}",
        'systems.kiosk.level: must be a whole number, was "${LEVEL}".',
        f"systems.kiosk.keys.first.token: {empty}",
        f"systems.kiosk.keys.second.token: {secret}",
        f"systems.kiosk.tokens[0]: {secret}",
    ]


def test_a_file_that_is_no_text_is_named_and_not_shown(folder: Path) -> None:
    (folder / "secrets/first").write_bytes(b"\xff\xfe")
    (said,) = complaints(folder, KIOSK, **WHOLE)
    assert said.startswith(
        "crossdock.yaml:7:15  systems.kiosk.keys.first.token: the file secrets/first cannot be read: not UTF-8 text."
    )


class Loud(SystemSettings):
    """A third-party kind whose checks say too much."""

    token: Secret
    place: str = ""

    @field_validator("token")
    @classmethod
    def _never(cls, token: Secret) -> Secret:
        raise ValueError(f"{token.get_secret_value()} is too short")

    @field_validator("place")
    @classmethod
    def _nowhere(cls, place: str) -> str:
        raise ValueError(f"no such place as {place}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(secret=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=8).map("hush·{}".format))
def test_even_a_talkative_check_shows_no_secret(tmp_path: Path, secret: str) -> None:
    """The mark in front keeps the secret from being a word that every traceback holds, such as our own name."""
    KINDS["loud"] = kind("loud", "erp", Loud, frozenset())
    text = 'systems: {one: {kind: loud, base_url: "http://x", token: "${T}", place: "at ${P}"}}\n'
    try:
        with pytest.raises(SettingsError) as caught:
            read(tmp_path, text, T=secret, P=secret)
    finally:
        del KINDS["loud"]
    shown = "".join(traceback.format_exception(caught.value))
    assert secret not in shown.replace(text, "")
    assert "${T} is too short" in shown
    assert "no such place as at ${P}" in shown


def test_a_secret_in_clear_is_not_repeated(folder: Path) -> None:
    text = KIOSK.replace("file:secrets/first", "hunter2").replace("http://${HOST}", "ftp://me:hunter2@${HOST}")
    lines = complaints(folder, text, **WHOLE)
    assert len(lines) == 2
    assert "ftp://***@${HOST}:${PORT}" in lines[0]
    assert "is a secret written in clear" in lines[1]
    assert not any("hunter2" in line for line in lines)
