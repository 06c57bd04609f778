"""Sign in and out: the password, then the second factor where there is one."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.entrance import (
    COOKIE,
    STEP_COOKIE,
    Form,
    Me,
    address_of,
    let_in,
    remember_step,
    same_origin,
)
from crossdock.console.render import page
from crossdock.decide.local_path import local_path
from crossdock.wiring.people import CodeAwaited, People, SignInRefused
from crossdock.wiring.second_factor import SecondFactor

router = APIRouter()
AGENT_MAX = 200
ELSEWHERE = "Sign in from this page."


@router.get("/sign-in")
async def ask(request: Request, next: str = "/") -> Response:  # noqa: A002 - what everybody calls it
    return await _door(request, 200, next_path=local_path(next))


@router.post("/sign-in")
async def enter(request: Request) -> Response:
    people: People = request.app.state.people
    form = await request.form()
    name, password, wanted = (str(form.get(field) or "") for field in ("name", "password", "next"))
    wanted = local_path(wanted)
    if not same_origin(request):
        return await _door(request, 403, name=name, problem=ELSEWHERE)
    try:
        found = await people.sign_in(
            name, password, address=address_of(request), agent=agent_of(request), next_path=wanted
        )
    except SignInRefused as refusal:
        return await _door(request, 401, name=name, problem=str(refusal), next_path=wanted)
    if isinstance(found, CodeAwaited):
        answer = RedirectResponse("/sign-in/code", 303)
        remember_step(answer, request, found.token)
        return answer
    answer = RedirectResponse(wanted, 303)
    let_in(answer, request, found.token)
    return answer


@router.get("/sign-in/code")
async def ask_code(request: Request) -> Response:
    factors: SecondFactor = request.app.state.factors
    if await factors.step(request.cookies.get(STEP_COOKIE, "")) is None:
        return RedirectResponse("/sign-in", 303)
    return page(request, "sign_in_code.html", problem="")


@router.post("/sign-in/code")
async def enter_code(request: Request) -> Response:
    factors: SecondFactor = request.app.state.factors
    form = await request.form()
    if not same_origin(request):
        return page(request, "sign_in_code.html", 403, problem=ELSEWHERE)
    token, code = request.cookies.get(STEP_COOKIE, ""), str(form.get("code") or "")
    try:
        found, wanted = await factors.enter(token, code, address=address_of(request), agent=agent_of(request))
    except SignInRefused as refusal:
        return page(request, "sign_in_code.html", 401, problem=str(refusal))
    answer = RedirectResponse(wanted, 303)
    let_in(answer, request, found.token)
    return answer


@router.post("/sign-out")
async def leave(request: Request, _: Me, __: Form) -> Response:
    people: People = request.app.state.people
    await people.sign_out(request.cookies[COOKIE])
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def agent_of(request: Request) -> str:
    return request.headers.get("user-agent", "")[:AGENT_MAX]


async def _door(request: Request, status: int, *, name: str = "", problem: str = "", next_path: str = "/") -> Response:
    people: People = request.app.state.people
    first = not await people.any()
    button = request.app.state.oidc.button if request.app.state.oidc else ""
    return page(
        request, "sign_in.html", status, name=name, problem=problem, first=first, next_path=next_path, button=button
    )
