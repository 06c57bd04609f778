"""Accounts: every link still leads to an account that the ERP holds, and the storefront shows that account's code."""

from collections.abc import AsyncGenerator, Sequence

from crossdock.cases.kinds import ACCOUNT_UNMATCHED, RECONCILIATION_DIFFERENCE
from crossdock.flows.differences import accepted
from crossdock.flows.pairing import Pairing
from crossdock.flows.reference import find_accounts
from crossdock.model.account import Account
from crossdock.model.reconciliation import Difference
from crossdock.ports.accounts import CompanySource
from crossdock.ports.reconciliation import ReconciliationRun, Tell, Unequal
from crossdock.ports.systems import Document

COMPANY = "company "
UNREADABLE = "unreadable "


async def reconcile_accounts(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    companies = pairing.of_storefront(CompanySource)
    if "ours" not in run.run.progress:
        await run.forget_side("ours")
        await run.put_linked()  # before the ERP is read: what we believed of its codes
        await run.end_side("ours", at=pairing.clock.now())
    if "theirs" not in run.run.progress:
        await run.forget_side("theirs")
        at, read = pairing.clock.now(), 0
        async for page in pairing.erp.read_accounts(None):
            await pairing.reference.store_accounts([one.value for one in page if one.value is not None], as_of=at)
            await run.put_side("theirs", [_account_row(one) for one in page])
            read += len(page)
            tell("accounts in the ERP", read)
        if companies is not None:
            async for known in companies.read_companies(None):
                rows = [
                    (f"{COMPANY}{one.value.ref}", one.value.account_code.lower(), one.value.name)
                    for one in known
                    if one.value is not None and not one.value.guest
                ]
                await run.put_side("theirs", rows)
                read += len(known)
                tell("companies", read)
            await run.put_companies()
        await run.end_side("theirs", at=at)
    unknowns = [] if companies else [f"companies: {pairing.storefront_name} does not tell which account each holds"]
    await run.store(_differences(pairing, run, unknowns), counts={}, unknowns=unknowns)


def _account_row(one: Document[Account]) -> tuple[str, str, str]:
    if one.value is None:
        return one.ref, f"{UNREADABLE}{one.fault or 'it says nothing'}", ""
    return one.value.account_id, one.value.code.lower(), one.value.code


async def _differences(
    pairing: Pairing, run: ReconciliationRun, unknowns: list[str]
) -> AsyncGenerator[Difference, None]:
    waivers = await pairing.reconciliations.waivers()
    async for page in run.unequal():
        found = await _by_code(pairing, page)
        for one in page:
            theirs = found.get(one.key) if one.theirs is None else one.theirs
            if one.key.startswith(COMPANY):
                if theirs is not None:  # a company the storefront no longer has buys no more
                    yield accepted(_shown_otherwise(pairing, one, theirs), waivers)
            elif theirs is None:
                for company in one.our_detail.split():
                    yield accepted(_gone(one, company), waivers)
            elif theirs.startswith(UNREADABLE):
                unknowns.append(f"account {one.ours}: {theirs.removeprefix(UNREADABLE)}")
            elif one.ours and theirs != one.ours:
                yield _renamed(one, theirs)


async def _by_code(pairing: Pairing, page: Sequence[Unequal]) -> dict[str, str]:
    """Before "gone", once more by code: account id → its code in lower case."""
    codes = [one.ours for one in page if one.theirs is None and one.ours and not one.key.startswith(COMPANY)]
    found = await find_accounts(pairing, codes) if codes else ()
    return {one.account_id: one.code.lower() for one in found}


def _gone(one: Unequal, company: str) -> Difference:
    hint = f" any more: {one.ours or one.key}, which it is linked to, is not there"
    return Difference(
        link="accounts", cause="account-gone", subject=company, ref=company, document=one.ours or one.key,
        what=f"account of company {company}", ours=one.ours or one.key, theirs="not there", account=one.ours,
        likely="deleted in the ERP, or merged into another", case_kind=ACCOUNT_UNMATCHED.code, case_subject=company,
        raises=True, facts={"company": company, "company_ref": company, "hint": hint},
    )  # fmt: skip


def _renamed(one: Unequal, theirs: str) -> Difference:
    """The link is to the account's immutable id, so it holds."""
    return Difference(
        link="accounts", cause="account-code-changed", subject=one.key, ref=one.our_detail, document=one.key,
        what=f"account {one.key}", ours=one.ours, theirs=theirs, account=theirs,
        likely="renamed in the ERP; the link holds, and orders take the new code",
    )  # fmt: skip


def _shown_otherwise(pairing: Pairing, one: Unequal, theirs: str) -> Difference:
    company = one.key.removeprefix(COMPANY)
    what = f"account code that {pairing.storefront_name} holds for {one.their_detail or company}"
    return Difference(
        link="accounts", cause="account-code-shown", subject=f"account-code-shown {company}", ref=company,
        document=company, what=what, ours=one.our_detail or one.ours, theirs=theirs or "none", account=one.our_detail,
        likely="changed at the storefront, or the account was renamed in the ERP",
        case_kind=RECONCILIATION_DIFFERENCE.code, case_subject=f"account-code-shown {company}", raises=True,
    )  # fmt: skip
