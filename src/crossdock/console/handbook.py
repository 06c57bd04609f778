"""The handbook of each pairing, made anew with every look; and the same as a file to keep."""

from enum import StrEnum

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from crossdock.console.address import Words
from crossdock.console.entrance import PLACES, Me, menu
from crossdock.console.render import page
from crossdock.reports.manual.data import write_json
from crossdock.reports.manual.html import write_body, write_page
from crossdock.reports.manual.markdown import write_markdown
from crossdock.reports.manual.parts import Manual
from crossdock.wiring.handbook import handbook
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible

router = APIRouter()
NOT_THERE = "There is no such pairing, or it is not yours."
HREFS = tuple(href for _, href, _ in PLACES)


class Form(StrEnum):
    HTML = "html"
    MD = "md"
    JSON = "json"


TYPES = {Form.HTML: "text/html", Form.MD: "text/markdown", Form.JSON: "application/json"}


@router.get("/handbook")
async def handbooks(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    rows = [
        {"name": name, "systems": [here.kind_of(one).title for one in here.project.pairings[name].systems()]}
        for name in visible(here, me.person)
    ]
    return page(request, "handbooks.html", rows=rows, **menu(me, "handbook"))


@router.get("/handbook/{pairing}")
async def one(request: Request, me: Me, pairing: str, form: Words = "") -> Response:
    """form: html, md or json is a file to keep; without it, a page."""
    here: Installation = request.app.state.here
    if pairing not in visible(here, me.person) or form not in ("", *Form):
        return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)
    manual = await handbook(here, pairing, console=str(request.base_url), pages=HREFS)
    if form:
        return _file(manual, pairing, Form(form))
    return page(
        request, "handbook.html", name=pairing, forms=list(Form), body=Markup(write_body(manual)),  # noqa: S704 - escaped
        **menu(me, "handbook"),
    )  # fmt: skip


def _file(manual: Manual, pairing: str, form: Form) -> Response:
    raw = {Form.HTML: write_page, Form.MD: write_markdown, Form.JSON: write_json}[form](manual)
    name = f"handbook-{pairing}.{form}"
    return Response(raw, media_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})
