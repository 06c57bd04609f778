"""The audit trail, for auditors: who did what, and whether the chain is whole."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from crossdock.console.address import Before, Words, link
from crossdock.console.entrance import Forbidden, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import may_audit
from crossdock.decide.span import Span, read_span
from crossdock.model.faults import InvalidValue
from crossdock.store import desk
from crossdock.store.audit import verify
from crossdock.store.sorting import ByAge
from crossdock.wiring.evidence.trail import trail_text
from crossdock.wiring.installation import Installation

router = APIRouter()
PAGE = 100
NOT_YOURS = "The audit trail is for auditors and administrators of everything."


class Form(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


TYPES = {Form.CSV: "text/csv; charset=utf-8", Form.JSONL: "application/jsonl; charset=utf-8"}


@router.get("/audit")
async def trail(
    request: Request, me: Me, actor: Words = "", everything: Words = "", sort: ByAge = ByAge.NEWEST,
    before: Before = None, check: Words = "",
) -> Response:  # fmt: skip
    """before: the last entry of the page before. check: walk the whole chain, which takes time as it grows."""
    if not may_audit(me.person):
        raise Forbidden(NOT_YOURS)
    here: Installation = request.app.state.here
    rows = await desk.trail(
        here.pool, here.tenant, actor=actor.strip(), everything=bool(everything), sort=sort, from_key=before, limit=PAGE
    )
    asked = {"actor": actor, "everything": everything, "sort": "" if sort is ByAge.NEWEST else sort}
    verdict = await verify(here.pool, here.tenant) if check else None
    following = rows[-1]["id"] if len(rows) == PAGE else None
    return page(
        request, "audit.html", rows=rows, actor=actor, everything=everything, sort=sort, following=following,
        verdict=verdict, link=partial(link, "/audit", asked), **menu(me, "audit"),
    )  # fmt: skip


@router.get("/audit/trail.{kind}")
async def taken(request: Request, me: Me, kind: Form, since: Words = "", until: Words = "") -> Response:
    """A half-open period of the trail as a file, handed on as it is read; who took it is in the trail."""
    if not may_audit(me.person):
        raise Forbidden(NOT_YOURS)
    here: Installation = request.app.state.here
    try:
        span = read_span(since.strip(), until.strip(), now=datetime.now(UTC))
    except InvalidValue as error:
        return page(request, "refused.html", 422, title="That is no period", text=f"{error}.")
    return StreamingResponse(
        _given(here, span, kind, me.person.name), media_type=TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="audit-trail.{kind}"'},
    )  # fmt: skip


def _given(here: Installation, span: Span, form: Form, actor: str) -> AsyncIterator[bytes]:
    return trail_text(here.pool, here.tenant, span, lines=form is Form.JSONL, actor=actor)
