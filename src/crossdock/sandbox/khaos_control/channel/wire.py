"""What all documents of the channel are made of: texts with a length, numbers, flags, date-times, references, prices.

JSON must bring real numbers and real booleans; in XML everything is text. Pass `{"xml": bool}` as validation context.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo
from pydantic.alias_generators import to_pascal

from crossdock.sandbox.khaos_control.channel.documents import nulls
from crossdock.sandbox.khaos_control.documents import Refused

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
TOO_MUCH = 10**12
_TRUTH = {"true": True, "1": True, "-1": True, "false": False, "0": False}


class Wire(BaseModel):
    """Properties are matched by their exact names; unknown ones are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_pascal, populate_by_name=False)


W = TypeVar("W", bound=Wire)


def parse(model: type[W], value: Any, *, xml: bool) -> W:
    """Raises Refused: naming the first property that is null, missing or wrong."""
    if null := next(nulls(value), None):
        raise Refused(f"Null value: {null}")
    try:
        return model.model_validate(value, context={"xml": xml})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Refused(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None


def _in_xml(info: ValidationInfo) -> bool:
    return bool(info.context and info.context["xml"])


def _number(value: Any, info: ValidationInfo) -> Any:
    if _in_xml(info) and isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and -TOO_MUCH < value < TOO_MUCH:
        return value
    raise ValueError(f"{value!r} is no number")


def _flag(value: Any, info: ValidationInfo) -> Any:
    if _in_xml(info) and isinstance(value, str) and value.strip().lower() in _TRUTH:
        return _TRUTH[value.strip().lower()]
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _moment(value: Any) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(f"{value!r} is not written as 2018-01-18T12:20:48")
    return datetime.fromisoformat(value)


def _one(value: Any) -> Any:
    """A reference sent as bare text is a name."""
    return {"Name": value} if isinstance(value, str) else value


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


Text = Annotated[str, StringConstraints(strict=True)]
Text10 = Annotated[str, StringConstraints(strict=True, max_length=10)]
Text20 = Annotated[str, StringConstraints(strict=True, max_length=20)]
Text25 = Annotated[str, StringConstraints(strict=True, max_length=25)]
Text30 = Annotated[str, StringConstraints(strict=True, max_length=30)]
Text35 = Annotated[str, StringConstraints(strict=True, max_length=35)]
Text50 = Annotated[str, StringConstraints(strict=True, max_length=50)]
Text100 = Annotated[str, StringConstraints(strict=True, max_length=100)]
Needed = Annotated[str, StringConstraints(strict=True, min_length=1)]
Needed35 = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=35)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class DataItem(Wire):
    """A reference by ID, Code or Name, in that order of trust."""

    id: Text = Field("", alias="ID")
    code: Text = ""
    name: Text = ""

    def __bool__(self) -> bool:
        return bool(self.id or self.code or self.name)

    def __str__(self) -> str:
        return self.id or self.code or self.name


class Price(Wire):
    """For one, in pounds. Where both are sent, the net one counts."""

    net: Number | None = None
    gross: Number | None = None

    @property
    def value(self) -> Decimal | None:
        return self.gross if self.net is None else self.net


Reference = Annotated[DataItem, BeforeValidator(_one)]
OptionalReference = Annotated[DataItem | None, BeforeValidator(_empty_is_none), BeforeValidator(_one)]
OptionalPrice = Annotated[Price | None, BeforeValidator(_empty_is_none)]
