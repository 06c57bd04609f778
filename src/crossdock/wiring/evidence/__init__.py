"""Evidence for an auditor: what is in force, what happened in a period, who did it, and whether the books are whole."""

import hashlib
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from crossdock.decide.span import Span
from crossdock.reports.bundle import Bundle, bundle
from crossdock.settings.tree import Project
from crossdock.store.audit import AuditVerdict, verify
from crossdock.store.database import Pool
from crossdock.store.evidence import EvidenceBook, note_export, open_evidence
from crossdock.wiring.evidence.controls import control_rows
from crossdock.wiring.evidence.files import TABLES, Table
from crossdock.wiring.evidence.in_force import schema, secrets_of, settings_text
from crossdock.wiring.evidence.readme import readme

JSON_COLUMNS = frozenset({"detail", "value", "result"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """files: name → what it holds, sha256, bytes, rows. digest: SHA-256 of the manifest, to be told by another way."""

    out: Path
    span: Span
    made_at: datetime
    files: dict[str, dict[str, Any]]
    digest: str
    verdict: AuditVerdict
    secrets_removed: int

    @property
    def problems(self) -> list[str]:
        found = [f"the audit trail is not whole: {self.verdict.problem}"] if self.verdict.problem else []
        if self.secrets_removed:
            found.append(f"a secret of the settings stood in {self.secrets_removed} places and was taken out of them")
        return found


async def export(pool: Pool, project: Project, span: Span, out: Path, *, actor: str) -> Export:
    """Write everything, and note in the audit trail who took it. Raises BundleRefused."""
    made_at: datetime = await pool.fetchval("select now()")
    verdict = await verify(pool, project.tenant)
    with bundle(out, secrets=[*secrets_of(project), *_secrets_around()]) as into:
        async with open_evidence(pool, project.tenant, span) as book:
            for one in TABLES:
                await _table(book, into, one)
            _document(
                into, "schema.json", "Version and migrations of the database.", schema(await book.schema_version())
            )
        text = settings_text(project).encode()
        with into.file("settings.yaml", "The settings in force now, defaults among them, without any secret.") as sheet:
            sheet.write(text)
        _document(into, "audit-verdict.json", "Whether the whole audit trail is whole.", asdict(verdict))
        with into.file("controls.csv", "Which control is shown by which of these files.") as sheet:
            for row in control_rows():
                sheet.row(row)
        with into.file("README.md", "What this is, and how to check it.") as sheet:
            sheet.write(readme(project, span, made_at, verdict).encode())
        digest = into.manifest(
            {
                "made_at": made_at, "made_by": actor, "since": span.since, "until": span.until,
                "tenant": project.tenant, "settings_sha256": hashlib.sha256(text).hexdigest(),
                "audit_trail": "whole" if not verdict.problem else verdict.problem,
                "secrets_removed": into.secrets_removed,
            }
        )  # fmt: skip
        made = Export(
            out=out, span=span, made_at=made_at, files=into.files, digest=digest, verdict=verdict,
            secrets_removed=into.secrets_removed,
        )  # fmt: skip
    said = {"since": span.since.isoformat(), "until": span.until.isoformat(), "manifest_sha256": digest}
    await note_export(pool, project.tenant, actor=actor, action="evidence_exported", **said)
    return made


def _secrets_around() -> list[str]:
    """What opens the stored documents, and the database where the settings do not name it."""
    return [
        os.environ[name]
        for name in ("CROSSDOCK_KEY", "CROSSDOCK_OLD_KEYS", "CROSSDOCK_DATABASE_URL")
        if os.environ.get(name)
    ]


def _document(into: Bundle, name: str, about: str, document: Any) -> None:
    with into.file(name, about) as sheet:
        sheet.write(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")


async def _table(book: EvidenceBook, into: Bundle, one: Table) -> None:
    with into.file(one.file, one.about) as sheet:
        if one.lines:
            async for row in book.rows(one.name):
                sheet.entry({name: _parsed(name, value) for name, value in row.items()})
            return
        sheet.row(await book.columns(one.name))
        sheet.rows = 0
        async for row in book.rows(one.name):
            sheet.row(list(row.values()))


def _parsed(name: str, value: Any) -> Any:
    return orjson.loads(value) if name in JSON_COLUMNS and value else value
