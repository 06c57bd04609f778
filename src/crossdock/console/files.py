"""Files to download: made beside the request, sent in pieces, and gone when they are sent."""

import contextlib
import os
import tempfile
from pathlib import Path

from fastapi import Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from crossdock.reports.html import style_hash
from crossdock.store.compared import RunLine
from crossdock.wiring.installation import Installation
from crossdock.wiring.packing import Form, write_pack

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
POLICY = f"default-src 'none'; style-src '{style_hash()}'; sandbox"
"""Of a pack that somebody opens: its very own style, and no script whatever a name in it says."""


async def pack_file(here: Installation, lines: list[RunLine], form: Form) -> Response:
    number, name = tempfile.mkstemp(prefix="crossdock-pack-", suffix=f".{form}")
    os.close(number)
    path = Path(name)
    try:
        called = await write_pack(here, lines, form, path)
    except BaseException:
        _forget(path)
        raise
    return FileResponse(
        path, media_type=TYPES[form], filename=called, content_disposition_type="attachment",
        headers={"Content-Security-Policy": POLICY}, background=BackgroundTask(_forget, path),
    )  # fmt: skip


def _forget(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
