"""Accounts: companies that wait for theirs, what each may be and why, and those that are linked."""

from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.cases.kind import Remedy
from crossdock.console.address import Before, Key, Words, link
from crossdock.console.entrance import Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import OWNS_ACCOUNTS, may_settle_accounts
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.store.sorting import ByNameOrAge
from crossdock.wiring.accounts import (
    DEEDS,
    STATES,
    account_to_settle,
    accounts_seen,
    count_accounts,
    list_accounts,
    read_account,
    rehearse_account,
    settle_account,
)
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import SignedIn

router = APIRouter()
PAGE = 50
NOT_THERE = "There is no such company, or it is not yours to look at."


@router.get("/accounts")
async def companies(
    request: Request, me: Me, state: Words = "review", pairing: Words = "", q: Words = "",
    sort: ByNameOrAge = ByNameOrAge.OLDEST, after: Before = None,
) -> Response:  # fmt: skip
    here: Installation = request.app.state.here
    mine, state = accounts_seen(here, me.person), state or "review"
    wanted = {name: erp for name, erp in mine.items() if pairing in ("", name)}
    rows = await list_accounts(here.pool, here.tenant, wanted, state, words=q, sort=sort, after=after, limit=PAGE)
    counts = await count_accounts(here.pool, here.tenant, wanted)
    asked = {"state": state, "pairing": pairing, "q": q, "sort": "" if sort is ByNameOrAge.OLDEST else sort}
    return page(
        request, "accounts.html", rows=rows, counts=counts, states=STATES, state=state, q=q, pairings=mine,
        pairing=pairing, following=rows[-1].id if len(rows) == PAGE else None, sort=sort,
        link=partial(link, "/accounts", asked), **menu(me, "accounts"),
    )  # fmt: skip


@router.get("/accounts/{company_id}")
async def company(request: Request, me: Me, company_id: Key) -> Response:
    here: Installation = request.app.state.here
    found = await read_account(here, accounts_seen(here, me.person), company_id)
    if found is None:
        return _not_there(request)
    may = may_settle_accounts(me.person, pairing=found.line.pairing)
    return page(
        request, "company.html", file=found, one=found.line, may=may, desk=OWNS_ACCOUNTS, **menu(me, "accounts")
    )


@router.post("/accounts/{company_id}/rehearse")
async def rehearse(request: Request, me: Me, form: Form, company_id: Key) -> Response:
    """What a remedy would do to everything that waits for the company; nothing is changed."""
    here: Installation = request.app.state.here
    line = await account_to_settle(here, me.person, company_id)
    if line is None:
        return _not_there(request)
    wish = _wish(me, form)
    rehearsal = await rehearse_account(here, line, wish)
    return page(request, "company_rehearsed.html", one=line, wish=wish, rehearsal=rehearsal, **menu(me, "accounts"))


@router.post("/accounts/{company_id}/settle")
async def settle(request: Request, me: Me, form: Form, company_id: Key) -> Response:
    here: Installation = request.app.state.here
    line = await account_to_settle(here, me.person, company_id)
    if line is None:
        return _not_there(request)
    await settle_account(here, line, _wish(me, form))
    return RedirectResponse(f"/accounts/{company_id}", 303)


def _wish(me: SignedIn, form: dict[str, str]) -> Wish:
    if (remedy := form.get("remedy", "")) not in list(DEEDS):
        raise RemedyRefused("choose one of the remedies that are offered")
    params = {name: form[name].strip() for name in ("account", "currency") if form.get(name, "").strip()}
    return Wish(remedy=Remedy(remedy), params=params, reason=form.get("reason", "").strip(), actor=me.person.name)


def _not_there(request: Request) -> Response:
    return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)
