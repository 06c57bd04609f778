"""What goes where: results on stdout, as a table or as one JSON document; everything said along the way on stderr."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 200  # nobody reads a table cut to eighty columns in a file


def console(*, to_stderr: bool = False) -> Console:
    """Made anew each time, because tests and pipes swap the streams. What people wrote is never taken for markup."""
    stream = sys.stderr if to_stderr else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def show(*parts: RenderableType) -> None:
    """A result, for people."""
    out = console()
    for part in parts:
        out.print(part, soft_wrap=not isinstance(part, Table))


def show_json(document: Any) -> None:
    """A result, for programs: the one document on stdout."""
    from crossdock.model import as_json  # pydantic: only for those who ask

    write(as_json.dumps(document, pretty=True) + b"\n")


def write(raw: bytes) -> None:
    """Bytes on stdout as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()


def say(text: str, *, style: str = "") -> None:
    """Progress, a note or a complaint: on stderr."""
    console(to_stderr=True).print(Text(text, style=style))


def table(*columns: str, rows: Iterable[Sequence[object]]) -> Table:
    """Columns whose name begins with `#` hold numbers."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(
            column.removeprefix("#"), justify="right" if column.startswith("#") else "left", overflow="fold"
        )
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(_text(cell)) for cell in row))
    return made


def heading(text: str) -> Text:
    return Text(text, style="bold")


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long since, or until: `5 min ago`, `in 3 s`, `never`."""
    if moment is None:
        return "never"
    past = ((now or datetime.now(UTC)) - moment).total_seconds()
    return f"{span(past)} ago" if past >= 0 else f"in {span(-past)}"


def span(seconds: float | timedelta) -> str:
    """A length of time in its largest fitting unit."""
    length = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    for limit, unit, per in ((120, "s", 1), (7_200, "min", 60), (172_800, "h", 3_600)):
        if length < limit:
            return f"{length / per:.0f} {unit}"
    return f"{length / 86_400:.0f} d"


def details(detail: Mapping[str, Any]) -> str:
    """What an entry of the audit trail says, without what is empty."""
    return ", ".join(f"{name} {_one_line(value)}" for name, value in detail.items() if value not in ("", [], {}, None))


def _one_line(value: object) -> str:
    match value:
        case list():
            return "; ".join(str(one) for one in value)
        case dict():
            return " ".join(f"{name}={one}" for name, one in value.items())
    return str(value)


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case str():
            return cell
        case list() | tuple() | set() | frozenset():
            return ", ".join(str(one) for one in cell)
    return str(cell)
