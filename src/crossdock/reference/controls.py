"""The control matrix as a page, from the same table that `crossdock evidence` writes."""

from collections.abc import Sequence

from crossdock.reference.markdown import codes, page, table
from crossdock.wiring.evidence.controls import STANDARDS, Control, by_number, controls

_HEAD = """\
Which controls Crossdock supports, with what evidence, and what remains with whoever runs it. The numbers are those of
the standards, the words are ours. Crossdock is not certified and no product makes a company compliant: it gives an
auditor something to look at. Controls that a product like this cannot support (premises, hiring, suppliers, training)
are not here.

The files are those of an export of `crossdock evidence`, which also writes this matrix as `controls.csv`:
[give evidence](../how-to/give-evidence.md). What could go wrong, and what is done about it, is in the
[threat model](../why/threat-model.md)."""


def controls_page() -> str:
    return page("Controls", _HEAD, *(_standard(*one) for one in STANDARDS.items()), *(map(_control, controls())))


def _standard(standard: str, title: str) -> str:
    rows = [(number, f"[{one.name}](#{_anchor(one)})", codes(one.files)) for number, one in by_number(standard)]
    return f"## {title}\n\n{table(['control', 'supported by', 'files of the export'], rows)}"


def _control(one: Control) -> str:
    rows: Sequence[tuple[str, str]] = [
        ("numbers", ", ".join([*one.iso, *one.soc2])),
        ("files of the export", codes(one.files)),
        ("tables", codes(one.tables)),
        ("commands", codes(one.commands)),
        ("tests", codes(one.tests)),
        ("remains with you", one.remains),
    ]
    return f"## {one.name}\n\n{one.does}\n\n{table(['', ''], [row for row in rows if row[1]])}"


def _anchor(one: Control) -> str:
    kept = "".join(letter for letter in one.name.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")
