"""The log: an id through all that belongs together, a form by setting, and no secret under any name."""

import json
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr

from crossdock.cases.kinds import SYSTEM_UNREACHABLE
from crossdock.cli import logs
from crossdock.ports.config import Settings
from crossdock.settings.secrets import secret_texts
from crossdock.store.cases import PgCaseBook
from crossdock.store.database import Pool
from crossdock.store.scope import Scope
from crossdock.telemetry import correlation

MARKER = "m4rker-of-a-secret"


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (logs.LEVEL, logs.FORMAT):
        monkeypatch.delenv(name, raising=False)
    yield
    logs.keep_out(())
    logs.configure()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_all_that_is_said_of_one_job_goes_by_one_id(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    log = structlog.get_logger()
    with correlation.under() as own:
        log.info("one")
        told = correlation.for_job()
    with correlation.under((told or {})[correlation.IN_JOB]):
        log.info("another, by a job it asked for")
    log.info("neither")
    assert [line.get("correlation") for line in lines(capsys)] == [own, own, None]


@pytest.mark.parametrize(
    "given", ["a b", "x\ny", "", "é", "x" * 65, "-x", '"', None, 7, {"a": 1}, "a\r\nSet-Cookie: b"]
)
def test_an_id_that_could_do_harm_is_replaced(given: object) -> None:
    assert correlation.accepted(given) != given
    assert correlation.accepted(correlation.accepted(given))


@pytest.mark.parametrize("given", ["a", "req-1.2:3_x", "0" * 64])
def test_a_harmless_id_is_kept(given: str) -> None:
    assert correlation.accepted(given) == given


@pytest.mark.parametrize(
    ("form", "environ", "is_json"),
    [
        ("auto", "", True),
        ("json", "", True),
        ("console", "", False),
        ("console", "json", True),
        ("json", "console", False),
    ],
)
def test_the_form_is_a_setting_and_the_environment_outranks_it(
    form: str, environ: str, is_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(logs.FORMAT, environ)
    logs.configure("info", form=form)
    structlog.get_logger().info("said")
    assert capsys.readouterr().err.startswith("{") is is_json


def test_the_level_is_a_setting_and_the_environment_outranks_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", level="error")
    structlog.get_logger().warning("unheard")
    monkeypatch.setenv(logs.LEVEL, "warning")
    logs.configure("info", level="error")
    structlog.get_logger().warning("heard")
    assert [line["event"] for line in lines(capsys)] == ["heard"]


class Inner(Settings):
    token: SecretStr
    more: tuple[SecretStr, ...] = ()


class Outer(Settings):
    url: SecretStr
    systems: dict[str, Inner]


OUTER = Outer(
    url=SecretStr("postgresql://me:pass%40word@db/x"),
    systems={"a": Inner(token=SecretStr(MARKER), more=(SecretStr("second-marker"),))},
)


@pytest.mark.parametrize("form", ["json", "console"])
def test_what_the_settings_hold_is_hidden_wherever_it_turns_up(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", form=form)
    logs.keep_out(secret_texts(OUTER))
    log = structlog.get_logger()
    log.info(f"a sentence with {MARKER} in it", note=f"x{MARKER}y", deep={"list": [{"a": MARKER}], "n": 1})
    log.info("an object", what=OUTER.systems["a"].token.get_secret_value().encode(), error=ValueError(MARKER))
    log.info("headers", headers={"Authorization": "Whatever it is"}, password="p", words=("pass@word", "second-marker"))
    try:
        raise RuntimeError(f"cannot use {MARKER}")
    except RuntimeError:
        log.exception("failed")
    said = capsys.readouterr().err
    for secret in (MARKER, "pass@word", "second-marker", "Whatever it is"):
        assert secret not in said
    assert "RuntimeError" in said
    assert "***" in said


async def test_the_evidence_of_a_case_names_the_id_under_which_the_log_has_the_rest(pool: Pool) -> None:
    book = PgCaseBook(Scope(pool=pool, tenant="main", pairing="p", storefront="shop", erp="khaos"))
    finding = SYSTEM_UNREACHABLE.about("khaos", system="khaos", problem="no answer")
    with correlation.under("req-7"):
        await book.raise_case(finding, record="flow", ref="flow items", evidence="HTTP 503")
    assert await pool.fetchval("select evidence from desk_case") == "HTTP 503\n\ncorrelation req-7"
    with correlation.under("req-8"):
        await book.raise_case(finding, record="flow", ref="flow items")
    assert await pool.fetchval("select evidence from desk_case") == "HTTP 503\n\ncorrelation req-7"
