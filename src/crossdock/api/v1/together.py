"""Several cases by one remedy: each says for itself what would come, or came, of it."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from crossdock.api.v1.cases import Rehearsal, rehearsed
from crossdock.api.v1.entrance import Here, Settler, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import KEY_MAX, Given, Told
from crossdock.cases.kind import Remedy
from crossdock.decide.scopes import Bearer
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow
from crossdock.wiring.case_rights import case_to_settle, seen_case
from crossdock.wiring.installation import Installation
from crossdock.wiring.together import MOST, Ending, Said, rehearse_together, settle_together

TAGS: dict[str, str] = {}
router = room("cases")
EXAMPLE: JsonDict = {"cases": [812, 813], "remedy": "retry", "reason": ""}


class TogetherWish(Given):
    """One remedy that all of these cases offer, and that needs nothing but a reason."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    cases: list[Annotated[int, Field(ge=0, le=KEY_MAX)]] = Field(min_length=1, max_length=MOST)
    remedy: Remedy
    reason: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")] = Field(
        default="", description="Why; the auditor reads it."
    )


class SaidState(Told):
    """ended: `unsure` where another system did not answer; look at the case before you repeat. text: in words, of a
    refusal why. state, records: of the case now. rehearsal: null unless it went."""

    case: int
    ended: Ending
    text: str
    state: str
    records: int
    rehearsal: Rehearsal | None


class Together(Told):
    """In the order of their numbers."""

    applied: bool
    items: list[SaidState]


@router.post(
    "/cases/together/rehearse", operation_id="rehearseCases", summary="What would one remedy do to several cases?",
    description="Nothing is changed. All of them must be the token's to settle: else none is rehearsed.",
    responses=problems(404, 413, 415),
)  # fmt: skip
async def rehearse(here: Here, bearer: Settler, wish: TogetherWish) -> Together:
    said = await rehearse_together(here, await _chosen(here, bearer, wish), _wish(bearer, wish))
    return Together(applied=False, items=[_told(one, one.case) for one in said])


@router.post(
    "/cases/together/settle", operation_id="settleCases", summary="Settle several cases by one remedy",
    description="One after the other: a refusal of one stops none of the others, and `ended` says how it went with "
    "each. All of them must be the token's to settle: else none is. One that is closed already is refused, so that a "
    "call repeated does nothing twice.", responses=problems(404, 413, 415),
)  # fmt: skip
async def settle(here: Here, bearer: Settler, wish: TogetherWish) -> Together:
    said = await settle_together(here, await _chosen(here, bearer, wish), _wish(bearer, wish))
    after = [await seen_case(here, bearer.person, one.case.id) or one.case for one in said]
    return Together(applied=True, items=[_told(one, now) for one, now in zip(said, after, strict=True)])


async def _chosen(here: Installation, bearer: Bearer, wish: TogetherWish) -> Sequence[CaseRow]:
    """Raises Refusal, NotYours."""
    found = []
    for number in sorted(set(wish.cases)):
        if (case := await case_to_settle(here, bearer.person, number)) is None:
            raise Refusal(404, f"There is no case {number}, or it is another desk's.")
        found.append(case)
    return found


def _wish(bearer: Bearer, wish: TogetherWish) -> Wish:
    return Wish(remedy=wish.remedy, reason=wish.reason.strip(), actor=bearer.person.name)


def _told(said: Said, now: CaseRow) -> SaidState:
    return SaidState(
        case=now.id, ended=said.ended, text=said.text, state=now.state, records=now.records,
        rehearsal=rehearsed(said.rehearsal) if said.rehearsal else None,
    )  # fmt: skip
