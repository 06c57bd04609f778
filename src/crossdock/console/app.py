"""The console's pages in the HTTP application: `/` and below, beside the doors for systems."""

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from crossdock.console import (
    account,
    accounts,
    alerts,
    audit,
    cases,
    handbook,
    handling,
    mapping_files,
    mappings,
    oidc,
    orders,
    overview,
    reconciliation,
    second_factor,
    settings,
    settings_people,
    sign_in,
    stock,
    systems,
    together,
)
from crossdock.console.entrance import (
    FactorMissing,
    Forbidden,
    NotSignedIn,
    NotThere,
    guarded,
    is_short,
    to_factor,
    to_sign_in,
)
from crossdock.console.render import HERE, page
from crossdock.flows.wish import RemedyRefused
from crossdock.model.faults import RemoteFault
from crossdock.wiring.account import Account
from crossdock.wiring.case_rights import NotYours
from crossdock.wiring.desks import ContactRefused
from crossdock.wiring.installation import Installation
from crossdock.wiring.map_changes import MapsChanged
from crossdock.wiring.oidc import OidcDoor
from crossdock.wiring.people import NoSuchPerson, People, PersonRefused, SignInRefused
from crossdock.wiring.probing import ProbeRefused
from crossdock.wiring.schedules import NoSuchFlow
from crossdock.wiring.second_factor import SecondFactor

DOORS = ("/api/", "/hooks/", "/channels/", "/healthz", "/readyz", "/metrics")

ROOMS = (
    sign_in,
    oidc,
    account,
    second_factor,
    overview,
    together,  # before the cases: its addresses look like theirs
    cases,
    handling,
    orders,
    stock,
    accounts,
    mappings,
    mapping_files,
    systems,
    reconciliation,
    audit,
    handbook,
    settings,
    settings_people,
    alerts,
)
"""Each has a `router`. Every page of theirs stands in `tests/console/test_pages.py` with who may see it."""


def add_console(app: FastAPI, here: Installation) -> None:
    app.state.here, app.state.people = here, People(here.pool, here.tenant)
    app.state.account = Account(app.state.people)
    policy = here.project.sign_in.second_factor
    oidc_settings = here.project.sign_in.oidc
    app.state.oidc = OidcDoor(oidc_settings, app.state.people, here.vault) if oidc_settings else None
    app.state.factors = SecondFactor(app.state.account, app.state.people, here.vault, policy)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for room in ROOMS:
        app.include_router(room.router, include_in_schema=False)

    @app.middleware("http")
    async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
        if request.url.path.startswith(DOORS):
            return await call_next(request)
        if request.method == "POST" and not is_short(request):
            return guarded(page(request, "refused.html", 413, title="Too much", text="No form here is that long."))
        return guarded(await call_next(request))

    @app.exception_handler(NotSignedIn)
    async def stranger(request: Request, _: Exception) -> Response:
        return to_sign_in(request)

    @app.exception_handler(FactorMissing)
    async def without_factor(request: Request, _: Exception) -> Response:
        return to_factor(request)

    @app.exception_handler(Forbidden)
    @app.exception_handler(NotYours)
    async def forbidden(request: Request, error: Exception) -> Response:
        return page(request, "refused.html", 403, title="Not for you", text=str(error))

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        if request.url.path.startswith(DOORS):
            return await request_validation_exception_handler(request, error)
        return page(request, "refused.html", 422, title="Not there", text="No page goes by this address.")

    @app.exception_handler(HTTPException)
    async def nothing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if request.url.path.startswith(DOORS):
            return await http_exception_handler(request, error)
        text = "No page goes by this address." if error.status_code == 404 else "That cannot be done there."
        return page(request, "refused.html", error.status_code, title="Not there", text=text)

    @app.exception_handler(Exception)
    async def defect(request: Request, _: Exception) -> Response:
        """Of ours: what it was is in the log, and no browser is told."""
        if request.url.path.startswith(DOORS):
            return PlainTextResponse("Internal Server Error", 500)
        text = "Something went wrong here. It is in the log; try again, and tell whoever runs Crossdock."
        return guarded(page(request, "refused.html", 500, title="Our mistake", text=text))

    @app.exception_handler(RemoteFault)
    async def away(request: Request, error: Exception) -> Response:
        text = f"Another system had to be asked: {error}. Look at the case again before you try once more."
        return page(request, "refused.html", 502, title="Not now", text=text)

    @app.exception_handler(MapsChanged)
    async def overtaken(request: Request, error: Exception) -> Response:
        text = f"Somebody was faster: {error}."
        return page(request, "refused.html", 409, title="Changed meanwhile", text=text)

    @app.exception_handler(ProbeRefused)
    async def not_again(request: Request, error: Exception) -> Response:
        return page(request, "refused.html", 409, title="Not yet", text=str(error))

    @app.exception_handler(NotThere)
    @app.exception_handler(NoSuchPerson)
    @app.exception_handler(NoSuchFlow)
    async def unknown(request: Request, error: Exception) -> Response:
        return page(request, "refused.html", 404, title="Not there", text=str(error))

    @app.exception_handler(SignInRefused)
    async def throttled(request: Request, error: Exception) -> Response:
        return page(request, "refused.html", 429, title="Not now", text=str(error))

    @app.exception_handler(ContactRefused)
    @app.exception_handler(PersonRefused)
    @app.exception_handler(RemedyRefused)
    async def refused(request: Request, error: Exception) -> Response:
        return page(request, "refused.html", 422, title="That will not do", text=str(error))
