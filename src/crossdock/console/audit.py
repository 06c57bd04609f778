"""The audit trail, for auditors: who did what, newest first, and whether the chain is whole."""

from fastapi import APIRouter, Request, Response

from crossdock.console.address import Before, Words
from crossdock.console.entrance import Forbidden, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import may_audit
from crossdock.store import desk
from crossdock.store.audit import verify
from crossdock.wiring.installation import Installation

router = APIRouter()
PAGE = 100


@router.get("/audit")
async def trail(
    request: Request, me: Me, actor: Words = "", everything: Words = "", before: Before = None, check: Words = ""
) -> Response:
    """check: walk the whole chain, which takes time as it grows."""
    if not may_audit(me.person):
        raise Forbidden("The audit trail is for auditors and administrators of everything.")
    here: Installation = request.app.state.here
    rows = await desk.trail(
        here.pool, here.tenant, actor=actor.strip(), everything=bool(everything), before=before, limit=PAGE
    )
    verdict = await verify(here.pool, here.tenant) if check else None
    following = rows[-1]["id"] if len(rows) == PAGE else None
    return page(
        request, "audit.html", rows=rows, actor=actor, everything=everything, following=following, verdict=verdict,
        **menu(me, "audit"),
    )  # fmt: skip
