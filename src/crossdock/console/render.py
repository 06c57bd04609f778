"""Templates and what they may say: every text is escaped, every time and sum is written one way."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crossdock.decide.mappings import in_words
from crossdock.decide.rights import Grant
from crossdock.decide.words import plain
from crossdock.model.code_map import MapKind
from crossdock.model.faults import InvalidValue
from crossdock.model.money import minor_units

HERE = Path(__file__).parent
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
UNITS = ((120, "s", 1), (7_200, "min", 60), (172_800, "h", 3_600))


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A whole page, or the part of one where a script asks for a fragment."""
    text = environment().get_template(template).render(request=request, now=datetime.now(UTC), **values)
    return HTMLResponse(text, status)


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(
        ago=ago, moment=moment, money=money, price=price, amounts=amounts, words=words, says=says, told=told, span=span,
        plain=plain, length_of=length_of,
    )  # fmt: skip
    return made


def ago(at: datetime | None, now: datetime) -> str:
    """How long since, or until: `5 min ago`, `in 3 s`, `never`."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    length = next((f"{abs(seconds) / per:.0f} {unit}" for limit, unit, per in UNITS if abs(seconds) < limit), "")
    length = length or f"{abs(seconds) / 86_400:.0f} d"
    return f"{length} ago" if seconds >= 0 else f"in {length}"


def span(seconds: float) -> str:
    """A length of time: `30 s`, `5 min`, `1 h`."""
    for unit, per in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= per and seconds % per == 0:
            return f"{seconds // per:.0f} {unit}"
    return f"{seconds:g} s"


def told(grant: Grant) -> str:
    return f"{grant.role} of {grant.desk or 'every desk'} in {grant.pairing or 'every pairing'}"


def length_of(time: timedelta | None) -> str:
    """How long something took: `5 min`."""
    return "" if time is None else ago(NEVER, NEVER + time).removesuffix(" ago")


def moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def money(amount: Decimal | None, currency: str = "") -> str:
    """With the decimals that its currency has; two where no currency of the world is named."""
    if amount is None:
        return ""
    try:
        places = minor_units(currency) if currency else 2
    except InvalidValue:
        places = 2
    return f"{amount:,.{places}f} {currency}".rstrip()


def price(figure: str | None) -> str:
    """A unit price as a document has it: two decimals at least, and more where they say something."""
    if figure is None:
        return ""
    least = Decimal(figure).normalize()
    return f"{least:,.{max(2, -int(least.as_tuple().exponent))}f}"


def amounts(values: Mapping[str, Decimal]) -> str:
    return ", ".join(money(amount, currency) for currency, amount in values.items())


def says(value: Mapping[str, str], kind: MapKind) -> str:
    """What an entry of a code map stands for."""
    return in_words(kind, value)


def words(detail: Mapping[str, Any]) -> str:
    """The detail of an audit entry, as `name value, name value`."""
    return ", ".join(f"{name} {_plain(value)}" for name, value in detail.items() if value not in (None, "", [], {}))


def _plain(value: Any) -> str:
    match value:
        case list():
            return " and ".join(_plain(one) for one in value)
        case dict():
            return f"({words(value)})"
    return str(value)
