"""Whom an identity provider speaks of: a name for the list, and the roles that groups give. Never who it is: that is
the issuer and the subject alone."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from crossdock.decide.rights import Grant

NAME_MAX, TRIES = 80, 100
NO_SIGN = re.compile(r"[^A-Za-z0-9._@+-]+")
NO_BEGINNING = re.compile(r"^[^A-Za-z0-9]+")
NOBODY = "somebody"


def names_for(claim: Any) -> Iterator[str]:
    """Names to try, the best first: what the provider calls the person, then the same with a number. A name that is
    taken is somebody else's, whatever the provider says."""
    told = claim if isinstance(claim, str) else ""
    base = NO_BEGINNING.sub("", NO_SIGN.sub("-", told))[:NAME_MAX] or NOBODY
    yield base
    yield from (f"{base}-{number}" for number in range(2, TRIES + 1))


def groups_in(claim: Any) -> frozenset[str]:
    """The groups a claim names: a list of texts, or one text."""
    if isinstance(claim, str):
        return frozenset({claim})
    return frozenset(one for one in claim if isinstance(one, str)) if isinstance(claim, list) else frozenset()


def grants_of(groups: Iterable[str], given: Mapping[str, Sequence[Grant]]) -> tuple[Grant, ...]:
    """The roles of these groups, each once."""
    mine = frozenset(groups)
    return tuple(dict.fromkeys(grant for name, grants in given.items() if name in mine for grant in grants))
