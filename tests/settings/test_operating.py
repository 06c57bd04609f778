"""How it is watched: mistakes in it are named at their place."""

from pathlib import Path

import pytest

from crossdock.settings.problem import SettingsError
from crossdock.settings.tree import Project
from tests.world import load_project, settings_tree

TREE = settings_tree("http://a.example", "http://b.example")


def loaded(folder: Path, **groups: object) -> Project:
    return load_project(folder, {**TREE, **groups}, database="postgresql://db.example/x")


def test_a_trace_goes_to_a_system_there_is(tmp_path: Path) -> None:
    assert loaded(tmp_path, tracing={"propagate_to": ["khaos"]}).tracing.propagate_to == ("khaos",)
    with pytest.raises(SettingsError, match=r"tracing\.propagate_to.*'shopp' is no system of this file.*khaos"):
        loaded(tmp_path, tracing={"propagate_to": ["shopp"]})


@pytest.mark.parametrize(
    ("group", "value"),
    [
        ("logs", {"format": "xml"}), ("logs", {"level": "loud"}), ("metrics", {"port": 70000}),
        ("metrics", {"token": "written in clear"}), ("tracing", {"share": 2}),
        ("tracing", {"endpoint": "collector:4318"}),
        ("tracing", {"propagate_to": "shop"}),
        ("tracing", {"headers": {"x-key": "in clear"}}),
    ],
)  # fmt: skip
def test_a_mistake_is_named(group: str, value: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=rf"{group}\.{next(iter(value))}"):
        loaded(tmp_path, **{group: value})
