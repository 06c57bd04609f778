"""Accounts: storefront companies, the ERP account each is linked to, and those it may mean. Linked from the case."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import Field

from crossdock.api.v1.entrance import Here, Reader, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PAGE, Given, Limit, Moment, Next, NumberCursor, Told, Words, next_page
from crossdock.cases.kinds import ACCOUNT_UNMATCHED
from crossdock.decide.rights import Person, may_see
from crossdock.store.companies import count_companies, list_companies
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible

TAGS = {"accounts": "Storefront companies and their ERP accounts. What waits is linked from its case."}
router = room("accounts")
NOT_THERE = "There is no such pairing with a storefront, or it is not yours."
STATES = Literal["review", "linked", "guest", "new", "set_aside", "unreadable"]


class AccountFilter(Given):
    pairing: Words
    state: STATES | None = None
    company: Words | None = Field(None, description="Only this one, by the storefront's key.")
    cursor: NumberCursor = None
    limit: Limit = PAGE


class Linked(Told):
    account_id: str
    code: str
    name: str
    on_stop: bool


class Candidate(Told):
    """score: 0 to 100."""

    code: str
    name: str
    score: float
    reasons: list[str]


class CompanyState(Told):
    """account: that it is linked to. candidates: those it may mean, likeliest first. told_problem, shown_problem: why
    the storefront would not hear of it. case_id: where it waits, for a token that sees the desk."""

    id: int
    ref: str
    name: str
    state: str
    account: Linked | None
    linked_by: str | None
    linked_at: Moment | None
    candidates: list[Candidate]
    review: str
    told_problem: str
    shown_problem: str
    orders_waiting: int
    case_id: int | None


class CompanyPage(Told):
    """counts: state → companies."""

    counts: dict[str, int]
    items: list[CompanyState]
    next: Next


@router.get("/accounts", operation_id="listAccounts", summary="Companies and their accounts", responses=problems(404))
async def accounts(
    request: Request, here: Here, bearer: Reader, wanted: Annotated[AccountFilter, Query()]
) -> CompanyPage:
    _check(here, bearer.person, wanted.pairing)
    rows = await list_companies(
        here.pool, here.tenant, wanted.pairing, here.project.sales[wanted.pairing].erp, state=wanted.state,
        ref=wanted.company, after_id=int(wanted.cursor or 0), limit=wanted.limit,
    )  # fmt: skip
    last = rows[-1]["id"] if len(rows) == wanted.limit else None
    counts = dict(await count_companies(here.pool, here.tenant, wanted.pairing))
    items = [_told(row, bearer.person, wanted.pairing) for row in rows]
    return CompanyPage(counts=counts, items=items, next=next_page(request, last))


def _check(here: Installation, person: Person, pairing: str) -> None:
    if pairing not in here.project.sales or pairing not in visible(here, person):
        raise Refusal(404, NOT_THERE)


def _told(row: dict[str, Any], person: Person, pairing: str) -> CompanyState:
    seen = may_see(person, desk=ACCOUNT_UNMATCHED.desk, pairing=pairing)
    plain = ("id", "ref", "state", "linked_by", "linked_at", "orders_waiting")
    return CompanyState(
        name=(row["document"] or {}).get("name", ""), case_id=row["case_id"] if seen else None,
        account=Linked.model_validate(row["account"]) if row["account"] else None,
        candidates=[Candidate.model_validate(one) for one in row["candidates"] or ()],
        **{name: row[name] for name in plain},
        **{name: row[name] or "" for name in ("review", "told_problem", "shown_problem")},
    )  # fmt: skip
