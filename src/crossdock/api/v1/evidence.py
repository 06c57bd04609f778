"""Evidence: what an auditor asks for, as one file with hashes."""

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from crossdock.api.v1.entrance import Auditor, Here, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PeriodWish
from crossdock.decide.rights import may_audit
from crossdock.decide.span import read_span
from crossdock.wiring.evidence import export

TAGS = {"evidence": "What an auditor asks for, as one file with hashes."}
router = room("evidence")
NOT_YOURS = "Evidence is for auditors and administrators of everything."
ZIP = "application/zip"
BINARY = {"description": "The files, zipped.", "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}


@router.post(
    "/evidence", operation_id="exportEvidence", summary="A period for an auditor", response_class=FileResponse,
    description="People and their rights, sign-ins, the audit trail with its seals, settings without secrets, cases, "
    "compares and controls, with a manifest of hashes. Who took it stands in the audit trail.",
    responses={200: BINARY, **problems(413, 415)},
)  # fmt: skip
async def evidence(here: Here, bearer: Auditor, wanted: PeriodWish) -> Response:
    if not may_audit(bearer.person):
        raise Refusal(403, NOT_YOURS)
    span = read_span(wanted.since, wanted.until, now=datetime.now(UTC))
    with contextlib.ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="crossdock-evidence-")
        stack.callback(folder.cleanup)
        path = Path(folder.name) / "evidence.zip"
        await export(here.pool, here.project, span, path, actor=bearer.person.name)
        stack.pop_all()
    name = f"crossdock-evidence-{span.since:%Y-%m-%d}-{span.until:%Y-%m-%d}.zip"
    return FileResponse(
        path, media_type=ZIP, filename=name, content_disposition_type="attachment",
        background=BackgroundTask(folder.cleanup),
    )  # fmt: skip
