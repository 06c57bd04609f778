"""Roles on the command line: the options that name one, and how one is told; of people and of tokens alike."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.decide.rights import Grant
    from crossdock.settings.tree import Project

InRole = Annotated[str, typer.Option("--role", metavar="ROLE", help="viewer, operator, admin or auditor.")]
AtDesk = Annotated[
    str | None, typer.Option("--desk", metavar="DESK", help="Only at this desk, such as finance; else at every one.")
]
InPairing = Annotated[
    str | None, typer.Option("--pairing", metavar="PAIRING", help="Only in this pairing; else in every one.")
]


def grant_of(project: "Project", *, role: str, desk: str | None, pairing: str | None) -> "Grant":
    from crossdock.cases.kind import Desk
    from crossdock.decide.rights import Grant, Role

    return Grant(
        role=Role(one_of(role, list(Role), what="role")),
        desk=one_of(desk, list(Desk), what="desk") if desk is not None else "",
        pairing=one_of(pairing, project.pairings, what="pairing") if pairing is not None else "",
    )


def public_grants(grants: "Iterable[Grant]") -> list[dict[str, Any]]:
    return [{"role": str(one.role), "desk": one.desk, "pairing": one.pairing} for one in grants]


def told_grant(grant: "Grant") -> str:
    return f"{grant.role} of {grant.desk or 'every desk'} in {grant.pairing or 'every pairing'}"
