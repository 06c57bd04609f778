"""Orders: found by any number, and the whole story of one."""

from datetime import UTC, datetime
from functools import partial

from fastapi import APIRouter, Request, Response

from crossdock.console.address import Before, Key, Words, link
from crossdock.console.entrance import Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import may_see, may_see_case
from crossdock.model.lifecycle import OrderState
from crossdock.store import desk
from crossdock.store.archive import KeyMissing
from crossdock.store.lookups import find_story
from crossdock.store.sorting import ByAge
from crossdock.wiring.handling import views
from crossdock.wiring.installation import Installation
from crossdock.wiring.order_papers import read_document, read_sums
from crossdock.wiring.overview import visible
from crossdock.wiring.standing import standing

router = APIRouter()
PAGE = 50
NOT_THERE = "There is no such order, or it belongs to a pairing that is not yours."


@router.get("/orders")
async def search(
    request: Request, me: Me, q: Words = "", pairing: Words = "", state: Words = "", sort: ByAge = ByAge.NEWEST,
    before: Before = None,
) -> Response:  # fmt: skip
    """before: the last order of the page before."""
    here: Installation = request.app.state.here
    mine = visible(here, me.person)
    among = [name for name in mine if pairing in ("", name)]
    words, many = q.strip(), False
    if words:
        rows, many = await desk.find_orders(
            here.pool, here.tenant, among, words, sort=sort, from_key=before, limit=PAGE
        )
    else:
        states = [one for one in OrderState if state in ("", one)]
        rows = await desk.orders(
            here.pool, here.tenant, among, states=states, sort=sort, from_key=before, limit=PAGE
        )  # fmt: skip
    asked = {"q": words, "pairing": pairing, "state": state, "sort": "" if sort is ByAge.NEWEST else sort}
    last = rows[-1]["id"] if len(rows) == PAGE else None
    return page(
        request, "orders.html", rows=rows, asked=asked, pairings=mine, states=list(OrderState), many=many,
        following=link("/orders", asked, before=last) if last else "", link=partial(link, "/orders", asked),
        sort=sort, place="orders",
        query=request.url.query, views=await views(here.pool, here.tenant, me.person.id, "orders"),
        **menu(me, "orders"),
    )  # fmt: skip


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
        request, "order.html", one=found, lines=lines, sent=sent, sums=read_sums(found),
        stands=standing(found, datetime.now(UTC)),
        mine={case["id"] for case in found.cases if may_see_case(me.person, desk=case["desk"], pairing=found.pairing)},
        **menu(me, "orders"),
    )  # fmt: skip


@router.post("/orders/{order_id}/document")
async def document(request: Request, me: Me, _form: Form, order_id: Key) -> Response:
    """The order as the storefront sent it. A deed and no page: that somebody read it is in the audit trail, and nobody
    reads it by following a link of somebody else's."""
    here: Installation = request.app.state.here
    found = await find_story(here.pool, here.tenant, order_id)
    if found is None or not may_see(me.person, pairing=found.pairing):
        return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)
    try:
        text = await read_document(here, found, actor=me.person.name)
    except KeyMissing as error:
        return page(request, "refused.html", 409, title="It cannot be opened", text=f"The document is {error}.")
    return page(request, "order_document.html", one=found, text=text, **menu(me, "orders"))
