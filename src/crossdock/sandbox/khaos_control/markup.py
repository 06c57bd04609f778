"""Writing XML the way Khaos Control does: strings, no declaration, -1 and 0 for true and false, CDATA in exports."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
NULL_DATE_TIME = "1899-12-30T00:00:00.000Z"


def text(value: str) -> str:
    """Element text, escaped."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def attr(value: str) -> str:
    """An attribute's value between double quotes, escaped."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def el(tag: str, value: str) -> str:
    """`<TAG>value</TAG>`; an empty value is an empty element."""
    return f"<{tag}>{text(value)}</{tag}>" if value else f"<{tag}/>"


def cdata(tag: str, value: str) -> str:
    """`<TAG><![CDATA[value]]></TAG>`, as stock exports wrap their texts."""
    if not value:
        return f"<{tag}/>"
    return f"<{tag}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{tag}>"


def wrap(tag: str, inner: str) -> str:
    """Already written children in an element; an empty result is an empty root."""
    return f"<{tag}>{inner}</{tag}>" if inner else f"<{tag}/>"


def flag(value: bool) -> str:
    """A boolean inside an XML document: -1 true, 0 false (Web Integration Pack)."""
    return "-1" if value else "0"


def number(value: Decimal) -> str:
    """A quantity or percentage, no trailing zeros."""
    return str(int(value)) if value == value.to_integral_value() else f"{value.normalize():f}"


def london(moment: datetime) -> datetime:
    """The wall clock in the server's office, without a zone."""
    return moment.astimezone(LONDON).replace(tzinfo=None)


def day_month_year(moment: datetime | None, *, null: str) -> str:
    """DD/MM/YYYY in London, as order statuses and deleted entries write dates."""
    return null if moment is None else f"{moment.astimezone(LONDON):%d/%m/%Y}"


def plain_day(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def typed_moment(moment: datetime | None) -> str:
    """A date-time of a typed result: `2011-02-23T11:06:25.057Z`; no date is 1899-12-30."""
    if moment is None:
        return NULL_DATE_TIME
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
