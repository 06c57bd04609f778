"""Account matching: each storefront company finds its ERP account, or stands before a person (law L7).

It runs ahead of the orders: a company that registers is in the review queue before it buys. No account is ever opened
here, and nobody is linked by likeness; only the exact code that the storefront itself holds links without a person.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from crossdock.cases.kinds import ACCOUNT_AMBIGUOUS, ACCOUNT_UNMATCHED, SCHEMA_SURPRISE
from crossdock.decide.account_match import AccountIndex, InStep, Link, Review, Tell, hint_of, match_company
from crossdock.flows.account_opening import settle_openings
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.remedies import recheck
from crossdock.model.company import Company
from crossdock.model.faults import Accepted, Outcome, Refused, Unknown
from crossdock.ports.accounts import AccountLinkSink, CompanySource
from crossdock.ports.company_book import CompanyFile, Matched
from crossdock.ports.systems import Document

FEED, FULL_FEED = "companies", "companies-full"
OVERLAP = timedelta(minutes=5)
PAGE = 200
TOLD_ATTEMPTS_MAX = 5
ABOUT_COMPANIES = (ACCOUNT_UNMATCHED.code, ACCOUNT_AMBIGUOUS.code)


async def match_accounts(pairing: Pairing) -> Result:
    """Read what changed, match it, tell the storefront. Raises what the reading raised; what was stored stays."""
    counts = await _read(pairing)
    if await pairing.reference.watermark("accounts") is None:
        return {**counts, "waiting_for": "the ERP's accounts to be read once"}  # before that, no match proves nothing
    opened = await settle_openings(pairing)
    counts |= await _match(pairing)
    return {**counts, **opened, **await _tell(pairing)}


async def look_and_match(pairing: Pairing) -> Result:
    """The same without telling either side: for a rehearsal, in memory that is thrown away."""
    return {**await _read(pairing), **await _match(pairing)}


async def _read(pairing: Pairing) -> Result:
    source = pairing.of_storefront(CompanySource)
    assert source is not None  # the settings do not let this flow run without
    began = pairing.clock.now()
    full = await pairing.reference.watermark(FULL_FEED)
    since = await pairing.reference.watermark(FEED)
    whole = since is None or full is None or (began - full).total_seconds() >= pairing.companies_full_every_seconds
    counts = {"read": 0, "changed": 0, "unreadable": 0}
    async for page in source.read_companies(None if whole or since is None else since - OVERLAP):
        changed = await pairing.companies.store(page)
        counts["read"] += len(page)
        counts["changed"] += len(changed)
        counts["unreadable"] += await _surprises(pairing, page, changed)
    await pairing.reference.move_watermark(FEED, began)
    if whole:
        await pairing.reference.move_watermark(FULL_FEED, began)
    return counts


async def _surprises(pairing: Pairing, page: Sequence[Document[Company]], stored: Mapping[str, tuple[int, str]]) -> int:
    """One company that cannot be read stops no other."""
    count = 0
    for one in page:
        if one.value is None and one.ref in stored:
            place, problem = (one.fault.place, one.fault.problem) if one.fault else ("document", "it says nothing")
            finding = SCHEMA_SURPRISE.about(
                f"{pairing.storefront_name} company {place}", what="company", system=pairing.storefront_name,
                place=place, problem=problem,
            )  # fmt: skip
            await pairing.cases.hold_only([finding], record="company", record_id=stored[one.ref][0], ref=one.ref)
            count += 1
    return count


async def _match(pairing: Pairing) -> Result:
    """Each company once; what changes meanwhile is met by the next run."""
    counts = {"linked": 0, "in_step": 0, "review": 0}
    index, last = None, 0
    at = await pairing.companies.now()
    while files := await pairing.companies.to_match(PAGE, after_id=last):
        index = index or await _index(pairing)
        rows = [await _match_one(pairing, file, file.company, index) for file in files if file.company is not None]
        for row in rows:
            counts["in_step" if row.state == "guest" else row.state] += 1
        await pairing.companies.matched(rows, at=at)
        await _freed(pairing, [file for file, row in zip(files, rows, strict=True) if row.state != "review"])
        last = files[-1].id
    return counts


async def _match_one(pairing: Pairing, file: CompanyFile, company: Company, index: AccountIndex) -> Matched:
    """Decide, then act. Safe to repeat: a link that is there is not made again, a case that is open grows no more."""
    match match_company(company, file.known, index, link_by_code=pairing.link_by_code):
        case Link(link=link):
            await pairing.reference.link_account(link, actor="crossdock")
            return Matched(id=file.id, state="linked")
        case Tell(link=link):
            await pairing.companies.want_codes([link])
            return Matched(id=file.id, state="linked")
        case Review(finding=finding, candidates=candidates):
            await pairing.cases.hold_only([finding], record="company", record_id=file.id, ref=company.name or file.ref)
            review = hint_of(company, candidates) if finding.kind is ACCOUNT_UNMATCHED else finding.cause
            return Matched(id=file.id, state="review", review=review, candidates=candidates)
        case InStep():
            return Matched(id=file.id, state="linked" if file.known else "guest")


async def _freed(pairing: Pairing, files: Sequence[CompanyFile]) -> None:
    """Nobody has to look at these any more, and the orders that waited for them go on."""
    if not files:
        return
    reason = "its account is known"
    await pairing.cases.let_go("company", [file.id for file in files], reason=reason, actor="crossdock")
    for case_id in await pairing.cases.open_about(ABOUT_COMPANIES, [file.ref for file in files]):
        await recheck(pairing, case_id)


async def _index(pairing: Pairing) -> AccountIndex:
    index = AccountIndex()
    async for page in pairing.companies.accounts():
        for account in page:
            index.add(account)
    return index


async def _tell(pairing: Pairing) -> Result:
    """Let the storefront hold each company's account code, where it does not yet and can. Written absolutely, so that
    a reply that was lost is written again; an end comes to that, and then it is told with the company."""
    sink = pairing.of_storefront(AccountLinkSink)
    counts = {"told": 0, "not_told": 0}
    after = ""
    while sink is not None and (
        links := await pairing.companies.untold(PAGE, attempts_max=TOLD_ATTEMPTS_MAX, after=after)
    ):
        outcomes = await sink.write_account_links(links)
        problems = [_problem(outcome) for outcome in outcomes]
        await pairing.companies.told(links, problems)
        counts["told"] += sum(1 for one in problems if one == "")
        counts["not_told"] += sum(1 for one in problems if one != "")
        after = links[-1].company_ref
    return counts


def _problem(outcome: Outcome) -> str | None:
    """ "" when it was heard, None when nobody can say."""
    match outcome:
        case Accepted():
            return ""
        case Refused(code=code, text=text):
            return f"{code}: {text}"[:300]
        case Unknown():
            return None
