"""Times as SCAYLE writes them: UTC with an offset and no fraction, `2026-07-01T09:30:00+00:00`."""

from datetime import UTC, date, datetime

from crossdock.sandbox.scayle.errors import bad


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def instant(text: object, name: str) -> datetime:
    """A time with a zone. Raises the 400 that names the parameter."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise bad(f"{name} is no ISO 8601 time.", parameter=name) from None
    if at.tzinfo is None:
        raise bad(f"{name} has no UTC offset.", parameter=name)
    return at.astimezone(UTC)


def plain_time(text: object, name: str) -> datetime:
    """`YYYY-MM-DD HH:MM:SS` without a zone, as a return's `received` is given. It is taken as UTC."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise bad(f"{name} must look like 2026-07-10 08:15:00.", parameter=name) from None


def future_day(text: object, name: str, today: date) -> str:
    """A plain date that lies ahead, as `expectedAvailabilityAt` must."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        raise bad(f"{name} is no date.", parameter=name) from None
    if day <= today:
        raise bad(f"{name} must be in the future.", parameter=name)
    return day.isoformat()
