"""`crossdock systems`: what is configured, what it can do, and which flows each pairing can and cannot run."""

from typing import TYPE_CHECKING, Any

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import show, show_json, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crossdock.ports.systems import System
    from crossdock.settings.tree import Project


def systems(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Show the configured systems, what each can do, and which flows each pairing runs, could run and cannot run."""
    project, kinds = load_project(config)
    document = {
        "systems": [_system(project, kinds, name) for name in project.systems],
        "pairings": [_pairing(project, kinds, name) for name in project.pairings],
        "kinds": [{"kind": one.kind, "title": one.title, "role": one.role} for one in kinds.values()],
    }
    if as_json:
        show_json(document)
        return
    rows = [
        (one["name"], one["kind"], one["role"], one["base_url"], one["pairings"], one["capabilities"])
        for one in document["systems"]
    ]
    show(table("system", "kind", "role", "address", "used by", "can do", rows=rows))
    flows = [
        (pairing["name"], flow["flow"], flow["state"], flow["lacking"])
        for pairing in document["pairings"]
        for flow in pairing["flows"]
    ]
    show(table("pairing", "flow", "state", "lacking", rows=flows))


def _system(project: "Project", kinds: "Mapping[str, System]", name: str) -> dict[str, Any]:
    settings = project.systems[name]
    kind = kinds[settings.kind].with_settings(settings)
    used = [pairing for pairing, one in project.pairings.items() if name in one.systems()]
    return {
        "name": name, "kind": kind.kind, "title": kind.title, "role": kind.role, "base_url": settings.base_url,
        "pairings": used, "capabilities": sorted(kind.capabilities),
    }  # fmt: skip


def _pairing(project: "Project", kinds: "Mapping[str, System]", name: str) -> dict[str, Any]:
    from crossdock.settings.checks import NEEDS

    settings = project.pairings[name]
    configured = {role: project.systems[getattr(settings, role)] for role in settings.ROLES}
    sides = {role: kinds[one.kind].with_settings(one) for role, one in configured.items()}
    flows = []
    for flow, needs in NEEDS.items():
        if settings.ROLES[0] not in needs.of:
            continue
        lacking = [f"{side.kind}: {what}" for role, side in sides.items() for what in needs.lacking(role, side)]
        state = "impossible" if lacking else "runs" if flow in settings.runs() else "possible, not asked for"
        flows.append({"flow": str(flow), "state": state, "lacking": lacking})
    return {"name": name, **{role: getattr(settings, role) for role in settings.ROLES}, "flows": flows}
