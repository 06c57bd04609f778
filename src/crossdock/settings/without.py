"""What a flow can do without, and what becomes of its work then."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Without:
    """A capability that a flow would use, of the system in that role, and what becomes of its work without it. or_else:
    another one that does as well."""

    role: str
    capability: str
    then: str
    or_else: str = ""
