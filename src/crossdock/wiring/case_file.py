"""Everything about one case, as the doors show it: what it holds, its history, what it may be, what can be done."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from crossdock.cases.kind import Remedy
from crossdock.cases.kinds import KINDS
from crossdock.decide.mappings import MAP_PARAMS, MAPS
from crossdock.decide.suggest import Suggestion, suggest_items, the_likeliest
from crossdock.flows.wish import REASONED
from crossdock.ports.case_book import CaseRow
from crossdock.settings.tree import Project
from crossdock.store.accounts import companies_of_ref
from crossdock.store.cases import list_cases
from crossdock.store.database import Pool
from crossdock.store.lookups import Happening, case_history, held_records, known_items, line_description

MEANS: Mapping[Remedy, str] = {
    Remedy.MAP_CODE: "say which ERP code it is",
    Remedy.LINK_ACCOUNT: "tie the company to an ERP account",
    Remedy.OPEN_ACCOUNT: "have an account opened in the ERP for it (where accounts.new is create)",
    Remedy.ACCEPT: "take it as it is, for the records held now",
    Remedy.RETRY: "look again, with today's mappings and figures",
    Remedy.ADOPT: "it is in the ERP: this is its number there",
    Remedy.SEND_AGAIN: "it is certainly not in the ERP: send it once more",
    Remedy.SET_ASIDE: "take the orders out for good",
    Remedy.APPLY: "make the change",
    Remedy.REFUSE: "do not make the change, and tell whoever asked why",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One remedy a case offers. params: what it must be given. reasoned: it needs a reason."""

    remedy: Remedy
    means: str
    params: tuple[str, ...]
    reasoned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """advice: what to do, in plain words. items, accounts: what it may be, likeliest first. ways: none once closed."""

    case: CaseRow
    advice: str
    held: Sequence[Mapping[str, Any]]
    history: Sequence[Happening]
    items: Sequence[Suggestion]
    accounts: Sequence[Mapping[str, Any]]
    ways: Sequence[Way]

    @property
    def likely(self) -> str:
        """The ERP code, of an item or an account, that may be filled in; "" when none is likely enough."""
        accounts = ((str(one["code"]), float(one["score"])) for one in self.accounts)
        return the_likeliest([*((one.code, one.score) for one in self.items), *accounts])


async def read_case(pool: Pool, project: Project, case_id: int) -> CaseFile | None:
    """None: there is no such case."""
    rows = await list_cases(pool, project.tenant, case_id=case_id)
    if not rows:
        return None
    case = rows[0]
    return CaseFile(
        case=case,
        advice=_advice(case),
        held=await held_records(pool, case_id),
        history=await case_history(pool, project.tenant, case_id),
        items=await _items(pool, project, case),
        accounts=await _accounts(pool, project, case),
        ways=ways(case.kind) if case.state == "open" else (),
    )


def ways(kind: str) -> tuple[Way, ...]:
    """The remedies that a case of this kind offers."""
    return tuple(
        Way(remedy=remedy, means=MEANS[remedy], params=_params(kind, remedy), reasoned=remedy in REASONED)
        for remedy in KINDS[kind].remedies
    )


def _params(kind: str, remedy: Remedy) -> tuple[str, ...]:
    match remedy:
        case Remedy.MAP_CODE:
            return MAP_PARAMS[MAPS[kind]]
        case Remedy.LINK_ACCOUNT:
            return ("account",)
        case Remedy.ADOPT:
            return ("erp_ref",)
    return ()


def _advice(case: CaseRow) -> str:
    text = KINDS[case.kind].remedy
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return text.format_map({**dict.fromkeys(names, "…"), **case.facts})


async def _items(pool: Pool, project: Project, case: CaseRow) -> Sequence[Suggestion]:
    if case.kind != "stock-code-unknown" or case.state != "open" or case.pairing not in project.pairings:
        return ()
    items = await known_items(pool, project.tenant, project.pairings[case.pairing].systems()[-1])
    called = await line_description(pool, case.id, case.subject)
    return await asyncio.to_thread(suggest_items, case.subject, items, description=called)


async def _accounts(pool: Pool, project: Project, case: CaseRow) -> Sequence[Mapping[str, Any]]:
    """The accounts that the company of a case may mean, as they were ranked when it was last matched."""
    about = ("account-unmatched", "account-ambiguous")
    if case.kind not in about or case.state != "open" or case.pairing not in project.sales:
        return ()
    erp = project.sales[case.pairing].erp
    rows = await companies_of_ref(pool, project.tenant, {case.pairing: erp}, case.subject)
    return rows[0].candidates if rows else ()
