"""A case for whoever asks for it: seen and settled by its desk in its pairing. One rule for every door."""

from crossdock.decide.rights import Person, may_see_case, may_settle
from crossdock.ports.case_book import CaseRow
from crossdock.store.cases import list_cases
from crossdock.wiring.case_file import CaseFile, read_case
from crossdock.wiring.installation import Installation


class NotYours(Exception):
    """Whoever asks may see it, and no more; the text says who may."""


async def seen_case(here: Installation, person: Person, case_id: int) -> CaseRow | None:
    """None: there is no such case, or this person may not see it."""
    rows = await list_cases(here.pool, here.tenant, case_id=case_id)
    return rows[0] if rows and sees(person, rows[0]) else None


async def seen_file(here: Installation, person: Person, case_id: int) -> CaseFile | None:
    """Everything about it. None as above."""
    file = await read_case(here.pool, here.project, case_id)
    return file if file is not None and sees(person, file.case) else None


async def case_to_settle(here: Installation, person: Person, case_id: int) -> CaseRow | None:
    """None as above. Raises NotYours for a case that this person may only see."""
    found = await seen_case(here, person, case_id)
    if found is not None and not settles(person, found):
        raise NotYours(
            f"Cases of the {found.desk} desk in {found.pairing or 'every pairing'} are settled by its operators."
        )
    return found


def sees(person: Person, case: CaseRow) -> bool:
    return may_see_case(person, desk=case.desk, pairing=case.pairing)


def settles(person: Person, case: CaseRow) -> bool:
    return may_settle(person, desk=case.desk, pairing=case.pairing)
