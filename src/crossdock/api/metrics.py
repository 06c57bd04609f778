"""`/metrics`, for whoever may read it: with the bearer token on the public door, or on a door of its own."""

import secrets
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from crossdock.api.health import not_ready
from crossdock.telemetry import metrics
from crossdock.wiring.gauges import Gauges
from crossdock.wiring.installation import Installation

Page = Callable[[Request], Awaitable[Response]]


def add_metrics(app: FastAPI, here: Installation) -> None:
    """On the public door, where a token was set; without one the address is nowhere."""
    if here.project.metrics.token is not None:
        app.add_api_route("/metrics", _page(here, with_database=True), methods=["GET"])


def metrics_app(here: Installation, *, with_database: bool) -> FastAPI:
    """The door of its own: figures, health and readiness, and nothing else. with_database: what all processes share
    too; a process that has only its own work to tell of leaves it out."""
    app = FastAPI(title="Crossdock figures", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_api_route("/metrics", _page(here, with_database=with_database), methods=["GET"])
    add_health(app, here)
    return app


def add_health(app: FastAPI, here: Installation) -> None:
    @app.get("/healthz")
    async def healthz() -> Response:
        """The process answers; nothing is said of what it needs."""
        return JSONResponse({"healthy": True})

    @app.get("/readyz")
    async def readyz() -> Response:
        """Work can be done: nobody asked it to stop, the database answers and has the schema this release knows."""
        problem = await not_ready(here)
        return JSONResponse({"ready": not problem, "problem": problem}, 503 if problem else 200)


def _page(here: Installation, *, with_database: bool) -> Page:
    figures = Gauges(here, with_database=with_database)
    wanted = here.project.metrics.token

    async def page(request: Request) -> Response:
        if wanted is not None and not _may(request, wanted.get_secret_value()):
            return PlainTextResponse("a bearer token is asked for\n", 401, {"WWW-Authenticate": "Bearer"})
        return Response(await figures.text(), media_type=metrics.CONTENT_TYPE)

    return page


def _may(request: Request, wanted: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), wanted.encode())
