"""The chapter on cases: every kind this pairing can open, with cause, steps, remedies, desk and time."""

import re

from crossdock.cases.kind import CaseKind, Desk
from crossdock.reports.manual.parts import Code, Grid, Link, Listing, Paragraph, Section, Text, joined
from crossdock.wiring.case_file import MEANS, Way, ways
from crossdock.wiring.handbook.ground import Ground
from crossdock.wiring.handbook.opens import kinds_of, opened_by

FACT = re.compile(r"{(\w+)}")


def cases(ground: Ground) -> Section:
    found = kinds_of(ground.settings)
    desks = [desk for desk in Desk if any(one.desk is desk for one in found)]
    return Section(
        key="cases",
        title="When something waits for a person",
        blocks=[
            Paragraph(
                "A case is one root cause and everything it holds. It grows while it is open, and closes by itself "
                "when a look proves the cause gone, or when a named person accepted it with a reason. It is never "
                "closed by age or by a click alone, and one bad record never stops its neighbours."
            ),
            Listing(
                numbered=True,
                items=[
                    ("Open ", Link("the queue of your desk", "/cases"), ", soonest due first."),
                    "Read the cause, what is held and what is at stake, and the facts and evidence beside it.",
                    "Put right what is wrong, where it is owned; or choose a remedy of the case.",
                    "Ask what would happen first: a remedy is rehearsed on everything held, and nothing is changed.",
                    "Apply it, with a reason where one is asked for: the auditor reads it.",
                    "See the case close. What it held goes on by itself.",
                ],
            ),
            Grid(
                about="Every kind of case, by desk",
                columns=("kind", "desk", "severity", "due within", "opened by"),
                rows=[_line(ground, one) for one in found],
            ),
            *(_desk(ground, desk, [one for one in found if one.desk is desk]) for desk in desks),
        ],
    )


def _line(ground: Ground, kind: CaseKind) -> tuple[Text, ...]:
    flows = opened_by(ground.settings, kind)
    by: Text = "any flow" if len(flows) == len(ground.settings.runs()) else joined([Code(one) for one in flows])
    return Link(kind.code, f"#case-{kind.code}"), str(kind.desk), str(kind.severity), _hours(kind), by


def _desk(ground: Ground, desk: Desk, kinds: list[CaseKind]) -> Section:
    return Section(
        key=f"cases-{desk}", title=f"Cases of the {desk} desk", blocks=[_kind(ground, one) for one in kinds]
    )  # fmt: skip


def _kind(ground: Ground, kind: CaseKind) -> Section:
    queue = f"/cases?kind={kind.code}&pairing={ground.name}"
    return Section(
        key=f"case-{kind.code}",
        title=kind.code,
        blocks=[
            Paragraph(spoken_cause(kind.cause)),
            Paragraph(f"{str(kind.severity).capitalize()}, due within {_hours(kind)}, for the {kind.desk} desk."),
            Listing(
                numbered=True,
                items=[
                    ("Open ", Link("the open cases of this kind", queue), ", or type ",
                     Code(f"crossdock cases list --kind {kind.code} --pairing {ground.name}"), "."),
                    spoken_cause(kind.remedy),
                    "Choose a remedy of the case, see what would happen, and apply it. It offers:",
                ],
            ),
            Listing(items=[_way(one) for one in ways(kind.code)]),
        ],
    )  # fmt: skip


def _way(way: Way) -> Text:
    """MEANS are told to the person: "say which ERP code it is"."""
    asked = [*way.params, *(["a reason"] if way.reasoned else [])]
    needs = f" It asks for {' and '.join(one.replace('_', ' ') for one in asked)}." if asked else ""
    return Code(str(way.remedy)), f": {MEANS[way.remedy]}.{needs}"


def spoken_cause(text: str) -> str:
    """{sku} → (sku): the fact stands there in a real case."""
    return FACT.sub(lambda found: f"({found[1].replace('_', ' ')})", text)


def _hours(kind: CaseKind) -> str:
    return f"{kind.due_hours} hour{'s' if kind.due_hours > 1 else ''}"
