"""The daily, weekly and monthly checks, from the table that is run."""

from collections.abc import Sequence

from crossdock.reference.markdown import codes, page, table
from crossdock.wiring.checks import CHECKS, Check, Often

_HEAD = """\
What `crossdock checks PAIRING` asks, and how each answer is found. A check is asked where one of its flows runs; one
without a flow is asked of every pairing. *look* is worth knowing, *act* needs somebody and makes the command exit 1.
[How to use them](../how-to/audit-and-check.md)."""


def checks_page() -> str:
    parts = [f"## Every {word}\n\n{_table([one for one in CHECKS.values() if one.often is often])}"
             for often, word in ((Often.DAILY, "day"), (Often.WEEKLY, "week"), (Often.MONTHLY, "month"))]  # fmt: skip
    return page("Checks", _HEAD, *parts)


def _table(checks: Sequence[Check]) -> str:
    rows = [(f"`{one.name}`", one.question, one.how, codes(sorted(one.flows)) or "every") for one in checks]
    return table(["check", "question", "how it is answered", "asked where"], rows)
