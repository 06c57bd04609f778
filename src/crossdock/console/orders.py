"""Orders: found by any number, and the whole story of one."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from crossdock.console.address import Before, Key, Words
from crossdock.console.entrance import Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import may_see
from crossdock.store import desk
from crossdock.store.lookups import find_story
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.standing import standing

router = APIRouter()
PAGE = 50
NOT_THERE = "There is no such order, or it belongs to a pairing that is not yours."


@router.get("/orders")
async def search(request: Request, me: Me, q: Words = "", before: Before = None) -> Response:
    here: Installation = request.app.state.here
    mine = visible(here, me.person)
    rows = await desk.orders(here.pool, here.tenant, mine, words=q.strip(), before=before, limit=PAGE)
    following = rows[-1]["id"] if len(rows) == PAGE else None
    return page(request, "orders.html", rows=rows, q=q, following=following, **menu(me, "orders"))


@router.get("/orders/{order_id}")
async def story(request: Request, me: Me, order_id: Key) -> Response:
    here: Installation = request.app.state.here
    found = await find_story(here.pool, here.tenant, order_id)
    if found is None or not may_see(me.person, pairing=found.pairing):
        return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)
    lines = (found.document or {}).get("lines", ())
    sent: dict[str, list[object]] = {}
    for line in (found.resolved or {}).get("lines", ()):
        sent.setdefault(line["line_ref"], []).append(line)
    return page(
        request, "order.html", one=found, lines=lines, sent=sent, stands=standing(found, datetime.now(UTC)),
        mine={case["id"] for case in found.cases if may_see(me.person, desk=case["desk"], pairing=found.pairing)},
        **menu(me, "orders"),
    )  # fmt: skip
