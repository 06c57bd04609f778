"""The first page of an export: what it is, and how somebody who trusts nobody checks it."""

from datetime import datetime

from crossdock.decide.span import Span
from crossdock.settings.tree import Project
from crossdock.store.audit import AuditVerdict
from crossdock.wiring.evidence.files import TABLES

_TEXT = """\
# Evidence of Crossdock

Installation `{tenant}`, made {made_at}. Pairings: {pairings}.

The period is half-open: from {since} on, and before {until}. What has no period (people, grants, settings, schema) is
as it stood when this was made. Times carry their zone. Text that a spreadsheet would take for a formula begins with an
apostrophe that is not part of it.

The audit trail: {entries} entries in {seals} seals were walked from the very beginning, {unsealed} are not sealed yet.
It is **{verdict}**.

## What is in here

{files}
* `schema.json`: version and migrations of the database.
* `settings.yaml`: the settings in force, without any secret.
* `audit-verdict.json`: what the walk of the whole trail found.
* `controls.csv`: which control is shown by which of these files, and what remains with the merchant.
* `manifest.json`: every file with its SHA-256.

## How to check it

1. Reckon the SHA-256 of each file, and compare it with `manifest.json`. `crossdock evidence` printed the SHA-256 of the
   manifest itself, and it stands in the audit trail under `evidence_exported`.
2. A seal whose `complete` is true has all its entries in `audit-trail.jsonl`. Its hash is the SHA-256 of the 32 bytes
   of `previous`, and then for each of its entries, by id, one line: the JSON list `[id, at, actor, action, subject,
   subject_id, detail]` without spaces, with sorted keys, and a line feed. Each seal's `previous` is the `hash` of the
   one before.
3. `crossdock evidence` on the same installation and the same period writes the same entries.
"""


def readme(project: Project, span: Span, made_at: datetime, verdict: AuditVerdict) -> str:
    return _TEXT.format(
        tenant=project.tenant, made_at=made_at.isoformat(), pairings=", ".join(project.pairings) or "none",
        since=span.since.isoformat(), until=span.until.isoformat(), entries=verdict.entries, seals=verdict.seals,
        unsealed=verdict.unsealed, verdict=verdict.problem or "whole",
        files="\n".join(f"* `{one.file}`: {one.about}" for one in TABLES),
    )  # fmt: skip
