"""What the settings of alerts may say, and how they answer when it makes no sense."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from crossdock.settings.load import load
from crossdock.settings.problem import SettingsError
from crossdock.wiring.systems import known_systems
from tests.alerts.conftest import load_alerts, told

SECRETS = {"MAIL": "mailto://mail.example?from=a@b.example&to=c@d.example", "HOOK": "jsons://hooks.example/x"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"channels": {"mail": "mailto://u:p@mail.example"}}, "is a secret written in clear"),
        ({"rules": {"one": {}}}, "tells nobody"),
        ({"rules": {"one": {"channels": ["pager"]}}}, "there is no channel named pager"),
        ({"rules": {"one": {"channels": ["mail"], "quiet": "night"}}}, "there are no quiet hours named night"),
        ({"rules": {"one": {"channels": ["mail"], "kinds": ["stock-code"]}}}, "there is no kind of case 'stock-code'"),
        ({"rules": {"one": {"channels": ["mail"], "pairings": ["oro"]}}}, "there is no pairing named oro"),
        ({"rules": {"one": {"channels": ["mail"], "systems": ["oro"]}}}, "there is no system named oro"),
        ({"rules": {"one": {"desk": True}}}, "desk needs desk_mail"),
        ({"rules": {"one": {"channels": ["mail"], "escalate": [{"after_minutes": 5, "desk": True}]}}}, "desk_mail"),
        ({"rules": {"one": {"channels": ["mail"], "escalate": [{"after_minutes": 5}]}}}, "tells nobody"),
        ({"desk_mail": "hook"}, "hook is no mail channel"),
        ({"private_hosts": ["10.0.0.1"]}, "10.0.0.1 must stand in hosts too"),
        ({"hosts": ["https://hooks.example/x"]}, "without a scheme, a port or a path"),
        ({"quiet": {"night": {"begin": "25:00"}}}, "must be a time of day"),
        ({"quiet": {"night": {"time_zone": "Mars/Olympus"}}}, "must name a time zone"),
        ({"digests": {"finance": {}}}, "desk needs desk_mail"),
        ({"digests": {"finance": {"desk": False}}}, "is sent to nobody"),
        ({"digests": {"finance": {"channels": ["pager"], "desk": False}}}, "there is no channel named pager"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tmp_path: Path, more: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_alerts(tmp_path, {**told(), **more}, **SECRETS)
    assert why in str(refused.value)


def test_times_of_day_may_stand_without_quotes(tmp_path: Path) -> None:
    night = {"begin": "BEGIN", "until": "UNTIL", "time_zone": "Europe/London", "days": ["friday"]}
    with pytest.raises(SettingsError):
        load_alerts(tmp_path, told(quiet={"night": night}), **SECRETS)
    path = tmp_path / "crossdock.yaml"
    path.write_text(path.read_text("utf-8").replace("BEGIN", "22:00").replace("UNTIL", "07:30"), "utf-8")
    project = load(path, systems=known_systems(), environ={"SHOP_SECRET": "sandbox-secret", **SECRETS})
    hours = project.alerts.quiet["night"].hours()
    assert (hours.start, hours.end, hours.days) == (time(22), time(7, 30), {4})
    assert str(hours.zone) == "Europe/London"


def test_steps_are_taken_in_the_order_of_their_minutes(tmp_path: Path) -> None:
    steps = [{"after_minutes": 60, "channels": ["mail"]}, {"after_minutes": 15, "channels": ["hook"]}]
    project = load_alerts(tmp_path, told(rules={"one": {"channels": ["mail"], "escalate": steps}}), **SECRETS)
    (rule,) = project.alerts.as_rules()
    assert [one.channels for one in rule.steps] == [("hook",), ("mail",)]
