"""Sign in with an identity provider: there, and back."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.entrance import address_of, let_in
from crossdock.console.render import page
from crossdock.console.sign_in import agent_of
from crossdock.decide.local_path import local_path
from crossdock.wiring.oidc import BACK, STEP_SECONDS, OidcDoor
from crossdock.wiring.people import SignInRefused

router = APIRouter()
KEPT = "crossdock_oidc"
PLACE = "/sign-in/oidc"
TEXT_MAX = 4_000
ABSENT = "No identity provider is configured here."


@router.get(PLACE)
async def leave(request: Request, next: str = "/") -> Response:  # noqa: A002 - what everybody calls it
    if (door := _door(request)) is None:
        return page(request, "refused.html", 404, title="Not there", text=ABSENT)
    try:
        knock = await door.begin(local_path(next))
    except SignInRefused as refusal:
        return page(request, "refused.html", 502, title="Not now", text=str(refusal))
    answer = RedirectResponse(knock.url, 303)
    # Lax, not strict: the provider's own page sends the browser back.
    answer.set_cookie(
        KEPT, knock.kept, max_age=STEP_SECONDS, httponly=True, samesite="lax", path=PLACE,
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.get(BACK)
async def come_back(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
    """A page, not a redirect: a browser that comes from another site keeps a strict cookie back on the next hop."""
    if (door := _door(request)) is None:
        return page(request, "refused.html", 404, title="Not there", text=ABSENT)
    try:
        found, wanted = await door.finish(
            request.cookies.get(KEPT, ""), state=state[:TEXT_MAX], code=code[:TEXT_MAX], problem=error[:TEXT_MAX],
            address=address_of(request), agent=agent_of(request),
        )  # fmt: skip
    except SignInRefused as refusal:
        answer: Response = page(request, "refused.html", 403, title="Not signed in", text=str(refusal))
    else:
        answer = page(request, "signed_in.html", wanted=wanted)
        let_in(answer, request, found.token)
    answer.delete_cookie(KEPT, path=PLACE)
    return answer


def _door(request: Request) -> OidcDoor | None:
    door: OidcDoor | None = request.app.state.oidc
    return door
