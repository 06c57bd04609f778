"""The chapter on what each system can do with its settings, and which flow needs it."""

from crossdock.reports.manual.parts import Code, Grid, Paragraph, Section, Text, joined
from crossdock.settings.checks import NEEDS
from crossdock.wiring.capabilities import CAPABILITIES, manifest_of
from crossdock.wiring.handbook.ground import Ground
from crossdock.wiring.handbook.words import ROLES, length, number


def systems(ground: Ground) -> Section:
    return Section(
        key="systems",
        title="What each system can do",
        blocks=[
            Paragraph("As their settings switch it on. A capability that is not here does not exist for this pairing."),
            *(_system(ground, role) for role in ground.settings.ROLES),
        ],
    )


def _system(ground: Ground, role: str) -> Section:
    name, kind = ground.system(role), ground.kinds[role]
    rows: list[tuple[Text, ...]] = [
        (Code(one), CAPABILITIES.get(one, ""), _needed(ground, role, one)) for one in sorted(kind.capabilities)
    ]
    said = manifest_of(kind)
    budget = ground.project.systems[name].budget
    breaker = f"after {budget.breaker_failures} failures in a row not for {length(budget.breaker_seconds)}"
    pace = f"{number(budget.requests_per_second)} times a second and {budget.concurrency} at once"
    lines = [
        f"{kind.title}, {ROLES[role]}. {said.get('wire', '')}".strip(),
        f"Called at most {pace}, all workers together; {breaker}.",
    ]
    return Section(
        key=f"system-{role.replace('_', '-')}",
        title=name,
        blocks=[
            *map(Paragraph, lines),
            Grid(about=f"Capabilities of {name}", columns=("capability", "the system can", "needed by"), rows=rows),
        ],
    )


def _needed(ground: Ground, role: str, capability: str) -> Text:
    flows = [flow for flow in ground.settings.runs() if capability in getattr(NEEDS[flow], role)]
    return joined([Code(flow) for flow in flows]) if flows else ""
