"""The daily digest of a desk, as plain text and as HTML for a mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from crossdock.reports.alert_words import Said, plain, rendered, shortened

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """open: kind, severity, cases, overdue. oldest: the cases due first. value: at stake, by currency. closed: kind,
    actor ("" when the cause went away by itself), cases, of the day before. lags: pairing, feed, minutes."""

    desk: str
    day: date
    made_at: datetime
    open: Sequence[Row]
    oldest: Sequence[Row]
    value: Mapping[str, Decimal]
    closed: Sequence[Row]
    lags: Sequence[Row]

    @property
    def cases(self) -> int:
        return sum(one["cases"] for one in self.open)

    @property
    def overdue(self) -> int:
        return sum(one["overdue"] for one in self.open)


def digest_said(digest: Digest, *, name: str, link: str, zone: tzinfo) -> Said:
    """zone: in whose time it is told."""
    worth = ", ".join(f"{amount:,.2f} {currency}".rstrip() for currency, amount in digest.value.items())
    values = {
        "digest": digest, "worth": worth, "name": name, "link": link,
        "day": f"{digest.day.strftime('%A')} {digest.day.day} {digest.day.strftime('%B %Y')}",
        "oldest": [{**one, "cause": plain(one["cause"]), "due": _told(one["due_at"], zone),
                    "late": one["due_at"] < digest.made_at} for one in digest.oldest],
        "closed": [{**one, "by": one["actor"] or "themselves: the cause went away"} for one in digest.closed],
    }  # fmt: skip
    counts = f"{digest.cases} open, {digest.overdue} overdue"
    return Said(
        title=shortened(f"[Crossdock {name}] {digest.desk} desk: {counts}{f', {worth} at stake' if worth else ''}"),
        text=rendered("digest.txt", **values), html=rendered("digest.html", **values),
    )  # fmt: skip


def _told(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
