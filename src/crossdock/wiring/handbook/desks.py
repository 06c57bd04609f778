"""The chapter on who is asked: each desk with its people, how it is reached, and who is told when it is late."""

from crossdock.reports.manual.parts import Grid, Link, Listing, Paragraph, Section, Text, joined
from crossdock.store.people import PersonRow
from crossdock.wiring.desks import DeskFile
from crossdock.wiring.handbook.ground import Ground
from crossdock.wiring.handbook.opens import kinds_of

NOBODY = "nobody has said"


def desks(ground: Ground) -> Section:
    wanted = {kind.desk for kind in kinds_of(ground.settings)}
    mine = [one for one in ground.desks if one.desk in wanted]
    return Section(
        key="desks",
        title="Whom to ask, and who is told when it is late",
        blocks=[
            Paragraph(
                "Every case belongs to a desk. Within its due time the desk settles it or hands it on; past that it is "
                "overdue, stands first in the queue, and the escalation of the desk is told."
            ),
            Grid(
                about="The desks", columns=("desk", "team", "contact", "escalation", "may settle"),
                rows=[_desk(ground, one) for one in mine],
            ),
            Section(key="escalation", title="When it is late", blocks=[_escalation(ground)]),
        ],
    )  # fmt: skip


def _desk(ground: Ground, one: DeskFile) -> tuple[Text, ...]:
    said = [text for text in (one.contact.words, one.contact.address) if text and text != one.team]
    contact = joined([_reach(text) for text in dict.fromkeys(said)]) if said else NOBODY
    people = [person for person in one.people if _here(person, one, ground.name)]
    names: Text = joined([_name(person) for person in people]) if people else "nobody who may sign in"
    late = _reach(one.contact.escalation) if one.contact.escalation else NOBODY
    return one.desk, one.team if one.team != one.desk else "", contact, late, names


def _here(person: PersonRow, one: DeskFile, pairing: str) -> bool:
    return any(grant.desk in ("", one.desk) and grant.pairing in ("", pairing) for grant in person.grants)


def _name(person: PersonRow) -> str:
    return person.display or person.name


def _reach(text: str) -> Text:
    return Link(text, f"mailto:{text}") if "@" in text and " " not in text else text


def _escalation(ground: Ground) -> Listing:
    admins = ", ".join(_name(one) for one in ground.admins) or "nobody yet: add one with crossdock users add"
    return Listing(
        numbered=True,
        items=[
            "The desk that owns the case, within its due time.",
            "The escalation of that desk, as the table says; where nobody has said, its people above.",
            f"The admins over everything: {admins}.",
            (
                "For what only Crossdock itself can have done wrong (crossdock-defect): whoever maintains Crossdock, "
                "with the evidence of the case."
            ),
        ],
    )
