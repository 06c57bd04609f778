"""Orders: found by any number, and the whole story of one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from crossdock.console.address import Before, Key, Words
from crossdock.console.entrance import Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import may_see
from crossdock.model.lifecycle import OrderState
from crossdock.store import desk
from crossdock.store.archive import KeyMissing
from crossdock.store.lookups import find_story
from crossdock.wiring.handling import views
from crossdock.wiring.installation import Installation
from crossdock.wiring.order_papers import read_document, read_sums
from crossdock.wiring.overview import visible
from crossdock.wiring.standing import standing

router = APIRouter()
PAGE = 50
NOT_THERE = "There is no such order, or it belongs to a pairing that is not yours."


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"


@router.get("/orders")
async def search(
    request: Request, me: Me, q: Words = "", pairing: Words = "", state: Words = "", sort: Sort = Sort.NEWEST,
    before: Before = None,
) -> Response:  # fmt: skip
    """before: the last order of the page before."""
    here: Installation = request.app.state.here
    mine = visible(here, me.person)
    among = [name for name in mine if pairing in ("", name)]
    words, many = q.strip(), False
    if words:
        rows, many = await desk.find_orders(here.pool, here.tenant, among, words, before=before, limit=PAGE)
    else:
        states = [one for one in OrderState if state in ("", one)]
        rows = await desk.orders(
            here.pool, here.tenant, among, states=states, from_key=before, oldest_first=sort is Sort.OLDEST, limit=PAGE
        )
    asked = {"q": words, "pairing": pairing, "state": state, "sort": "" if sort is Sort.NEWEST else str(sort)}
    last = str(rows[-1]["id"]) if len(rows) == PAGE else ""
    return page(
        request, "orders.html", rows=rows, asked=asked, pairings=mine, states=list(OrderState), many=many,
        following=_link(asked, before=last) if last else "", link=partial(_link, asked), place="orders",
        query=request.url.query, views=await views(here.pool, here.tenant, me.person.id, "orders"),
        **menu(me, "orders"),
    )  # fmt: skip


def _link(asked: Mapping[str, str], **changed: str) -> str:
    """The address of this list with something of it changed."""
    said = {name: value for name, value in {**asked, **changed}.items() if value}
    return "/orders" + (f"?{urlencode(said)}" if said else "")


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
        mine={case["id"] for case in found.cases if may_see(me.person, desk=case["desk"], pairing=found.pairing)},
        **menu(me, "orders"),
    )  # fmt: skip


@router.get("/orders/{order_id}/document")
async def document(request: Request, me: Me, order_id: Key) -> Response:
    """The order as the storefront sent it. That somebody read it is in the audit trail."""
    here: Installation = request.app.state.here
    found = await find_story(here.pool, here.tenant, order_id)
    if found is None or not may_see(me.person, pairing=found.pairing):
        return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)
    try:
        text = await read_document(here, found, actor=me.person.name)
    except KeyMissing as error:
        return page(request, "refused.html", 409, title="It cannot be opened", text=f"The document is {error}.")
    return page(request, "order_document.html", one=found, text=text, **menu(me, "orders"))
