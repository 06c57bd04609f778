"""How a record of SCAYLE's is held that is told as it is written there: a frozen dataclass, strict in its types.

Bodies that are sent have no id yet, so ids may be missing. Unknown fields are left alone.
"""

import re

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass

CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")

record = dataclass(
    frozen=True,
    kw_only=True,
    config=ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True),
)


def masked(url: str | None) -> str | None:
    """A URL without the user and password in it."""
    return url and CREDENTIALS.sub("", url)
