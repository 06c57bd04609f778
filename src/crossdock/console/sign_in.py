"""Sign in and out."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.entrance import COOKIE, Form, Me, address_of, let_in, same_origin
from crossdock.console.render import page
from crossdock.wiring.people import People, SignInRefused

router = APIRouter()
AGENT_MAX = 200


@router.get("/sign-in")
async def ask(request: Request) -> Response:
    people: People = request.app.state.people
    return page(request, "sign_in.html", name="", problem="", first=not await people.any())


@router.post("/sign-in")
async def enter(request: Request) -> Response:
    people: People = request.app.state.people
    form = await request.form()
    name, password = (str(form.get(field) or "") for field in ("name", "password"))
    if not same_origin(request):
        return page(request, "sign_in.html", 403, name=name, problem="Sign in from this page.", first=False)
    agent = request.headers.get("user-agent", "")[:AGENT_MAX]
    try:
        session = await people.sign_in(name, password, address=address_of(request), agent=agent)
    except SignInRefused as refusal:
        return page(request, "sign_in.html", 401, name=name, problem=str(refusal), first=not await people.any())
    answer = RedirectResponse("/", 303)
    let_in(answer, request, session.token)
    return answer


@router.post("/sign-out")
async def leave(request: Request, _: Me, __: Form) -> Response:
    people: People = request.app.state.people
    await people.sign_out(request.cookies[COOKIE])
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer
