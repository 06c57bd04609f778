"""Accounts: storefront companies, the ERP account each is linked to, and those it may mean; linked here or from the
case. For the desks that answer for accounts, as in the console."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import Field

from crossdock.api.v1.cases import Rehearsal, RemedyWish, Way, rehearsed, wish_of
from crossdock.api.v1.entrance import Here, Reader, Settler, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import (
    PAGE,
    Amount,
    Given,
    Key,
    Limit,
    Moment,
    Next,
    NumberCursor,
    Told,
    Words,
    next_page,
)
from crossdock.decide.rights import OWNS_ACCOUNTS, Person, may_see_case, may_settle_accounts
from crossdock.decide.scopes import Bearer
from crossdock.store.accounts import CompanyLine
from crossdock.store.sorting import ByNameOrAge
from crossdock.wiring.accounts import (
    CompanyFile,
    account_to_settle,
    accounts_seen,
    count_accounts,
    list_accounts,
    read_account,
    rehearse_account,
    settle_account,
)
from crossdock.wiring.installation import Installation

TAGS = {"accounts": "Storefront companies and their ERP accounts, for the desks that answer for them."}
router = room("accounts")
NO_PAIRING = "There is no such pairing with a storefront, or its accounts are not yours to look at."
NOT_THERE = "There is no such company, or it is not yours to look at."
STATES = Literal["review", "linked", "guest", "new", "set_aside", "unreadable"]


class AccountFilter(Given):
    pairing: Words | None = Field(None, description="Only this one; else all whose accounts the token sees.")
    state: STATES | None = None
    company: Words | None = Field(None, description="Only this one, by the storefront's key.")
    q: Words = Field("", description="The storefront's key, an account's code, or how the company's name begins.")
    sort: ByNameOrAge = ByNameOrAge.OLDEST
    cursor: NumberCursor = None
    limit: Limit = PAGE


class Linked(Told):
    """credit_limit, balance: in `currency`; null when the ERP does not say."""

    account_id: str
    code: str
    name: str
    on_stop: bool
    currency: str
    credit_limit: Amount | None
    balance: Amount | None


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
    pairing: str
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


class PastLink(Told):
    """Whom it was linked to at a time, and by whom."""

    at: Moment
    actor: str
    account: str
    account_id: str


class Company(CompanyState):
    """seen_at: when the storefront was last asked for it; account_seen_at: the ERP for its account. code_lost: the ERP
    holds the account under that code no longer. account_code_held: what the storefront holds. links: all it ever had,
    newest first. remedies: what can be done from here; params: the names to give."""

    seen_at: Moment
    account_seen_at: Moment | None
    code_lost: bool
    account_code_held: str
    vat_number: str
    domains: list[str]
    links: list[PastLink]
    remedies: list[Way]
    may_settle: bool = Field(description="Whether this token's roles reach so far; the scope is another matter.")


class CompanySettled(Told):
    """rehearsal: as it was foreseen the moment before. state: of the company now."""

    company: int
    applied: bool
    state: str
    rehearsal: Rehearsal


@router.get("/accounts", operation_id="listAccounts", summary="Companies and their accounts", responses=problems(404))
async def accounts(
    request: Request, here: Here, bearer: Reader, wanted: Annotated[AccountFilter, Query()]
) -> CompanyPage:
    mine = _mine(here, bearer.person, wanted.pairing)
    rows = await list_accounts(
        here.pool, here.tenant, mine, wanted.state or "", words=wanted.q, ref=wanted.company or "",
        sort=wanted.sort, after=int(wanted.cursor) if wanted.cursor else None, limit=wanted.limit,
    )  # fmt: skip
    last = rows[-1].id if len(rows) == wanted.limit else None
    counts = dict(await count_accounts(here.pool, here.tenant, mine))
    items = [_state(row, bearer.person) for row in rows]
    return CompanyPage(counts=counts, items=items, next=next_page(request, last))


@router.get("/accounts/{company_id}", operation_id="showAccount", summary="One company", responses=problems(404))
async def account(here: Here, bearer: Reader, company_id: Key) -> Company:
    found = await read_account(here, accounts_seen(here, bearer.person), company_id)
    if found is None:
        raise Refusal(404, NOT_THERE)
    return _told(found, bearer.person)


@router.post(
    "/accounts/{company_id}/rehearse", operation_id="rehearseAccount", summary="What would a remedy do to a company?",
    description="Nothing is changed.", responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def rehearse(here: Here, bearer: Settler, company_id: Key, wish: RemedyWish) -> CompanySettled:
    line = await _to_settle(here, bearer, company_id)
    rehearsal = await rehearse_account(here, line, wish_of(bearer, wish))
    return CompanySettled(company=line.id, applied=False, state=line.state, rehearsal=rehearsed(rehearsal))


@router.post(
    "/accounts/{company_id}/settle", operation_id="settleAccount", summary="Link a company, or another remedy of it",
    description="It is rehearsed, applied, and written down with the token's name. A company that nothing is open "
    "about answers 422, so that a call repeated does nothing twice.", responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def settle(here: Here, bearer: Settler, company_id: Key, wish: RemedyWish) -> CompanySettled:
    line = await _to_settle(here, bearer, company_id)
    rehearsal = await settle_account(here, line, wish_of(bearer, wish))
    after = await read_account(here, accounts_seen(here, bearer.person), company_id)
    state = after.line.state if after else line.state
    return CompanySettled(company=line.id, applied=True, state=state, rehearsal=rehearsed(rehearsal))


def _mine(here: Installation, person: Person, pairing: str | None) -> Mapping[str, str]:
    """Raises Refusal."""
    seen = accounts_seen(here, person)
    if pairing is None:
        return seen
    if pairing not in seen:
        raise Refusal(404, NO_PAIRING)
    return {pairing: seen[pairing]}


async def _to_settle(here: Installation, bearer: Bearer, company_id: int) -> CompanyLine:
    """Raises Refusal, NotYours."""
    if (line := await account_to_settle(here, bearer.person, company_id)) is None:
        raise Refusal(404, NOT_THERE)
    return line


def _state(line: CompanyLine, person: Person) -> CompanyState:
    seen = may_see_case(person, desk=OWNS_ACCOUNTS, pairing=line.pairing)
    plain = ("id", "pairing", "ref", "state", "linked_at", "review", "told_problem", "shown_problem")
    return CompanyState(
        name=line.company.name if line.company else "", linked_by=line.linked_by or None, orders_waiting=line.orders,
        account=Linked.model_validate(line.account) if line.account else None,
        candidates=[Candidate.model_validate(one) for one in line.candidates],
        case_id=line.case_id if seen else None, **{name: getattr(line, name) for name in plain},
    )  # fmt: skip


def _told(file: CompanyFile, person: Person) -> Company:
    line, held, state = file.line, file.line.company, _state(file.line, person)
    return Company(
        **{name: getattr(state, name) for name in CompanyState.model_fields},
        seen_at=line.seen_at, account_seen_at=line.account_seen_at, code_lost=line.code_lost,
        account_code_held=held.account_code if held else "", vat_number=held.vat_number if held else "",
        domains=list(held.domains) if held else [], links=[PastLink.model_validate(one) for one in file.links],
        remedies=[Way.model_validate(one) for one in file.ways],
        may_settle=may_settle_accounts(person, pairing=line.pairing),
    )  # fmt: skip
