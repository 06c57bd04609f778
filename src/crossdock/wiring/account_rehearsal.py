"""What account matching would do: who would be linked, what the storefront would be told, who would wait."""

from collections.abc import Mapping

from crossdock.flows.account_matching import PAGE, TOLD_ATTEMPTS_MAX, look_and_match
from crossdock.ports.accounts import AccountLinkSink
from crossdock.store import accounts as store
from crossdock.wiring.rehearsal import CompanyLine, Rehearsal, Tell
from crossdock.wiring.throw_away import Stage

SHOWN = ("linked", "review", "unreadable")


async def rehearse_accounts(stage: Stage, result: Rehearsal, *, tell: Tell) -> None:
    """Every company of the storefront. The ERP's accounts were read before."""
    tell("reading companies")
    pairing = stage.pairing
    await look_and_match(pairing)
    codes = await _untold(stage)
    result.companies, last = [], 0
    erps = {pairing.name: pairing.erp_name}
    while rows := await store.list_companies(stage.pool, stage.tenant, erps, SHOWN, after=last, limit=PAGE):
        result.companies += [_line(row, codes) for row in rows]
        last = rows[-1].id


async def _untold(stage: Stage) -> Mapping[str, str]:
    """Company → the code its storefront would be told."""
    codes: dict[str, str] = {}
    if stage.pairing.of_storefront(AccountLinkSink) is None:
        return codes
    last, companies = "", stage.pairing.companies
    while links := await companies.untold(PAGE, attempts_max=TOLD_ATTEMPTS_MAX, after=last):
        codes |= {one.company_ref: one.account_code for one in links}
        last = links[-1].company_ref
    return codes


def _line(row: store.CompanyLine, codes: Mapping[str, str]) -> CompanyLine:
    ref, name = row.ref, row.company.name if row.company else ""
    if row.state == "unreadable":
        return CompanyLine(ref=ref, name=name, outcome="wait", reasons=("it cannot be read",))
    if row.state == "review":
        likely = tuple(f"{one['code']} ({one['score']}): {', '.join(one['reasons'])}" for one in row.candidates)
        return CompanyLine(ref=ref, name=name, outcome="wait", reasons=likely or (row.review,))
    if ref in codes:
        return CompanyLine(ref=ref, name=name, outcome="tell", account=codes[ref])
    return CompanyLine(ref=ref, name=name, outcome="linked", account=row.account.code if row.account else "")
