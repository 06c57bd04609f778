"""Settings, people: who there is, what each may do, and what an administrator does about it."""

from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.cases.kind import Desk
from crossdock.console.address import Key, Words, link
from crossdock.console.entrance import Forbidden, Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import Grant, Role, grant_problem, may_administer
from crossdock.store.sorting import ByName
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import People, PersonRefused, SignedIn, new_password

router = APIRouter(prefix="/settings/people")
PAGE = 50


@router.get("")
async def people(
    request: Request, me: Me, sort: ByName = ByName.A_TO_Z, after: Words = ""
) -> Response:  # fmt: skip
    known = _people(request, me)
    rows = await known.list(sort=sort, after=after or None, limit=PAGE)
    asked = {"sort": "" if sort is ByName.A_TO_Z else sort}
    return page(
        request, "settings_people.html", rows=rows, following=rows[-1].name if len(rows) == PAGE else "", sort=sort,
        link=partial(link, "/settings/people", asked), **_choices(request), **menu(me, "settings"),
    )  # fmt: skip


@router.post("")
async def add(request: Request, me: Me, form: Form) -> Response:
    known, password = _people(request, me), new_password()
    made = await known.add(
        form.get("name", "").strip(), display=form.get("display", ""), password=password,
        grants=[_grant(request, form)], actor=me.person.name,
    )  # fmt: skip
    return page(
        request, "settings_password.html", name=made.name, number=made.id, password=password, **menu(me, "settings")
    )


@router.get("/{number}")
async def person(request: Request, me: Me, number: Key) -> Response:
    one = await _people(request, me).one(number)
    return page(request, "settings_person.html", one=one, **_choices(request), **menu(me, "settings"))


@router.post("/{number}/grant")
async def grant(request: Request, me: Me, form: Form, number: Key) -> Response:
    known = _people(request, me)
    await known.grant((await known.one(number)).name, _grant(request, form), actor=me.person.name)
    return _back(number)


@router.post("/{number}/revoke")
async def revoke(request: Request, me: Me, form: Form, number: Key) -> Response:
    known = _people(request, me)
    role = form.get("role", "")
    if role not in list(Role):
        raise PersonRefused("Choose one of the roles.")
    # A pairing that the settings no longer have may still stand in a role.
    taken = Grant(role=Role(role), desk=form.get("desk", ""), pairing=form.get("pairing", ""))
    await known.revoke((await known.one(number)).name, taken, actor=me.person.name)
    return _back(number)


@router.post("/{number}/password")
async def password(request: Request, me: Me, _: Form, number: Key) -> Response:
    known, made = _people(request, me), new_password()
    one = await known.one(number)
    await known.set_password(one.name, made, actor=me.person.name)
    return page(request, "settings_password.html", name=one.name, number=number, password=made, **menu(me, "settings"))


@router.post("/{number}/disable")
async def disable(request: Request, me: Me, _: Form, number: Key) -> Response:
    known = _people(request, me)
    await known.disable((await known.one(number)).name, actor=me.person.name, actor_id=me.person.id)
    return _back(number)


@router.post("/{number}/enable")
async def enable(request: Request, me: Me, _: Form, number: Key) -> Response:
    known = _people(request, me)
    await known.enable((await known.one(number)).name, actor=me.person.name)
    return _back(number)


@router.post("/{number}/sign-out")
async def sign_out(request: Request, me: Me, _: Form, number: Key) -> Response:
    known = _people(request, me)
    await known.end_sessions((await known.one(number)).name, actor=me.person.name)
    return _back(number)


@router.post("/{number}/reset-factor")
async def reset_factor(request: Request, me: Me, _: Form, number: Key) -> Response:
    known = _people(request, me)
    await known.reset_factor((await known.one(number)).name, actor=me.person.name)
    return _back(number)


def _people(request: Request, me: SignedIn) -> People:
    if not may_administer(me.person):
        raise Forbidden("People are looked after by administrators of everything.")
    people: People = request.app.state.people
    return people


def _grant(request: Request, form: dict[str, str]) -> Grant:
    here: Installation = request.app.state.here
    role, desk, pairing = (form.get(name, "") for name in ("role", "desk", "pairing"))
    if role not in list(Role):
        raise PersonRefused("Choose one of the roles.")
    made = Grant(role=Role(role), desk=desk, pairing=pairing)
    if problem := grant_problem(made, here.project.pairings):
        raise PersonRefused(f"Choose a role, a desk and a pairing from the lists: {problem}.")
    return made


def _choices(request: Request) -> dict[str, list[str]]:
    here: Installation = request.app.state.here
    return {"roles": list(Role), "desks": list(Desk), "pairings": list(here.project.pairings)}


def _back(number: int) -> Response:
    return RedirectResponse(f"/settings/people/{number}", 303)
