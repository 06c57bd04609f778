"""Orders: found by any number, and the whole story of one."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field

from crossdock.api.v1.entrance import Here, Reader, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import (
    PAGE,
    Amount,
    Given,
    Happened,
    Key,
    Limit,
    Moment,
    Next,
    NumberCursor,
    Told,
    Words,
    next_page,
)
from crossdock.decide.rights import may_see, may_see_case
from crossdock.model.lifecycle import OrderState
from crossdock.store import desk
from crossdock.store.archive import KeyMissing
from crossdock.store.lookups import Story, find_story
from crossdock.store.sorting import ByAge
from crossdock.wiring.order_papers import read_document
from crossdock.wiring.overview import visible
from crossdock.wiring.standing import standing

TAGS = {"orders": "Orders, found by any number, and the whole story of one."}
router = room("orders")
NOT_THERE = "There is no such order, or it belongs to a pairing that is not yours."


class OrderFilter(Given):
    q: Words = Field(
        "", description="A number of the order, its parcel or ERP order, a SKU, or how a company's name begins."
    )
    pairing: Words | None = None
    state: OrderState | None = Field(None, description="Only those in this state; not together with `q`.")
    sort: ByAge = ByAge.NEWEST
    cursor: NumberCursor = None
    limit: Limit = PAGE


class OrderLine(Told):
    """ref: the number shoppers know. erp_ref: the ERP's number; "" before it has one. total: in `currency`; null while
    the document cannot be read."""

    id: int
    pairing: str
    ref: str
    erp_ref: str
    state: OrderState
    currency: str
    total: Amount | None
    company_name: str
    placed_at: Moment | None
    captured_at: Moment


class OrderPage(Told):
    items: list[OrderLine]
    next: Next


class OrderCase(Told):
    id: int
    kind: str
    subject: str
    desk: str
    severity: str
    state: str
    cause: str
    due_at: Moment


class OrderDespatch(Told):
    """published_at: when the storefront was told."""

    key: str
    tracking_number: str
    carrier: str
    state: str
    found_at: Moment
    published_at: Moment | None


class OrderChange(Told):
    """origin: who asked. what: in words. reason: why it was refused."""

    key: str
    origin: str
    state: str
    what: str
    reason: str
    asked_at: Moment
    answered_at: Moment | None


class OrderRefund(Told):
    """erp_ref: of its credit note, which comes to `gross`."""

    key: str
    state: str
    erp_ref: str
    gross: Amount | None
    currency: str
    found_at: Moment
    credited_at: Moment | None


class OrderDocument(Told):
    """text: as the storefront sent it; null when it is no longer kept."""

    text: str | None


class Accepted(Told):
    """What a named person took as it is."""

    kind: str
    subject: str


class Order(OrderLine):
    """stands: where it stands and why, in sentences. document: as the storefront wrote it, in our words; resolved: as
    it went to the ERP; figures in both are decimal strings. cases: those of desks that the token sees."""

    storefront_id: str
    company_ref: str
    account_code: str
    attempts: int
    sent_at: Moment | None
    posted_at: Moment | None
    acknowledged_at: Moment | None
    stands: list[str]
    accepted: list[Accepted]
    document: dict[str, Any] | None
    resolved: dict[str, Any] | None
    timeline: list[Happened]
    cases: list[OrderCase]
    despatches: list[OrderDespatch]
    changes: list[OrderChange]
    refunds: list[OrderRefund]


@router.get("/orders", operation_id="searchOrders", summary="Orders, in the order they came", responses=problems())
async def orders(request: Request, here: Here, bearer: Reader, wanted: Annotated[OrderFilter, Query()]) -> OrderPage:
    mine = [name for name in visible(here, bearer.person) if wanted.pairing in (None, name)]
    before = int(wanted.cursor) if wanted.cursor else None
    words = wanted.q.strip()
    if words:
        rows, _ = await desk.find_orders(
            here.pool, here.tenant, mine, words, sort=wanted.sort, from_key=before, limit=wanted.limit
        )
    else:
        states = list(OrderState) if wanted.state is None else [wanted.state]
        rows = await desk.orders(
            here.pool, here.tenant, mine, states=states, sort=wanted.sort, from_key=before, limit=wanted.limit
        )
    last = rows[-1]["id"] if len(rows) == wanted.limit else None
    return OrderPage(items=[OrderLine.model_validate(row) for row in rows], next=next_page(request, last))


@router.get("/orders/{order_id}", operation_id="showOrder", summary="The story of one order", responses=problems(404))
async def order(here: Here, bearer: Reader, order_id: Key) -> Order:
    found = await find_story(here.pool, here.tenant, order_id)
    if found is None or not may_see(bearer.person, pairing=found.pairing):
        raise Refusal(404, NOT_THERE)
    mine = [one for one in found.cases if may_see_case(bearer.person, desk=one["desk"], pairing=found.pairing)]
    return _told(found, mine)


@router.get(
    "/orders/{order_id}/document", operation_id="readOrderDocument",
    summary="An order as the storefront sent it", responses=problems(404, 409),
)  # fmt: skip
async def document(here: Here, bearer: Reader, order_id: Key) -> OrderDocument:
    """It holds people's names and addresses: who read it is in the audit trail."""
    found = await find_story(here.pool, here.tenant, order_id)
    if found is None or not may_see(bearer.person, pairing=found.pairing):
        raise Refusal(404, NOT_THERE)
    try:
        return OrderDocument(text=await read_document(here, found, actor=bearer.person.name))
    except KeyMissing as error:
        raise Refusal(409, f"The document is {error}.") from error


def _told(story: Story, cases: list[dict[str, Any]]) -> Order:
    line = OrderLine.model_validate(story)
    return Order(
        **{name: getattr(line, name) for name in OrderLine.model_fields},
        storefront_id=story.storefront_id,
        company_ref=story.company_ref,
        account_code=story.account_code,
        attempts=story.attempts,
        sent_at=story.sent_at,
        posted_at=story.posted_at,
        acknowledged_at=story.acknowledged_at,
        stands=list(standing(story, datetime.now(UTC))),
        accepted=[Accepted(kind=kind, subject=subject) for kind, subject in story.accepted],
        document=story.document,
        resolved=story.resolved,
        timeline=[Happened.model_validate(one) for one in story.timeline],
        cases=[OrderCase.model_validate(one) for one in cases],
        despatches=[OrderDespatch.model_validate(one) for one in story.despatches],
        changes=[OrderChange.model_validate(one) for one in story.changes],
        refunds=[OrderRefund.model_validate(one) for one in story.refunds],
    )
