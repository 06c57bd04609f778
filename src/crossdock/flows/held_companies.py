"""Companies that stand before a person: looked at again, and what a remedy does to them."""

from collections.abc import Mapping, Sequence

from crossdock.cases.kind import Remedy
from crossdock.flows.pairing import Pairing
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.runtime import Job

WOULD: Mapping[Remedy, str] = {
    Remedy.LINK_ACCOUNT: "be linked",
    Remedy.OPEN_ACCOUNT: "be given an account of its own",
    Remedy.RETRY: "be matched again",
    Remedy.SET_ASIDE: "be left alone until it changes",
}


async def recheck_company(pairing: Pairing, one: Held, actor: str) -> None:
    """Linked or taken out, it is nobody's matter any more; else it is matched again, at once."""
    for file in await pairing.companies.load([one.record_id]):
        if file.state == "set_aside":
            await pairing.cases.let_go("company", [one.record_id], reason="it was taken out", actor=actor)
            return
        held = file.company.account_code.casefold() if file.company else ""
        # A link made before the storefront began to say something else is a question that only a person answers.
        if file.known is not None and held in (file.known.hint.casefold(), file.known.account.code.casefold()):
            await pairing.cases.let_go("company", [one.record_id], reason="its account is known", actor=actor)
        await pairing.companies.look_again([one.record_id])
        await ask_for_match(pairing)


async def set_aside_companies(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    await pairing.companies.set_aside([one.record_id for one in held])


async def foresee_companies(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    words = WOULD.get(wish.remedy)
    return {words: len(held)} if words else {}


async def ask_for_match(pairing: Pairing) -> None:
    """The flow that matches runs now, wherever a worker is free."""
    subject = f"{pairing.name}/companies"
    await pairing.jobs.ask([Job(entrypoint="flow", subject=subject, key=f"flow/{subject}", priority=20)])
