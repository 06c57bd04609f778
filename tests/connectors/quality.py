"""Checks a connector's quality.toml: every rule is done with proof, still to do, or exempt with a reason.

    [rules.golden-pairs]
    tier = "bronze"
    status = "done"                        # done | todo | exempt
    evidence = ["tests/connectors/x/golden", "tests/connectors/x/test_x.py::test_y"]
    # reason = "..."                       # exempt only

Evidence of a `done` rule is a path from the repository's root: a file, a folder that is not empty, or a test by name
that exists in its file. `quality` in manifest.toml may name a tier only when every rule up to it is done or exempt.
"""

import tomllib
from pathlib import Path
from typing import Any

TIERS = ("bronze", "silver", "gold")
ROOT = Path(__file__).resolve().parents[2]


def problems(folder: Path, *, root: Path = ROOT) -> list[str]:
    """Everything wrong with the quality claims of the connector in that folder; empty when they hold."""
    rules: dict[str, dict[str, Any]] = tomllib.loads((folder / "quality.toml").read_text())["rules"]
    claimed = tomllib.loads((folder / "manifest.toml").read_text()).get("quality", "")
    found = [f"{name}: {problem}" for name, rule in rules.items() for problem in _of_rule(rule, root)]
    if claimed:
        if claimed not in TIERS:
            return [*found, f"manifest: quality {claimed!r} is none of {', '.join(TIERS)}"]
        due = TIERS[: TIERS.index(claimed) + 1]
        found += [
            f"manifest: claims {claimed} with {name} still to do"
            for name, rule in rules.items()
            if rule.get("tier") in due and rule.get("status") == "todo"
        ]
    return found


def _of_rule(rule: dict[str, Any], root: Path) -> list[str]:
    if rule.get("tier") not in TIERS:
        return [f"tier {rule.get('tier')!r} is none of {', '.join(TIERS)}"]
    match rule.get("status"):
        case "done":
            evidence = rule.get("evidence") or []
            missing = [item for item in evidence if not _is_there(item, root)]
            return [f"no such evidence: {item}" for item in missing] if evidence else ["done without evidence"]
        case "exempt":
            return [] if str(rule.get("reason") or "").strip() else ["exempt without a reason"]
        case "todo":
            return []
        case other:
            return [f"status {other!r} is none of done, todo, exempt"]


def _is_there(item: str, root: Path) -> bool:
    place, _, name = item.partition("::")
    path = root / place
    if name:
        return path.is_file() and f"def {name.rpartition('::')[2]}(" in path.read_text()
    return path.is_file() or (path.is_dir() and any(path.iterdir()))
