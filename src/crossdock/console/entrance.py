"""Who comes in: the cookie, the form's own token, and what every answer forbids a browser to do."""

import hmac
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.decide.local_path import local_path
from crossdock.decide.map_file import BYTES_MAX
from crossdock.decide.rights import may_audit
from crossdock.wiring.people import People, SignedIn
from crossdock.wiring.second_factor import SecondFactor

COOKIE = "crossdock_session"
STEP_COOKIE, STEP_SECONDS = "crossdock_step", 300
FACTOR_PAGE = "/account/second-factor"
WITHOUT_FACTOR = (FACTOR_PAGE, "/sign-out")
FORM_BYTES = 64 * 1024
UPLOAD_BYTES = BYTES_MAX + FORM_BYTES
UPLOADS = frozenset({"/mappings/import", "/mappings/import/save"})
PLACES = (
    ("overview", "/", "Overview"),
    ("cases", "/cases", "Cases"),
    ("orders", "/orders", "Orders"),
    ("stock", "/stock", "Stock"),
    ("accounts", "/accounts", "Accounts"),
    ("mappings", "/mappings", "Mappings"),
    ("systems", "/systems", "Systems"),
    ("reconciliation", "/reconciliation", "Reconciliation"),
    ("audit", "/audit", "Audit trail"),
    ("handbook", "/handbook", "Handbook"),
    ("settings", "/settings", "Settings"),
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class NotSignedIn(Exception):
    """Whoever asks must sign in first."""


class FactorMissing(Exception):
    """Whoever asks must set up a second factor first."""


class NotThere(Exception):
    """As if it were not there; the text says so."""


class Forbidden(Exception):
    """Not for this person; the text says what is missing."""


async def signed_in(request: Request) -> SignedIn:
    """The person behind the cookie; raises NotSignedIn."""
    people: People = request.app.state.people
    here = await people.who(request.cookies.get(COOKIE, ""))
    if here is None:
        raise NotSignedIn
    request.state.me = here
    factors: SecondFactor = request.app.state.factors
    if factors.is_missing(here) and not request.url.path.startswith(WITHOUT_FACTOR):
        raise FactorMissing
    return here


Me = Annotated[SignedIn, Depends(signed_in)]


async def filled_in(request: Request, me: Me) -> AsyncIterator[dict[str, str]]:
    """The fields of a form of ours, its files kept open until it is answered; raises Forbidden for one that is not."""
    async with request.form() as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        if not same_origin(request) or not hmac.compare_digest(given.pop("csrf", "").encode(), me.csrf.encode()):
            raise Forbidden("This form is not, or no longer, yours: open the page again.")
        yield given


Form = Annotated[dict[str, str], Depends(filled_in)]


def is_short(request: Request) -> bool:
    """A form says how long it is, before anything of it is read."""
    length = request.headers.get("content-length", "")
    most = UPLOAD_BYTES if request.url.path in UPLOADS else FORM_BYTES
    return length.isdecimal() and int(length) <= most


def same_origin(request: Request) -> bool:
    """A browser says where a form stands; one that says nothing is held by the cookie's own rule."""
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.url.scheme}://{request.headers.get('host', '')}"


def let_in(response: Response, request: Request, token: str) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
    response.delete_cookie(STEP_COOKIE, path="/sign-in", httponly=True, samesite="strict", secure=secure)


def remember_step(response: Response, request: Request, token: str) -> None:
    """Who is half-way through the door."""
    response.set_cookie(
        STEP_COOKIE, token, max_age=STEP_SECONDS, httponly=True, samesite="strict",
        secure=request.url.scheme == "https", path="/sign-in",
    )  # fmt: skip


def to_factor(request: Request) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": FACTOR_PAGE})
    return RedirectResponse(FACTOR_PAGE, 303)


def to_sign_in(request: Request) -> Response:
    """A script is told by a header that it must leave the page; of a page it is remembered which one was asked for."""
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    wanted = local_path(path) if request.method == "GET" else "/"
    answer = RedirectResponse("/sign-in" if wanted == "/" else f"/sign-in?{urlencode({'next': wanted})}", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def guarded(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def menu(me: SignedIn, at: str) -> dict[str, Any]:
    """What every page says of who is there and where."""
    places = [place for place in PLACES if place[0] != "audit" or may_audit(me.person)]
    return {"me": me, "at": at, "places": places}
