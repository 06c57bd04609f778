"""What values look like on this door: sums and figures are decimal strings, times carry their zone."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

from crossdock.decide.rights import Grant, Role
from crossdock.decide.words import plain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PAGE, PAGE_MAX = 50, 200
KEY_MAX = 2**63 - 1

Amount = Annotated[
    Decimal,
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "string", "format": "decimal", "examples": ["1234.50"]}, mode="serialization"),
]
Figure = Annotated[  # without the zeros that sums of parts leave behind
    Decimal,
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": "string", "format": "decimal", "examples": ["12"]}, mode="serialization"),
]
Moment = AwareDatetime
Key = Annotated[int, Path(ge=0, le=KEY_MAX, examples=[812])]
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
ParamName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
ParamValue = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f\ufffe\uffff]*$")]
NumberCursor = Annotated[
    str | None,
    Field(pattern=r"^[0-9]{1,18}$", description="Where the page before ended: as its `next` says it."),
]
DueCursor = Annotated[
    str | None,
    Field(pattern=r"^[0-9]{1,16}(_[0-9]{1,18})?$", description="Where the page before ended: as its `next` says it."),
]
Limit = Annotated[int, Field(ge=1, le=PAGE_MAX, description="At most so many.")]
Next = Annotated[
    str | None,
    Field(description="The address of the next page; null on the last.", examples=["/api/v1/orders?cursor=812"]),
]


class Given(BaseModel):
    """What callers send: a name that nobody knows is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid")


class PeriodWish(Given):
    """Half-open. A day begins at midnight UTC; a moment has its zone."""

    since: Words = Field("", description="A year before the end where it is empty.", examples=["2026-01-01"])
    until: Words = Field("", description="The first day or moment after it; now where it is empty.")


class Told(BaseModel):
    """What callers get, made of our own values by their names."""

    model_config = ConfigDict(from_attributes=True)


class GrantShape(Told):
    """A role. desk, pairing: "" for every one."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    role: Role
    desk: Words = ""
    pairing: Words = ""

    def grant(self) -> Grant:
        return Grant(role=self.role, desk=self.desk, pairing=self.pairing)


class Happened(Told):
    """One entry of the audit trail about a record."""

    at: Moment
    actor: str
    action: str
    detail: dict[str, Any]


def next_page(request: Request, cursor: object | None, *, name: str = "cursor") -> str | None:
    """The same list from where this page ended. name: of the cursor, where a page has several lists."""
    if cursor is None:
        return None
    query = [one for one in request.query_params.multi_items() if not one[0].endswith("cursor")]
    return f"/api/v1{_path(request)}?{urlencode([*query, (name, str(cursor))])}"


def _path(request: Request) -> str:
    return request.url.path.removeprefix("/api/v1")
