"""People: who may sign in, and what each may do; for administrators of everything."""

from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import Field, SecretStr, StringConstraints

from crossdock.api.v1.entrance import Admin, Here, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PAGE, Given, GrantShape, Limit, Moment, Next, Told, Words, next_page
from crossdock.decide.rights import Grant, Person, grant_problem, may_administer
from crossdock.decide.scopes import Bearer
from crossdock.store.sorting import ByName
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import People

TAGS = {"people": "Who may sign in, and what each may do."}
router = room("people")
NOT_YOURS = "People and tokens are for administrators of everything."
Name = Annotated[str, Path(max_length=100, pattern=r"^[^\x00]*$", description="The name to sign in with.")]


class PersonState(Told):
    """sessions: how many are alive. seen_at: when the person last did anything in the console."""

    id: int
    name: str
    display: str
    grants: list[GrantShape]
    created_at: Moment
    disabled_at: Moment | None
    sessions: int
    seen_at: Moment | None


class PeopleFilter(Given):
    sort: ByName = ByName.A_TO_Z
    cursor: Words | None = Field(None, description="Where the page before ended: as its `next` says it.")
    limit: Limit = PAGE


class PeoplePage(Told):
    items: list[PersonState]
    next: Next


class PersonGrants(Told):
    id: int
    name: str
    display: str
    grants: list[GrantShape]


class NewPerson(Given):
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$")] = Field(examples=["john"])
    display: Words = ""
    password: SecretStr = Field(min_length=12, max_length=1_000, examples=["seven green bottles"])
    grants: list[GrantShape] = Field(min_length=1, max_length=20)


class Ended(Told):
    """How many sessions were alive."""

    sessions: int


@router.get("/people", operation_id="listPeople", summary="All people, by name", responses=problems())
async def people(request: Request, here: Here, bearer: Admin, wanted: Annotated[PeopleFilter, Query()]) -> PeoplePage:
    _check(bearer)
    rows = await People(here.pool, here.tenant).list(sort=wanted.sort, after=wanted.cursor, limit=wanted.limit)
    last = rows[-1].name if len(rows) == wanted.limit else None
    return PeoplePage(items=[PersonState.model_validate(row) for row in rows], next=next_page(request, last))


@router.post(
    "/people", operation_id="addPerson", summary="Add a person", status_code=201, responses=problems(409, 413, 415)
)  # fmt: skip
async def add(here: Here, bearer: Admin, wanted: NewPerson) -> PersonGrants:
    _check(bearer)
    made = await People(here.pool, here.tenant).add(
        wanted.name, display=wanted.display, password=wanted.password.get_secret_value(),
        grants=[_given(here, one) for one in wanted.grants], actor=bearer.person.name,
    )  # fmt: skip
    return _told(made)


@router.post(
    "/people/{name}/grants", operation_id="giveRole", summary="Give a role", responses=problems(404, 409, 413, 415)
)  # fmt: skip
async def give(here: Here, bearer: Admin, name: Name, wanted: GrantShape) -> PersonGrants:
    _check(bearer)
    return _told(await People(here.pool, here.tenant).grant(name, _given(here, wanted), actor=bearer.person.name))


@router.post(
    "/people/{name}/grants/revoke", operation_id="takeRole", summary="Take a role",
    description="Never the last one: disable the person instead.", responses=problems(404, 409, 413, 415),
)  # fmt: skip
async def take(here: Here, bearer: Admin, name: Name, wanted: GrantShape) -> PersonGrants:
    _check(bearer)
    return _told(await People(here.pool, here.tenant).revoke(name, wanted.grant(), actor=bearer.person.name))


@router.post(
    "/people/{name}/disable", operation_id="disablePerson", summary="Let a person sign in no longer", status_code=204,
    description="Sessions end at once, and the person's tokens with them.", responses=problems(404, 409),
)  # fmt: skip
async def disable(here: Here, bearer: Admin, name: Name) -> None:
    _check(bearer)
    await People(here.pool, here.tenant).disable(name, actor=bearer.person.name, actor_id=bearer.person.id)


@router.post(
    "/people/{name}/enable", operation_id="enablePerson", summary="Let a disabled person sign in again",
    status_code=204, responses=problems(404, 409),
)  # fmt: skip
async def enable(here: Here, bearer: Admin, name: Name) -> None:
    _check(bearer)
    await People(here.pool, here.tenant).enable(name, actor=bearer.person.name)


@router.post(
    "/people/{name}/sign-out", operation_id="endSessions", summary="End every session of a person",
    responses=problems(404),
)  # fmt: skip
async def sign_out(here: Here, bearer: Admin, name: Name) -> Ended:
    _check(bearer)
    return Ended(sessions=await People(here.pool, here.tenant).end_sessions(name, actor=bearer.person.name))


def _check(bearer: Bearer) -> None:
    if not may_administer(bearer.person):
        raise Refusal(403, NOT_YOURS)


def _given(here: Installation, wanted: GrantShape) -> Grant:
    """Raises Refusal: for a desk or a pairing that there is not."""
    grant = wanted.grant()
    if problem := grant_problem(grant, here.project.pairings):
        raise Refusal(422, problem)
    return grant


def _told(person: Person) -> PersonGrants:
    return PersonGrants.model_validate(person)
