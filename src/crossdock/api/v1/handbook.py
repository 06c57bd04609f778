"""The handbook of a pairing, made anew with every call."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from crossdock.api.v1.entrance import Here, Reader, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import Given
from crossdock.reports.manual.data import write_json
from crossdock.reports.manual.html import write_page
from crossdock.reports.manual.markdown import write_markdown
from crossdock.wiring.handbook import handbook as make
from crossdock.wiring.overview import visible

TAGS = {"handbook": "The operating manual of a pairing, made from its settings as they are now."}
router = room("handbook")
NOT_THERE = "There is no such pairing, or it is not yours."
Name = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$", description="The pairing.", examples=["oro-khaos"])]


class BookForm(StrEnum):
    JSON = "json"
    HTML = "html"
    MD = "md"


TYPES = {BookForm.JSON: "application/json", BookForm.HTML: "text/html", BookForm.MD: "text/markdown"}
WRITE: dict[BookForm, Any] = {BookForm.JSON: write_json, BookForm.HTML: write_page, BookForm.MD: write_markdown}
TEXT = {"schema": {"type": "string"}}
BOOK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The handbook, as data, as a page that prints well, or as Markdown.",
        "content": {
            TYPES[BookForm.JSON]: {"schema": {"type": "object"}}, TYPES[BookForm.HTML]: TEXT, TYPES[BookForm.MD]: TEXT,
        },
    }
}  # fmt: skip


class BookWish(Given):
    form: BookForm = BookForm.JSON


@router.get(
    "/handbook/{pairing}", operation_id="showHandbook", summary="The handbook of a pairing", response_class=Response,
    description="Owners, flows, rules, checks, kinds of case, desks and events, as `crossdock handbook` makes it.",
    responses={**BOOK, **problems(404)},
)  # fmt: skip
async def handbook(
    request: Request, here: Here, bearer: Reader, pairing: Name, wanted: Annotated[BookWish, Query()]
) -> Response:
    if pairing not in visible(here, bearer.person):
        raise Refusal(404, NOT_THERE)
    console = str(request.url.replace(path="/", query="", fragment=""))
    raw, name = WRITE[wanted.form](await make(here, pairing, console=console)), f"handbook-{pairing}.{wanted.form}"
    return Response(
        raw, media_type=TYPES[wanted.form], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
