"""When a second factor is asked for, and what a person may have typed for it."""

import re
from enum import StrEnum

from crossdock.decide.rights import Person, Role

CODE = re.compile(r"[0-9]{6}")
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is taken for one another
RECOVERY_LENGTH = 12
RECOVERY = re.compile(f"[{RECOVERY_ALPHABET}]{{{RECOVERY_LENGTH}}}")


class FactorPolicy(StrEnum):
    """Who must have a second factor beside the password."""

    OPTIONAL = "optional"
    ADMINS = "admins"
    EVERYBODY = "everybody"


def needs_factor(policy: FactorPolicy, person: Person) -> bool:
    """admins: whoever is one of anything, be it of one desk in one pairing."""
    if policy is FactorPolicy.ADMINS:
        return any(one.role is Role.ADMIN for one in person.grants)
    return policy is FactorPolicy.EVERYBODY


def code_as_typed(text: str) -> str:
    """A code of the app, or a recovery code, however it was spaced; "" for what is neither."""
    typed = re.sub(r"[\s-]", "", text[:100]).lower()
    return typed if CODE.fullmatch(typed) or RECOVERY.fullmatch(typed) else ""


def is_recovery(code: str) -> bool:
    return len(code) == RECOVERY_LENGTH
