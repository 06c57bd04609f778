"""What an alert says, as plain text and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from crossdock.decide.alerting import Alert, Purpose, Telling

HERE = Path(__file__).parent / "templates"
SHOWN_MAX = 20
TITLE_MAX = 120
WORDS = {
    Purpose.OPENED: "New",
    Purpose.GREW: "More of it",
    Purpose.ANEW: "Again",
    Purpose.REPEATED: "Still so",
    Purpose.ESCALATED: "Nobody has answered",
    Purpose.OVER: "Over",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    title: str
    text: str
    html: str


def say(parts: Sequence[tuple[Alert, Telling]], *, name: str, link: str) -> Said:
    """One message of one incident, or of several that came together. name: of the installation."""
    first, telling = parts[0]
    title = f"{WORDS[telling.purpose]}: {first.text}" if len(parts) == 1 else f"{len(parts)} incidents"
    lines = [
        {
            "what": WORDS[one.purpose], "over": one.purpose is Purpose.OVER, "text": plain(alert.text),
            "severity": str(alert.severity), "opened": moment(alert.opened_at), "ended": moment(alert.gone_at),
            "held": moment(one.held_since), "rule": alert.rule,
        }
        for alert, one in parts[:SHOWN_MAX]
    ]  # fmt: skip
    values = {"lines": lines, "more": max(0, len(parts) - SHOWN_MAX), "name": name, "link": link}
    return Said(
        title=shortened(f"[Crossdock {name}] {plain(title)}"), text=rendered("alert.txt", **values),
        html=rendered("alert.html", **values),
    )  # fmt: skip


def rendered(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values).strip() + "\n"


def shortened(text: str) -> str:
    return text if len(text) <= TITLE_MAX else text[: TITLE_MAX - 1].rstrip() + "…"


def plain(text: str) -> str:
    """On one line, and nothing that a mail header or a terminal would obey."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def moment(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M %Z")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
