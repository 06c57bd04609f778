"""An ERP account opened for a storefront company, because a named person said so; never by the machine alone (law L7).

The wish is remembered with our own reference before anything is sent. The ERP is asked for that reference first, each
time: whatever reply was lost, there is one account. What is under way when the lights go out is brought to its end by
the flow that matches companies.
"""

import hashlib
from datetime import timedelta

from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.model.account import Account, AccountLink, NewAccount
from crossdock.model.company import Company
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, RemoteFault, Transient, Unknown
from crossdock.ports.accounts import AccountSink
from crossdock.ports.case_book import CaseRow
from crossdock.ports.opening_book import Opening

REF_MAX = 30  # characters that an ERP holds for a reference of ours
ATTEMPTS_MAX = 3
AT_ONCE = 20
PRETENDED = "(new)"


async def check_opening(pairing: Pairing, case: CaseRow, wish: Wish) -> tuple[AccountSink, Company, str]:
    """What it takes: the ERP, the company, the currency of its account. Raises RemedyRefused, naming the way on."""
    by_hand = "open it in the ERP, then link it with link-account"
    if not pairing.opens_accounts:
        raise RemedyRefused(f"this pairing opens no accounts (accounts.new is review): {by_hand}")
    sink = pairing.of_erp(AccountSink)
    if sink is None:
        raise RemedyRefused(f"{pairing.erp_name} cannot open accounts through us: {by_hand}")
    file = await pairing.companies.find(case.subject)
    if file is None or file.company is None:
        raise RemedyRefused(f"the storefront has told nothing of company {case.subject} yet: {by_hand}")
    if file.known is not None:
        raise RemedyRefused(f"company {case.subject} is linked to account {file.known.account.code} already")
    currencies = pairing.order_policy.currencies
    currency = wish.params.get("currency", "") or (next(iter(currencies)) if len(currencies) == 1 else "")
    if currency not in currencies:
        raise RemedyRefused(f"open-account needs currency=...; one of {', '.join(sorted(currencies))}")
    return sink, file.company, currency


async def pretend_opened(stage: Pairing, case: CaseRow, wish: Wish) -> None:
    """In a rehearsal nothing is sent: the account is there, in a memory that forgets."""
    _, company, currency = await check_opening(stage, case, wish)
    account = Account(account_id=PRETENDED, code=PRETENDED, name=company.name, currency=currency)
    await stage.reference.store_accounts([account], as_of=stage.clock.now())
    await _link(stage, case.subject, account, wish.actor)


async def open_account(pairing: Pairing, case: CaseRow, wish: Wish) -> None:
    """Raises RemedyRefused when the ERP would not, or when it is being opened already."""
    sink, company, currency = await check_opening(pairing, case, wish)
    ref = reference_of(pairing.name, company.ref)
    opening = Opening(company_ref=company.ref, ref=ref, currency=currency, actor=wish.actor)
    if not await pairing.openings.begin(opening, reason=wish.reason):
        raise RemedyRefused(f"an account is being opened for company {company.ref} already, under our reference {ref}")
    try:
        problem = await _bring_on(pairing, sink, opening, company, is_linked=False)
    except RemoteFault:
        return  # brought to its end by the flow that matches companies
    if problem:
        raise RemedyRefused(f"{pairing.erp_name} did not open the account: {problem}")


async def settle_openings(pairing: Pairing) -> Result:
    """Whatever was under way and did not come to its end. Raises what asking the ERP raised."""
    sink = pairing.of_erp(AccountSink)
    counts: Result = {}
    for opening in await pairing.openings.under_way(AT_ONCE) if sink is not None else ():
        file = await pairing.companies.find(opening.company_ref)
        if sink is None or file is None or file.company is None:
            continue
        await _bring_on(pairing, sink, opening, file.company, is_linked=file.known is not None)
        ended = "opening" if await pairing.openings.find(opening.company_ref) else "opened"
        counts[ended] = counts.get(ended, 0) + 1
    return counts


async def _bring_on(pairing: Pairing, sink: AccountSink, opening: Opening, company: Company, *, is_linked: bool) -> str:
    """One step: look, then send if it is certainly not there. Returns why it was refused, else "".

    is_linked: somebody tied the company to another account meanwhile, so none is opened any more.
    """
    account = await sink.find_opened(opening.ref)
    if account is None and _may_send(pairing, opening):
        if is_linked:
            return await _refused(pairing, opening, "the company was linked otherwise meanwhile")
        if opening.attempts >= ATTEMPTS_MAX:
            return await _refused(pairing, opening, f"sent {opening.attempts} times and never found there")
        if not await pairing.openings.sending(opening):
            return ""
        outcome = await _create(pairing, sink, opening, company)
        if isinstance(outcome, Refused):
            return await _refused(pairing, opening, f"{outcome.code}: {outcome.text}")
        account = await sink.find_opened(opening.ref) if isinstance(outcome, Accepted) else None
    if account is not None:
        await pairing.reference.store_accounts([account], as_of=pairing.clock.now())
        if not is_linked:
            await _link(pairing, opening.company_ref, account, opening.actor)
        await pairing.openings.opened(opening, account)
    return ""


async def _create(pairing: Pairing, sink: AccountSink, opening: Opening, company: Company) -> Outcome:
    wanted = NewAccount(
        ref=opening.ref, company=company, currency=opening.currency, company_class=pairing.order_policy.company_class
    )
    try:
        return await sink.create_account(wanted)
    except (DataFault, ConfigFault) as fault:  # it never left
        return Refused("unsayable", str(fault), evidence=fault.evidence)
    except Transient as fault:
        return Unknown(str(fault), evidence=fault.evidence)


async def _refused(pairing: Pairing, opening: Opening, problem: str) -> str:
    await pairing.openings.refused(opening, problem)
    return problem


def _may_send(pairing: Pairing, opening: Opening) -> bool:
    """Until the ERP has settled, "not found" proves nothing."""
    settled = timedelta(seconds=pairing.erp.settle_seconds)
    return opening.sent_at is None or pairing.clock.now() - opening.sent_at >= settled


async def _link(pairing: Pairing, company_ref: str, account: Account, actor: str) -> None:
    link = AccountLink(company_ref=company_ref, account_id=account.account_id, account_code=account.code)
    await pairing.reference.link_account(link, actor=actor)


def reference_of(pairing: str, company_ref: str) -> str:
    """Ours, the same for ever for one company of one pairing: readable where it fits."""
    plain = f"{pairing}/{company_ref}"
    if len(plain) <= REF_MAX and "," not in plain:
        return plain
    return hashlib.sha256(plain.encode()).hexdigest()[:REF_MAX]
