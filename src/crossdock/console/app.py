"""The console's pages in the HTTP application: `/` and below, beside the doors for systems."""

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import RequestResponseEndpoint

from crossdock.console import audit, cases, orders, overview, sign_in, systems
from crossdock.console.entrance import Forbidden, NotSignedIn, guarded, is_short, to_sign_in
from crossdock.console.render import HERE, page
from crossdock.flows.wish import RemedyRefused
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import People

DOORS = ("/hooks/", "/channels/", "/healthz", "/readyz")


def add_console(app: FastAPI, here: Installation) -> None:
    app.state.here, app.state.people = here, People(here.pool, here.tenant)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for room in (sign_in, overview, cases, orders, systems, audit):
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

    @app.exception_handler(Forbidden)
    async def forbidden(request: Request, error: Exception) -> Response:
        return page(request, "refused.html", 403, title="Not for you", text=str(error))

    @app.exception_handler(RemedyRefused)
    async def refused(request: Request, error: Exception) -> Response:
        return page(request, "refused.html", 422, title="That will not do", text=str(error))
