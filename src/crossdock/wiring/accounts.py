"""Companies and their accounts, for those who may know of them: the queue, what each may be and why, what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossdock.cases.kind import Remedy
from crossdock.decide.account_match import Signal, signal_of
from crossdock.decide.rights import OWNS_ACCOUNTS, Person, may_see_accounts, may_settle_accounts
from crossdock.decide.suggest import the_likeliest
from crossdock.flows.wish import Rehearsal, RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.store import accounts as store
from crossdock.store.accounts import CompanyLine, PastLink
from crossdock.store.cases import list_cases
from crossdock.store.database import Pool
from crossdock.store.sorting import ByNameOrAge
from crossdock.wiring.case_file import Way, ways
from crossdock.wiring.case_rights import NotYours
from crossdock.wiring.installation import Installation
from crossdock.wiring.settling import Settler, settler

STATES = store.STATES
DEEDS = (Remedy.LINK_ACCOUNT, Remedy.OPEN_ACCOUNT, Remedy.SET_ASIDE)
"""What may be done with a company from here; the rest of its case is the case's own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """An account that a company may mean. score: 0 to 100; signals: what it is made of."""

    code: str
    name: str
    score: int
    signals: Sequence[Signal]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFile:
    """Everything about one company. likely: best first. ways: what its open case offers."""

    line: CompanyLine
    likely: Sequence[Likely]
    links: Sequence[PastLink]
    ways: Sequence[Way]

    @property
    def likeliest(self) -> str:
        """The account that may be filled in; "" when none is likely enough."""
        return the_likeliest((one.code, one.score) for one in self.likely)


def accounts_seen(here: Installation, person: Person) -> Mapping[str, str]:
    """Pairings whose accounts this person may look at → the ERP that keeps them."""
    return {name: one.erp for name, one in here.project.sales.items() if may_see_accounts(person, pairing=name)}


async def list_accounts(
    pool: Pool, tenant: str, erps: Mapping[str, str], state: str = "", *, words: str = "", ref: str = "",
    sort: ByNameOrAge = ByNameOrAge.OLDEST, after: int | None = None, limit: int = 50,
) -> Sequence[CompanyLine]:  # fmt: skip
    """Companies of these pairings. state "": in every one. ref: only what goes by this key in the storefront. Raises
    RemedyRefused for a state nobody knows."""
    if state not in ("", *STATES):
        raise RemedyRefused(f"there is no state {state!r}; there is {', '.join(STATES)}")
    states = [state] if state else STATES
    if ref:
        found = await store.companies_of_ref(pool, tenant, erps, ref, states, after=after or 0)
        return found[:limit]
    return await store.list_companies(pool, tenant, erps, states, words=words, sort=sort, after=after, limit=limit)


async def count_accounts(pool: Pool, tenant: str, erps: Mapping[str, str]) -> Mapping[str, int]:
    """State → companies."""
    return await store.count_companies(pool, tenant, list(erps))


async def read_account(here: Installation, erps: Mapping[str, str], company_id: int) -> CompanyFile | None:
    """None: there is no such company in these pairings."""
    line = await store.find_company(here.pool, here.tenant, erps, company_id)
    if line is None:
        return None
    likely = [
        Likely(
            code=one["code"], name=one["name"], score=one["score"], signals=[signal_of(each) for each in one["reasons"]]
        )
        for one in line.candidates
    ]
    links = await store.links_of(here.pool, here.tenant, line.pairing, line.ref)
    return CompanyFile(line=line, likely=likely, links=links, ways=await _offers(here, line))


async def account_to_settle(here: Installation, person: Person, company_id: int) -> CompanyLine | None:
    """None: there is no such company, or this person may not see it. Raises NotYours for one they may only see."""
    line = await store.find_company(here.pool, here.tenant, accounts_seen(here, person), company_id)
    if line is not None and not may_settle_accounts(person, pairing=line.pairing):
        raise NotYours(f"Companies of {line.pairing} are linked by operators of the {OWNS_ACCOUNTS} desk.")
    return line


async def rehearse_account(here: Installation, line: CompanyLine, wish: Wish) -> Rehearsal:
    """What a remedy would do to everything that the company's case holds. Changes nothing. Raises RemedyRefused."""
    at, case = await _case(here, line, wish)
    return await at.rehearse(case, wish)


async def settle_account(here: Installation, line: CompanyLine, wish: Wish) -> Rehearsal:
    """Link the company, have an account opened for it, or take it out, as its case allows. Raises RemedyRefused."""
    at, case = await _case(here, line, wish)
    return await at.apply(case, wish)


async def _offers(here: Installation, line: CompanyLine) -> Sequence[Way]:
    if line.case_id is None:
        return ()
    cases = await list_cases(here.pool, here.tenant, case_id=line.case_id)
    opens = here.project.sales[line.pairing].accounts.new == "create"
    return [
        way
        for case in cases
        for way in ways(case.kind)
        if way.remedy in DEEDS and (opens or way.remedy is not Remedy.OPEN_ACCOUNT)
    ]


async def _case(here: Installation, line: CompanyLine, wish: Wish) -> tuple[Settler, CaseRow]:
    if wish.remedy not in DEEDS:
        raise RemedyRefused(f"from here a company is settled with one of: {', '.join(DEEDS)}")
    cases = await list_cases(here.pool, here.tenant, case_id=line.case_id) if line.case_id else ()
    at = settler(here, line.pairing)
    if not cases or at is None:
        raise RemedyRefused(f"nothing is open about {line.name}; look at it again")
    return at, cases[0]
