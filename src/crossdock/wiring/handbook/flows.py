"""Chapters on what is whose, where it lives, how it goes from one side to the other, and when."""

from collections.abc import Iterator

from pydantic import BaseModel
from yarl import URL

from crossdock.reports.manual.parts import Code, Grid, Paragraph, Section, Text, joined
from crossdock.settings.checks import NEEDS
from crossdock.settings.pairing import Flow, RetailPairing
from crossdock.wiring.capabilities import manifest_of
from crossdock.wiring.handbook.flow_words import FLOW_WORDS, RUNS
from crossdock.wiring.handbook.ground import Ground
from crossdock.wiring.handbook.words import ROLES, every

NIGHTLY = "reconciliation"


def owners(ground: Ground) -> Section:
    """Field by field, from the owners of the settings; and place by place, where there are shops."""
    blocks: list[Paragraph | Grid] = [
        Paragraph(
            "Each object has one owner. The owner's word counts; Crossdock never writes an object into the system that "
            "owns it, and refuses settings that would."
        ),
        Grid(
            about="Who owns what",
            columns=("object", "means", "owner", "system", "written by"),
            rows=list(_owned(ground)),
        ),
    ]
    if isinstance(ground.settings, RetailPairing) and ground.settings.locations:
        rows = [
            (Code(code), one.name or code, ROLES[one.owner], one.site or "not booked")
            for code, one in ground.settings.locations.items()
        ]
        blocks.append(Grid(about="Places with stock", columns=("place", "called", "counted by", "ERP site"), rows=rows))
    return Section(key="owners", title="Who owns what", blocks=blocks)


def _owned(ground: Ground) -> Iterator[tuple[Text, ...]]:
    group = getattr(ground.settings, "owners", None)
    if not isinstance(group, BaseModel):
        return
    for name, field in type(group).model_fields.items():
        role = str(getattr(group, name))
        writers = [flow for flow in ground.settings.runs() if NEEDS[flow].writes[0] == name]
        wrote = joined([_writes(flow) for flow in writers]) if writers else "no flow of this pairing"
        yield name.replace("_", " "), field.description or "", ROLES[role], Code(ground.system(role)), wrote


def _writes(flow: Flow) -> Text:
    return Code(flow), f", into {ROLES[NEEDS[flow].writes[1]]}"


def places(ground: Ground) -> Section:
    """Where each object lives, and how it flows."""
    systems = [
        (
            ROLES[role], Code(ground.system(role)), kind.title, str(manifest_of(kind).get("wire", "")),
            _address(ground, role),
        )
        for role, kind in ground.kinds.items()
    ]  # fmt: skip
    return Section(
        key="flows",
        title="Where things live and how they flow",
        blocks=[
            Grid(about="The systems", columns=("role", "name", "what it is", "wire", "address"), rows=systems),
            Section(key="flows-of", title="What goes where", blocks=[_flows(ground)]),
            Section(
                key="schedule",
                title="When",
                blocks=[
                    Paragraph(
                        "Everything below runs by itself while crossdock run or crossdock worker runs. Webhooks only "
                        "make it sooner."
                    ),
                    Grid(about="The schedule", columns=("run", "does", "how often"), rows=list(_schedule(ground))),
                ],
            ),
            Section(
                key="book",
                title="What Crossdock holds itself",
                blocks=[
                    Paragraph(
                        "Its PostgreSQL holds every document as it came (sealed), the state of each order with its "
                        "timeline, code maps, account links, cases, what was shown last, and the audit trail. Nothing "
                        "else keeps state; workers may be stopped and started at any time."
                    )
                ],
            ),
        ],
    )


def _address(ground: Ground, role: str) -> str:
    return str(URL(str(ground.project.systems[ground.system(role)].base_url)).with_user(None))


def _flows(ground: Ground) -> Grid:
    rows = [
        (Code(flow), FLOW_WORDS[flow].does, FLOW_WORDS[flow].thing, *_sides(ground, flow))
        for flow in ground.settings.runs()
    ]
    return Grid(about="The flows", columns=("flow", "does", "what goes", "from", "to"), rows=rows)


def _sides(ground: Ground, flow: Flow) -> tuple[Text, Text]:
    words = FLOW_WORDS[flow]
    return _side(ground, words.source, "Crossdock"), _side(ground, words.target, "a report and cases")


def _side(ground: Ground, role: str, none: str) -> Text:
    match role:
        case "":
            return none
        case "both":
            return joined([Code(name) for name in ground.settings.systems()], " and ")
        case "far":
            return Code(ground.system(ground.far))
    return Code(ground.system(role))


def _schedule(ground: Ground) -> Iterator[tuple[Text, ...]]:
    for one in sorted(ground.every, key=lambda one: one.flow):
        often = every(one.every_seconds)
        if one.flow == NIGHTLY and (policy := getattr(ground.settings, "reconciliation", None)) is not None:
            often = f"each night at {policy.at:%H:%M}, {policy.timezone}"
        yield Code(one.flow), RUNS[one.flow], often
