"""What is shipped for running it: every command, variable, file and figure that is named there exists."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric

from crossdock.api.server import GRACE_SECONDS
from crossdock.reference import commands
from crossdock.reference.commands import ENVIRONMENT
from crossdock.settings.load import load
from crossdock.settings.tree import Project
from crossdock.telemetry import metrics
from crossdock.telemetry.database import ANSWERS, FIGURES
from crossdock.wiring.systems import known_systems

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
OURS = [name for name in COMPOSE["services"] if name != "postgres"]
COMMANDS = dict(commands.commands())
EVERY_PROCESS_HAS = {"process_resident_memory_bytes", "up"}


def settings() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "crossdock.yaml").read_text("utf-8"))


def check_command(words: list[str]) -> None:
    name = " ".join(["crossdock", *[word for word in words if not word.startswith("-")][:1]])
    assert name in COMMANDS, name
    known = {word for one in COMMANDS[name].params for word in (*one.opts, *one.secondary_opts)}
    for word in words:
        if word.startswith("--"):
            assert word in known, f"{name} has no {word}"


def check_environment(names: list[str]) -> None:
    for name in names:
        assert not name.startswith("CROSSDOCK_") or name in ENVIRONMENT, name


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_runs_a_command_there_is_and_may_do_little(name: str) -> None:
    service = COMPOSE["services"][name]
    check_command(service["command"])
    check_environment(list(service.get("environment", {})))
    assert service["read_only"] is True
    assert service["user"].split(":")[0] not in ("0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/readyz" in str(service["healthcheck"]["test"])
    assert service["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_secrets_are_files_and_every_one_that_is_named_is_there() -> None:
    named = {one for service in COMPOSE["services"].values() for one in service["secrets"]}
    assert named == set(COMPOSE["secrets"])
    assert all(one["file"].startswith("./secrets/") for one in COMPOSE["secrets"].values())
    assert (DEPLOY / "secrets" / ".gitignore").read_text("utf-8").startswith("*\n")
    wanted = set(re.findall(r"file:/run/secrets/([\w-]+)", (DEPLOY / "crossdock.yaml").read_text("utf-8")))
    assert wanted <= set(COMPOSE["services"]["crossdock"]["secrets"])
    for service in COMPOSE["services"].values():
        for variable in service.get("environment", {}):
            assert not re.search("PASSWORD|TOKEN|SECRET|KEY", variable) or variable.endswith("_FILE"), variable


def test_what_must_outlive_a_container_is_on_a_volume() -> None:
    volumes = {one.split(":")[0] for service in COMPOSE["services"].values() for one in service["volumes"]}
    assert {one for one in volumes if not one.startswith(".")} == set(COMPOSE["volumes"])
    inside = [one.split(":")[1] for one in COMPOSE["services"]["crossdock"]["volumes"]]
    assert settings()["data_dir"] in inside
    assert re.search(rf"install .*{settings()['data_dir']}\b", DOCKERFILE), "its owner must be able to write there"


def test_only_the_door_for_the_proxy_is_open_and_only_on_this_machine() -> None:
    ports = {name: service.get("ports", []) for name, service in COMPOSE["services"].items()}
    assert ports == {"crossdock": ["127.0.0.1:8080:8080"], "worker": [], "postgres": []}
    assert f":{settings()['http']['port']}" in ports["crossdock"][0]


def test_the_settings_of_compose_are_settings(tmp_path: Path) -> None:
    text = (DEPLOY / "crossdock.yaml").read_text("utf-8").replace("/run/secrets", str(tmp_path))
    for name in COMPOSE["secrets"]:
        (tmp_path / name).write_text(
            "postgresql://crossdock:x@postgres/crossdock" if "url" in name else "a" * 20, "utf-8"
        )
    (tmp_path / "crossdock.yaml").write_text(text, "utf-8")
    project = load(tmp_path / "crossdock.yaml", systems=known_systems(), environ={})
    assert project.metrics.token is not None
    enough = project.workers.stop_seconds + project.http.leave_seconds + GRACE_SECONDS
    assert enough < min(int(COMPOSE["services"][name]["stop_grace_period"].rstrip("s")) for name in OURS)


def test_the_image_is_built_of_what_there_is_and_runs_as_nobody_special() -> None:
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M):
        assert all((ROOT / one).exists() for one in sources.split()), sources
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.M)
    assert user == [COMPOSE["services"]["crossdock"]["user"]]
    check_environment(re.findall(r"\b(CROSSDOCK_\w+)=", DOCKERFILE))
    (entry,) = re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.M)
    (command,) = re.findall(r"^CMD (.+)$", DOCKERFILE, re.M)
    assert json.loads(entry) == ["crossdock"]
    check_command(json.loads(command))
    assert "/healthz" in DOCKERFILE.partition("HEALTHCHECK")[2]


def test_the_image_takes_the_versions_of_the_lock_file(tmp_path: Path) -> None:
    (script,) = re.findall(r"RUN (sed .*? > versions\.txt)", DOCKERFILE)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    lines = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    assert "sed -e 's/ *--hash=[^ ]*//g' -e 's/ *\\\\$//'" in lines
    subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, check=True)
    versions = (tmp_path / "versions.txt").read_text("utf-8")
    assert "--hash" not in versions
    assert not re.search(r"\\$", versions, re.M)
    locked = {line.split("==")[0].lower() for line in versions.splitlines() if "==" in line}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {re.match(r"[\w.-]+", one)[0].lower() for one in wanted} <= locked  # type: ignore[index]


def directives(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_a_command_there_is_and_may_do_little(unit: Path) -> None:
    said = directives(unit)
    words = shlex.split(said["ExecStart"][0])
    if words[0] == "/bin/sh":
        words = shlex.split(words[2].removeprefix("exec "))
    assert words[0] == "/opt/crossdock/bin/crossdock"
    check_command(words[1:])
    check_environment(re.findall(r"\b(CROSSDOCK_\w+)=", " ".join(said["Environment"])))
    assert said["User"] == ["crossdock"]
    hardened = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "CapabilityBoundingSet": ""}
    assert {name: said[name][0] for name in hardened} == hardened
    assert "SystemCallFilter" in said


def test_a_unit_waits_longer_than_a_stop_may_take() -> None:
    asked = Project.model_fields["workers"].annotation.model_fields["stop_seconds"].default  # type: ignore[union-attr]
    for unit in UNITS:
        if "TimeoutStopSec" in (said := directives(unit)):
            assert int(said["TimeoutStopSec"][0]) > asked + GRACE_SECONDS


def test_the_timer_takes_the_backup_the_manual_speaks_of() -> None:
    assert (DEPLOY / "systemd/crossdock-backup.timer").exists()
    assert "OnCalendar" in directives(DEPLOY / "systemd/crossdock-backup.timer")
    words = directives(DEPLOY / "systemd/crossdock-backup.service")["ExecStart"][0]
    assert "crossdock backup" in words
    assert "%%Y" in words, "systemd reads a single % itself"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("/opt/crossdock/bin/crossdock", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    for unit in sorted(tmp_path.iterdir()):
        said = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
        )
        assert (said.returncode, said.stderr) == (0, ""), unit.name


def known_figures() -> set[str]:
    names = {one.name for one in FIGURES} | {ANSWERS} | EVERY_PROCESS_HAS
    for family in metrics.REGISTRY.collect():
        names |= _samples(family)
    return names


def _samples(family: Metric) -> set[str]:
    match family.type:
        case "counter":
            return {f"{family.name}_total"}
        case "histogram":
            return {f"{family.name}_{end}" for end in ("bucket", "count", "sum")}
    return {family.name}


def names_in(expression: str) -> set[str]:
    """The figures an expression reads: what stands before braces, a range or the end, and is no function or label."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\b(by|without|on|ignoring)\s*\([^)]*\)', " ", expression)
    return {one for one in re.findall(r"[a-z_][a-z0-9_]*(?!\w*\s*\()", bare) if "_" in one or one == "up"}


def expressions() -> list[str]:
    board = json.loads((DEPLOY / "grafana/crossdock.json").read_text("utf-8"))
    found = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    found += [
        re.sub(r"label_values\((\w+), \w+\)", r"\1", one["query"]["query"])
        for one in board["templating"]["list"] if one["type"] == "query"
    ]  # fmt: skip
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text("utf-8"))
    return found + [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("expression", expressions())
def test_every_figure_of_the_dashboard_and_the_alerts_exists(expression: str) -> None:
    assert names_in(expression)
    assert names_in(expression) <= known_figures()


def test_the_names_in_an_expression_are_found() -> None:
    assert names_in('sum by (a_b) (rate(x_total{c_d="e_f"}[5m])) / max(y_z) > 3') == {"x_total", "y_z"}


def test_figures_of_the_installation_are_never_added_up_over_processes() -> None:
    """Each `crossdock run` tells them alike: the sum over two would be twice the truth."""
    of_database = {one.name for one in FIGURES}
    for expression in expressions():
        for name in names_in(expression) & of_database:
            before = re.sub(r"by \([^)]*\)", "", expression.partition(name)[0])
            assert re.search(r"max\s*\($", before.rstrip()) or expression == name, expression


def test_an_alert_says_what_it_is_and_how_bad() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith((".", "?"))


def test_no_panel_lies_over_another() -> None:
    board = json.loads((DEPLOY / "grafana/crossdock.json").read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
