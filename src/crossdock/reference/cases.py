"""Every kind of case as a page: who owns it, what opens it, and what can be done."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from crossdock.cases import kinds
from crossdock.cases.kind import CaseKind, Desk, Remedy
from crossdock.cases.kinds import KINDS
from crossdock.decide.mappings import MAP_PARAMS, MAPS
from crossdock.reference.markdown import codes, page, table

PACKAGE = Path(__file__).parents[1]

DESKS: Mapping[Desk, str] = {
    Desk.DATA: "stock items, units, codes",
    Desk.SALES_OPS: "customer accounts, addresses, purchase order numbers",
    Desk.FINANCE: "totals, tax, prices, credit",
    Desk.ECOMMERCE: "what the storefront shows and promotes",
    Desk.OPERATIONS: "orders on their way, couriers, despatches, stock",
    Desk.INTEGRATION: "the systems, their settings, and Crossdock itself",
}

REMEDIES: Mapping[Remedy, tuple[str, str, bool]] = {  # what it does, what it needs, whether a reason too
    Remedy.MAP_CODE: (
        (
            "Writes an entry into the pairing's code map: this storefront code is that ERP code. Every order held is "
            "looked at again, and later ones go straight through."
        ),
        "see the kind",
        False,
    ),
    Remedy.LINK_ACCOUNT: (
        "Ties the storefront company to one ERP account, for ever, by the account's immutable id.",
        "`account=CODE`",
        False,
    ),
    Remedy.OPEN_ACCOUNT: (
        "Has an account opened in the ERP, where `accounts.new` is `create` and the ERP can, and links the company.",
        "`currency=CODE`, where the pairing takes several",
        True,
    ),
    Remedy.ACCEPT: (
        "A named person takes the consequence, for the orders held now. Later orders open the case again.",
        "",
        True,
    ),
    Remedy.RETRY: ("Looks again with today's mappings and today's figures.", "", False),
    Remedy.ADOPT: ("The order is in the ERP after all; this is its number there.", "`erp_ref=NUMBER`", True),
    Remedy.SEND_AGAIN: ("The order is certainly not in the ERP. It is decided anew and sent.", "", True),
    Remedy.SET_ASIDE: ("Takes the order out. It never reaches the ERP.", "", True),
    Remedy.APPLY: ("Makes the change for the records held.", "", True),
    Remedy.REFUSE: ("The change is not made, and whoever asked is told why.", "", True),
}

_HEAD = """\
A case is work for a person. Its *subject* is the root cause, and it lists every record that this cause holds: one
missing stock item that stops 300 orders is one case with 300 orders. It grows while it is open. It closes by itself
when a re-check proves the cause gone, or when a named person settled it.

List them with `crossdock cases list`, look at one with `crossdock cases show ID`, settle it with
`crossdock cases resolve ID --remedy R`. See [settle a case](../how-to/settle-a-case.md) and
[why cases work like this](../why/cases-and-rehearsal.md)."""


def cases_page() -> str:
    return page(
        "Case kinds",
        _HEAD,
        "## Desks",
        table(
            ["desk", "looks after", "kinds"],
            [(f"`{desk}`", what, ", ".join(map(_link, _of(desk))) or "none") for desk, what in DESKS.items()],
        ),
        "## Remedies",
        table(
            ["remedy", "what it does", "needs (`--set`)", "needs a reason"],
            [(f"`{one}`", does, needs, "yes" if reason else "") for one, (does, needs, reason) in REMEDIES.items()],
        ),
        *(part for desk in Desk for part in _desk(desk)),
    )


def _desk(desk: Desk) -> list[str]:
    return [f"## Desk: {desk}", *(_section(kind) for kind in _of(desk))] if _of(desk) else []


def _of(desk: Desk) -> list[CaseKind]:
    return [kind for kind in KINDS.values() if kind.desk is desk]


def _link(kind: CaseKind) -> str:
    return f"[{kind.code}](#{kind.code})"


def _section(kind: CaseKind) -> str:
    hours = f"{kind.due_hours} hour{'s' if kind.due_hours > 1 else ''}"
    lines = [
        f"### {kind.code}",
        "",
        f"> {_spoken(kind.cause)}",
        "",
        f"* **Do:** {_spoken(kind.remedy)}",
        f"* **Severity** {kind.severity}, **due** within {hours}.",
        f"* **Remedies:** {', '.join(_remedy(kind, one) for one in kind.remedies)}.",
        f"* **Opened in:** {codes(opened_in(kind)) or 'nowhere yet: the code is reserved, and no flow opens it'}.",
    ]
    return "\n".join(lines)


def _remedy(kind: CaseKind, remedy: Remedy) -> str:
    if remedy is Remedy.MAP_CODE:
        return f"`{remedy}` ({codes(f'{name}=…' for name in MAP_PARAMS[MAPS[kind.code]])})"
    return f"`{remedy}`"


def _spoken(text: str) -> str:
    """{sku} → *sku*: the fact stands there in a real case."""
    return re.sub(r"{(\w+)}", lambda found: f"*{found[1].replace('_', ' ')}*", text)


def opened_in(kind: CaseKind) -> list[str]:
    """The modules that speak of this kind."""
    name = next(name for name, value in vars(kinds).items() if value is kind)
    return [where for where, text in _sources() if re.search(rf"\b{name}\b", text)]


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    folders = ("decide", "flows", "store", "wiring")
    paths = (path for folder in folders for path in sorted((PACKAGE / folder).rglob("*.py")))
    return tuple((path.relative_to(PACKAGE).as_posix(), path.read_text("utf-8")) for path in paths)
