"""Who may see, settle, administer and audit what.

Each grant stands for itself: a desk granted in one pairing never joins a pairing granted with another desk.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum

from crossdock.cases.kind import Desk
from crossdock.cases.kinds import ACCOUNT_UNMATCHED, CREDIT_LIMIT_EXCEEDED


class Role(StrEnum):
    VIEWER = "viewer"  # sees
    OPERATOR = "operator"  # sees, and settles cases
    ADMIN = "admin"  # the same, and over everything also the settings and the people
    AUDITOR = "auditor"  # sees, and over everything also reads the audit trail


SETTLES = frozenset({Role.OPERATOR, Role.ADMIN})
RECONCILES = ("finance", "operations")
PROBES = "integration"
AUDITS = frozenset({Role.AUDITOR, Role.ADMIN})
OWNS_ACCOUNTS = str(ACCOUNT_UNMATCHED.desk)
KNOWS_ACCOUNTS = (OWNS_ACCOUNTS, str(CREDIT_LIMIT_EXCEEDED.desk))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """desk "": every desk. pairing "": every pairing."""

    role: Role
    desk: str = ""
    pairing: str = ""

    @property
    def everything(self) -> bool:
        return not self.desk and not self.pairing


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: int
    name: str
    display: str
    grants: tuple[Grant, ...]


def may_see(person: Person, *, desk: str = "", pairing: str = "") -> bool:
    """desk "": it belongs to no one desk, as an order does. pairing "": to no one pairing, as the overview does. Of a
    case ask `may_see_case`."""
    return any(
        (not desk or one.desk in ("", desk)) and (not pairing or one.pairing in ("", pairing)) for one in person.grants
    )


def may_see_case(person: Person, *, desk: str, pairing: str) -> bool:
    """pairing "": the case concerns all of them, so that only a grant over all of them shows it, as the queues do."""
    return any(_reaches(one, desk, pairing) for one in person.grants)


def may_settle(person: Person, *, desk: str, pairing: str) -> bool:
    """desk or pairing "": it concerns all of them, so that only a grant over all of them will do."""
    return any(one.role in SETTLES and _reaches(one, desk, pairing) for one in person.grants)


def may_reconcile(person: Person, *, pairing: str) -> bool:
    """Both sides are read anew for the desks that answer for them; what was found is for all who see the pairing."""
    return any(may_settle(person, desk=desk, pairing=pairing) for desk in RECONCILES)


def may_probe(person: Person, *, pairings: Iterable[str]) -> bool:
    """A system is tried by those who settle for the integration desk in one of the pairings that use it."""
    return any(may_settle(person, desk=PROBES, pairing=one) for one in pairings)


def may_see_accounts(person: Person, *, pairing: str) -> bool:
    """What a company owes and may owe is for the desks that answer for it, not for all who see the pairing."""
    return any(may_see(person, desk=desk, pairing=pairing) for desk in KNOWS_ACCOUNTS)


def may_settle_accounts(person: Person, *, pairing: str) -> bool:
    """Which account a company buys on is for the desk that owns its cases."""
    return may_settle(person, desk=OWNS_ACCOUNTS, pairing=pairing)


def may_administer(person: Person) -> bool:
    """Settings and people are not divided: only an admin over everything."""
    return any(one.role is Role.ADMIN and one.everything for one in person.grants)


def may_audit(person: Person) -> bool:
    """The trail is one for all pairings and desks: whoever is bound to some of them would read of the others."""
    return any(one.role in AUDITS and one.everything for one in person.grants)


def grant_problem(grant: Grant, pairings: Container[str]) -> str:
    """Why this role can be given to nobody; "" when it can. pairings: those that the settings have."""
    if grant.desk and grant.desk not in list(Desk):
        return f"there is no desk {grant.desk!r}; there is {', '.join(Desk)}"
    if grant.pairing and grant.pairing not in pairings:
        return f"the settings have no pairing {grant.pairing!r}"
    return ""


def scopes_of(person: Person) -> frozenset[tuple[str, str]] | None:
    """What lists are to be kept to: (desk, pairing) of each grant, "" for every one. None: no bounds at all."""
    if any(one.everything for one in person.grants):
        return None
    return frozenset((one.desk, one.pairing) for one in person.grants)


def pairings_of(person: Person) -> frozenset[str] | None:
    """The pairings to name in menus; None: all. Rows need `may_see` or `scopes_of`: not every desk is seen in each."""
    return _only(one.pairing for one in person.grants)


def desks_of(person: Person) -> frozenset[str] | None:
    """The desks to name in menus; None: all. Rows need `may_see` or `scopes_of`: not every pairing is seen for each."""
    return _only(one.desk for one in person.grants)


def _reaches(grant: Grant, desk: str, pairing: str) -> bool:
    return grant.desk in ("", desk) and grant.pairing in ("", pairing)


def _only(names: Iterable[str]) -> frozenset[str] | None:
    found = frozenset(names)
    return None if "" in found else found
