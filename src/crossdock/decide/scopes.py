"""What a token may do: what its scopes name, and of that only what its grants and its owner's both allow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crossdock.decide.rights import AUDITS, PROBES, RECONCILES, SETTLES, Grant, Person, Role, may_administer


class Scope(StrEnum):
    READ = "read"  # see what the grants show
    CASES_SETTLE = "cases:settle"  # rehearse and apply remedies
    MAPPINGS_WRITE = "mappings:write"  # change code maps
    FLOWS_RUN = "flows:run"  # have a flow run before it falls due
    RECONCILE = "reconcile:run"  # have both sides compared
    PROBE = "systems:probe"  # have a system tried for real
    AUDIT_READ = "audit:read"  # read the audit trail
    ADMIN = "admin"  # change people, list and revoke tokens


NEEDS: Mapping[Scope, Callable[[Person], bool]] = {
    Scope.READ: lambda person: bool(person.grants),
    Scope.CASES_SETTLE: lambda person: any(one.role in SETTLES for one in person.grants),
    Scope.MAPPINGS_WRITE: lambda person: any(one.role in SETTLES for one in person.grants),
    Scope.FLOWS_RUN: lambda person: any(one.role in SETTLES and not one.desk for one in person.grants),
    Scope.RECONCILE: lambda person: any(one.role in SETTLES and one.desk in ("", *RECONCILES) for one in person.grants),
    Scope.PROBE: lambda person: any(one.role in SETTLES and one.desk in ("", PROBES) for one in person.grants),
    Scope.AUDIT_READ: lambda person: any(one.role in AUDITS and one.everything for one in person.grants),
    Scope.ADMIN: may_administer,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who calls with a token. person: under whose name it acts, with the grants that are left to it."""

    token_id: int
    token: str
    person: Person
    scopes: frozenset[Scope]


def bearer(
    *, token_id: int, token: str, owner: Person | None, grants: Iterable[Grant], scopes: Iterable[Scope]
) -> Bearer:
    """owner: whose token it is; None for a service. grants: the token's own; a person's token without any has what its
    owner has. The name that the audit trail gets names the token, and no person can have it: it holds a space."""
    own = tuple(grants)
    if owner is None:
        person = Person(id=0, name=f"token {token}", display=token, grants=own)
    else:
        left = common(owner.grants, own) if own else owner.grants
        person = Person(id=owner.id, name=f"{owner.name} by token {token}", display=owner.display, grants=left)
    return Bearer(token_id=token_id, token=token, person=person, scopes=frozenset(scopes))


def common(ones: Iterable[Grant], others: Iterable[Grant]) -> tuple[Grant, ...]:
    """What both sets of grants allow: each of one with each of the other."""
    theirs = tuple(others)
    found = {both: None for one in ones for other in theirs if (both := _both(one, other)) is not None}
    return tuple(found)


def idle(scopes: Iterable[Scope], person: Person) -> tuple[Scope, ...]:
    """Scopes that these grants leave nothing to: whoever asks for them means something else."""
    return tuple(one for one in scopes if not NEEDS[one](person))


def _both(one: Grant, other: Grant) -> Grant | None:
    if not (_meet(one.desk, other.desk) and _meet(one.pairing, other.pairing)):
        return None
    return Grant(
        role=_lesser(one.role, other.role), desk=one.desk or other.desk, pairing=one.pairing or other.pairing
    )  # fmt: skip


def _meet(one: str, other: str) -> bool:
    return not one or not other or one == other


def _lesser(one: Role, other: Role) -> Role:
    """An operator's and an auditor's rights have only seeing in common; an admin has both."""
    if one is other or other is Role.ADMIN:
        return one
    return other if one is Role.ADMIN else Role.VIEWER
