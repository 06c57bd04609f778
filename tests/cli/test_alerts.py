"""`crossdock alerts`, as a person would type it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.world import Cli, Said

Words = Callable[..., Said]
ALERTS = """
alerts:
  channels: {hook: "${HOOK}"}
  hosts: [127.0.0.1]
  private_hosts: [127.0.0.1]
  rules:
    stuck: {severity: high, channels: [hook], escalate: [{after_minutes: 60, channels: [hook]}]}
  digests:
    finance: {channels: [hook], desk: false}
"""


@pytest.fixture
def alerts(home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch) -> Words:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    monkeypatch.setenv("USER", "jane")
    monkeypatch.setenv("HOOK", "json://crossdock:Tok3n@127.0.0.1:1/hook")
    settings = home / "crossdock.yaml"
    settings.write_text(settings.read_text("utf-8") + ALERTS, "utf-8")

    def run(*words: str) -> Said:
        return cli("alerts", *words, "--config", str(settings))

    return run


def test_rules_and_channels_are_told_in_plain_words(alerts: Words) -> None:
    said = alerts("rules")
    assert said.code == 0
    assert "stuck: When a case of any kind that is at least high is open." in said.out
    assert "Unanswered for 60 min: tells hook too." in said.out
    told = alerts("rules", "--json")
    assert told.json["channels"] == [
        {"name": "hook", "carrier": "webhook (JSON)", "used_by": ["rule stuck", "digest of finance"]}
    ]
    assert "Tok3n" not in said.out + told.out


def test_a_channel_that_does_not_take_a_test_says_why(alerts: Words) -> None:
    said = alerts("test", "hook", "--json")
    assert (said.code, said.json["delivered"]) == (3, False)
    assert said.json["problem"].startswith("127.0.0.1 does not answer")
    assert alerts("test", "hook").code == 2  # a moment ago
    assert alerts("test", "nowhere").code == 1
    (sent,) = alerts("list", "--json").json["sent"]
    assert (sent["target"], sent["purpose"], sent["state"]) == ("hook", "test", "given-up")


def test_a_digest_is_shown_and_sent_where_the_settings_say(alerts: Words) -> None:
    shown = alerts("digest", "finance")
    assert (shown.code, "The finance desk" in shown.out) == (0, True)
    assert alerts("digest", "kitchen").code == 2
    assert alerts("digest", "data", "--send").code == 2
    sent = alerts("digest", "finance", "--send", "--json")
    assert (sent.code, [one["to"] for one in sent.json["sent"]]) == (3, ["hook"])


def test_no_alert_is_open_and_none_can_be_answered(alerts: Words) -> None:
    said = alerts("list")
    assert (said.code, "No alert is open" in said.err) == (0, True)
    assert alerts("answer", "1").code == 1
